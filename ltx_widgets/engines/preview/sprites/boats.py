"""What sails: yachts, liners, rowing boats."""

from __future__ import annotations

from ltx_widgets.engines.preview.sprites.canvas import Canvas, Pose, place, shade

__all__ = ["draw_boat", "draw_sailboat", "draw_ship"]


def draw_sailboat(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A sloop that rolls a little under main sail and jib."""
    sail = pose.paint((244, 238, 224))
    roll, at = 0.05 * pose.wave(), (0.0, 0.02 * pose.wave(0.25))
    belly = 0.04 + 0.02 * pose.wave(0.1)
    main = [
        (-0.02, 0.3),
        (-0.02, 1.5),
        (-0.2 - belly, 1.0),
        (-0.5 - belly, 0.6),
        (-0.66, 0.3),
        (-0.34, 0.26),
    ]
    jib = [
        (0.06, 1.34),
        (0.26 + belly, 0.9),
        (0.5 + belly, 0.5),
        (0.68, 0.24),
        (0.36, 0.28),
        (0.1, 0.34),
    ]
    canvas.limb(place([(0.02, 0.1), (0.02, 1.56)], at, turn=roll), [0.045, 0.03], (112, 80, 54))
    canvas.fill(place(main, at, turn=roll), sail)
    canvas.patch(
        place([(-0.5, 0.2), (-0.3, 0.7), (-0.1, 1.5), (-0.9, 1.5), (-0.9, 0.2)], at, turn=roll),
        shade(sail, 0.8),
    )
    canvas.fill(place(jib, at, turn=roll), shade(sail, 0.93))
    canvas.patch(
        place([(0.1, 0.3), (0.3, 0.6), (0.12, 1.3), (-0.1, 1.3), (-0.1, 0.2)], at, turn=roll),
        shade(sail, 0.76),
    )
    canvas.limb(place([(-0.7, 0.27), (0.06, 0.29)], at, turn=roll), [0.035, 0.035], (112, 80, 54))
    hull = [
        (-0.74, 0.2),
        (-0.2, 0.16),
        (0.4, 0.18),
        (0.86, 0.28),
        (0.6, 0.02),
        (0.3, -0.08),
        (-0.5, -0.08),
        (-0.68, 0.02),
    ]
    canvas.fill(place(hull, at, turn=roll), (142, 62, 48))
    canvas.patch(
        place(
            [(-1, 0.14), (-0.2, 0.1), (0.4, 0.12), (1, 0.24), (1, 0.5), (-1, 0.5)], at, turn=roll
        ),
        (238, 232, 218),
    )
    canvas.patch(
        place([(-1, -0.1), (1, -0.1), (1, 0.02), (-1, 0.0)], at, turn=roll),
        (76, 34, 32),
        curved=False,
    )
    flag = [
        (0.03, 1.56),
        (0.03, 1.46),
        (-0.1, 1.47 + 0.02 * pose.wave(0.3)),
        (-0.2, 1.52 + 0.02 * pose.wave()),
    ]
    canvas.fill(place(flag, at, turn=roll), (214, 56, 48))


def draw_ship(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A liner with two funnels and rows of lit portholes."""
    hull_tone = pose.paint((40, 52, 78))
    roll, at = 0.015 * pose.wave(), (0.0, 0.015 * pose.wave(0.25))
    for number in range(3):
        age = (pose.phase + number / 3) % 1.0
        canvas.oval(
            (0.08 - 0.8 * age, 1.02 + 0.16 * age),
            (0.06 + 0.14 * age, 0.05 + 0.06 * age),
            (168, 170, 176),
        )
    for x in (-0.3, 0.12):
        canvas.shape(
            place([(x, 0.62), (x + 0.22, 0.62), (x + 0.18, 1.0), (x - 0.04, 1.0)], at, turn=roll),
            (206, 74, 48),
        )
        canvas.patch(
            place(
                [(x - 0.2, 0.92), (x + 0.4, 0.92), (x + 0.4, 1.1), (x - 0.2, 1.1)], at, turn=roll
            ),
            (36, 34, 38),
            curved=False,
        )
    decks = (
        [(-1.06, 0.3), (0.92, 0.3), (0.86, 0.46), (-1.02, 0.46)],
        [(-0.86, 0.46), (0.7, 0.46), (0.62, 0.62), (-0.82, 0.62)],
    )
    for row, deck in enumerate(decks):
        canvas.shape(place(deck, at, turn=roll), shade((242, 242, 238), 1 - 0.06 * (1 - row)))
        for number in range(15 - 3 * row):
            x = -0.96 + 0.18 * row + 0.12 * number
            canvas.shape(
                place(
                    [
                        (x, 0.35 + 0.16 * row),
                        (x + 0.07, 0.35 + 0.16 * row),
                        (x + 0.07, 0.41 + 0.16 * row),
                        (x, 0.41 + 0.16 * row),
                    ],
                    at,
                    turn=roll,
                ),
                (255, 218, 130),
                glow=True,
            )
    canvas.limb(place([(0.6, 0.6), (0.6, 1.06)], at, turn=roll), [0.025, 0.015], (90, 84, 80))
    hull = [
        (-1.3, 0.32),
        (-0.4, 0.29),
        (0.6, 0.3),
        (1.42, 0.42),
        (1.22, 0.04),
        (1.1, -0.08),
        (-1.1, -0.08),
        (-1.24, 0.06),
    ]
    canvas.fill(place(hull, at, turn=roll), hull_tone)
    canvas.patch(
        place([(-2, -0.2), (2, -0.2), (2, 0.04), (-2, 0.02)], at, turn=roll),
        (146, 46, 42),
        curved=False,
    )
    canvas.patch(
        place([(-2, 0.25), (0.6, 0.25), (2, 0.36), (2, 0.6), (-2, 0.6)], at, turn=roll),
        (236, 234, 228),
        curved=False,
    )
    for number in range(12):
        canvas.oval(
            place([(-1.0 + 0.17 * number, 0.16)], at, turn=roll)[0],
            (0.022, 0.022),
            (255, 224, 150),
            glow=True,
        )


def draw_boat(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A rowing boat and its rower."""
    wood = pose.paint((164, 108, 62))
    roll, at = 0.04 * pose.wave(), (0.0, 0.02 * pose.wave(0.25))
    pull = 0.12 * pose.wave()
    canvas.fill(
        place(
            [(-0.9, 0.3), (-0.5, 0.22), (0.5, 0.22), (0.92, 0.32), (0.6, 0.16), (-0.6, 0.16)],
            at,
            turn=roll,
        ),
        shade(wood, 0.5),
    )
    canvas.limb(
        place([(-0.16, 0.2), (-0.2 - pull, 0.48), (-0.22 - pull * 1.6, 0.66)], at, turn=roll),
        [0.24, 0.24, 0.2],
        (58, 92, 126),
    )
    canvas.oval(place([(-0.2 - pull * 2, 0.82)], at, turn=roll)[0], (0.1, 0.11), (224, 172, 136))
    canvas.fill(
        place(
            [(-0.24, 0.0), (-0.1, 0.05), (0.1, 0.06), (0.24, 0.0), (0.1, 0.14), (-0.1, 0.14)],
            (at[0] - 0.2 - pull * 2, at[1] + 0.87),
            turn=roll,
        ),
        (214, 184, 120),
    )
    canvas.limb(
        place([(-0.18 - pull * 1.4, 0.6), (0.04 - pull, 0.46), (0.16 - pull, 0.44)], at, turn=roll),
        [0.09, 0.08, 0.06],
        (72, 108, 142),
    )
    canvas.limb(
        place([(0.12 - pull, 0.46), (0.3, 0.3), (0.62 + pull * 2, -0.06)], at, turn=roll),
        [0.03, 0.035, 0.08],
        (198, 158, 104),
    )
    hull = [
        (-0.96, 0.34),
        (-0.5, 0.22),
        (0.0, 0.2),
        (0.5, 0.22),
        (1.0, 0.38),
        (0.78, 0.08),
        (0.5, -0.06),
        (-0.5, -0.06),
        (-0.8, 0.08),
    ]
    canvas.fill(place(hull, at, turn=roll), wood)
    for low in (0.13, 0.04):
        canvas.patch(
            place(
                [
                    (-1, low + 0.06),
                    (0, low),
                    (1, low + 0.07),
                    (1, low + 0.085),
                    (0, low + 0.018),
                    (-1, low + 0.075),
                ],
                at,
                turn=roll,
            ),
            shade(wood, 0.66),
            curved=False,
        )
    canvas.patch(
        place([(-1, -0.1), (1, -0.1), (1, 0.0), (-1, 0.0)], at, turn=roll),
        shade(wood, 0.55),
        curved=False,
    )
