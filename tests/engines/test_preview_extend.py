"""Extend: every frame of the clip, and before or after it what goes on with its motion."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from moving_clips import (
    FPS,
    RATE,
    circling,
    decibels,
    film,
    hum,
    lumas,
    panning,
    preview,
    steps,
)

from ltx_widgets.engines.preview.extend import context_of
from ltx_widgets.errors import EngineCancelled
from ltx_widgets.video.probe import probe
from ltx_widgets.video.sound import read_sound

CLIP, ADDED = 50, 50
# Frames are encoded again, and each second's key frame is a little sharper than the one before.
SLACK = 1.1


@pytest.fixture(scope="module")
def pan(tmp_path_factory):
    return film(tmp_path_factory.mktemp("pan") / "pan.mp4", panning(CLIP), sound=True)


@pytest.fixture(scope="module")
def ball(tmp_path_factory):
    return film(tmp_path_factory.mktemp("ball") / "ball.mp4", circling())


def extend(source, folder, **fields):
    return preview("extend-video", source, folder / "out.mp4", duration=2, **fields)


def shift(before, after):
    """Pixels that the middle of the picture moved right, and how far down."""
    middle = np.s_[40:-30, 60:-60]
    one, other = (frame[middle].astype(np.float64) for frame in (before, after))
    return cv2.phaseCorrelate(one, other, cv2.createHanningWindow(one.shape[::-1], cv2.CV_64F))[0]


@pytest.mark.parametrize("mode", ["end", "start"])
def test_every_frame_of_the_clip_is_kept(mode, pan, tmp_path):
    """The clip is there, whole and in order, on its side of the seam."""
    rendered = extend(pan, tmp_path, mode=mode)
    frames, source = lumas(rendered.path), lumas(pan)
    assert rendered.num_frames == len(frames) == CLIP + ADDED
    kept = frames[:CLIP] if mode == "end" else frames[ADDED:]
    assert decibels(kept, source) > 40
    assert any("encoded again" in note for note in rendered.notes)


@pytest.mark.parametrize("mode", ["end", "start"])
@pytest.mark.parametrize("clip", ["pan", "ball"])
def test_seam_is_a_step_like_the_clips_own(mode, clip, tmp_path, request):
    """Over the seam the picture changes no more than within the clip, the badge aside."""
    source = request.getfixturevalue(clip)
    extended = extend(source, tmp_path, mode=mode).path
    own, whole = (steps([f[25:] for f in lumas(path)]) for path in (source, extended))
    seam = whole[len(own)] if mode == "end" else whole[ADDED - 1]
    assert seam <= max(own) * SLACK


@pytest.mark.parametrize("mode", ["end", "start"])
def test_camera_goes_on_its_way(mode, pan, tmp_path):
    """Next to the seam the picture moves as fast as in the clip, and the same way."""
    frames = lumas(extend(pan, tmp_path, mode=mode).path)
    at = CLIP if mode == "end" else ADDED - 4
    moves = [shift(frames[number], frames[number + 1]) for number in range(at, at + 3)]
    x, y = np.mean(moves, axis=0)
    assert x == pytest.approx(-2, abs=0.5)
    assert abs(y) < 0.4


def test_picture_never_comes_to_rest(pan, tmp_path):
    """Two seconds after the seam it still moves."""
    frames = lumas(extend(pan, tmp_path).path)
    assert np.abs(frames[-1] - frames[-6]).mean() > 0.3


def test_loop_is_gone_round_again(ball, tmp_path):
    """Where the clip loops, its own frames come again, a whole round later."""
    rendered = extend(ball, tmp_path)
    frames, source = lumas(rendered.path), lumas(ball)
    assert any("loop" in note for note in rendered.notes)
    again = frames[100 + 20 :]
    rounds = [source[number % 36 + 36] for number in range(100 + 20, 150)]
    below_badge = np.s_[30:]
    assert decibels([f[below_badge] for f in again], [f[below_badge] for f in rounds]) > 32


def test_context_decides_what_is_known_of_the_clip(ball, tmp_path):
    """A loop longer than the context is not found."""
    short, long = (extend(ball, tmp_path, context=seconds).notes for seconds in (1.2, 4))
    assert not any("loop" in note for note in short)
    assert any("loop" in note for note in long)


@pytest.mark.parametrize(
    ("asked", "duration", "length", "fps", "seconds"),
    [
        (None, 5, 60, 25, 15.2),
        (None, 2, 60, 25, 18.2),
        (None, 2, 60, 24, 19.04),
        (None, 5, 3, 25, 3),
        (None, 20, 60, 50, 1),
        (4, 5, 60, 25, 4),
        (4, 5, 3, 25, 3),
    ],
)
def test_context_left_out_is_what_fits(asked, duration, length, fps, seconds):
    """505 frames hold context and addition; never more than 20 s or the clip."""
    got = context_of(asked, duration=duration, length=length, fps=fps)
    assert got == pytest.approx(seconds, abs=0.01)


@pytest.mark.parametrize("mode", ["end", "start"])
def test_sound_goes_on(mode, pan, tmp_path):
    """The new part is about as loud, the clip's own sound stays, and all ends with the picture."""
    rendered = extend(pan, tmp_path, mode=mode)
    sound, own = read_sound(rendered.path), read_sound(pan)
    assert sound.shape[1] == pytest.approx(4 * RATE, abs=2)
    parts = sound[:, : 2 * RATE], sound[:, 2 * RATE :]
    kept, new = parts if mode == "end" else parts[::-1]
    assert np.corrcoef(kept[0], own[0, : kept.shape[1]])[0, 1] > 0.99
    assert np.sqrt(np.mean(new**2)) == pytest.approx(np.sqrt(np.mean(own**2)), rel=0.25)


