"""Write an mp4 as its frames come: H.264 and AAC, playable everywhere, the same bytes each time."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["QUANTISER", "Mp4Writer", "Picture"]

_BT709 = 1
_LIMITED_RANGE = 1
# The fastest x264 settings: a preview is worth its wait, not its last bit. Two threads keep the
# bytes the same on every machine with the same library, whatever number of cores it has.
_X264 = "scenecut=0:bframes=0:rc-lookahead=0:sync-lookahead=0:open-gop=0"
_X264_THREADS = 2
# A constant quantiser, because a constant rate factor looks at every frame twice: measured on
# drawn 1080p frames it takes 1.3 to 1.8 times as long, for files about as large.
QUANTISER = 28
"""What drawn pictures are encoded with."""


class Picture:
    """One frame of video memory, to be drawn into and written, again and again.

    Attributes:
        y: (height, width) uint8, luma, 16 to 235.
        u: (height // 2, width // 2) uint8, blue difference, 16 to 240, 128 for grey.
        v: (height // 2, width // 2) uint8, red difference.
    """

    def __init__(self, width: int, height: int) -> None:
        self.frame = av.VideoFrame(width, height, "yuv420p")
        self.frame.color_range = _LIMITED_RANGE
        self.frame.colorspace = _BT709
        self.y, self.u, self.v = (_view(plane) for plane in self.frame.planes)

    @classmethod
    def around(cls, frame: Any) -> Self:
        """A decoded yuv420p frame as a picture, without a copy: to be read and written to files.

        Its planes refuse to be drawn into, because the decoder still reads them.
        """
        picture = cls.__new__(cls)
        # Or the encoder would make a key frame wherever the source has one.
        frame.pict_type = 0
        picture.frame = frame
        planes = [_view(plane) for plane in frame.planes]
        for plane in planes:
            plane.flags.writeable = False
        picture.y, picture.u, picture.v = planes
        return picture


class Mp4Writer:
    """An mp4 under way. Memory does not grow with its length.

    Use it as a context manager: leaving it finishes the file and moves it into place; leaving it
    by an exception leaves nothing behind.

    Attributes:
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        has_audio: Whether the file has a sound track.
        num_frames: Frames written so far.
        num_samples: Samples of sound written so far, of each channel.

    Args:
        to: The finished file. It is written beside itself under a name ending in ``.part``.
        width: Pixels, even.
        height: Pixels, even.
        fps: Frames per second, a fraction such as 30000/1001 where need be; one closed group of
            pictures is one second long.
        sound_rate: Samples per second of the sound; None for a file without a sound track.
        metadata: Tags such as ``title`` and ``comment``; own keys are kept as well.
        quantiser: x264's constant quantiser, 1 to 51. Less is nearer to what was given, and larger.
        fine_sound: Whether the sound is somebody's own and worth twice the bits and the time.
    """

    def __init__(
        self,
        to: Path,
        *,
        width: int,
        height: int,
        fps: int | Fraction,
        sound_rate: int | None = None,
        metadata: Mapping[str, str] | None = None,
        quantiser: int = QUANTISER,
        fine_sound: bool = False,
    ) -> None:
        self._to = to
        self._part = to.with_name(f"{to.name}.{os.getpid()}.part")
        self.width, self.height = width, height
        self.fps = Fraction(fps)
        self.has_audio = sound_rate is not None
        self.num_frames = 0
        self.num_samples = 0
        self._file = av.open(
            str(self._part),
            "w",
            format="mp4",
            options={
                "movflags": "+faststart+use_metadata_tags",
                "fflags": "+bitexact",
                # Sound may come long before its picture: wait, whatever the distance, so that
                # the file does not depend on which came first.
                "max_interleave_delta": "0",
            },
        )
        self._file.metadata.update(metadata or {})
        self._video = self._add_video(width, height, quantiser)
        self._sound = self._add_sound(sound_rate, fine=fine_sound) if sound_rate else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._discard()
            return
        try:
            self._finish()
        except BaseException:
            self._discard()
            raise

    def write(self, picture: Picture) -> None:
        """Encode the next frame; its memory may be drawn into again afterwards."""
        picture.frame.pts = self.num_frames
        picture.frame.time_base = 1 / self.fps
        self._file.mux(self._video.encode(picture.frame))
        self.num_frames += 1

    def write_sound(self, samples: NDArray[np.float32]) -> None:
        """Encode the next stretch of sound.

        Args:
            samples: (2, n) float32, -1 to 1, left and right.
        """
        if self._sound is None:
            raise ValueError("this file has no sound track; give sound_rate to add one")
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo"
        )
        frame.sample_rate = self._sound.rate
        frame.time_base = Fraction(1, self._sound.rate)
        frame.pts = self.num_samples
        self._file.mux(self._sound.encode(frame))
        self.num_samples += samples.shape[1]

    def _add_video(self, width: int, height: int, quantiser: int) -> Any:
        second = max(1, round(self.fps))
        stream = self._file.add_stream(
            "libx264",
            rate=self.fps,
            options={
                "preset": "ultrafast",
                "qp": str(quantiser),
                "x264-params": f"keyint={second}:min-keyint={second}:{_X264}",
            },
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.thread_count = _X264_THREADS
        context.time_base = 1 / self.fps
        context.color_range = _LIMITED_RANGE
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.flags |= av.codec.context.Flags.bitexact
        return stream

    def _add_sound(self, rate: int, *, fine: bool) -> Any:
        coder = "twoloop" if fine else "fast"
        stream = self._file.add_stream(
            "aac", rate=rate, layout="stereo", options={"aac_coder": coder}
        )
        stream.bit_rate = 256_000 if fine else 128_000
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        return stream

    def _finish(self) -> None:
        for stream in (self._video, self._sound):
            if stream is not None:
                self._file.mux(stream.encode(None))
        self._file.close()
        self._part.replace(self._to)

    def _discard(self) -> None:
        # Closing writes the trailer, which may fail for the reason we are here for.
        with contextlib.suppress(Exception):
            self._file.close()
        self._part.unlink(missing_ok=True)


def _view(plane: Any) -> NDArray[np.uint8]:
    """A plane of an av frame as a writable array, without its padding columns."""
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
