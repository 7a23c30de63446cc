"""How much a notebook grows by clips of real sizes and lengths."""

import pytest
from moving_clips import film, panning
from notebook_sizes import MOST_GROWN, grown_by

from ltx_widgets.clip import Clip

CLIPS = [((1920, 1080), 6), ((1920, 1080), 10), ((1920, 1080), 20), ((3840, 2160), 20)]


@pytest.mark.soak
@pytest.mark.parametrize(("size", "seconds"), CLIPS)
def test_a_notebook_grows_by_little_whatever_the_clip(size, seconds, tmp_path):
    """A camera that pans over structure everywhere, with sound."""
    frames = panning(25 * seconds, step=2.0, size=size)
    path = film(tmp_path / "pan.mp4", frames, size=size, sound=True)
    clip = Clip.from_file(path, url="", endpoint="e", request={}, request_id="")
    grown = grown_by(clip)
    print(f"{size[1]}p, {seconds} s, {path.stat().st_size:,} bytes: {grown:,} bytes of notebook")

    assert grown < MOST_GROWN
