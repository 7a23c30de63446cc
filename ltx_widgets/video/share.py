"""Copies of a clip to keep inside a notebook: a small one, a whole one, and a still picture.

Their sound is MP3, not AAC: VS Code plays H.264, VP8, MP3, Vorbis and FLAC, and neither AAC nor
Opus (microsoft/vscode#156558, #180780). Browsers play MP3 in an mp4 as well.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from ltx_widgets.errors import MediaError
from ltx_widgets.video.probe import VideoFacts, open_video, probe
from ltx_widgets.video.sound import sound_chunks

__all__ = ["poster", "small_copy", "whole_copy"]

# MP3's own rates at 48,000 samples a second; those below 32,000 exist at half of that only.
_MP3_BITS_PER_S = (96_000, 80_000, 64_000, 56_000, 48_000, 40_000, 32_000)
_MP3_THIN_BITS_PER_S = (24_000, 16_000, 8_000)
_MP3_FULL_BITS_PER_S = 256_000
_RATE, _THIN_RATE = 48_000, 24_000
# Of a copy's bits, if it has to be small.
_SOUND_SHARE = 0.2
_MAX_FPS = 30
# Parts of the byte limit to aim at, one after the other, until the file fits.
_AIMS = (0.85, 0.6, 0.35, 0.15)
# Quantisers of a still, one after the other, until it fits; then fewer pixels.
_JPEG_QUANTISERS = (4, 8, 14, 22, 31)
_JPEG_SIDES = (360, 240, 160, 90)
# A frame from here is past any fade-in and shows what the clip is about.
_POSTER_AT = 0.4


def small_copy(
    path: Path, *, max_bytes: int = 1_000_000, max_height: int = 480, max_fps: int = _MAX_FPS
) -> bytes:
    """Encode a clip again, small enough to be stored in a notebook.

    Args:
        path: The clip.
        max_bytes: The copy is never longer than this.
        max_height: Pixels of its shorter side; long clips may get fewer.
        max_fps: Frames per second; of a clip with more, every other frame is left out.

    Returns:
        An mp4 with the clip's sound. The same clip always gives the same bytes.

    Raises:
        MediaError: `path` is not a video, or is too long to fit in `max_bytes`.
    """
    facts = probe(path)
    step = 2 if facts.fps > max_fps else 1
    for aim in _AIMS:
        bits_per_s = max_bytes * 8 * aim / max(facts.duration, 0.1)
        # A file of its own, because moving the index to the front needs a name to reopen.
        with TemporaryDirectory() as folder:
            copy = Path(folder, "copy.mp4")
            _encode_again(path, facts, copy, bits_per_s=bits_per_s, side=max_height, step=step)
            if copy.stat().st_size <= max_bytes:
                return copy.read_bytes()
    raise MediaError(
        f"{path.name} lasts {facts.duration:.1f} s, which does not fit in {max_bytes} bytes; "
        "allow more bytes"
    )


def whole_copy(path: Path) -> bytes:
    """A clip with its picture as it is, bit for bit, and its sound as MP3.

    Raises:
        MediaError: `path` is not a video, or is damaged.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder, "copy.mp4")
        try:
            _copy_picture(path, probe(path), copy)
        except av.FFmpegError as error:
            raise MediaError(f"the picture of {path.name} does not go into an mp4") from error
        return copy.read_bytes()


def poster(
    path: Path, *, max_height: int = 480, max_bytes: int | None = None, at: float = _POSTER_AT
) -> bytes:
    """One frame as a JPEG; a representative one, if nothing else is asked for.

    Args:
        path: The clip.
        max_height: Pixels of its shorter side.
        max_bytes: The still is never longer than this, at the price of its fineness; None for one
            that looks its best.
        at: Where, as a part of the clip's length; 0 for the first frame.

    Raises:
        MediaError: `path` is not a video, or its still does not fit in `max_bytes`.
    """
    facts = probe(path)
    with open_video(path) as file:
        file.seek(int(facts.duration * at * av.time_base))
        frame = next(_decoded(file, path), None)
        if frame is None:
            raise MediaError(f"{path.name} holds no frame that can be decoded")
        tries = [(max_height, quantiser) for quantiser in _JPEG_QUANTISERS]
        tries += [(side, _JPEG_QUANTISERS[-1]) for side in _JPEG_SIDES if side < max_height]
        for side, quantiser in tries:
            still = _jpeg(frame, *_fit(facts, side), quantiser)
            if max_bytes is None or len(still) <= max_bytes:
                return still
    raise MediaError(f"a still of {path.name} does not fit in {max_bytes} bytes; allow more")


def _jpeg(frame: Any, width: int, height: int, quantiser: int) -> bytes:
    small = frame.reformat(width, height, "yuvj420p", dst_colorspace="itu601", interpolation="AREA")
    jpeg = av.CodecContext.create("mjpeg", "w")
    jpeg.width, jpeg.height, jpeg.pix_fmt = width, height, "yuvj420p"
    jpeg.time_base = Fraction(1, 25)
    jpeg.options = {"qmin": str(quantiser), "qmax": str(quantiser)}
    jpeg.thread_count = 1
    jpeg.flags |= av.codec.context.Flags.bitexact
    small.pts = 0
    return b"".join(bytes(packet) for packet in [*jpeg.encode(small), *jpeg.encode(None)])


