"""Guess from one picture what is near, what is far, and what matters."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.data import haarcascades

from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.relief import Floats

__all__ = ["nearness_of", "salience_of", "weight_of"]

_ACROSS = 160
_FACES_ACROSS, _FACE_PX, _FACES = 360, 28, 3.0
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


def weight_of(rgb: Bytes) -> Floats:
    """How much it matters that each part of a picture is in the frame; faces matter most.

    Args:
        rgb: (h, w, 3) uint8 sRGB.

    Returns:
        As `salience_of`, not bounded.
    """
    weight = salience_of(rgb) ** 2
    whole = float(weight.sum()) + 1.0
    grey = cv2.cvtColor(cv2.resize(rgb, _face_size(rgb)), cv2.COLOR_RGB2GRAY)
    scale = weight.shape[1] / grey.shape[1]
    finder = cv2.CascadeClassifier(haarcascades + "haarcascade_frontalface_default.xml")
    faces = finder.detectMultiScale(grey, 1.1, 6, minSize=(_FACE_PX, _FACE_PX))
    for left, top, across, down in faces:
        x0, y0, x1, y1 = (round(value * scale) for value in (left, top, left + across, top + down))
        face = weight[y0 : y1 + 1, x0 : x1 + 1]
        face += _FACES * whole / face.size / len(faces)
    return weight


def _face_size(rgb: Bytes) -> tuple[int, int]:
    scale = _FACES_ACROSS / max(rgb.shape[:2])
    return max(8, round(rgb.shape[1] * scale)), max(8, round(rgb.shape[0] * scale))


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
