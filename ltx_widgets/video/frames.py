"""Frames of a clip as arrays: one at a time, never all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.errors import MediaError
from ltx_widgets.video.probe import open_video

__all__ = ["each_frame", "frame_at", "last_frame"]

RGB = NDArray[np.uint8]

_BT709 = 1
# Seeking lands on a key frame; this much earlier there is one, if there is any at all.
_BEFORE_END_S = 2.0


def each_frame(path: Path) -> Iterator[RGB]:
    """Every frame in order, as (height, width, 3) uint8 sRGB arrays.

    Raises:
        MediaError: the file is no video, or is damaged; frames before the damage come first.
    """
    with open_video(path) as file:
        file.streams.video[0].thread_type = "SLICE"
        for frame in _decoded(file, path):
            yield _rgb(frame)


def frame_at(path: Path, seconds: float) -> RGB:
    """The frame that is shown at one moment, as an (height, width, 3) uint8 sRGB array.

    Args:
        path: The clip.
        seconds: From 0 to the clip's length.

    Raises:
        MediaError: the file is no video, or nothing is shown then.
    """
    with open_video(path) as file:
        stream = file.streams.video[0]
        # Half a frame of slack: 2.5 s written as a float may lie a hair before its frame.
        moment = seconds + 0.5 / float(stream.average_rate or 25)
        file.seek(max(0, int(seconds / stream.time_base)), stream=stream)
        shown = None
        for frame in _decoded(file, path):
            if frame.time is not None and frame.time > moment and shown is not None:
                break
            shown = frame
            if frame.time is not None and frame.time > moment:
                break
        if shown is None:
            raise MediaError(f"{path.name} shows nothing at {seconds:g} s")
        return _rgb(shown)


def last_frame(path: Path) -> RGB:
    """The last frame, as an (height, width, 3) uint8 sRGB array."""
    with open_video(path) as file:
        stream = file.streams.video[0]
        if stream.duration and stream.time_base:
            end = float(stream.duration * stream.time_base)
            file.seek(max(0, int((end - _BEFORE_END_S) / stream.time_base)), stream=stream)
        last = None
        for last in _decoded(file, path):  # noqa: B007 - the last one is what is wanted
            pass
        if last is None:
            raise MediaError(f"{path.name} holds no frame that can be decoded")
        return _rgb(last)


def _decoded(file: Any, path: Path) -> Iterator[Any]:
    try:
        yield from file.decode(video=0)
    except av.FFmpegError as error:
        raise MediaError(f"{path.name} is damaged; it cannot be decoded to its end") from error


def _rgb(frame: Any) -> RGB:
    # swscale takes BT.601 where a frame says nothing; ours and the services' clips are BT.709.
    known = frame.colorspace in (_BT709, 5, 6)
    rgb: RGB = frame.reformat(
        format="rgb24", src_colorspace=frame.colorspace if known else _BT709
    ).to_ndarray()
    return rgb
