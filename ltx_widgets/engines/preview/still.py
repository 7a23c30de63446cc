"""Bring one picture to life: a camera moves through its guessed depth, and its air moves."""

from __future__ import annotations

import cv2

from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.blend import Brush
from ltx_widgets.engines.preview.dance import Dance
from ltx_widgets.engines.preview.fitting import relief_of
from ltx_widgets.engines.preview.light import brightened
from ltx_widgets.engines.preview.moves import journey_of
from ltx_widgets.engines.preview.passing_air import PassingAir
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.stir import stir_of
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Still", "copy_into"]

# What is far grows too when the camera comes nearer, only less.
_FAR_SHARE = 0.35


class Still:
    """Draws a clip that begins with a picture and moves through it.

    Args:
        rgb: (h, w, 3) uint8 sRGB, of any size and shape.
        story: What the prompt asks for; its shots' cameras move, its weather falls.
        size: Width and height of the frames, in pixels, even.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
        dance: A sound that the picture moves to; it drives the camera's way, too.
    """

    def __init__(
        self,
        rgb: Bytes,
        story: Storyboard,
        *,
        size: tuple[int, int],
        fps: int,
        num_frames: int,
        dance: Dance | None = None,
    ) -> None:
        # One thread here leaves the other cores to the encoder, and keeps the bytes the same.
        cv2.setNumThreads(1)
        self._fps, self._num_frames, self._dance = fps, num_frames, dance
        self._relief = relief_of(rgb, size)
        self._journey = journey_of(story, width=size[0], height=size[1], seconds=num_frames / fps)
        self._stir = stir_of(story, self._relief)
        self._air = PassingAir(story, size, fps=fps, num_frames=num_frames, leaves=False)
        self._brush = Brush()
        self._badge = paint_badge(*size)

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame; the first is the picture itself, with the badge on it.

        Args:
            number: Which, from 0.
            to: Planes of the frame's size, written.
        """
        if number:
            self._move(number, to)
        else:
            copy_into(to, self._relief.still())
        draw_badge(to, self._badge)

    def close(self) -> None:
        """End the drawing threads."""
        self._brush.close()

    def _move(self, number: int, to: Yuv) -> None:
        seconds, dance = number / self._fps, self._dance
        part = dance.part(number) if dance else number / max(1, self._num_frames - 1)
        view = self._journey.at(part, seconds)
        if dance:
            view = view.plus(dance.nudge(number))
        zoom = self._relief.cover(view) + _FAR_SHARE * view.push
        looks = self._relief.seen(view, zoom=zoom)
        if self._stir is not None:
            looks = looks + self._stir.at(looks, seconds)
        self._brush.draw(to, self._relief, looks)
        self._air.draw(to, number, view)
        if dance:
            brightened(to.y, dance.light(number))


def copy_into(to: Yuv, planes: Yuv) -> None:
    """Copy planes of the same size."""
    for target, plane in zip(to.planes, planes.planes, strict=True):
        target[:] = plane
