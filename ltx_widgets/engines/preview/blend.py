"""Draw one or two bent pictures into a frame, tile by tile, on two threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.relief import CELL, Floats, Relief, Tile, bend, tiles

__all__ = ["Brush"]

_CELLS = (CELL, CELL // 2, CELL // 2)


class Brush:
    """Draws frames. Bending costs more than encoding, so the work is shared by two threads.

    Each pixel depends on nothing but its tile: the frames are the same on any number of threads.
    """

    def __init__(self) -> None:
        self._assistant = ThreadPoolExecutor(1, "bend")

    def close(self) -> None:
        """End its thread."""
        self._assistant.shutdown(wait=True, cancel_futures=True)

    def draw(self, to: Yuv, relief: Relief, looks: Floats) -> None:
        """Draw a whole frame of one picture.

        Args:
            to: The frame, written.
            relief: The picture.
            looks: Where each node looks; see `Relief.seen`.
        """
        self._share(relief.size, lambda tile: _draw_one(to, (relief, looks), tile))

    def draw_both(
        self, to: Yuv, one: tuple[Relief, Floats], other: tuple[Relief, Floats], weight: Floats
    ) -> None:
        """Draw a whole frame of two pictures.

        Args:
            to: The frame, written.
            one: A picture, and where each node looks in it.
            other: The same of the second picture.
            weight: (rows, columns) of the nodes: 0 where the first is shown, 1 where the second.
        """

        def draw(tile: Tile) -> None:
            part = tile.nodes(weight)
            # Most tiles of most frames show one picture only.
            if part.max() <= 0:
                _draw_one(to, one, tile)
            elif part.min() >= 1:
                _draw_one(to, other, tile)
            else:
                _draw_mixed(to, one, other, weight, tile)

        self._share(one[0].size, draw)

    def _share(self, size: tuple[int, int], draw: Callable[[Tile], None]) -> None:
        whole = list(tiles(size))

        def draw_rest() -> None:
            for tile in whole[1::2]:
                draw(tile)

        rest = self._assistant.submit(draw_rest)
        for tile in whole[::2]:
            draw(tile)
        rest.result()


def _draw_one(to: Yuv, side: tuple[Relief, Floats], tile: Tile) -> None:
    _bend_all(_pixels(to, tile), side, tile)


def _draw_mixed(
    to: Yuv, one: tuple[Relief, Floats], other: tuple[Relief, Floats], weight: Floats, tile: Tile
) -> None:
    below = _pixels(to, tile)
    above = Yuv(*(np.empty(plane.shape, np.uint8) for plane in below.planes))
    _bend_all(below, one, tile)
    _bend_all(above, other, tile)
    for target, plane, cell in zip(below.planes, above.planes, _CELLS, strict=True):
        share = np.ascontiguousarray(tile.spread(weight, cell, target.shape))
        target[:] = cv2.blendLinear(target, plane, 1 - share, share)


def _pixels(to: Yuv, tile: Tile) -> Yuv:
    return Yuv(*(tile.pixels(plane, cell) for plane, cell in zip(to.planes, _CELLS, strict=True)))


def _bend_all(to: Yuv, side: tuple[Relief, Floats], tile: Tile) -> None:
    relief, looks = side
    bend((to.y,), (relief.planes.y,), looks, tile, cell=CELL)
    bend((to.u, to.v), (relief.planes.u, relief.planes.v), looks, tile, cell=CELL // 2)
