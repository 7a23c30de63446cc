"""Which part of a medium a request works on."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.schema import MediaFacts, check_media, find_endpoint
from ltx_widgets.schema.sections import SECTIONS, Reach

RETAKE = find_endpoint("fal-ai/ltx-2.3/retake-video")
EXTEND = find_endpoint("fal-ai/ltx-2.3/extend-video")
SOUND = find_endpoint("fal-ai/ltx-2.3/audio-to-video")


def film(seconds, fps=25.0):
    return MediaFacts("video", fps=fps, frames=round(seconds * fps), duration=seconds)


def sound(seconds):
    return MediaFacts("audio", duration=seconds)


def reach_of(row, facts, **values):
    return SECTIONS[row.task].reach(row, values, facts)


def section_of(row, facts, **values):
    rule = SECTIONS[row.task]
    return rule.read(row, values, rule.reach(row, values, facts))


def test_a_retake_has_its_fields_bounds():
    """2 to 20 s, from 20 s on at the latest, and within the film."""
    reach = reach_of(RETAKE, film(60))
    assert (reach.least, reach.most, reach.latest, reach.step) == (2, 20, 20, 0.04)
    assert reach_of(RETAKE, film(6)).latest == 4


@pytest.mark.parametrize(
    ("values", "section"),
    [
        ({}, (0, 5)),
        ({"start_time": "2", "duration": "3.5"}, (2, 5.5)),
        ({"start_time": 5, "duration": 20}, (5, 8)),
        ({"start_time": 30, "duration": 2}, (6, 8)),
        ({"start_time": "soon", "duration": None}, (0, 5)),
        ({"start_time": "nan", "duration": "inf"}, (0, 5)),
    ],
)
def test_fields_are_shown_as_the_section_they_mean(values, section):
    """Texts as well; what is not legal is shown as what comes nearest."""
    assert section_of(RETAKE, film(8), **values) == section


@given(
    length=st.floats(2, 90),
    fps=st.sampled_from([23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60]),
    start=st.floats(-5, 100),
    end=st.floats(-5, 100),
)
def test_what_is_written_for_a_section_is_accepted(length, fps, start, end):
    """Wherever it is dragged: the rules of request and media hold, and it comes back the same."""
    facts = film(round(length, 3), fps)
    rule, reach = SECTIONS["retake-video"], reach_of(RETAKE, facts)
    section = reach.fit((start, end))
    fields = rule.write(section)
    request = RETAKE.model(prompt="a fox", video_url="https://a.example/b.mp4", **fields)
    assert check_media(RETAKE, request.body(), {"video_url": facts}) == ()
    assert rule.read(RETAKE, fields, reach) == pytest.approx(section, abs=0.0011)


@given(
    length=st.floats(1, 60),
    fps=st.sampled_from([23.976, 24, 25, 30, 50, 59.94]),
    added=st.floats(2, 20),
    mode=st.sampled_from(["start", "end"]),
    to=st.floats(-5, 70),
)
def test_any_context_that_is_offered_fits(length, fps, added, mode, to):
    """Context and addition together have 505 frames at most."""
    facts = film(round(length, 3), fps)
    values = {"duration": round(added, 2), "mode": mode}
    reach = reach_of(EXTEND, facts, **values)
    section = reach.fit((to, to))
    assert section[1 if mode == "end" else 0] == (facts.duration if mode == "end" else 0)
    context = SECTIONS["extend-video"].write(section)["context"]
    if reach.most >= 1:
        request = EXTEND.model(video_url="https://a.example/b.mp4", context=context, **values)
        assert check_media(EXTEND, request.body(), {"video_url": facts}) == ()
    else:
        assert context == pytest.approx(reach.most, abs=0.001)


@pytest.mark.parametrize(
    ("values", "section"),
    [
        ({}, (0, 8)),
        ({"context": "3"}, (5, 8)),
        ({"context": 3, "mode": "start"}, (0, 3)),
        ({"duration": 15, "mode": "start"}, (0, 5.2)),
        ({"duration": "15"}, (2.8, 8)),
    ],
)
def test_a_context_left_out_is_as_much_as_fits(values, section):
    """505 frames at 25 fps are 20.2 s, the addition and the context."""
    assert section_of(EXTEND, film(8), **values) == section


@pytest.mark.parametrize(
    ("seconds", "section"), [(12.5, (0, 12.5)), (20.04, (0, 20.04)), (180, (0, 20))]
)
def test_a_sound_is_cut_only_where_it_must_be(seconds, section):
    """20 s are taken, and a little more for what codecs add."""
    assert section_of(SOUND, sound(seconds)) == section


@pytest.mark.parametrize(
    ("row", "facts"),
    [(RETAKE, film(1.5)), (EXTEND, film(0.5)), (SOUND, sound(1)), (RETAKE, MediaFacts("video"))],
)
def test_where_no_part_is_legal_there_is_none(row, facts):
    """The media's own rules tell what is wrong."""
    assert reach_of(row, facts) is None


@pytest.mark.parametrize(
    ("reach", "span"),
    [
        (Reach(60, 2, 20, latest=20), (0, 40)),
        (Reach(30, 2, 20, latest=20), (0, 30)),
        (Reach(30, 1, 8, pinned="end"), (22, 30)),
        (Reach(30, 1, 8, pinned="start"), (0, 8)),
        (Reach(180, 2, 20), (0, 180)),
    ],
)
def test_what_no_section_reaches_is_known(reach, span):
    """The rest of the medium can be barred."""
    assert reach.span == span


def test_limits_say_why():
    """Each end of an edge's way has its reason."""
    reach = Reach(length=30, least=2, most=20, latest=20)
    says = {
        edge: [(limit.at, limit.why) for limit in reach.limits(edge, (5, 12))]
        for edge in ("start", "end", "both")
    }
    assert says == {
        "start": [(0, "it begins here"), (10, "the section has 2 s or more")],
        "end": [(7, "the section has 2 s or more"), (25, "the section has 20 s at most")],
        "both": [(0, "it begins here"), (20, "the section starts at 20 s or earlier")],
    }


@given(start=st.floats(0, 60), end=st.floats(0, 60), length=st.floats(2, 60), most=st.floats(2, 30))
def test_within_its_limits_a_section_is_legal(start, end, length, most):
    """What the page lets through is what is kept here."""
    reach = Reach(length=length, least=2, most=most, latest=20)
    section = reach.fit((start, end))
    low, high = reach.limits("start", section)
    assert low.at - 0.002 <= section[0] <= high.at + 0.002
    low, high = reach.limits("end", section)
    assert low.at - 0.002 <= section[1] <= high.at + 0.002
    assert math.isclose(reach.fit(section)[0], section[0], abs_tol=0.0011)
