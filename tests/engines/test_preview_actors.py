"""Subjects are there, face where they head, and go there."""

from dataclasses import replace

import numpy as np
import pytest
from preview_frames import draw, story_of

from ltx_widgets.engines.preview import sprites
from ltx_widgets.engines.preview.actors import cast
from ltx_widgets.engines.preview.camera import path_of
from ltx_widgets.engines.preview.places import HORIZON, paint
from ltx_widgets.engines.preview.planes import Canvas
from ltx_widgets.engines.preview.reading import read_prompt
from ltx_widgets.engines.preview.scene import Brief


def seen(story, numbers=(5, 25, 45)):
    """For each frame, how much every pixel differs from the same scene without anybody."""
    with_them = draw(story, numbers)
    without = draw(replace(story, subjects=()), numbers)
    return [
        np.abs(one.astype(int) - other) > 12 for one, other in zip(with_them, without, strict=True)
    ]


def middle(mask, axis=1):
    """Mean column of what is seen; mean row with `axis` 0."""
    return float(np.nonzero(mask)[axis].mean())


def staged(prompt, width=320, height=180):
    """The painted scene of a prompt and its actors, those farther away first."""
    story = read_prompt(prompt, duration_s=6)
    shot = story.shots[0]
    path = path_of(shot, width=width, height=height, seconds=2, lively=False)
    horizon = round(HORIZON[story.place] * height / 2) * 2
    scene = paint(Brief(story, Canvas(width, height, *path.margins(), horizon)))
    return scene, cast(story, scene, shot, path, check=lambda: None)


def walker(kind, motion, heading, place="meadow", **changes):
    """A storyboard of one subject before a camera at rest, in still air."""
    story = story_of(f"a {kind}", move="static", place=place, weather="clear", time_of_day="day")
    subject = replace(story.subjects[0], motion=motion, heading=heading, **changes)
    return replace(story, subjects=(subject,))


@pytest.mark.parametrize("kind", ["fox", "woman", "car", "balloon", "lighthouse"])
def test_subject_is_in_the_picture(kind):
    """Who is asked for is seen, and not only as a speck."""
    for mask in seen(story_of(f"a {kind}", move="static", weather="clear")):
        assert mask.sum() > 200


@pytest.mark.parametrize(("heading", "sign"), [("left", -1), ("right", 1)])
@pytest.mark.parametrize(
    ("kind", "motion"), [("fox", "runs"), ("woman", "walks"), ("car", "drives")]
)
def test_subject_goes_where_it_heads(kind, motion, heading, sign):
    """Its middle moves the way it heads, all the time."""
    columns = [middle(mask) for mask in seen(walker(kind, motion, heading))]
    assert np.all(np.diff(columns) * sign > 10)


@pytest.mark.parametrize(("heading", "sign"), [("left", -1), ("right", 1)])
@pytest.mark.parametrize("kind", ["fox", "horse", "deer"])
def test_subject_faces_where_it_heads(kind, heading, sign):
    """The head, which is an animal's highest part, is on the side it heads for."""
    mask = seen(walker(kind, "stands", heading))[1]
    rows = np.nonzero(mask)[0]
    top = mask[: rows.min() + np.ptp(rows) // 6]
    assert (middle(top) - middle(mask)) * sign > 5


@pytest.mark.parametrize(
    "prompt",
    [
        "a woman stands by the lake",
        "a dog runs along the beach",
        "seven people on the beach",
        "a man watches the skyline",
        "three horses by a river",
    ],
)
def test_who_does_not_swim_stands_on_the_bank(prompt):
    """Beside water one stands on dry ground: with a shadow, without a mirror image."""
    scene, actors = staged(prompt)
    assert scene.shore is not None
    for actor in actors:
        assert actor.nearness > scene.shore
        assert actor.grounded
        assert not actor.mirrored


def test_boats_stay_on_the_water_before_a_bank():
    """A boat is beyond the shore, mirrored; who watches it is on this side."""
    scene, (boat, woman) = staged("a boat on a lake and a woman watching")
    assert boat.mirrored
    assert boat.nearness < scene.shore < woman.nearness


@pytest.mark.parametrize("prompt", ["a sailboat on the sea", "gulls over the sea", "a lighthouse"])
def test_water_without_bystanders_has_no_bank(prompt):
    """Nobody to stand on it, no bank."""
    assert staged(prompt)[0].shore is None


def test_bank_does_not_sway():
    """Waves end before the bank: with a camera at rest its ground stands still."""
    story = story_of("a woman stands by the lake", move="static", weather="clear")
    one, other = (frame[150:, :100].astype(int) for frame in draw(story, (10, 30)))
    assert np.abs(one - other).max() <= 3


def test_skyscraper_stands_in_the_skyline():
    """A tower is as tall as the others across the water, with its foot at the horizon."""
    scene, (tower,) = staged("a skyscraper towers over the skyline")
    assert tower.place[1] == scene.canvas.horizon
    assert tower.height > 0.4 * scene.canvas.height


@pytest.mark.parametrize(
    "prompt", ["a rocket launches into the sky", "a rocket lifts off from a field"]
)
def test_rocket_goes_up_from_the_ground(prompt):
    """A launch begins on the ground and goes straight up."""
    story = story_of(prompt, move="static", weather="clear", time_of_day="day")
    first, last = seen(story, (0, 49))
    assert np.nonzero(first)[0].max() > 140
    assert middle(last, axis=0) < middle(first, axis=0) - 40
    assert abs(middle(last) - middle(first)) < 8


def test_balloon_floats_in_the_air():
    """A floating balloon is whole above the ground, without shadow or mirror image."""
    for prompt in ("a balloon over a meadow", "a balloon drifts over the sea"):
        scene, (balloon,) = staged(prompt)
        assert not balloon.grounded
        assert not balloon.mirrored
        assert balloon.height / 2 < balloon.place[1] < scene.canvas.horizon


@pytest.mark.parametrize("kind", ["train", "bus", "ship", "airplane"])
@pytest.mark.parametrize("framing", ["", "close-up of "])
def test_wide_subjects_fit_into_tall_frames(kind, framing):
    """No subject is wider than the frame, not even close by in a tall clip."""
    _, (actor,) = staged(f"{framing}a {kind}, static camera", width=180, height=320)
    assert actor.height * sprites.breadth(kind) <= 0.8 * 180 + 1
