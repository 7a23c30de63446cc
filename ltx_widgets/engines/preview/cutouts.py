"""Small pictures with holes, set into the frame: animals, people, lamps, the badge."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ltx_widgets.engines.preview.planes import Bytes, Sheet, Yuv, sheet_of

__all__ = ["Cutout", "cutout_of", "put"]


@dataclass(frozen=True, slots=True)
class Cutout:
    """A sheet of even size and where it touches the ground.

    Attributes:
        sheet: Its planes.
        foot: Column and row, in pixels, of the point that is placed.
    """

    sheet: Sheet
    foot: tuple[float, float]

    def resized(self, scale: float) -> Cutout:
        """The same, larger or smaller."""
        height, width = self.sheet.clear.shape
        half = max(1, round(width * scale / 2)), max(1, round(height * scale / 2))
        full = half[0] * 2, half[1] * 2
        how = cv2.INTER_LINEAR
        colour = self.sheet.colour
        planes = Yuv(
            cv2.resize(colour.y, full, interpolation=how),
            cv2.resize(colour.u, half, interpolation=how),
            cv2.resize(colour.v, half, interpolation=how),
        )
        clear = cv2.resize(self.sheet.clear, full, interpolation=how)
        clear_half = cv2.resize(self.sheet.clear_half, half, interpolation=how)
        foot = self.foot[0] * full[0] / width, self.foot[1] * full[1] / height
        return Cutout(Sheet(planes, clear, clear_half), foot)


def cutout_of(rgba: Bytes, foot: tuple[float, float], *, flip: bool = False) -> Cutout:
    """A cutout from an (h, w, 4) uint8 sRGB picture with straight alpha.

    Args:
        rgba: The picture; odd sides are padded by one.
        foot: Column and row of the point that is placed.
        flip: Whether it is mirrored, to face the other way.
    """
    if flip:
        rgba = np.ascontiguousarray(rgba[:, ::-1])
        foot = rgba.shape[1] - 1 - foot[0], foot[1]
    height, width = rgba.shape[:2]
    rgba = cv2.copyMakeBorder(rgba, 0, height % 2, 0, width % 2, cv2.BORDER_CONSTANT)
    rgb = np.ascontiguousarray(rgba[..., :3])
    return Cutout(sheet_of(rgb, np.ascontiguousarray(rgba[..., 3])), foot)


def put(to: Yuv, cutout: Cutout, x: float, y: float) -> None:
    """Set a cutout into the frame with its foot at column x and row y; parts outside are cut."""
    # Chroma planes have half the columns, so whole steps are two pixels there.
    left = round((x - cutout.foot[0]) / 2) * 2
    top = round((y - cutout.foot[1]) / 2) * 2
    sheet = cutout.sheet
    clears = (sheet.clear, sheet.clear_half, sheet.clear_half)
    for number, plane in enumerate(to.planes):
        size = 2 if number else 1
        _put_plane(plane, sheet.colour.planes[number], clears[number], left // size, top // size)


def _put_plane(plane: Bytes, colour: Bytes, clear: Bytes, left: int, top: int) -> None:
    height, width = plane.shape
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(width, left + colour.shape[1]), min(height, top + colour.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = plane[y0:y1, x0:x1]
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    cv2.multiply(part, clear[inside], dst=part, scale=1 / 255)
    cv2.add(part, colour[inside], dst=part)
