"""Frames in their order, kept and drawn ones mixed, on their way into a file.

Three things happen at once: one thread decodes ahead, the engine draws on its own, and a third
encodes. Only a handful of frames is in memory.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.task import SOUND_RATE, Task
from ltx_widgets.errors import EngineError
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.source import VideoSource

__all__ = ["Reel", "read_ahead"]

Samples = NDArray[np.float32]

_WAITING = 4
_AHEAD = 4
_REPORT_EVERY = 5


class Reel:
    """A file under way, encoded on a thread of its own.

    Use it as a context manager, inside the writer's: leaving it waits for the last frame.

    Args:
        task: Asked for its cancel flag, told the count.
        writer: Where the frames go.
        total: Frames in all, as far as known beforehand.
    """

    def __init__(self, task: Task, writer: Mp4Writer, *, total: int) -> None:
        self._task = task
        self._writer = writer
        self._fps = writer.fps
        self._total = total
        self._sound = _Sound(writer)
        self._queue: queue.Queue[Picture | Iterator[Samples] | None] = queue.Queue(_WAITING)
        self._free: queue.SimpleQueue[Picture] = queue.SimpleQueue()
        self._drawn: set[int] = set()
        self._made = 0
        self._thread = ThreadPoolExecutor(1, "encode")
        self._encoding: Future[None] | None = None
        self.num_frames = 0

    def __enter__(self) -> Self:
        self._encoding = self._thread.submit(self._encode)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._put(None)
        try:
            if self._encoding and kind is None:
                self._encoding.result()
        finally:
            self._thread.shutdown(wait=True)

    def blank(self, width: int, height: int) -> Picture:
        """A picture to draw into; what it shows is undefined."""
        try:
            return self._free.get_nowait()
        except queue.Empty:
            picture = Picture(width, height)
            self._drawn.add(id(picture))
            return picture

    def show(self, picture: Picture) -> None:
        """Hand over the next frame; it must not be touched afterwards.

        Raises:
            EngineCancelled: somebody asked for it.
        """
        self._task.check()
        self._put(picture)
        self.num_frames += 1
        if self.num_frames % _REPORT_EVERY == 0:
            self._task.count(min(self.num_frames, self._total), self._total)

    def play(self, sound: Iterator[Samples]) -> None:
        """From the next frame on this is heard: (2, n) stretches at `SOUND_RATE`."""
        self._put(sound)

    def _put(self, item: Picture | Iterator[Samples] | None) -> None:
        while True:
            try:
                self._queue.put(item, timeout=1)
            except queue.Full:
                if self._encoding and self._encoding.done():
                    # Its error is raised where its result is read.
                    break
            else:
                return
        if item is not None:
            self._encoding.result()
            raise EngineError("the encoder stopped before the last frame")

    def _encode(self) -> None:
        while (item := self._queue.get()) is not None:
            if not isinstance(item, Picture):
                self._sound.change_to(item)
                continue
            self._writer.write(item)
            self._sound.write_until(self._writer.num_frames / self._fps)
            if id(item) in self._drawn:
                self._free.put(item)


class _Sound:
    """The sound track, exactly as long as the picture at every frame."""

    def __init__(self, writer: Mp4Writer) -> None:
        self._writer = writer
        self._source: Iterator[Samples] | None = None
        self._left: Samples = np.zeros((2, 0), np.float32)

    def change_to(self, source: Iterator[Samples]) -> None:
        self._source, self._left = source, np.zeros((2, 0), np.float32)

    def write_until(self, seconds: object) -> None:
        if self._source is None:
            return
        missing = round(seconds * SOUND_RATE) - self._writer.num_samples  # type: ignore[operator]
        while missing > 0:
            if not self._left.shape[1]:
                silence = np.zeros((2, missing), np.float32)
                self._left = next(self._source, silence)
            piece, self._left = self._left[:, :missing], self._left[:, missing:]
            self._writer.write_sound(piece)
            missing -= piece.shape[1]


@contextmanager
def read_ahead(open_source: Callable[[], VideoSource]) -> Iterator[Iterator[Picture]]:
    """The frames of a source, decoded by a thread of its own that is a few frames ahead.

    Args:
        open_source: Opens the source; called on that thread.
    """
    decoded: queue.Queue[Picture | None] = queue.Queue(_AHEAD)
    stopped = False

    def decode() -> None:
        try:
            with open_source() as source:
                for picture in source.frames():
                    if stopped:
                        return
                    decoded.put(picture)
        finally:
            decoded.put(None)

    def frames() -> Iterator[Picture]:
        while (picture := decoded.get()) is not None:
            yield picture
        decoding.result()

    with ThreadPoolExecutor(1, "decode") as thread:
        decoding = thread.submit(decode)
        try:
            yield frames()
        finally:
            stopped = True
            while not decoding.done():
                # The decoder may wait for room to put its last frame.
                try:
                    decoded.get(timeout=0.05)
                except queue.Empty:
                    continue
