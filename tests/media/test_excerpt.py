"""Parts of sounds."""

import math

import numpy as np
import pytest

import ltx_widgets as ltx
from ltx_widgets.draft import read_draft
from ltx_widgets.errors import InvalidRequest, MediaError
from ltx_widgets.media.taking import material
from ltx_widgets.video.convert import write_sound
from ltx_widgets.video.sound import read_sound

RATE = 48_000


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    """Thirty seconds whose pitch rises: every part is another sound."""
    to = tmp_path_factory.mktemp("song") / "song.m4a"
    t = np.arange(30 * RATE) / RATE
    wave = (0.4 * np.sin(2 * np.pi * (200 * t + 5 * t**2))).astype(np.float32)
    write_sound(np.stack([wave, wave]), to, rate=RATE)
    return to


@pytest.mark.parametrize(("start", "end"), [(0, 20), (12.34, 15.001), (28, 30)])
def test_a_part_is_cut_to_the_sample(song, tmp_path, start, end):
    """It has that length, and is the same sound in the same place."""
    found = material(ltx.Excerpt(song, start, end), kind="audio", folder=tmp_path)
    cut = read_sound(found.path)[0]
    whole = read_sound(song)[0][round(start * RATE) :][: cut.size]
    assert cut.size == round((end - start) * RATE)
    assert np.corrcoef(cut, whole)[0, 1] > 0.99
    assert found.facts.duration == pytest.approx(end - start, abs=0.001)


def test_it_says_that_it_was_trimmed(song, tmp_path):
    """It keeps the name of the whole, and its copy is made once."""
    first, again = (
        material(ltx.Excerpt(song, 2, 8.5), kind="audio", folder=tmp_path) for _ in range(2)
    )
    assert (first.label, first.notes) == ("song.m4a", ("trimmed to 2 to 8.5 s of 30 s",))
    assert first == again
    assert len(list(tmp_path.iterdir())) == 1


def test_a_sound_too_long_can_be_sent_in_part(song, tmp_path):
    """All of it is refused, a part is taken."""
    asked = {"endpoint": "fal-ai/ltx-2.3/audio-to-video", "folder": tmp_path}
    with pytest.raises(InvalidRequest, match="cut it"):
        read_draft({"audio": song, "prompt": "a fox"}, **asked)
    draft = read_draft({"audio": ltx.Excerpt(song, 5, 11), "prompt": "a fox"}, **asked)
    assert draft.facts["audio_url"].duration == pytest.approx(6, abs=0.001)
    assert "song.m4a: trimmed to 5 to 11 s of 30 s" in draft.notes


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 5), (5, 5), (8, 3), (25, 31), (40, 50), (math.nan, 5), (0, math.inf)]
)
def test_a_part_that_is_none_is_refused(song, tmp_path, start, end):
    """The message says how long the sound is."""
    with pytest.raises(MediaError, match=r"song.m4a lasts 30 s; expected a part"):
        material(ltx.Excerpt(song, start, end), kind="audio", folder=tmp_path)


def test_what_is_elsewhere_cannot_be_cut(tmp_path):
    """A service fetches an address by itself, all of it."""
    excerpt = ltx.Excerpt("https://example.com/song.mp3", 0, 5)
    with pytest.raises(MediaError, match="give its path"):
        material(excerpt, kind="audio", folder=tmp_path)


def test_a_clip_stays_known_as_its_source():
    """Whoever cuts a clip's sound goes on with that clip."""

    class Made:
        request_id = "r1"

    assert ltx.Excerpt(Made(), 0, 5).request_id == "r1"
    assert ltx.Excerpt("song.mp3", 0, 5).request_id is None
