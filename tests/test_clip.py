"""A finished clip and the output that it leaves in a notebook."""

from __future__ import annotations

import base64
import re

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
