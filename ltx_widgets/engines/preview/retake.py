"""Retake video: one section of the user's clip anew, in picture, sound or both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sin

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.base import Rendered
from ltx_widgets.engines.preview.mood import Label, Mood
from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.reel import Reel, read_ahead
from ltx_widgets.engines.preview.sound import sound_track
from ltx_widgets.engines.preview.sound.onward import replace_part
from ltx_widgets.engines.preview.source_clip import KEPT, SourceClip, yuv_copy
from ltx_widgets.engines.preview.storyboard import Camera, Storyboard
from ltx_widgets.engines.preview.task import SOUND_RATE, Task
from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.sound import sound_chunks
from ltx_widgets.video.source import VideoSource

__all__ = ["Section", "draw_retake"]

Samples = NDArray[np.float32]

# The new picture comes in and goes out over this long, or this part of a short section.
_EASE_S = 0.8
_EASE_PART = 0.3
# The camera's move goes back to where the source is, over this part of the section.
_RETURN = 0.3
_ZOOM = 0.16
_SWAY = 0.02
# Beyond both ends of the section: the track fades in and out by itself.
_SPARE_S = 0.1
_AS_IT_IS = 1.0, 0.0, 0.0


@dataclass(frozen=True, slots=True)
class Section:
    """The frames that change.

    Attributes:
        first: Number of the first.
        last: Number of the one after the last.
        opens: Whether the clip has frames before it.
        closes: Whether the clip has frames after it.
        fps: Frames per second.
    """

    first: int
    last: int
    opens: bool
    closes: bool
    fps: float

    def strength(self, number: int) -> float:
        """How much of the new picture is seen, 0 to 1; 1 but for the frames near a seam."""
        ease = max(2.0, min(_EASE_S * self.fps, _EASE_PART * (self.last - self.first)))
        return self._near(number, ease)

    def leaning(self, number: int) -> float:
        """How far the camera may be from where the source has it, 0 to 1."""
        return self._near(number, max(2.0, _RETURN * (self.last - self.first)))

    def part(self, number: int) -> float:
        """How much of the section is over, 0 to 1."""
        return (number - self.first) / max(1, self.last - self.first - 1)

    def _near(self, number: int, ease: float) -> float:
        since = (number + 1 - self.first) / (ease + 1) if self.opens else 1.0
        until = (self.last - number) / (ease + 1) if self.closes else 1.0
        part = min(1.0, since, until)
        return part * part * (3 - 2 * part)


def draw_retake(task: Task) -> Rendered:
    """Draw a retake-video request.

    Raises:
        InvalidRequest: the section begins after the clip's end.
    """
    cv2.setNumThreads(1)
    source = SourceClip.of(task.media["video_url"])
    section = _section_of(task, source)
    story = read_prompt(
        task.asked["prompt"], duration_s=(section.last - section.first) / section.fps
    )
    line = read_as(story)
    task.say(line, total=source.num_frames)
    task.say("preview engine: drawn by rules, not by AI", total=source.num_frames)
    mode = task.asked["retake_mode"]
    heard = source.has_audio or mode != "replace_video"
    with (
        Mp4Writer(
            task.to,
            width=source.width,
            height=source.height,
            fps=source.fps,
            sound_rate=SOUND_RATE if heard else None,
            metadata=task.tags(line),
            quantiser=KEPT.quantiser,
            fine_sound=True,
        ) as writer,
        Reel(task, writer, total=source.num_frames) as reel,
    ):
        if heard:
            reel.play(_sound(source, section, story if mode != "replace_video" else None))
        redraw = None if mode == "replace_audio" else _Redrawn(source, section, story)
        _show(source, section, redraw, reel)
    return task.finished(writer, line, _what(section, mode), KEPT.note)


def _section_of(task: Task, source: SourceClip) -> Section:
    start, fps = float(task.asked["start_time"]), float(source.fps)
    length = source.num_frames / fps
    first = round(start * fps)
    if first >= source.num_frames:
        text = f"the clip lasts {length:.4g} s; expected a start before its end, got {start:g} s"
        raise InvalidRequest((Problem("start_time", text, given=start),))
    last = min(source.num_frames, round((start + float(task.asked["duration"])) * fps))
    return Section(first, last, first > 0, last < source.num_frames, fps)


def _what(section: Section, mode: str) -> str:
    what = mode.removeprefix("replace_").replace("_", " ")
    what = what.replace("video", "picture").replace("audio", "sound")
    return (
        f"new {what} from {section.first / section.fps:.2f} s to {section.last / section.fps:.2f} s"
    )


def _show(source: SourceClip, section: Section, redraw: _Redrawn | None, reel: Reel) -> None:
    with read_ahead(lambda: VideoSource(source.path)) as pictures:
        for number, picture in enumerate(pictures):
            if redraw and section.first <= number < section.last:
                drawn = reel.blank(source.width, source.height)
                redraw.draw(picture, number, Yuv(drawn.y, drawn.u, drawn.v))
                reel.show(drawn)
            else:
                reel.show(picture)


class _Redrawn:
    """Draws the section's frames over those of the source."""

    def __init__(self, source: SourceClip, section: Section, story: Storyboard) -> None:
        self._section, self._camera = section, story.shots[0].camera
        self._mood = Mood(story, source.width, source.height)
        self._label = Label(source.width, source.height)
        self._ours = source.ours

    def draw(self, frame: Picture, number: int, to: Yuv) -> None:
        section = self._section
        strength = section.strength(number)
        view = _look(self._camera, section, number)
        planes = Yuv(frame.y, frame.u, frame.v)
        if self._ours and view != _AS_IT_IS:
            # Or the badge that the clip wears already would move with the camera.
            planes = yuv_copy(frame)
            self._label.cover(planes)
        _move(planes, view, to)
        seconds = (number - section.first) / section.fps
        self._mood.draw(to, seconds, number, strength)
        self._label.draw(to, 1 if self._ours else strength)


