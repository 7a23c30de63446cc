"""Writing mp4 files."""

import av
import numpy as np
import pytest

from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.probe import probe

WIDTH, HEIGHT, FPS = 162, 90, 25
RED = (63, 102, 240)  # BT.709, limited range


def write(to, *, num_frames=30, sound=True, metadata=None):
    picture = Picture(WIDTH, HEIGHT)
    rate = 48_000 if sound else None
    with Mp4Writer(
        to, width=WIDTH, height=HEIGHT, fps=FPS, sound_rate=rate, metadata=metadata
    ) as writer:
        for number in range(num_frames):
            for plane, value in zip((picture.y, picture.u, picture.v), RED, strict=True):
                plane[:] = value
            picture.y[:, number : number + 8] = 200
            writer.write(picture)
            if sound:
                writer.write_sound(np.full((2, 48_000 // FPS), 0.1, np.float32))
    return to


def test_every_frame_can_be_decoded(tmp_path):
    """A file holds exactly the frames that were written, at their size and rate."""
    with av.open(str(write(tmp_path / "clip.mp4"))) as file:
        frames = [(frame.width, frame.height) for frame in file.decode(video=0)]
        assert frames == [(WIDTH, HEIGHT)] * 30
        assert file.streams.video[0].average_rate == FPS


def test_sound_is_as_long_as_the_picture(tmp_path):
    """The sound track ends with the last frame."""
    facts = probe(write(tmp_path / "clip.mp4"))
    assert facts.has_audio
    assert facts.audio_duration == pytest.approx(30 / FPS, abs=1e-3)


def test_silent_file_has_no_sound_track(tmp_path):
    """Without a sound rate there is no sound track at all."""
    path = write(tmp_path / "clip.mp4", sound=False)
    assert not probe(path).has_audio
    with av.open(str(path)) as file:
        assert len(file.streams) == 1


def test_same_frames_give_the_same_bytes(tmp_path):
    """Nothing but the input is in the file: no clock, no random id."""
    a, b = (write(tmp_path / name, metadata={"title": "x"}) for name in ("a.mp4", "b.mp4"))
    assert a.read_bytes() == b.read_bytes()


def test_metadata_is_kept(tmp_path):
    """Standard and own tags both come back."""
    tags = {"title": "A", "comment": "B", "ltx_widgets": '{"engine": "preview"}'}
    assert tags.items() <= probe(write(tmp_path / "clip.mp4", metadata=tags)).metadata.items()


def test_index_is_at_the_front(tmp_path):
    """A browser can start before the whole file is there."""
    data = write(tmp_path / "clip.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_colours_are_tagged_as_bt709(tmp_path):
    """A player turns the planes into the colour they were made from."""
    with av.open(str(write(tmp_path / "clip.mp4"))) as file:
        frame = next(file.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (1, 1)
        red = frame.to_ndarray(format="rgb24")[60, 100].astype(int)
    assert red[0] > 240
    assert max(red[1], red[2]) < 20


def test_groups_of_pictures_last_a_second(tmp_path):
    """A player can seek to every second, and nothing refers across it."""
    with av.open(str(write(tmp_path / "clip.mp4", num_frames=60))) as file:
        keys = [n for n, frame in enumerate(file.decode(video=0)) if frame.key_frame]
    assert keys == [0, 25, 50]


def test_failure_leaves_nothing_behind(tmp_path):
    """An exception removes the part that was written, and an older file stays."""
    to = tmp_path / "clip.mp4"
    to.write_bytes(b"old")
    writer = Mp4Writer(to, width=WIDTH, height=HEIGHT, fps=FPS)
    writer.write(Picture(WIDTH, HEIGHT))
    with pytest.raises(RuntimeError), writer:
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert to.read_bytes() == b"old"


def test_target_appears_only_when_finished(tmp_path):
    """A half-written file is never seen under the final name."""
    to = tmp_path / "clip.mp4"
    with Mp4Writer(to, width=WIDTH, height=HEIGHT, fps=FPS) as writer:
        writer.write(Picture(WIDTH, HEIGHT))
        assert not to.exists()
    assert to.exists()


def test_sound_without_a_track_is_refused(tmp_path):
    """Writing sound into a silent file says what to do."""
    writer = Mp4Writer(tmp_path / "clip.mp4", width=WIDTH, height=HEIGHT, fps=FPS)
    with pytest.raises(ValueError, match="sound_rate"), writer:
        writer.write_sound(np.zeros((2, 100), np.float32))
