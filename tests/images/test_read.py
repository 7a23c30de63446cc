"""Foreign pictures become upright sRGB pixels, or are refused with fal's name of the error."""

import io
import os
import tracemalloc

import numpy as np
import pytest
from pictures import RED, claiming, corners, picture, quarters, saved
from PIL import Image, ImageCms

from ltx_widgets.errors import MediaError
from ltx_widgets.images import encode_jpeg, encode_png, image_facts, read_image

ALL = ["PNG", "JPEG", "WEBP", "AVIF", "HEIF"]
UPRIGHT = ["red", "green", "blue", "blue"]


@pytest.mark.parametrize("name", ALL)
def test_every_format_is_read(name):
    """The five formats that fal names, from bytes."""
    pixels = read_image(picture(name))

    assert pixels.shape == (48, 64, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.writeable
    assert corners(pixels) == UPRIGHT


@pytest.mark.parametrize("name", ALL)
def test_facts_need_no_pixels(name, tmp_path):
    """The header of a file tells its format and size."""
    path = tmp_path / "picture.bin"
    path.write_bytes(picture(name))

    facts = image_facts(path)

    assert (facts.width, facts.height, facts.format) == (64, 48, name.lower())
    assert (facts.rotated, facts.frames) == (False, 1)


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("name", ALL)
def test_pictures_stand_upright(name, orientation):
    """A telephone stores its pictures lying down, and says so in EXIF."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = Image.fromarray(quarters()).transpose(TURNS[orientation])
    data = saved(lying, name, exif=exif.tobytes())

    assert corners(read_image(data)) == UPRIGHT
    assert (image_facts(data).width, image_facts(data).height) == (64, 48)


def near(pixels, color):
    return np.abs(pixels.reshape(-1, 3).mean(0) - color).max() < 6


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_becomes_rgb(mode):
    """White stays white whatever the pixels are stored as."""
    white = Image.new("RGB", (32, 32), "white")
    image = Image.new("I;16", (32, 32), 65_535) if mode == "I;16" else white.convert(mode)

    assert near(read_image(saved(image, "PNG")), 255)


def test_deep_grey_keeps_its_middle():
    """16 bit grey is scaled, not cut off."""
    ramp = np.linspace(0, 65_535, 256).astype(np.uint16)[None].repeat(16, 0)

    pixels = read_image(saved(Image.fromarray(ramp), "PNG"))

    assert np.abs(pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF", "HEIF"])
def test_transparency_is_laid_over_black(name):
    """A half transparent red is a dark red, an unseen one black."""
    image = Image.new("RGBA", (64, 64), (*RED, 0))
    image.paste((*RED, 128), (0, 0, 32, 64))

    pixels = read_image(saved(image, name))

    assert near(pixels[8:-8, 8:24], np.array(RED) / 2)
    assert near(pixels[8:-8, 40:56], 0)


def test_a_transparent_palette_colour_is_black():
    """Palettes mark a colour as transparent."""
    image = Image.new("P", (16, 16), 1)
    image.putpalette([0, 0, 0, 250, 250, 250])

    assert near(read_image(saved(image, "PNG")), 250)
    assert near(read_image(saved(image, "PNG", transparency=1)), 0)


def test_cmyk_becomes_rgb():
    """Print shops send CMYK JPEGs."""
    data = saved(Image.fromarray(quarters()).convert("CMYK"), "JPEG", quality=95)

    assert corners(read_image(data)) == UPRIGHT


def test_colours_go_through_the_profile():
    """Pixels of another colour space are converted, and a broken profile is passed over."""
    image = Image.new("RGB", (32, 32), (255, 255, 255))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for profile in (lab, xyz, b"no profile at all", b""):
        data = saved(image, "PNG", icc_profile=profile)
        assert near(read_image(data), 255)


def test_only_the_first_frame_is_taken():
    """Animations are pictures of their first moment."""
    first, second = Image.new("RGB", (32, 32), RED), Image.new("RGB", (32, 32), "white")
    for name in ("PNG", "WEBP", "AVIF"):
        data = saved(first, name, save_all=True, append_images=[second])

        assert image_facts(data).frames == 2
        assert near(read_image(data), RED)


def test_a_picture_can_be_read_smaller():
    """A large photograph is shrunk while it is read."""
    data = encode_jpeg(np.repeat(np.repeat(quarters(), 20, 0), 20, 1), 90)

    pixels = read_image(data, max_side=100)

    assert pixels.shape == (75, 100, 3)
    assert corners(pixels) == UPRIGHT


@pytest.mark.parametrize("read", [read_image, image_facts])
def test_sixty_thousand_squared_is_refused_before_decoding(read):
    """A header of a few bytes must not make us ask for 10 GB."""
    tracemalloc.start()
    with pytest.raises(MediaError, match="60000x60000") as caught:
        read(claiming(60_000, 60_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert caught.value.type == "image_too_large"
    assert caught.value.context == {"max_height": 7071, "max_width": 7071}
    assert peak < 1_000_000


@pytest.mark.parametrize("name", ALL)
def test_the_limit_holds_for_every_format(name):
    """Not one reader gets around the number of pixels."""
    with pytest.raises(MediaError) as caught:
        read_image(picture(name), max_pixels=3000)

    assert caught.value.type == "image_too_large"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_half_a_picture_is_refused(name, part):
    """A download that broke off is no picture."""
    rng = np.random.default_rng(5)
    noise = Image.fromarray(rng.integers(0, 255, (200, 200, 3), dtype=np.uint8))
    data = saved(noise, name)

    with pytest.raises(MediaError) as caught:
        read_image(data[: int(len(data) * part)])

    assert caught.value.type == "image_load_error"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><html></html>",
        b"\0\1\0\0\0\x0f\0\x80\0\3\0\x70GDEF",
        b"GIF89a\1\0\1\0\0\0\0;",
        b"%!PS-Adobe-3.0 EPSF-3.0",
        b"BM" + b"\0" * 80,
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 80,
    ],
    ids=["empty", "svg", "html", "font", "gif", "eps", "bmp", "mp4"],
)
def test_what_is_no_picture_is_refused(data):
    """Nor is anything that other readers of Pillow would open."""
    with pytest.raises(MediaError) as caught:
        read_image(data)

    assert caught.value.type == "unsupported_image_format"
    assert caught.value.context["supported_formats"] == ["png", "jpeg", "webp", "avif", "heif"]


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), os.mkfifo])
def test_only_regular_files_are_opened(make, tmp_path):
    """A pipe would make us wait for ever."""
    path = tmp_path / "picture.png"
    make(path)

    with pytest.raises(MediaError, match=r"no file at picture\.png") as caught:
        read_image(path)

    assert caught.value.type == "image_load_error"
    assert str(tmp_path) not in str(caught.value)


def test_nothing_but_pixels_is_written():
    """Where a picture was taken goes to nobody."""
    exif = Image.Exif()
    exif[0x010E] = "my kitchen"
    data = picture("JPEG", exif=exif.tobytes(), comment=b"my kitchen")
    assert b"my kitchen" in data

    for written in (encode_png(read_image(data)), encode_jpeg(read_image(data), 90)):
        assert b"my kitchen" not in written
        assert not Image.open(io.BytesIO(written)).getexif()


def test_png_keeps_every_pixel_and_jpeg_nearly():
    """What is written reads as it was."""
    pixels = quarters()

    assert (read_image(encode_png(pixels)) == pixels).all()
    assert np.abs(read_image(encode_jpeg(pixels, 95)).astype(int) - pixels).mean() < 3


def test_other_arrays_are_not_written():
    """Floats would be written as noise."""
    with pytest.raises(ValueError, match=r"\(height, width, 3\)"):
        encode_png(np.zeros((8, 8, 4), np.uint8))
