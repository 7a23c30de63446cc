# ruff: noqa: E501 - a table reads best with one figure to a row
"""The table of figures: what can be drawn, how large it is, how fast it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from ltx_widgets.engines.preview.sprites import (
    aircraft,
    boats,
    buildings,
    flames,
    nature,
    swimmers,
    things,
    vehicles,
    wings,
)
from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, Sprite
from ltx_widgets.engines.preview.sprites.people import WARDROBES, draw_person
from ltx_widgets.engines.preview.sprites.quadrupeds import BUILDS, draw_quadruped

__all__ = ["Figure", "breadth", "cycle", "draw", "kinds"]

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
    "fox": (-1.2, -0.04, 0.82, 0.95),
    "dog": (-0.9, -0.04, 0.84, 1.1),
    "wolf": (-1.05, -0.04, 0.94, 1.15),
    "cat": (-0.9, -0.04, 0.62, 1.1),
    "lion": (-1.42, -0.04, 1.0, 1.3),
    "horse": (-1.25, -0.05, 1.4, 1.95),
    "deer": (-0.85, -0.05, 1.0, 1.85),
    "bear": (-0.85, -0.05, 1.0, 1.12),
    "elephant": (-1.25, -0.05, 1.25, 1.55),
    "rabbit": (-0.5, -0.04, 0.5, 0.78),
    "cow": (-1.32, -0.05, 1.15, 1.2),
    "sheep": (-0.6, -0.04, 0.75, 0.95),
}


_FLAPS: Final = {"flies": 2.6, "floats": 1.2, "walks": 1.5, "runs": 2.2}
_SWIMS: Final = {"swims": 1.1, "floats": 0.4, "flies": 1.1, "stands": 0.3}
_ROLLS: Final = {"drives": 1.4}
_SAILS: Final = {"sails": 0.3, "floats": 0.25, "stands": 0.2}
_AIRBORNE: Final = {"flies": 1.0, "floats": 0.5}
_SWAYS: Final = {"sways": 0.35, "stands": 0.2}
_BURNS: Final = {"sways": 1.3, "stands": 1.3}
_STEAMS: Final = {"stands": 0.4, "sways": 0.4}
_STILL: Final[dict[str, float]] = {}

_OTHERS: Final[dict[str, Figure]] = {
    "bird": Figure((-0.95, -0.85, 0.75, 0.95), wings.draw_bird, {**_FLAPS, "flies": 4.0}, "flies"),
    "eagle": Figure((-1.0, -1.15, 0.85, 1.25), wings.draw_bird, {**_FLAPS, "flies": 1.1}, "flies"),
    "seagull": Figure((-1.0, -1.1, 0.8, 1.2), wings.draw_bird, {**_FLAPS, "flies": 1.8}, "flies"),
    "swan": Figure((-0.95, -0.08, 0.95, 1.1), wings.draw_swan, {"floats": 0.4, "swims": 0.6}, "floats"),
    "butterfly": Figure((-0.9, -0.62, 0.95, 1.0), wings.draw_butterfly, {"flies": 5.0}, "flies"),
    "fish": Figure((-1.3, -0.6, 0.8, 0.62), swimmers.draw_fish, {**_SWIMS, "swims": 1.8}, "swims"),
    "whale": Figure((-1.6, -0.85, 1.2, 0.75), swimmers.draw_whale, {**_SWIMS, "swims": 0.35}, "swims"),
    "dolphin": Figure((-1.25, -0.65, 1.05, 0.65), swimmers.draw_dolphin, _SWIMS, "swims"),
    "turtle": Figure((-0.95, -0.7, 1.0, 0.65), swimmers.draw_turtle, {**_SWIMS, "swims": 0.5}, "swims"),
    "jellyfish": Figure((-0.7, -1.0, 0.7, 0.65), swimmers.draw_jellyfish, {"floats": 0.5, "swims": 0.7}, "floats"),
    "car": Figure((-1.12, -0.03, 1.12, 1.0), vehicles.draw_car, _ROLLS, "drives"),
    "taxi": Figure((-1.12, -0.03, 1.12, 1.0), vehicles.draw_car, _ROLLS, "drives"),
    "bus": Figure((-1.4, -0.03, 1.42, 1.08), vehicles.draw_bus, _ROLLS, "drives"),
    "truck": Figure((-1.42, -0.03, 1.42, 1.12), vehicles.draw_truck, _ROLLS, "drives"),
    "bicycle": Figure((-0.95, -0.03, 1.0, 1.8), vehicles.draw_bicycle, _ROLLS, "drives"),
    "motorcycle": Figure((-1.0, -0.03, 1.05, 1.65), vehicles.draw_motorcycle, _ROLLS, "drives"),
    "train": Figure((-2.65, -0.03, 1.6, 1.62), vehicles.draw_train, _ROLLS, "drives"),
    "sailboat": Figure((-0.95, -0.14, 1.0, 1.66), boats.draw_sailboat, _SAILS, "sails"),
    "ship": Figure((-1.45, -0.14, 1.5, 1.3), boats.draw_ship, _SAILS, "sails"),
    "boat": Figure((-1.05, -0.22, 1.1, 1.1), boats.draw_boat, {**_SAILS, "floats": 0.4}, "floats"),
    "airplane": Figure((-1.35, -0.65, 1.25, 0.65), aircraft.draw_airplane, _AIRBORNE, "flies"),
    "helicopter": Figure((-1.42, -0.5, 1.4, 0.6), aircraft.draw_helicopter, {"flies": 3.5, "floats": 3.5}, "flies"),
    "rocket": Figure((-0.55, -0.9, 0.55, 1.55), aircraft.draw_rocket, {"flies": 2.0, "rises": 2.0}, "flies"),
    "spaceship": Figure((-1.2, -0.35, 1.2, 0.68), aircraft.draw_spaceship, _AIRBORNE, "flies"),
    "balloon": Figure((-0.75, -0.03, 0.75, 1.92), aircraft.draw_balloon, {"floats": 0.3, "flies": 0.3, "rises": 0.3}, "floats"),
    "house": Figure((-1.02, -0.03, 1.02, 1.8), buildings.draw_house, {"stands": 0.15}, "stands"),
    "lighthouse": Figure((-1.3, -0.06, 1.3, 2.14), buildings.draw_lighthouse, {"stands": 0.15}, "stands"),
    "castle": Figure((-1.0, -0.03, 0.95, 2.2), buildings.draw_castle, {"stands": 0.5}, "stands"),
    "windmill": Figure((-0.98, -0.03, 0.98, 2.12), buildings.draw_windmill, {"stands": 0.5}, "stands"),
    "tower": Figure((-0.5, -0.03, 0.5, 2.26), buildings.draw_tower, {"stands": 0.5}, "stands"),
    "tree": Figure((-0.82, -0.03, 0.82, 1.78), nature.draw_tree, _SWAYS, "sways"),
    "pine": Figure((-0.62, -0.03, 0.62, 1.9), nature.draw_pine, _SWAYS, "sways"),
    "palm": Figure((-0.65, -0.06, 1.0, 1.85), nature.draw_palm, _SWAYS, "sways"),
    "cactus": Figure((-0.52, -0.05, 0.52, 1.55), nature.draw_cactus, _STILL, "stands"),
    "flower": Figure((-0.5, -0.03, 0.58, 1.42), nature.draw_flower, _SWAYS, "sways"),
    "mushroom": Figure((-0.58, -0.03, 0.58, 1.08), nature.draw_mushroom, _STILL, "stands"),
    "planet": Figure((-1.2, -0.75, 1.2, 0.75), nature.draw_planet, {"floats": 0.1}, "floats"),
    "candle": Figure((-0.4, -0.03, 0.4, 1.32), flames.draw_candle, _BURNS, "sways"),
    "cup": Figure((-0.66, -0.03, 0.66, 1.15), things.draw_cup, _STEAMS, "stands"),
    "teapot": Figure((-0.95, -0.03, 1.1, 1.2), things.draw_teapot, _STEAMS, "stands"),
    "vase": Figure((-0.52, -0.03, 0.52, 1.16), things.draw_vase, _STILL, "stands"),
    "campfire": Figure((-0.78, -0.06, 0.78, 1.25), flames.draw_campfire, _BURNS, "sways"),
    "lantern": Figure((-0.3, -0.03, 0.3, 1.94), flames.draw_lantern, {"stands": 0.8}, "stands"),
    "umbrella": Figure((-0.82, -0.03, 0.82, 1.36), things.draw_umbrella, {"stands": 0.3}, "stands"),
    "kite": Figure((-1.0, -0.4, 0.6, 1.4), things.draw_kite, {"flies": 0.6, "floats": 0.4}, "flies"),
    "ball": Figure((-0.56, -0.03, 0.56, 1.55), things.draw_ball, {"runs": 1.0, "floats": 0.7, "flies": 1.0}, "runs"),
    "piano": Figure((-1.6, -0.03, 0.85, 1.42), things.draw_piano, _STILL, "stands"),
    "book": Figure((-0.92, -0.03, 0.92, 1.05), things.draw_book, {"sways": 0.3}, "sways"),
    "clock": Figure((-0.6, -0.03, 0.6, 1.32), things.draw_clock, {"stands": 1 / 60}, "stands"),
}  # fmt: skip


def _collect() -> dict[str, Figure]:
    """All figures by kind."""
    figures = dict(_OTHERS)
    for kind in BUILDS:
        figures[kind] = Figure(_QUADRUPED_BOXES[kind], draw_quadruped, _QUADRUPED_GAITS, "runs")
    figures["rider"] = Figure((-1.25, -0.05, 1.4, 2.3), draw_quadruped, _QUADRUPED_GAITS, "runs")
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


def breadth(kind: str) -> float:
    """Width of a kind's picture, in heights.

    Raises:
        KeyError: No such kind.
    """
    left, bottom, right, top = _FIGURES[kind].box
    return (right - left) / (top - bottom)


def draw(
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
