"""A film or a sound at a glance: small pictures in a row, and how loud it is from end to end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Picture
from ltx_widgets.video.probe import open_video
from ltx_widgets.video.samples import Samples
from ltx_widgets.video.sound import sound_chunks, sound_facts
from ltx_widgets.video.source import picture_stream, survey
from ltx_widgets.video.timing import Timing
from ltx_widgets.video.upright import Upright

__all__ = ["filmstrip", "waveform"]

# FFmpeg's scale for JPEG: from nearly what it was, to squares. The first that fits is taken.
_QUANTISERS = (5, 8, 12, 18, 26, 31)
# Pixels to decode at most, a second's work of one core: a strip is there to find one's way. A film
# with few key frames shows its pictures somewhat early then.
_MOST_PIXELS = 300_000_000
_NARROWEST = 8
# What JPEG means by its colours.
_BT601 = 5


def filmstrip(path: Path, *, frames: int = 12, height: int = 48, max_bytes: int = 20_000) -> bytes:
    """Small pictures of a film in a row, as one JPEG; memory does not grow with its length.

    Args:
        path: The film; upright pictures are made of whatever it holds.
        frames: How many. Each shows what is on the screen in the middle of its share of the film.
        height: Pixels of the strip, even.
        max_bytes: The JPEG is never longer than this.

    Returns:
        A JPEG `frames` times as wide as one picture, which has the film's shape and an even width.
        The same film always gives the same bytes.

    Raises:
        MediaError: it is no film, is damaged, or does not fit in `max_bytes`.
    """
    facts, timing, turn = survey(path)
    width = max(_NARROWEST, round(facts.width * height / facts.height / 2) * 2)
    upright = Upright(width, height, turn, path.name)
    strip = Picture(width * frames, height)
    moments = [facts.duration * (number + 0.5) / frames for number in range(frames)]
    for number, frame in enumerate(_shown_at(path, timing, moments)):
        picture = upright.picture(frame)
        for to, plane in ((strip.y, picture.y), (strip.u, picture.u), (strip.v, picture.v)):
            wide = plane.shape[1]
            to[:, number * wide : (number + 1) * wide] = plane
    for quantiser in _QUANTISERS:
        data = _jpeg(strip, quantiser)
        if len(data) <= max_bytes:
            return data
    raise MediaError(
        f"{frames} pictures of {width}x{height} do not fit in {max_bytes} bytes; ask for fewer"
    )


def waveform(path: Path, *, bins: int, seconds: float | None = None) -> NDArray[np.float32]:
    """How loud the sound of any file is, from its start to its end.

    Args:
        path: A sound, or a film, whose sound begins with its first picture.
        bins: Into how many equal parts its time is divided.
        seconds: What all of them last together, such as a film's length; what the sound lasts if
            None.

    Returns:
        A (2, bins) float32 array, 0 to 1: the highest peak of each part, and its root mean square,
        of both channels together. Parts behind the sound's end are 0. Exact to a millisecond.

    Raises:
        MediaError: there is no sound, or it is damaged or cut short.
    """
    rate = sound_facts(path).rate
    peaks, squares = [], []
    for stretches in _milliseconds(sound_chunks(path, rate=rate, max_s=seconds), rate):
        peaks.append(np.abs(stretches).max(axis=(0, 2)))
        squares.append(np.square(stretches).mean(axis=(0, 2)))
    found = np.stack((np.concatenate(peaks), np.concatenate(squares)))
    if seconds is not None:
        wanted = max(1, round(seconds * rate / _stretch(rate)))
        found = np.pad(found, ((0, 0), (0, max(0, wanted - found.shape[1]))))[:, :wanted]
    edges = np.arange(bins + 1) * found.shape[1] // bins
    highest = np.maximum.reduceat(found[0], edges[:-1])
    mean = np.add.reduceat(found[1], edges[:-1]) / np.maximum(np.diff(edges), 1)
    loudness: NDArray[np.float32] = np.minimum((highest, np.sqrt(mean)), 1).astype(np.float32)
    return loudness


def _stretch(rate: int) -> int:
    """Samples of a millisecond, roughly: half an hour of them fits in 15 MB."""
    return rate // 1000


def _milliseconds(chunks: Iterable[Samples], rate: int) -> Iterator[NDArray[np.float32]]:
    """Sound as (2, n, samples of a millisecond) arrays; the last is filled up with silence."""
    size = _stretch(rate)
    rest: Samples = np.zeros((2, 0), np.float32)
    for chunk in chunks:
        joined = np.concatenate((rest, chunk), axis=1)
        whole = joined.shape[1] // size * size
        rest = joined[:, whole:]
        if whole:
            yield joined[:, :whole].reshape(2, -1, size)
    if rest.shape[1]:
        yield np.pad(rest, ((0, 0), (0, size - rest.shape[1])))[:, None]


def _shown_at(path: Path, timing: Timing, moments: Sequence[float]) -> Iterator[Any]:
    """For each moment, in order, the frame that is on the screen then, or one soon before it."""
    keys = _key_stamps(path)
    with open_video(path) as file:
        video = picture_stream(file, path)
        # Faster on two cores than a thread for each frame, and no frames wait in memory.
        video.thread_type = "SLICE"
        video.codec_context.options = {"skip_loop_filter": "all"}
        left = max(len(moments), _MOST_PIXELS // (video.width * video.height))
        shown = coming = None
        for number, moment in enumerate(moments):
            target = timing.start + int(moment / video.time_base)
            key = keys[max(0, bisect_right(keys, target) - 1)]
            if coming is None or coming.pts < key:
                file.seek(key, stream=video)
                decoded = _stamped(file.decode(video), path.name)
                shown, coming = None, next(decoded, None)
            for _ in range(left // (len(moments) - number)):
                if coming is None or coming.pts > target:
                    break
                left -= 1
                shown, coming = coming, next(decoded, None)
            if shown is None and coming is None:
                raise MediaError(f"{path.name} is damaged: it shows nothing at {moment:.2f} s")
            yield shown or coming


def _stamped(frames: Iterable[Any], name: str) -> Iterator[Any]:
    """Frames that say when they are shown."""
    try:
        yield from (frame for frame in frames if frame.pts is not None)
    except av.FFmpegError as error:
        raise MediaError(f"{name} is damaged; it cannot be decoded to its end") from error


def _key_stamps(path: Path) -> list[int]:
    """When the frames are shown that need no others, in ticks of the stream; one at least."""
    with open_video(path) as file:
        found = [
            packet.pts
            for packet in file.demux(picture_stream(file, path))
            if packet.is_keyframe and packet.pts is not None
        ]
    return sorted(found) or [0]


def _jpeg(picture: Picture, quantiser: int) -> bytes:
    frame = picture.frame.reformat(format="yuvj420p", dst_colorspace=_BT601)
    jpeg = av.CodecContext.create("mjpeg", "w")
    jpeg.width, jpeg.height, jpeg.pix_fmt = frame.width, frame.height, "yuvj420p"
    jpeg.time_base = Fraction(1, 25)
    jpeg.qmin = jpeg.qmax = quantiser
    jpeg.thread_count = 1
    jpeg.flags |= av.codec.context.Flags.bitexact
    frame.pts = 0
    return b"".join(bytes(packet) for packet in [*jpeg.encode(frame), *jpeg.encode(None)])
