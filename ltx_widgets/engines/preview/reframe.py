"""Reframe: the user's clip in another shape, following what matters in the picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2

from ltx_widgets.engines.base import Rendered
from ltx_widgets.engines.preview.attention import Attention, Curve, way_of
from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.reel import Reel, read_ahead
from ltx_widgets.engines.preview.source_clip import KEPT, SourceClip
from ltx_widgets.engines.preview.task import SOUND_RATE, Task, frame_size
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.sound import sound_chunks
from ltx_widgets.video.source import VideoSource

__all__ = ["draw_reframe"]

_SMALL = 160
# A wide frame cut out of a tall one would lose what it is about: then the sides are filled.
_LEAST_KEPT = 0.45
_DIM = 0.55
_NEUTRAL = 128
# Nobody sees a shift by this part of a pixel.
_WHOLE = 1 / 60


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the source becomes the result.

    Attributes:
        width: Of the result, in pixels.
        height: Of the result, in pixels.
        scale: Magnification of the source.
        upright: Whether the window moves vertically.
        window: Its length as a part of the source's side.
        filled: Whether the whole source is shown, with its own blurred picture beside it.
    """

    width: int
    height: int
    scale: float
    upright: bool
    window: float
    filled: bool


def draw_reframe(task: Task) -> Rendered:
    """Draw a reframe request."""
    cv2.setNumThreads(1)
    source = SourceClip.of(task.media["video_url"])
    shape = _shape_of(task, source)
    line = _line(task, source, shape)
    task.say(line, total=source.num_frames)
    task.say("preview engine: drawn by rules, not by AI", total=source.num_frames)
    way = None if shape.filled else _watch(task, source, shape)
    with (
        Mp4Writer(
            task.to,
            width=shape.width,
            height=shape.height,
            fps=source.fps,
            sound_rate=SOUND_RATE if source.has_audio else None,
            fine_sound=True,
            metadata=task.tags(line),
            quantiser=KEPT.quantiser + 2,
        ) as writer,
        Reel(task, writer, total=source.num_frames) as reel,
    ):
        if source.has_audio:
            reel.play(sound_chunks(source.path, rate=SOUND_RATE))
        _show(source, shape, way, reel)
    return task.finished(writer, line)


def _shape_of(task: Task, source: SourceClip) -> _Shape:
    width, height = frame_size(task.asked["resolution"], task.asked["aspect_ratio"])
    across, down = width / source.width, height / source.height
    upright = across > down
    window = min(across, down) / max(across, down)
    filled = upright and source.height > source.width and window < _LEAST_KEPT
    scale = min(across, down) if filled else max(across, down)
    return _Shape(width, height, scale, upright, window, filled)


def _line(task: Task, source: SourceClip, shape: _Shape) -> str:
    was = f"{source.width} x {source.height}"
    how = (
        "the whole picture, its sides filled with its own blurred one"
        if shape.filled
        else f"a window of {shape.window:.0%} that follows motion and what stands out"
    )
    return f"read as: {was} to {task.asked['aspect_ratio']}, {how}"


def _watch(task: Task, source: SourceClip, shape: _Shape) -> Curve | None:
    """Where the window begins in each frame, 0 to 1; None where it is as large as the source."""
    if shape.window > 1 - 1e-3:
        return None
    task.say("looking for what matters", total=source.num_frames)
    small = _even(_SMALL), _even(_SMALL * source.height / source.width)
    if source.height > source.width:
        small = _even(_SMALL * source.width / source.height), _even(_SMALL)
    attention = Attention(shape.upright, float(source.fps))
    with read_ahead(lambda: VideoSource(source.path, size=small, draft=True)) as pictures:
        for picture in pictures:
            task.check()
            attention.see(Yuv(picture.y, picture.u, picture.v))
    return way_of(attention, shape.window) if attention.profiles else None


