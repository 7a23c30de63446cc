"""Films and sounds at a glance."""

import io
from fractions import Fraction

import av
import numpy as np
import psutil
import pytest
from PIL import Image

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.strip import filmstrip, waveform

RATE = 48_000


def write_greys(to, greys, *, fps=25, size=(64, 36), rotate=0, sound=None, **codec):
    """A film whose frame n has the n-th grey; one may be (ms, grey), with the time it comes at."""
    with av.open(str(to), "w") as file:
        stream = file.add_stream(
            "libx264", rate=fps, options={"x264-params": "scenecut=0", **codec}
        )
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        if rotate:
            stream.set_display_rotation(rotate)
        if sound is not None:
            track = file.add_stream("aac", rate=RATE, layout="stereo")
        for number, grey in enumerate(greys):
            tick, shade = grey if isinstance(grey, tuple) else (number * 1000 // fps, grey)
            shape = (size[1], size[0], 3)
            rgb = np.zeros(shape, np.uint8)
            rgb[:] = shade
            # The left half of the picture is darker: whoever turns it sees that.
            rgb[:, : size[0] // 2] = shade // 2
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, 1000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if sound is not None:
            mux_sound(file, track, sound)
    return to


def mux_sound(file, track, samples):
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", "stereo")
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    for packet in [*track.encode(frame), *track.encode(None)]:
        file.mux(packet)


def pictures(jpeg, count):
    """The small pictures as (height, width) arrays of grey."""
    strip = np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"), np.int16)
    return np.split(strip, count, axis=1)


def greys(jpeg, count):
    """The grey of each picture's right half."""
    return [int(p[:, p.shape[1] * 3 // 4].mean()) for p in pictures(jpeg, count)]


SECONDS = [40, 80, 120, 160, 200, 240]


@pytest.mark.parametrize("keyint", [1, 12, 25, 250])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_each_second_is_seen_in_its_place(tmp_path, name, keyint):
    """Another grey each second, and as many pictures: however the key frames lie."""
    film = [grey for grey in SECONDS for _ in range(25)]
    path = write_greys(tmp_path / name, film, g=str(keyint))
    assert greys(filmstrip(path, frames=6), 6) == pytest.approx(SECONDS, abs=3)


def test_the_strip_has_the_size_asked_for(tmp_path):
    """Pictures keep the film's shape; all of it is one JPEG."""
    path = write_greys(tmp_path / "a.mp4", [90] * 10, size=(160, 90))
    strip = Image.open(io.BytesIO(filmstrip(path, frames=5, height=36)))
    assert (strip.format, strip.size) == ("JPEG", (5 * 64, 36))


@pytest.mark.parametrize(("degrees", "dark"), [(0, "left"), (90, "down"), (180, "right")])
def test_turned_films_stand_upright(tmp_path, degrees, dark):
    """A phone's film is small and upright, as it is shown."""
    path = write_greys(tmp_path / "a.mp4", [200] * 10, size=(160, 90), rotate=degrees)
    first = pictures(filmstrip(path, frames=2, height=64), 2)[0]
    height, width = first.shape
    assert (width > height) == (degrees != 90)
    halves = {
        "left": first[:, : width // 2 - 2],
        "right": first[:, width // 2 + 2 :],
        "up": first[: height // 2 - 2],
        "down": first[height // 2 + 2 :],
    }
    assert min(halves, key=lambda name: halves[name].mean()) == dark


def test_a_late_first_frame_is_the_start(tmp_path):
    """What a file shows at its first frame's time counts from there."""
    film = [(3_000 + 40 * n, grey) for n, grey in enumerate(g for g in SECONDS for _ in range(25))]
    path = write_greys(tmp_path / "a.mkv", film)
    assert greys(filmstrip(path, frames=6), 6) == pytest.approx(SECONDS, abs=3)


def test_variable_rates_are_read_by_their_time(tmp_path):
    """A frame that stays for seconds is seen for as long."""
    path = write_greys(
        tmp_path / "a.mp4", [(0, 50), (40, 100), (80, 150), (4_000, 200), (4_040, 240)]
    )
    assert greys(filmstrip(path, frames=4), 4) == pytest.approx([150] * 4, abs=3)


def test_a_film_shorter_than_its_strip_repeats_pictures(tmp_path):
    """One frame fills all places."""
    path = write_greys(tmp_path / "a.mp4", [130])
    assert greys(filmstrip(path, frames=7), 7) == pytest.approx([130] * 7, abs=3)


def test_the_strip_is_the_same_each_time_and_fits(tmp_path):
    """Noise, which hardly compresses, gets coarser until it fits; or it is told."""
    rng = np.random.default_rng(2)
    picture = Picture(320, 180)
    picture.v[:] = 128
    with Mp4Writer(tmp_path / "a.mp4", width=320, height=180, fps=25) as writer:
        for _ in range(30):
            picture.y[:] = rng.integers(16, 235, picture.y.shape, np.uint8)
            picture.u[:] = rng.integers(16, 240, picture.u.shape, np.uint8)
            writer.write(picture)
    path = tmp_path / "a.mp4"
    fine = filmstrip(path, frames=8)
    coarse = filmstrip(path, frames=8, max_bytes=len(fine) // 2)
    assert len(coarse) <= len(fine) // 2 <= 10_000
    assert coarse == filmstrip(path, frames=8, max_bytes=len(fine) // 2)
    with pytest.raises(MediaError, match="ask for fewer"):
        filmstrip(path, frames=8, max_bytes=500)


def test_few_key_frames_cost_no_more_than_a_budget(tmp_path, monkeypatch):
    """Where not all can be decoded, pictures come somewhat early, in order."""
    film = [grey for grey in SECONDS for _ in range(25)]
    path = write_greys(tmp_path / "a.mp4", film, g="250")
    monkeypatch.setattr("ltx_widgets.video.strip._MOST_PIXELS", 64 * 36 * 70)
    seen = greys(filmstrip(path, frames=6), 6)
    assert seen == sorted(seen)
    assert seen[0] == pytest.approx(40, abs=3)
    assert seen[-1] in range(77, 130)


def test_a_film_cut_short_shows_what_is_there(tmp_path):
    """Only who looks at its broken last frame is refused."""
    picture = Picture(64, 36)
    picture.u[:] = picture.v[:] = 128
    with Mp4Writer(tmp_path / "a.mp4", width=64, height=36, fps=25) as writer:
        for number in range(200):
            picture.y[:] = np.random.default_rng(number).integers(16, 235, (36, 64), np.uint8)
            writer.write(picture)
    data = (tmp_path / "a.mp4").read_bytes()
    (tmp_path / "b.mp4").write_bytes(data[: len(data) // 2])
    assert len(pictures(filmstrip(tmp_path / "b.mp4", frames=4), 4)) == 4
    with pytest.raises(MediaError, match="damaged"):
        filmstrip(tmp_path / "b.mp4", frames=100, max_bytes=200_000)


def test_what_is_no_film_is_refused(tmp_path):
    """A text has neither pictures nor a sound."""
    (tmp_path / "a.mp4").write_text("not a film")
    with pytest.raises(MediaError, match="not an mp4"):
        filmstrip(tmp_path / "a.mp4")
    with pytest.raises(MediaError, match="no sound file"):
        waveform(tmp_path / "a.mp4", bins=10)


def stairs(levels, seconds=0.5):
    """A tone whose loudness is another one in each stretch, (2, n)."""
    t = np.arange(round(seconds * RATE)) / RATE
    wave = np.concatenate([level * np.sin(2 * np.pi * 441 * t) for level in levels])
    return np.stack([wave, wave / 2]).astype(np.float32)


def write_wav(to, samples, rate=RATE):
    with av.open(str(to), "w") as file:
        track = file.add_stream("pcm_s16le", rate=rate, layout="stereo")
        pcm = np.rint(samples * 32767).astype(np.int16).T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm), "s16", "stereo")
        frame.sample_rate, frame.pts = rate, 0
        file.mux(track.encode(frame))
        file.mux(track.encode(None))
    return to


LEVELS = [0.1, 0.8, 0.0, 0.4]


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 192_000])
def test_a_known_envelope_comes_out(tmp_path, rate):
    """Peaks are the louder channel's; loudness is that of both together."""
    path = write_wav(tmp_path / "a.wav", stairs(LEVELS, seconds=0.5 * rate / RATE), rate)
    # The first and the last part of a step may have a millisecond of its neighbour.
    peaks, loudness = waveform(path, bins=40).reshape(2, 4, 10)[:, :, 1:9]
    levels = np.repeat(LEVELS, 8).reshape(4, 8)
    assert peaks == pytest.approx(levels, abs=0.01)
    assert loudness == pytest.approx(levels * np.sqrt((1 + 1 / 4) / 4), abs=0.03)


@pytest.mark.parametrize(("bins", "seconds"), [(1, None), (3, 1.0), (1_000, 0.01), (2_000, None)])
def test_as_many_parts_as_asked_for(tmp_path, bins, seconds):
    """Also where a part is shorter than a sample."""
    path = write_wav(tmp_path / "a.wav", stairs(LEVELS))
    found = waveform(path, bins=bins, seconds=seconds)
    assert (found.shape, found.dtype) == ((2, bins), np.float32)
    assert np.all((found >= 0) & (found <= 1) & (found[1] <= found[0]))


def test_a_films_sound_lies_under_its_pictures(tmp_path):
    """The wave covers the film's length; where the sound is over, there is none."""
    path = write_greys(tmp_path / "a.mp4", [90] * 100, sound=stairs(LEVELS))
    _, loudness = waveform(path, bins=8, seconds=4.0)
    assert loudness[:4] == pytest.approx(np.array(LEVELS) * 0.56, abs=0.05)
    assert list(loudness[5:]) == [0, 0, 0]


def test_a_silent_film_is_told(tmp_path):
    """It has pictures only."""
    path = write_greys(tmp_path / "a.mp4", [90] * 5)
    with pytest.raises(MediaError, match="no sound"):
        waveform(path, bins=10)


def test_memory_does_not_grow_with_the_sound(tmp_path):
    """Two minutes of sound, 46 MB as floats, are never held at once."""
    quiet = np.zeros((2, RATE * 120), np.float32)
    path = write_wav(tmp_path / "a.wav", quiet)
    del quiet
    waveform(path, bins=500, seconds=1)
    before = psutil.Process().memory_info().rss
    waveform(path, bins=500)
    assert psutil.Process().memory_info().rss - before < 15_000_000
