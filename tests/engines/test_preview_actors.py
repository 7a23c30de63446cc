"""Subjects are there, face where they head, and go there."""

from dataclasses import replace

import numpy as np
import pytest
from preview_frames import draw, story_of


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
