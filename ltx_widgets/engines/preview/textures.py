"""Noise, gradients and outlines: what every painting is made of."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.storyboard import RGB

__all__ = ["cloudiness", "grade", "mix", "ramp", "ridge_line", "roughen", "shade", "speckle"]

Floats = NDArray[np.floating[Any]]

# Pixels; what is finer would flicker. And from which roughness on summits are sharp.
_SHORTEST_WAVE = 6
_ROUGH = 0.4


def mix(a: RGB, b: RGB, part: float) -> RGB:
    """A colour between two: `a` at 0, `b` at 1."""
    r, g, blue = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return r, g, blue


def shade(colour: RGB, factor: float) -> RGB:
    """A colour made darker (below 1) or lighter (above 1)."""
    r, g, b = (min(255, max(0, round(x * factor))) for x in colour)
    return r, g, b


def ramp(size: tuple[int, int], stops: list[tuple[float, RGB]]) -> Bytes:
    """A vertical gradient.

    Args:
        size: Rows and columns.
        stops: Part of the height and colour there, from the top down.

    Returns:
        (rows, columns, 3) uint8 sRGB.
    """
    places = np.linspace(0, 1, size[0], dtype=np.float32)
    at = [stop[0] for stop in stops]
    column = np.stack(
        [np.interp(places, at, [stop[1][channel] for stop in stops]) for channel in range(3)], -1
    )
    # Half a step of noise at each row end keeps wide gradients from showing bands.
    row = np.rint(column).astype(np.uint8)
    return np.repeat(row[:, None], size[1], axis=1)


def cloudiness(
    rng: np.random.Generator, size: tuple[int, int], *, cell: tuple[float, float], octaves: int = 4
) -> Floats:
    """Smooth noise of several sizes.

    Args:
        rng: Where it comes from.
        size: Rows and columns.
        cell: Height and width of the largest blobs, in pixels.
        octaves: How many times blobs of half the size and strength are added.

    Returns:
        `size` float32, 0 to 1, about 0.5 on average.
    """
    total = np.zeros(size, np.float32)
    strength, whole = 1.0, 0.0
    for octave in range(octaves):
        rows = max(2, int(size[0] / cell[0] * 2**octave) + 2)
        columns = max(2, int(size[1] / cell[1] * 2**octave) + 2)
        blobs = rng.random((min(rows, size[0]), min(columns, size[1])), np.float32)
        blobs *= strength
        total += cv2.resize(blobs, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
        whole += strength
        strength *= 0.5
    total /= whole
    return np.clip(total, 0, 1)


def speckle(rng: np.random.Generator, size: tuple[int, int], cell: tuple[float, float]) -> Bytes:
    """Single-size noise, cheap enough for whole grounds: `size` uint8, 128 on average."""
    rows = max(2, min(size[0], round(size[0] / cell[0])))
    columns = max(2, min(size[1], round(size[1] / cell[1])))
    grain = rng.integers(0, 256, (rows, columns), dtype=np.uint8)
    noise: Bytes = cv2.resize(grain, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    return noise


def roughen(picture: Bytes, noise: Bytes, strength: float) -> None:
    """Make an (h, w, 3) picture lighter and darker where `noise` is above and below 128."""
    lighter = cv2.subtract(noise, 128)
    darker = cv2.subtract(127, noise)
    for part, change in ((lighter, cv2.add), (darker, cv2.subtract)):
        weighed = cv2.convertScaleAbs(part, alpha=strength)
        change(picture, cv2.merge((weighed, weighed, weighed)), dst=picture)


def grade(picture: Bytes, colour: RGB, amount: Floats | Bytes) -> None:
    """Blend a colour over an (h, w, 3) picture.

    Args:
        picture: Changed in place.
        colour: What is blended in.
        amount: 0 to 1 float32, of any smaller size with the same shape; it is enlarged.
    """
    height, width = picture.shape[:2]
    over = np.ascontiguousarray(amount, np.float32)
    if over.shape != (height, width):
        over = cv2.resize(over, (width, height), interpolation=cv2.INTER_LINEAR)
    plain = np.empty_like(picture)
    plain[:] = colour
    picture[:] = cv2.blendLinear(plain, picture, over, 1 - over)


def ridge_line(
    rng: np.random.Generator, width: int, *, height: float, wave: float, roughness: float = 0.5
) -> Floats:
    """The outline of a ridge.

    Args:
        rng: Where it comes from.
        width: Columns.
        height: Pixels between its lowest and highest points, about.
        wave: Pixels from one summit to the next, about.
        roughness: Strength of each finer level, as a part of the one before.

    Returns:
        (width,) float32, pixels upward from the ridge's foot, all positive.
    """
    line = np.zeros(width, np.float32)
    strength, length = 1.0, wave
    places = np.arange(width, dtype=np.float32)
    while length > _SHORTEST_WAVE:
        knots = rng.random(int(width / length) + 3).astype(np.float32)
        at = places / length
        left = at.astype(np.int32)
        part = at - left
        if roughness < _ROUGH:
            part = part * part * (3 - 2 * part)
        line += strength * (knots[left] * (1 - part) + knots[left + 1] * part)
        strength *= roughness
        length *= 0.45
    line -= line.min()
    return line * (height / max(1e-3, float(line.max())))
