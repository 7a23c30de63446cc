"""What a person asked for, read with its media; nothing is sent."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_engine import _paint

from ltx_widgets.draft import read_draft
from ltx_widgets.errors import InvalidRequest
from ltx_widgets.video.encode import Mp4Writer, Picture

ADDRESS = "https://example.com/film.mp4"


def draft(folder, endpoint=None, **fields):
    return read_draft(fields, endpoint=endpoint, folder=folder)


def problems(folder, endpoint=None, **fields):
    with pytest.raises(InvalidRequest) as refused:
        draft(folder, endpoint, **fields)
    return refused.value.problems


@pytest.fixture
def film(tmp_path):
    """A silent film of 3 s at 25 fps."""
    picture = Picture(64, 36)
    picture.u[:] = picture.v[:] = 128
    with Mp4Writer(tmp_path / "film.mp4", width=64, height=36, fps=25) as file:
        for number in range(75):
            picture.y[:] = 60 + number
            file.write(picture)
    return tmp_path / "film.mp4"


@pytest.mark.parametrize(
    ("given", "endpoint"),
    [
        ({}, "fal-ai/ltx-2.3/text-to-video"),
        ({"image": "https://example.com/a.png"}, "fal-ai/ltx-2.3/image-to-video"),
        ({"audio_url": "https://example.com/a.mp3"}, "fal-ai/ltx-2.3/audio-to-video"),
    ],
)
def test_media_choose_the_endpoint(tmp_path, given, endpoint):
    """Where none is named, a picture is animated and a sound is shown."""
    assert draft(tmp_path, prompt="a fox", **given).endpoint.id == endpoint


def test_a_video_wants_to_be_told_what_for(tmp_path):
    """It can be extended, retaken or reframed; the message names all three."""
    (wrong,) = problems(tmp_path, video=ADDRESS)

    assert wrong.field == "endpoint"
    assert all(task in wrong.message for task in ("extend-video", "retake-video", "reframe"))


def test_an_address_goes_as_it_is(tmp_path):
    """Nothing is fetched or uploaded for it."""
    made = draft(tmp_path, "ltx-2.3/reframe", video=ADDRESS)

    assert made.body() == {"video_url": ADDRESS, "aspect_ratio": "16:9", "resolution": "1080p"}
    assert (made.waiting, made.facts) == ({}, {})


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.mp4", "https://nas/a.mp4"])
def test_fal_is_not_sent_into_the_own_network(tmp_path, address):
    """It could not fetch from there; a server on the same network can."""
    given = {"endpoint": "ltx-2.3/reframe", "folder": tmp_path}

    assert read_draft({"video": address}, **given)
    with pytest.raises(InvalidRequest) as refused:
        read_draft({"video": address}, **given, hosted=True)
    assert refused.value.problems[0].type == "file_download_error"


def test_a_file_waits_for_its_upload(tmp_path, film):
    """Until then nothing in the body says where it is on this computer."""
    made = draft(tmp_path, "ltx-2.3/reframe", video=film)

    assert set(made.waiting) == {"video_url"}
    assert str(tmp_path) not in str(made.body())
    assert made.body({"video_url": ADDRESS})["video_url"] == ADDRESS
    assert made.told()["video_url"].startswith("film.mp4")
    assert made.facts["video_url"].frames == 75


def test_rules_by_media_come_before_anything_is_sent(tmp_path, film):
    """A start that leaves less than 2 s is refused with its fix."""
    (wrong,) = problems(
        tmp_path, "ltx-2.3/retake-video", video=film, prompt="rain", start_time=2, duration=2
    )

    assert (wrong.field, wrong.fix) == ("start_time", {"start_time": 1.0})


def test_what_may_surprise_is_noted(tmp_path, film):
    """A section beyond the end is cut there, and said."""
    made = draft(tmp_path, "ltx-2.3/retake-video", video=film, prompt="rain")

    assert any("cut at the clip's end" in note for note in made.notes)


def test_every_problem_comes_at_once_in_field_order(tmp_path):
    """Media and other fields alike."""
    wrong = problems(
        tmp_path, "ltx-2.3/extend-video", video=tmp_path / "no.mp4", mode="middle", seed=1
    )

    assert [problem.field for problem in wrong] == ["video_url", "mode", "seed"]


def test_media_of_the_wrong_kind_are_refused_at_their_field(tmp_path, film):
    """A film is no picture."""
    (wrong,) = problems(tmp_path, prompt="a fox", image=film)

    assert wrong.field == "image_url"


def test_an_empty_line_is_nothing_given(tmp_path):
    """An optional picture may be left blank, as a form leaves it."""
    made = draft(tmp_path, prompt="a fox", image=np.zeros((64, 64, 3), np.uint8), end_image=" ")

    assert set(made.media) == {"image_url"}


def test_a_clip_is_remembered_as_the_parent(tmp_path):
    """What a request came from is known by its id."""
    from ltx_widgets.clip import Clip

    _paint(tmp_path / "a.mp4", 25)
    clip = Clip.from_file(tmp_path / "a.mp4", url="", endpoint="", request={}, request_id="mother")

    assert draft(tmp_path, "ltx-2.3/reframe", video=clip).parents == {"video_url": "mother"}
