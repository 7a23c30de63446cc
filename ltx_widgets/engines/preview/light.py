"""Light that comes over a whole frame."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.planes import Bytes

__all__ = ["brightened"]

_BLACK, _WHITE = 16, 235


def brightened(luma: Bytes, gain: float) -> None:
    """Make a luma plane brighter in place, black staying black."""
    if gain == 1:
        return
    levels = np.arange(256, dtype=np.float32)
    curve = np.clip(_BLACK + (levels - _BLACK) * gain, 0, _WHITE).astype(np.uint8)
    cv2.LUT(luma, curve, dst=luma)
