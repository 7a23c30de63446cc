"""Plants and planets."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, place, shade

__all__ = [
    "draw_cactus",
    "draw_flower",
    "draw_mushroom",
    "draw_palm",
    "draw_pine",
    "draw_planet",
    "draw_tree",
]

_BARK: RGB = (104, 74, 52)


def _crown(canvas: Canvas, at: Point, radius: float, colour: RGB) -> None:
    """A lobed cluster of leaves."""
    lobes = []
    for number in range(30):
        angle = 2 * math.pi * number / 30
        reach = radius * (1 + 0.1 * math.sin(5 * angle + at[0] * 9) + 0.05 * math.sin(9 * angle))
        lobes.append((at[0] + reach * math.cos(angle), at[1] + 0.86 * reach * math.sin(angle)))
    canvas.fill(lobes, colour)


def draw_tree(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A broad tree whose crown sways over its trunk."""
    leaf = pose.paint((86, 140, 62))
    sway = 0.035 * pose.wave()
    canvas.fill(
        [(-0.17, 0.0), (-0.08, 0.12), (-0.07, 0.6), (0.07, 0.6), (0.08, 0.12), (0.19, 0.0)], _BARK
    )
    canvas.patch(
        [(-0.3, -0.1), (-0.02, -0.1), (-0.02, 0.7), (-0.3, 0.7)], shade(_BARK, 0.7), curved=False
    )
    canvas.limb([(0.0, 0.45), (-0.2 + sway, 0.75)], [0.09, 0.05], shade(_BARK, 0.8))
    canvas.limb([(0.0, 0.45), (0.24 + sway, 0.8)], [0.09, 0.05], _BARK)
    for x, y, r, tone in (
        (-0.36, 0.78, 0.34, 0.66),
        (0.36, 0.8, 0.34, 0.72),
        (0.0, 0.86, 0.42, 0.8),
        (-0.26, 1.12, 0.36, 0.88),
        (0.24, 1.14, 0.36, 1.0),
        (0.0, 1.36, 0.34, 1.02),
    ):
        _crown(canvas, (x + sway * (0.5 + y), y), r, shade(leaf, tone))
    for x, y, r in ((0.22, 1.28, 0.15), (-0.12, 1.48, 0.13), (0.4, 1.0, 0.12)):
        _crown(canvas, (x + sway * (0.5 + y), y), r, shade(leaf, 1.16))


