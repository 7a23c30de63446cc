"""Between two unrelated pictures: one camera move that leaves the first and arrives in the second.

Forward, the camera flies through the first picture: what is far opens onto the second, what is
near passes by at the sides. Sideways or upwards, both lie side by side in one world and the camera
goes from one to the other, near things faster than far ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.blend import Brush
from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.moves import eased
from ltx_widgets.engines.preview.passing_air import PassingAir
from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.relief import Floats, Relief, mesh_of
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Crossing"]

_SIDEWAYS = {"left": (1, 0), "right": (-1, 0), "up": (0, 1), "down": (0, -1)}
# Flying through: how much is passed by, from how far the second picture is first seen.
_PASSED, _FAR_ZOOM, _BEYOND = 0.62, 0.35, 0.26
_SOFT = 0.2
# Going past: how wide the pictures' common border is, in parts of the way, and how it bends.
_BORDER, _DEPTH = 0.3, 0.22


class Crossing:
    """Draws a clip that begins with one picture and ends with another.

    Args:
        first: What the first frame shows.
        last: What the last frame shows; of the same size.
        story: Its first camera move says which way the camera goes.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
    """

    def __init__(
        self, first: Relief, last: Relief, story: Storyboard, *, fps: int, num_frames: int
    ) -> None:
        name, _, side = story.shots[0].camera.move.partition("_")
        self._backwards = name == "pull"
        self._first, self._last = (last, first) if self._backwards else (first, last)
        self._num_frames = num_frames
        self._way = _SIDEWAYS.get(side)
        self._rough = _roughness(story.seed, first.size)
        self._air = PassingAir(story, first.size, fps=fps, num_frames=num_frames)
        self._brush = Brush()
        self._badge = paint_badge(*first.size)

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame, from 0; the first and the last are the pictures, with the badge."""
        done = eased(number / max(1, self._num_frames - 1))
        done = 1 - done if self._backwards else done
        sight = self._past(done, *self._way) if self._way else self._through(done)
        self._brush.draw_both(to, (self._first, sight.one), (self._last, sight.other), sight.weight)
        self._air.draw(to, number)
        draw_badge(to, self._badge)

    def close(self) -> None:
        """End the drawing threads."""
        self._brush.close()

    def _through(self, done: float) -> _Sight:
        passed = _PASSED * done
        one = self._first.seen(View(push=passed), zoom=1 + _FAR_ZOOM * done)
        near = self._first.nearness_at(one)
        left = 1 - done
        other = self._last.seen(View(push=-_BEYOND * left), zoom=1 - 0.1 * left)
        mesh = mesh_of(self._first.size)
        size = np.array(self._first.size, np.float32)
        focus = np.array(self._first.focus, np.float32)
        aside = np.linalg.norm((mesh - focus) / size, axis=2)
        # What is far and ahead opens first; what is near and aside is passed by last.
        late = 0.35 * near + 0.9 * aside + 0.08 * self._rough
        opened = np.interp(done, (0.08, 0.92), (float(late.min()), float(late.max()) + _SOFT))
        weight = np.clip((opened - late) / _SOFT, 0, 1)
        return _Sight(one, other, _smooth(weight.astype(np.float32)))

    def _past(self, done: float, x: int, y: int) -> _Sight:
        width, height = self._first.size
        way = np.array((x * width, y * height), np.float32)
        one = self._first.seen(_slid(way * done))
        other = self._last.seen(_slid(-way * (1 - done)))
        near, far = self._first.nearness_at(one), self._last.nearness_at(other)
        # How far along the way each node is: below 0 the first picture, above 1 the second.
        mesh = mesh_of(self._first.size)
        length = float(np.abs(way).sum())
        along = (mesh[..., 0] * -x + mesh[..., 1] * -y) / length + (1 if x + y > 0 else 0)
        edge = 1 - done + (done * (1 - done)) * (near * 0.5 + far * 0.5 - 0.5 + self._rough * 0.3)
        reach = _BORDER * min(1.0, 4 * done * (1 - done)) + 1e-3
        weight = np.clip((along - edge) / reach + 0.5, 0, 1)
        if done in (0.0, 1.0):
            weight = np.full_like(weight, done)
        return _Sight(one, other, _smooth(weight.astype(np.float32)))


@dataclass(frozen=True, slots=True)
class _Sight:
    one: Floats
    other: Floats
    weight: Floats


def _slid(way: Floats) -> View:
    """A camera's step aside: what is near goes farther than what is far."""
    x, y = (float(value) for value in way)
    return View(x * (1 - _DEPTH), y * (1 - _DEPTH), x * 2 * _DEPTH, y * 2 * _DEPTH)


def _smooth(weight: Floats) -> Floats:
    smooth: Floats = weight * weight * (3 - 2 * weight)
    return smooth


def _roughness(seed: int, size: tuple[int, int]) -> Floats:
    """Soft noise for the nodes, 0 to 1, so that no edge is straight."""
    shape = mesh_of(size).shape[1::-1]
    rng = np.random.default_rng([seed, 11])
    noise = cv2.resize(rng.random((9, 16), np.float32), shape, interpolation=cv2.INTER_CUBIC)
    rough: Floats = np.clip(noise, 0, 1)
    return rough
