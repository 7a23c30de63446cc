"""Whatever a notebook user has becomes a file that the service takes, with its facts."""

import base64
import io
import wave
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest
from IPython import display
from pictures import RED, picture, quarters, saved
from PIL import Image

from ltx_widgets.errors import MediaError
from ltx_widgets.images import encode_png, read_image
from ltx_widgets.media.taking import material
from ltx_widgets.video.convert import write_film, write_sound
from ltx_widgets.video.sound import sound_facts

TONE = (np.sin(np.arange(96_000) * 0.05) * 0.3).astype(np.float32)


@pytest.fixture
def image(tmp_path):
    return lambda value, **more: material(value, kind="image", folder=tmp_path / "m", **more)


@pytest.fixture
def audio(tmp_path):
    return lambda value, **more: material(value, kind="audio", folder=tmp_path / "m", **more)


@pytest.fixture
def video(tmp_path):
    return lambda value, **more: material(value, kind="video", folder=tmp_path / "m", **more)


@pytest.fixture
def cat(tmp_path):
    path = tmp_path / "my cat.png"
    path.write_bytes(encode_png(quarters()))
    return path


@pytest.fixture(scope="module")
def mp4(tmp_path_factory):
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    frames = (np.full((64, 96, 3), number * 8, np.uint8) for number in range(30))
    write_film(frames, path, fps=15)
    return path


