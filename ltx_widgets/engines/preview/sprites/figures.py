"""The table of figures: what can be drawn, how large it is, how fast it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, Sprite
from ltx_widgets.engines.preview.sprites.people import WARDROBES, draw_person
from ltx_widgets.engines.preview.sprites.quadrupeds import BUILDS, draw_quadruped

__all__ = ["Figure", "cycle", "draw", "kinds"]

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of figure.

    Attributes:
        box: Left, bottom, right, top in its own units; the ground is at 0.
        paint: Draws it.
        gaits: Motion → gait cycles per second; a motion not listed has none.
        motion: What it does when nobody says.
        foot: Its contact point in its own units.
    """

    box: Box
    paint: Callable[[Canvas, str, Pose], None]
    gaits: Mapping[str, float]
    motion: str
    foot: Point = (0.0, 0.0)


_QUADRUPED_GAITS: Final = {"walks": 1.0, "runs": 2.2, "floats": 0.3, "swims": 1.0}
_PEOPLE_GAITS: Final = {
    "walks": 0.95, "runs": 1.5, "dances": 0.5, "floats": 0.2, "flies": 0.3, "swims": 0.6,
    "stands": 0.25,
}  # fmt: skip
_QUADRUPED_BOXES: Final[dict[str, Box]] = {
    "fox": (-1.12, -0.04, 0.82, 0.95),
    "dog": (-0.9, -0.04, 0.84, 1.1),
    "wolf": (-0.98, -0.04, 0.94, 1.15),
    "cat": (-0.85, -0.04, 0.7, 0.96),
    "lion": (-1.25, -0.04, 1.0, 1.3),
    "horse": (-1.25, -0.05, 1.4, 1.95),
    "deer": (-0.85, -0.05, 1.0, 1.85),
    "bear": (-0.85, -0.05, 1.0, 1.12),
    "elephant": (-1.1, -0.05, 1.25, 1.55),
    "rabbit": (-0.5, -0.04, 0.5, 0.78),
    "cow": (-1.1, -0.05, 1.15, 1.2),
    "sheep": (-0.6, -0.04, 0.75, 0.95),
}


def _collect() -> dict[str, Figure]:
    figures = {
        kind: Figure(_QUADRUPED_BOXES[kind], draw_quadruped, _QUADRUPED_GAITS, "runs")
        for kind in BUILDS
    }
    for kind in WARDROBES:
        natural = {"dancer": "dances", "astronaut": "floats"}.get(kind, "walks")
        figures[kind] = Figure((-0.52, -0.04, 0.52, 1.2), draw_person, _PEOPLE_GAITS, natural)
    return figures


_FIGURES: Final = _collect()


def kinds() -> tuple[str, ...]:
    """Every kind that can be drawn, in alphabetical order."""
    return tuple(sorted(_FIGURES))


def cycle(kind: str, motion: str) -> float:
    """Gait cycles per second of a kind in a motion; 0 where nothing of it moves.

    Raises:
        KeyError: No such kind.
    """
    return _FIGURES[kind].gaits.get(motion, 0.0)


def draw(  # noqa: PLR0913 - a figure has as many sides, all named
    kind: str,
    *,
    height: int,
    phase: float,
    colour: RGB | None,
    light: RGB,
    motion: str | None = None,
) -> Sprite:
    """Draw a figure facing right.

    Args:
        kind: One of `kinds()`.
        height: Height of the picture in pixels; the figure nearly fills it.
        phase: Part of its gait cycle, 0 to 1; it may run on past 1.
        colour: Its main colour as sRGB, None for its own.
        light: Colour of the light as sRGB, (255, 255, 255) for full day; lamps stay lit.
        motion: What it does, as in the storyboard; None for what comes natural.

    Raises:
        KeyError: No such kind.
    """
    figure = _FIGURES[kind]
    canvas = Canvas(figure.box, max(1, height), light)
    figure.paint(canvas, kind, Pose(phase % 1.0, motion or figure.motion, colour))
    return canvas.finish(figure.foot)
