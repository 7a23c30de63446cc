"""A finished clip and the output that it leaves in a notebook."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import pytest

from ltx_widgets.clip import Clip
from ltx_widgets.errors import MediaError
from ltx_widgets.video.probe import probe


@pytest.fixture
def clip(tmp_path):
    from tiny_engine import _paint

    path = tmp_path / "a.mp4"
    _paint(path, 25)
    return Clip.from_file(
        path,
        url="http://127.0.0.1:1/a.mp4",
        endpoint="fal-ai/ltx-2.3/text-to-video",
        request={"prompt": 'a "fox" <b>& hound</b>'},
        request_id="r1",
        cost="free",
        engine="preview",
        notes=("read as: fox",),
    )


def test_its_text_is_stable(clip):
    """No path, id or time: a notebook run again shows no difference."""
    assert repr(clip) == "Clip(64 x 36, 0.2 s, 25 fps, silent, preview, not AI, free)"


def test_the_output_plays_where_it_is_opened(clip, tmp_path):
    """The video is in the page, on the video element itself, which survives sanitizing."""
    html = clip._repr_mimebundle_()["text/html"]
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(base64.b64decode(re.search(r' src="data:video/mp4;base64,([^"]+)"', html)[1]))

    assert "<source" not in html
    assert probe(copy).num_frames == 5
    assert 'poster="data:image/jpeg;base64,' in html


def test_the_output_is_escaped(clip):
    """A prompt is text, never markup."""
    html = re.sub(r"data:[^\"]+", "", clip.html)

    assert "<b>" not in html
    assert "&quot;fox&quot;" in html


def test_the_output_says_what_the_clip_is(clip):
    """Size, who made it, what it cost, and how it was read."""
    assert "preview, not AI, free" in clip.html
    assert "read as: fox" in clip.html


def test_save_copies_the_whole_clip(clip, tmp_path):
    """Under a name, or into a folder."""
    (tmp_path / "out").mkdir()

    assert clip.save(tmp_path / "b.mp4").read_bytes() == clip.path.read_bytes()
    assert clip.save(tmp_path / "out") == tmp_path / "out" / "a.mp4"


def test_a_clip_whose_file_is_gone_says_so(clip, tmp_path):
    """The message names the file."""
    clip.path.unlink()

    with pytest.raises(MediaError, match=r"a\.mp4"):
        clip.save(tmp_path / "b.mp4")


def test_its_frames_are_arrays(clip):
    """Any moment, the ends, and all of them one by one."""
    frames = list(clip)

    assert len(frames) == clip.frames
    assert {(f.shape, str(f.dtype)) for f in frames} == {((36, 64, 3), "uint8")}
    assert (clip.frame(0.08) == frames[2]).all()
    assert (clip.first_frame == frames[0]).all()
    assert (clip.last_frame == frames[-1]).all()
    assert (clip.frame(-0.2) == frames[0]).all()


@pytest.mark.parametrize("seconds", [-1, 0.3])
def test_a_moment_outside_is_refused(clip, seconds):
    """The message says how long the clip is."""
    with pytest.raises(MediaError, match=r"0 to 0\.2 s"):
        clip.frame(seconds)


def test_a_silent_clip_has_no_samples(clip):
    """Its sound is empty, in the usual shape."""
    assert clip.audio().shape == (2, 0)


def test_its_poster_is_a_jpeg(clip):
    """One frame that may stand for it."""
    assert clip.poster.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("chain", "endpoint", "fields"),
    [
        (lambda c: c.extend("on", mode="start"), "extend-video", {"duration": 5, "mode": "start"}),
        (lambda c: c.retake("rain", start_time=1), "retake-video", {"start_time": 1}),
        (lambda c: c.reframe("1:1"), "reframe", {"aspect_ratio": "1:1"}),
        (lambda c: c.animate("it runs"), "image-to-video", {"parents": {"image_url": "r1"}}),
    ],
)
def test_it_goes_on_by_its_session(clip, chain, endpoint, fields):
    """Each chain is one call of the session that made the clip, with the clip as its media."""
    asked = {}
    made = replace(clip, chain=lambda prompt, **given: asked.update(given) or clip)

    assert chain(made) is clip
    assert asked["endpoint"] == f"fal-ai/ltx-2.3/{endpoint}"
    assert asked.items() >= fields.items()
    assert asked.get("video_url", made) is made


def test_a_clip_of_no_session_says_what_to_do(clip):
    """A file that was only opened cannot go on by itself."""
    with pytest.raises(MediaError, match="give it to one"):
        clip.extend()
