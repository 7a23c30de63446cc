"""Read any video that a user has: upright frames at a constant rate, in BT.709, one size."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Picture
from ltx_widgets.video.probe import open_video
from ltx_widgets.video.timing import Timing, even_out, time_frames
from ltx_widgets.video.upright import MAX_SIZE, Turn, Upright, check_size, transfer_of, turn_of

__all__ = ["SourceFacts", "VideoSource", "picture_stream", "read_facts", "survey"]

# Half an hour at 60 frames per second; nothing that is asked of us is longer.
_MOST_FRAMES = 108_000
# A seek may land this much late where frames are stored out of order.
_SEEK_MARGIN_S = 1.0
# Seconds of picture that may be missing at the end before a file counts as damaged.
_MISSING_S = 0.5
_MOST_STRETCH = 4
_ORDINARY_BITS = 8


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a foreign video holds, and how it is delivered.

    Attributes:
        width: Pixels of the upright picture, even.
        height: Pixels, even.
        fps: The constant rate at which its frames are delivered.
        num_frames: Frames at that rate, the whole file through.
        duration: Seconds of picture.
        has_audio: Whether there is a sound track.
        audio_duration: Seconds of sound, as the file claims; 0 without a sound track.
        rotation: Degrees clockwise by which the stored picture was turned: 0, 90, 180, 270.
        variable_rate: Whether frames were repeated or dropped to make the rate constant.
        ten_bit: Whether it has more than 8 bits per sample.
        hdr: ``pq`` or ``hlg`` for high dynamic range, which is toned down; else empty.
        video_codec: FFmpeg's name, such as ``hevc``.
        audio_codec: FFmpeg's name; empty without a sound track.
    """

    width: int
    height: int
    fps: Fraction
    num_frames: int
    duration: float
    has_audio: bool
    audio_duration: float
    rotation: int
    variable_rate: bool
    ten_bit: bool
    hdr: str
    video_codec: str
    audio_codec: str


def read_facts(path: Path) -> SourceFacts:
    """Read the facts of a video file from all of its packets and its first frame.

    Raises:
        MediaError: it is no video, is cut short, or is larger than 3840x2160.
    """
    return survey(path)[0]


class VideoSource:
    """A foreign video, delivered as upright BT.709 pictures at a constant rate.

    Memory does not grow with its length. Use it as a context manager.

    Args:
        path: The file; its name's ending is not looked at.
        fps: Rate to deliver; the file's own by default.
        size: Width and height to deliver, both even; the file's own by default.
        start_s: Seconds into the video where delivery starts.
        end_s: Seconds where it ends; the video's end by default.
        draft: Whether the decoder may leave out what only smooths its blocks: a quarter faster, to
            look at small and not to show.

    Attributes:
        facts: The file's own facts.
        fps: Frames per second, as delivered.
        width: Pixels, as delivered.
        height: Pixels, as delivered.
        num_frames: Frames that `frames` delivers.

    Raises:
        MediaError: it is no video that we read, or ends before `start_s`.
    """

    def __init__(
        self,
        path: Path,
        *,
        fps: Fraction | None = None,
        size: tuple[int, int] | None = None,
        start_s: float = 0.0,
        end_s: float | None = None,
        draft: bool = False,
    ) -> None:
        self.facts, self._timing, self._turn = survey(path)
        self._path = path
        self._draft = draft
        self.fps = Fraction(fps or self.facts.fps)
        self.width, self.height = size or (self.facts.width, self.facts.height)
        self._start_s = max(0.0, start_s)
        end_s = min(self.facts.duration, self.facts.duration if end_s is None else end_s)
        if self._start_s >= end_s:
            raise MediaError(
                f"{path.name} lasts {self.facts.duration:.2f} s; expected a part of it, "
                f"but {self._start_s:.2f} s to {end_s:.2f} s is none"
            )
        self.num_frames = max(1, round((end_s - self._start_s) * self.fps))
        self._open: Iterator[Picture] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = None

    def frames(self) -> Iterator[Picture]:
        """Every frame of the part asked for, from its start, each time it is called.

        Yields:
            Pictures whose planes are to be read only, valid as long as they are kept.

        Raises:
            MediaError: the file is damaged.
        """
        upright = Upright(self.width, self.height, self._turn, self._path.name)
        shown: Any = None
        for frame in even_out(
            self._decoded(), fps=self.fps, start_s=self._start_s, num_frames=self.num_frames
        ):
            if shown is None or shown[0] is not frame:
                shown = frame, upright.picture(frame)
            yield shown[1]

    def _decoded(self) -> Iterator[tuple[float, Any]]:
        """Frames with their time in seconds, from one before the start on."""
        end_s = self._start_s + float(self.num_frames / self.fps)
        at, count = 0.0, 0
        with open_video(self._path) as file:
            video = picture_stream(file, self._path)
            # Faster on two cores than a thread for each frame, and no frames wait in memory.
            video.thread_type = "SLICE"
            if self._draft:
                video.codec_context.options = {"skip_loop_filter": "all"}
            if self._start_s > _SEEK_MARGIN_S:
                self._seek(file, video)
            try:
                for frame in file.decode(video):
                    at = self._time_of(frame, at)
                    count += 1
                    yield at, frame
            except av.FFmpegError as error:
                raise MediaError(f"{self._path.name} is damaged after {count} frames") from error
        if at < min(end_s, self.facts.duration) - _MISSING_S - 1 / float(self.facts.fps):
            raise MediaError(
                f"{self._path.name} is damaged after {count} frames: its picture ends at "
                f"{at:.2f} s of {self.facts.duration:.2f} s"
            )

    def _time_of(self, frame: Any, before: float) -> float:
        if frame.pts is None:
            return before + float(1 / self.facts.fps)
        return max(before, float((frame.pts - self._timing.start) * frame.time_base))

    def _seek(self, file: Any, video: Any) -> None:
        target = self._timing.start + int((self._start_s - _SEEK_MARGIN_S) / video.time_base)
        try:
            file.seek(target, stream=video)
        except av.FFmpegError:
            # A file without an index: everything before the start is decoded.
            file.seek(self._timing.start, stream=video)