def _show(source: SourceClip, shape: _Shape, way: Curve | None, reel: Reel) -> None:
    size = None
    if shape.scale < 1:
        # Scaled down while it is read, by a filter that is made for that.
        size = _even(source.width * shape.scale), _even(source.height * shape.scale)
    badge = paint_badge(shape.width, shape.height)
    place = _filler() if shape.filled else _cutter(shape, way)
    with read_ahead(lambda: VideoSource(source.path, size=size)) as pictures:
        for number, picture in enumerate(pictures):
            to = reel.blank(shape.width, shape.height)
            place(picture, to, number)
            draw_badge(Yuv(to.y, to.u, to.v), badge)
            reel.show(to)
    if not reel.num_frames:
        raise source.without_frames()


Place = Callable[[Picture, Picture, int], None]


def _cutter(shape: _Shape, way: Curve | None) -> Place:
    """Draws the window."""

    def place(picture: Picture, to: Picture, number: int) -> None:
        begins = 0.5 if way is None else float(way[min(number, len(way) - 1)])
        for small, large in _planes(picture, to):
            _cut(small, large, begins, upright=shape.upright)

    return place


def _cut(plane: Bytes, to: Bytes, begins: float, *, upright: bool) -> None:
    """Copy a window between pixels, magnified to the size of `to`."""
    if upright:
        step = plane.shape[1] / to.shape[1]
        first, taken, made, off = _band(plane.shape[0], to.shape[0], step, begins)
        band, size = plane[first : first + taken], (to.shape[1], made)
    else:
        step = plane.shape[0] / to.shape[0]
        first, taken, made, off = _band(plane.shape[1], to.shape[1], step, begins)
        band, size = plane[:, first : first + taken], (made, to.shape[0])
    # A resize and a shift cost half of what a warp does.
    large = band if size == band.shape[::-1] else cv2.resize(band, size)
    axis = 0 if upright else 1
    before = min(int(off), made - to.shape[axis])
    after = min(before + 1, made - to.shape[axis])
    here, there = (
        large[at : at + to.shape[0]] if upright else large[:, at : at + to.shape[1]]
        for at in (before, after)
    )
    part = min(1.0, off - before)
    if part < _WHOLE or before == after:
        to[:] = here
    else:
        cv2.addWeighted(here, 1 - part, there, part, 0, dst=to)


def _band(length: int, wanted: int, step: float, begins: float) -> tuple[int, int, int, float]:
    """The whole pixels that hold a window.

    Returns:
        The first pixel, how many, how many they become, and where among those the window begins.
    """
    start = begins * max(0.0, length - wanted * step)
    taken = min(length, math.ceil(wanted * step) + 2)
    first = min(int(start), length - taken)
    return first, taken, max(wanted, round(taken / step)), (start - first) / step


def _filler() -> Place:
    """Draws the whole source, and a blurred, dimmed picture of it beside it."""

    def place(picture: Picture, to: Picture, _: int) -> None:
        for number, (small, large) in enumerate(_planes(picture, to)):
            _blurred(small, large, neutral=16 if number == 0 else _NEUTRAL)
            rows, columns = large.shape
            wide = round(small.shape[1] * rows / small.shape[0])
            left = (columns - wide) // 2
            large[:, left : left + wide] = cv2.resize(small, (wide, rows))

    return place


def _blurred(plane: Bytes, to: Bytes, *, neutral: int) -> None:
    rows, columns = to.shape
    band = round(plane.shape[1] * rows / columns)
    top = (plane.shape[0] - band) // 2
    tiny = cv2.resize(plane[top : top + band], (32, 18), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(tiny, (0, 0), 1.6)
    dim = cv2.convertScaleAbs(soft, alpha=_DIM, beta=neutral * (1 - _DIM))
    cv2.resize(dim, (columns, rows), dst=to, interpolation=cv2.INTER_CUBIC)


def _planes(picture: Picture, to: Picture) -> zip[tuple[Bytes, Bytes]]:
    return zip((picture.y, picture.u, picture.v), (to.y, to.u, to.v), strict=True)


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
