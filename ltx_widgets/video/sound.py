"""Read the sound of any file, sample for sample, and of a hostile one within bounds.

How exact the length is was measured with files of known length:

=====================  ==================================================================
wav, flac, mp3 (LAME), exact: what encoders put before and after the sound is left out
ogg opus, webm opus,
m4a, mp4, mov
ogg vorbis             exact as the file's own last timestamp tells it
aac in matroska        up to one packet (1,024 samples) too long: nothing in it says more
bare aac (ADTS)        starts with the encoder's 1,024 samples: nothing in it says so
=====================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from ltx_widgets.errors import MediaError
from ltx_widgets.video.samples import Samples, resampled, stereo_of

__all__ = ["SoundFacts", "read_sound", "sound_chunks", "sound_facts"]

# Playlists and scripts would let a file name other files; pictures would pass as sounds.
_OPEN_OPTIONS = {
    "format_whitelist": "mov,matroska,webm,mp3,wav,ogg,flac,aac",
    "protocol_whitelist": "file",
}
_FORMATS = ["mp3", "m4a", "ogg", "wav", "flac", "aac", "mp4", "mov", "mkv", "webm"]
_RATES = 8_000, 192_000
_MOST_CHANNELS = 16
# No sound that is asked for is longer; a file that claims hours is not read to its end.
LONGEST_S = 1800.0
# A stream may end in the middle of a packet: that is where somebody stopped listening.
_STREAMS = ("mp3", "aac", "ogg")
# Indexes are rounded, to a packet or two; what is shorter than this was cut.
_SHORTFALL_S = 0.25


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
        facts = SoundFacts(
            # FFmpeg has two readers of MP3, told apart by name.
            codec=str(context.name).removesuffix("float"),
            profile=str(context.profile or ""),
            rate=int(context.sample_rate),
            channels=int(context.channels),
            duration=_guessed_s(file, stream),
            container=str(file.format.name),
            has_picture=_first_picture(file) is not None,
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
        A (2, n) float32 array, -1 to 1, left and right. All of a file of `m` samples at rate `r`
        gives ``n = round(m * rate / r)``; n is 0 where `start_s` is past the end.
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
        start_s: Seconds to leave out at the beginning; a film's sound begins with its first
            picture.
        max_s: Seconds to deliver at most; half an hour if None.

    Yields:
        (2, n) float32 arrays, -1 to 1, left and right.

    Raises:
        MediaError: there is no sound, or it is damaged or cut short; what came before that was
            delivered.
    """
    first = round(start_s * rate)
    end = first + round((LONGEST_S if max_s is None else max_s) * rate)
    done = 0
    with _opened(path) as (file, stream):
        for part in resampled(_decoded(file, stream, path), rate, int(stream.rate)):
            wanted = part[:, max(0, first - done) : max(0, end - done)]
            done += part.shape[1]
            if wanted.shape[1]:
                yield wanted
            if done >= end:
                return


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    if not path.is_file():
        raise MediaError(f"expected a sound file, but there is none at {path.name}")
    try:
        file = av.open(str(path), options=_OPEN_OPTIONS)
    except (av.FFmpegError, ValueError) as error:
        raise _refusal(
            f"{path.name} is no sound file that we read ({', '.join(_FORMATS)}), or is cut short"
        ) from error
    with file:
        if not file.streams.audio:
            raise _refusal(f"{path.name} holds no sound; expected a file with a sound track")
        _check(file.streams.audio[0].codec_context, path.name)
        yield file, file.streams.audio[0]


def _check(context: Any, name: str) -> None:
    low, high = _RATES
    if context is None:
        raise _refusal(f"{name} holds sound in a codec that is not known here")
    if not low <= context.sample_rate <= high:
        raise _refusal(
            f"{name} has {context.sample_rate} samples a second; expected {low} to {high}"
        )
    if not 1 <= context.channels <= _MOST_CHANNELS:
        raise _refusal(f"{name} has {context.channels} channels; expected 1 to {_MOST_CHANNELS}")


def _guessed_s(file: Any, stream: Any) -> float:
    """Seconds of sound, as far as can be told without reading; 0 where nothing is."""
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return float((file.duration or 0) / av.time_base)


def _stated_s(file: Any, stream: Any) -> float:
    """Seconds of sound that the file promises; 0 where it promises none."""
    kind = file.format.name
    # Without a count of its own, an mp3's or a bare stream's length is guessed from its size.
    guessed = kind == "aac" or (kind == "mp3" and not stream.start_time)
    # What lasts as long as the whole file is the sound only where there is nothing else.
    shared = stream.duration is None and len(file.streams) > 1
    return 0.0 if guessed or shared else _guessed_s(file, stream)


