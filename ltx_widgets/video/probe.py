"""Read the facts of a video file, counted rather than believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av

from ltx_widgets.errors import MediaError

__all__ = ["VideoFacts", "open_video", "probe"]

# Playlists and scripts would let a file name other files; pictures would pass as videos.
_OPEN_OPTIONS = {
    "format_whitelist": "mov,matroska,webm",
    "protocol_whitelist": "file",
}


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video file holds.

    Attributes:
        width: Pixels.
        height: Pixels.
        fps: Frames per second, on average.
        num_frames: Frames found in the file, not those its header promises.
        duration: Seconds of picture.
        has_audio: Whether there is a sound track.
        audio_duration: Seconds of sound; 0 without a sound track.
        metadata: The file's tags.
    """

    width: int
    height: int
    fps: float
    num_frames: int
    duration: float
    has_audio: bool
    audio_duration: float
    metadata: Mapping[str, str] = field(default_factory=dict)


def open_video(path: Path) -> Any:
    """Open a video file for reading with PyAV; a context manager.

    Raises:
        MediaError: it is not a video file that we read.
    """
    if not path.is_file():
        raise MediaError(f"expected a video file, but there is none at {path.name}")
    try:
        file = av.open(str(path), options=_OPEN_OPTIONS)
    except (av.FFmpegError, ValueError) as error:
        raise MediaError(
            f"{path.name} is not an mp4, mov, mkv or webm video",
            type="unsupported_video_format",
            context={"supported_formats": ["mp4", "mov", "mkv", "webm"]},
        ) from error
    if not file.streams.video:
        file.close()
        raise MediaError(f"{path.name} holds no picture; expected a video")
    return file


def probe(path: Path) -> VideoFacts:
    """Read the facts of a video file, going through all of its packets but decoding none.

    Raises:
        MediaError: it is not a video file that we read.
    """
    with open_video(path) as file:
        video = file.streams.video[0]
        sound = file.streams.audio[0] if file.streams.audio else None
        frames, ticks = _count(file, video, path)
        fps = float(video.average_rate or video.base_rate or 0)
        return VideoFacts(
            width=video.width,
            height=video.height,
            fps=fps,
            num_frames=frames,
            duration=float(ticks * video.time_base) or (frames / fps if fps else 0.0),
            has_audio=sound is not None,
            audio_duration=_length_of(sound),
            metadata=dict(file.metadata),
        )


def _count(file: Any, video: Any, path: Path) -> tuple[int, int]:
    frames = ticks = 0
    try:
        for packet in file.demux(video):
            if packet.size:
                frames += 1
                ticks += packet.duration or 0
    except av.FFmpegError as error:
        raise MediaError(f"{path.name} is damaged after {frames} frames") from error
    if not frames:
        raise MediaError(f"{path.name} holds no frame; expected a video")
    return frames, ticks


def _length_of(sound: Any) -> float:
    if sound is None or sound.duration is None:
        return 0.0
    return float(sound.duration * sound.time_base)
