"""What falls and drifts in the air: tiles painted once, scrolled over every frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Air", "paint_air"]

_RARELY_S = 2.9
_FLASH_S = 0.34


@dataclass(frozen=True, slots=True)
class _Drift:
    """One tile of specks that repeats in both directions.

    Attributes:
        tile: (h, w) uint8, as large as the frame; what it adds to the luma.
        fall: Pixels a second downwards.
        blow: Pixels a second to the right.
        nearness: How much it follows the camera.
        dark: Whether it takes light away instead.
    """

    tile: Bytes
    fall: float
    blow: float
    nearness: float
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Air:
    """Everything between camera and scene.

    Attributes:
        drifts: The farthest first.
        flashes: Whether lightning lights it up now and then.
        grain: (h, w) uint8 larger than the frame; film grain.
    """

    drifts: tuple[_Drift, ...]
    flashes: bool
    grain: Bytes

    def faded(self, strength: float) -> Air:
        """The same with weaker specks, 0 to 1, and no grain."""
        drifts = tuple(
            replace(drift, tile=cv2.convertScaleAbs(drift.tile, alpha=strength))
            for drift in self.drifts
        )
        return Air(drifts, self.flashes and strength >= 1, np.zeros_like(self.grain))

    def draw(self, to: Yuv, view: View, seconds: float, number: int) -> None:
        """Draw it over a finished frame.

        Args:
            to: The frame.
            view: Where the camera is.
            seconds: Time since the clip began.
            number: The frame's number, for the grain.
        """
        for drift in self.drifts:
            x, y = view.shift(drift.nearness)
            _scroll(to.y, drift, x + drift.blow * seconds, y + drift.fall * seconds)
        if self.flashes:
            _flash(to, seconds)
        height, width = to.y.shape
        free = self.grain.shape[0] - height, self.grain.shape[1] - width
        top, left = number * 37 % free[0], number * 53 % free[1]
        cv2.add(to.y, self.grain[top : top + height, left : left + width], dst=to.y)


def paint_air(story: Storyboard, width: int, height: int) -> Air:
    """The air of a storyboard's weather, for a frame of this size in pixels."""
    rng = np.random.default_rng([story.seed, 7])
    make = _WEATHERS.get(story.weather)
    drifts = make(rng, width, height) if make else ()
    if story.place == "underwater":
        drifts = _bubbles(rng, width, height)
    if story.place in ("room", "space"):
        drifts = ()
    strength = 22 if "film grain" in story.style else 3
    grain = rng.integers(0, strength, (height + 64, width + 64), dtype=np.uint8)
    return Air(drifts, story.weather == "storm" and bool(drifts), grain)


def _scroll(luma: Bytes, drift: _Drift, x: float, y: float) -> None:
    height, width = drift.tile.shape
    change = cv2.subtract if drift.dark else cv2.add
    left, top = round(x) % width, round(y) % height
    for rows, from_rows in (
        (slice(top, None), slice(0, height - top)),
        (slice(0, top), slice(height - top, None)),
    ):
        for columns, from_columns in (
            (slice(left, None), slice(0, width - left)),
            (slice(0, left), slice(width - left, None)),
        ):
            part = luma[rows, columns]
            if part.size:
                change(part, drift.tile[from_rows, from_columns], dst=part)


def _flash(to: Yuv, seconds: float) -> None:
    since = seconds % _RARELY_S - 0.9
    if not 0 <= since < _FLASH_S:
        return
    # Two strokes, as real lightning flickers.
    strength = 70 * (1 - since / _FLASH_S) * (1.0 if int(since * 16) % 3 != 1 else 0.35)
    cv2.add(to.y, strength, dst=to.y)


def _flakes(
    rng: np.random.Generator, width: int, height: int, count: int, size: float, light: int
) -> Bytes:
    tile = np.zeros((height, width), np.uint8)
    for x, y, s in rng.random((count, 3)):
        radius = max(4, round(size * (0.6 + 0.8 * s) * 8))
        # Whole flakes only: one cut by the tile's edge would show its seam.
        edge = radius / 8 + 2
        at = edge + x * (width - 2 * edge), edge + y * (height - 2 * edge)
        place = round(at[0] * 8), round(at[1] * 8)
        cv2.circle(tile, place, radius, round(light * (0.6 + 0.4 * s)), -1, cv2.LINE_AA, 3)
    return tile


