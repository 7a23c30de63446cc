"""Draw two bent pictures into one frame, each where it has the say."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.relief import CELL, Floats, Relief, Tile, bend, tiles

__all__ = ["draw_bent", "draw_both"]

_CELLS = (CELL, CELL // 2, CELL // 2)


def draw_bent(to: Yuv, relief: Relief, looks: Floats) -> None:
    """Draw a whole frame of one picture.

    Args:
        to: The frame, written.
        relief: The picture.
        looks: Where each node looks; see `Relief.seen`.
    """
    for tile in tiles(relief.size):
        for target, plane, cell in zip(to.planes, relief.planes.planes, _CELLS, strict=True):
            bend(tile.pixels(target, cell), plane, looks, tile, cell=cell)


def draw_both(
    to: Yuv, one: tuple[Relief, Floats], other: tuple[Relief, Floats], weight: Floats
) -> None:
    """Draw a whole frame of two pictures.

    Args:
        to: The frame, written.
        one: A picture, and where each node looks in it.
        other: The same of the second picture.
        weight: (rows, columns) of the nodes: 0 where the first is shown, 1 where the second is.
    """
    for tile in tiles(one[0].size):
        part = tile.nodes(weight)
        least, most = float(part.min()), float(part.max())
        for number, cell in enumerate(_CELLS):
            target = tile.pixels(to.planes[number], cell)
            sides = [(relief.planes.planes[number], looks) for relief, looks in (one, other)]
            # Most tiles of most frames show one picture only.
            if least >= 1 or most <= 0:
                plane, looks = sides[least >= 1]
                bend(target, plane, looks, tile, cell=cell)
            else:
                _mix(target, sides, weight, tile, cell)


def _mix(
    to: Bytes, sides: list[tuple[Bytes, Floats]], weight: Floats, tile: Tile, cell: int
) -> None:
    drawn = [np.empty(to.shape, np.uint8) for _ in sides]
    for target, (plane, looks) in zip(drawn, sides, strict=True):
        bend(target, plane, looks, tile, cell=cell)
    share = np.ascontiguousarray(tile.spread(weight, cell, to.shape))
    to[:] = cv2.blendLinear(drawn[0], drawn[1], 1 - share, share)