def test_silent_clip_stays_silent(ball, tmp_path):
    """There is new sound only where the clip has sound."""
    rendered = extend(ball, tmp_path)
    assert not rendered.has_audio
    assert not probe(rendered.path).has_audio


def test_rate_and_shape_are_the_clips(tmp_path):
    """A tall clip at 30000/1001 frames a second stays one."""
    fps = Fraction(30_000, 1001)
    source = film(tmp_path / "tall.mp4", panning(40, size=(180, 320)), fps=fps, size=(180, 320))
    rendered = extend(source, tmp_path)
    facts = probe(rendered.path)
    assert (facts.width, facts.height, facts.num_frames) == (180, 320, 100)
    assert facts.fps == pytest.approx(float(fps), abs=0.001)


def test_prompt_brings_its_weather(pan, tmp_path):
    """With a prompt it begins to snow, but not at once."""
    plain = lumas(extend(pan, tmp_path).path)
    snow = lumas(extend(pan, tmp_path, prompt="heavy snow falls").path)
    assert np.abs(snow[CLIP] - plain[CLIP]).mean() < 1
    assert np.abs(snow[-1] - plain[-1]).mean() > 5


def test_same_request_gives_the_same_bytes(ball, tmp_path):
    """A second run writes the same file."""
    one, other = (tmp_path / name for name in ("a.mp4", "b.mp4"))
    for to in (one, other):
        preview("extend-video", ball, to, duration=2, prompt="rain")
    assert one.read_bytes() == other.read_bytes()


def test_cancelled_job_leaves_no_file(pan, tmp_path):
    """A job cancelled on its way leaves nothing behind."""
    done = []
    with pytest.raises(EngineCancelled):
        preview(
            "extend-video", pan, tmp_path / "out.mp4",
            report=lambda progress: done.append(progress.done), cancelled=lambda: max(done) >= 60,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_new_frames_wear_the_badge_and_the_clips_do_not(ball, tmp_path):
    """Only what the engine drew is marked as drawn."""
    frames, source = lumas(extend(ball, tmp_path).path), lumas(ball)
    corner = np.s_[4:17, 4:90]
    apart = [np.abs(frame[corner] - source[0][corner]).mean() for frame in frames]
    assert max(apart[:100]) < 6
    assert min(apart[110:]) > 25


def phone_film(to):
    """A film as phones and old cameras make them: frames as they came, 8 kHz, one channel."""
    with av.open(str(to), "w") as file:
        picture = file.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 320, 180, "yuv420p"
        picture.codec_context.time_base = Fraction(1, 600)
        sound = file.add_stream("aac", rate=8000, layout="mono")
        for number, rgb in enumerate(panning(60)):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = number * 20 + number % 3 * 6, Fraction(1, 600)
            file.mux(picture.encode(frame))
        samples = np.ascontiguousarray(hum(2)[:1, ::6])
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        file.mux([*picture.encode(None), *sound.encode(frame), *sound.encode(None)])
    return to


@pytest.mark.parametrize("mode", ["end", "start"])
def test_phones_film_is_extended(mode, tmp_path):
    """Uneven frames come out even, and thin sound as sound."""
    rendered = extend(phone_film(tmp_path / "phone.mp4"), tmp_path, mode=mode)
    assert rendered.num_frames == pytest.approx(4 * rendered.fps, abs=3)
    assert rendered.num_frames == probe(rendered.path).num_frames
    sound = read_sound(rendered.path)
    assert sound.shape[1] == pytest.approx(rendered.duration * RATE, abs=RATE // 1000)
    for half in np.array_split(sound[:, : 4 * RATE - 4000], 2, axis=1):
        assert np.sqrt(np.mean(half**2)) > 0.05


def test_clip_of_fewest_frames_is_extended(tmp_path):
    """Three frames are enough to go on from."""
    source = film(tmp_path / "short.mp4", panning(3))
    assert extend(source, tmp_path).num_frames == 3 + 2 * FPS
