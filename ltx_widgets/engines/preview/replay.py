"""Show a stretch of a clip again where it loops, with its ends joined so that nobody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.reel import read_ahead
from ltx_widgets.video.encode import Picture
from ltx_widgets.video.source import VideoSource

__all__ = ["Replay", "frame_at"]

_JOIN_S = 0.4

Difference = NDArray[np.int16]


class Replay:
    """The frames of a loop, over and over.

    The seam's frame and the one that looks like it differ a little. That difference is added to
    the frames next to the seam, less with every frame: so the step over the seam is a step that
    the clip itself took.

    Args:
        path: The clip.
        fps: Its frames per second.
        first: Number of the loop's first frame.
        length: Frames in the loop.
        backwards: Whether the loop leads up to the clip's first frame instead of on from its last.
        seam: The clip's frame at the seam.
    """

    def __init__(
        self, path: Path, *, fps: Fraction, first: int, length: int, backwards: bool, seam: Picture
    ) -> None:
        self._path, self._fps = path, fps
        self._first, self._length = first, length
        self._backwards = backwards
        self._join = max(1, min(round(_JOIN_S * fps), length // 2))
        like = frame_at(path, first + length if backwards else first - 1, fps)
        self._differences: list[Difference] = [
            cv2.subtract(one, other, dtype=cv2.CV_16S)
            for one, other in zip(_planes(seam), _planes(like), strict=True)
        ]

    def frames(self, count: int) -> Iterator[tuple[Picture, float]]:
        """So many frames, in order; the first, or with `backwards` the last, is at the seam.

        Yields:
            A frame of the clip, and how much of the difference `join` is to add.
        """
        skipped = -count % self._length if self._backwards else 0
        while count > 0:
            shown = min(count, self._length - skipped)
            with read_ahead(partial(self._open, self._first + skipped, shown)) as pictures:
                for number, picture in enumerate(pictures, skipped):
                    away = self._length - 1 - number if self._backwards else number
                    yield picture, max(0.0, 1 - away / self._join)
            count -= shown
            skipped = 0

    def join(self, frame: Picture, part: float, to: Yuv) -> None:
        """Write a frame of `frames` with that part of the difference added."""
        for plane, difference, target in zip(
            _planes(frame), self._differences, to.planes, strict=True
        ):
            if part:
                cv2.addWeighted(plane, 1, difference, part, 0, dst=target, dtype=cv2.CV_8U)
            else:
                target[:] = plane

    def _open(self, start: int, shown: int) -> VideoSource:
        return VideoSource(
            self._path, start_s=float(start / self._fps), end_s=float((start + shown) / self._fps)
        )


def frame_at(path: Path, number: int, fps: Fraction) -> Picture:
    """One frame of a clip."""
    with VideoSource(path, start_s=float(number / fps), end_s=float((number + 1) / fps)) as source:
        return next(iter(source.frames()))


def _planes(picture: Picture) -> tuple[NDArray[np.uint8], ...]:
    return picture.y, picture.u, picture.v
