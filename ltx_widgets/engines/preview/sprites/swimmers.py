"""What lives in water: fish, whales, dolphins, turtles and jellyfish."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import Canvas, Point, Pose, place, shade

__all__ = ["draw_dolphin", "draw_fish", "draw_jellyfish", "draw_turtle", "draw_whale"]


def _bend(points: list[Point], pose: Pose, depth: float) -> list[Point]:
    """Let a body undulate: the wave runs to the tail and grows on its way."""
    bent = []
    for x, y in points:
        behind = max(0.0, 0.5 - x)
        bent.append((x, y + depth * behind * math.sin(2 * math.pi * (pose.phase + 0.45 * x))))
    return bent


def draw_fish(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A banded fish with a fan of a tail."""
    colour = pose.paint((246, 142, 56))
    sweep = 1 - 0.28 * pose.wave()
    tail = [
        (-0.56, 0.0),
        (-0.8 * sweep, 0.26),
        (-0.96 * sweep, 0.3),
        (-0.86 * sweep, 0.0),
        (-0.96 * sweep, -0.28),
        (-0.78 * sweep, -0.24),
    ]
    canvas.fill(_bend(tail, pose, 0.1), shade(colour, 0.8))
    fins = (
        [(-0.3, 0.2), (-0.16, 0.48), (0.16, 0.44), (0.28, 0.22)],
        [(-0.24, -0.2), (-0.2, -0.44), (0.06, -0.34), (0.12, -0.22)],
    )
    for fin in fins:
        canvas.fill(_bend(fin, pose, 0.06), shade(colour, 0.72))
    body = [
        (-0.66, 0.0),
        (-0.4, 0.18),
        (0.0, 0.32),
        (0.36, 0.26),
        (0.64, 0.04),
        (0.62, -0.04),
        (0.34, -0.24),
        (0.0, -0.3),
        (-0.4, -0.16),
    ]
    canvas.fill(_bend(body, pose, 0.06), colour)
    canvas.patch(
        _bend([(-0.7, -0.06), (0.0, -0.1), (0.7, -0.06), (0.4, -0.4), (-0.4, -0.4)], pose, 0.05),
        shade(colour, 1.5),
    )
    for x, width in ((0.2, 0.07), (-0.2, 0.06)):
        band = [
            (x - width, 0.5),
            (x + width, 0.5),
            (x + width + 0.05, 0.0),
            (x + width, -0.5),
            (x - width, -0.5),
            (x - width + 0.05, 0.0),
        ]
        canvas.patch(_bend(band, pose, 0.06), (250, 246, 236))
    flap = 0.5 + 0.4 * pose.wave(0.2)
    canvas.fill(
        place(
            [(0.0, 0.05), (-0.22, 0.06), (-0.26, -0.08), (-0.02, -0.04)], (0.16, -0.06), turn=flap
        ),
        shade(colour, 0.66),
    )
    canvas.oval((0.44, 0.06), (0.06, 0.06), (252, 250, 240))
    canvas.oval((0.455, 0.06), (0.035, 0.035), (24, 22, 26))


