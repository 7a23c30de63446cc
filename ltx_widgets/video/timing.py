"""Find the rate of a video from its timestamps, and even out those that have none."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np

__all__ = ["Timing", "even_out", "time_frames"]

T = TypeVar("T")

_NTSC = tuple(Fraction(1000 * rate, 1001) for rate in (24, 30, 48, 60))
_ROUND = tuple(map(Fraction, (24, 25, 30, 48, 50, 60)))
_WHOLE = tuple(map(Fraction, range(1, 61)))
_MOST = 60
# Timestamps in whole milliseconds, as Matroska has them, are this far off at most.
_ROUNDING_S = 0.0011
# A rate is snapped to a usual one that is as near as this: 24 and 24000/1001 differ by 0.001.
_NEAR = 0.004
# A frame that comes later or earlier than this part of a step makes a video's rate variable, if
# more than this part of all frames do.
_LATE = 0.12
_FEW = 0.02


@dataclass(frozen=True, slots=True)
class Timing:
    """When the frames of a video are shown.

    Attributes:
        fps: The constant rate that comes nearest.
        variable: Whether the frames come at other than equal distances.
        start: The first frame's timestamp, in ticks of the stream.
        duration: Seconds from the first frame to the end of the last.
    """

    fps: Fraction
    variable: bool
    start: int
    duration: float


def time_frames(
    stamps: array[int], *, tick: Fraction, last_ticks: int, hint: Fraction | None
) -> Timing:
    """Read the rate of a video.

    Args:
        stamps: Presentation timestamps in any order, one at least.
        tick: Seconds of one unit of them.
        last_ticks: How long the last frame is shown; 0 where nobody says.
        hint: The rate that the file claims; believed only where the timestamps agree.
    """
    times = np.unique(np.frombuffer(stamps, np.int64))
    start, end = int(times[0]), int(times[-1])
    if len(times) == 1:
        fps = _usual(hint or Fraction(24), _WHOLE + _NTSC)
        seconds = float(last_ticks * tick) or float(1 / fps)
        return Timing(fps, variable=False, start=start, duration=seconds)
    steps = np.diff(times)
    step = float(np.median(steps))
    off = np.abs(steps - step) > max(_LATE * step, _ROUNDING_S / float(tick))
    variable = float(np.mean(off)) > _FEW
    mean = Fraction(len(steps), end - start) / tick
    if hint and abs(float(hint / mean) - 1) < _NEAR:
        mean = hint
    fps = _nearest(mean, _ROUND) if variable else _usual(mean, _WHOLE + _NTSC)
    # A last frame that is said to stay for long is a slip of the file more often than meant.
    last = min(last_ticks or step, 10 * step)
    return Timing(fps, variable, start, float((end - start + Fraction(last)) * tick))


def even_out(
    frames: Iterable[tuple[float, T]], *, fps: Fraction, start_s: float, num_frames: int
) -> Iterator[T]:
    """Repeat and drop frames so that they come at a constant rate.

    Args:
        frames: Each with the time it is shown at, in seconds, in order.
        fps: The constant rate.
        start_s: Time of the first frame wanted.
        num_frames: How many are wanted; the last that comes is repeated if need be.

    Yields:
        The frame nearest in time, for each of the times wanted.
    """
    step = float(1 / fps)
    held: T | None = None
    held_at = 0.0
    given = 0
    for at, frame in frames:
        if held is not None:
            middle = (held_at + at) / 2
            while given < num_frames and start_s + given * step < middle:
                yield held
                given += 1
        if given == num_frames:
            return
        held, held_at = frame, at
    while held is not None and given < num_frames:
        yield held
        given += 1


def _usual(rate: Fraction, known: tuple[Fraction, ...]) -> Fraction:
    """The rate itself, made exact where it is nearly a usual one, and at most 60."""
    rate /= max(1, -int(-rate * 1000 // (_MOST * 1001)))
    near = _nearest(rate, known)
    if abs(float(near / rate) - 1) < _NEAR:
        return near
    return max(Fraction(1), rate.limit_denominator(1001))


def _nearest(rate: Fraction, known: tuple[Fraction, ...]) -> Fraction:
    return min(known, key=lambda fps: abs(fps - rate))
