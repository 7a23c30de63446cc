"""Write films and sounds anew, as every service takes them: H.264 and AAC-LC in an mp4."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.video.encode import Mp4Writer
from ltx_widgets.video.sound import sound_chunks
from ltx_widgets.video.source import VideoSource

__all__ = ["film_to_mp4", "sound_to_m4a", "write_film", "write_sound"]

_RATE = 48_000
_SOUND_BITS_PER_S = 192_000
# Good enough that what is made from the copy does not show that it is one.
_FINE = 20
_RGB = 3


def film_to_mp4(path: Path, to: Path, *, end_s: float | None = None) -> None:
    """Any film as an upright H.264 mp4 of the same length and rate, with its sound.

    Args:
        path: The film.
        to: The mp4.
        end_s: Seconds to keep from its beginning, to the frame; all of them if None.

    Raises:
        MediaError: it is none, or is damaged.
    """
    with VideoSource(path, end_s=end_s) as source:
        sound = _RATE if source.facts.has_audio else None
        with Mp4Writer(
            to,
            width=source.width,
            height=source.height,
            fps=source.fps,
            sound_rate=sound,
            quantiser=_FINE,
        ) as writer:
            chunks = sound_chunks(path, rate=_RATE, max_s=end_s) if sound else iter(())
            for picture in source.frames():
                writer.write(picture)
                # Sound goes along with its picture, so that neither waits in memory.
                while writer.num_samples / _RATE < writer.num_frames / float(source.fps):
                    chunk = next(chunks, None)
                    if chunk is None:
                        break
                    writer.write_sound(chunk)


def sound_to_m4a(path: Path, to: Path, *, start_s: float = 0.0, max_s: float | None = None) -> None:
    """The sound of any file as AAC-LC in an m4a, 48 kHz stereo.

    Args:
        path: The file.
        to: The m4a.
        start_s: Seconds to leave out at the beginning, to the sample.
        max_s: Seconds to keep at most, to the sample; all of them if None.

    Raises:
        MediaError: there is none, or it is damaged.
    """
    _write_aac(sound_chunks(path, rate=_RATE, start_s=start_s, max_s=max_s), to, _RATE)


def write_sound(samples: NDArray[np.float32], to: Path, *, rate: int) -> None:
    """A (2, n) float32 sound, -1 to 1, as AAC-LC in an m4a."""
    step = rate
    parts = (samples[:, at : at + step] for at in range(0, samples.shape[1], step))
    _write_aac(parts, to, rate)


def write_film(frames: Iterable[NDArray[np.uint8]], to: Path, *, fps: float | Fraction) -> None:
    """(h, w, 3) uint8 sRGB frames, all of one size, as an H.264 mp4; odd sides lose a pixel."""
    rate = Fraction(fps).limit_denominator(1001)
    with _moved_into_place(to) as part, av.open(str(part), "w", format="mp4") as file:
        stream: Any = None
        for number, rgb in enumerate(frames):
            height, width = rgb.shape[0] // 2 * 2, rgb.shape[1] // 2 * 2
            if stream is None:
                stream = file.add_stream("libx264", rate=rate, options={"crf": "16"})
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.colorspace = stream.codec_context.color_range = 1
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(rgb[:height, :width, :_RGB]), format="rgb24"
            ).reformat(format="yuv420p", dst_colorspace=1, dst_color_range=1)
            frame.pts, frame.time_base = number, 1 / rate
            file.mux(stream.encode(frame))
        if stream is not None:
            file.mux(stream.encode(None))


def _write_aac(parts: Iterable[NDArray[np.float32]], to: Path, rate: int) -> None:
    # An mp4 that says it is sound, by its brand.
    with _moved_into_place(to) as part, av.open(str(part), "w", format="ipod") as file:
        stream = file.add_stream("aac", rate=_RATE, layout="stereo")
        stream.bit_rate = _SOUND_BITS_PER_S
        resampler = av.AudioResampler("fltp", "stereo", _RATE)
        done = 0
        for samples in parts:
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), done
            done += samples.shape[1]
            for resampled in resampler.resample(frame):
                file.mux(stream.encode(resampled))
        for resampled in resampler.resample(None):
            file.mux(stream.encode(resampled))
        file.mux(stream.encode(None))


@contextmanager
def _moved_into_place(to: Path) -> Iterator[Path]:
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
