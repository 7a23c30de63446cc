"""Read the sound of any file as stereo samples, in stretches, to its last sample.

Encoders put silence before and behind what they were given; FFmpeg's readers know how much from the
file and leave it out, so that a sound comes back as long as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.errors import MediaError

__all__ = ["SoundFacts", "read_sound", "sound_chunks", "sound_facts"]

Samples = NDArray[np.float32]

# Playlists and scripts would let a file name other files.
_OPEN_OPTIONS = {
    "format_whitelist": "mov,matroska,webm,mp3,wav,ogg,flac,aac",
    "protocol_whitelist": "file",
}
_FORMATS = ["mp3", "m4a", "ogg", "wav", "flac", "aac", "mp4", "mov", "mkv", "webm"]
_MOST_CHANNELS = 16
# No sound that is asked for is longer; a file that claims hours is not read to its end.
LONGEST_S = 1800.0


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What a sound is.

    Attributes:
        codec: FFmpeg's name, such as "aac" or "pcm_s16le".
        profile: The codec's profile, such as "LC" or "HE-AAC"; empty where it has none.
        rate: Samples per second.
        channels: How many.
        duration: Seconds; counted where the file does not say.
        container: FFmpeg's name of the file's format.
        has_picture: Whether it is the sound of a film; a cover is none.
    """

    codec: str
    profile: str
    rate: int
    channels: int
    duration: float
    container: str
    has_picture: bool


def sound_facts(path: Path) -> SoundFacts:
    """Look at a file's first sound track.

    Raises:
        MediaError: there is none, or the file is none that we read; with fal's type.
    """
    with _opened(path) as (file, stream):
        context = stream.codec_context
        if not context.sample_rate or not 0 < context.channels <= _MOST_CHANNELS:
            raise _refusal(f"{path.name} names no usable rate and channels")
        duration = (
            float(stream.duration * stream.time_base)
            if stream.duration
            else float((file.duration or 0) / av.time_base)
        )
        facts = SoundFacts(
            # FFmpeg has two readers of MP3, told apart by name.
            codec=str(context.name).removesuffix("float"),
            profile=str(context.profile or ""),
            rate=int(context.sample_rate),
            channels=int(context.channels),
            duration=duration,
            container=str(file.format.name),
            has_picture=any(not _is_cover(video) for video in file.streams.video),
        )
    if facts.duration:
        return facts
    counted = sum(part.shape[1] for part in sound_chunks(path, rate=8000)) / 8000
    return replace(facts, duration=counted)


def read_sound(
    path: Path, *, rate: int = 48_000, start_s: float = 0.0, max_s: float | None = None
) -> Samples:
    """A stretch of a file's sound at once; see `sound_chunks`.

    Returns:
        A (2, n) float32 array, -1 to 1, left and right.
    """
    parts = list(sound_chunks(path, rate=rate, start_s=start_s, max_s=max_s))
    return np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), np.float32)


def sound_chunks(
    path: Path, *, rate: int = 48_000, start_s: float = 0.0, max_s: float | None = None
) -> Iterator[Samples]:
    """A file's sound in stretches of a part of a second; memory does not grow with its length.

    Args:
        path: The file; its name is not trusted.
        rate: Samples per second of what is delivered. One channel is doubled, more than two are
            mixed down.
        start_s: Seconds to leave out at the beginning.
        max_s: Seconds to deliver at most; half an hour if None.

    Yields:
        (2, n) float32 arrays, -1 to 1, left and right.

    Raises:
        MediaError: there is no sound, or it is damaged; what came before the damage was delivered.
    """
    skip = round(start_s * rate)
    left = round((LONGEST_S if max_s is None else max_s) * rate)
    with _opened(path) as (file, stream):
        whole = _whole(file, stream, rate)
        if whole is not None:
            left = min(left, max(0, whole - skip))
        resampler = av.AudioResampler("fltp", "stereo", rate)
        got = 0
        try:
            for frame in file.decode(stream):
                for part in _resampled(resampler, frame):
                    got += part.shape[1]
                    kept = part[:, min(skip, part.shape[1]) :][:, :left]
                    skip = max(0, skip - part.shape[1])
                    left -= kept.shape[1]
                    if kept.shape[1]:
                        yield kept
                if left <= 0:
                    return
        except av.FFmpegError as error:
            raise _refusal(
                f"{path.name} is damaged after {got / rate:.2f} s of sound; export it again"
            ) from error
        for part in _resampled(resampler, None):
            kept = part[:, min(skip, part.shape[1]) :][:, :left]
            if kept.shape[1]:
                yield kept
    if not got:
        raise _refusal(f"{path.name} holds no sound that can be decoded")


def _whole(file: Any, stream: Any, rate: int) -> int | None:
    """Samples by the file's own word, where it is worth more than what can be decoded.

    AAC in an mp4 ends with a full packet; how much of that is sound stands in the index alone.
    """
    if not stream.duration or "mp4" not in file.format.name.split(","):
        return None
    whole: int = round(stream.duration * stream.time_base * rate)
    return whole


def _resampled(resampler: Any, frame: Any) -> Iterator[Samples]:
    if frame is not None:
        # Stamps of a cut file leave gaps, which would be filled with nothing anyway.
        frame.pts = None
    for part in resampler.resample(frame):
        yield part.to_ndarray()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    if not path.is_file():
        raise MediaError(f"expected a sound file, but there is none at {path.name}")
    try:
        file = av.open(str(path), options=_OPEN_OPTIONS)
    except (av.FFmpegError, ValueError) as error:
        raise _refusal(
            f"{path.name} is no sound file that we read ({', '.join(_FORMATS)})"
        ) from error
    with file:
        if not file.streams.audio:
            raise _refusal(f"{path.name} holds no sound")
        yield file, file.streams.audio[0]


def _is_cover(video: Any) -> bool:
    return bool(int(video.disposition) & int(av.stream.Disposition.attached_pic))


def _refusal(text: str) -> MediaError:
    return MediaError(
        text, type="unsupported_audio_format", context={"supported_formats": _FORMATS}
    )