@pytest.fixture(scope="module")
def m4a(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "tone.m4a"
    write_sound(np.stack([TONE, TONE]), path, rate=48_000)
    return path


def wav():
    to = io.BytesIO()
    with wave.open(to, "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((TONE * 32_767).astype(np.int16).tobytes())
    return to.getvalue()


def encoded(path, codec, samples=TONE, rate=48_000):
    """A mono sound file in the format of its ending."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name, layout="mono", frame_size=1024
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            file.mux(stream.encode(piece))
    return path


def test_a_good_file_is_sent_as_it_is(image, cat):
    """Its own bytes, its facts, and a name that tells nothing of this computer."""
    made = image(cat)

    assert (made.path, made.url, made.notes) == (cat, None, ())
    assert (made.facts.width, made.facts.height) == (64, 48)
    assert (made.content_type, made.size) == ("image/png", cat.stat().st_size)
    assert made.name == "my-cat.png"
    assert str(cat.parent) not in repr(made)


@pytest.mark.parametrize(
    "wrap",
    [
        str,
        lambda path: path.read_bytes(),
        lambda path: bytearray(path.read_bytes()),
        lambda path: memoryview(path.read_bytes()),
        lambda path: io.BytesIO(path.read_bytes()),
        lambda path: Image.open(io.BytesIO(path.read_bytes())),
        lambda path: Image.fromarray(quarters()).convert("RGBA"),
        lambda path: quarters(),
        lambda path: quarters() / 255,
        lambda path: np.dstack([quarters(), np.full((48, 64), 255, np.uint8)]),
        lambda path: display.Image(data=path.read_bytes()),
        lambda path: display.Image(filename=str(path)),
        lambda path: {"name": "x.png", "content": memoryview(path.read_bytes())},
        lambda path: ({"name": "x.png", "content": path.read_bytes()},),
        lambda path: Tensor(np.moveaxis(quarters(), -1, 0) / np.float32(255)),
        lambda path: Tensor(np.moveaxis(quarters(), -1, 0)[None]),
    ],
)
def test_all_that_shows_a_picture_is_taken(image, cat, wrap):
    """Each gives the same pixels."""
    made = image(wrap(cat))

    assert (read_image(made.path) == quarters()).all()
    assert made.name.endswith(".png")


class Tensor:
    """As much of a torch tensor as is asked of one."""

    def __init__(self, array):
        self._array, self.shape, self.dtype = array, array.shape, array.dtype

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self._array


def test_a_small_data_uri_travels_in_the_request(image, cat):
    """Client 18: under the type that its content has."""
    text = base64.b64encode(cat.read_bytes()).decode()

    made = image(f"data:text/plain;base64,{text}")

    assert made.url == f"data:image/png;base64,{text}"
    assert made.path is None
    assert (made.facts.width, made.facts.height) == (64, 48)
    assert text not in repr(made)


def test_a_large_data_uri_becomes_a_file(image):
    """Client 18: requests stay small."""
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    data = encode_png(noise)

    made = image(f"data:image/png;base64,{base64.b64encode(data).decode()}")

    assert made.url is None
    assert made.path.read_bytes() == data


def test_an_address_is_passed_on_unread(image):
    """The service fetches it, not we."""
    made = image("https://example.com/a%20cat.png?sig=secret")

    assert made.url == "https://example.com/a%20cat.png?sig=secret"
    assert (made.path, made.facts) == (None, None)
    assert "secret" not in repr(made)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("file:///etc/passwd", "https address or a path"),
        ("ftp://example.com/a.png", "https address or a path"),
        ("concat:a.mp4|b.mp4", "https address or a path"),
        ("subfile,,start,0,end,9,,:a.mp4", "https address or a path"),
        ("https:///a.png", "not complete"),
        ("https://me:pw@example.com/a.png", "password"),
        ("http://127.0.0.1:8080/a.png", "private"),
        ("https://[::ffff:10.0.0.1]/a.png", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://localhost/a.png", "private"),
        ("https://nas/a.png", "private"),
        ("http://example.com/a.png", "https addresses only"),
        ("data:image/png;base64,%%%", "base64"),
        ("data:nothing", "comma"),
    ],
)
def test_addresses_that_fal_cannot_fetch_are_refused(image, url, said):
    """Each with what to do."""
    with pytest.raises(MediaError, match=said):
        image(url, hosted=True)


def test_a_server_of_ones_own_may_be_near(image):
    """It can reach what this computer can."""
    assert image("http://127.0.0.1:8080/a.png").url == "http://127.0.0.1:8080/a.png"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "cannot take NoneType"),
        (3, "cannot take int"),
        ("", "empty text"),
        ("no such cat.png", "nothing at 'no such cat.png'"),
        (b"", "no bytes at all"),
        (b"<html><body>", "expected a picture, but what was given is a web page"),
        (b"<svg/>", "is an SVG drawing"),
        (b"\0\1\0\0\0\x0f\0\x80", "is a font"),
        (b"#EXTM3U\n", "is a playlist"),
        (b"PK\3\4", "is a ZIP archive"),
        (b"GIF89a", "is a GIF"),
        (wav(), "is audio/wav"),
        (b"what is this", "nothing that we know"),
        (io.StringIO("text"), "mode 'rb'"),
        (io.BytesIO(b""), r"seek\(0\)"),
        (np.zeros((4, 8, 8, 3), np.uint8), "many pictures"),
        (np.full((8, 8, 3), 200.0), "divide them by 255"),
        (np.full((8, 8, 3), np.nan), "NaN"),
        (np.zeros((8, 8, 3), np.int64), "uint8"),
        (np.zeros((0, 8, 3), np.uint8), "shape"),
        (SimpleNamespace(path=Path("a.mp4"), fps=25), "clip.last_frame"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_it_is(image, value, said):
    """Expected, got, and what to do."""
    with pytest.raises(MediaError, match=said):
        image(value)


def test_content_counts_and_not_the_name(image, tmp_path):
    """A WebP named .jpg is a WebP."""
    path = tmp_path / "photo.jpg"
    path.write_bytes(picture("WEBP"))

    made = image(path)

    assert (made.content_type, made.name, made.path) == ("image/webp", "photo.webp", path)


def located():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    return exif.tobytes()


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif.tobytes()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (picture("JPEG", exif=turned()), "upright"),
        (picture("JPEG", exif=located()), "where it was taken"),
        (saved(Image.new("CMYK", (32, 32)), "JPEG"), "CMYK"),
        (saved(Image.new("RGBA", (32, 32)), "PNG"), "transparent"),
        (saved(Image.new("P", (32, 32)), "PNG"), "its P pixels made RGB"),
        (saved(Image.new("I;16", (32, 32)), "PNG"), "16 bits"),
        (
            saved(
                Image.new("RGB", (9, 9)),
                "WEBP",
                save_all=True,
                append_images=[Image.new("RGB", (9, 9), RED)],
            ),
            "first picture",
        ),
        (saved(Image.new("RGB", (9000, 20)), "PNG"), "scaled down"),
    ],
)
def test_pictures_that_would_be_refused_are_converted_and_said(image, data, said):
    """To an upright PNG without metadata."""
    made = image(data)

    assert said in made.notes[0]
    assert made.content_type == "image/png"
    assert read_image(made.path).shape == (made.facts.height, made.facts.width, 3)
    assert b"eXIf" not in made.path.read_bytes()


def test_a_large_picture_becomes_a_jpeg(image):
    """As a PNG, a photograph would be ten times as long."""
    noise = np.random.default_rng(1).integers(0, 255, (1300, 1300, 3), dtype=np.uint8)

    made = image(Image.fromarray(noise).convert("RGBA"))
    turned_copy = image(saved(Image.fromarray(noise), "PNG", exif=turned()))

    assert made.content_type == "image/png"
    assert turned_copy.content_type == "image/jpeg"
    assert turned_copy.name.endswith(".jpg")


def test_plain_wav_becomes_aac(audio):
    """Uncompressed sound is refused upstream."""
    made = audio(wav())

    assert "pcm_s16le" in made.notes[0]
    assert (made.content_type, made.name) == ("audio/mp4", "audio-of-192044-bytes.m4a")
    assert made.facts.duration == pytest.approx(2, abs=0.03)
    assert sound_facts(made.path).profile == "LC"


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("a.mp3", "libmp3lame", True),
        ("a.ogg", "libopus", True),
        ("a.m4a", "aac", True),
        ("a.flac", "flac", False),
        ("a.aac", "aac", False),
        ("a.mka", "libopus", False),
        ("a.wav", "pcm_s24le", False),
    ],
)
def test_sound_is_kept_or_converted(audio, tmp_path, name, codec, kept):
    """What is taken upstream is not touched."""
    made = audio(encoded(tmp_path / name, codec))

    assert (made.path == tmp_path / name) is kept
    assert bool(made.notes) is not kept
    assert made.facts.duration == pytest.approx(2, abs=0.06)


@pytest.mark.parametrize(
    "value",
    [
        TONE,
        TONE.astype(np.float64),
        (TONE * 32_000).astype(np.int16),
        np.stack([TONE, TONE]),
        np.stack([TONE, TONE], 1),
        (TONE[::3], 16_000),
        [16_000, TONE[::3]],
        display.Audio(TONE, rate=48_000),
    ],
)
def test_all_that_sounds_is_taken(audio, value):
    """Two seconds each, in AAC."""
    made = audio(value)

    assert made.facts.duration == pytest.approx(2, abs=0.05)
    assert made.content_type == "audio/mp4"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (TONE * 5000, "from -1 to 1"),
        (TONE * np.nan, "NaN"),
        (np.zeros((99, 99), np.float32), "8 channels"),
        (np.zeros(99, np.int64), "int16"),
        ((TONE, 3), "4000 to 192000"),
    ],
)
def test_numbers_that_are_no_sound_are_refused(audio, value, said):
    """Rather than heard as noise."""
    with pytest.raises(MediaError, match=said):
        audio(value)


def test_a_video_is_sent_as_it_is(video, mp4):
    """With its facts, counted."""
    made = video(mp4)

    facts = made.facts
    assert (made.path, made.notes) == (mp4, ())
    assert (facts.width, facts.height, facts.frames, facts.fps) == (96, 64, 30, 15)
    assert (facts.duration, facts.has_audio) == (pytest.approx(2, abs=0.01), False)


@pytest.mark.parametrize(
    "wrap", [lambda p: SimpleNamespace(path=p, fps=15), lambda p: display.Video(str(p), embed=True)]
)
def test_a_clip_is_its_file(video, mp4, wrap):
    """One that was made before, or one that is shown."""
    assert video(wrap(mp4)).sha256 == video(mp4).sha256


def test_an_array_of_frames_is_a_video(video):
    """Its colours survive, and an odd row is left out."""
    frames = np.zeros((10, 33, 64, 3), np.float32)
    frames[...] = np.array(RED) / 255

    made = video((frames, 30))

    assert (made.facts.width, made.facts.height) == (64, 32)
    assert (made.facts.frames, made.facts.fps) == (10, 30)
    with av.open(str(made.path)) as file:
        pixels = next(file.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(pixels.reshape(-1, 3).mean(0) - RED).max() < 12


def test_a_sound_is_taken_out_of_a_video(audio, tmp_path, mp4):
    """And a silent one is refused."""
    with pytest.raises(MediaError, match="no sound"):
        audio(mp4)
    path = encoded(tmp_path / "talk.mkv", "libopus")

    assert audio(path).content_type == "audio/mp4"


def test_half_a_video_is_refused(video, mp4):
    """Its index is at the front, so that only reading it through tells."""
    data = mp4.read_bytes()

    with pytest.raises(MediaError):
        video(data[: len(data) // 4])


def test_asking_again_costs_nothing(image, cat, tmp_path):
    """A form asks on every keystroke; a file that changed is read again."""
    exif = tmp_path / "phone.jpg"
    exif.write_bytes(picture("JPEG", exif=turned()))
    made = image(exif)
    assert image(exif).path is made.path
    exif.write_bytes(cat.read_bytes() + b"\0")

    assert image(exif).path == exif


def test_a_copy_that_was_swept_away_is_made_again(image, tmp_path):
    """The folder is a cache."""
    path = tmp_path / "phone.jpg"
    path.write_bytes(picture("JPEG", exif=turned()))
    made = image(path)
    made.path.unlink()

    assert image(path).path.is_file()


def test_the_user_is_told_the_facts(video, image, mp4, cat):
    """One line each."""
    assert video(mp4).summary == "clip.mp4, 96 x 64, 2 s, 15 fps"
    assert image(cat).summary == "my cat.png, 64 x 48"


@pytest.mark.parametrize("codec", ["libvpx-vp9", "mpeg4"])
def test_an_odd_codec_becomes_h264(video, tmp_path, codec):
    """With as many frames, and said."""
    path = tmp_path / "odd.mkv"
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(25):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), number * 9, np.uint8))
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

    made = video(path)

    assert "made H.264" in made.notes[0]
    assert (made.content_type, made.name) == ("video/mp4", "odd.mp4")
    assert (made.facts.width, made.facts.height, made.facts.frames) == (64, 48, 25)
    assert video(made.path).notes == ()


def test_a_text_that_is_far_too_long_is_no_path(image):
    """Somebody pastes a prompt, or base64 without its head."""
    with pytest.raises(MediaError, match="expected a file"):
        image("a fox in the snow " * 1000)
