"""A flat picture as a relief: bent by a coarse mesh as a moving camera would see it.

The mesh has one node for every 8 x 8 pixels. Where a node looks is worked out on the mesh alone;
between nodes it is interpolated while the picture is read, a few rows at a time, so that the maps
stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.planes import Bytes, Yuv

__all__ = ["CELL", "Floats", "Relief", "Tile", "bend", "mesh_of", "tiles"]

Floats = NDArray[np.float32]
CELL = 8
"""Pixels between two nodes, in both directions."""

_TILE_ROWS, _TILE_COLUMNS = 15, 40
_ROUNDS = 2
_MIRRORED = cv2.BORDER_REFLECT_101


@dataclass(frozen=True, slots=True)
class Relief:
    """A picture, its distances, and the part of it that a clip begins with.

    Attributes:
        planes: The picture; it may reach beyond the frame.
        nearness: One value for each 8 x 8 pixels of it, 0 far to 1 near.
        left: Column of the picture at the frame's left edge; even.
        top: Row of the picture at the frame's upper edge; even.
        size: Width and height of the frame.
        focus: Column and row of the frame that a push goes to.
    """

    planes: Yuv
    nearness: Floats
    left: int
    top: int
    size: tuple[int, int]
    focus: tuple[float, float]

    def still(self) -> Yuv:
        """The frame before anything has moved."""
        width, height = self.size
        rows = slice(self.top, self.top + height), slice(self.left, self.left + width)
        half = (
            slice(self.top // 2, (self.top + height) // 2),
            slice(self.left // 2, (self.left + width) // 2),
        )
        return Yuv(self.planes.y[rows], self.planes.u[half], self.planes.v[half])

    def seen(self, view: View, *, zoom: float = 1.0) -> Floats:
        """Where the nodes look.

        Args:
            view: Where the camera is.
            zoom: Magnification of everything, about the focus, beside that.

        Returns:
            (rows, columns, 2) columns and rows of the picture.
        """
        mesh = mesh_of(self.size)
        centre = np.array(self.focus, np.float32)
        corner = np.array((self.left, self.top), np.float32)
        turn = np.array((view.turn, view.tilt), np.float32)
        travel = np.array((view.travel, view.climb), np.float32)
        away = mesh - centre - turn
        looks = mesh + corner
        # What is seen at a node depends on how near it is, and that on what is seen: two rounds
        # settle it, because nearness changes slowly across the picture.
        for _ in range(_ROUNDS):
            near = self.nearness_at(looks)
            shrink = (1 - np.minimum(view.push * near, 0.8)) / zoom
            looks = (away - travel * near[..., None]) * shrink[..., None] + (centre + corner)
        return looks

    def nearness_at(self, looks: Floats) -> Floats:
        """How near the picture is at some of its pixels, (rows, columns, 2) columns and rows."""
        return _read(self.nearness, (looks - np.float32((CELL - 1) / 2)) / np.float32(CELL))

    def cover(self, view: View) -> float:
        """The least zoom at which no shift of this view shows beyond the picture's edge."""
        width, height = self.size
        rows, columns = self.planes.y.shape
        shifts = view.shift(0.0), view.shift(1.0)
        right, down = (max(0.0, *(shift[axis] for shift in shifts)) for axis in (0, 1))
        left, up = (max(0.0, *(-shift[axis] for shift in shifts)) for axis in (0, 1))
        lacks = (
            (right - self.left) / self.focus[0],
            (left - (columns - width - self.left)) / (width - self.focus[0]),
            (down - self.top) / self.focus[1],
            (up - (rows - height - self.top)) / (height - self.focus[1]),
        )
        return 1 + max(0.0, *map(float, lacks))


def mesh_of(size: tuple[int, int]) -> Floats:
    """The nodes of a frame: centres of its cells, and one row and column more on each side.

    Args:
        size: Width and height in pixels.

    Returns:
        (rows, columns, 2) float32: column and row in pixels.
    """
    across, down = (
        (np.arange(-1, -(-side // CELL) + 1, dtype=np.float32) * CELL + (CELL - 1) / 2)
        for side in size
    )
    return np.stack(np.meshgrid(across, down), axis=-1)


class Tile(NamedTuple):
    """Some cells of a frame: first row and column, and those after the last."""

    top: int
    left: int
    bottom: int
    right: int

    def nodes(self, values: Floats) -> Floats:
        """Values of the nodes of these cells, and one around them, out of `mesh_of`'s."""
        return values[self.top : self.bottom + 2, self.left : self.right + 2]

    def pixels(self, plane: Bytes, cell: int) -> Bytes:
        """The part of a frame's plane that these cells cover; `cell` as for `bend`."""
        return plane[self.top * cell : self.bottom * cell, self.left * cell : self.right * cell]

    def spread(self, values: Floats, cell: int, shape: tuple[int, ...]) -> Floats:
        """Values of the nodes, interpolated for these cells' pixels, cut to (rows, columns)."""
        part = self.nodes(values)
        whole = cv2.resize(part, (part.shape[1] * cell, part.shape[0] * cell))
        # The outer ring of nodes is there for interpolation only.
        inner: Floats = whole[cell : cell + shape[0], cell : cell + shape[1]]
        return inner


def tiles(size: tuple[int, int]) -> Iterator[Tile]:
    """A frame's tiles, small enough that their maps stay in the processor's cache.

    Args:
        size: Width and height of the frame, in pixels.
    """
    across, down = (-(-side // CELL) for side in size)
    for top in range(0, down, _TILE_ROWS):
        for left in range(0, across, _TILE_COLUMNS):
            yield Tile(top, left, min(down, top + _TILE_ROWS), min(across, left + _TILE_COLUMNS))


def bend(
    to: tuple[Bytes, ...], planes: tuple[Bytes, ...], looks: Floats, tile: Tile, *, cell: int
) -> None:
    """Draw one tile of planes of one size, each pixel where the nodes say that it looks.

    Args:
        to: The tile's pixels of the frame's planes, written.
        planes: The picture's planes; beyond its edges it is mirrored.
        looks: As from `Relief.seen`.
        tile: Which part of the frame it is.
        cell: Pixels of a cell in these planes: 8 for luma, 4 for chroma.
    """
    if cell != CELL:
        looks = (tile.nodes(looks) - np.float32(0.5)) / np.float32(2)
        tile = Tile(0, 0, tile.bottom - tile.top, tile.right - tile.left)
    maps = tile.spread(looks, cell, to[0].shape)
    for target, plane in zip(to, planes, strict=True):
        cv2.remap(plane, maps, None, cv2.INTER_LINEAR, dst=target, borderMode=_MIRRORED)


def _read(values: Floats, places: Floats) -> Floats:
    read: Floats = cv2.remap(
        values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return read
