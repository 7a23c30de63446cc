"""Things on a table, by a fire, in the hand or in the air."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import Canvas, Point, Pose, place, ring, shade

__all__ = [
    "draw_ball",
    "draw_book",
    "draw_clock",
    "draw_cup",
    "draw_kite",
    "draw_piano",
    "draw_teapot",
    "draw_umbrella",
    "draw_vase",
]


def _steam(canvas: Canvas, at: Point, pose: Pose) -> None:
    for number in range(2):
        wisp = []
        for step in range(5):
            y = 0.1 * step
            x = 0.05 * math.sin(2 * math.pi * (0.28 * step - pose.phase + 0.4 * number))
            wisp.append((at[0] - 0.09 + 0.18 * number + x, at[1] + y + 0.04 * number))
        canvas.limb(wisp, [0.01, 0.045, 0.05, 0.03, 0.008], (232, 234, 238))


def draw_cup(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A steaming cup on its saucer."""
    china = pose.paint((236, 232, 224))
    _steam(canvas, (0.0, 0.64), pose)
    canvas.fill(
        [(-0.6, 0.06), (-0.3, 0.0), (0.3, 0.0), (0.6, 0.06), (0.3, 0.1), (-0.3, 0.1)],
        shade(china, 0.86),
    )
    handle = [(0.36, 0.5), (0.56, 0.48), (0.58, 0.3), (0.3, 0.2)]
    canvas.limb(handle, [0.07, 0.07, 0.07, 0.06], shade(china, 0.8))
    canvas.fill(
        [
            (-0.42, 0.6),
            (-0.4, 0.34),
            (-0.26, 0.12),
            (0.0, 0.06),
            (0.26, 0.12),
            (0.4, 0.34),
            (0.42, 0.6),
            (0.0, 0.62),
        ],
        china,
    )
    canvas.patch([(-0.6, 0.0), (-0.12, 0.0), (-0.2, 0.7), (-0.6, 0.7)], shade(china, 0.8))
    canvas.oval((0.0, 0.6), (0.42, 0.085), shade(china, 1.3))
    canvas.oval((0.0, 0.595), (0.37, 0.065), (92, 56, 34))
    canvas.oval((0.1, 0.6), (0.16, 0.025), (140, 92, 58))


