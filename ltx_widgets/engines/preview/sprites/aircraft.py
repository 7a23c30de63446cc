"""What flies without wings of flesh: aeroplanes, rockets, balloons."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import Canvas, Pose, place, ring, shade

__all__ = ["draw_airplane", "draw_balloon", "draw_helicopter", "draw_rocket", "draw_spaceship"]


def draw_airplane(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """An airliner; its lamps wink with the phase."""
    stripe = pose.paint((38, 96, 172))
    white = (236, 240, 244)
    turn = 0.06 + 0.02 * pose.wave()

    def put(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return place(points, (0.0, 0.0), turn=turn)

    canvas.shape(put([(0.1, 0.06), (-0.3, 0.5), (-0.46, 0.5), (-0.22, 0.06)]), shade(white, 0.66))
    canvas.fill(put([(-0.82, 0.1), (-1.14, 0.52), (-0.94, 0.52), (-0.56, 0.12)]), stripe)
    canvas.fill(
        put(
            [
                (-1.14, 0.1),
                (-0.7, 0.14),
                (0.2, 0.16),
                (0.84, 0.14),
                (1.1, 0.02),
                (1.06, -0.05),
                (0.8, -0.1),
                (0.0, -0.13),
                (-0.7, -0.06),
            ]
        ),
        white,
    )
    canvas.patch(
        put([(-1.3, -0.2), (1.3, -0.2), (1.3, -0.03), (-1.3, 0.04)]),
        shade(white, 0.72),
        curved=False,
    )
    canvas.patch(put([(-1.3, 0.03), (1.3, -0.03), (1.3, 0.0), (-1.3, 0.055)]), stripe, curved=False)
    for number in range(13):
        canvas.oval(
            put([(-0.6 + 0.1 * number, 0.075)])[0], (0.02, 0.026), (255, 232, 170), glow=True
        )
    canvas.shape(put([(0.86, 0.12), (0.97, 0.09), (1.02, 0.05), (0.88, 0.05)]), (66, 88, 116))
    canvas.fill(
        put([(0.14, -0.02), (-0.3, -0.44), (-0.48, -0.46), (-0.26, -0.04)]), shade(white, 0.88)
    )
    canvas.limb(put([(-0.16, -0.22), (0.06, -0.22)]), [0.12, 0.14], shade(white, 0.6))
    canvas.fill(put([(-0.72, 0.05), (-1.14, 0.0), (-1.2, 0.02), (-0.96, 0.1)]), shade(white, 0.8))
    if pose.phase < 0.5:  # noqa: PLR2004 - on for half of the cycle
        canvas.oval(put([(-0.46, -0.45)])[0], (0.03, 0.03), (255, 60, 50), glow=True)


def draw_helicopter(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A helicopter with turning blades."""
    colour = pose.paint((206, 70, 46))
    canvas.limb([(-0.3, 0.1), (-0.8, 0.16), (-1.12, 0.2)], [0.26, 0.13, 0.08], shade(colour, 0.9))
    canvas.fill([(-1.06, 0.18), (-1.26, 0.44), (-1.14, 0.44), (-0.98, 0.22)], shade(colour, 0.7))
    turn = 2 * math.pi * pose.phase
    tail = (-1.14, 0.24)
    for number in range(2):
        dx, dy = (
            0.18 * math.cos(turn * 2 + number * 1.57),
            0.18 * math.sin(turn * 2 + number * 1.57),
        )
        canvas.limb(
            [(tail[0] - dx, tail[1] - dy), (tail[0] + dx, tail[1] + dy)], [0.03, 0.03], (60, 62, 68)
        )
    canvas.fill(
        [
            (-0.46, 0.0),
            (-0.36, 0.24),
            (0.0, 0.34),
            (0.36, 0.3),
            (0.64, 0.08),
            (0.66, -0.08),
            (0.4, -0.24),
            (-0.2, -0.24),
        ],
        colour,
    )
    canvas.patch([(-0.6, -0.3), (0.8, -0.3), (0.8, -0.1), (-0.6, -0.06)], shade(colour, 0.7))
    canvas.fill(
        [(0.16, 0.26), (0.38, 0.24), (0.6, 0.06), (0.58, -0.04), (0.16, -0.02)], (122, 168, 196)
    )
    canvas.shape([(-0.2, 0.0), (0.06, 0.0), (0.06, 0.22), (-0.2, 0.22)], (122, 168, 196))
    canvas.limb([(-0.4, -0.42), (0.4, -0.42), (0.54, -0.36)], [0.045, 0.045, 0.04], (60, 62, 68))
    for x in (-0.2, 0.26):
        canvas.limb([(x, -0.22), (x, -0.42)], [0.035, 0.035], (60, 62, 68))
    canvas.limb([(0.0, 0.3), (0.0, 0.48)], [0.07, 0.05], (60, 62, 68))
    reach = 1.2 * abs(math.cos(turn)) + 0.12
    canvas.limb(
        [(-reach, 0.5 + 0.03 * math.sin(turn)), (0.0, 0.5), (reach, 0.5 - 0.03 * math.sin(turn))],
        [0.03, 0.05, 0.03],
        (72, 74, 80),
    )


