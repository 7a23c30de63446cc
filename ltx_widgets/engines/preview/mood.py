"""Lend a picture the light, the colours and the weather that a prompt asks for."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.planes import Bytes, Yuv, yuv_of
from ltx_widgets.engines.preview.render import work_size
from ltx_widgets.engines.preview.storyboard import Storyboard
from ltx_widgets.engines.preview.weather import paint_air

__all__ = ["Label", "Mood"]

_TINT = 0.6
_FAINTEST = 1 / 3
# Brightness and contrast around mid grey of the hours of a day.
_LIGHTS = {
    "dawn": (0.92, 0.95),
    "day": (1.04, 1.08),
    "golden_hour": (0.98, 1.1),
    "dusk": (0.72, 0.95),
    "night": (0.5, 0.9),
}
_OVERCAST = {"rain": 0.85, "storm": 0.68, "fog": 1.05, "snow": 1.04}
_BLACK = 16
_RANGE = 219


class Mood:
    """A storyboard's palette and weather, for frames of one size.

    Args:
        story: What was asked for.
        width: Of the frames, in pixels, even.
        height: Of the frames, in pixels, even.
    """

    def __init__(self, story: Storyboard, width: int, height: int) -> None:
        self._air = paint_air(story, width, height)
        self._luma, self._u, self._v = _tables(story)
        self._before = Yuv(
            np.empty((height, width), np.uint8),
            np.empty((height // 2, width // 2), np.uint8),
            np.empty((height // 2, width // 2), np.uint8),
        )

    def draw(self, to: Yuv, seconds: float, number: int, strength: float) -> None:
        """Draw it into a frame.

        Args:
            to: The frame; read and written.
            seconds: Since the mood began, for what falls.
            number: The frame's number, for the grain.
            strength: 0 leaves the frame as it is, 1 is all of it.
        """
        if strength <= 0:
            return
        if strength < 1:
            for kept, plane in zip(self._before.planes, to.planes, strict=True):
                kept[:] = plane
        half = cv2.resize(to.y, to.u.shape[::-1], interpolation=cv2.INTER_NEAREST)
        for plane, table in ((to.u, self._u), (to.v, self._v)):
            cv2.addWeighted(plane, 1 - _TINT, cv2.LUT(half, table), _TINT, 0, dst=plane)
        cv2.LUT(to.y, self._luma, dst=to.y)
        self._air.draw(to, View(), seconds, number)
        if strength < 1:
            for kept, plane in zip(self._before.planes, to.planes, strict=True):
                cv2.addWeighted(kept, 1 - strength, plane, strength, 0, dst=plane)


class Label:
    """The badge for frames that were drawn over the user's own.

    Args:
        width: Of the frames, in pixels, even.
        height: Of the frames, in pixels, even.
    """

    def __init__(self, width: int, height: int) -> None:
        small = work_size(width, height)
        badge = paint_badge(*small)
        self._badge = badge if small == (width, height) else badge.resized(width / small[0])
        rows, columns = self._badge.sheet.clear.shape
        left = round(0.022 * min(width, height) / 2) * 2
        # A pixel or two around it, because encoding smears its edge.
        self._place = max(0, left - 4), left + columns + 4, max(0, left - 4), left + rows + 4

    def draw(self, to: Yuv, strength: float = 1.0) -> None:
        """Set it into its corner.

        Args:
            to: The frame.
            strength: How much of it is seen. It is never less than a third: the badge comes in
                softly where a drawn frame follows one of the user's, but it is on every one.
        """
        strength = min(1.0, max(_FAINTEST, strength))
        before = [part.copy() for part in self._parts(to)] if strength < 1 else []
        draw_badge(to, self._badge)
        for kept, part in zip(before, self._parts(to), strict=False):
            cv2.addWeighted(kept, 1 - strength, part, strength, 0, dst=part)

    def cover(self, to: Yuv) -> None:
        """Paint over a badge that is there already, from above to below."""
        for part in self._parts(to):
            down = np.linspace(0, 1, part.shape[0], dtype=np.float32)[:, None]
            part[:] = part[:1] * (1 - down) + part[-1:] * down

    def _parts(self, to: Yuv) -> list[Bytes]:
        """The corner it is in, of each plane."""
        left, right, top, bottom = self._place
        return [
            plane[top // size : bottom // size, left // size : right // size]
            for plane, size in zip(to.planes, (1, 2, 2), strict=True)
        ]


def _tables(story: Storyboard) -> tuple[Bytes, Bytes, Bytes]:
    """What becomes of each luma, and the chroma that goes with it."""
    swatches = np.repeat(np.array([story.palette], np.uint8), 2, axis=0)
    swatches = np.repeat(swatches, 2, axis=1)
    planes = yuv_of(np.ascontiguousarray(swatches))
    luma = planes.y[0, ::2].astype(np.float64)
    order = np.argsort(luma[:4], kind="stable")
    levels = np.arange(256)
    # Spread over all levels, so that a palette of one brightness still tells dark from light.
    places = np.linspace(30, 220, len(order))
    u = np.interp(levels, places, planes.u[0][order]).astype(np.uint8)
    v = np.interp(levels, places, planes.v[0][order]).astype(np.uint8)
    light, contrast = _LIGHTS[story.time_of_day]
    light *= _OVERCAST.get(story.weather, 1.0)
    part = (levels - _BLACK) / _RANGE
    bent = (0.45 + (part - 0.45) * contrast) * light
    table = np.clip(_BLACK + _RANGE * bent, _BLACK, _BLACK + _RANGE).astype(np.uint8)
    return table, u, v
