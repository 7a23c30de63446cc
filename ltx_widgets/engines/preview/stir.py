"""What moves by itself in a picture: water ripples, and leaves and grass sway."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ltx_widgets.engines.preview.relief import Floats, Relief
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Stir", "stir_of"]

_WATER = frozenset({"sea", "lake", "river", "underwater"})
_GREEN = frozenset({"forest", "meadow"})
_COMES_S = 1.5


@dataclass(frozen=True, slots=True)
class Stir:
    """A small unrest of the picture's own.

    Attributes:
        reach: Pixels that it moves the nearest parts, to the right and down.
        length: Pixels from crest to crest, across and down.
        speed: Crests a second.
        relief: Whose near parts move most.
    """

    reach: tuple[float, float]
    length: tuple[float, float]
    speed: float
    relief: Relief

    def at(self, looks: Floats, seconds: float) -> Floats:
        """What to add to where the nodes look, so that the picture stirs.

        Args:
            looks: (rows, columns, 2) columns and rows of the picture.
            seconds: Time since the clip began; at 0 nothing stirs.
        """
        strength = self.relief.nearness_at(looks) ** 1.5 * min(1.0, seconds / _COMES_S)
        x, y = looks[..., 0] / self.length[0], looks[..., 1] / self.length[1]
        turn = 2 * np.pi
        # Two crossing waves whose lengths never meet, so that no crest comes back in step.
        one = np.sin(turn * (x * 0.6 + y + self.speed * seconds))
        other = np.sin(turn * (x - y * 1.7 - self.speed * 0.83 * seconds))
        moved: Floats = np.stack(
            (strength * self.reach[0] * one, strength * self.reach[1] * other), axis=-1
        ).astype(np.float32)
        return moved


def stir_of(story: Storyboard, relief: Relief) -> Stir | None:
    """What stirs, where the prompt itself speaks of water, wind or green; else None."""
    side = min(relief.size)
    if story.read and story.place in _WATER:
        return Stir((side * 0.0022, side * 0.0016), (side * 0.3, side * 0.09), 0.55, relief)
    if story.read and (story.place in _GREEN or story.weather in ("wind", "storm")):
        haste = 1.6 if story.weather in ("wind", "storm") else 1.0
        return Stir(
            (side * 0.0022 * haste, side * 0.0008), (side * 0.5, side * 0.7), 0.4 * haste, relief
        )
    return None