def draw_rocket(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A rocket on a flickering flame, nose up."""
    body = pose.paint((236, 238, 242))
    flare = 0.1 * pose.wave() + 0.05 * math.sin(6 * math.pi * pose.phase)
    for width, length, tone in (
        (0.2, 0.66, (255, 120, 40)),
        (0.13, 0.46, (255, 196, 70)),
        (0.07, 0.28, (255, 250, 220)),
    ):
        canvas.fill(
            [
                (-width * 0.7, 0.02),
                (-width, -0.12),
                (0.02 * pose.wave(0.3), -(length + flare)),
                (width, -0.12),
                (width * 0.7, 0.02),
            ],
            tone,
            glow=True,
        )
    for side in (-1, 1):
        canvas.fill(
            [
                (side * 0.16, 0.42),
                (side * 0.42, 0.1),
                (side * 0.44, -0.08),
                (side * 0.3, 0.02),
                (side * 0.16, 0.08),
            ],
            (206, 58, 48) if side > 0 else (150, 40, 38),
        )
    canvas.shape([(-0.13, 0.1), (0.13, 0.1), (0.16, -0.02), (-0.16, -0.02)], (84, 88, 98))
    canvas.fill(
        [
            (-0.18, 0.06),
            (-0.23, 0.5),
            (-0.2, 1.0),
            (-0.1, 1.34),
            (0.0, 1.5),
            (0.1, 1.34),
            (0.2, 1.0),
            (0.23, 0.5),
            (0.18, 0.06),
        ],
        body,
    )
    canvas.patch(
        [(-0.4, 0.0), (-0.06, 0.0), (-0.08, 0.8), (-0.02, 1.5), (-0.4, 1.6)], shade(body, 0.74)
    )
    canvas.patch([(-0.4, 1.12), (0.4, 1.12), (0.4, 1.7), (-0.4, 1.7)], (206, 58, 48), curved=False)
    canvas.oval((0.02, 0.82), (0.1, 0.1), (90, 96, 108))
    canvas.oval((0.02, 0.82), (0.074, 0.074), (130, 210, 240), glow=True)
    canvas.fill(
        [(-0.03, 0.44), (-0.04, 0.1), (0.0, -0.08), (0.04, 0.1), (0.03, 0.44)], (206, 58, 48)
    )


def draw_spaceship(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A flying saucer whose lamps run round its rim."""
    hull = pose.paint((158, 168, 184))
    canvas.fill(ring((0.0, 0.24), (0.4, 0.36)), (126, 204, 220))
    canvas.patch([(-0.6, 0.0), (-0.14, 0.0), (-0.1, 0.7), (-0.6, 0.7)], (92, 160, 184))
    canvas.oval((0.16, 0.42), (0.07, 0.04), (236, 250, 252), turn=-0.6)
    canvas.fill(
        [
            (-1.1, 0.06),
            (-0.5, 0.28),
            (0.0, 0.32),
            (0.5, 0.28),
            (1.1, 0.06),
            (0.6, -0.14),
            (0.0, -0.2),
            (-0.6, -0.14),
        ],
        hull,
    )
    canvas.patch(
        [(-1.2, 0.05), (1.2, 0.05), (1.2, -0.4), (-1.2, -0.4)], shade(hull, 0.6), curved=False
    )
    canvas.fill(ring((0.0, -0.16), (0.34, 0.1)), shade(hull, 0.45))
    canvas.fill(ring((0.0, -0.18), (0.22, 0.06)), (150, 240, 255), glow=True)
    for number in range(7):
        lit = (number / 7 - pose.phase) % 1.0 < 0.4  # noqa: PLR2004 - three of seven
        x = -0.84 + 0.28 * number
        canvas.oval((x, 0.045), (0.05, 0.04), (255, 214, 90) if lit else (120, 92, 60), glow=lit)


def draw_balloon(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A striped hot-air balloon with its basket."""
    colour = pose.paint((220, 70, 54))
    sway = 0.02 * pose.wave()
    for x in (-0.1, 0.1):
        canvas.limb([(x * 2.2 + sway, 0.62), (x, 0.24)], [0.014, 0.014], (96, 74, 56))
    flare = 0.02 * pose.wave(0.3)
    canvas.fill([(-0.05, 0.34), (0.0, 0.52 + flare), (0.05, 0.34)], (255, 190, 80), glow=True)
    canvas.shape([(-0.13, 0.24), (0.13, 0.24), (0.11, 0.02), (-0.11, 0.02)], (156, 108, 62))
    canvas.patch(
        [(-0.2, 0.19), (0.2, 0.19), (0.2, 0.26), (-0.2, 0.26)], (104, 68, 40), curved=False
    )
    envelope = [
        (-0.16, 0.58),
        (-0.4, 0.84),
        (-0.6, 1.18),
        (-0.56, 1.52),
        (-0.32, 1.76),
        (0.0, 1.84),
        (0.32, 1.76),
        (0.56, 1.52),
        (0.6, 1.18),
        (0.4, 0.84),
        (0.16, 0.58),
    ]
    canvas.fill(place(envelope, (sway, 0.0)), colour)
    cream = (248, 226, 168)
    for inner, outer, tone in (
        (-1.2, -0.72, shade(colour, 0.7)),
        (-0.72, -0.4, shade(cream, 0.82)),
        (-0.12, 0.16, cream),
        (0.46, 0.76, cream),
    ):
        gore = [
            (x * w + sway, y)
            for x, y, w in (
                (inner, 0.56, 0.2),
                (inner, 0.84, 0.46),
                (inner, 1.2, 0.62),
                (inner, 1.55, 0.55),
                (inner, 1.86, 0.1),
                (outer, 1.86, 0.1),
                (outer, 1.55, 0.55),
                (outer, 1.2, 0.62),
                (outer, 0.84, 0.46),
                (outer, 0.56, 0.2),
            )
        ]
        canvas.patch(gore, tone)
