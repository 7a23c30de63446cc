"""Pictures as BT.709 luma and chroma planes, which is what an encoder eats.

Everything that moves is painted once in RGB, turned into planes here, and only ever shifted,
scaled and blended as planes afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["Bytes", "Canvas", "Sheet", "Yuv", "rgb_of", "sheet_of", "yuv_of"]

Bytes = NDArray[np.uint8]

# ITU-R BT.709, 8 bit, limited range: rows give Y, U, V from R, G, B and 1.
_FROM_RGB = np.array(
    [
        [0.18259, 0.61423, 0.06201, 16.0],
        [-0.10064, -0.33857, 0.43922, 128.0],
        [0.43922, -0.39894, -0.04027, 128.0],
    ],
    np.float32,
)


@dataclass(frozen=True, slots=True)
class Canvas:
    """The frame and the painted world around it that a moving camera may see.

    Attributes:
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        margin_x: Painted pixels beyond the frame, left and right each; even.
        margin_y: The same above and below; even.
        horizon: Row of the frame where sky and ground meet.
    """

    width: int
    height: int
    margin_x: int
    margin_y: int
    horizon: int

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of everything painted."""
        return self.height + 2 * self.margin_y, self.width + 2 * self.margin_x

    @property
    def skyline(self) -> int:
        """Row of the horizon in the painted world."""
        return self.horizon + self.margin_y

    @property
    def unit(self) -> float:
        """Pixels of a thousandth of the frame's shorter side."""
        return min(self.width, self.height) / 1000


@dataclass(frozen=True, slots=True)
class Yuv:
    """Planes of one picture.

    Attributes:
        y: (h, w) uint8 luma.
        u: (h / 2, w / 2) uint8.
        v: (h / 2, w / 2) uint8.
    """

    y: Bytes
    u: Bytes
    v: Bytes

    @property
    def planes(self) -> tuple[Bytes, Bytes, Bytes]:
        """Y, U, V."""
        return self.y, self.u, self.v


@dataclass(frozen=True, slots=True)
class Sheet:
    """Planes with holes, ready to be blended: ``below * clear / 255 + colour``.

    Attributes:
        colour: Planes multiplied by their opacity.
        clear: (h, w) uint8, 255 where the sheet is a hole.
        clear_half: `clear` at the size of the chroma planes.
    """

    colour: Yuv
    clear: Bytes
    clear_half: Bytes


def yuv_of(rgb: Bytes) -> Yuv:
    """Planes of an (h, w, 3) uint8 sRGB picture with even sides."""
    height, width = rgb.shape[:2]
    half = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    luma = cv2.transform(rgb, _FROM_RGB[:1])
    u, v = cv2.split(cv2.transform(half, _FROM_RGB[1:]))
    return Yuv(luma, u, v)


def rgb_of(planes: Yuv) -> Bytes:
    """The (h, w, 3) uint8 sRGB picture that planes show."""
    size = planes.y.shape[::-1]
    y = (planes.y.astype(np.float32) - 16) * 1.1644
    u = cv2.resize(planes.u, size).astype(np.float32) - 128
    v = cv2.resize(planes.v, size).astype(np.float32) - 128
    rgb = cv2.merge((y + 1.7927 * v, y - 0.2132 * u - 0.5329 * v, y + 2.1124 * u))
    picture: Bytes = np.clip(rgb, 0, 255).astype(np.uint8)
    return picture


def sheet_of(rgb: Bytes, alpha: Bytes) -> Sheet:
    """Planes with holes.

    Args:
        rgb: (h, w, 3) uint8 sRGB, both sides even, straight (not multiplied by `alpha`).
        alpha: (h, w) uint8, 255 where nothing shows through.
    """
    whole = yuv_of(rgb)
    height, width = alpha.shape
    half = cv2.resize(alpha, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    faded = Yuv(
        cv2.multiply(whole.y, alpha, scale=1 / 255),
        cv2.multiply(whole.u, half, scale=1 / 255),
        cv2.multiply(whole.v, half, scale=1 / 255),
    )
    return Sheet(faded, cv2.bitwise_not(alpha), cv2.bitwise_not(half))
