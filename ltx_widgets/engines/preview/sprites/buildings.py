"""Houses and what else is built."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Pose, place, shade

__all__ = ["draw_castle", "draw_house", "draw_lighthouse", "draw_tower", "draw_windmill"]

_LIT: RGB = (255, 214, 120)


def _box(
    canvas: Canvas,
    left: float,
    low: float,
    right: float,
    high: float,
    colour: RGB,
    *,
    glow: bool = False,
) -> None:
    canvas.shape([(left, low), (right, low), (right, high), (left, high)], colour, glow=glow)


def draw_house(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A cottage with lit windows and smoke."""
    wall = pose.paint((236, 218, 184))
    roof = (166, 72, 52)
    for number in range(3):
        age = (pose.phase + number / 3) % 1.0
        canvas.oval(
            (0.5 + 0.2 * age, 1.34 + 0.3 * age),
            (0.05 + 0.07 * age, 0.05 + 0.06 * age),
            (206, 208, 212),
        )
    _box(canvas, 0.42, 0.9, 0.58, 1.3, (140, 80, 62))
    _box(canvas, -0.8, 0.0, 0.8, 0.72, wall)
    canvas.patch(
        [(-0.9, -0.1), (-0.2, -0.1), (-0.5, 0.8), (-0.9, 0.8)], shade(wall, 0.8), curved=False
    )
    canvas.patch(
        [(-0.9, 0.62), (0.9, 0.62), (0.9, 0.8), (-0.9, 0.8)], shade(wall, 0.7), curved=False
    )
    canvas.shape([(-0.96, 0.66), (-0.6, 1.22), (0.6, 1.22), (0.96, 0.66)], roof)
    for row in range(4):
        y = 0.76 + 0.12 * row
        canvas.patch(
            [(-1, y), (1, y), (1, y + 0.03), (-1, y + 0.03)], shade(roof, 0.78), curved=False
        )
    _box(canvas, -0.14, 0.0, 0.16, 0.5, (96, 62, 42))
    canvas.oval((0.11, 0.25), (0.022, 0.022), (226, 190, 96))
    for x in (-0.62, 0.34):
        _box(canvas, x - 0.03, 0.2, x + 0.31, 0.53, (250, 246, 236))
        _box(canvas, x, 0.23, x + 0.28, 0.5, _LIT, glow=True)
        _box(canvas, x + 0.13, 0.23, x + 0.15, 0.5, (250, 246, 236))
        _box(canvas, x, 0.36, x + 0.28, 0.375, (250, 246, 236))


