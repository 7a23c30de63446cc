"""A drawing surface for flat-shaded figures: design units in, a straight-alpha cut-out out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["RGB", "Canvas", "Point", "Pose", "Sprite", "bend", "mix", "place", "ring", "shade"]

RGB = tuple[int, int, int]
Point = tuple[float, float]

_OVERSAMPLE: Final = 3
_TALL: Final = 420
_SHIFT: Final = 4
_CURVE_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Sprite:
    """A drawn figure that faces right.

    Attributes:
        rgba: (height, width, 4) uint8 sRGB with straight alpha.
        foot: (x, y) in pixels: where it touches ground or water, or its middle if it flies.
    """

    rgba: NDArray[np.uint8]
    foot: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """The moment to draw.

    Attributes:
        phase: Part of the gait cycle, 0 to 1.
        motion: A motion of the storyboard ("walks", "runs", …).
        colour: The main colour asked for, or None.
    """

    phase: float
    motion: str
    colour: RGB | None

    def paint(self, own: RGB) -> RGB:
        """The colour asked for, else the figure's own."""
        return own if self.colour is None else self.colour

    def wave(self, lag: float = 0.0) -> float:
        """Sine of the phase, -1 to 1, `lag` cycles late."""
        return math.sin(2 * math.pi * (self.phase - lag))


