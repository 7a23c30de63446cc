"""Where to look in a film: what matters in each frame, and a window's calm way after it.

A first pass over small frames tells, along the one axis in which a window of the new shape can
move, how much each place matters: what moves against the rest, what is sharp, what has a colour of
its own. The way is the best of all ways, by dynamic programming: it keeps what matters near the
middle, moves no more than it must, and jumps at cuts only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.planes import Bytes, Yuv

__all__ = ["Attention", "way_of"]

Curve = NDArray[np.float32]

_MOTION, _SHAPE = 0.85, 0.15
_MEMORY_S = 0.5
_LEAST = 1e-6
_PLACES = 72
# What it costs to move by a window's width within a second, and to set off at all.
_HASTE, _STIR = 0.5, 0.03
_CALM_S = 0.28
# A cut changes most of the picture at once; a pan changes it too, but steadily.
_CUT_LEAST, _CUT_TIMES = 14.0, 3.5
_NOISE = 2
# Levels of change that count as much motion at least, and what is left of a former most.
_LEAST_MOTION, _FADE = 3.0, 0.96
# Pixels: smaller things that come and go are taken for water, leaves or noise.
_GLITTER = 1.2
# A move is the camera's where it explains the change in this part of so many tiles, by so much.
_TILES, _ALL_OVER, _GAIN = (8, 6), 0.25, 0.3
# Pixels: less is no move of the camera.
_STILL = 0.3


@dataclass(slots=True)
class Attention:
    """How much each place along one axis matters, frame by frame; memory is a row for each.

    Attributes:
        upright: Whether the axis is the vertical one.
        fps: Frames per second.
        profiles: (places,) float32 for each frame seen, adding up to 1.
        changes: How much of each frame is new, 0 to 255.
    """

    upright: bool
    fps: float
    profiles: list[Curve] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    _before: Bytes | None = None
    _kept: Curve | None = None
    _most: float = 0.0

    def see(self, small: Yuv) -> None:
        """Look at the next frame, about 160 pixels wide."""
        moved, change = self._moved(small.y)
        if change >= _CUT_LEAST:
            self._kept = None
        odd = _even(_oddness(small, upright=self.upright))
        weight = _MOTION * moved + _SHAPE * np.sqrt(odd * _even(_sharpness(small.y)))
        # What stands out counts far more than what is everywhere.
        profile = (weight**2).sum(axis=1 if self.upright else 0) + _LEAST
        if self._kept is not None:
            # What moves rests now and then, and matters as much while it does.
            keep = float(np.exp(-1 / (_MEMORY_S * self.fps)))
            profile = keep * self._kept + (1 - keep) * profile
        self._kept = profile.astype(np.float32)
        self.profiles.append(self._kept / float(self._kept.sum()))
        self.changes.append(change)

    def _moved(self, luma: Bytes) -> tuple[Curve, float]:
        """What changed beside what the camera's own move changed, and how much did in all."""
        # Small glitter averages out, while what moves as a whole stays.
        luma = cv2.GaussianBlur(luma, (0, 0), _GLITTER)
        before, self._before = self._before, luma
        if before is None:
            return np.zeros(luma.shape, np.float32), 0.0
        plain = cv2.absdiff(luma, before)
        (x, y), _ = cv2.phaseCorrelate(before.astype(np.float32), luma.astype(np.float32))
        if _STILL < abs(x) + abs(y) < luma.shape[1] / 4:
            shift = np.array([[1, 0, x], [0, 1, y]], np.float32)
            size = luma.shape[::-1]
            steadied = cv2.warpAffine(before, shift, size, borderMode=cv2.BORDER_REPLICATE)
            steady = cv2.absdiff(luma, steadied)
            plain = steady if _steadier(plain, steady) else plain
        change = float(plain.mean())
        moved = cv2.GaussianBlur(np.maximum(plain.astype(np.float32) - _NOISE, 0), (0, 0), 2)
        self._most = max(float(np.percentile(moved, 99.5)), _FADE * self._most, _LEAST_MOTION)
        return np.clip(moved / self._most, 0, 1), change

    def cuts(self) -> list[int]:
        """The first frames of new shots, beside frame 0."""
        changes = np.array(self.changes)
        around = np.pad(changes, 4, mode="edge")
        usual = np.median(np.lib.stride_tricks.sliding_window_view(around, 9), axis=1)
        sharp = (changes > _CUT_LEAST) & (changes > _CUT_TIMES * (usual + 1))
        return [int(number) for number in np.flatnonzero(sharp) if number]