def _snow(rng: np.random.Generator, width: int, height: int) -> tuple[_Drift, ...]:
    unit = min(width, height) / 1000
    drifts = []
    for count, size, light, speed, near in (
        (900, 1.3, 96, 70, 0.2),
        (330, 2.6, 130, 125, 0.6),
        (70, 5.5, 140, 215, 1.1),
    ):
        tile = _flakes(rng, width, height, count, size * unit, light)
        if near > 1:
            tile = cv2.blur(tile, (5, 5))
        drifts.append(_Drift(tile, speed * unit, -speed * 0.28 * unit, near))
    return tuple(drifts)


def _rain(rng: np.random.Generator, width: int, height: int) -> tuple[_Drift, ...]:
    unit = min(width, height) / 1000
    drifts = []
    for count, length, light, speed in ((620, 34, 40, 1500), (230, 74, 62, 2300)):
        tile = np.zeros((height, width), np.uint8)
        for x, y, s in rng.random((count, 3)):
            long = length * unit * (0.6 + 0.7 * s)
            top = y * (height - long)
            left = x * (width - long)
            start, end = (round(left + long * 0.16), round(top)), (round(left), round(top + long))
            cv2.line(
                tile, start, end, round(light * (0.5 + 0.5 * s)), 1 + round(unit * 0.7), cv2.LINE_AA
            )
        drifts.append(_Drift(tile, speed * unit, -speed * 0.16 * unit, 0.5))
    return tuple(drifts)


def _fog(rng: np.random.Generator, width: int, height: int) -> tuple[_Drift, ...]:
    unit = min(width, height) / 1000
    drifts = []
    for cells, light, speed in (((5, 4), 74, 26), ((8, 6), 50, 55)):
        small = rng.random(cells).astype(np.float32)
        # The last column is the first again, so that the tile has no seam.
        small[:, -1] = small[:, 0]
        tile = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        band = np.interp(np.linspace(0, 1, height), [0, 0.3, 0.6, 0.85, 1], [0, 0.5, 1, 0.5, 0])
        tile *= band.astype(np.float32)[:, None] * light
        drifts.append(_Drift(tile.astype(np.uint8), 0.0, speed * unit, 0.5))
    return tuple(drifts)


def _leaves(rng: np.random.Generator, width: int, height: int) -> tuple[_Drift, ...]:
    unit = min(width, height) / 1000
    drifts = []
    for count, size, speed, dark in ((60, 5, 420, True), (26, 9, 640, True), (90, 2, 520, False)):
        tile = np.zeros((height, width), np.uint8)
        for x, y, s in rng.random((count, 3)):
            half = max(1, round(size * unit * (0.7 + 0.6 * s)))
            place = round(half + x * (width - 2 * half)), round(half + y * (height - 2 * half))
            cv2.ellipse(
                tile, place, (half, max(1, half // 2)), 360 * s, 0, 360, 54, -1, cv2.LINE_AA
            )
        drifts.append(_Drift(tile, 60 * unit, speed * unit, 0.7, dark))
    return tuple(drifts)


def _bubbles(rng: np.random.Generator, width: int, height: int) -> tuple[_Drift, ...]:
    unit = min(width, height) / 1000
    drifts = []
    for count, size, speed in ((120, 2.2, -70), (34, 6.0, -120)):
        tile = _flakes(rng, width, height, count, size * unit, 70)
        inner = cv2.erode(tile, np.ones((3, 3), np.uint8))
        drifts.append(_Drift(cv2.subtract(tile, inner // 2), speed * unit, 8 * unit, 0.6))
    return tuple(drifts)


_WEATHERS: dict[str, Callable[[np.random.Generator, int, int], tuple[_Drift, ...]]] = {
    "snow": _snow,
    "rain": _rain,
    "storm": _rain,
    "fog": _fog,
    "wind": _leaves,
}
