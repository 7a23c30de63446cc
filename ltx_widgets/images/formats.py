"""Tell a picture's format by its first bytes, and open it with that format's reader alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

import pillow_heif
from PIL import ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

__all__ = ["FORMATS", "format_of", "opened_as"]

# Opened by class, not by `Image.open`: no other of Pillow's thirty readers is ever asked, the
# notebook's own Pillow settings play no part, and nothing is registered for the whole process.
_READERS: dict[str, Callable[[IO[bytes]], ImageFile.ImageFile]] = {
    "png": PngImageFile,
    "jpeg": JpegImageFile,
    "webp": WebPImageFile,
    "avif": AvifImageFile,
    "heif": pillow_heif.HeifImageFile,
}
FORMATS = tuple(_READERS)

# Brands in the "ftyp" box, ISO/IEC 23008-12 (HEIF) and the AVIF specification.
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_ANY_BRANDS = {b"mif1", b"msf1", b"mif2", b"miaf"}


def format_of(start: bytes) -> str | None:
    """The format that a file's first bytes tell; None if it is none of `FORMATS`.

    Args:
        start: The first 64 bytes, or fewer.
    """
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if start.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp":
        return _format_of_brands(start)
    return None


def opened_as(format_name: str, stream: IO[bytes]) -> ImageFile.ImageFile:
    """Read the header as one of `FORMATS`.

    Raises:
        Exception: anything, as the file is damaged.
    """
    image = _READERS[format_name](stream)
    image.format = format_name.upper()
    return image


def _format_of_brands(start: bytes) -> str | None:
    end = min(int.from_bytes(start[:4], "big"), len(start))
    compatible = {start[at : at + 4] for at in range(16, end - 3, 4)}
    major = start[8:12]
    if major in _AVIF_BRANDS or (major in _ANY_BRANDS and compatible & _AVIF_BRANDS):
        return "avif"
    if major in _HEIF_BRANDS or (major in _ANY_BRANDS and compatible & _HEIF_BRANDS):
        return "heif"
    return None