def way_of(attention: Attention, window: float) -> Curve:
    """Where a window begins in each frame.

    Args:
        attention: What was seen.
        window: Its length, as a part of the axis, 0 to 1.

    Returns:
        (n,) from 0, at the axis's start, to 1, at its end.
    """
    starts = [0, *attention.cuts(), len(attention.profiles)]
    parts = [
        _calm_way(attention.profiles[first:last], window, attention.fps)
        for first, last in _pairs(starts)
    ]
    return np.concatenate(parts).astype(np.float32)


def _calm_way(profiles: list[Curve], window: float, fps: float) -> Curve:
    gains = np.array([_gains(profile, window) for profile in profiles])
    chosen = _best_way(gains, (1 - window) / window, fps)
    way = chosen / (_PLACES - 1)
    reach = max(1, round(3 * _CALM_S * fps))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / (_CALM_S * fps)) ** 2)
    padded = np.pad(way, reach, mode="edge")
    calm: Curve = np.convolve(padded, kernel / kernel.sum(), "valid").astype(np.float32)
    return calm


def _gains(profile: Curve, window: float) -> Curve:
    """How much a window sees at each of its places; what is in its middle counts most."""
    count = len(profile)
    width = window * count
    begins = np.linspace(0, count - width, _PLACES)[:, None]
    off = (np.arange(count)[None] + 0.5 - begins - width / 2) / (width / 2)
    seen: Curve = (np.clip(1 - off**2, 0, None) * profile[None]).sum(axis=1)
    return seen


def _best_way(gains: NDArray[np.floating], range_in_windows: float, fps: float) -> Curve:
    """The places whose gains, less what moving costs, add up to most."""
    step = range_in_windows / (_PLACES - 1)
    apart = np.abs(np.subtract.outer(np.arange(_PLACES), np.arange(_PLACES))) * step
    price = _HASTE * fps * apart**2 + _STIR * apart
    total, came_from = gains[0].copy(), np.zeros(gains.shape, np.int64)
    for number in range(1, len(gains)):
        offers = total[None] - price
        came_from[number] = offers.argmax(axis=1)
        total = offers.max(axis=1) + gains[number]
    way = np.zeros(len(gains), np.float32)
    at = int(total.argmax())
    for number in range(len(gains) - 1, -1, -1):
        way[number] = at
        at = int(came_from[number, at])
    return way


def _steadier(plain: Bytes, steady: Bytes) -> bool:
    """Whether a move explains the change all over the picture: the camera's, not one thing's."""
    gain = cv2.subtract(plain.astype(np.float32), steady.astype(np.float32))
    tiles = cv2.resize(gain, _TILES, interpolation=cv2.INTER_AREA)
    return float(np.mean(tiles > _GAIN)) > _ALL_OVER and float(tiles.mean()) > 0


def _sharpness(luma: Bytes) -> Curve:
    soft = cv2.GaussianBlur(luma, (0, 0), 2)
    sharp: Curve = cv2.GaussianBlur(cv2.absdiff(luma, soft).astype(np.float32), (0, 0), 3)
    return sharp


def _oddness(small: Yuv, *, upright: bool) -> Curve:
    """How far each place is, in shade and colour, from what lies along the window's axis.

    Bands right across, such as sky above sea, are no reason to look anywhere along them.
    """
    axis = 0 if upright else 1
    odd = np.zeros(small.u.shape, np.float32)
    for plane in (cv2.resize(small.y, small.u.shape[::-1], interpolation=cv2.INTER_AREA), small.u,
                  small.v):  # fmt: skip
        soft = cv2.GaussianBlur(plane, (0, 0), 1.5).astype(np.float32)
        odd += np.abs(soft - np.median(soft, axis=axis, keepdims=True))
    whole: Curve = cv2.resize(odd, small.y.shape[::-1])
    return whole


def _even(weight: Curve) -> Curve:
    top = float(np.percentile(weight, 99.5))
    level: Curve = np.clip(weight / top, 0, 1) if top > 1 else np.zeros_like(weight)
    return level


def _pairs(starts: list[int]) -> Iterator[tuple[int, int]]:
    yield from ((a, b) for a, b in pairwise(starts) if b > a)
