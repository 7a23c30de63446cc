"""Painted plates: sky, ridges, buildings, each flat and each at its own distance."""

from __future__ import annotations

from dataclasses import dataclass

import cv2

from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.planes import Bytes, Canvas, Sheet, Yuv, rgb_of, yuv_of
from ltx_widgets.engines.preview.warp import zoom_into

__all__ = ["Plate", "flatten"]


@dataclass(frozen=True, slots=True)
class Plate:
    """One flat painting as large as the painted world.

    Attributes:
        picture: Planes without holes, or a sheet with holes.
        canvas: Its geometry.
        nearness: Its distance, see `camera`.
        top: First painted row; above it there is nothing.
        solid: First row from which on there are no holes; the world's height if there is none.
        bottom: Row after the last painted one.
    """

    picture: Yuv | Sheet
    canvas: Canvas
    nearness: float
    top: int
    solid: int
    bottom: int

    def row_in_frame(self, row: int, view: View) -> int:
        """Where a painted row is in the frame; even, within the frame."""
        canvas = self.canvas
        y = (row - canvas.skyline) * view.scale(self.nearness) + canvas.horizon
        y += view.shift(self.nearness)[1]
        return min(max(-(-round(y) // 2) * 2, 0), canvas.height)

    def hides_from(self, view: View, floor: int) -> int:
        """First row of the frame from which nothing behind shows, down to the row `floor`."""
        if self.solid >= self.bottom or self.row_in_frame(self.bottom, view) < floor:
            return floor
        return self.row_in_frame(self.solid, view)

    def draw(self, to: Yuv, view: View, last_row: int) -> None:
        """Draw it over what is there.

        Args:
            to: The frame.
            view: Where the camera is.
            last_row: Rows from here on will be covered by others, so they need no drawing.
        """
        top = self.row_in_frame(self.top, view)
        end = min(self.row_in_frame(self.bottom, view), last_row)
        if isinstance(self.picture, Yuv):
            self._copy(to, self.picture, view, (top, end))
            return
        solid = min(self.row_in_frame(self.solid, view), end)
        self._blend(to, self.picture, view, (top, solid))
        self._copy(to, self.picture.colour, view, (solid, end))

    def _corner(self, view: View) -> tuple[float, float, float]:
        """Magnification, and the painted column and row at the frame's upper left corner."""
        canvas = self.canvas
        scale = view.scale(self.nearness)
        x, y = view.shift(self.nearness)
        middle = canvas.width / 2
        return (
            scale,
            canvas.margin_x + middle - (middle + x) / scale,
            canvas.skyline - (canvas.horizon + y) / scale,
        )

    def _copy(self, to: Yuv, source: Yuv, view: View, rows: tuple[int, int]) -> None:
        scale, x, y = self._corner(view)
        zoom_into(to.y, source.y, scale=scale, x=x, y=y, rows=rows)
        half = rows[0] // 2, rows[1] // 2
        for plane, painted in ((to.u, source.u), (to.v, source.v)):
            zoom_into(plane, painted, scale=scale, x=x / 2, y=y / 2, rows=half)

    def _blend(self, to: Yuv, sheet: Sheet, view: View, rows: tuple[int, int]) -> None:
        if rows[1] <= rows[0]:
            return
        scale, x, y = self._corner(view)
        clears = (sheet.clear, sheet.clear_half, sheet.clear_half)
        for number, plane in enumerate(to.planes):
            size = 2 if number else 1
            part = plane[rows[0] // size : rows[1] // size]
            at = {"scale": scale, "x": x / size, "y": y / size + rows[0] // size / scale}
            _let_through(part, clears[number], at)
            _put_on(part, sheet.colour.planes[number], at)


def flatten(behind: Bytes, plates: tuple[Plate, ...]) -> Bytes:
    """One painting of all, (h, w, 3) uint8 sRGB: what water mirrors."""
    flat = yuv_of(behind)
    for plate in plates:
        sheet = plate.picture
        if isinstance(sheet, Yuv):
            continue
        masks = (sheet.clear, sheet.clear_half, sheet.clear_half)
        for plane, mask, colour in zip(flat.planes, masks, sheet.colour.planes, strict=True):
            cv2.multiply(plane, mask, dst=plane, scale=1 / 255)
            cv2.add(plane, colour, dst=plane)
    return rgb_of(flat)


def _let_through(part: Bytes, clear: Bytes, at: dict[str, float]) -> None:
    mask = _cut(part, clear, at)
    cv2.multiply(part, mask, dst=part, scale=1 / 255)


def _put_on(part: Bytes, colour: Bytes, at: dict[str, float]) -> None:
    cv2.add(part, _cut(part, colour, at), dst=part)


def _cut(part: Bytes, plane: Bytes, at: dict[str, float]) -> Bytes:
    cut = part.copy()
    zoom_into(cut, plane, scale=at["scale"], x=at["x"], y=at["y"], rows=(0, part.shape[0]))
    return cut
