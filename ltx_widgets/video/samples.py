"""Turn decoded sound of any kind into stereo samples at one rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["Samples", "resampled", "stereo_of"]

Samples = NDArray[np.float32]
"""(2, n) float32 within -1 and 1, left and right."""

# What a centre or a rear channel gives to both sides, ITU-R BS.775.
_SHARED = 0.7071
# A wav often says no more than that there are two: those are left and right.
_UNNAMED = ["NONE", "NONE"]
_FULL_SCALE = {"u8": 128.0, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


def stereo_of(frame: Any) -> Samples:
    """A frame's samples as (2, n) float32: one channel doubled, many mixed down."""
    array = frame.to_ndarray()
    kind = frame.format.name
    names = [channel.name for channel in frame.layout.channels]
    if not frame.format.is_planar:
        array = array.reshape(-1, len(names)).T
    scale = _FULL_SCALE.get(kind.removesuffix("p"), 1.0)
    samples = array.astype(np.float32) / np.float32(scale)
    if kind.startswith("u8"):
        samples -= 1.0
    if len(names) == 1:
        samples = np.repeat(samples, 2, axis=0)
    elif names not in (["FL", "FR"], _UNNAMED):
        samples = _downmix(names) @ samples
    clean: Samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    return clean


def _downmix(names: list[str]) -> Samples:
    """Gains, (2, channels), that never add up to more than full scale."""
    gains = np.zeros((2, len(names)), np.float32)
    for column, name in enumerate(names):
        if name == "LFE":
            continue
        front = name in ("FL", "FR")
        gain = 1.0 if front else _SHARED
        if name.endswith("L") or not name.endswith("R"):
            gains[0, column] = gain
        if name.endswith("R") or not name.endswith("L"):
            gains[1, column] = gain
    scaled: Samples = gains / np.maximum(gains.sum(axis=1, keepdims=True), 1.0)
    return scaled


def resampled(chunks: Iterator[Samples], rate: int, source_rate: int) -> Iterator[Samples]:
    """Stretches at another rate, together as long as the rounded time they last, to the sample.

    Args:
        chunks: (2, n) float32 at `source_rate`.
        rate: Samples per second of what is yielded.
        source_rate: Samples per second of `chunks`.
    """
    if rate == source_rate:
        yield from chunks
        return
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=rate)
    taken = given = 0
    for chunk in chunks:
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(chunk), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = source_rate, None
        taken += chunk.shape[1]
        for made in resampler.resample(frame):
            # The filter may be ahead by a few samples; they may turn out to lie behind the end.
            room = taken * rate // source_rate - given
            piece = made.to_ndarray()[:, :room]
            given += piece.shape[1]
            yield piece
    yield from _last_of(resampler, round(taken * rate / source_rate) - given)


def _last_of(resampler: Any, missing: int) -> Iterator[Samples]:
    for made in resampler.resample(None):
        piece = made.to_ndarray()[:, :missing]
        missing -= piece.shape[1]
        if piece.shape[1]:
            yield piece
    if missing > 0:
        yield np.zeros((2, missing), np.float32)