def draw_lighthouse(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A banded lighthouse whose beam comes round."""
    band = pose.paint((206, 54, 48))
    reach = math.cos(2 * math.pi * pose.phase)
    length = 1.1 * abs(reach)
    side = 1 if reach >= 0 else -1
    canvas.fill(
        [(-0.75, -0.05), (-0.6, 0.12), (-0.2, 0.2), (0.3, 0.16), (0.7, 0.06), (0.8, -0.05)],
        (92, 90, 92),
    )
    canvas.patch([(-1, -0.1), (0.2, 0.04), (1, -0.1)], (66, 64, 68), curved=False)
    tower = [(-0.26, 0.12), (-0.15, 1.62), (0.15, 1.62), (0.26, 0.12)]
    canvas.shape(tower, (244, 240, 232))
    for low, high in ((0.34, 0.66), (0.98, 1.3)):
        canvas.patch([(-0.4, low), (0.4, low), (0.4, high), (-0.4, high)], band, curved=False)
    canvas.shape([(-0.26, 0.12), (-0.15, 1.62), (-0.06, 1.62), (-0.1, 0.12)], shade(band, 0.72))
    for low, high in ((0.12, 0.34), (0.66, 0.98), (1.3, 1.62)):
        x0, x1 = -0.26 + 0.11 * (low - 0.12) / 1.5, -0.26 + 0.11 * (high - 0.12) / 1.5
        canvas.shape(
            [
                (x0, low),
                (x1, high),
                (-0.1 + 0.04 * (high - 0.12) / 1.5, high),
                (-0.1 + 0.04 * (low - 0.12) / 1.5, low),
            ],
            (200, 198, 198),
        )
    _box(canvas, -0.06, 0.12, 0.08, 0.34, (74, 56, 48))
    for y in (0.8, 1.42):
        _box(canvas, -0.03, y, 0.05, y + 0.12, (58, 66, 84))
    _box(canvas, -0.22, 1.6, 0.22, 1.67, (70, 70, 76))
    _box(canvas, -0.12, 1.67, 0.12, 1.88, (255, 236, 160), glow=True)
    for x in (-0.12, -0.01, 0.1):
        _box(canvas, x, 1.67, x + 0.02, 1.88, (60, 60, 66))
    canvas.shape([(-0.17, 1.87), (0.0, 2.08), (0.17, 1.87)], shade(band, 0.8))
    if length > 0.15:  # noqa: PLR2004 - seen end-on there is no beam
        tip = side * (0.12 + length)
        canvas.shape(
            [(side * 0.1, 1.8), (tip, 1.9), (tip, 1.66), (side * 0.1, 1.74)],
            (255, 244, 200),
            glow=True,
        )


def draw_castle(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """Walls, a gate, and towers with pointed roofs and flags."""
    stone = pose.paint((172, 166, 158))
    roof = (86, 98, 146)
    towers = ((-0.62, 1.1, 0.2), (0.62, 1.1, 0.2), (0.0, 1.42, 0.24))
    for x, high, half in (towers[2],):
        _tower(canvas, x, high, half, shade(stone, 0.86), roof, pose)
    _box(canvas, -0.62, 0.0, 0.62, 0.72, stone)
    canvas.patch(
        [(-0.7, 0.0), (-0.2, 0.0), (-0.4, 0.8), (-0.7, 0.8)], shade(stone, 0.8), curved=False
    )
    for number in range(7):
        x = -0.5 + 0.16 * number
        _box(canvas, x - 0.05, 0.7, x + 0.04, 0.8, stone)
    for x, high, half in towers[:2]:
        _tower(canvas, x, high, half, stone, roof, pose)
    canvas.fill(
        [
            (-0.17, 0.0),
            (-0.17, 0.28),
            (-0.1, 0.42),
            (0.0, 0.46),
            (0.1, 0.42),
            (0.17, 0.28),
            (0.17, 0.0),
        ],
        (60, 44, 38),
    )
    for x in (-0.34, 0.3):
        _box(canvas, x, 0.36, x + 0.07, 0.52, _LIT, glow=True)


def _tower(
    canvas: Canvas, x: float, high: float, half: float, stone: RGB, roof: RGB, pose: Pose
) -> None:
    _box(canvas, x - half, 0.0, x + half, high, stone)
    canvas.patch(
        [(x - half, 0), (x - half * 0.3, 0), (x - half * 0.3, high), (x - half, high)],
        shade(stone, 0.76),
        curved=False,
    )
    for y in (0.3, 0.56, 0.84):
        canvas.patch(
            [(x, y), (x + half * 0.6, y), (x + half * 0.6, y + 0.02), (x, y + 0.02)],
            shade(stone, 0.84),
            curved=False,
        )
    _box(canvas, x - half * 1.2, high - 0.04, x + half * 1.2, high + 0.06, shade(stone, 0.9))
    canvas.shape(
        [(x - half * 1.25, high + 0.06), (x, high + 0.56), (x + half * 1.25, high + 0.06)], roof
    )
    canvas.patch(
        [(x - half * 1.25, high), (x - half * 0.2, high), (x, high + 0.56), (x - 1, high + 0.56)],
        shade(roof, 0.74),
        curved=False,
    )
    _box(canvas, x - 0.04, high - 0.3, x + 0.05, high - 0.12, _LIT, glow=True)
    top = high + 0.54
    canvas.limb([(x, top), (x, top + 0.2)], [0.018, 0.014], (70, 58, 50))
    wave = 0.02 * pose.wave(x)
    canvas.fill(
        [
            (x, top + 0.2),
            (x - 0.12, top + 0.19 + wave),
            (x - 0.22, top + 0.15 - wave),
            (x - 0.12, top + 0.1),
            (x, top + 0.1),
        ],
        (206, 56, 50),
    )


def draw_windmill(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A tower mill with turning sails."""
    wall = pose.paint((238, 230, 214))
    canvas.shape([(-0.36, 0.0), (-0.2, 1.14), (0.2, 1.14), (0.36, 0.0)], wall)
    canvas.patch(
        [(-0.5, 0.0), (-0.12, 0.0), (-0.06, 1.2), (-0.5, 1.2)], shade(wall, 0.76), curved=False
    )
    canvas.fill([(-0.25, 1.1), (-0.2, 1.3), (0.0, 1.42), (0.2, 1.3), (0.25, 1.1)], (128, 66, 48))
    canvas.fill([(-0.1, 0.0), (-0.1, 0.26), (0.0, 0.36), (0.1, 0.26), (0.1, 0.0)], (92, 60, 42))
    for y in (0.52, 0.82):
        _box(canvas, -0.06, y, 0.06, y + 0.15, _LIT, glow=True)
    hub = (0.0, 1.2)
    for number in range(4):
        turn = -math.pi / 2 * (pose.phase + number) + 0.4
        canvas.limb(place([(0.0, 0.0), (0.0, 0.86)], hub, turn=turn), [0.045, 0.03], (104, 74, 52))
        canvas.shape(
            place([(0.02, 0.2), (0.02, 0.86), (0.2, 0.86), (0.17, 0.2)], hub, turn=turn),
            (226, 212, 180),
        )
        for rung in range(5):
            y = 0.26 + 0.14 * rung
            canvas.shape(
                place([(0.02, y), (0.19, y), (0.19, y + 0.02), (0.02, y + 0.02)], hub, turn=turn),
                (140, 108, 78),
            )
    canvas.oval(hub, (0.06, 0.06), (74, 54, 42))


def draw_tower(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A stepped skyscraper, some of its windows lit."""
    wall = pose.paint((104, 122, 152))
    steps = ((0.42, 0.0, 1.0), (0.32, 1.0, 1.5), (0.2, 1.5, 1.8))
    canvas.limb([(0.0, 1.78), (0.0, 2.2)], [0.05, 0.012], shade(wall, 0.7))
    for half, low, high in steps:
        _box(canvas, -half, low, half, high, wall)
        canvas.patch(
            [(-half, low), (-half * 0.45, low), (-half * 0.45, high), (-half, high)],
            shade(wall, 0.66),
            curved=False,
        )
        columns = round(half / 0.07)
        for row in range(round((high - low) / 0.1)):
            for column in range(columns):
                x = -half + 0.05 + column * (2 * half - 0.06) / columns
                y = low + 0.035 + 0.1 * row
                lit = (row * 7 + column * 5 + round(half * 50)) % 3 > 0
                _box(canvas, x, y, x + 0.065, y + 0.05, _LIT if lit else (64, 78, 104), glow=lit)
    if pose.phase < 0.5:  # noqa: PLR2004 - on for half of the cycle
        canvas.oval((0.0, 2.2), (0.025, 0.025), (255, 70, 60), glow=True)
