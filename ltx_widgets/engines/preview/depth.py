"""Guess from one picture what is near, what is far, and what matters."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.relief import Floats

__all__ = ["nearness_of", "salience_of"]

_ACROSS = 160
# Ground rises to the horizon, subjects stand in the middle, and what is sharp and busy is near.
_GROUND, _MIDDLE, _BUSY = 0.5, 0.24, 0.26
_EDGE_CARE = 2e-3


def salience_of(rgb: Bytes) -> Floats:
    """How much each part of a picture draws the eye.

    Args:
        rgb: (h, w, 3) uint8 sRGB.

    Returns:
        A small float32 map of the picture's shape, 160 wide if it is wider than tall, 0 to 1.
    """
    small = _small(rgb)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    edges = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    odd = np.linalg.norm(lab - lab.mean(axis=(0, 1)), axis=2)
    return _even(_soft(edges, 0.04)) * 0.5 + _even(_soft(odd, 0.04)) * 0.5


def nearness_of(rgb: Bytes, size: tuple[int, int]) -> Floats:
    """A guess at how near each part of a picture is.

    Args:
        rgb: (h, w, 3) uint8 sRGB.
        size: Width and height of what is returned.

    Returns:
        (height, width) float32, 0 far to 1 near; smooth, its edges along the picture's own.
    """
    salience = salience_of(rgb)
    rows, columns = salience.shape
    y = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    ground = np.clip((y - 0.15) / 0.85, 0, 1) ** 1.2
    middle = np.exp(-((x / 0.55) ** 2) - ((y - 0.6) / 0.35) ** 2)
    guess = _GROUND * ground + _MIDDLE * middle + _BUSY * salience
    grey = cv2.cvtColor(_small(rgb), cv2.COLOR_RGB2GRAY)
    guided = _along_edges(guess.astype(np.float32), grey)
    smooth = cv2.GaussianBlur(guided, (0, 0), 0.012 * max(rows, columns))
    return _even(cv2.resize(smooth, size, interpolation=cv2.INTER_CUBIC))


def _small(rgb: Bytes) -> Floats:
    scale = _ACROSS / max(rgb.shape[:2])
    size = tuple(max(8, round(side * scale)) for side in rgb.shape[1::-1])
    small: Floats = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return small


def _soft(values: Floats, part: float) -> Floats:
    soft: Floats = cv2.GaussianBlur(values, (0, 0), part * max(values.shape))
    return soft


def _even(values: Floats) -> Floats:
    """Stretched to 0 to 1, single outliers cut off."""
    low, high = np.percentile(values, (1, 99))
    stretched: Floats = np.clip((values - low) / max(high - low, 1e-4), 0, 1)
    return stretched.astype(np.float32)


def _along_edges(values: Floats, guide: Floats) -> Floats:
    """Smoothed, but not across the guide's edges (a guided filter, He et al. 2010)."""
    side = max(5, round(0.09 * max(guide.shape)))

    def mean(of: Floats) -> Floats:
        averaged: Floats = cv2.blur(of, (side, side))
        return averaged

    spread = mean(guide * guide) - mean(guide) ** 2
    slope = (mean(guide * values) - mean(guide) * mean(values)) / (spread + _EDGE_CARE)
    offset = mean(values) - slope * mean(guide)
    return mean(slope) * guide + mean(offset)