def _look(camera: Camera, section: Section, number: int) -> tuple[float, float, float]:
    """Magnification, and the shift right and down as parts of the frame that it leaves room for."""
    lean, part = section.leaning(number), section.part(number)
    most = _ZOOM * min(1.5, max(0.5, camera.pace + 0.4)) * lean
    way = 2 * part - 1
    name, _, side = camera.move.partition("_")
    sign = 1.0 if side in ("left", "up") else -1.0
    match name:
        case "static":
            return _AS_IT_IS
        case "push":
            return 1 + most * part, 0.0, 0.0
        case "pull":
            return 1 + most * (1 - part), 0.0, 0.0
        case "handheld":
            seconds = part * (section.last - section.first) / section.fps
            sway = _SWAY * lean
            return 1 + 3 * sway, sway * sin(5.3 * seconds), sway * sin(4.1 * seconds + 1)
        case "tilt" | "crane":
            return 1 + most, 0.0, sign * way * most / 2
    return 1 + most, sign * way * most / 2, 0.0


def _move(frame: Yuv, view: tuple[float, float, float], to: Yuv) -> None:
    scale, right, down = view
    for plane, target in zip(frame.planes, to.planes, strict=True):
        if view == _AS_IT_IS:
            target[:] = plane
            continue
        height, width = plane.shape
        step = 1 / scale
        x = (width - 1) / 2 * (1 - step) - right * width * step
        y = (height - 1) / 2 * (1 - step) - down * height * step
        matrix = np.array([[step, 0, x], [0, step, y]])
        cv2.warpAffine(
            plane, matrix, (width, height), dst=target,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101,
        )  # fmt: skip


def _sound(source: SourceClip, section: Section, story: Storyboard | None) -> Iterator[Samples]:
    """The source's sound, with the section's own where there is a story for it."""
    start = round(section.first / section.fps * SOUND_RATE)
    end = round(section.last / section.fps * SOUND_RATE)
    new = None
    if story:
        spare = round(_SPARE_S * SOUND_RATE)
        seconds = (end - start + 2 * spare) / SOUND_RATE
        new = sound_track(story, seconds, rate=SOUND_RATE)[:, spare : spare + end - start]
    done = 0
    for piece in _pieces(source, end):
        yield piece if new is None else replace_part(piece, new, start - done, rate=SOUND_RATE)
        done += piece.shape[1]


def _pieces(source: SourceClip, end: int) -> Iterator[Samples]:
    """The source's sound, and silence after it up to the section's end."""
    done = 0
    if source.has_audio:
        for piece in sound_chunks(source.path, rate=SOUND_RATE):
            yield piece
            done += piece.shape[1]
    if done < end:
        yield np.zeros((2, end - done), np.float32)
