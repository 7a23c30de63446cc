"""How a picture moves to a sound: strikes kick the camera, light pulses, energy drives on."""

from __future__ import annotations

from math import sin

from ltx_widgets.engines.preview.beat import Beat
from ltx_widgets.engines.preview.camera import View

__all__ = ["Dance"]

# Of the way to what is nearest, at the hardest strike and at the deepest bass.
_KICK, _HEAVE = 0.075, 0.035
# Of the frame's shorter side, at the loudest.
_SWING = 0.008
# Light that a strike and bright sounds add.
_FLASH, _SHINE = 0.16, 0.05
# From the first frame, which is the picture as it was given, into the movement.
_COMES_S = 0.2


class Dance:
    """What a beat does to camera and light, frame by frame.

    Args:
        beat: The sound's curves.
        side: Shorter side of the frame, in pixels.
        fps: Frames per second.
    """

    def __init__(self, beat: Beat, *, side: int, fps: int) -> None:
        self._beat, self._side, self._fps = beat, side, fps

    def part(self, number: int) -> float:
        """How much of the whole way is gone: the sound's energy drives it, not the clock."""
        return float(self._beat.way[number])

    def nudge(self, number: int) -> View:
        """What comes on top of the camera's own way."""
        beat, seconds = self._beat, number / self._fps
        comes = min(1.0, seconds / _COMES_S)
        swing = _SWING * self._side * float(beat.energy[number]) * comes
        return View(
            travel=swing * sin(2.9 * seconds),
            climb=swing * 0.6 * sin(4.3 * seconds),
            push=comes * (_KICK * float(beat.pulse[number]) + _HEAVE * float(beat.bass[number])),
        )

    def light(self, number: int) -> float:
        """How much brighter everything is, 1 for as it is."""
        comes = min(1.0, number / self._fps / _COMES_S)
        beat = self._beat
        return 1 + comes * (
            _FLASH * float(beat.pulse[number]) + _SHINE * float(beat.treble[number])
        )
