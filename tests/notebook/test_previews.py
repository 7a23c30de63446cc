"""Small copies that a page can have soon: made once, with every frame."""

import os

import pytest
from numbered_clips import number_of, numbered

from ltx_widgets.clip import Clip
from ltx_widgets.errors import MediaError
from ltx_widgets.images import read_image
from ltx_widgets.widgets.previews import SMALL, first_picture, small_film


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return numbered(
        tmp_path_factory.mktemp("large") / "a.mp4", 40, fps=50, size=(640, 360), noisy=True
    )


def test_a_small_copy_has_every_frame(large, tmp_path):
    """At 50 frames a second as well, where a copy for a notebook leaves out every other."""
    path = small_film(large.path, tmp_path)
    copy = Clip.from_file(path, url="", endpoint="", request={}, request_id="")

    assert path.stat().st_size <= SMALL < large.path.stat().st_size
    assert [number_of(frame) for frame in copy] == list(range(40))
    assert copy.has_audio


def test_it_is_made_once(large, tmp_path):
    """Also for the next kernel; a file that was written anew gets another."""
    path = small_film(large.path, tmp_path)
    made = path.stat().st_mtime_ns, path.stat().st_ino

    assert small_film(large.path, tmp_path).stat().st_ino == made[1]
    os.utime(large.path)
    assert small_film(large.path, tmp_path) != path


def test_a_clip_that_is_small_is_its_own_copy(tmp_path):
    """Nothing is encoded for it."""
    clip = numbered(tmp_path / "a.mp4", 5)

    assert small_film(clip.path, tmp_path / "kept") == clip.path
    assert not (tmp_path / "kept").exists()


def test_the_first_picture_fits_into_a_widget_s_state(large, tmp_path):
    """It is of the first frame, whatever noise there is in it."""
    picture = first_picture(large.path, tmp_path)
    (tmp_path / "first.jpg").write_bytes(picture)

    assert len(picture) <= 14_000
    assert number_of(read_image(tmp_path / "first.jpg")) == 0


def test_what_nobody_looked_at_for_a_month_goes(large, tmp_path):
    """The folder does not grow for ever."""
    old = first_picture(large.path, tmp_path) and next(tmp_path.glob("*.jpg"))
    os.utime(old, (1, 1))
    os.utime(large.path)
    first_picture(large.path, tmp_path)

    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("make", [small_film, first_picture])
def test_a_clip_that_is_gone(make, tmp_path):
    """The error says so, and not where it was."""
    with pytest.raises(MediaError, match=r"the clip's file is gone: a\.mp4"):
        make(tmp_path / "a.mp4", tmp_path / "kept")
