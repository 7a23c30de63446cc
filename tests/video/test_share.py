"""Small copies and stills."""

import av
import numpy as np
import pytest

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.probe import probe
from ltx_widgets.video.share import poster, small_copy, whole_copy
from ltx_widgets.video.sound import read_sound, sound_facts


def make(to, *, width=640, height=360, fps=25, seconds=2, sound=True):
    rng = np.random.default_rng(1)
    noise = rng.integers(60, 180, (height, width * 2), dtype=np.uint8)
    picture = Picture(width, height)
    rate = 48_000 if sound else None
    with Mp4Writer(to, width=width, height=height, fps=fps, sound_rate=rate) as writer:
        for number in range(fps * seconds):
            picture.y[:] = noise[:, number * 3 : number * 3 + width]
            picture.u[:], picture.v[:] = 100, 200
            writer.write(picture)
        if sound:
            tone = np.sin(np.arange(48_000 * seconds, dtype=np.float32) * 0.05) * 0.2
            writer.write_sound(np.stack([tone, tone]).astype(np.float32))
    return to


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return make(tmp_path_factory.mktemp("share") / "clip.mp4")


def facts_of(data, tmp_path):
    path = tmp_path / "copy.mp4"
    path.write_bytes(data)
    return probe(path)


def test_copy_is_small_and_whole(clip, tmp_path):
    """The copy fits, is as long as the clip, and keeps the sound."""
    facts = facts_of(small_copy(clip, max_bytes=200_000, max_height=180), tmp_path)
    assert (facts.width, facts.height, facts.num_frames) == (320, 180, 50)
    assert facts.has_audio
    assert facts.duration == pytest.approx(2)


@pytest.mark.parametrize("share", [small_copy, whole_copy])
def test_sound_is_mp3(share, clip, tmp_path):
    """VS Code plays neither AAC nor Opus. It is the clip's own sound, as long as its picture."""
    path = tmp_path / "copy.mp4"
    path.write_bytes(share(clip))
    told, heard, given = sound_facts(path), read_sound(path), read_sound(clip)

    assert told.codec == "mp3"
    # The file tells where its last packet ends; FFmpeg's own reader looks at MP3 alone.
    assert heard.shape[1] == pytest.approx(given.shape[1], abs=1152)
    assert np.corrcoef(heard[0, 5000:90_000], given[0, 5000:90_000])[0, 1] > 0.99


def packets(path):
    with av.open(str(path)) as file:
        return [
            (bytes(packet), packet.pts * packet.time_base)
            for packet in file.demux(video=0)
            if packet.size
        ]


def test_whole_copy_has_the_picture_bit_for_bit(clip, tmp_path):
    """Nothing of it is encoded again."""
    path = tmp_path / "copy.mp4"
    path.write_bytes(whole_copy(clip))

    assert packets(path) == packets(clip)


def test_silent_clips_stay_silent(tmp_path):
    """No empty track is added."""
    source = make(tmp_path / "silent.mp4", width=160, height=90, seconds=1, sound=False)

    assert not facts_of(whole_copy(source), tmp_path).has_audio


@pytest.mark.parametrize("max_bytes", [400_000, 100_000, 40_000])
def test_copy_never_exceeds_its_limit(clip, max_bytes):
    """Noise, which hardly compresses, fits as well: with fewer pixels."""
    assert len(small_copy(clip, max_bytes=max_bytes)) <= max_bytes


def test_impossible_limit_is_refused(clip):
    """Where nothing fits, the error says so."""
    with pytest.raises(MediaError, match="allow more bytes"):
        small_copy(clip, max_bytes=900)


def test_copy_is_the_same_each_time(clip):
    """The same clip gives the same bytes."""
    assert small_copy(clip, max_height=90) == small_copy(clip, max_height=90)


def test_fast_clip_is_thinned_out(tmp_path):
    """Of 50 frames a second every other one is kept, and the length stays."""
    source = make(tmp_path / "fast.mp4", width=160, height=90, fps=50, seconds=1, sound=False)
    facts = facts_of(small_copy(source), tmp_path)
    assert (facts.fps, facts.num_frames, facts.has_audio) == (25, 25, False)


def test_tall_clip_stays_tall(tmp_path):
    """The shorter side is limited, not the height."""
    source = make(tmp_path / "tall.mp4", width=180, height=320, seconds=1, sound=False)
    facts = facts_of(small_copy(source, max_height=90), tmp_path)
    assert (facts.width, facts.height) == (90, 160)


def test_poster_is_a_small_jpeg(clip):
    """The still is a JPEG, the same each time."""
    data = poster(clip, max_height=90)
    assert data.startswith(b"\xff\xd8\xff")
    assert data.endswith(b"\xff\xd9")
    assert len(data) < 40_000
    assert data == poster(clip, max_height=90)


@pytest.mark.parametrize("max_bytes", [40_000, 12_000, 3000])
def test_poster_fits(max_bytes, clip):
    """Noise, which hardly compresses, fits as well: coarser, then smaller."""
    assert len(poster(clip, max_bytes=max_bytes)) <= max_bytes


def test_impossible_poster_is_refused(clip):
    """Where nothing fits, the error says so."""
    with pytest.raises(MediaError, match="allow more"):
        poster(clip, max_bytes=100)


def test_other_files_are_refused(tmp_path):
    """A file that is no video is a `MediaError` for all."""
    path = tmp_path / "page.mp4"
    path.write_bytes(b"<html></html>")
    for share in (small_copy, whole_copy, poster):
        with pytest.raises(MediaError):
            share(path)
