"""Weather over a user's picture: it comes after the first frame, and may go before the last."""

from __future__ import annotations

from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.storyboard import Storyboard
from ltx_widgets.engines.preview.weather import paint_air

__all__ = ["PassingAir"]

_COMES_S = 1.5
_STILL = View()


class PassingAir:
    """The air of a prompt's weather, absent where the frame must be the user's picture.

    Args:
        story: What the prompt asks for.
        size: Width and height of the frames, in pixels.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
        leaves: Whether it is gone again in the last frame.
    """

    def __init__(
        self,
        story: Storyboard,
        size: tuple[int, int],
        *,
        fps: int,
        num_frames: int,
        leaves: bool = True,
    ) -> None:
        self._air = paint_air(story, *size)
        self._whole = self._air.faded(1.0)
        self._fps, self._last, self._leaves = fps, num_frames - 1, leaves

    def draw(self, to: Yuv, number: int, view: View = _STILL) -> None:
        """Draw it over a finished frame.

        Args:
            to: The frame.
            number: Which, from 0.
            view: Where the camera is.
        """
        if not self._air.drifts:
            return
        since = min(number, self._last - number) if self._leaves else number
        strength = min(1.0, since / self._fps / _COMES_S)
        air = self._air.faded(strength) if strength < 1 else self._whole
        air.draw(to, view, number / self._fps, number)
