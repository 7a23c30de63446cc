"""Audio to video: the given sound is the track, and the picture moves to it."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from ltx_widgets.engines.preview import sound_driven
from ltx_widgets.engines.preview.beat import beat_of
from ltx_widgets.engines.preview.engine import PreviewEngine
from ltx_widgets.images import encode_png, read_image
from ltx_widgets.schema import find_endpoint
from ltx_widgets.video.convert import write_sound
from ltx_widgets.video.sound import read_sound

ROW = find_endpoint("ltx-2.3/audio-to-video")
RATE, FPS, SECONDS = 48_000, 25, 4.0
STRIKES = (0.5, 0.9, 1.7, 2.1, 2.9, 3.3)


def drums(*, rate=RATE, seconds=SECONDS, strikes=STRIKES):
    """Drum strikes at given moments over next to nothing, as (2, n) float32."""
    count = round(seconds * rate)
    track = 1e-4 * np.random.default_rng(3).standard_normal(count)
    for at in (at for at in strikes if at < seconds):
        first = round(at * rate)
        fade = np.exp(-np.arange(count - first) / (0.06 * rate))
        boom = np.sin(2 * np.pi * 70 * np.arange(count - first) / rate)
        noise = np.random.default_rng(5).standard_normal(count - first)
        track[first:] += fade * (0.5 * boom + 0.2 * noise)
    return np.clip(np.stack([track, track]), -1, 1).astype(np.float32)


def photograph():
    """A picture with something everywhere."""
    rng = np.random.default_rng(7)
    coarse = rng.integers(0, 255, (18, 32, 3), np.uint8).repeat(20, 0).repeat(20, 1)
    fine = rng.integers(0, 60, (360, 640, 1), np.uint8)
    return (coarse // 2 + 30 + fine).astype(np.uint8)


@pytest.fixture
def small(monkeypatch):
    """Frames of 320 x 180: what is looked at does not depend on their size."""
    sizes = {"16:9": (320, 180), "9:16": (180, 320)}
    monkeypatch.setattr(sound_driven, "frame_size", lambda _, shape: sizes[shape])


def draw(tmp_path, samples, *, rate=RATE, image=None, report=lambda _: None, **fields):
    """The request as the worker makes it, with its media beside it."""
    write_sound(samples, tmp_path / "a.m4a", rate=rate)
    media = {"audio_url": tmp_path / "a.m4a"}
    if image is not None:
        media["image_url"] = tmp_path / "a.png"
        media["image_url"].write_bytes(encode_png(image))
    addresses = {name: f"https://upload.invalid/{Path(path).name}" for name, path in media.items()}
    request = ROW.model.model_validate({**addresses, **fields})
    return PreviewEngine().render(
        ROW, request, tmp_path / "clip.mp4", media=media, report=report, cancelled=lambda: False
    )


def lumas(path):
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="gray").astype(np.int16) for frame in file.decode(video=0)]


def motion(path):
    """Mean difference of each frame to the one before, without the badge's corner."""
    frames = [frame[30:] for frame in lumas(path)]
    return np.array([0.0, *(np.abs(b - a).mean() for a, b in pairwise(frames))])


def best_correlation(moved, onset):
    """With the picture up to two frames behind the sound."""
    lags = [np.corrcoef(moved[lag:], onset[: len(onset) - lag])[0, 1] for lag in range(3)]
    return max(lags)


@pytest.mark.parametrize("image", [None, photograph()], ids=["prompt", "picture"])
def test_motion_goes_with_the_onsets(small, tmp_path, image):
    """What is seen to move follows what is heard to begin."""
    samples = drums()
    rendered = draw(tmp_path, samples, image=image, prompt="a calm lake, static camera")
    moved = motion(rendered.path)

    beat = beat_of(samples, rate=RATE, fps=FPS, num_frames=len(moved))

    assert best_correlation(moved, beat.onset) > 0.5


def test_silence_is_calm(small, tmp_path):
    """Without strikes a picture moves a fraction as much."""
    loud = motion(draw(tmp_path, drums(), image=photograph(), prompt="static camera").path)
    calm = motion(
        draw(tmp_path, drums(strikes=()), image=photograph(), prompt="static camera").path
    )

    assert calm.max() < loud.max() / 4


def test_the_first_frame_is_the_picture(small, tmp_path):
    """Nothing has moved yet, whatever the sound does at once."""
    picture = photograph()
    rendered = draw(tmp_path, drums(strikes=(0.0, 1.0)), image=picture)
    with av.open(str(rendered.path)) as file:
        first = next(file.decode(video=0)).to_ndarray(format="rgb24")

    shown = read_image(tmp_path / "a.png", max_side=320)

    assert np.abs(first[30:].astype(int) - shown[30:]).mean() < 6


@pytest.mark.parametrize(
    ("rate", "count"), [(48_000, 100_123), (44_100, 95_001), (8000, 20_011), (96_000, 222_222)]
)
def test_the_sound_is_the_given_one_to_the_sample(small, tmp_path, rate, count):
    """As many samples as were given, at the same places."""
    samples = drums(rate=rate, seconds=3)[:, :count]
    rendered = draw(tmp_path, samples, rate=rate, prompt="a lake")

    given, kept = read_sound(tmp_path / "a.m4a"), read_sound(rendered.path)

    assert kept.shape == given.shape
    assert abs(given.shape[1] - count * RATE / rate) < 1
    assert np.corrcoef(given[0], kept[0])[0, 1] > 0.98


def test_the_picture_lasts_as_long_as_the_sound(small, tmp_path):
    """To the frame, and rather a frame longer."""
    rendered = draw(tmp_path, drums(seconds=2.31), prompt="a lake")

    assert rendered.num_frames == len(lumas(rendered.path)) == 58
    assert rendered.fps == FPS


@pytest.mark.parametrize(("picture", "size"), [((360, 640), (320, 180)), ((640, 360), (180, 320))])
def test_the_shape_goes_by_the_picture(small, tmp_path, picture, size):
    """A tall picture makes a tall clip."""
    image = np.full((*picture, 3), 90, np.uint8)
    rendered = draw(tmp_path, drums(seconds=2.2), image=image)

    assert (rendered.width, rendered.height) == size


def test_it_says_what_it_has_no_use_for(small, tmp_path):
    """guidance_scale is for a model."""
    log = []
    draw(tmp_path, drums(seconds=2.2), prompt="a lake", guidance_scale=7, report=log.append)

    said = [progress.message for progress in log]
    assert any("no use for it" in line for line in said)
    assert any("not by AI" in line for line in said)
    assert any(line.startswith("read as") for line in said)


def test_curves_are_silent_in_silence():
    """Digital silence has no beat, and still has an end."""
    beat = beat_of(np.zeros((2, RATE), np.float32), rate=RATE, fps=FPS, num_frames=FPS)

    assert not beat.onset.any()
    assert not beat.energy.any()
    assert beat.way[0] == 0
    assert beat.way[-1] == pytest.approx(1)