def _encode_again(
    path: Path, facts: VideoFacts, to: Path, *, bits_per_s: float, side: int, step: int
) -> None:
    sound_bits = _sound_bits(bits_per_s) if facts.has_audio else 0
    picture_bits = bits_per_s - sound_bits
    width, height = _fit(facts, _affordable_side(picture_bits, side))
    with open_video(path) as source, _written(to) as copy:
        fps = Fraction(facts.fps / step).limit_denominator(1001)
        picture = _small_picture(copy, width, height, fps, int(picture_bits))
        sound = _Mp3(copy, path, sound_bits, facts.duration) if facts.has_audio else None
        kept = 0
        for number, frame in enumerate(_decoded(source, path)):
            if number % step:
                continue
            small = frame.reformat(width, height, "yuv420p", interpolation="FAST_BILINEAR")
            small.pts, small.time_base = kept, 1 / fps
            copy.mux(picture.encode(small))
            kept += 1
            if sound is not None:
                sound.write(until_s=float(kept / fps))
        copy.mux(picture.encode(None))
        if sound is not None:
            sound.finish()


def _copy_picture(path: Path, facts: VideoFacts, to: Path) -> None:
    with open_video(path) as source, _written(to) as copy:
        stream = source.streams.video[0]
        picture = copy.add_stream_from_template(stream)
        sound = None
        if facts.has_audio:
            sound = _Mp3(copy, path, _MP3_FULL_BITS_PER_S, facts.duration)
        for packet in source.demux(stream):
            if packet.dts is None:  # the empty one that ends a stream
                continue
            packet.stream = picture
            if sound is not None:
                sound.write(until_s=float(packet.dts * packet.time_base))
            copy.mux(packet)
        if sound is not None:
            sound.finish()


def _written(to: Path) -> Any:
    # Sound is written along with its picture; max_interleave_delta has the writer wait for either.
    return av.open(
        str(to),
        "w",
        format="mp4",
        options={"movflags": "+faststart", "fflags": "+bitexact", "max_interleave_delta": "0"},
    )


class _Mp3:
    """A copy's sound: written along with its picture, and never longer.

    Args:
        copy: The file under way.
        path: Whose sound.
        bits_per_s: One of MP3's rates.
        length_s: Of the picture.
    """

    def __init__(self, copy: Any, path: Path, bits_per_s: int, length_s: float) -> None:
        rate = _RATE if bits_per_s >= _MP3_BITS_PER_S[-1] else _THIN_RATE
        self._copy = copy
        self._stream = copy.add_stream("libmp3lame", rate=rate, layout="stereo")
        self._stream.bit_rate = bits_per_s
        self._stream.codec_context.flags |= av.codec.context.Flags.bitexact
        self._rate, self._done = rate, 0
        self._chunks = sound_chunks(path, rate=rate, max_s=length_s)

    def write(self, *, until_s: float) -> None:
        """Encode what is heard until then."""
        while self._done < until_s * self._rate:
            samples = next(self._chunks, None)
            if samples is None:
                return
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples, np.float32), format="fltp", layout="stereo"
            )
            frame.sample_rate, frame.pts = self._rate, self._done
            frame.time_base = Fraction(1, self._rate)
            self._copy.mux(self._stream.encode(frame))
            self._done += samples.shape[1]

    def finish(self) -> None:
        """Encode the rest; the last packet is told to end where the sound does."""
        self.write(until_s=float("inf"))
        packets = self._stream.encode(None)
        if packets:
            packets[-1].duration = max(1, self._done - packets[-1].pts)
        self._copy.mux(packets)


def _sound_bits(bits_per_s: float) -> int:
    """The best of MP3's rates that leaves the picture its share."""
    wanted = bits_per_s * _SOUND_SHARE
    rates = (*_MP3_BITS_PER_S, *_MP3_THIN_BITS_PER_S)
    return next((rate for rate in rates if rate <= wanted), rates[-1])


def _small_picture(copy: Any, width: int, height: int, fps: Fraction, bits_per_s: int) -> Any:
    limits = f"vbv-maxrate={bits_per_s // 1000}:vbv-bufsize={bits_per_s // 500}"
    stream = copy.add_stream(
        "libx264",
        rate=fps,
        options={
            "preset": "superfast",
            "crf": "25",
            "x264-params": f"{limits}:rc-lookahead=0:bframes=0:keyint={max(1, round(fps))}",
        },
    )
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.thread_count = 2
    context.color_range = context.colorspace = 1
    context.color_primaries = context.color_trc = 1
    context.flags |= av.codec.context.Flags.bitexact
    return stream


def _decoded(file: Any, path: Path) -> Any:
    """Every frame that decodes.

    Raises:
        MediaError: the file is damaged.
    """
    # Faster on two cores than a thread for each frame, and no frames wait in memory.
    file.streams.video[0].thread_type = "SLICE"
    try:
        yield from file.decode(video=0)
    except av.FFmpegError as error:
        raise MediaError(f"{path.name} is damaged; it cannot be decoded to its end") from error


def _affordable_side(bits_per_s: float, side: int) -> int:
    """A shorter side, in pixels, that still looks clean at this rate."""
    for rate, pixels in ((500_000, side), (250_000, 360), (120_000, 240)):
        if bits_per_s >= rate:
            return min(side, pixels)
    return min(side, 160)


def _fit(facts: VideoFacts, side: int) -> tuple[int, int]:
    """Width and height with the same shape, both even, the shorter at most `side`."""
    scale = min(1.0, side / min(facts.width, facts.height))
    return (
        max(2, round(facts.width * scale / 2) * 2),
        max(2, round(facts.height * scale / 2) * 2),
    )
