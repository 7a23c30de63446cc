"""The storyboard's subjects: where they stand, how they move, which pose they are in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from math import sin, tau

import cv2
import numpy as np

from ltx_widgets.engines.preview import sprites
from ltx_widgets.engines.preview.banks import AFLOAT, ON_WATER, is_at_skyline
from ltx_widgets.engines.preview.camera import FRAMING, Path, View
from ltx_widgets.engines.preview.cutouts import Cutout, cutout_of, put
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.scene import LIGHT, Scene
from ltx_widgets.engines.preview.storyboard import Shot, Storyboard, Subject

__all__ = ["Actor", "cast", "rehearse"]

Pose = tuple[Cutout, Cutout | None]

_POSES = 12
_PATIENCE_S = 0.1
# Parts of the frame's width a second, at most.
_SPEED = {
    "walks": 0.05,
    "runs": 0.12,
    "flies": 0.1,
    "swims": 0.06,
    "drives": 0.14,
    "sails": 0.035,
    "floats": 0.012,
}
_MOST_WAY = 0.6
_IN_THE_AIR = ("flies", "rises")
# These float in the air, all others in water.
_LIGHT = ("balloon", "planet", "kite", "helicopter", "spaceship", "rocket", "airplane")
# Parts of the frame's height that they go up over a shot.
_RISE = {"rises": 0.5, "floats": 0.08}
# Heights as parts of the frame's height in a wide shot.
_USUAL_HEIGHT = 0.32
_HEIGHTS = {
    "fox": 0.27, "wolf": 0.28, "dog": 0.24, "cat": 0.24, "rabbit": 0.2, "bear": 0.3,
    "elephant": 0.42, "horse": 0.38, "deer": 0.34, "lion": 0.28, "cow": 0.3, "sheep": 0.22,
    "person": 0.36, "woman": 0.36, "man": 0.36, "child": 0.26, "bird": 0.14, "butterfly": 0.1,
    "fish": 0.16, "whale": 0.3, "dolphin": 0.2, "sailboat": 0.42, "boat": 0.22, "ship": 0.34,
    "car": 0.2, "bicycle": 0.28, "train": 0.24, "lighthouse": 0.6, "castle": 0.5, "house": 0.36,
    "tree": 0.5, "flower": 0.26, "balloon": 0.4, "rocket": 0.5, "astronaut": 0.4, "spaceship": 0.26,
    "tower": 0.6,
}  # fmt: skip
_MOST_HEIGHT = 0.78
_MOST_WIDTH = 0.8
_SKYLINE = 0.27
# Nobody stands or swims nearer than this to the edge of the water.
_EDGE = 0.05


@dataclass(slots=True)
class Actor:
    """One subject in one shot.

    Attributes:
        subject: Who.
        height: Pixels at the largest magnification of the shot.
        largest: That magnification.
        place: Column and row in the frame of its foot, at mid-shot with a camera at rest.
        nearness: Its distance.
        way: Pixels it goes to the right over the shot; negative to the left.
        rise: Pixels that it goes up over the shot, faster and faster.
        held: Whether the camera follows it sideways.
        light: What the light leaves of white.
        mirrored: Opacity of its mirror image below it.
        grounded: Whether it casts a contact shadow.
        lag: Part of a gait cycle that it is ahead of others of its kind.
        check: Called while a pose is awaited; raises when it is no longer wanted.
        hangs: Whether `place` is where its middle goes instead of its foot.
    """

    subject: Subject
    height: int
    largest: float
    place: tuple[float, float]
    nearness: float
    way: float
    rise: float
    held: bool
    light: tuple[int, int, int]
    mirrored: float
    grounded: bool
    lag: float
    check: Callable[[], None]
    hangs: bool = False
    _poses: dict[int, Future[Pose]] = field(default_factory=dict)
    _shadow: Bytes | None = None

    def rehearse(self, assistant: Executor, step: int) -> None:
        """Have the pose drawn ahead that comes `step` poses after the clip's first."""
        if step == 0 or self._rate():
            number = (self._number_at(0.0) + step) % _POSES
            self._poses[number] = assistant.submit(self._draw_pose, number / _POSES)

    def draw(self, to: Yuv, view: View, middle: tuple[float, float], part: float, s: float) -> None:
        """Draw it into a frame.

        Args:
            to: The frame.
            view: Where the camera is.
            middle: Column and row of the vanishing point in the frame.
            part: How much of the shot is over, 0 to 1.
            s: Seconds since the clip began.
        """
        scale = view.scale(self.nearness)
        x, y = self.place
        shift_x, shift_y = view.shift(self.nearness)
        x += self.way * (part - 0.5) + (0.0 if self.held else shift_x)
        x = middle[0] + (x - middle[0]) * scale
        y -= self.rise * part * part
        y = middle[1] + (y + self._bob(s) - middle[1]) * scale + shift_y
        figure, mirror = self._pose(s)
        relative = scale / self.largest
        if self.grounded:
            self._shade(to, x, y, relative)
        if mirror is not None:
            put(to, _fitted(mirror, relative), x, y)
        put(to, _fitted(figure, relative), x, y)

    def _bob(self, seconds: float) -> float:
        if self.subject.motion in ("sails", "floats", "flies", "swims"):
            return 0.018 * self.height * sin(seconds * tau * 0.32 + self.lag * tau)
        return 0.0

    def _pose(self, seconds: float) -> Pose:
        pose = self._poses[self._number_at(seconds)]
        while not pose.done():
            self.check()
            wait((pose,), timeout=_PATIENCE_S)
        return pose.result()

    def _number_at(self, seconds: float) -> int:
        return int((seconds * self._rate() + self.lag) * _POSES) % _POSES if self._rate() else 0

    def _rate(self) -> float:
        return sprites.cycle(self.subject.kind, self.subject.motion)

    def _draw_pose(self, phase: float) -> Pose:
        who = self.subject
        sprite = sprites.draw(
            who.kind,
            height=self.height,
            phase=phase,
            colour=who.colour,
            light=self.light,
            motion=who.motion,
        )
        flip = who.heading == "left"
        foot = (sprite.foot[0], sprite.rgba.shape[0] / 2) if self.hangs else sprite.foot
        figure = cutout_of(sprite.rgba, foot, flip=flip)
        if not self.mirrored:
            return figure, None
        below = np.ascontiguousarray(sprite.rgba[::-1])
        below[..., 3] = cv2.convertScaleAbs(below[..., 3], alpha=self.mirrored)
        foot = sprite.foot[0], sprite.rgba.shape[0] - 1 - sprite.foot[1]
        return figure, cutout_of(below, foot, flip=flip)

    def _shade(self, to: Yuv, x: float, y: float, relative: float) -> None:
        if self._shadow is None:
            self._shadow = _soft_ellipse(self._pose(0.0)[0].sheet.clear.shape[1], self.height)
        wide, tall = (max(2, round(side * relative)) for side in self._shadow.shape[::-1])
        mask = cv2.resize(self._shadow, (wide, tall))
        left, top = round(x - wide / 2), round(y - tall / 2)
        rows, columns = to.y.shape
        x0, y0, x1, y1 = max(0, left), max(0, top), min(columns, left + wide), min(rows, top + tall)
        if x1 > x0 and y1 > y0:
            under = to.y[y0:y1, x0:x1]
            cv2.multiply(under, mask[y0 - top : y1 - top, x0 - left : x1 - left], under, 1 / 255)