def draw_teapot(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A round teapot, spout to the right."""
    glaze = pose.paint((66, 124, 150))
    _steam(canvas, (0.86, 0.68), pose)
    canvas.limb(
        [(-0.42, 0.6), (-0.76, 0.62), (-0.8, 0.34), (-0.44, 0.2)],
        [0.08, 0.08, 0.08, 0.07],
        shade(glaze, 0.74),
    )
    canvas.limb(
        [(0.4, 0.26), (0.62, 0.4), (0.72, 0.58), (0.86, 0.66)],
        [0.24, 0.15, 0.11, 0.1],
        shade(glaze, 0.88),
    )
    canvas.fill(
        [
            (-0.5, 0.36),
            (-0.42, 0.6),
            (-0.18, 0.74),
            (0.18, 0.74),
            (0.42, 0.6),
            (0.5, 0.36),
            (0.36, 0.1),
            (0.2, 0.02),
            (-0.2, 0.02),
            (-0.36, 0.1),
        ],
        glaze,
    )
    canvas.patch(
        [(-0.7, 0.0), (0.0, 0.0), (-0.26, 0.3), (-0.3, 0.8), (-0.7, 0.8)], shade(glaze, 0.72)
    )
    canvas.patch(
        [(-0.6, 0.34), (0.6, 0.34), (0.6, 0.4), (-0.6, 0.4)], shade(glaze, 1.6), curved=False
    )
    canvas.fill(
        [(-0.24, 0.72), (-0.16, 0.8), (0.0, 0.83), (0.16, 0.8), (0.24, 0.72)], shade(glaze, 0.9)
    )
    canvas.oval((0.0, 0.87), (0.06, 0.06), shade(glaze, 0.7))
    canvas.oval((0.24, 0.56), (0.09, 0.05), shade(glaze, 1.7), turn=-0.7)


def draw_vase(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A clay vase with a painted frieze."""
    clay = pose.paint((188, 104, 66))
    outline = [
        (-0.2, 0.0),
        (-0.24, 0.06),
        (-0.42, 0.4),
        (-0.4, 0.62),
        (-0.2, 0.84),
        (-0.13, 0.96),
        (-0.2, 1.08),
        (0.2, 1.08),
        (0.13, 0.96),
        (0.2, 0.84),
        (0.4, 0.62),
        (0.42, 0.4),
        (0.24, 0.06),
        (0.2, 0.0),
    ]
    for side in (-1, 1):
        canvas.limb(
            [(side * 0.14, 0.98), (side * 0.4, 0.94), (side * 0.36, 0.7)],
            [0.05, 0.055, 0.05],
            shade(clay, 0.78),
        )
    canvas.fill(outline, clay)
    canvas.patch(
        [(-0.6, -0.1), (-0.1, -0.1), (-0.18, 0.5), (-0.06, 1.2), (-0.6, 1.2)], shade(clay, 0.74)
    )
    for low in (0.36, 0.6):
        canvas.patch(
            [(-0.6, low), (0.6, low), (0.6, low + 0.03), (-0.6, low + 0.03)],
            (62, 40, 34),
            curved=False,
        )
    turn = 0.14 * pose.phase if pose.motion != "stands" else 0.0
    for number in range(-4, 5):
        x = 0.14 * number + turn
        canvas.patch([(x - 0.06, 0.42), (x, 0.56), (x + 0.06, 0.42)], (240, 214, 170), curved=False)
    canvas.oval((0.0, 1.08), (0.2, 0.04), shade(clay, 0.5))


def draw_umbrella(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """An open umbrella."""
    cloth = pose.paint((206, 48, 60))
    sway = 0.05 * pose.wave()

    def put(points: list[Point]) -> list[Point]:
        return place(points, (0.0, 0.0), turn=sway)

    canvas.limb(
        put([(0.0, 1.1), (0.0, 0.2), (0.02, 0.05), (0.12, 0.03), (0.15, 0.13)]),
        [0.035, 0.035, 0.05, 0.05, 0.05],
        (92, 62, 44),
    )
    dome = [
        (-0.72, 0.66),
        (-0.62, 0.9),
        (-0.34, 1.12),
        (0.0, 1.2),
        (0.34, 1.12),
        (0.62, 0.9),
        (0.72, 0.66),
        (0.48, 0.74),
        (0.24, 0.67),
        (0.0, 0.75),
        (-0.24, 0.67),
        (-0.48, 0.74),
    ]
    canvas.fill(put(dome), cloth)
    canvas.patch(
        put([(-0.9, 0.5), (-0.24, 0.6), (-0.2, 0.95), (0.0, 1.2), (-0.9, 1.3)]), shade(cloth, 0.72)
    )
    canvas.patch(
        put([(0.24, 0.6), (0.9, 0.6), (0.6, 1.1), (0.0, 1.2), (0.2, 0.95)]), shade(cloth, 1.16)
    )
    canvas.limb(put([(0.0, 1.18), (0.0, 1.3)]), [0.04, 0.015], (92, 62, 44))


def draw_kite(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A diamond kite with a tail of bows."""
    cloth = pose.paint((226, 66, 56))
    turn = -0.35 + 0.1 * pose.wave()
    tail = [
        (-0.14 - 0.13 * step, 0.32 - 0.11 * step + min(step, 1) * 0.07 * pose.wave(0.2 * step))
        for step in range(6)
    ]
    canvas.limb(tail, [0.02, 0.016, 0.012], (92, 70, 60))
    for number, (x, y) in enumerate(tail[1:]):
        bow = [
            (-0.08, 0.05),
            (0.0, 0.01),
            (0.08, 0.05),
            (0.08, -0.05),
            (0.0, -0.01),
            (-0.08, -0.05),
        ]
        canvas.shape(place(bow, (x, y), turn=0.6), ((246, 196, 60), (70, 150, 190))[number % 2])
    corners = [(0.0, 0.52), (0.36, 0.12), (0.0, -0.5), (-0.36, 0.12)]
    at = (0.06, 0.8)
    canvas.shape(place(corners, at, turn=turn), cloth)
    for sector, tone in (((0, 3), (248, 204, 76)), ((1, 2), (70, 150, 190))):
        canvas.shape(
            place([corners[sector[0]], corners[sector[1]], (0.0, 0.12)], at, turn=turn), tone
        )
    canvas.limb(place([corners[0], corners[2]], at, turn=turn), [0.018, 0.018], (90, 60, 46))
    canvas.limb(place([corners[1], corners[3]], at, turn=turn), [0.018, 0.018], (90, 60, 46))


def draw_ball(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A striped ball that rolls."""
    colour = pose.paint((220, 62, 54))
    still = pose.motion == "stands"
    turn = 0.0 if still else -2 * math.pi * pose.phase
    hop = 0.0 if still else 0.5 * abs(math.sin(2 * math.pi * pose.phase))
    at = (0.0, 0.5 + hop)
    canvas.oval(at, (0.5, 0.5), (246, 244, 238))
    for number in range(3):
        angle = turn + 2 * math.pi * number / 3
        wedge = [(0.0, 0.0), (0.4, 0.24), (0.8, 0.2), (0.8, -0.3), (0.4, -0.12)]
        canvas.patch(place(wedge, at, turn=angle), (colour, (58, 120, 190), (246, 196, 60))[number])
    canvas.oval(place([(0.0, 0.0)], at)[0], (0.07, 0.07), (250, 250, 246))
    canvas.oval((at[0] + 0.18, at[1] + 0.26), (0.1, 0.06), (255, 255, 255), turn=-0.6)


def draw_piano(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A grand piano with a raised lid and a stool."""
    black = pose.paint((40, 38, 46))
    for x in (-0.66, 0.1, 0.56):
        canvas.limb([(x, 0.5), (x, 0.04)], [0.1, 0.05], shade(black, 0.8))
        canvas.oval((x, 0.03), (0.045, 0.035), (196, 158, 72))
    canvas.fill(
        [(-0.6, 0.7), (-0.7, 1.3), (0.1, 1.36), (0.6, 1.14), (0.72, 0.72)], shade(black, 1.12)
    )
    canvas.limb([(0.3, 0.7), (0.36, 1.16)], [0.025, 0.025], (196, 158, 72))
    canvas.shape([(-0.6, 0.7), (0.62, 0.7), (0.56, 0.78), (-0.56, 0.78)], (190, 142, 70))
    canvas.fill([(-0.8, 0.44), (-0.82, 0.72), (0.66, 0.72), (0.78, 0.62), (0.76, 0.46)], black)
    canvas.patch(
        [(-0.9, 0.4), (0.9, 0.4), (0.9, 0.52), (-0.9, 0.52)], shade(black, 0.66), curved=False
    )
    canvas.shape([(-1.02, 0.56), (-0.72, 0.56), (-0.72, 0.66), (-0.98, 0.66)], (246, 244, 236))
    for number in range(5):
        canvas.shape(
            place([(0, 0.6), (0.025, 0.6), (0.025, 0.66), (0, 0.66)], (-0.96 + 0.05 * number, 0.0)),
            (28, 26, 30),
        )
    canvas.shape([(-1.06, 0.48), (-0.72, 0.48), (-0.72, 0.57), (-1.06, 0.57)], shade(black, 1.15))
    canvas.shape([(-1.5, 0.36), (-1.12, 0.36), (-1.12, 0.44), (-1.5, 0.44)], (126, 44, 46))
    for x in (-1.46, -1.16):
        canvas.limb([(x, 0.36), (x, 0.02)], [0.05, 0.04], shade(black, 0.8))


def draw_book(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """An open book; a page turns with the phase."""
    cover = pose.paint((150, 52, 48))
    canvas.fill(
        [
            (-0.86, 0.04),
            (-0.84, 0.14),
            (-0.4, 0.14),
            (0.0, 0.08),
            (0.4, 0.14),
            (0.84, 0.14),
            (0.86, 0.04),
            (0.0, 0.0),
        ],
        cover,
    )
    for side in (-1, 1):
        leaf = [
            (0.0, 0.08),
            (side * 0.2, 0.2),
            (side * 0.5, 0.22),
            (side * 0.8, 0.13),
            (side * 0.72, 0.52),
            (side * 0.46, 0.6),
            (side * 0.2, 0.57),
            (0.0, 0.46),
        ]
        canvas.fill(leaf, (246, 240, 224) if side > 0 else (226, 216, 196))
        for row in range(4):
            y = 0.27 + 0.07 * row
            canvas.limb(
                [(side * 0.16, y + 0.0), (side * 0.4, y + 0.02), (side * 0.66, y - 0.04)],
                [0.014, 0.014, 0.014],
                (150, 140, 126),
            )
    angle = (
        math.pi * (0.5 - 0.5 * math.cos(2 * math.pi * pose.phase))
        if pose.motion != "stands"
        else math.pi / 2.6
    )
    x, lift = math.copysign(max(abs(math.cos(angle)), 0.1), math.cos(angle)), math.sin(angle)
    page = [
        (0.0, 0.08),
        (0.36 * x, 0.18 + 0.3 * lift),
        (0.74 * x, 0.14 + 0.34 * lift),
        (0.68 * x, 0.5 + 0.4 * lift),
        (0.34 * x, 0.56 + 0.34 * lift),
        (0.0, 0.46),
    ]
    canvas.fill(page, (252, 248, 236))


def draw_clock(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A twin-bell alarm clock whose second hand goes round."""
    case = pose.paint((64, 138, 146))
    for side in (-1, 1):
        canvas.limb([(side * 0.3, 0.24), (side * 0.42, 0.02)], [0.08, 0.06], shade(case, 0.6))
        canvas.fill(
            place(
                [(-0.2, 0.0), (-0.14, 0.14), (0.0, 0.2), (0.14, 0.14), (0.2, 0.0)],
                (side * 0.3, 1.06),
                turn=-side * 0.5,
            ),
            (206, 164, 80),
        )
    canvas.limb([(0.0, 1.0), (0.0, 1.22)], [0.03, 0.08], (90, 80, 70))
    centre = (0.0, 0.6)
    canvas.fill(ring(centre, (0.52, 0.52)), case)
    canvas.patch(
        [(-0.7, 0.0), (-0.1, 0.0), (-0.3, 0.6), (-0.1, 1.2), (-0.7, 1.2)], shade(case, 0.72)
    )
    canvas.fill(ring(centre, (0.42, 0.42)), (250, 246, 234))
    for number in range(12):
        angle = math.pi * number / 6
        one, other = (0.34 if number % 3 else 0.31), 0.38
        canvas.limb(
            [
                (one * math.sin(angle), 0.6 + one * math.cos(angle)),
                (other * math.sin(angle), 0.6 + other * math.cos(angle)),
            ],
            [0.025, 0.025],
            (60, 56, 60),
        )
    for turns, length, width, tone in (
        (0.84, 0.2, 0.045, (40, 38, 44)),
        (0.17, 0.3, 0.035, (40, 38, 44)),
        (pose.phase, 0.32, 0.015, (214, 56, 48)),
    ):
        angle = 2 * math.pi * turns
        canvas.limb(
            [centre, (length * math.sin(angle), 0.6 + length * math.cos(angle))],
            [width, width * 0.7],
            tone,
        )
    canvas.oval(centre, (0.035, 0.035), (40, 38, 44))
