"""Video files taken up again, with what they say of themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ltx_widgets.clip import Clip
from ltx_widgets.config import Secret
from ltx_widgets.errors import InvalidRequest, MediaError
from ltx_widgets.history import History
from ltx_widgets.opening import fields_again, open_clip, recipe_of, write_recipe
from ltx_widgets.recipe import Recipe, xmp_packet
from ltx_widgets.session import Session
from ltx_widgets.video.xmp import add_xmp

KEY = "11111111-2222-3333:canarycanarycanary"
EXTEND = "fal-ai/ltx-2.3/extend-video"
LOCAL = "http://127.0.0.1:1/files/1-2-3/film.mp4"


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history.db")


@pytest.fixture
def clip(tmp_path):
    return made(tmp_path / "a.mp4", request={"prompt": f"a fox {KEY}", "video_url": LOCAL})


def made(path, **facts):
    from tiny_engine import _paint

    _paint(path, 25)
    told = {"endpoint": EXTEND, "url": "", "request_id": "r1", "cost": "free", "engine": "preview"}
    return Clip.from_file(path, **{**told, "parents": {"video_url": "r0"}, **facts})


def ran(history, request_id, request, clip=None, *, endpoint=EXTEND):
    """A run of the history, finished where there is a clip."""
    number = history.begin(endpoint=endpoint, place="local", url="", request=request)
    history.accepted(number, request_id)
    if clip:
        history.finished(number, clip=clip, facts={"url": "http://127.0.0.1:1/a.mp4"})


def test_a_clip_comes_back_from_its_file(clip, history):
    """Who was asked, for what, by which job; facts and frames from the file."""
    write_recipe(clip, Secret(KEY))

    again = open_clip(clip.path, history)

    assert again == replace(clip, request={"prompt": "a fox (key)"})
    assert again.parents == {"video_url": "r0"}
    assert len(list(again)) == 5


def test_no_secret_is_in_the_file(clip):
    """Neither the key, nor an address of this computer."""
    write_recipe(clip, Secret(KEY))
    content = clip.path.read_bytes()

    assert b"canary" not in content
    assert b"127.0.0.1" not in content
    assert str(clip.path.parent).encode() not in content


def test_saving_keeps_it(clip, tmp_path, history):
    """The copy has the same recipe."""
    write_recipe(clip)

    assert open_clip(clip.save(tmp_path / "b.mp4"), history).request_id == "r1"


def test_what_was_not_handed_on_is_in_the_history(clip, history):
    """Where the run is known here, its request is whole again."""
    ran(history, "r1", clip.request)
    write_recipe(clip)

    assert open_clip(clip.path, history).request == clip.request


def test_a_stranger_with_a_known_id_stays_a_stranger(clip, history):
    """A file that claims a run of ours, and asks for something else, is taken by its own word."""
    ran(history, "r1", {"prompt": "my own", "video_url": LOCAL})
    write_recipe(replace(clip, request={"prompt": "theirs"}))

    assert open_clip(clip.path, history).request == {"prompt": "theirs"}


def test_a_file_without_a_recipe_is_a_clip(clip, history):
    """It plays, and says that nothing is known of it."""
    again = open_clip(clip.path, history)

    assert (again.endpoint, again.frames) == ("", 5)
    assert repr(again) == "Clip(64 x 36, 0.2 s, 25 fps, silent, no recipe)"
    assert "carries no recipe" in again.notes[0]


def test_a_damaged_recipe_is_told(clip, history):
    """The film still opens."""
    add_xmp(clip.path, "<ltx:recipe>{</ltx:recipe>")

    assert "cannot be used: it is damaged" in open_clip(clip.path, history).notes[0]


def test_other_files_are_refused(tmp_path, history):
    """Neither a text nor nothing is a clip; a folder's name is not told."""
    (tmp_path / "page.mp4").write_text("<html></html>")

    for name in ("page.mp4", "none.mp4"):
        with pytest.raises(MediaError, match=name) as refused:
            open_clip(tmp_path / name, history)
        assert str(tmp_path) not in str(refused.value)


def test_media_that_were_clips_are_those_clips(clip, tmp_path, history):
    """Addresses expire; a film that came from a clip of ours is its file."""
    first = made(tmp_path / "first.mp4", request={"prompt": "a fox"})
    ran(history, "r0", first.request, first.path)

    assert fields_again(clip, history)["video_url"] == first.path
    first.path.unlink()
    assert fields_again(clip, history)["video_url"] == LOCAL


def test_a_frame_of_a_clip_is_not_guessed(clip, history):
    """A picture that came from a clip stays the address that it was."""
    ran(history, "r0", {"prompt": "x"}, clip.path)
    asked = {"prompt": "x", "image_url": "https://v3.fal.media/a.png"}
    animated = replace(
        clip,
        endpoint="fal-ai/ltx-2.3/image-to-video",
        request=asked,
        parents={"image_url": "r0"},
    )

    assert fields_again(animated, history) == asked


@pytest.mark.parametrize(
    ("endpoint", "says"), [("", "does not say what it was made from"), ("x/y", "not an LTX")]
)
def test_what_cannot_be_asked_again_says_so(endpoint, says, clip, history):
    """Without a recipe, or with somebody else's endpoint."""
    with pytest.raises(InvalidRequest, match=says):
        fields_again(replace(clip, endpoint=endpoint), history)


def test_a_hostile_recipe_names_no_file_of_ours(clip, tmp_path, history):
    """A path in a stranger's request never becomes a field: a form would upload it."""
    (tmp_path / "secret.mp4").write_bytes(clip.path.read_bytes())
    asked = {"prompt": "x", "video_url": "https://example.com/a.mp4"}
    packet = xmp_packet(Recipe(EXTEND, asked))
    add_xmp(clip.path, packet.replace(asked["video_url"], str(tmp_path / "secret.mp4")))

    again = open_clip(clip.path, history)

    assert again.request == {"prompt": "x"}
    assert "video_url" not in fields_again(again, history)


@pytest.mark.slow
def test_every_clip_of_a_session_carries_its_recipe(tiny):
    """From the run to the file, and from the file to the same run once more."""
    session = Session(server="local")
    clip = session.run("a red fox", duration=8)
    settings = session.settings(session.open(clip.path))
    again = session.run(**settings)
    session.close()

    told = recipe_of(clip.path)
    assert (told.request["prompt"], told.request_id) == ("a red fox", clip.request_id)
    assert settings == {"endpoint": clip.endpoint, **clip.request}
    assert again.request == clip.request
    assert again.path != clip.path
