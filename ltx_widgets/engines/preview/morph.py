"""Between two pictures of one scene: everything goes from where it is to where it will be."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ltx_widgets.engines.preview.badge import draw_badge, paint_badge
from ltx_widgets.engines.preview.blend import Brush
from ltx_widgets.engines.preview.moves import eased
from ltx_widgets.engines.preview.passing_air import PassingAir
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.relief import Floats, Relief, mesh_of
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["Flows", "Morph", "flows_between"]

_ACROSS = 640
_AGREES_PX = 1.5
_ROUNDS = 3
_CORNERS = 1200
_FEWEST_PAIRS = 24
_FEWEST_INSIDE = 0.2
_LEAST_SHARED = 0.1


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
    one, other = (cv2.resize(luma, size, interpolation=cv2.INTER_AREA) for luma in (first, last))
    places = _places(size)
    # The camera's own move is taken out first: DIS alone loses what went farther than about 40
    # pixels or grew by more than a fifth.
    camera = _camera_between(one, other)
    home = cv2.invertAffineTransform(camera)
    aligned = cv2.warpAffine(
        other, home, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    rest, rest_back = finder.calc(one, aligned, None), finder.calc(aligned, one, None)
    there = _moved(camera, places + rest) - places
    came_from = _moved(home, places)
    back = came_from + _sample(rest_back, came_from) - places
    agreement = _agreement(one, there, back)
    soft = [cv2.GaussianBlur(flow, (0, 0), 2.0) / size[0] for flow in (there, back)]
    return Flows(soft[0], soft[1], agreement)


def _camera_between(one: Bytes, other: Bytes) -> Floats:
    """The turn, zoom and shift (2, 3) that most corners agree on; none where few agree."""
    finder = cv2.ORB.create(_CORNERS)
    still: Floats = np.eye(2, 3, dtype=np.float32)
    (points, marks), (others, other_marks) = (
        finder.detectAndCompute(luma, None) for luma in (one, other)
    )
    if marks is None or other_marks is None:
        return still
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(marks, other_marks)
    if len(pairs) < _FEWEST_PAIRS:
        return still
    cv2.setRNGSeed(0)
    camera, inside = cv2.estimateAffinePartial2D(
        np.array([points[pair.queryIdx].pt for pair in pairs], np.float32),
        np.array([others[pair.trainIdx].pt for pair in pairs], np.float32),
        ransacReprojThreshold=3.0,
    )
    if camera is None or inside.sum() < max(_FEWEST_PAIRS, len(pairs) * _FEWEST_INSIDE):
        return still
    found: Floats = camera.astype(np.float32)
    return found


def _agreement(one: Bytes, there: Floats, back: Floats) -> float:
    """Part of a picture that is in both and comes back to where it was."""
    height, width = one.shape
    places = _places((width, height))
    landed = places + there
    error = np.linalg.norm(there + _sample(back, landed), axis=2)
    # Where nothing is to be seen, any flow agrees with any other: only what has structure counts.
    steep = cv2.magnitude(cv2.Sobel(one, cv2.CV_32F, 1, 0), cv2.Sobel(one, cv2.CV_32F, 0, 1))
    inside = ((landed >= 0) & (landed < (width, height))).all(axis=2)
    counted = (steep >= np.median(steep)) & inside
    if counted.mean() < _LEAST_SHARED:
        return 0.0
    return float((error < _AGREES_PX)[counted].mean())


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
        self._brush = Brush()
        self._badge = paint_badge(*first.size)

    def draw(self, number: int, to: Yuv) -> None:
        """Draw one frame, from 0; the first and the last are the pictures, with the badge."""
        done = eased(number / max(1, self._num_frames - 1))
        # Both warps show the same things in the same places: half way, when both are equally
        # wrong, the second takes over.
        share = float(np.clip((done - 0.38) / 0.24, 0, 1))
        if share < 1:
            one = _looks(self._first, self._mesh, self._there, done)
        if share > 0:
            other = _looks(self._last, self._mesh, self._back, 1 - done)
        if share in (0, 1):
            self._brush.draw(to, *((self._last, other) if share else (self._first, one)))
        else:
            weight = np.full(self._mesh.shape[:2], share * share * (3 - 2 * share), np.float32)
            self._brush.draw_both(to, (self._first, one), (self._last, other), weight)
        self._air.draw(to, number)
        draw_badge(to, self._badge)

    def close(self) -> None:
        """End the drawing threads."""
        self._brush.close()


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


def _moved(camera: Floats, places: Floats) -> Floats:
    moved: Floats = places @ camera[:, :2].T + camera[:, 2]
    return moved


def _places(size: tuple[int, int]) -> Floats:
    across, down = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
    return np.stack(np.meshgrid(across, down), axis=-1)


def _sample(flow: Floats, places: Floats) -> Floats:
    sampled: Floats = cv2.remap(
        flow, places.astype(np.float32), None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return sampled
