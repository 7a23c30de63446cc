"""How a picture moves to a sound: strikes kick the camera, light pulses, energy drives on."""

from __future__ import annotations

from math import sin

import cv2

from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.beat import Beat
from ltx_widgets.engines.preview.blend import Brush
from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.fitting import relief_of
from ltx_widgets.engines.preview.light import brightened
from ltx_widgets.engines.preview.moves import journey_of
from ltx_widgets.engines.preview.passing_air import PassingAir
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.still import copy_into
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Dance", "DancingStill"]

# Of the way to what is nearest, at the hardest strike and at the deepest bass.
_KICK, _HEAVE = 0.075, 0.035
# Of the frame's shorter side, at the loudest.
_SWING = 0.008
# Light that a strike and bright sounds add.
_FLASH, _SHINE = 0.16, 0.05
_FAR_SHARE = 0.35
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


class DancingStill:
    """Draws a clip in which a given picture moves to a sound; the first frame is the picture.

    Args:
        rgb: (h, w, 3) uint8 sRGB, of any size and shape.
        story: What the prompt asks for; its camera's way is gone as the sound drives it.
        dance: The sound.
        size: Width and height of the frames, in pixels, even.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
    """

    def __init__(
        self,
        rgb: Bytes,
        story: Storyboard,
        dance: Dance,
        *,
        size: tuple[int, int],
        fps: int,
        num_frames: int,
    ) -> None:
        # One thread here leaves the other cores to the encoder, and keeps the bytes the same.
        cv2.setNumThreads(1)
        self._fps, self._dance = fps, dance
        self._relief = relief_of(rgb, size)
        self._journey = journey_of(story, width=size[0], height=size[1], seconds=num_frames / fps)
        self._air = PassingAir(story, size, fps=fps, num_frames=num_frames, leaves=False)
        self._brush = Brush()
        self._badge = paint_badge(*size)

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame."""
        if number:
            self._move(number, to)
        else:
            copy_into(to, self._relief.still())
        draw_badge(to, self._badge)

    def close(self) -> None:
        """End the drawing threads."""
        self._brush.close()

    def _move(self, number: int, to: Yuv) -> None:
        way = self._journey.at(self._dance.part(number), number / self._fps)
        view = way.plus(self._dance.nudge(number))
        zoom = self._relief.cover(view) + _FAR_SHARE * view.push
        looks = self._relief.seen(view, zoom=zoom)
        self._brush.draw(to, self._relief, looks)
        self._air.draw(to, number, view)
        brightened(to.y, self._dance.light(number))
