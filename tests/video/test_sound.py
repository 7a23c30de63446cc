"""Reading the sound of any file."""

import av
import numpy as np
import pytest

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.sound import read_sound, sound_chunks, sound_facts

COUNT = 100_000
EXACT = {
    "mp3": ("a.mp3", "libmp3lame", 44_100),
    "aac": ("a.m4a", "aac", 44_100),
    "opus": ("a.opus", "libopus", 48_000),
    "opus in webm": ("a.webm", "libopus", 48_000),
    "flac": ("a.flac", "flac", 44_100),
    "wav": ("a.wav", "pcm_s16le", 44_100),
    "wav of 8 kHz": ("a.wav", "pcm_s16le", 8_000),
    "wav of 192 kHz in floats": ("a.wav", "pcm_f32le", 192_000),
    "mov": ("a.mov", "pcm_s24le", 48_000),
}


def tone(rate, count=COUNT):
    """A tone that swells: every shift of it is another sound."""
    at = np.arange(count) / rate
    return (0.2 * np.sin(2 * np.pi * 440 * at) * (1 + np.sin(2 * np.pi * 3 * at))).astype("f4")


def write(to, codec, rate, samples, layout="stereo", options=None):
    """A sound file of `samples`, (channels, n)."""
    with av.open(str(to), "w", options=options or {}) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout, options={"strict": "-2"})
        size = stream.codec_context.frame_size
        way = av.AudioResampler(stream.format.name, layout, rate, frame_size=size or None)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate, frame.pts = rate, 0
        for part in [*way.resample(frame), *way.resample(None), None]:
            file.mux(stream.encode(part))
    return to


def write_tone(to, codec, rate, **more):
    return write(to, codec, rate, np.tile(tone(rate), (2, 1)), **more)


def cut(path, part=0.6):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    return path


@pytest.mark.parametrize("kind", EXACT)
def test_every_sample_comes_back_in_its_place(tmp_path, kind):
    """What an encoder puts before and after the sound is neither heard nor counted."""
    name, codec, rate = EXACT[kind]
    samples = read_sound(write_tone(tmp_path / name, codec, rate), rate=rate)
    assert samples.shape == (2, COUNT)
    assert samples.dtype == np.float32
    assert np.corrcoef(samples[1], tone(rate))[0, 1] > 0.999


@pytest.mark.parametrize("rate", [8_000, 44_100, 192_000])
def test_other_rates_become_the_wanted_one(tmp_path, rate):
    """A resampled sound lasts as long, to the sample, and lies where it lay."""
    samples = read_sound(write_tone(tmp_path / "a.wav", "pcm_s16le", rate))
    assert samples.shape == (2, round(COUNT * 48_000 / rate))
    assert np.corrcoef(samples[0], tone(48_000, samples.shape[1]))[0, 1] > 0.999


def test_vorbis_is_as_long_as_it_says(tmp_path):
    """An Ogg Vorbis file's last timestamp tells its length."""
    path = write_tone(tmp_path / "a.ogg", "vorbis", 44_100)
    length = sound_facts(path).duration
    assert read_sound(path, rate=44_100).shape[1] == round(length * 44_100)


def test_one_channel_is_doubled(tmp_path):
    """Mono is heard on both sides, as loud as it was."""
    path = write(tmp_path / "a.wav", "pcm_s16le", 8_000, tone(8_000)[None], "mono")
    left, right = read_sound(path, rate=8_000)
    assert np.array_equal(left, right)
    assert np.abs(left - tone(8_000)).max() < 1e-3


def test_two_channels_without_a_name_are_left_and_right(tmp_path):
    """A wav often says no more than that there are two."""
    sides = np.stack((tone(8_000), np.zeros(COUNT, np.float32)))
    path = write(tmp_path / "a.wav", "pcm_s16le", 8_000, sides)
    left, right = read_sound(path, rate=8_000)
    assert np.abs(left - tone(8_000)).max() < 1e-3
    assert not right.any()


def test_surround_is_mixed_down(tmp_path):
    """Left stays left, the centre is in the middle, the deep channel is left out."""
    six = np.zeros((6, 8_000), np.float32)
    six[0, :2000], six[2, 2000:4000], six[3, 4000:6000], six[5, 6000:] = 0.5, 0.5, 0.5, 0.5
    path = write(tmp_path / "a.wav", "pcm_f32le", 8_000, six, "5.1")
    left, right = read_sound(path, rate=8_000)
    assert (left[1000] > 0.2, right[1000]) == (True, 0)
    assert left[3000] == right[3000] > 0.1
    assert (left[5000], right[5000]) == (0, 0)
    assert (left[7000], right[7000] > 0.1) == (0, True)


def test_facts_are_read_from_the_file(tmp_path):
    """Codec, rate, channels, length and format are told, whatever the name says."""
    facts = sound_facts(write_tone(tmp_path / "a.m4a", "aac", 44_100).rename(tmp_path / "a.jpg"))
    assert (facts.codec, facts.rate, facts.channels) == ("aac", 44_100, 2)
    assert (facts.container[:3], facts.profile, facts.has_picture) == ("mov", "LC", False)
    assert facts.duration == pytest.approx(COUNT / 44_100, abs=0.001)


