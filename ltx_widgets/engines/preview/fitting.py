"""Fit a picture of any shape into a frame: fill it, and keep what matters inside."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.depth import nearness_of, weight_of
from ltx_widgets.engines.preview.planes import Bytes, yuv_of
from ltx_widgets.engines.preview.relief import CELL, Floats, Relief

__all__ = ["fit", "nearest_shape", "relief_of"]

# How much of the picture beyond the frame is kept for the camera, in parts of the frame.
_SPARE = 0.16
_CENTRED = 0.3
_CHOICES = 65
_FOCUS_WITHIN = 0.2


def nearest_shape(rgb: Bytes) -> str:
    """Whichever of "16:9" and "9:16" is closer to an (h, w, 3) picture's own shape."""
    height, width = rgb.shape[:2]
    return "16:9" if width >= height else "9:16"


def fit(rgb: Bytes, size: tuple[int, int]) -> Bytes:
    """The part of a picture that fills a frame.

    Args:
        rgb: (h, w, 3) uint8 sRGB.
        size: Width and height of the frame, even.

    Returns:
        (height, width, 3) uint8 sRGB.
    """
    kept, left, top = _window(rgb, size)
    return kept[top : top + size[1], left : left + size[0]]


def relief_of(rgb: Bytes, size: tuple[int, int]) -> Relief:
    """A picture made ready for a camera to move through; it begins as `fit` fits it.

    Args:
        rgb: (h, w, 3) uint8 sRGB.
        size: Width and height of the frame, even.
    """
    kept, left, top = _window(rgb, size)
    cells = -(-kept.shape[1] // CELL), -(-kept.shape[0] // CELL)
    frame = kept[top : top + size[1], left : left + size[0]]
    return Relief(yuv_of(kept), nearness_of(kept, cells), left, top, size, _focus(frame))


def _window(rgb: Bytes, size: tuple[int, int]) -> tuple[Bytes, int, int]:
    """The frame and what is spare around it, at the frame's scale; where the frame begins in it."""
    height, width = rgb.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    weights = weight_of(rgb)
    spans, corner = [], []
    for axis, (side, wanted) in enumerate(zip((width, height), size, strict=True)):
        available = max(wanted, round(side * scale / 2) * 2)
        start = _best(weights.sum(axis=axis), wanted, available)
        spare = round(wanted * _SPARE / CELL) * CELL
        first, last = max(0, start - spare), min(available, start + wanted + spare)
        spans.append((first / available * side, last / available * side, last - first))
        corner.append(start - first)
    # Cut before it is scaled: a picture twenty times as tall as wide would fill the memory.
    (x0, x1, across), (y0, y1, down) = spans
    cut = rgb[round(y0) : max(round(y0) + 1, round(y1)), round(x0) : max(round(x0) + 1, round(x1))]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(cut, (across, down), interpolation=how), corner[0], corner[1]


def _best(weights: Floats, wanted: int, available: int) -> int:
    """Where to begin so that most weight is inside, the nearer to the centre the better; even."""
    spare = available - wanted
    if not spare:
        return 0
    starts = np.linspace(0, spare, _CHOICES)
    summed = np.concatenate(([0.0], np.cumsum(weights))) / max(float(weights.sum()), 1e-6)
    edges = np.linspace(0, available, summed.size)
    inside = np.interp(starts + wanted, edges, summed) - np.interp(starts, edges, summed)
    aside = np.linspace(-1, 1, _CHOICES) ** 2
    start = starts[int(np.argmax(inside - _CENTRED * aside))]
    return min(round(float(start) / 2) * 2, spare)


def _focus(frame: Bytes) -> tuple[float, float]:
    """The balance point of what matters, kept near the middle."""
    weights = weight_of(frame)
    focus = []
    for axis, side in ((0, frame.shape[1]), (1, frame.shape[0])):
        line = weights.sum(axis=axis)
        places = (np.arange(line.size) + 0.5) / line.size
        at = float((places * line).sum() / line.sum()) if line.any() else 0.5
        at = min(max(at, 0.5 - _FOCUS_WITHIN), 0.5 + _FOCUS_WITHIN)
        focus.append(at * side)
    return focus[0], focus[1]