def _decoded(file: Any, stream: Any, path: Path) -> Iterator[Samples]:
    """The samples as stereo at their own rate.

    Raises:
        MediaError: the file is damaged, shorter than it promises, or holds nothing.
    """
    name, rate, found = path.name, int(stream.rate), 0
    for frame, surplus in _frames_and_surplus(file, stream, name):
        if frame.sample_rate != rate:
            raise _refusal(
                f"{name} changes from {rate} to {frame.sample_rate} samples a second after "
                f"{found / rate:.1f} s of sound; expected one rate"
            )
        samples = stereo_of(frame)
        samples = samples[:, : samples.shape[1] - surplus]
        if not found:
            samples = _from_first_picture(file, frame, samples)
        found += samples.shape[1]
        yield samples
    if not found:
        raise _refusal(f"{name} holds no sound that can be decoded")
    stated = _stated_s(file, stream)
    if found / rate < stated - _SHORTFALL_S or (file.format.name == "wav" and _is_cut_wav(path)):
        promised = f"{stated:.1f} s of sound" if found / rate < stated - _SHORTFALL_S else "more"
        raise _refusal(
            f"{name} is cut short: it promises {promised} and holds {found / rate:.1f} s"
        )


def _frames_and_surplus(file: Any, stream: Any, name: str) -> Iterator[tuple[Any, int]]:
    """Frames with how many of their samples lie behind the sound's end.

    An encoder fills its last packet; in mp4 only that packet's duration tells how much is sound.
    """
    waiting, end = None, Fraction(0)
    for packet, frames in _packets(file, stream, name):
        if packet.pts is not None and packet.duration:
            end = (packet.pts + packet.duration) * packet.time_base
        for frame in frames:
            if waiting is not None:
                yield waiting, 0
            waiting = frame
    if waiting is None:
        return
    surplus = 0
    if file.format.name.startswith("mov") and waiting.pts is not None:
        ends = round((end - waiting.pts * waiting.time_base) * waiting.sample_rate)
        surplus = min(max(waiting.samples - ends, 0), waiting.samples - 1)
    yield waiting, surplus


def _packets(file: Any, stream: Any, name: str) -> Iterator[tuple[Any, list[Any]]]:
    """Packets and the frames that came out of them; a stream's broken last packet is left out."""
    found_s, packets = 0.0, file.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except (av.FFmpegError, ValueError) as error:
            if found_s and file.format.name in _STREAMS and not _goes_on(packets):
                return
            raise _refusal(
                f"{name} is damaged after {found_s:.1f} s of sound; export it again"
            ) from error
        found_s += sum(frame.samples / frame.sample_rate for frame in frames)
        yield packet, frames


def _goes_on(packets: Iterator[Any]) -> bool:
    return any(packet.size for packet in packets)


def _is_cut_wav(path: Path) -> bool:
    """Whether a wav is shorter than its fourth byte says; FFmpeg goes by its size alone."""
    with path.open("rb") as file:
        head = file.read(8)
    stated = int.from_bytes(head[4:], "little")
    # What is written to a pipe cannot know its length.
    known = head[:4] == b"RIFF" and stated not in (0, 0xFFFFFFFF)
    return known and stated + 8 > path.stat().st_size + 1


def _first_picture(file: Any) -> Any:
    """The video stream that the sound belongs to; a cover is none."""
    cover = int(av.stream.Disposition.attached_pic)
    films = [video for video in file.streams.video if not int(video.disposition) & cover]
    return films[0] if films else None


def _from_first_picture(file: Any, frame: Any, samples: Samples) -> Samples:
    """In a video the sound's zero is the first picture: fill or cut what is before."""
    picture = _first_picture(file)
    if picture is None or picture.start_time is None or frame.pts is None:
        return samples
    late_s = frame.pts * frame.time_base - picture.start_time * picture.time_base
    late = round(min(late_s, Fraction(10)) * frame.sample_rate)
    if late <= 0:
        return samples[:, min(-late, samples.shape[1] - 1) :]
    return np.concatenate((np.zeros((2, late), np.float32), samples), axis=1)


def _refusal(text: str) -> MediaError:
    return MediaError(
        text, type="unsupported_audio_format", context={"supported_formats": _FORMATS}
    )
