"""What landscapes have in common: the sky behind, grass, conifers, the light of the hour."""

from __future__ import annotations

from ltx_widgets.engines.preview.paint_land import hazed
from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.plates import Plate
from ltx_widgets.engines.preview.scene import LIGHT, Brief, whole
from ltx_widgets.engines.preview.storyboard import RGB
from ltx_widgets.engines.preview.textures import mix, shade

__all__ = ["behind", "grassy", "lit", "pine"]

_SKY = 0.06


def behind(brief: Brief, sky: Bytes, plates: tuple[Plate, ...]) -> tuple[Plate, ...]:
    """The sky as the farthest plate, then the others."""
    return whole(sky, brief.canvas, _SKY), *plates


def pine(brief: Brief) -> RGB:
    """The green of conifers in the light of the hour."""
    light = {"night": 0.35, "dusk": 0.6, "dawn": 0.75}.get(brief.story.time_of_day, 1.0)
    return shade(mix((38, 62, 48), brief.story.palette[3], 0.25), light)


def grassy(brief: Brief, near: RGB | None = None) -> list[tuple[float, RGB]]:
    """Colours of grass from the horizon to the viewer's feet; `near` replaces the palette's."""
    far = brief.story.palette[2]
    near = near or brief.story.palette[3]
    return [(0, hazed(brief, mix(far, near, 0.4), 0.3)), (0.25, near), (1, shade(near, 0.72))]


def lit(brief: Brief, colour: RGB) -> RGB:
    """A colour in the light of the hour."""
    r, g, b = (
        round(c * light / 255)
        for c, light in zip(colour, LIGHT[brief.story.time_of_day], strict=True)
    )
    return r, g, b
