"""Every request model against the table of facts, and what all of them have in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import ENDPOINTS, check_request, describe, find_endpoint, read_request

ROWS = list(ENDPOINTS.values())
ADDRESS = "https://example.com/a"
MEDIA = ("image_url", "end_image_url", "audio_url", "video_url")


def least_of(row):
    """The shortest request that an endpoint takes."""
    needed = {spec.name: spec for spec in describe(row.model) if spec.required}
    fields = {name: ADDRESS if spec.media else "a fox" for name, spec in needed.items()}
    return {"prompt": "a fox", **fields} if row.task == "audio-to-video" else fields


def problems(row, **fields):
    with pytest.raises(InvalidRequest) as refused:
        read_request(row.model, least_of(row) | fields)
    return refused.value.problems


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_fields_defaults_choices_and_bounds_are_the_pages_own(row, facts):
    """Every field is what fal's pages state, in their order, and there is none besides."""
    stated = facts["requests"][row.model.__name__]

    seen = {
        spec.name: {
            **({"required": True} if spec.required else {"default": spec.default}),
            **({"choices": list(spec.choices)} if spec.choices else {}),
            **({"least": spec.minimum} if spec.minimum is not None else {}),
            **({"most": spec.maximum} if spec.maximum is not None else {}),
            **({"media": spec.media} if spec.media else {}),
        }
        for spec in describe(row.model)
    }

    assert {n: f | {"choices": set(f.get("choices", ()))} for n, f in seen.items()} == {
        n: f | {"choices": set(f.get("choices", ()))} for n, f in stated.items()
    }
    assert list(seen) == list(stated)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_field_explains_itself(row):
    """Each field has a title and a help text for people."""
    assert all(spec.title and spec.help for spec in describe(row.model))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_what_is_unset_is_left_out(row):
    """Context, guidance scale, end image and an automatic shape leave the choice to the service."""
    body = read_request(row.model, least_of(row)).body()

    assert body.keys().isdisjoint({"context", "guidance_scale", "end_image_url"})
    assert body.get("aspect_ratio") != "auto"
    assert None not in body.values()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_what_is_sent_is_read_back(row):
    """A body is a request of its own, equal to the first."""
    request = read_request(row.model, least_of(row))

    assert check_request(row.model, request.body()) == request


def test_whole_seconds_leave_as_whole_numbers():
    """5.0 s leave as 5, and 12.5 as they are."""
    row = find_endpoint("ltx-2.3/extend-video")

    body = read_request(row.model, least_of(row) | {"context": "2.0", "duration": "12.5"}).body()

    assert (repr(body["context"]), repr(body["duration"])) == ("2", "12.5")


@pytest.mark.parametrize(
    ("endpoint", "field", "given", "cure"),
    [
        ("ltx-2.3/extend-video", "duration", 1, 2),
        ("ltx-2.3/extend-video", "duration", "21", 20),
        ("ltx-2.3/extend-video", "context", 0.5, 1),
        ("ltx-2.3/retake-video", "start_time", -1, 0),
        ("ltx-2.3/audio-to-video", "guidance_scale", 51, 50),
    ],
)
def test_a_number_out_of_range_comes_with_the_nearest(endpoint, field, given, cure):
    """The message names the range, the fix is its nearer end."""
    (wrong,) = problems(find_endpoint(endpoint), **{field: given})

    assert "choose" in wrong.message
    assert wrong.fix == {field: cure}


@pytest.mark.parametrize("given", ["soon", True, float("nan"), float("inf"), [3]])
def test_seconds_are_finite_numbers(given):
    """Nothing else passes for a length."""
    (wrong,) = problems(find_endpoint("ltx-2.3/extend-video"), duration=given)

    assert wrong.field == "duration"


@pytest.mark.parametrize(
    "address",
    ["", "clip.mp4", "file:///etc/passwd", "ftp://example.com/a", "concat:a|b", "https://", "a b"],
)
def test_media_are_addresses(address):
    """On the wire, media are https addresses or data URIs and nothing else."""
    (wrong,) = problems(find_endpoint("ltx-2.3/extend-video"), video_url=address)

    assert (wrong.field, wrong.type) == ("video_url", "url_scheme")


def test_sound_needs_a_prompt_or_a_picture():
    """Audio to video is told what to show, in words or by a picture."""
    row = find_endpoint("ltx-2.3/audio-to-video")

    (wrong,) = problems(row, prompt=" ")

    assert (wrong.field, wrong.context["rule"]) == ("prompt", "prompt_or_image")
    assert read_request(row.model, {"audio_url": ADDRESS, "image_url": ADDRESS})


def test_media_bytes_are_in_no_message():
    """A refused data URI is cut short where it is told."""
    (wrong,) = problems(find_endpoint("ltx-2.3/extend-video"), video_url="data:" + "A" * 9999)

    assert len(str(wrong.given)) < 100
    assert len(str(wrong)) < 300


NAMES = sorted({name for row in ROWS for name in row.model.model_fields})
VALUES = st.one_of(
    st.integers(-3, 60),
    st.floats(),
    st.booleans(),
    st.none(),
    st.text(max_size=9),
    st.sampled_from(["1080p", "16:9", "auto", "end", "replace_audio", ADDRESS, "data:,x", "6"]),
)


@given(st.sampled_from(ROWS), st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_any_input_is_read_or_refused_clearly(row, fields):
    """Whatever comes, there is a request or an InvalidRequest with named problems."""
    try:
        request = read_request(row.model, least_of(row) | fields)
    except InvalidRequest as error:
        clear = [bool(p.field and p.message) for p in error.problems]
    else:
        clear = [check_request(row.model, request.body()).body() == request.body()]
    assert all(clear)
