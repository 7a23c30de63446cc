"""What burns or glows: candles, fires, street lamps."""

from __future__ import annotations

import math

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, place, shade

__all__ = ["draw_campfire", "draw_candle", "draw_lantern"]

_FLAME: tuple[tuple[float, float, RGB], ...] = (
    (1.0, 1.0, (255, 112, 36)),
    (0.68, 0.74, (255, 176, 52)),
    (0.36, 0.46, (255, 240, 176)),
)


def _flame(
    canvas: Canvas, at: Point, width: float, height: float, pose: Pose, lag: float = 0.0
) -> None:
    """A pointed flame in three tones that licks and leans."""
    lean = 0.2 * width * pose.wave(lag)
    stretch = 1 + 0.12 * math.sin(4 * math.pi * (pose.phase - lag)) + 0.06 * pose.wave(lag * 2)
    for wide, high, tone in _FLAME:
        w, h = width * wide, height * high * stretch
        outline = [
            (-0.1 * w, 0.0),
            (-0.46 * w, 0.2 * h),
            (-0.4 * w, 0.44 * h),
            (-0.14 * w + lean, 0.72 * h),
            (lean * 1.6, h),
            (0.16 * w + lean, 0.68 * h),
            (0.42 * w, 0.42 * h),
            (0.46 * w, 0.2 * h),
            (0.1 * w, 0.0),
        ]
        canvas.fill(place(outline, at), tone, glow=True)


def draw_candle(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A burning candle on a dish."""
    wax = pose.paint((244, 232, 204))
    canvas.fill(
        [(-0.36, 0.06), (-0.2, 0.0), (0.2, 0.0), (0.36, 0.06), (0.24, 0.11), (-0.24, 0.11)],
        (176, 136, 70),
    )
    canvas.shape([(-0.13, 0.08), (0.13, 0.08), (0.125, 0.8), (-0.125, 0.8)], wax)
    canvas.patch(
        [(-0.2, 0.0), (-0.04, 0.0), (-0.04, 0.9), (-0.2, 0.9)], shade(wax, 0.8), curved=False
    )
    canvas.fill(
        [
            (-0.125, 0.8),
            (-0.05, 0.84),
            (0.06, 0.83),
            (0.125, 0.8),
            (0.13, 0.66),
            (0.09, 0.6),
            (0.06, 0.74),
            (-0.06, 0.76),
            (-0.12, 0.7),
        ],
        shade(wax, 1.4),
    )
    canvas.patch([(-0.2, 0.7), (0.2, 0.7), (0.2, 0.9), (-0.2, 0.9)], (255, 222, 150))
    canvas.limb([(0.0, 0.8), (0.01, 0.9)], [0.022, 0.018], (54, 40, 36))
    _flame(canvas, (0.01, 0.86), 0.17, 0.36, pose)


def draw_campfire(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """Crossed logs under tongues of fire and sparks."""
    for x, w, h, lag in ((-0.2, 0.34, 0.58, 0.0), (0.2, 0.34, 0.62, 0.37), (0.0, 0.46, 0.92, 0.68)):
        _flame(canvas, (x, 0.12), w, h, pose, lag)
    for number in range(5):
        age = (pose.phase + number * 0.23) % 1.0
        x = -0.24 + 0.12 * number + 0.06 * math.sin(9 * age + number)
        canvas.oval(
            (x, 0.5 + 0.7 * age),
            (0.018 * (1.2 - age), 0.018 * (1.2 - age)),
            (255, 206, 110),
            glow=True,
        )
    for one, other, tone in (
        ((-0.52, 0.06), (0.44, 0.22), 0.72),
        ((0.52, 0.06), (-0.44, 0.22), 1.0),
    ):
        canvas.limb([one, other], [0.15, 0.13], shade((118, 78, 50), tone))
        canvas.oval(one, (0.07, 0.075), (196, 150, 100))
        canvas.oval(one, (0.035, 0.04), (150, 106, 66))
    for x in (-0.62, -0.34, 0.0, 0.34, 0.62):
        canvas.fill(
            place([(-0.12, 0.0), (-0.08, 0.1), (0.06, 0.11), (0.13, 0.0), (0.0, -0.03)], (x, 0.0)),
            (118, 116, 120),
        )


def draw_lantern(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A street lamp of iron with a warm light."""
    iron = pose.paint((58, 62, 70))
    canvas.fill(
        [(-0.18, 0.0), (-0.12, 0.1), (-0.06, 0.2), (0.06, 0.2), (0.12, 0.1), (0.18, 0.0)], iron
    )
    canvas.limb([(0.0, 0.1), (0.0, 1.3)], [0.075, 0.05], iron)
    canvas.limb([(-0.16, 1.14), (0.16, 1.14)], [0.035, 0.035], shade(iron, 0.8))
    flicker = 0.015 * pose.wave()
    canvas.shape(
        [(-0.11, 1.32), (0.11, 1.32), (0.17, 1.64), (-0.17, 1.64)], (255, 196, 96), glow=True
    )
    canvas.oval((0.0, 1.47), (0.06 + flicker, 0.1 + flicker), (255, 244, 204), glow=True)
    for x in (-1, 0, 1):
        canvas.limb([(x * 0.11, 1.32), (x * 0.17, 1.64)], [0.02, 0.02], iron)
    canvas.fill(
        [(-0.22, 1.62), (-0.1, 1.76), (0.0, 1.86), (0.1, 1.76), (0.22, 1.62)], shade(iron, 0.9)
    )
    canvas.oval((0.0, 1.87), (0.03, 0.03), iron)