def shade(colour: RGB, factor: float) -> RGB:
    """Darken below 1, lighten towards white above 1 (2 is white)."""
    if factor <= 1:
        return (round(colour[0] * factor), round(colour[1] * factor), round(colour[2] * factor))
    return mix(colour, (255, 255, 255), factor - 1)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """Blend two colours; `share` of the other, 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def place(
    points: Sequence[Point], at: Point, *, turn: float = 0.0, scale: float = 1.0
) -> list[Point]:
    """Move points of a part into the figure: scale, turn by radians, then shift."""
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    return [(at[0] + x * cos - y * sin, at[1] + x * sin + y * cos) for x, y in points]


def ring(centre: Point, radii: Point, *, count: int = 28, turn: float = 0.0) -> list[Point]:
    """Points on an ellipse."""
    angles = (2 * math.pi * number / count for number in range(count))
    return place(
        [(radii[0] * math.cos(a), radii[1] * math.sin(a)) for a in angles], centre, turn=turn
    )


def bend(root: Point, tip: Point, lengths: Point, side: float) -> tuple[Point, Point]:
    """Joint and end of a two-bone limb that reaches for a tip.

    Args:
        root: Where the limb hangs.
        tip: Where its end should be; it falls short when out of reach.
        lengths: Of the two bones.
        side: 1 bends to the left of the line from root to tip, -1 to its right.
    """
    upper, lower = lengths
    dx, dy = tip[0] - root[0], tip[1] - root[1]
    distance = max(math.hypot(dx, dy), 1e-6)
    reach = min(max(distance, abs(upper - lower) + 1e-3), (upper + lower) * 0.999)
    cosine = (upper**2 + reach**2 - lower**2) / (2 * upper * reach)
    angle = math.atan2(dy, dx) + side * math.acos(max(-1.0, min(1.0, cosine)))
    joint = (root[0] + upper * math.cos(angle), root[1] + upper * math.sin(angle))
    end = (root[0] + dx / distance * reach, root[1] + dy / distance * reach)
    return joint, end


def _smooth(points: Sequence[Point], *, closed: bool) -> NDArray[np.float64]:
    """A Catmull-Rom curve through points."""
    knots = np.asarray(points, dtype=np.float64)
    if len(knots) < 3:  # noqa: PLR2004 - two points are a line already
        return knots
    before = np.roll(knots, 1, axis=0)
    after, far = np.roll(knots, -1, axis=0), np.roll(knots, -2, axis=0)
    if not closed:
        before[0], after[-1], far[-1], far[-2] = knots[0], knots[-1], knots[-1], knots[-1]
    t = np.linspace(0, 1, _CURVE_STEPS, endpoint=False)[None, :, None]
    a, b, c, d = (part[:, None, :] for part in (before, knots, after, far))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    if closed:
        return curve.reshape(-1, 2)
    return np.vstack([curve[:-1].reshape(-1, 2), knots[-1:]])


class Canvas:
    """Where one figure is drawn. Units are the figure's own; x runs right, y up, ground is 0.

    Args:
        box: Left, bottom, right, top of the figure in its units.
        height: Height of the finished picture in pixels.
        light: Colour of the light, sRGB; it multiplies what does not glow.
    """

    def __init__(self, box: tuple[float, float, float, float], height: int, light: RGB) -> None:
        left, bottom, right, top = box
        self._over = _OVERSAMPLE if height <= _TALL else 2
        self._scale = height * self._over / (top - bottom)
        self._origin = (left, top)
        self.height = height
        self.width = max(1, math.ceil(height * (right - left) / (top - bottom)))
        size = (height * self._over, self.width * self._over)
        self._picture: NDArray[np.uint8] = np.zeros((*size, 4), np.uint8)
        self._glow: NDArray[np.uint8] = np.zeros(size, np.uint8)
        self._light = light
        self._last: NDArray[np.int32] = np.zeros((0, 1, 2), np.int32)

    def fill(
        self, points: Sequence[Point], colour: RGB, *, curved: bool = True, glow: bool = False
    ) -> None:
        """Fill an outline; `curved` smooths it through its points, `glow` ignores the light."""
        outline = self._pixels(_smooth(points, closed=True) if curved else np.asarray(points))
        self._last = outline
        self._fill(outline, colour, glow=glow)

    def shape(self, points: Sequence[Point], colour: RGB, *, glow: bool = False) -> None:
        """Fill a polygon with straight sides."""
        self.fill(points, colour, curved=False, glow=glow)

    def oval(
        self, centre: Point, radii: Point, colour: RGB, *, turn: float = 0.0, glow: bool = False
    ) -> None:
        """Fill an ellipse."""
        self.fill(ring(centre, radii, turn=turn), colour, curved=False, glow=glow)

    def patch(self, points: Sequence[Point], colour: RGB, *, curved: bool = True) -> None:
        """Fill an outline where the shape filled last is: a belly, a shadow side, a window band."""
        outline = self._pixels(_smooth(points, closed=True) if curved else np.asarray(points))
        x, y, w, h = cv2.boundingRect(self._last >> _SHIFT)
        x0, y0 = max(0, x - 1), max(0, y - 1)
        x1, y1 = min(self._glow.shape[1], x + w + 2), min(self._glow.shape[0], y + h + 2)
        if x1 <= x0 or y1 <= y0:
            return
        offset = np.array([x0, y0], np.int32) << _SHIFT
        inside = np.zeros((y1 - y0, x1 - x0), np.uint8)
        wanted = np.zeros_like(inside)
        cv2.fillPoly(inside, [self._last - offset], 255, cv2.LINE_8, _SHIFT)
        cv2.fillPoly(wanted, [outline - offset], 255, cv2.LINE_8, _SHIFT)
        self._picture[y0:y1, x0:x1][(inside & wanted) > 0] = self._lit(colour, glow=False)

    def limb(
        self, points: Sequence[Point], widths: Sequence[float], colour: RGB, *, glow: bool = False
    ) -> None:
        """Draw a rounded band along a smooth line, as wide as told at each point."""
        line = _smooth(points, closed=False)
        known = np.linspace(0, len(line) - 1, len(widths))
        radius = np.interp(np.arange(len(line)), known, widths) / 2
        along = np.gradient(line, axis=0)
        along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
        across = np.stack([-along[:, 1], along[:, 0]], 1) * radius[:, None]
        self.shape(np.vstack([line + across, (line - across)[::-1]]).tolist(), colour, glow=glow)
        band = self._last
        for at in (0, len(line) // 2, -1):
            centre = (float(line[at, 0]), float(line[at, 1]))
            self.oval(centre, (float(radius[at]), float(radius[at])), colour, glow=glow)
        self._last = band

    def finish(self, foot: Point = (0.0, 0.0)) -> Sprite:
        """Shade, shrink and cut out what was drawn."""
        self._round_off()
        small: Any = cv2.resize(
            self._picture, (self.width, self.height), interpolation=cv2.INTER_AREA
        )
        alpha = small[..., 3:].astype(np.float32)
        straight = small[..., :3] * (255 / np.maximum(alpha, 1))
        rgba = np.dstack([np.clip(straight + 0.5, 0, 255).astype(np.uint8), small[..., 3]])
        x, y = (foot[0] - self._origin[0]), (self._origin[1] - foot[1])
        pixel = self._scale / self._over
        return Sprite(rgba=rgba, foot=(x * pixel, y * pixel))

    def _round_off(self) -> None:
        """Give the flat figure a lit upper edge and a darker lower one."""
        solid = np.ascontiguousarray(self._picture[..., 3])
        reach = max(2, self._picture.shape[0] // 90)
        lower = np.zeros_like(solid)
        lower[:-reach, :] = solid[reach:, :]
        upper = np.zeros_like(solid)
        upper[reach:, reach:] = solid[:-reach, :-reach]
        # All masks are 0 or 255, so subtracting is "and not", at a tenth of numpy's price.
        dull = cv2.subtract(solid, self._glow)
        rim = cv2.subtract(dull, upper)
        under = cv2.subtract(cv2.subtract(dull, lower), rim)
        pixels = self._picture.reshape(-1, 4)
        below, edge = np.flatnonzero(under), np.flatnonzero(rim)
        pixels[below, :3] = (pixels[below, :3] * np.float32(0.8)).astype(np.uint8)
        lift = np.array(self._light, np.float32) * np.float32(0.2)
        lit = pixels[edge, :3] * np.float32(0.86) + lift
        pixels[edge, :3] = np.minimum(lit, 255).astype(np.uint8)

    def _pixels(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        """Design units to fixed-point pixels of the oversampled picture."""
        scale = self._scale * (1 << _SHIFT)
        x = (points[:, 0] - self._origin[0]) * scale
        y = (self._origin[1] - points[:, 1]) * scale
        return np.stack([x, y], 1).round().astype(np.int32).reshape(-1, 1, 2)

    def _lit(self, colour: RGB, *, glow: bool) -> tuple[int, int, int, int]:
        if glow:
            return (*colour, 255)
        red, green, blue = (round(c * k / 255) for c, k in zip(colour, self._light, strict=True))
        return (red, green, blue, 255)

    def _fill(self, outline: NDArray[np.int32], colour: RGB, *, glow: bool) -> None:
        cv2.fillPoly(self._picture, [outline], self._lit(colour, glow=glow), cv2.LINE_8, _SHIFT)
        cv2.fillPoly(self._glow, [outline], 255 if glow else 0, cv2.LINE_8, _SHIFT)