def draw_whale(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A humpback with a pleated throat and flukes that rise and fall."""
    colour = pose.paint((62, 88, 118))
    beat = 0.26 * pose.wave(0.5)
    fluke = [(0.1, 0.0), (-0.14, 0.2), (-0.34, 0.28), (-0.22, 0.06), (-0.26, -0.12), (-0.06, -0.06)]
    canvas.fill(place(fluke, (-1.14, 0.12 + beat * 0.8), turn=beat), shade(colour, 0.78))
    fin = [(0.1, 0.02), (-0.1, -0.34), (-0.3, -0.52), (-0.34, -0.44), (-0.16, -0.08)]
    canvas.fill(place(fin, (0.32, -0.16), turn=-0.5 + 0.2 * pose.wave()), shade(colour, 0.6))
    body = [
        (-1.16, 0.12 + beat * 0.8),
        (-0.7, 0.22 + beat * 0.3),
        (-0.2, 0.34),
        (0.4, 0.36),
        (0.86, 0.2),
        (1.08, 0.02),
        (0.98, -0.16),
        (0.6, -0.34),
        (0.1, -0.36),
        (-0.4, -0.16),
        (-0.8, 0.04 + beat * 0.4),
    ]
    canvas.fill(body, colour)
    belly = [
        (1.2, -0.02),
        (0.72, -0.06),
        (0.3, -0.08),
        (-0.2, -0.14),
        (-0.5, -0.2),
        (0.3, -0.6),
        (1.1, -0.4),
    ]
    canvas.patch(belly, (206, 218, 226))
    for row in range(4):
        y = -0.12 - 0.06 * row
        line = [
            (0.98 - 0.1 * row, y),
            (0.5, y - 0.03),
            (0.02, y - 0.04),
            (0.02, y - 0.055),
            (0.5, y - 0.05),
        ]
        canvas.fill(line, (150, 168, 184))
    canvas.fill([(-0.42, 0.27), (-0.52, 0.42), (-0.36, 0.38), (-0.2, 0.31)], shade(colour, 0.8))
    near = [(0.1, 0.02), (0.0, -0.36), (-0.16, -0.6), (-0.24, -0.54), (-0.14, -0.1)]
    canvas.fill(place(near, (0.36, -0.12), turn=-0.8 + 0.25 * pose.wave()), shade(colour, 0.84))
    canvas.oval((0.7, 0.02), (0.028, 0.032), (18, 20, 26))


def draw_dolphin(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A dolphin, arched as in a leap."""
    colour = pose.paint((104, 132, 158))
    beat = 0.22 * pose.wave(0.5)
    tail = (-0.86, -0.2 + beat)
    fluke = [
        (0.08, 0.02),
        (-0.14, 0.16),
        (-0.3, 0.16),
        (-0.16, -0.02),
        (-0.2, -0.16),
        (-0.02, -0.1),
    ]
    canvas.fill(place(fluke, tail, turn=0.5 + beat), shade(colour, 0.74))
    fin = [(-0.08, 0.24), (-0.26, 0.5), (-0.3, 0.5), (-0.32, 0.16)]
    canvas.fill(fin, shade(colour, 0.76))
    body = [
        tail,
        (-0.5, 0.06 + beat * 0.3),
        (-0.1, 0.27),
        (0.3, 0.3),
        (0.58, 0.18),
        (0.7, 0.07),
        (0.94, -0.01),
        (0.94, -0.06),
        (0.68, -0.07),
        (0.4, -0.1),
        (0.0, -0.1),
        (-0.5, -0.1 + beat * 0.4),
    ]
    canvas.fill(body, colour)
    canvas.patch(
        [
            (1.0, -0.03),
            (0.66, 0.0),
            (0.3, 0.02),
            (-0.1, 0.0),
            (-0.5, -0.06),
            (0.0, -0.3),
            (1.0, -0.3),
        ],
        shade(colour, 1.62),
    )
    canvas.fill(
        place(
            [(0.06, 0.0), (-0.02, -0.22), (-0.14, -0.3), (-0.1, 0.0)],
            (0.3, -0.04),
            turn=-0.3 + 0.2 * pose.wave(),
        ),
        shade(colour, 0.68),
    )
    canvas.oval((0.6, 0.07), (0.022, 0.024), (20, 22, 28))


def draw_turtle(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A sea turtle that rows with its flippers."""
    colour = pose.paint((104, 128, 66))
    skin = (132, 164, 104)
    row = 0.7 * pose.wave()
    flipper = [
        (0.06, 0.04),
        (-0.08, -0.3),
        (-0.3, -0.52),
        (-0.34, -0.44),
        (-0.2, -0.1),
        (-0.1, 0.06),
    ]
    canvas.fill(place(flipper, (0.36, 0.02), turn=-0.2 - row * 0.8, scale=0.9), shade(skin, 0.64))
    canvas.fill(place(flipper, (-0.4, 0.0), turn=-0.9 + row * 0.3, scale=0.5), shade(skin, 0.7))
    canvas.limb([(0.4, 0.06), (0.62, 0.12), (0.74, 0.14)], [0.2, 0.18, 0.2], skin)
    canvas.oval((0.76, 0.14), (0.15, 0.11), skin)
    shell = [
        (-0.58, -0.02),
        (-0.4, 0.2),
        (0.0, 0.34),
        (0.34, 0.26),
        (0.5, 0.06),
        (0.4, -0.06),
        (0.0, -0.12),
        (-0.4, -0.08),
    ]
    canvas.fill(shell, colour)
    for x in (-0.3, 0.0, 0.28):
        canvas.patch(
            place(
                [(-0.12, 0.02), (-0.07, 0.16), (0.07, 0.16), (0.12, 0.02), (0.0, -0.06)], (x, 0.1)
            ),
            shade(colour, 0.66),
            curved=False,
        )
        canvas.patch(
            place(
                [(-0.09, 0.03), (-0.05, 0.14), (0.05, 0.14), (0.09, 0.03), (0.0, -0.03)], (x, 0.1)
            ),
            shade(colour, 1.18),
            curved=False,
        )
    canvas.patch(
        [(-0.7, -0.02), (0.0, 0.0), (0.6, 0.02), (0.5, -0.2), (-0.5, -0.2)], (222, 208, 150)
    )
    canvas.fill(place(flipper, (0.32, 0.0), turn=0.1 + row * 0.8), shade(skin, 0.92))
    canvas.oval((0.82, 0.17), (0.022, 0.024), (20, 22, 20))


def draw_jellyfish(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A glassy bell that pumps, with trailing arms."""
    colour = pose.paint((196, 132, 226))
    pump = 0.1 * pose.wave()
    for number in range(7):
        x = -0.34 + 0.68 * number / 6
        arm = [(x * (1 - pump), 0.02)]
        for step in range(1, 6):
            drift = 0.07 * math.sin(2 * math.pi * (pose.phase - 0.16 * step + 0.11 * number))
            arm.append((x * (1 - pump) * (1 - 0.05 * step) + drift, 0.02 - 0.17 * step))
        tone = shade(colour, 1.3 if number % 2 else 0.8)
        canvas.limb(arm, [0.05, 0.045, 0.04, 0.035, 0.025, 0.012], tone, glow=number % 2 == 1)
    w, h = 0.5 * (1 - pump), 0.46 * (1 + pump)
    bell = [
        (-w, 0.0),
        (-w * 0.92, h * 0.55),
        (-w * 0.5, h * 0.94),
        (0.0, h),
        (w * 0.5, h * 0.94),
        (w * 0.92, h * 0.55),
        (w, 0.0),
        (w * 0.6, -0.06),
        (w * 0.3, 0.02),
        (0.0, -0.06),
        (-w * 0.3, 0.02),
        (-w * 0.6, -0.06),
    ]
    canvas.fill(bell, colour)
    canvas.patch(
        [(-w * 0.7, 0.06), (-w * 0.4, h * 0.7), (w * 0.4, h * 0.7), (w * 0.7, 0.06), (0.0, 0.12)],
        shade(colour, 1.4),
    )
    canvas.oval((-w * 0.4, h * 0.66), (0.1, 0.05), shade(colour, 1.8), turn=0.7)