def rehearse(actors: list[Actor], assistant: Executor) -> None:
    """Have all poses drawn ahead, in the order in which they are needed."""
    for step in range(_POSES):
        for actor in actors:
            actor.rehearse(assistant, step)


def cast(
    story: Storyboard, scene: Scene, shot: Shot, path: Path, *, check: Callable[[], None]
) -> list[Actor]:
    """The actors of one shot, those farther away first; `check` may stop the wait for a pose."""
    actors = []
    for rank, subject in enumerate(story.subjects):
        if subject.kind not in sprites.kinds():
            continue
        rng = np.random.default_rng([story.seed, 11, rank])
        for number in range(subject.count):
            lag = float(rng.random())
            actor = _actor(story, scene, shot, path, rank=rank, number=number, lag=lag, check=check)
            actors.append(actor)
    return sorted(actors, key=lambda actor: actor.nearness)


def _actor(
    story: Storyboard,
    scene: Scene,
    shot: Shot,
    path: Path,
    *,
    rank: int,
    number: int,
    lag: float,
    check: Callable[[], None],
) -> Actor:
    subject, canvas = story.subjects[rank], scene.canvas
    largest = max(path.start.scale(scene.floor), path.end.scale(scene.floor))
    share = _HEIGHTS.get(subject.kind, _USUAL_HEIGHT) * FRAMING[shot.framing]
    share = min(_MOST_HEIGHT, share) * (0.8 if rank else 1.0)
    # Others of the same kind stand a little farther off, to either side.
    row, side = (number + 1) // 2, 1 if number % 2 else -1
    nearness = _nearness(story, scene, subject, (1 - 0.13 * row) * (0.86 if rank else 1.0))
    widest = _MOST_WIDTH * canvas.width / largest / sprites.breadth(subject.kind)
    size = min(share * min(canvas.height, canvas.width * 0.8), widest)
    if is_at_skyline(story, subject):
        size = min(size, canvas.horizon * 0.9)
    else:
        size *= nearness / scene.floor
    spread = side * row * 0.17 + (0.0, 0.24, -0.26, 0.33)[min(rank, 3)]
    y = _row(story, scene, subject, nearness, lag)
    held = shot.camera.move.startswith(("pan", "track", "orbit")) and subject.motion in _SPEED
    wet, aloft = _is_wet(story, scene, subject), _is_aloft(subject)
    in_the_open = scene.ground is None or story.place == "underwater"
    return Actor(
        subject=subject,
        height=max(8, round(size * largest)),
        largest=largest,
        place=(canvas.width * (0.5 + spread), y),
        nearness=nearness,
        way=_way(subject, canvas.width, shot, held=held),
        rise=_RISE.get(subject.motion, 0.0) * canvas.height if aloft else 0.0,
        held=held,
        light=LIGHT[story.time_of_day],
        mirrored=0.3 if wet and not aloft else 0.0,
        grounded=not (in_the_open or aloft)
        and not (wet and story.place in ON_WATER)
        and subject.motion != "swims",
        lag=lag,
        check=check,
        hangs=in_the_open or (aloft and subject.motion == "floats"),
    )