def draw_pine(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A fir of stacked boughs."""
    leaf = pose.paint((48, 100, 72))
    sway = 0.02 * pose.wave()
    canvas.shape([(-0.07, 0.0), (0.07, 0.0), (0.05, 0.4), (-0.05, 0.4)], _BARK)
    for number, (low, high, half) in enumerate(
        ((0.2, 0.86, 0.56), (0.55, 1.2, 0.46), (0.9, 1.52, 0.35), (1.22, 1.84, 0.24))
    ):
        lean = sway * (number + 1)
        edge = []
        for step in range(9):
            x = -half + 2 * half * step / 8
            edge.append(
                (x + lean * 0.6, low + (0.07 if step % 2 else -0.02) + 0.1 * (x / half) ** 2)
            )
        canvas.shape([*edge, (lean, high)], shade(leaf, 0.8 + 0.08 * number))
        canvas.patch(
            [
                (lean, high),
                (-half * 0.1 + lean, low - 0.1),
                (-half - 0.1, low - 0.2),
                (-half - 0.2, high),
            ],
            shade(leaf, 0.6 + 0.06 * number),
            curved=False,
        )


def draw_palm(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A bent palm with waving fronds."""
    leaf = pose.paint((72, 142, 74))
    sway = 0.05 * pose.wave()
    trunk = [(-0.1, 0.0), (-0.04, 0.5), (0.06, 0.95), (0.2 + sway, 1.3)]
    canvas.limb(trunk, [0.17, 0.11, 0.095, 0.08], (150, 112, 74))
    for number in range(9):
        y = 0.14 + 0.13 * number
        x = -0.085 + 0.24 * (y / 1.3) ** 1.7
        canvas.limb([(x - 0.05, y + 0.015), (x + 0.05, y)], [0.02, 0.02], (110, 80, 52))
    top = trunk[-1]
    for number, angle in enumerate((2.75, 0.35, 2.3, 0.85, 3.3, -0.15, math.pi / 2)):
        at = angle + 0.08 * pose.wave(0.1 * number)
        length = 0.42 if angle == math.pi / 2 else 0.62
        middle = (
            top[0] + 0.55 * length * math.cos(at),
            top[1] + 0.55 * length * math.sin(at) + 0.08,
        )
        tip = (top[0] + length * math.cos(at), top[1] + length * math.sin(at) - 0.24)
        canvas.limb(
            [top, middle, tip], [0.05, 0.15, 0.015], shade(leaf, 0.66 + 0.09 * (number % 5))
        )
    for x, y in ((-0.05, -0.04), (0.06, -0.05), (0.0, -0.1)):
        canvas.oval((top[0] + x, top[1] + y), (0.05, 0.05), (112, 74, 44))


def draw_cactus(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A saguaro with two arms."""
    green = pose.paint((84, 134, 80))
    canvas.limb(
        [(-0.04, 0.62), (-0.34, 0.62), (-0.36, 0.98)], [0.15, 0.17, 0.15], shade(green, 0.84)
    )
    canvas.limb([(0.04, 0.46), (0.34, 0.48), (0.36, 0.82)], [0.14, 0.16, 0.14], shade(green, 0.94))
    canvas.limb([(0.0, -0.02), (0.0, 0.7), (0.0, 1.34)], [0.26, 0.28, 0.22], green)
    for x in (-0.09, -0.03, 0.04, 0.1):
        canvas.limb(
            [(x, 0.02), (x, 0.7), (x * 0.7, 1.36)], [0.016, 0.016, 0.012], shade(green, 0.66)
        )
    canvas.oval((0.03, 1.47), (0.06, 0.045), (236, 104, 142))


def draw_flower(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A daisy-like flower that nods on its stem."""
    petal = pose.paint((232, 74, 110))
    green = (84, 140, 66)
    sway = 0.06 * pose.wave()
    head = (0.05 + sway, 0.98)
    canvas.limb([(0.0, 0.0), (-0.03, 0.45), head], [0.05, 0.045, 0.04], green)
    canvas.fill(
        [(-0.02, 0.2), (-0.24, 0.36), (-0.4, 0.5), (-0.22, 0.5), (-0.02, 0.28)], shade(green, 0.82)
    )
    canvas.fill([(-0.01, 0.3), (0.2, 0.4), (0.38, 0.6), (0.18, 0.58), (-0.01, 0.38)], green)
    for layer, (count, length, tone) in enumerate(((10, 0.4, 0.8), (10, 0.36, 1.0))):
        for number in range(count):
            turn = 2 * math.pi * (number + 0.5 * layer) / count + 0.1 * sway
            shape = [
                (0.06, -0.02),
                (0.2, -0.085),
                (length - 0.04, -0.07),
                (length, 0.0),
                (length - 0.04, 0.07),
                (0.2, 0.085),
                (0.06, 0.02),
            ]
            canvas.fill(
                place([(x, y * 1.0) for x, y in shape], head, turn=turn),
                shade(petal, tone * (0.94 + 0.08 * math.sin(turn))),
            )
    canvas.oval(head, (0.13, 0.13), (150, 92, 30))
    canvas.oval((head[0] + 0.015, head[1] + 0.015), (0.105, 0.105), (246, 190, 52))


def draw_mushroom(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A fly agaric."""
    cap = pose.paint((208, 48, 40))
    canvas.fill(
        [(-0.14, 0.0), (-0.1, 0.3), (-0.12, 0.62), (0.12, 0.62), (0.1, 0.3), (0.16, 0.0)],
        (240, 230, 210),
    )
    canvas.patch(
        [(-0.3, -0.1), (-0.03, -0.1), (-0.04, 0.7), (-0.3, 0.7)], (204, 190, 168), curved=False
    )
    canvas.fill(
        [(-0.2, 0.44), (0.0, 0.5), (0.2, 0.44), (0.16, 0.4), (0.0, 0.43), (-0.16, 0.4)],
        (226, 214, 192),
    )
    canvas.fill(
        [
            (-0.52, 0.56),
            (-0.46, 0.8),
            (-0.22, 1.0),
            (0.0, 1.04),
            (0.22, 1.0),
            (0.46, 0.8),
            (0.52, 0.56),
            (0.0, 0.5),
        ],
        cap,
    )
    canvas.patch(
        [(-0.7, 0.4), (0.7, 0.4), (0.5, 0.62), (0.0, 0.57), (-0.5, 0.62)], shade(cap, 0.66)
    )
    for x, y, r in (
        (-0.28, 0.76, 0.07),
        (0.0, 0.88, 0.085),
        (0.28, 0.74, 0.065),
        (-0.1, 0.68, 0.045),
        (0.14, 0.66, 0.04),
    ):
        canvas.oval((x, y), (r, r * 0.8), (250, 244, 232))


def draw_planet(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A banded planet with rings; its bands drift."""
    colour = pose.paint((214, 164, 108))
    ring_tone = shade(colour, 1.3)
    tilt = 0.32
    back, front = [], []
    for number in range(25):
        angle = math.pi * number / 24
        back.append((angle, 1.0))
        front.append((angle + math.pi, 1.0))

    def arc(angles: list[tuple[float, float]], radius: float) -> list[Point]:
        return place(
            [(radius * math.cos(a), 0.24 * radius * math.sin(a)) for a, _ in angles],
            (0.0, 0.0),
            turn=tilt,
        )

    def half(angles: list[tuple[float, float]]) -> None:
        for outer, inner, tone in ((1.16, 0.98, 0.78), (0.95, 0.8, 1.0)):
            canvas.shape(arc(angles, outer) + arc(angles, inner)[::-1], shade(ring_tone, tone))

    half(back)
    canvas.oval((0.0, 0.0), (0.66, 0.66), colour)
    for number, (y, thick, tone) in enumerate(
        ((0.4, 0.07, 0.84), (0.16, 0.1, 1.24), (-0.12, 0.08, 0.78), (-0.36, 0.09, 1.14))
    ):
        band = [
            (-0.8 + 0.2 * k, y + 0.02 * math.sin(2 * math.pi * (k / 5 + pose.phase + 0.3 * number)))
            for k in range(9)
        ]
        canvas.patch(
            place(band + [(x, v + thick) for x, v in band[::-1]], (0.0, 0.0), turn=tilt),
            shade(colour, tone),
        )
    shadow = [
        (-0.7, 0.7),
        (-0.36, 0.56),
        (-0.24, 0.0),
        (0.06, -0.44),
        (0.5, -0.6),
        (0.3, -0.9),
        (-0.9, -0.8),
    ]
    canvas.patch([(x * 0.94 - 0.05, y * 0.94 - 0.05) for x, y in shadow], shade(colour, 0.5))
    half(front)
