"""Reading the facts of video files."""

import numpy as np
import pytest

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.probe import probe


@pytest.fixture
def clip(tmp_path):
    rng = np.random.default_rng(1)
    picture = Picture(128, 96)
    to = tmp_path / "clip.mp4"
    with Mp4Writer(to, width=128, height=96, fps=50, sound_rate=48_000) as writer:
        for _ in range(75):
            picture.y[:] = rng.integers(16, 235, picture.y.shape)
            writer.write(picture)
        writer.write_sound(np.zeros((2, 72_000), np.float32))
    return to


def test_facts_of_a_clip(clip):
    """Size, rate, frames and lengths are those that were written."""
    facts = probe(clip)
    assert (facts.width, facts.height, facts.fps, facts.num_frames) == (128, 96, 50, 75)
    assert facts.duration == pytest.approx(1.5)
    assert facts.audio_duration == pytest.approx(1.5, abs=0.001)


def test_cut_file_is_not_believed(clip):
    """Of a file that was cut short, only what is there is counted, or it is refused."""
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) * 2 // 3])
    assert probe(clip).num_frames < 75


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html></html>",
        b"#EXTM3U\n#EXTINF:1,\nother.mp4\n",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        bytes(range(256)) * 20,
    ],
    ids=["empty", "page", "playlist", "picture", "noise"],
)
def test_other_files_are_refused(tmp_path, data):
    """Anything that is not a video is a `MediaError` whatever its name says."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    with pytest.raises(MediaError):
        probe(path)


def test_missing_file_is_refused(tmp_path):
    """A name without a file is a `MediaError` too."""
    with pytest.raises(MediaError, match="none at"):
        probe(tmp_path / "nothing.mp4")
