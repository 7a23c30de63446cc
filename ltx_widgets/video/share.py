"""Small copies of a clip: a short mp4 to keep inside a notebook, and a still picture of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av

from ltx_widgets.errors import MediaError
from ltx_widgets.video.probe import VideoFacts, open_video, probe

__all__ = ["poster", "small_copy"]

_SOUND_BITS_PER_S = 64_000
_MAX_FPS = 30
# Parts of the byte limit to aim at, one after the other, until the file fits.
_AIMS = (0.85, 0.6, 0.35, 0.15)
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


def poster(path: Path, *, max_height: int = 480, at: float = _POSTER_AT) -> bytes:
    """One frame as a JPEG; a representative one, if nothing else is asked for.

    Args:
        path: The clip.
        max_height: Pixels of its shorter side.
        at: Where, as a part of the clip's length; 0 for the first frame.

    Raises:
        MediaError: `path` is not a video.
    """
    facts = probe(path)
    width, height = _fit(facts, max_height)
    with open_video(path) as file:
        file.seek(int(facts.duration * at * av.time_base))
        frame = next(_decoded(file, path), None)
        if frame is None:
            raise MediaError(f"{path.name} holds no frame that can be decoded")
        small = frame.reformat(
            width, height, "yuvj420p", dst_colorspace="itu601", interpolation="AREA"
        )
    jpeg = av.CodecContext.create("mjpeg", "w")
    jpeg.width, jpeg.height, jpeg.pix_fmt = width, height, "yuvj420p"
    jpeg.time_base = Fraction(1, 25)
    jpeg.options = {"q": "4"}
    jpeg.thread_count = 1
    jpeg.flags |= av.codec.context.Flags.bitexact
    small.pts = 0
    return b"".join(bytes(packet) for packet in [*jpeg.encode(small), *jpeg.encode(None)])


def _encode_again(
    path: Path, facts: VideoFacts, to: Path, *, bits_per_s: float, side: int, step: int
) -> None:
    sound_bits = min(_SOUND_BITS_PER_S, bits_per_s * 0.3) if facts.has_audio else 0.0
    picture_bits = bits_per_s - sound_bits
    width, height = _fit(facts, _affordable_side(picture_bits, side))
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with open_video(path) as source, av.open(str(to), "w", options=options) as copy:
        fps = Fraction(facts.fps / step).limit_denominator(1001)
        picture = _small_picture(copy, width, height, fps, int(picture_bits))
        sound = _small_sound(copy, int(sound_bits)) if facts.has_audio else None
        kept = 0
        for number, frame in enumerate(_decoded(source, path)):
            if number % step:
                continue
            small = frame.reformat(width, height, "yuv420p", interpolation="FAST_BILINEAR")
            small.pts, small.time_base = kept, 1 / fps
            copy.mux(picture.encode(small))
            kept += 1
        copy.mux(picture.encode(None))
        if sound is not None:
            _copy_sound(path, copy, sound)


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


def _small_sound(copy: Any, bits_per_s: int) -> Any:
    stream = copy.add_stream("aac", rate=48_000, layout="stereo")
    stream.bit_rate = bits_per_s
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    return stream


def _copy_sound(path: Path, copy: Any, sound: Any) -> None:
    with open_video(path) as source:
        if not source.streams.audio:
            return
        for frame in source.decode(audio=0):
            copy.mux(sound.encode(frame))
        copy.mux(sound.encode(None))


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
