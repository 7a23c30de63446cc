"""What rolls: cars, buses, trucks, two-wheelers and trains."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, bend, place, shade

__all__ = ["draw_bicycle", "draw_bus", "draw_car", "draw_motorcycle", "draw_train", "draw_truck"]

_TYRE: RGB = (34, 34, 38)
_GLASS: RGB = (128, 168, 192)
_LAMP: RGB = (255, 240, 190)
_REAR: RGB = (232, 48, 40)


def wheel(
    canvas: Canvas, at: Point, radius: float, pose: Pose, *, rim: RGB = (186, 190, 198)
) -> None:
    """A wheel with five spokes that turns forward with the phase."""
    canvas.oval(at, (radius, radius), _TYRE)
    canvas.oval(at, (radius * 0.64, radius * 0.64), rim)
    canvas.oval(at, (radius * 0.54, radius * 0.54), shade(rim, 0.5))
    turn = -2 * math.pi * pose.phase
    for number in range(5):
        angle = turn + 2 * math.pi * number / 5
        end = (at[0] + radius * 0.58 * math.cos(angle), at[1] + radius * 0.58 * math.sin(angle))
        canvas.limb([at, end], [radius * 0.22, radius * 0.16], rim)


def draw_car(canvas: Canvas, kind: str, pose: Pose) -> None:
    """A saloon; a taxi carries a lit sign and a chequered band."""
    colour = pose.paint((244, 190, 32) if kind == "taxi" else (196, 52, 48))
    y = 0.008 * math.sin(4 * math.pi * pose.phase)
    body = [(-1.0, 0.2), (-1.04, 0.4), (-0.98, 0.5), (-0.62, 0.54), (0.5, 0.54), (0.92, 0.48),
            (1.06, 0.38), (1.06, 0.2), (0.9, 0.16), (-0.9, 0.16)]  # fmt: skip
    roof = [(-0.66, 0.5), (-0.42, 0.8), (-0.2, 0.86), (0.14, 0.86), (0.32, 0.78), (0.6, 0.5)]
    if kind == "taxi":
        canvas.shape(
            place([(-0.16, 0.84), (0.12, 0.84), (0.1, 0.95), (-0.14, 0.95)], (0, y)),
            (255, 244, 190),
            glow=True,
        )
    canvas.fill(place(roof, (0, y)), shade(colour, 0.94))
    panes = ([(-0.55, 0.54), (-0.38, 0.76), (-0.2, 0.81), (-0.08, 0.81), (-0.08, 0.54)],
             [(-0.02, 0.54), (-0.02, 0.81), (0.12, 0.81), (0.28, 0.74), (0.48, 0.54)])  # fmt: skip
    for pane in panes:
        canvas.shape(place(pane, (0, y)), _GLASS)
        canvas.patch(
            place(
                [
                    (pane[0][0] - 0.1, 0.9),
                    (pane[0][0] + 0.22, 0.9),
                    (pane[0][0] - 0.02, 0.5),
                    (pane[0][0] - 0.3, 0.5),
                ],
                (0, y),
            ),
            shade(_GLASS, 1.35),
            curved=False,
        )
    canvas.fill(place(body, (0, y)), colour)
    canvas.patch(
        place([(-1.2, 0.1), (1.2, 0.1), (1.2, 0.3), (-1.2, 0.3)], (0, y)),
        shade(colour, 0.74),
        curved=False,
    )
    if kind == "taxi":
        for number in range(14):
            square = [(0, 0), (0.07, 0), (0.07, 0.045), (0, 0.045)]
            canvas.shape(place(square, (-0.94 + 0.14 * number, 0.36 + y)), (30, 30, 32))
    canvas.limb([(-0.05, 0.2 + y), (-0.05, 0.52 + y)], [0.012, 0.012], shade(colour, 0.6))
    canvas.oval((0.98, 0.4 + y), (0.06, 0.045), _LAMP, glow=True)
    canvas.oval((-0.99, 0.42 + y), (0.04, 0.045), _REAR, glow=True)
    for x in (-0.58, 0.62):
        canvas.oval((x, 0.2), (0.215, 0.215), shade(colour, 0.38))
        wheel(canvas, (x, 0.175), 0.178, pose)


def draw_bus(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A city bus with lit windows."""
    colour = pose.paint((206, 62, 48))
    y = 0.006 * pose.wave()
    canvas.fill(
        place(
            [
                (-1.3, 0.2),
                (-1.32, 0.9),
                (-1.26, 1.0),
                (1.22, 1.0),
                (1.32, 0.88),
                (1.34, 0.22),
                (1.2, 0.15),
                (-1.2, 0.15),
            ],
            (0, y),
        ),
        colour,
    )
    canvas.patch(
        place([(-1.5, 0.1), (1.5, 0.1), (1.5, 0.32), (-1.5, 0.32)], (0, y)),
        shade(colour, 0.7),
        curved=False,
    )
    canvas.patch(
        place([(-1.5, 0.94), (1.5, 0.94), (1.5, 1.1), (-1.5, 1.1)], (0, y)),
        shade(colour, 1.3),
        curved=False,
    )
    for number in range(6):
        x = -1.2 + 0.36 * number
        canvas.shape(
            place([(x, 0.52), (x + 0.31, 0.52), (x + 0.31, 0.86), (x, 0.86)], (0, y)),
            (250, 226, 164),
            glow=True,
        )
        if number in {1, 2, 4}:
            canvas.oval((x + 0.16, 0.62 + y), (0.06, 0.075), (70, 60, 66))
            canvas.shape(
                place(
                    [(x + 0.05, 0.52), (x + 0.27, 0.52), (x + 0.22, 0.58), (x + 0.1, 0.58)], (0, y)
                ),
                (70, 60, 66),
            )
    canvas.shape(place([(1.0, 0.24), (1.24, 0.24), (1.24, 0.86), (1.0, 0.86)], (0, y)), _GLASS)
    canvas.shape(
        place([(1.115, 0.24), (1.125, 0.24), (1.125, 0.86), (1.115, 0.86)], (0, y)),
        shade(colour, 0.5),
    )
    canvas.oval((1.3, 0.3 + y), (0.035, 0.05), _LAMP, glow=True)
    canvas.oval((-1.29, 0.34 + y), (0.03, 0.06), _REAR, glow=True)
    for x in (-0.8, 0.74):
        canvas.oval((x, 0.18), (0.21, 0.21), shade(colour, 0.35))
        wheel(canvas, (x, 0.165), 0.17, pose)


