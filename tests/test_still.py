"""A frame of a clip as a picture that knows its clip."""

import numpy as np
import pytest
from numbered_clips import number_of, numbered

import ltx_widgets as ltx
from ltx_widgets.errors import MediaError
from ltx_widgets.media.taking import material


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stills")
    return {fps: numbered(folder / f"{fps}.mp4", 60, fps=fps) for fps in (24, 25, 48, 50)}


@pytest.mark.parametrize("fps", [24, 25, 48, 50])
def test_it_is_that_frame_and_no_neighbour(clips, fps):
    """Also at rates whose times are no round numbers, at both ends too."""
    for frame in (0, 1, 23, 24, 37, 58, 59):
        assert number_of(np.asarray(ltx.Still(clips[fps], frame))) == frame


@pytest.mark.parametrize("frame", [-1, 60])
def test_a_frame_that_is_not_there(clips, frame):
    """Its maker hears which ones there are."""
    with pytest.raises(MediaError, match=f"from 0 to 59, got {frame}"):
        ltx.Still(clips[25], frame)


def test_a_request_takes_it_as_a_picture(clips, home):
    """At full size and with a name, and the lineage has the clip that it is of."""
    still = ltx.Still(clips[25], 37)
    session = ltx.configure(server="local")

    taken = material(still, kind="image", folder=home / "media")
    draft = session.request("it goes on", image=still)

    assert taken.label == "frame 37 of 25.mp4"
    assert (taken.facts.width, taken.facts.height) == (320, 180)
    assert draft.parents == {"image_url": "the-first"}


def test_its_text_is_stable(clips):
    """No path, id or time."""
    told = "Clip(320 x 180, 2.4 s, 25 fps, with sound, fal-ai/ltx-2.3/text-to-video)"
    assert repr(ltx.Still(clips[25], 37)) == f"Still(frame 37 of {told})"
