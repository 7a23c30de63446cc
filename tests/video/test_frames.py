"""Frames of a clip as arrays."""

import numpy as np
import pytest

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.frames import each_frame, frame_at, last_frame

FPS, COUNT = 10, 35


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A grey clip of 3.5 s; frame n has luma 40 + 5 n."""
    to = tmp_path_factory.mktemp("frames") / "clip.mp4"
    picture = Picture(64, 48)
    picture.u[:] = picture.v[:] = 128
    with Mp4Writer(to, width=64, height=48, fps=FPS) as file:
        for number in range(COUNT):
            picture.y[:] = 40 + 5 * number
            file.write(picture)
    return to


def number_of(frame):
    """Which frame it is, by its shade."""
    luma = frame.mean() / 255 * 219 + 16
    return round((luma - 40) / 5)


@pytest.mark.parametrize(
    ("seconds", "number"), [(0, 0), (0.1, 1), (0.14, 1), (1.0, 10), (2.5, 25), (3.3, 33)]
)
def test_the_frame_of_a_moment(clip, seconds, number):
    """It is the one on the screen then."""
    assert number_of(frame_at(clip, seconds)) == number


def test_the_last_frame(clip):
    """The very last, not one near it."""
    assert number_of(last_frame(clip)) == COUNT - 1


def test_every_frame_in_order(clip):
    """Each is a (height, width, 3) uint8 array."""
    frames = list(each_frame(clip))

    assert [number_of(frame) for frame in frames] == list(range(COUNT))
    assert {(frame.shape, frame.dtype) for frame in frames} == {((48, 64, 3), np.dtype(np.uint8))}


def test_colours_are_those_that_were_painted(tmp_path):
    """Red stays red: BT.709 is read as BT.709."""
    picture = Picture(64, 64)
    picture.y[:], picture.u[:], picture.v[:] = 63, 102, 240
    with Mp4Writer(tmp_path / "red.mp4", width=64, height=64, fps=FPS) as file:
        file.write(picture)

    red, green, blue = frame_at(tmp_path / "red.mp4", 0)[32, 32]

    assert red > 245
    assert green < 12
    assert blue < 12


def test_what_is_no_video_is_told(tmp_path):
    """A text is no clip."""
    (tmp_path / "clip.mp4").write_text("not a clip")

    with pytest.raises(MediaError, match="not an mp4"):
        frame_at(tmp_path / "clip.mp4", 0)