def draw_truck(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A lorry with a box and a cab."""
    colour = pose.paint((52, 118, 168))
    y = 0.008 * pose.wave()
    canvas.shape(place([(-1.3, 0.22), (1.2, 0.22), (1.2, 0.3), (-1.3, 0.3)], (0, y)), (52, 54, 60))
    canvas.shape(
        place([(-1.34, 0.3), (0.5, 0.3), (0.5, 1.06), (-1.34, 1.06)], (0, y)), (226, 226, 220)
    )
    canvas.patch(
        place([(-1.5, 0.3), (0.6, 0.3), (0.6, 0.46), (-1.5, 0.46)], (0, y)),
        shade(colour, 1.2),
        curved=False,
    )
    for number in range(6):
        x = -1.2 + 0.28 * number
        canvas.shape(
            place([(x, 0.46), (x + 0.012, 0.46), (x + 0.012, 1.04), (x, 1.04)], (0, y)),
            (192, 192, 188),
        )
    canvas.fill(
        place(
            [
                (0.54, 0.24),
                (0.54, 0.86),
                (0.62, 0.92),
                (0.94, 0.92),
                (1.06, 0.84),
                (1.2, 0.56),
                (1.3, 0.5),
                (1.32, 0.24),
            ],
            (0, y),
        ),
        colour,
    )
    canvas.patch(
        place([(0.4, 0.1), (1.5, 0.1), (1.5, 0.36), (0.4, 0.36)], (0, y)),
        shade(colour, 0.72),
        curved=False,
    )
    canvas.shape(
        place([(0.72, 0.56), (0.72, 0.84), (0.94, 0.84), (1.02, 0.78), (1.12, 0.56)], (0, y)),
        _GLASS,
    )
    canvas.oval((1.28, 0.36 + y), (0.04, 0.05), _LAMP, glow=True)
    for x in (-1.0, -0.6, 0.92):
        wheel(canvas, (x, 0.18), 0.19, pose)


def _spoked(canvas: Canvas, at: Point, radius: float, pose: Pose) -> None:
    """A thin bicycle wheel."""
    outer = [
        place([(radius * math.cos(a), radius * math.sin(a))], at)[0]
        for a in [k * math.pi / 16 for k in range(33)]
    ]
    canvas.limb(outer, [0.05, 0.05], _TYRE)
    for number in range(6):
        angle = -2 * math.pi * pose.phase + math.pi * number / 6
        dx, dy = radius * math.cos(angle), radius * math.sin(angle)
        canvas.limb(
            [(at[0] - dx, at[1] - dy), (at[0] + dx, at[1] + dy)], [0.008, 0.008], (150, 154, 160)
        )
    canvas.oval(at, (0.035, 0.035), (96, 98, 104))


def _cyclist(
    canvas: Canvas, hip: Point, crank: Point, hand: Point, angle: float, top: RGB, *, near: bool
) -> None:
    """One leg on its pedal; with the near one also trunk, arm and head."""
    foot = (crank[0] + 0.15 * math.cos(angle), crank[1] + 0.15 * math.sin(angle))
    knee, ankle = bend(hip, foot, (0.4, 0.4), 1.0)
    tone = (54, 60, 82) if near else (36, 40, 56)
    if near:
        neck = (hip[0] + 0.4, hip[1] + 0.46)
        canvas.limb([hip, (hip[0] + 0.16, hip[1] + 0.28), neck], [0.22, 0.24, 0.2], top)
        canvas.oval((neck[0] + 0.12, neck[1] + 0.18), (0.12, 0.13), (224, 172, 136))
        helmet = [(-0.16, 0.0), (-0.12, 0.14), (0.04, 0.18), (0.16, 0.08), (0.14, 0.02)]
        canvas.fill(place(helmet, (neck[0] + 0.12, neck[1] + 0.2)), shade(top, 0.6))
    canvas.limb([hip, knee, ankle], [0.19, 0.14, 0.09], tone)
    canvas.fill(
        place([(-0.08, 0.04), (0.06, 0.04), (0.13, 0.0), (-0.08, -0.03)], ankle), (230, 230, 228)
    )
    if near:
        shoulder = (hip[0] + 0.38, hip[1] + 0.42)
        elbow, end = bend(shoulder, hand, (0.3, 0.3), -1.0)
        canvas.limb([shoulder, elbow, end], [0.11, 0.09, 0.07], shade(top, 0.84))


def draw_bicycle(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A bicycle with somebody on it who pedals."""
    colour = pose.paint((44, 140, 140))
    rear, front, crank = (-0.52, 0.34), (0.56, 0.34), (-0.04, 0.34)
    seat, stem = (-0.22, 0.84), (0.4, 0.86)
    angle = -2 * math.pi * pose.phase
    _spoked(canvas, rear, 0.32, pose)
    _spoked(canvas, front, 0.32, pose)
    _cyclist(canvas, (-0.24, 0.94), crank, (0.46, 0.98), angle + math.pi, (226, 96, 66), near=False)
    for one, other in (
        (rear, crank),
        (rear, seat),
        (seat, crank),
        (crank, stem),
        (seat, stem),
        (stem, front),
    ):
        canvas.limb([one, other], [0.045, 0.045], colour)
    canvas.limb([stem, (0.38, 0.96), (0.48, 0.98)], [0.035, 0.035, 0.04], (60, 60, 66))
    canvas.limb([(-0.34, 0.87), (-0.12, 0.87)], [0.07, 0.04], (46, 38, 36))
    _cyclist(canvas, (-0.24, 0.94), crank, (0.46, 0.98), angle, (226, 96, 66), near=True)


def draw_motorcycle(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A motorcycle and its rider."""
    colour = pose.paint((178, 40, 44))
    wheel(canvas, (-0.58, 0.3), 0.3, pose)
    wheel(canvas, (0.66, 0.3), 0.3, pose)
    canvas.limb([(0.66, 0.3), (0.4, 0.84)], [0.07, 0.06], (170, 174, 180))
    canvas.fill(
        [(-0.3, 0.28), (-0.24, 0.56), (0.2, 0.56), (0.28, 0.3), (0.1, 0.2), (-0.2, 0.2)],
        (84, 88, 96),
    )
    canvas.limb([(0.1, 0.26), (-0.4, 0.24), (-0.84, 0.3)], [0.07, 0.07, 0.09], (196, 200, 206))
    canvas.fill(
        [
            (-0.86, 0.66),
            (-0.5, 0.62),
            (0.0, 0.6),
            (0.14, 0.8),
            (0.38, 0.82),
            (0.46, 0.66),
            (0.2, 0.5),
            (-0.3, 0.5),
            (-0.6, 0.54),
        ],
        colour,
    )
    canvas.patch([(-1, 0.5), (0.6, 0.5), (0.6, 0.6), (-1, 0.58)], shade(colour, 0.7), curved=False)
    canvas.limb([(-0.5, 0.68), (-0.02, 0.66)], [0.09, 0.1], (38, 34, 34))
    canvas.limb([(0.4, 0.84), (0.3, 0.96)], [0.05, 0.05], (60, 60, 66))
    canvas.oval((0.52, 0.8), (0.08, 0.09), _LAMP, glow=True)
    hip, jacket = (-0.24, 0.76), (52, 48, 56)
    canvas.limb([hip, (0.14, 0.66), (0.02, 0.3)], [0.2, 0.16, 0.1], (44, 52, 72))
    canvas.fill(
        place([(-0.06, 0.05), (0.1, 0.03), (0.14, -0.03), (-0.06, -0.03)], (0.02, 0.28)),
        (30, 26, 26),
    )
    canvas.limb([hip, (-0.14, 1.04), (0.04, 1.26)], [0.22, 0.26, 0.2], jacket)
    canvas.limb([(0.02, 1.2), (0.1, 0.98), (0.3, 0.97)], [0.12, 0.1, 0.07], shade(jacket, 1.2))
    canvas.oval((0.12, 1.42), (0.15, 0.16), colour)
    canvas.oval((0.2, 1.42), (0.09, 0.07), (60, 74, 96))


def draw_train(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A steam locomotive with a tender and a lit carriage."""
    colour = pose.paint((46, 84, 70))
    brass = (206, 160, 72)
    for number in range(4):
        age = (pose.phase + number / 4) % 1.0
        puff = (0.98 - 1.0 * age - 0.3 * number % 0.2, 1.14 + 0.34 * age)
        canvas.oval(
            puff, (0.07 + 0.16 * age, 0.06 + 0.11 * age), shade((214, 216, 220), 1 - 0.12 * age)
        )
    canvas.shape(
        [(-2.5, 0.26), (-1.0, 0.26), (-1.0, 0.96), (-2.5, 0.96)], shade((146, 54, 48), 1.0)
    )
    canvas.fill([(-2.56, 0.94), (-2.4, 1.06), (-1.1, 1.06), (-0.94, 0.94)], (70, 66, 70))
    for number in range(4):
        x = -2.38 + 0.34 * number
        canvas.shape(
            [(x, 0.56), (x + 0.24, 0.56), (x + 0.24, 0.84), (x, 0.84)], (252, 224, 150), glow=True
        )
    canvas.shape([(-1.0, 0.3), (-0.84, 0.3), (-0.84, 0.36), (-1.0, 0.36)], (40, 40, 44))
    canvas.shape([(-0.84, 0.26), (1.3, 0.26), (1.3, 0.36), (-0.84, 0.36)], (50, 50, 54))
    canvas.shape([(-0.8, 0.36), (-0.2, 0.36), (-0.2, 1.06), (-0.8, 1.06)], shade(colour, 0.9))
    canvas.shape([(-0.88, 1.04), (-0.1, 1.04), (-0.14, 1.14), (-0.84, 1.14)], (46, 44, 48))
    canvas.shape(
        [(-0.66, 0.7), (-0.36, 0.7), (-0.36, 0.98), (-0.66, 0.98)], (252, 224, 150), glow=True
    )
    canvas.fill(
        [
            (-0.22, 0.4),
            (-0.22, 0.86),
            (0.3, 0.88),
            (1.1, 0.87),
            (1.2, 0.8),
            (1.22, 0.5),
            (1.12, 0.4),
        ],
        colour,
    )
    canvas.patch(
        [(-0.4, 0.3), (1.4, 0.3), (1.4, 0.56), (-0.4, 0.56)], shade(colour, 0.66), curved=False
    )
    canvas.patch(
        [(-0.4, 0.76), (1.4, 0.76), (1.4, 0.8), (-0.4, 0.8)], shade(colour, 1.3), curved=False
    )
    for x in (0.1, 0.5, 0.86):
        canvas.shape([(x, 0.4), (x + 0.03, 0.4), (x + 0.03, 0.88), (x, 0.88)], brass)
    canvas.shape([(0.92, 0.84), (1.1, 0.84), (1.16, 1.16), (0.86, 1.16)], (44, 44, 48))
    canvas.oval((0.32, 0.9), (0.12, 0.1), brass)
    canvas.oval((1.22, 0.7), (0.06, 0.075), _LAMP, glow=True)
    canvas.shape([(1.16, 0.34), (1.52, 0.06), (1.1, 0.06)], (150, 48, 42))
    for x in (-2.3, -1.95, -1.5, -1.16, 0.98):
        wheel(canvas, (x, 0.15), 0.14, pose, rim=(150, 52, 46))
    for x in (-0.5, 0.02, 0.52):
        wheel(canvas, (x, 0.23), 0.23, pose, rim=(150, 52, 46))
    turn = -2 * math.pi * pose.phase
    dx, dy = 0.11 * math.cos(turn), 0.11 * math.sin(turn)
    canvas.limb([(-0.5 + dx, 0.23 + dy), (0.52 + dx, 0.23 + dy)], [0.05, 0.05], (200, 202, 208))
