"""Read how a clip moves where it is to go on: its camera, what else moves, and whether it loops."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.planes import Bytes

__all__ = ["Field", "Loop", "Motion", "MotionReader"]

Field = NDArray[np.float32]
"""(h, w, 2) float32: pixels to the right and down, or columns and rows."""

_GLANCE = 320
_TRACE = 64
# The move at the seam is that of the last third of a second: long enough to be steady, short
# enough that a camera which is just slowing down is not taken for a fast one.
_NEAR_S = 0.35
_MOST_PAIRS = 8
_GRID = 8
_EDGE = 14.0
_FEWEST_POINTS = 40
_FEWEST_AGREE = 0.3
_OUTLIER = 0.5
# Pixels of a glance per frame below which flow is noise.
_NOISE = 0.12
_SHORTEST_LOOP_S = 1.0
_WINDOW_S = 0.4
_WINDOW_LOOKS = 8
# A loop must come back as near as this, in steps from one frame to the next; with a camera that
# stands, the eye forgives more.
_NEAR_STEPS = 1.2
_NEAR_STEPS_STANDING = 2.0
_STANDING = 0.006
# Levels from frame to frame below which a clip stands still, and looping it would too.
_STILL = 0.12


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of the clip that may be shown again and again.

    Attributes:
        length: Frames, counted from the seam into the clip.
        distance: Mean levels between the seam and the place that looks like it.
    """

    length: int
    distance: float


@dataclass(frozen=True, slots=True)
class Motion:
    """How a clip moves at its seam, away from the clip.

    Attributes:
        x: Frame widths a second that the picture moves right.
        y: Frame widths a second that it moves down.
        zoom: Natural logarithm of its magnification a second.
        turn: Radians a second, clockwise.
        rest: (h, w, 2) pixels of this small field a second that its parts move beside that.
        loop: A stretch to repeat; None where nothing in the context is like the seam.
    """

    x: float
    y: float
    zoom: float
    turn: float
    rest: Field
    loop: Loop | None

    @property
    def standing(self) -> bool:
        """Whether the camera does not move."""
        return max(abs(self.x), abs(self.y), abs(self.zoom) / 2, abs(self.turn) / 2) < _STANDING


