"""Frames are right for their words, the same each time, and say what they are."""

import cv2
import numpy as np
import pytest
from preview_frames import HEIGHT, WIDTH, decode, draw, shoot, story_of

from ltx_widgets.engines.preview.badge import TEXT, paint_badge
from ltx_widgets.engines.preview.places import HORIZON
from ltx_widgets.engines.preview.render import work_size
from ltx_widgets.engines.preview.storyboard import Camera, Shot


@pytest.mark.parametrize("place", sorted(HORIZON))
@pytest.mark.parametrize(("width", "height"), [(320, 180), (180, 320)])
def test_every_place_can_be_drawn(place, width, height):
    """All places fill the frame, wide and tall, with more than a flat colour."""
    frame = draw(story_of("quiet", place=place), [20], width=width, height=height)[0]
    assert frame.shape == (height, width)
    assert frame.std() > 4


def test_places_look_different():
    """No two places give the same picture."""
    frames = [draw(story_of("quiet", place=place), [20])[0] for place in sorted(HORIZON)]
    for number, one in enumerate(frames):
        for other in frames[number + 1 :]:
            assert np.abs(one.astype(int) - other).mean() > 6


def test_night_is_darker_than_day():
    """The hour decides the light."""
    hours = ("day", "golden_hour", "night")
    frames = [draw(story_of(f"a meadow at {hour.replace('_', ' ')}"), [20])[0] for hour in hours]
    day, golden, night = (frame.mean() for frame in frames)
    assert day > golden > night
    assert night < day / 2


def test_weathers_look_different():
    """Snow, rain, fog and clear air each leave their own trace."""
    air = {}
    for weather in ("clear", "snow", "rain", "fog"):
        story = story_of("a mountain", move="static", place="mountains", weather=weather)
        one, other = draw(story, (10, 13))
        air[weather] = np.abs(one.astype(int) - other)
    assert air["clear"].max() <= 3
    assert air["snow"].mean() > 4 * air["clear"].mean()
    assert air["rain"].max() > 20
    assert air["fog"].mean() > air["clear"].mean()
    streaks = (np.abs(np.diff(air[name], axis=0)).mean() for name in ("rain", "snow"))
    assert next(streaks) != pytest.approx(next(streaks), rel=0.05)


def test_a_frame_depends_only_on_its_number():
    """Drawing frames in another order gives the same frames."""
    story = story_of("a dog runs through the rain in the city, track right")
    forwards = draw(story, (3, 20, 40))
    backwards = draw(story, (40, 20, 3))[::-1]
    for one, other in zip(forwards, backwards, strict=True):
        assert np.array_equal(one, other)


def test_shots_are_cut_in_order():
    """Each shot has its own picture, and frames within one are alike."""
    story = story_of("a lake")
    shots = (Shot(0.5, Camera("static"), "wide"), Shot(0.5, Camera("static"), "close"))
    story = type(story)(
        **{name: getattr(story, name) for name in story.__slots__} | {"shots": shots}
    )
    a, b, c = (frame.astype(int) for frame in draw(story, (20, 24, 25)))
    assert np.abs(a - b).mean() < np.abs(b - c).mean() / 2


def test_badge_is_in_every_decoded_frame(tmp_path):
    """The words of the badge survive encoding in all frames."""
    path = shoot(story_of("neon city at night, push in"), tmp_path / "a.mp4", num_frames=30)
    badge = 255 - paint_badge(WIDTH, HEIGHT).sheet.clear
    letters = paint_badge(WIDTH, HEIGHT).sheet.colour.y
    height, width = badge.shape
    frames = decode(path)
    assert len(frames) == 30
    for frame in frames:
        corner = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)[: height + 12, : width + 12]
        match = cv2.matchTemplate(corner, letters, cv2.TM_CCOEFF_NORMED)
        assert match.max() > 0.8
    assert TEXT == "PREVIEW - not AI"


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        ((1920, 1080), (1920, 1080)),
        ((3840, 2160), (1920, 1080)),
        ((1440, 2560), (1080, 1920)),
        ((320, 180), (320, 180)),
    ],
)
def test_large_frames_are_drawn_smaller(size, drawn):
    """Nothing is drawn larger than 1080p."""
    assert work_size(*size) == drawn


@pytest.mark.parametrize("move", ["crane_up", "crane_down", "track_left", "pull_out", "tilt_down"])
@pytest.mark.parametrize("place", ["river", "mountains", "snowfield", "lake", "sky"])
def test_no_row_is_left_unpainted(place, move):
    """However the camera moves, plates and ground meet: no row stays blank."""
    story = story_of("quiet", place=place, move=move, weather="clear", time_of_day="day")
    for frame in draw(story, (0, 49)):
        assert frame.mean(axis=1).min() > 18
