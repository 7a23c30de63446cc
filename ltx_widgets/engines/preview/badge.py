"""The mark in every frame that says what this is."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.cutouts import Cutout, cutout_of, put
from ltx_widgets.engines.preview.planes import Yuv

__all__ = ["TEXT", "draw_badge", "paint_badge"]

TEXT = "PREVIEW - not AI"

_FONT = cv2.FONT_HERSHEY_DUPLEX
_INSET = 0.022


def paint_badge(width: int, height: int) -> Cutout:
    """The badge for a frame of this size in pixels, its upper left corner as its foot."""
    scale = max(0.3, min(width, height) / 1080 * 0.82)
    stroke = max(1, round(scale * 1.4))
    (wide, tall), base = cv2.getTextSize(TEXT, _FONT, scale, stroke)
    pad = max(3, round(tall * 0.62))
    rgba = np.zeros((tall + base // 2 + 2 * pad, wide + 2 * pad, 4), np.uint8)
    rgba[..., 3] = 150
    place = pad, pad + tall
    cv2.putText(rgba, TEXT, place, _FONT, scale, (246, 246, 246, 255), stroke, cv2.LINE_AA)
    return cutout_of(rgba, (0.0, 0.0))


def draw_badge(to: Yuv, badge: Cutout) -> None:
    """Set it into the upper left corner, where no player puts its controls."""
    inset = _INSET * min(to.y.shape)
    put(to, badge, inset, inset)
