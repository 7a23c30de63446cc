"""Frames move the way the camera was told to."""

import cv2
import numpy as np
import pytest
from preview_frames import draw, story_of

PLAIN = "a wide empty land"


def shift(a, b):
    """Pixels that the picture moved right and down from `a` to `b`."""
    window = cv2.createHanningWindow(a.shape[::-1], cv2.CV_32F)
    (x, y), _ = cv2.phaseCorrelate(a.astype(np.float32), b.astype(np.float32), window)
    return x, y


def growth(a, b):
    """How much the picture grew from `a` to `b`, by least squares on optical flow; 0 is none."""
    flow = cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 3, 25, 3, 5, 1.1, 0)
    height, width = a.shape
    x = np.arange(width) - width / 2
    y = np.arange(height)[:, None] - height / 2
    return float((flow[..., 0] * x + flow[..., 1] * y).sum() / (x**2 + y**2).sum())


def moved(move, place="mountains"):
    story = story_of(PLAIN, move=move, place=place, weather="clear", time_of_day="day")
    return draw(story, (22, 25, 28))


@pytest.mark.parametrize("place", ["mountains", "snowfield", "city_street", "sky"])
@pytest.mark.parametrize(("move", "sign"), [("pan_left", 1), ("pan_right", -1)])
def test_pan_moves_the_picture_the_other_way(move, sign, place):
    """Turning the camera left moves everything right in the frame, and the reverse."""
    first, _, last = moved(move, place)
    x, y = shift(first, last)
    assert x * sign > 1
    assert abs(y) < abs(x) / 4


@pytest.mark.parametrize(
    ("move", "sign"), [("tilt_up", 1), ("tilt_down", -1), ("crane_up", 1), ("crane_down", -1)]
)
def test_tilt_and_crane_move_the_picture_down_or_up(move, sign):
    """Looking or rising up moves everything down in the frame, and the reverse."""
    first, _, last = moved(move)
    x, y = shift(first, last)
    assert y * sign > 0.4
    assert abs(x) < 0.3


@pytest.mark.parametrize("place", ["city_street", "desert", "forest", "space"])
@pytest.mark.parametrize(("move", "sign"), [("push_in", 1), ("pull_out", -1)])
def test_push_and_pull_grow_and_shrink(move, sign, place):
    """Going forward makes the picture grow from its middle, going back makes it shrink."""
    first, _, last = moved(move, place)
    assert growth(first, last) * sign > 0.001


@pytest.mark.parametrize(("move", "sign"), [("track_left", 1), ("track_right", -1)])
def test_travelling_moves_near_things_more(move, sign):
    """Beside the camera the ground passes faster than the hills."""
    story = story_of(PLAIN, move=move, pace=0.4, place="meadow", weather="clear")
    first, last = draw(story, (24, 26))
    far, near = (shift(first[rows], last[rows])[0] for rows in (np.s_[70:104], np.s_[130:170]))
    assert near * sign > far * sign > 0


@pytest.mark.parametrize(("move", "sign"), [("orbit_left", 1), ("orbit_right", -1)])
def test_orbit_swings_the_land_around_the_subject(move, sign):
    """Round to the left, what is far goes left and what is near right; between, it stays."""
    story = story_of(PLAIN, move=move, place="meadow", weather="clear", time_of_day="day")
    first, last = draw(story, (23, 27))
    far, near = (shift(first[rows], last[rows])[0] for rows in (np.s_[70:100], np.s_[168:180]))
    assert far * sign < -0.5
    assert near * sign > 0.2


def test_static_background_stands_still():
    """With a camera at rest nothing moves but grain."""
    first, middle, last = moved("static")
    assert np.abs(first.astype(int) - last).max() <= 3
    assert np.hypot(*shift(first, middle)) < 0.05


def test_handheld_wanders_but_stays():
    """A hand's unrest is a few pixels at most."""
    story = story_of(PLAIN, move="handheld", place="mountains", weather="clear")
    frames = draw(story, range(0, 50, 7))
    ways = [np.hypot(*shift(frames[0], frame)) for frame in frames[1:]]
    assert 0.3 < max(ways) < 8


def test_tracked_runner_stays_in_the_frame():
    """A running fox is held while the land passes behind it."""
    story = story_of("a red fox runs through the snow, pan left", place="snowfield")
    with_fox = draw(story, (0, 25, 49))
    without = draw(
        story_of("a red fox runs through the snow, pan left").__class__(
            **{name: getattr(story, name) for name in story.__slots__} | {"subjects": ()}
        ),
        (0, 25, 49),
    )
    for fox, land in zip(with_fox, without, strict=True):
        columns = np.flatnonzero((np.abs(fox.astype(int) - land) > 25).sum(axis=0) > 3)
        assert columns.size > 10
        assert 40 < columns.mean() < 280
