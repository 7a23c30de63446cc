"""A painted scene: plates and ground from back to front; and what its painters are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ltx_widgets.engines.preview.ground import Ground
from ltx_widgets.engines.preview.planes import Bytes, Canvas, sheet_of, yuv_of
from ltx_widgets.engines.preview.plates import Plate
from ltx_widgets.engines.preview.storyboard import RGB, Storyboard, TimeOfDay

__all__ = ["LIGHT", "Brief", "Scene", "cut_out", "whole"]

LIGHT: dict[TimeOfDay, RGB] = {
    "dawn": (255, 222, 212),
    "day": (255, 255, 255),
    "golden_hour": (255, 222, 176),
    "dusk": (186, 172, 206),
    "night": (120, 134, 178),
}
"""What the light leaves of a white thing, by time of day."""

_OPAQUE = 255


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that was painted once.

    Attributes:
        canvas: Its geometry.
        back: Plates behind the ground, the farthest first.
        ground: What is below the horizon; None in the air.
        front: Plates that stand on the ground, before everything in `back`.
        floor: Nearness of the place where subjects stand.
        shore: Nearness from which on there is dry ground before water; None where there is none.
    """

    canvas: Canvas
    back: tuple[Plate, ...]
    ground: Ground | None = None
    front: tuple[Plate, ...] = ()
    floor: float = 0.62
    shore: float | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What a painter is told.

    Attributes:
        story: The storyboard.
        canvas: How large to paint.
        check: Called before each layer; raises when the painting is no longer wanted.
    """

    story: Storyboard
    canvas: Canvas
    check: Callable[[], None] = lambda: None

    def rng(self, layer: str) -> np.random.Generator:
        """Random numbers of one layer; the same whatever else is painted, and in what order."""
        # Every layer begins by asking for its numbers.
        self.check()
        return np.random.default_rng([self.story.seed, *layer.encode()])

    @property
    def dark(self) -> bool:
        """Whether lamps are lit."""
        return self.story.time_of_day in ("night", "dusk")

    @property
    def haze(self) -> float:
        """How much distance hides, 0 to 1."""
        by_weather = {"fog": 0.8, "snow": 0.35, "rain": 0.45, "storm": 0.4, "cloudy": 0.3}
        return by_weather.get(self.story.weather, 0.2)


def whole(picture: Bytes, canvas: Canvas, nearness: float, bottom: int | None = None) -> Plate:
    """A plate without holes, from an (h, w, 3) painting as large as the canvas."""
    rows = canvas.size[0] if bottom is None else bottom
    return Plate(yuv_of(picture), canvas, nearness, top=0, solid=0, bottom=rows)


def cut_out(picture: Bytes, alpha: Bytes, canvas: Canvas, nearness: float) -> Plate:
    """A plate with holes, from an (h, w, 3) painting and its (h, w) opacity."""
    some = np.flatnonzero(alpha.max(axis=1))
    top, bottom = (int(some[0]), int(some[-1]) + 1) if some.size else (0, 0)
    holes = np.flatnonzero(alpha[:bottom].min(axis=1) < _OPAQUE)
    solid = min(bottom, int(holes[-1]) + 3) if holes.size else top
    return Plate(sheet_of(picture, alpha), canvas, nearness, top, solid, bottom)
