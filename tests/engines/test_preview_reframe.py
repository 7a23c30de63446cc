"""Reframe: the window follows what matters."""

from itertools import pairwise

import av
import numpy as np
import pytest

from ltx_widgets.engines.preview.engine import PreviewEngine
from ltx_widgets.schema import find_endpoint
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.sound import read_sound
from ltx_widgets.video.source import VideoSource

ROW = find_endpoint("ltx-2.3/reframe")
FPS, WIDE, TALL, BALL = 25, 320, 180, 24


def film(to, places, *, size=(WIDE, TALL), floor=90, sound=None, noise=0):
    """A bright, chequered ball on a plain floor, at a given centre in each frame."""
    picture = Picture(*size)
    chequers = np.indices((BALL, BALL)).sum(axis=0) // 4 % 2 * 60
    rng = np.random.default_rng(2)
    rate = 48_000 if sound is not None else None
    with Mp4Writer(to, width=size[0], height=size[1], fps=FPS, sound_rate=rate) as file:
        for number, (x, y) in enumerate(places):
            shade = floor[number] if isinstance(floor, list) else floor
            picture.y[:] = shade + rng.integers(0, noise + 1, (size[1], size[0]))
            picture.u[:], picture.v[:] = 128, 128
            top, left = round(y) - BALL // 2, round(x) - BALL // 2
            picture.y[top : top + BALL, left : left + BALL] = 170 + chequers
            picture.v[top // 2 : (top + BALL) // 2, left // 2 : (left + BALL) // 2] = 210
            file.write(picture)
        if sound is not None:
            file.write_sound(sound)
    return to


def reframe(source, to, **fields):
    request = ROW.model.model_validate(
        {"video_url": "https://upload.invalid/film.mp4", "resolution": "720p", **fields}
    )
    return PreviewEngine().render(
        ROW,
        request,
        to,
        media={"video_url": source},
        report=lambda _: None,
        cancelled=lambda: False,
    )


def balls(path):
    """The ball's centre in each frame, as parts of its sides; None where it is not seen."""
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            red = frame.reformat(format="yuv444p").to_ndarray()[2]
            rows, columns = np.nonzero(red[30:] > 175)
            seen = len(rows) > 30
            yield (
                (columns.mean() / red.shape[1], (rows.mean() + 30) / red.shape[0]) if seen else None
            )


def across(seconds=4):
    count = seconds * FPS
    return [(20 + (WIDE - 40) * n / (count - 1), TALL * 0.6) for n in range(count)]


def test_the_window_follows_what_moves(tmp_path):
    """From edge to edge: seen in nearly every frame, which a fixed window cannot do."""
    source = film(tmp_path / "a.mp4", across(), noise=6)

    found = list(balls(reframe(source, tmp_path / "b.mp4", aspect_ratio="9:16").path))

    seen = [at for at in found if at is not None and 0.02 < at[0] < 0.98]
    assert len(seen) >= 0.95 * len(found)
    fixed = sum(abs(x - WIDE / 2) < TALL * 9 / 32 for x, _ in across())
    assert fixed < 0.5 * len(found)


def test_the_window_is_calm(tmp_path):
    """A subject that stands still is shown still, in the middle, not where the film's middle is."""
    source = film(tmp_path / "a.mp4", [(250, 100)] * 60, noise=6)

    xs = [at[0] for at in balls(reframe(source, tmp_path / "b.mp4", aspect_ratio="9:16").path)]

    assert np.ptp(xs[5:]) < 0.02
    assert np.mean(xs) == pytest.approx(0.5, abs=0.15)


def test_the_window_moves_without_jerks(tmp_path):
    """No step is much larger than those around it."""
    source = film(tmp_path / "a.mp4", across(), noise=6)

    xs = [at[0] for at in balls(reframe(source, tmp_path / "b.mp4", aspect_ratio="1:1").path) if at]

    steps = np.abs(np.diff([b - a for a, b in pairwise(xs)]))
    assert steps.max() < 0.03


def test_the_window_jumps_with_a_cut(tmp_path):
    """In the first frame of a new shot it is where that shot wants it."""
    places = [(40, 90)] * 30 + [(280, 90)] * 30
    source = film(tmp_path / "a.mp4", places, floor=[60] * 30 + [140] * 30, noise=6)

    found = list(balls(reframe(source, tmp_path / "b.mp4", aspect_ratio="9:16").path))

    assert all(at is not None and 0.2 < at[0] < 0.8 for at in found[20:40])


@pytest.mark.parametrize(
    ("shape", "size"),
    [("1:1", (720, 720)), ("4:5", (720, 900)), ("5:4", (900, 720)), ("9:16", (720, 1280)),
     ("16:9", (1280, 720))],
)  # fmt: skip
def test_every_shape_has_its_size(tmp_path, shape, size):
    """The shorter side names the resolution."""
    source = film(tmp_path / "a.mp4", [(160, 90)] * 10)

    rendered = reframe(source, tmp_path / "b.mp4", aspect_ratio=shape)

    assert (rendered.width, rendered.height) == size
    assert len(list(balls(rendered.path))) == 10


def test_a_tall_clip_made_wide_is_shown_whole(tmp_path):
    """Its sides are filled, and said so: nothing of it is lost."""
    source = film(tmp_path / "a.mp4", [(90, 40), (90, 280)] * 10, size=(180, 320))

    rendered = reframe(source, tmp_path / "b.mp4", aspect_ratio="16:9")

    assert all(at is not None for at in balls(rendered.path))
    assert "filled" in rendered.notes[0]


def test_the_sound_stays(tmp_path):
    """As many samples as before."""
    moments = np.arange(2 * 48_000) / 48_000
    tone = (0.3 * np.sin(2 * np.pi * 330 * moments)).astype(np.float32)
    source = film(tmp_path / "a.mp4", [(160, 90)] * 50, sound=np.stack([tone, tone]))

    kept = read_sound(reframe(source, tmp_path / "b.mp4", aspect_ratio="1:1").path)

    assert kept.shape == (2, 96_000)
    assert np.corrcoef(kept[0], tone)[0, 1] > 0.99


def test_a_silent_clip_stays_silent(tmp_path):
    """No sound track is made up."""
    source = film(tmp_path / "a.mp4", [(160, 90)] * 10)

    assert not reframe(source, tmp_path / "b.mp4", aspect_ratio="1:1").has_audio


@pytest.mark.parametrize("degrees", [90, -90])
def test_a_turned_phone_film_is_reframed_upright(tmp_path, degrees):
    """Stored lying, shown standing: cut as it is shown, odd sides and all."""
    source = tmp_path / "a.mp4"
    with av.open(str(source), "w") as file:
        stream = file.add_stream("libx264", rate=FPS, options={"qp": "20"})
        stream.width, stream.height, stream.pix_fmt = 321, 181, "yuv444p"
        stream.set_display_rotation(degrees)
        for number in range(20):
            rgb = np.full((181, 321, 3), 90, np.uint8)
            rgb[80:100, 40 + number : 60 + number] = 200, 40, 40
            file.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, "rgb24")))
        file.mux(stream.encode(None))

    found = list(balls(reframe(source, tmp_path / "b.mp4", aspect_ratio="1:1").path))

    assert len(found) == 20
    assert all(at is not None and 0.4 < at[0] < 0.6 for at in found)


def test_glitter_draws_no_eye_from_what_moves(tmp_path):
    """Specks that come and go, as on water, weigh less than one thing on its way."""
    source = film(tmp_path / "a.mp4", across(), noise=6)
    glittering = tmp_path / "b.mp4"
    rng = np.random.default_rng(5)
    with Mp4Writer(glittering, width=WIDE, height=TALL, fps=FPS) as file:
        for frame in VideoSource(source).frames():
            picture = Picture(WIDE, TALL)
            picture.y[:], picture.u[:], picture.v[:] = frame.y, frame.u, frame.v
            picture.y[130:170, 20:100][rng.random((40, 80)) < 0.15] = 200
            file.write(picture)

    found = list(balls(reframe(glittering, tmp_path / "c.mp4", aspect_ratio="9:16").path))

    assert sum(at is not None for at in found) >= 0.95 * len(found)
