"""From a storyboard to frames: paint each shot once, then move through it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from ltx_widgets.engines.preview.actors import Actor, cast, rehearse
from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.camera import Path, View, path_of
from ltx_widgets.engines.preview.cutouts import Cutout
from ltx_widgets.engines.preview.light import brightened
from ltx_widgets.engines.preview.places import HORIZON, paint
from ltx_widgets.engines.preview.planes import Canvas, Yuv
from ltx_widgets.engines.preview.scene import Brief, Scene
from ltx_widgets.engines.preview.storyboard import Shot, Storyboard
from ltx_widgets.engines.preview.weather import Air, paint_air
from ltx_widgets.errors import EngineCancelled

__all__ = ["Moved", "Renderer", "work_size"]

_LARGEST_SIDE = 1920
_MOVING = ("walks", "runs", "flies", "swims", "drives", "sails")


def work_size(width: int, height: int) -> tuple[int, int]:
    """The size that frames are drawn at before they are enlarged; both sides even."""
    scale = min(1.0, _LARGEST_SIDE / max(width, height))
    return round(width * scale / 2) * 2, round(height * scale / 2) * 2


class Moved(Protocol):
    """What moves a scene beside its storyboard."""

    def nudge(self, number: int) -> View:
        """What comes on top of the camera's own way in a frame."""
        ...

    def light(self, number: int) -> float:
        """How much brighter a frame is, 1 for as it is."""
        ...


@dataclass(slots=True)
class _Stage:
    """One shot, painted and cast."""

    first: int
    num_frames: int
    scene: Scene
    path: Path
    actors: list[Actor]
    assistant: ThreadPoolExecutor

    def close(self) -> None:
        """Let no more poses be drawn."""
        self.assistant.shutdown(wait=True, cancel_futures=True)


class Renderer:
    """Draws the frames of one clip. Frame `t` depends on nothing but the storyboard and `t`.

    Args:
        story: What to show.
        width: Of the finished frames, in pixels, even.
        height: Of the finished frames, in pixels, even.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
        dance: What moves camera and light beside the storyboard, such as a sound.
        cancelled: Asked while a scene is painted and while a pose is awaited.

    Raises:
        EngineCancelled: `cancelled` said so, here or in `draw`.
    """

    def __init__(
        self,
        story: Storyboard,
        *,
        width: int,
        height: int,
        fps: int,
        num_frames: int,
        dance: Moved | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        # One thread here leaves the other cores to the encoder, and keeps the bytes the same.
        cv2.setNumThreads(1)
        cv2.setRNGSeed(0)
        self._story = story
        self._cancelled = cancelled
        self._dance = dance
        self._fps = fps
        self._size = work_size(width, height)
        self._enlarged = self._size != (width, height)
        self._cuts = _cuts(story.shots, num_frames)
        self._air: Air = paint_air(story, *self._size)
        self._badge: Cutout = paint_badge(*self._size)
        self._stage = self._paint(0)
        self._draft = _blank(*self._size) if self._enlarged else None

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame.

        Args:
            number: Which, from 0.
            to: Planes of the finished size, written.
        """
        shot = max(index for index, first in enumerate(self._cuts[:-1]) if number >= first)
        if self._stage.first != self._cuts[shot]:
            self._stage.close()
            self._stage = self._paint(shot)
        if self._draft is None:
            self._compose(number, to)
            return
        self._compose(number, self._draft)
        for small, large in zip(self._draft.planes, to.planes, strict=True):
            cv2.resize(small, large.shape[::-1], dst=large, interpolation=cv2.INTER_LINEAR)

    def close(self) -> None:
        """Stop drawing ahead. Without it, the thread ends once all poses are drawn."""
        self._stage.close()

    def _check(self) -> None:
        if self._cancelled():
            raise EngineCancelled("cancelled while a scene was painted")

    def _paint(self, number: int) -> _Stage:
        width, height = self._size
        first, frames = self._cuts[number], self._cuts[number + 1] - self._cuts[number]
        shot, story = self._story.shots[number], self._story
        lively = bool(story.subjects) and story.subjects[0].motion in _MOVING
        path = path_of(shot, width=width, height=height, seconds=frames / self._fps, lively=lively)
        canvas = Canvas(width, height, *path.margins(), _horizon(story, height))
        # A cut shows another part of the same place.
        scene = paint(Brief(replace(story, seed=story.seed + number), canvas, self._check))
        actors = cast(story, scene, shot, path, check=self._check)
        # Poses cost far more than frames: drawn ahead by another thread, nobody waits for them.
        assistant = ThreadPoolExecutor(1, "poses")
        rehearse(actors, assistant)
        assistant.shutdown(wait=False)
        return _Stage(first, frames, scene, path, actors, assistant)

    def _compose(self, number: int, to: Yuv) -> None:
        stage, seconds = self._stage, number / self._fps
        since = number - stage.first
        part = since / max(1, stage.num_frames - 1)
        view = stage.path.at(part, since / self._fps)
        if self._dance is not None:
            view = view.plus(self._dance.nudge(number))
        scene = stage.scene
        floor = scene.ground.first_row(view) if scene.ground else to.y.shape[0]
        covered = floor
        hidden_from = []
        for plate in reversed(scene.back):
            hidden_from.append(covered)
            covered = min(covered, plate.hides_from(view, floor))
        for plate, last_row in zip(scene.back, reversed(hidden_from), strict=True):
            plate.draw(to, view, last_row)
        if scene.ground:
            scene.ground.draw(to, view, seconds)
        for plate in scene.front:
            plate.draw(to, view, to.y.shape[0])
        middle = to.y.shape[1] / 2, float(scene.canvas.horizon)
        for actor in stage.actors:
            actor.draw(to, view, middle, part, seconds)
        self._air.draw(to, view, seconds, number)
        if self._dance is not None:
            brightened(to.y, self._dance.light(number))
        draw_badge(to, self._badge)


def _cuts(shots: tuple[Shot, ...], num_frames: int) -> tuple[int, ...]:
    """The first frame of each shot, and the end."""
    ends = np.cumsum([shot.share for shot in shots])
    inner = [round(float(end / ends[-1]) * num_frames) for end in ends[:-1]]
    return (0, *inner, num_frames)


def _horizon(story: Storyboard, height: int) -> int:
    return round(HORIZON[story.place] * height / 2) * 2


def _blank(width: int, height: int) -> Yuv:
    half = height // 2, width // 2
    return Yuv(
        np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8)
    )