def test_chunks_are_small_and_the_same_sound(tmp_path):
    """Piece by piece or whole, it is the same sound."""
    path = write_tone(tmp_path / "a.flac", "flac", 44_100)
    chunks = list(sound_chunks(path))
    assert len(chunks) > 5
    assert max(chunk.shape[1] for chunk in chunks) < 48_000
    assert np.array_equal(np.concatenate(chunks, axis=1), read_sound(path))


def test_a_stretch_is_the_same_part_of_the_whole(tmp_path):
    """Start and length cut to the sample; past the end there is nothing."""
    path = write_tone(tmp_path / "a.mp3", "libmp3lame", 44_100)
    whole = read_sound(path)
    assert np.array_equal(read_sound(path, start_s=0.5, max_s=0.25), whole[:, 24_000:36_000])
    assert read_sound(path, start_s=60).shape == (2, 0)


def test_sound_of_a_video_is_read(tmp_path):
    """A video gives its sound, exactly what was written into it."""
    path, picture = tmp_path / "clip.mp4", Picture(64, 64)
    with Mp4Writer(path, width=64, height=64, fps=25, sound_rate=48_000) as writer:
        for _ in range(53):
            writer.write(picture)
        writer.write_sound(np.tile(tone(48_000), (2, 1)))
    samples = read_sound(path)
    assert samples.shape == (2, COUNT)
    assert np.corrcoef(samples[0], tone(48_000))[0, 1] > 0.99


def test_a_video_without_sound_is_refused(tmp_path):
    """It says what is missing."""
    with Mp4Writer(tmp_path / "clip.mp4", width=64, height=64, fps=25) as writer:
        writer.write(Picture(64, 64))
    with pytest.raises(MediaError, match="holds no sound"):
        read_sound(tmp_path / "clip.mp4")


@pytest.mark.parametrize("kind", ["mp3", "opus in webm", "flac", "wav"])
def test_a_file_cut_short_says_what_was_found(tmp_path, kind):
    """Part of a sound is never taken for the whole."""
    name, codec, rate = EXACT[kind]
    path = cut(write_tone(tmp_path / name, codec, rate))
    with pytest.raises(MediaError, match=r"a\.\w+ is (cut short:|damaged after) .*\d\.\d s"):
        read_sound(path)


@pytest.mark.parametrize("options", [{}, {"movflags": "faststart"}])
def test_a_cut_m4a_is_refused(tmp_path, options):
    """Whether its index is at the end, and lost, or at the front, and promises too much."""
    path = cut(write_tone(tmp_path / "a.m4a", "aac", 44_100, options=options))
    with pytest.raises(MediaError, match=r"is no sound file|cut short|damaged"):
        read_sound(path)


def test_a_stream_may_end_in_the_middle_of_a_packet(tmp_path):
    """A bare AAC stream has no length: a cut one is a shorter one."""
    path = cut(write_tone(tmp_path / "a.aac", "aac", 44_100), 0.5005)
    assert 40_000 < read_sound(path, rate=44_100).shape[1] < 60_000


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 5000, b"#EXTM3U\n#EXTINF:1,\na.wav\n", b"ffconcat version 1.0\nfile a.wav\n"],
    ids=["empty", "zeros", "playlist", "concat"],
)
def test_what_is_no_sound_is_refused(tmp_path, data):
    """Nothing that names other files is followed, and nonsense is an error of ours."""
    write_tone(tmp_path / "a.wav", "pcm_s16le", 8_000)
    (tmp_path / "b.mp3").write_bytes(data)
    with pytest.raises(MediaError, match="is no sound file"):
        read_sound(tmp_path / "b.mp3")


def test_an_unusual_rate_is_refused(tmp_path):
    """A header may claim any rate; ours are those that sound has."""
    path = write_tone(tmp_path / "a.wav", "pcm_s16le", 8_000)
    data = bytearray(path.read_bytes())
    data[24:28] = (4_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(MediaError, match="4000000 samples a second; expected 8000 to 192000"):
        sound_facts(path)


def test_a_film_of_a_late_sound_is_silent_before_it(tmp_path):
    """The first sample belongs to the first picture."""
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as file:
        film = file.add_stream("libx264", rate=25, options={"bf": "0"})
        film.width = film.height = 64
        track = file.add_stream("flac", rate=48_000, layout="stereo")
        for number in range(25):
            picture = Picture(64, 64).frame
            picture.pts = number
            file.mux(film.encode(picture))
        sound = av.AudioFrame.from_ndarray(np.full((1, 24_000), 9000, "i2"), "s16", "stereo")
        sound.sample_rate, sound.pts = 48_000, 24_000
        way = av.AudioResampler("s16", "stereo", 48_000, frame_size=track.frame_size)
        for part in [*way.resample(sound), *way.resample(None), None]:
            file.mux(track.encode(part))
        file.mux(film.encode(None))
    left, _ = read_sound(path)
    assert np.flatnonzero(left)[0] == pytest.approx(24_000, abs=48)
