"""Bring high dynamic range (PQ, HLG) down to an ordinary screen, on luma and chroma planes.

A look-up per pixel instead of a way through linear light and back: bright parts are rolled off,
colours keep their hue and roughly their strength. It is a preview's tone mapping, not a grading.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curve", "curve_of"]

# 10 bit, limited range: black, and the span up to white (ITU-R BT.2100).
_BLACK, _SPAN = 64, 876
# Reference white for graphics in HDR, cd/m2 (ITU-R BT.2408).
_WHITE_NITS = 203.0
_HLG_PEAK_NITS = 1000.0
_KNEE = 0.6
_GAMMA = 2.2
# What BT.2020's primaries are wider than BT.709's, as a factor on colour differences.
_WIDER = 1.15
_LEAST_GAIN, _MOST_GAIN = 0.4, 2.6


@dataclass(frozen=True, slots=True)
class Curve:
    """Look-up tables for one transfer function.

    Attributes:
        luma: (1024,) uint8, 8-bit luma for each 10-bit one.
        gain: (1024,) float32, 8-bit units of chroma for each 10-bit one, by luma.
    """

    luma: NDArray[np.uint8]
    gain: NDArray[np.float32]

    def apply(
        self, y: NDArray[np.uint16], u: NDArray[np.uint16], v: NDArray[np.uint16]
    ) -> tuple[NDArray[np.uint8], ...]:
        """8-bit BT.709 planes of 10-bit ones with half-size chroma."""
        gain = np.take(self.gain, y[::2, ::2], mode="clip")
        colours = (
            np.clip((plane.astype(np.float32) - 512) * gain + 128.5, 16, 240).astype(np.uint8)
            for plane in (u, v)
        )
        return (np.take(self.luma, y, mode="clip"), *colours)


def curve_of(transfer: str) -> Curve:
    """The tables for ``pq`` or ``hlg``."""
    signal = np.clip((np.arange(1024) - _BLACK) / _SPAN, 0, 1)
    light = (_pq_nits(signal) if transfer == "pq" else _hlg_nits(signal)) / _WHITE_NITS
    over = np.maximum(light - _KNEE, 0)
    shown = np.minimum(light, _KNEE) + (1 - _KNEE) * (1 - np.exp(-over / (1 - _KNEE)))
    value = shown ** (1 / _GAMMA)
    slope = np.clip(np.gradient(value, 1 / _SPAN), _LEAST_GAIN, _MOST_GAIN)
    return Curve(
        luma=np.rint(16 + 219 * value).astype(np.uint8),
        gain=(slope * _WIDER / 4).astype(np.float32),
    )


def _pq_nits(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    root = signal ** (1 / m2)
    light: NDArray[np.float64] = 10_000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1)
    return light


def _hlg_nits(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100, with the system gamma of a screen of 1000 cd/m2."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    knee = 0.5
    scene = np.where(signal <= knee, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    light: NDArray[np.float64] = _HLG_PEAK_NITS * scene**1.2
    return light
