"""The ground: a plane in true perspective, dry or rippling."""

from __future__ import annotations

from dataclasses import dataclass
from math import tau
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.planes import Bytes, Canvas, Yuv
from ltx_widgets.engines.preview.warp import shift_into

__all__ = ["Ground"]

_Rows = NDArray[np.floating[Any]]
# Pixels that neighbouring strips of a sheared ground may differ by.
_LARGEST_JUMP = 0.8
# Part of the depth in which waves die out before a shore.
_SURF = 0.1


@dataclass(frozen=True, slots=True)
class Ground:
    """A painted plane that reaches from the horizon to the viewer's feet.

    Attributes:
        picture: The painted world; only its rows below the horizon are used.
        canvas: Its geometry.
        ripple: Pixels that a wave moves the nearest rows; 0 for solid ground.
        flat: True where walls were painted with the ground, so that it must be scaled like a
            picture instead of passing below in perspective.
        nearness: Of the nearest row, or of all rows where `flat`.
        shore: Part of the depth, 0 at the horizon and 1 at the frame's lower edge, from which on
            nothing ripples.
    """

    picture: Yuv
    canvas: Canvas
    ripple: float = 0.0
    flat: bool = False
    nearness: float = 1.0
    shore: float = 2.0

    def first_row(self, view: View) -> int:
        """First row of the frame that the ground covers."""
        near = self.nearness if self.flat else 0.0
        row = self.canvas.horizon + view.shift(near)[1]
        return min(max(round(row / 2) * 2, 0), self.canvas.height)

    def draw(self, to: Yuv, view: View, seconds: float) -> None:
        """Draw all rows of the frame from the horizon down."""
        first = self.first_row(view)
        for half, (plane, source) in enumerate(zip(to.planes, self.picture.planes, strict=True)):
            size = 2 if half else 1
            part = plane[first // size :]
            if part.shape[0]:
                self._draw_plane(part, source, size, view, seconds)

    def _draw_plane(self, to: Bytes, source: Bytes, size: int, view: View, seconds: float) -> None:
        height, width = to.shape
        first = self.canvas.height - height * size
        rows = np.arange(height, dtype=np.float32) * size + first + (size - 1) / 2
        left, step, down = self._look_up(rows, view, seconds)
        offset = (size - 1) / 2
        left, down = (left + step * offset - offset) / size, (down - offset) / size
        down = np.clip(down, 0, source.shape[0] - 2)
        if view.push == view.climb == self.ripple == 0 and not self.flat:
            _shear_into(to, source, left, down)
            return
        columns = np.arange(width, dtype=np.float32)
        across = np.multiply.outer(step, columns)
        across += left[:, None]
        down = np.ascontiguousarray(np.broadcast_to(down[:, None], across.shape))
        # Nobody sees half a pixel of chroma, and nearest costs a third.
        how = cv2.INTER_LINEAR if size == 1 else cv2.INTER_NEAREST
        cv2.remap(source, across, down, how, dst=to, borderMode=cv2.BORDER_REPLICATE)

    def _look_up(self, rows: _Rows, view: View, seconds: float) -> tuple[_Rows, _Rows, _Rows]:
        """For each row of the frame: source column of its left edge, step, and source row."""
        canvas = self.canvas
        middle = canvas.width / 2
        below: _Rows
        step: _Rows
        x: _Rows
        if self.flat:
            right, lowered = view.shift(self.nearness)
            step = np.full_like(rows, 1 / view.scale(self.nearness))
            x = np.full_like(rows, right)
            below = (rows - lowered - canvas.horizon) * step
        else:
            below, step, x = self._project(rows, view)
        left = canvas.margin_x + middle - (middle + x) * step
        down = canvas.skyline + below
        if self.ripple:
            depth = np.clip(below / max(1, canvas.height - canvas.horizon), 0, 1)
            wave, lift = _waves(depth, seconds)
            swell = self.ripple * depth * np.clip((self.shore - depth) / _SURF, 0, 1)
            left, down = left + wave * swell, down + lift * swell
        return left.astype(np.float32), step.astype(np.float32), down.astype(np.float32)

    def _project(self, rows: _Rows, view: View) -> tuple[_Rows, _Rows, _Rows]:
        canvas = self.canvas
        per_row = self.nearness / max(1, canvas.height - canvas.horizon)
        seen = np.maximum(rows - canvas.horizon - view.tilt, 0)
        squeezed = seen / max(0.2, 1 + view.climb * per_row)
        below = squeezed / (1 + view.push * per_row * squeezed)
        step = 1 - view.push * per_row * below
        shift = view.turn + view.travel * per_row * below
        return below, step, shift


def _waves(depth: _Rows, seconds: float) -> tuple[_Rows, _Rows]:
    """Sideways and upward motion of each row, -1 to 1; far rows swing closer together."""
    distance = 1 / (0.06 + depth)
    wave = np.sin(distance * 9 - seconds * tau * 0.45) * 0.7
    wave += np.sin(distance * 23 + seconds * tau * 0.8) * 0.3
    return wave, np.sin(distance * 6 + seconds * tau * 0.35) * 0.6


def _shear_into(to: Bytes, source: Bytes, left: _Rows, down: _Rows) -> None:
    """Shift each row by its own amount, a few rows at a time: a third of the price of a remap.

    Neighbouring strips differ by less than a pixel, except where the camera races.
    """
    height = to.shape[0]
    slope = abs(float(left[-1] - left[0])) / max(1, height - 1)
    thick = int(min(12, max(2, _LARGEST_JUMP / max(slope, 1e-6))))
    for start in range(0, height, thick):
        end = min(height, start + thick)
        middle = (start + end - 1) // 2
        shift_into(to[start:end], source, float(left[middle]), float(down[start]))
