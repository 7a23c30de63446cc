"""Between two pictures of one scene: everything goes from where it is to where it will be."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.blend import draw_both
from ltx_widgets.engines.preview.moves import eased
from ltx_widgets.engines.preview.passing_air import PassingAir
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.relief import Floats, Relief, mesh_of
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Flows", "Morph", "flows_between"]

_ACROSS = 640
_AGREES_PX = 1.5
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Flows:
    """Where each part of two pictures is found in the other.

    Attributes:
        there: (h, w, 2) float32: for each place of the first picture, how far right and down it
            is in the second, in parts of the pictures' width.
        back: The same from the second to the first.
        agreement: Part of the first picture that comes back to where it was by both.
    """

    there: Floats
    back: Floats
    agreement: float


def flows_between(first: Bytes, last: Bytes) -> Flows:
    """Dense flow both ways (DIS, Kroeger et al. 2016) at 640 pixels across.

    Args:
        first: (h, w) uint8 luma.
        last: (h, w) uint8 luma of the same size.
    """
    height, width = first.shape
    scale = _ACROSS / max(height, width)
    size = round(width * scale), round(height * scale)
    small = [cv2.resize(luma, size, interpolation=cv2.INTER_AREA) for luma in (first, last)]
    finder = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    there, back = finder.calc(*small, None), finder.calc(*small[::-1], None)
    home = there + _sample(back, _places(size) + there)
    # Where nothing is to be seen, any flow agrees with any other: only what has structure counts.
    steep = cv2.magnitude(
        cv2.Sobel(small[0], cv2.CV_32F, 1, 0), cv2.Sobel(small[0], cv2.CV_32F, 0, 1)
    )
    counted = steep >= np.median(steep)
    agreement = float((np.linalg.norm(home, axis=2) < _AGREES_PX)[counted].mean())
    soft = [cv2.GaussianBlur(flow, (0, 0), 2.0) / size[0] for flow in (there, back)]
    return Flows(soft[0], soft[1], agreement)


class Morph:
    """Draws a clip in which one picture's parts travel to their places in another.

    Args:
        first: What the first frame shows.
        last: What the last frame shows; of the same size.
        flows: Between the two.
        story: Its weather comes and goes between them.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
    """

    def __init__(
        self,
        first: Relief,
        last: Relief,
        flows: Flows,
        story: Storyboard,
        *,
        fps: int,
        num_frames: int,
    ) -> None:
        self._first, self._last, self._num_frames = first, last, num_frames
        self._mesh = mesh_of(first.size)
        self._there, self._back = flows.there, flows.back
        self._air = PassingAir(story, first.size, fps=fps, num_frames=num_frames)
        self._badge = paint_badge(*first.size)

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame, from 0; the first and the last are the pictures, with the badge."""
        done = eased(number / max(1, self._num_frames - 1))
        first, last = self._first, self._last
        one = _looks(first, self._mesh, self._there, done)
        other = _looks(last, self._mesh, self._back, 1 - done)
        # Both warps show the same things in the same places; the later one takes over late
        # where it matters little, in the middle third.
        share = np.clip((done - 0.3) / 0.4, 0, 1)
        weight = np.full(self._mesh.shape[:2], share * share * (3 - 2 * share), np.float32)
        draw_both(to, (first, one), (last, other), weight)
        self._air.draw(to, number)
        draw_badge(to, self._badge)

    def close(self) -> None:
        """Nothing is held."""


def _looks(relief: Relief, mesh: Floats, flow: Floats, done: float) -> Floats:
    """Where the nodes look in a picture whose parts have gone some of their way."""
    corner = np.array((relief.left, relief.top), np.float32)
    if not done:
        return mesh + corner
    width = relief.size[0]
    scale = flow.shape[1] / width
    source = mesh
    for _ in range(_ROUNDS):
        gone = _sample(flow, (source + 0.5) * scale - 0.5) * (width * done)
        source = mesh - gone
    looks: Floats = source + corner
    return looks


def _places(size: tuple[int, int]) -> Floats:
    across, down = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
    return np.stack(np.meshgrid(across, down), axis=-1)


def _sample(flow: Floats, places: Floats) -> Floats:
    sampled: Floats = cv2.remap(
        flow, places.astype(np.float32), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return sampled
