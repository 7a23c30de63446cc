"""Draw, compose and encode at the same time, with a handful of frames in memory."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.base import Progress, Report
from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.errors import EngineCancelled
from ltx_widgets.video.encode import Mp4Writer, Picture

__all__ = ["Clip", "Drawing", "Sound", "film"]

Sound = NDArray[np.float32]
"""(2, n) float32 within -1 and 1, left and right."""

_PICTURES = 4
_REPORT_EVERY = 5
_SOUND_STEP_S = 0.25


@dataclass(frozen=True, slots=True)
class Clip:
    """The measures of a clip.

    Attributes:
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        num_frames: Frames in all.
        sound_rate: Samples per second; None for a silent clip.
    """

    width: int
    height: int
    fps: int
    num_frames: int
    sound_rate: int | None

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return self.num_frames / self.fps


class Drawing(Protocol):
    """Whatever draws the frames of a clip; begun, used and closed on one thread."""

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame; they are asked for in order, each once.

        Args:
            number: Which, from 0.
            to: Planes of the finished size, written whole.
        """
        ...

    def close(self) -> None:
        """Let go of files and threads; called once, also after an error."""
        ...


def film(
    begin: Callable[[], Drawing],
    clip: Clip,
    writer: Mp4Writer,
    *,
    make_sound: Callable[[], Sound] | None = None,
    report: Report,
    cancelled: Callable[[], bool],
) -> None:
    """Draw every frame on this thread while another encodes those before it.

    Args:
        begin: Gives what draws; called on this thread, while the sound is already being made.
        clip: The measures; `writer` was opened with the same.
        writer: Takes the frames and the sound; left open.
        make_sound: Gives the sound track at `clip.sound_rate`; called on the encoding thread. What
            it gives beyond the clip's end is left out. None for a silent clip.
        report: Told every few frames how many are drawn.
        cancelled: Asked between frames.

    Raises:
        EngineCancelled: `cancelled` said so.
    """
    free: queue.Queue[Picture | None] = queue.Queue()
    drawn: queue.Queue[Picture | None] = queue.Queue()
    for _ in range(_PICTURES):
        free.put(Picture(clip.width, clip.height))
    with ThreadPoolExecutor(1, "encode") as encoder:
        encoding = encoder.submit(_encode, make_sound, clip, writer, drawn, free)
        try:
            with closing(begin()) as drawing:
                _draw(drawing, clip, free, drawn, report, cancelled)
        finally:
            drawn.put(None)
        encoding.result()


def _draw(
    drawing: Drawing,
    clip: Clip,
    free: queue.Queue[Picture | None],
    drawn: queue.Queue[Picture | None],
    report: Report,
    cancelled: Callable[[], bool],
) -> None:
    for number in range(clip.num_frames):
        if cancelled():
            raise EngineCancelled(f"cancelled after {number} of {clip.num_frames} frames")
        picture = free.get()
        if picture is None:
            # The encoder has failed; its error is raised where its result is read.
            return
        drawing.draw(number, Yuv(picture.y, picture.u, picture.v))
        drawn.put(picture)
        if (number + 1) % _REPORT_EVERY == 0 or number + 1 == clip.num_frames:
            report(Progress("", number + 1, clip.num_frames))


def _encode(
    make_sound: Callable[[], Sound] | None,
    clip: Clip,
    writer: Mp4Writer,
    drawn: queue.Queue[Picture | None],
    free: queue.Queue[Picture | None],
) -> None:
    try:
        sound = _SoundTrack(make_sound, clip, writer)
        while (picture := _next(drawn, sound)) is not None:
            writer.write(picture)
            free.put(picture)
            sound.write_until(writer.num_frames / clip.fps)
        if writer.num_frames == clip.num_frames:
            sound.write_until(clip.seconds)
    finally:
        free.put(None)


def _next(drawn: queue.Queue[Picture | None], sound: _SoundTrack) -> Picture | None:
    """The next picture; while there is none, above all during painting, sound is encoded."""
    while drawn.empty() and sound.ahead_s < sound.seconds:
        sound.write_until(sound.ahead_s + _SOUND_STEP_S)
    return drawn.get()


class _SoundTrack:
    """The sound track: never behind the picture, and ahead of it where there is time."""

    def __init__(
        self, make_sound: Callable[[], Sound] | None, clip: Clip, writer: Mp4Writer
    ) -> None:
        self._writer = writer
        self._rate = (clip.sound_rate or 0) if make_sound else 0
        self._track: Sound = np.zeros((2, 0), np.float32)
        if make_sound and self._rate:
            self._track = make_sound()[:, : round(clip.seconds * self._rate)]

    @property
    def seconds(self) -> float:
        """Length of the whole track; 0 for a silent clip."""
        return self._track.shape[1] / self._rate if self._rate else 0.0

    @property
    def ahead_s(self) -> float:
        """Seconds written so far."""
        return self._writer.num_samples / self._rate if self._rate else 0.0

    def write_until(self, seconds: float) -> None:
        """Write on until the track is at least this long, or whole."""
        done = self._writer.num_samples
        end = min(round(seconds * self._rate), self._track.shape[1])
        if done < end:
            self._writer.write_sound(self._track[:, done:end])
