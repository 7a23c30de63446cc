"""A finished clip and the output that it leaves in a notebook."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import bleach
import numpy as np
import pytest
from moving_clips import film
from notebook_sizes import MOST_GROWN, grown_by

from ltx_widgets.clip import Clip
from ltx_widgets.errors import ConfigError, MediaError
from ltx_widgets.session import configure
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


def plain(html):
    """The HTML without what is embedded."""
    return re.sub(r"data:[^\"]+", "data:", html)


def test_the_output_is_escaped(clip):
    """A prompt is text, never markup, and a long one is cut."""
    html = plain(replace(clip, request={"prompt": 'a "fox" <b>& hound</b>\n' * 99}).html)

    assert "<b>" not in html
    assert "&quot;fox&quot;" in html
    assert len(html) < 3000


def test_the_output_says_what_the_clip_is(clip):
    """Endpoint, size, length, who made it, what it cost, and how it was read."""
    facts = "fal-ai/ltx-2.3/text-to-video, 64 x 36, 0.2 s, 25 fps, silent, preview, not AI, free"

    assert facts in clip.html
    assert "read as: fox" in clip.html


def test_what_shows_no_html_shows_the_still(clip):
    """The still is a MIME type of its own, and inside the video element, which GitHub strips."""
    bundle = clip._repr_mimebundle_()

    assert set(bundle) == {"text/plain", "text/html", "image/jpeg"}
    assert base64.b64decode(bundle["image/jpeg"]).startswith(b"\xff\xd8")
    assert bundle["text/html"].count(bundle["image/jpeg"]) == 2


# The elements of GitHub's published sanitizer that we use (github/html-pipeline).
GITHUB = {"a", "img", "figure", "figcaption", "br", "q", "div", "code"}


def cleaned(html, protocols):
    """What a page of somebody's keeps: of other elements the content, of `img` the allowed src."""
    allowed = {"a": ["href"], "img": ["src", "alt"]}
    return bleach.clean(html, tags=GITHUB, attributes=allowed, protocols=protocols, strip=True)


@pytest.mark.parametrize("protocols", [("https", "data"), ("https",)])
def test_without_video_a_still_with_a_link_is_left(protocols, clip):
    """And where not even embedded pictures are let through, its words with the link."""
    page = cleaned(replace(clip, url="https://v3.fal.media/a.mp4").html, protocols)
    still = r'<a href="https://v3\.fal\.media/a\.mp4"><img alt="a &quot;fox&quot; [^"]*"'

    assert re.search(still + (' src="data:image/jpeg' if "data" in protocols else "></a>"), page)
    assert "full quality (mp4)</a>" in page
    assert "text-to-video, 64 x 36" in page
    assert "<video" not in page


def test_what_strips_the_video_with_all_in_it_leaves_the_caption(clip):
    """The caption stands outside, with a link of its own."""
    html = replace(clip, url="https://v3.fal.media/a.mp4").html
    page = cleaned(re.sub(r"<video.*</video>", "", html), ("https",))

    assert '<a href="https://v3.fal.media/a.mp4">full quality (mp4)</a>' in page


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8123/files/1-2-3/a.mp4",
        "http://localhost/a.mp4",
        "https://s3.amazonaws.com/a.mp4?X-Amz-Signature=1",
        "https://me:word@example.com/a.mp4",
        "javascript:alert(1)",
        "https://[",
        "",
    ],
)
def test_no_link_leads_nowhere(url, clip, tmp_path, monkeypatch):
    """This computer's addresses, signed ones and none at all are no link for others."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert "<a " not in replace(clip, url=url).html


@pytest.mark.parametrize("place", ["a.mp4", "clips/a.mp4"])
def test_a_copy_beside_the_notebook_is_linked(place, clip, tmp_path, monkeypatch):
    """After ``clip.save``, also into the folder of clips; the service's address may expire."""
    desk = tmp_path / "desk"
    (desk / "clips").mkdir(parents=True)
    monkeypatch.chdir(desk)
    clip.save(desk / place)

    html = replace(clip, url="https://v3.fal.media/a.mp4").html

    assert f'<a href="{place}"' in html
    assert "fal.media" not in html


def test_another_file_of_that_name_is_not_linked(clip, tmp_path, monkeypatch):
    """Only what is as long as the clip's own file is taken for it."""
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    (tmp_path / "desk" / "a.mp4").write_bytes(b"another film")

    assert "<a " not in clip.html


def test_all_of_it_can_be_embedded(clip, tmp_path):
    """Every frame as it is; the text beside it is the clip's."""
    shown = clip.show(embed="full")
    html = shown._repr_mimebundle_()["text/html"]
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(base64.b64decode(re.search(r' src="data:video/mp4;base64,([^"]+)"', html)[1]))

    assert [f.tobytes() for f in replace(clip, path=copy)] == [f.tobytes() for f in clip]
    assert repr(shown) == repr(clip)


def test_a_link_puts_the_file_beside_the_notebook(clip, tmp_path, monkeypatch):
    """Once; what the notebook holds is the still and the caption."""
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")

    for _ in range(2):
        html = clip.show(embed="link")._repr_mimebundle_()["text/html"]
    assert 'src="clips/a.mp4">' in html
    assert (tmp_path / "desk" / "clips" / "a.mp4").read_bytes() == clip.path.read_bytes()
    assert len(html) < 100_000


def test_a_link_puts_no_other_film_aside(clip, tmp_path, monkeypatch):
    """A film of that name that is there already is somebody's; the caption says what to do."""
    theirs = tmp_path / "desk" / "clips" / clip.path.name
    theirs.parent.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "desk")
    theirs.write_bytes(b"another film")

    html = clip.show("link")._repr_mimebundle_()["text/html"]

    assert theirs.read_bytes() == b"another film"
    assert "move it away" in html
    assert str(clip.path.parent) not in html


def test_what_is_embedded_is_one_of_three(clip):
    """Anything else is refused with what is offered."""
    with pytest.raises(ConfigError, match='"small", "full" or "link", got \'all\''):
        clip.show(embed="all")


def test_configure_sets_what_is_embedded(clip):
    """For clips to come; given alone, calls go where they went. It stays when those move."""
    before = configure(server="http://127.0.0.1:1", key="k")

    assert configure(embed="link") is before
    assert before.open(clip.path).embed == "link"
    assert configure(server="local").embed == "link"
    with pytest.raises(ConfigError):
        configure(embed="all")


def test_a_clip_that_cannot_be_read_still_says_what_it_was(clip):
    """Its file is gone: no still, no film, the caption with the reason."""
    clip.path.unlink()
    bundle = clip._repr_mimebundle_()

    assert "the clip&#x27;s file is gone: a.mp4" in bundle["text/html"]
    assert "text-to-video, 64 x 36" in bundle["text/html"]
    assert set(bundle) == {"text/plain", "text/html"}


@pytest.mark.slow
def test_a_notebook_grows_by_little(tmp_path):
    """Twenty seconds of noise, which hardly compresses, and a prompt in many-byte letters."""
    rng = np.random.default_rng(1)
    size = 160, 90
    frames = (rng.integers(0, 256, (90, 160, 3), np.uint8) for _ in range(500))
    path = film(tmp_path / "noise.mp4", frames, size=size, sound=True)
    request = {"prompt": "é" * 5000}
    clip = Clip.from_file(path, url="", endpoint="e", request=request, request_id="")

    assert 1_000_000 < grown_by(clip) < MOST_GROWN


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
