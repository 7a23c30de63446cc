"""Water: what it mirrors, how it glitters."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.ground import Ground
from ltx_widgets.engines.preview.paint_sky import sun_place
from ltx_widgets.engines.preview.planes import Bytes, yuv_of
from ltx_widgets.engines.preview.scene import Brief
from ltx_widgets.engines.preview.storyboard import RGB
from ltx_widgets.engines.preview.textures import grade, mix, ramp, roughen, shade, speckle

__all__ = ["water"]


def water(
    brief: Brief, above: Bytes, *, deep: RGB, mirror: float, ripple: float, chop: float
) -> Ground:
    """Water up to the horizon that mirrors what is above it.

    Args:
        brief: The scene.
        above: (h, w, 3) uint8 sRGB painting of the whole canvas as seen above the water.
        deep: The water's own colour at the viewer's feet.
        mirror: How much of `above` it shows, 0 to 1.
        ripple: Pixels that waves move the nearest rows, in a frame of 1000.
        chop: Strength of the wave pattern, 0 to 1.
    """
    canvas = brief.canvas
    rows, columns = canvas.size
    depth = rows - canvas.skyline
    own = ramp(
        (depth, columns), [(0, mix(deep, brief.story.palette[1], 0.6)), (1, shade(deep, 0.8))]
    )
    reach = min(depth, canvas.skyline)
    mirrored = np.flipud(above[canvas.skyline - reach : canvas.skyline])
    part = np.linspace(mirror, mirror * 0.45, reach, dtype=np.float32)[:, None]
    amount = np.repeat(part, columns, axis=1)
    own[:reach] = cv2.blendLinear(np.ascontiguousarray(mirrored), own[:reach], amount, 1 - amount)
    _add_waves(brief, own, chop)
    if brief.story.weather in ("clear", "wind"):
        _glitter(brief, own)
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[canvas.skyline :] = own
    return Ground(yuv_of(picture), canvas, ripple=ripple * canvas.unit)


def _add_waves(brief: Brief, own: Bytes, chop: float) -> None:
    """Flat streaks, fine at the horizon and broad near by."""
    rng = brief.rng("waves")
    rows, columns = own.shape[:2]
    unit = brief.canvas.unit
    start = 0
    while start < rows:
        part = 0.04 + start / rows
        end = min(rows, start + max(4, round(rows * 0.22 * part + 3)))
        cell = (max(1.5, 16 * unit * part), max(8, 150 * unit * part))
        roughen(own[start:end], speckle(rng, (end - start, columns), cell), chop)
        start = end


def _glitter(brief: Brief, own: Bytes) -> None:
    """The path of light below the sun or moon."""
    rng = brief.rng("glitter")
    rows, columns = own.shape[:2]
    x = sun_place(brief)[0]
    unit = brief.canvas.unit
    light: RGB = mix(brief.story.palette[1], (255, 246, 226), 0.6)
    for _ in range(520):
        down = float(rng.random()) ** 1.4
        spread = (26 + 170 * down) * unit
        length = (5 + 42 * down) * unit * float(0.4 + rng.random())
        at = x + float(rng.normal()) * spread
        thick = max(1, round((1 + 4 * down) * unit))
        row = round(down * (rows - 1))
        tone = mix(light, (255, 255, 255), float(rng.random()) * 0.5)
        cv2.line(
            own, (round(at - length), row), (round(at + length), row), tone, thick, cv2.LINE_AA
        )
    far = np.abs(np.arange(columns, dtype=np.float32) - x) / (240 * unit)
    column = np.exp(-(far**2)) * 0.35
    grade(own, light, np.repeat(column[None, :], rows, axis=0))
