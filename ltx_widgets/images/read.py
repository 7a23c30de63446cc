"""Read a foreign picture as upright sRGB pixels; what is none, or too large, is never decoded."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from ltx_widgets.errors import MediaError
from ltx_widgets.images.colors import to_srgb
from ltx_widgets.images.formats import FORMATS, format_of, opened_as

__all__ = ["ImageFacts", "image_facts", "pixels_of", "read_image"]

# A 50 megapixel picture decodes in 150 MB; what a compressed file may hold beyond that is a bomb.
_MAX_PIXELS = 50_000_000
# WebP, AVIF and HEIF files are read whole by their libraries.
_MAX_BYTES = 256 << 20
# How to make each EXIF orientation stand upright; 1 already does.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Orientations that swap width and height.
_SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a picture's header says.

    Attributes:
        width: Pixels, upright.
        height: Pixels, upright.
        format: ``png``, ``jpeg``, ``webp``, ``avif`` or ``heif``.
        mode: Pillow's name of the pixels: ``RGB``, ``RGBA``, ``L``, ``P``, ``CMYK``, ``I;16`` …
        rotated: Whether the stored pixels must be turned or mirrored to stand upright.
        frames: Pictures in the file; more than one for animations.
        transparent: Whether parts of it may be seen through.
        deep: Whether a PNG has 16 bits for each colour.
        located: Whether it says where it was taken.
    """

    width: int
    height: int
    format: str
    mode: str
    rotated: bool
    frames: int
    transparent: bool
    deep: bool
    located: bool


def read_image(
    source: Path | bytes, *, max_pixels: int = _MAX_PIXELS, max_side: int | None = None
) -> NDArray[np.uint8]:
    """Decode a picture: upright, in sRGB, the first frame, without any metadata.

    Transparent pictures are laid over black; 16 bit, CMYK, palette and grey become RGB, through
    the embedded colour profile where there is one.

    Args:
        source: A file, or its bytes: PNG, JPEG, WebP, AVIF or HEIF.
        max_pixels: Larger pictures are refused before they are decoded.
        max_side: Shrink the picture until no side has more pixels than this; None keeps its size.

    Returns:
        (height, width, 3) uint8, red, green, blue.

    Raises:
        MediaError: it cannot be used; ``type`` is ``unsupported_image_format``,
            ``image_load_error``, ``image_too_large`` or ``file_too_large``.
    """
    with _opened(source, max_pixels) as (image, name):
        try:
            return np.array(_upright_rgb(image, max_side), np.uint8)
        # Whatever a damaged file provokes in six decoders is one thing to the caller.
        except Exception as error:
            raise _damaged(name, error) from error


def image_facts(source: Path | bytes, *, max_pixels: int = _MAX_PIXELS) -> ImageFacts:
    """Read what a picture's header says, without decoding its pixels.

    Args:
        source: A file, or its bytes.
        max_pixels: Larger pictures are refused.

    Raises:
        MediaError: as `read_image`, as far as the header tells.
    """
    with _opened(source, max_pixels) as (image, _):
        orientation = _orientation(image)
        width, height = image.size
        if orientation in _SIDEWAYS:
            width, height = height, width
        return ImageFacts(
            width=width,
            height=height,
            format=(image.format or "").lower(),
            mode=image.mode,
            rotated=orientation != 1,
            frames=getattr(image, "n_frames", 1),
            transparent="A" in image.mode or "transparency" in image.info,
            deep=any(";16" in str(tile) for tile in image.tile),
            located=_is_located(image),
        )


@contextlib.contextmanager
def _opened(source: Path | bytes, max_pixels: int) -> Iterator[tuple[ImageFile.ImageFile, str]]:
    """The header, read and checked; the file is closed afterwards whatever happens."""
    name = "the picture" if isinstance(source, bytes) else source.name
    with _stream(source, name) as stream:
        format_name = format_of(stream.read(64))
        stream.seek(0)
        if format_name is None:
            raise MediaError(
                f"{name} is not a PNG, JPEG, WebP, AVIF or HEIF picture; save it as one of these",
                type="unsupported_image_format",
                context={"supported_formats": list(FORMATS)},
            )
        try:
            image = opened_as(format_name, stream)
        except Exception as error:
            raise _damaged(name, error) from error
        with image:
            _refuse_too_large(image.size, name, max_pixels)
            yield image, name


def _stream(source: Path | bytes, name: str) -> IO[bytes]:
    if isinstance(source, bytes):
        size, stream = len(source), io.BytesIO(source)
    else:
        # Not only missing files: a pipe or a device would make us wait for ever.
        if not source.is_file():
            raise MediaError(
                f"expected a picture, but there is no file at {name}", type="image_load_error"
            )
        size = source.stat().st_size
    if size > _MAX_BYTES:
        raise MediaError(
            f"{name} has {size >> 20} MB; pictures may have {_MAX_BYTES >> 20} MB",
            type="file_too_large",
            context={"max_size": _MAX_BYTES},
        )
    return stream if isinstance(source, bytes) else source.open("rb")


def _refuse_too_large(size: tuple[int, int], name: str, max_pixels: int) -> None:
    width, height = size
    if min(size) < 1:
        raise MediaError(f"{name} has no pixels", type="image_load_error")
    if width * height > max_pixels:
        scale = (max_pixels / (width * height)) ** 0.5
        raise MediaError(
            f"{name} has {width}x{height} pixels; pictures may have "
            f"{max_pixels / 1e6:g} megapixels, so make it smaller",
            type="image_too_large",
            context={"max_height": int(height * scale), "max_width": int(width * scale)},
        )


def _damaged(name: str, error: Exception) -> MediaError:
    reason = str(error).split("\n", 1)[0][:120] or type(error).__name__
    return MediaError(
        f"{name} is damaged and cannot be read as a picture ({reason})", type="image_load_error"
    )


def _upright_rgb(image: ImageFile.ImageFile, max_side: int | None) -> Image.Image:
    orientation = _orientation(image)
    if isinstance(image, JpegImageFile) and max_side is not None and max(image.size) > max_side:
        # A JPEG is decoded at half, a quarter or an eighth of its size at a fraction of the cost.
        image.draft(None, (2 * max_side, 2 * max_side))
    size = image.size
    image.load()
    if image.size != size:
        raise OSError(f"its header says {size}, its data {image.size}")
    picture = to_srgb(image)
    if max_side is not None:
        picture.thumbnail((max_side, max_side), Image.Resampling.LANCZOS, reducing_gap=None)
    return picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture


def pixels_of(image: Image.Image) -> NDArray[np.uint8]:
    """A Pillow image that somebody holds in memory, converted as `read_image` does.

    Returns:
        (height, width, 3) uint8.

    Raises:
        MediaError: its file is gone or damaged, or it is too large.
    """
    _refuse_too_large(image.size, "the picture", _MAX_PIXELS)
    orientation = _orientation(image)
    try:
        image.load()
        picture = to_srgb(image)
    except Exception as error:
        raise _damaged("the picture", error) from error
    return np.array(
        picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture
    )


def _is_located(image: ImageFile.ImageFile) -> bool:
    with contextlib.suppress(Exception):
        return bool(Image.Image.getexif(image).get_ifd(ExifTags.IFD.GPSInfo))
    return False


def _orientation(image: Image.Image) -> int:
    # Tags that cannot be read turn nothing.
    with contextlib.suppress(Exception):
        # Image's own method, because a PNG's decodes the whole picture to look behind it.
        found = Image.Image.getexif(image).get(ExifTags.Base.Orientation)
        return found if found in _UPRIGHT else 1
    return 1
