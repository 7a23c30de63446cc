"""The six text-to-video requests against the table of facts."""

from __future__ import annotations

from itertools import product

import pytest

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import ENDPOINTS, check_request, describe, find_endpoint, read_request

TEXT_TO_VIDEO = [row for row in ENDPOINTS.values() if row.task == "text-to-video"]
FAST = [row for row in TEXT_TO_VIDEO if row.tier == "fast"]


def problems(model, **fields):
    with pytest.raises(InvalidRequest) as refused:
        read_request(model, fields)
    return refused.value.problems


@pytest.mark.parametrize("row", TEXT_TO_VIDEO, ids=lambda row: row.id)
def test_numbers_leave_as_integers(row):
    """Digits typed as text become integers on the wire."""
    body = read_request(row.model, {"prompt": "a", "duration": "8", "fps": " 25 "}).body()

    assert body["duration"] == 8
    assert type(body["duration"]) is int
    assert type(body["fps"]) is int


def test_a_whole_float_leaves_as_an_integer():
    """8.0 is sent as 8."""
    body = read_request(
        find_endpoint("ltx-2.3/text-to-video").model, {"prompt": "a", "duration": 8.0}
    )

    assert repr(body.body()["duration"]) == "8"


@pytest.mark.parametrize("value", ["6", True, None, 7, 6.5, [6]])
def test_the_wire_takes_no_other_duration(value):
    """What is not an offered integer is refused as a literal_error at its field."""
    with pytest.raises(InvalidRequest) as refused:
        check_request(
            find_endpoint("ltx-2.3/text-to-video").model, {"prompt": "a", "duration": value}
        )

    assert [(p.field, p.type) for p in refused.value.problems] == [("duration", "literal_error")]


@pytest.mark.parametrize("row", FAST, ids=lambda row: row.id)
def test_long_clips_come_at_25_fps_and_1080p_only(row):
    """Over 10 s, another rate or size is refused where it stands, with the fix for both."""
    combinations = product((12, 14, 16, 18, 20), ("1080p", "1440p", "2160p"), (25, 50))
    for duration, resolution, fps in combinations:
        fields = {"prompt": "a", "duration": duration, "resolution": resolution, "fps": fps}
        if (resolution, fps) == ("1080p", 25):
            assert read_request(row.model, fields).body()["duration"] == duration
            continue
        wrong = problems(row.model, **fields)
        assert read_request(row.model, {**fields, **wrong[0].fix})
        assert {p.field for p in wrong} == set(wrong[0].fix)


@pytest.mark.parametrize("row", TEXT_TO_VIDEO, ids=lambda row: row.id)
def test_short_clips_come_in_every_combination(row):
    """Up to 10 s, every offered size and rate goes together."""
    choices = {spec.name: spec.choices for spec in describe(row.model) if spec.choices}
    for resolution, fps, duration in product(choices["resolution"], choices["fps"], (6, 8, 10)):
        assert read_request(
            row.model, {"prompt": "a", "resolution": resolution, "fps": fps, "duration": duration}
        )


def test_an_unknown_field_is_refused_by_name():
    """A typo is named, with the field that was probably meant."""
    (wrong,) = problems(TEXT_TO_VIDEO[0].model, prompt="a", resolutoin="1080p")

    assert wrong.field == "resolutoin"
    assert "did you mean resolution?" in wrong.message


def test_keys_of_other_models_are_refused():
    """There is no seed here, and the message says what there is."""
    (wrong,) = problems(TEXT_TO_VIDEO[0].model, prompt="a", seed=1)

    assert "prompt, duration, resolution" in wrong.message


@pytest.mark.parametrize("prompt", ["", "  \n"])
def test_an_empty_prompt_is_refused(prompt):
    """A prompt must say something."""
    (wrong,) = problems(TEXT_TO_VIDEO[0].model, prompt=prompt)

    assert wrong.field == "prompt"


def test_a_prompt_has_at_most_5000_characters():
    """The 5001st character is one too many, and the message counts them."""
    assert read_request(TEXT_TO_VIDEO[0].model, {"prompt": "a" * 5000})

    (wrong,) = problems(TEXT_TO_VIDEO[0].model, prompt="a" * 5001)

    assert "5001" in wrong.message


@pytest.mark.parametrize(("given_s", "offered_s"), [("5", 6), (9, 10), (30, 10)])
def test_a_duration_between_the_offered_ones_comes_with_the_next(given_s, offered_s):
    """The fix is the next longer duration, or the longest there is."""
    (wrong,) = problems(TEXT_TO_VIDEO[0].model, prompt="a", duration=given_s)

    assert wrong.fix == {"duration": offered_s}


def test_several_problems_are_told_at_once():
    """All of them are reported, in field order."""
    wrong = problems(TEXT_TO_VIDEO[0].model, fps=30, duration=7, seed=1)

    assert [p.field for p in wrong] == ["prompt", "duration", "fps", "seed"]