class MotionReader:
    """Looks at the frames of the context, in order, and keeps small copies of them.

    Args:
        fps: Frames per second.
        context: Frames that count: the last ones looked at, or the first.
        backwards: Whether the clip is to go on before its first frame instead of after its last.
    """

    def __init__(self, fps: Fraction, context: int, *, backwards: bool = False) -> None:
        self._fps = float(fps)
        self._context = max(2, context)
        self._backwards = backwards
        self._near = max(2, min(round(_NEAR_S * self._fps), _MOST_PAIRS)) + 1
        self._glances: deque[Bytes] = deque(maxlen=None if backwards else self._near)
        self._traces: deque[Bytes] = deque(maxlen=None if backwards else self._context)

    def look(self, luma: Bytes) -> None:
        """Take in the next frame.

        Args:
            luma: (h, w) uint8, any size, the same each time.
        """
        if self._backwards and len(self._traces) >= self._context:
            return
        height, width = luma.shape
        scale = _GLANCE / max(width, height)
        size = max(16, round(width * scale)), max(16, round(height * scale))
        glance = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
        if not self._backwards or len(self._glances) < self._near:
            self._glances.append(glance)
        small = max(8, size[0] * _TRACE // _GLANCE), max(8, size[1] * _TRACE // _GLANCE)
        self._traces.append(cv2.resize(glance, small, interpolation=cv2.INTER_AREA))

    def read(self) -> Motion:
        """The motion at the seam; none where fewer than two frames were seen."""
        glances, traces = list(self._glances), list(self._traces)
        if self._backwards:
            glances, traces = glances[::-1], traces[::-1]
        if not glances:
            return Motion(0, 0, 0, 0, np.zeros((2, 2, 2), np.float32), None)
        moves, rest = self._moves(glances)
        per_second = moves * self._fps
        width = glances[0].shape[1]
        x, y = per_second[0] / width, per_second[1] / width
        motion = Motion(float(x), float(y), float(per_second[2]), float(per_second[3]), rest, None)
        loop = self._loop(traces, standing=motion.standing)
        return Motion(motion.x, motion.y, motion.zoom, motion.turn, rest, loop)

    def _moves(self, glances: list[Bytes]) -> tuple[NDArray[np.float64], Field]:
        """Mean camera move from frame to frame, and what it leaves unexplained a second."""
        flow_of = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        shape = glances[0].shape
        total, rest = np.zeros(4), np.zeros((*shape, 2), np.float32)
        for before, after in pairwise(glances):
            flow = flow_of.calc(before, after, None)
            move = _camera(before, flow)
            total += move
            rest += flow - _field(move, shape)
        pairs = max(1, len(glances) - 1)
        rest /= pairs
        size = np.linalg.norm(rest, axis=2, keepdims=True)
        rest *= np.maximum(0, 1 - _NOISE / np.maximum(size, 1e-6))
        rest = cv2.GaussianBlur(rest, (0, 0), 2.5) * np.float32(self._fps)
        return total / pairs, rest

    def _loop(self, traces: list[Bytes], *, standing: bool) -> Loop | None:
        count = len(traces)
        window = max(2, round(_WINDOW_S * self._fps))
        shortest = max(window, round(_SHORTEST_LOOP_S * self._fps))
        # One more frame than the loop: the one before it is needed to join the ends.
        last = count - 1 - shortest
        if last < window:
            return None
        stack = np.stack(traces).reshape(count, -1).astype(np.int16)
        step = float(np.abs(np.diff(stack[-4 * window :], axis=0)).mean())
        if step < _STILL:
            return None
        ends = np.arange(window, last + 1)
        apart = np.zeros(len(ends))
        back = range(0, window, max(1, window // _WINDOW_LOOKS))
        for ago in back:
            apart += np.abs(stack[ends - ago] - stack[count - 1 - ago]).mean(axis=1)
        apart /= len(back)
        nearest = float(apart.min())
        if nearest > step * (_NEAR_STEPS_STANDING if standing else _NEAR_STEPS):
            return None
        # Of those about as near, the longest: it is seen again last.
        first = int(np.flatnonzero(apart <= nearest * 1.1 + 0.05)[0])
        return Loop(count - 1 - int(ends[first]), float(apart[first]))


def _camera(before: Bytes, flow: Field) -> NDArray[np.float64]:
    """Pixels right and down, log magnification and turn about the centre, by most edges' vote."""
    height, width = before.shape
    across = cv2.Sobel(before, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(before, cv2.CV_32F, 0, 1)
    edges = cv2.magnitude(across, down)[_GRID // 2 :: _GRID, _GRID // 2 :: _GRID]
    rows, columns = np.nonzero(edges > _EDGE)
    if len(rows) < _FEWEST_POINTS:
        return np.zeros(4)
    x, y = columns * _GRID + _GRID // 2, rows * _GRID + _GRID // 2
    start = np.stack([x - (width - 1) / 2, y - (height - 1) / 2], axis=1).astype(np.float32)
    cv2.setRNGSeed(0)
    matrix, agree = cv2.estimateAffinePartial2D(
        start, start + flow[y, x], method=cv2.RANSAC, ransacReprojThreshold=_OUTLIER
    )
    if matrix is None or agree.mean() < _FEWEST_AGREE:
        return np.zeros(4)
    a, b = matrix[0, 0], matrix[1, 0]
    return np.array([matrix[0, 2], matrix[1, 2], np.log(np.hypot(a, b)), np.arctan2(b, a)])


def _field(move: NDArray[np.float64], shape: tuple[int, ...]) -> Field:
    """The flow that a camera move makes everywhere."""
    height, width = shape
    x = np.arange(width, dtype=np.float32) - (width - 1) / 2
    y = np.arange(height, dtype=np.float32) - (height - 1) / 2
    scale = np.exp(move[2])
    a, b = scale * np.cos(move[3]) - 1, scale * np.sin(move[3])
    right = a * x[None, :] - b * y[:, None] + move[0]
    down = b * x[None, :] + a * y[:, None] + move[1]
    return np.stack([right, down], axis=2).astype(np.float32)