def survey(path: Path) -> tuple[SourceFacts, Timing, Turn]:
    """A file's facts, when its frames are shown, and how they are turned; see `read_facts`."""
    with open_video(path) as file:
        video = picture_stream(file, path)
        check_size(video.width, video.height, path.name)
        timing = _time(file, video, path)
    with open_video(path) as file:
        video = picture_stream(file, path)
        frame = _first_frame(file, video, path)
        turn = turn_of(frame)
        width, height = _shown_size(frame, video.sample_aspect_ratio, turn)
        sound = file.streams.audio[0] if file.streams.audio else None
        facts = SourceFacts(
            width=width,
            height=height,
            fps=timing.fps,
            num_frames=max(1, round(timing.duration * timing.fps)),
            duration=timing.duration,
            has_audio=sound is not None,
            audio_duration=float((sound.duration or 0) * sound.time_base) if sound else 0.0,
            rotation=turn.degrees,
            variable_rate=timing.variable,
            ten_bit=max(part.bits for part in frame.format.components) > _ORDINARY_BITS,
            hdr=transfer_of(frame),
            video_codec=video.codec_context.name,
            audio_codec=_codec_name(sound),
        )
    return facts, timing, turn


def picture_stream(file: Any, path: Path) -> Any:
    """The first stream that moves; a cover picture counts as none."""
    for stream in file.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            if stream.codec_context is None:
                break
            return stream
    raise MediaError(
        f"{path.name} holds no picture that we can decode; expected H.264, H.265, VP9 or AV1",
        type="unsupported_video_format",
        context={"supported_formats": ["mp4", "mov", "mkv", "webm"]},
    )


def _time(file: Any, video: Any, path: Path) -> Timing:
    stamps = array("q")
    last, ticks = None, 0
    try:
        for packet in file.demux(video):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if not packet.size or packet.is_discard or stamp is None:
                continue
            stamps.append(stamp)
            if last is None or stamp >= last:
                last, ticks = stamp, packet.duration or 0
            if len(stamps) > _MOST_FRAMES:
                raise MediaError(
                    f"{path.name} has more than {_MOST_FRAMES} frames; make it shorter"
                )
    except av.FFmpegError as error:
        raise MediaError(f"{path.name} is damaged after {len(stamps)} frames") from error
    if not stamps:
        raise MediaError(f"{path.name} holds no frame; expected a video")
    hint = video.guessed_rate or video.average_rate
    return time_frames(stamps, tick=video.time_base, last_ticks=ticks, hint=hint)


def _first_frame(file: Any, video: Any, path: Path) -> Any:
    try:
        frame = next(file.decode(video), None)
    except av.FFmpegError as error:
        raise MediaError(f"{path.name} is damaged; its first frame cannot be decoded") from error
    if frame is None:
        raise MediaError(f"{path.name} holds no frame that can be decoded")
    check_size(frame.width, frame.height, path.name)
    return frame


def _shown_size(frame: Any, pixel_shape: Fraction | None, turn: Turn) -> tuple[int, int]:
    """Even width and height after stretching pixels that are not square, and turning."""
    width, height = frame.width, frame.height
    if pixel_shape and pixel_shape != 1 and 1 / _MOST_STRETCH < pixel_shape < _MOST_STRETCH:
        width = min(MAX_SIZE[0], round(width * pixel_shape))
    if turn.transposed:
        width, height = height, width
    return width // 2 * 2, height // 2 * 2


def _codec_name(stream: Any) -> str:
    if stream is None:
        return ""
    context = stream.codec_context
    return context.name if context is not None else "unknown"