def _is_aloft(subject: Subject) -> bool:
    return subject.motion in _IN_THE_AIR or (subject.motion == "floats" and subject.kind in _LIGHT)


def _nearness(story: Storyboard, scene: Scene, subject: Subject, part: float) -> float:
    """How near somebody is: `part` of what the main subject is, on the right side of a shore."""
    if is_at_skyline(story, subject):
        return _SKYLINE
    nearness = scene.floor * part
    if scene.shore is None or (_is_aloft(subject) and subject.motion != "rises"):
        return nearness
    if _is_wet(story, scene, subject):
        return min(nearness, scene.shore * part - 2 * _EDGE)
    return max(nearness, scene.shore + _EDGE)


def _is_wet(story: Storyboard, scene: Scene, subject: Subject) -> bool:
    """Whether the ground mirrors somebody who is there."""
    if story.place in ON_WATER:
        return scene.shore is None or subject.motion in AFLOAT or is_at_skyline(story, subject)
    return story.place == "city_street" and story.weather in ("rain", "storm")


def _row(story: Storyboard, scene: Scene, subject: Subject, nearness: float, lag: float) -> float:
    canvas = scene.canvas
    if scene.ground is None or story.place == "underwater":
        low = 0.2 if subject.motion == "rises" else 0.0
        return canvas.height * (0.52 + low + 0.1 * (lag - 0.5))
    if _is_aloft(subject) and subject.motion != "rises":
        return canvas.height * (0.34 + 0.16 * (lag - 0.5))
    if is_at_skyline(story, subject):
        return float(canvas.horizon)
    return canvas.horizon + nearness * (canvas.height - canvas.horizon)


def _way(subject: Subject, width: int, shot: Shot, *, held: bool) -> float:
    part = min(_MOST_WAY, _SPEED.get(subject.motion, 0.0) * 6)
    if held or shot.camera.move in ("push_in", "pull_out"):
        part *= 0.35
    return (1 if subject.heading == "right" else -1) * part * width


def _fitted(cutout: Cutout, relative: float) -> Cutout:
    return cutout if abs(relative - 1) < 1 / 400 else cutout.resized(relative)


def _soft_ellipse(wide: int, height: int) -> Bytes:
    """A contact shadow: 255 where the light is whole."""
    tall = max(4, round(height * 0.12))
    y = (np.arange(tall, dtype=np.float32)[:, None] - tall / 2) / (tall / 2)
    x = (np.arange(wide, dtype=np.float32)[None, :] - wide / 2) / (wide / 2)
    dark = np.clip(1.1 - x * x - y * y, 0, 1) * 0.5
    return ((1 - dark) * 255).astype(np.uint8)
