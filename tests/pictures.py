"""Pictures of all kinds, made with the libraries that programs write them with."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

RED, GREEN, BLUE = (220, 30, 30), (30, 200, 40), (20, 40, 210)


def quarters(width=64, height=48):
    """(height, width, 3): red top left, green top right, blue below; what stands upright shows."""
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = BLUE
    pixels[: height // 2, : width // 2] = RED
    pixels[: height // 2, width // 2 :] = GREEN
    return pixels


def saved(image, format_name, **options):
    to = io.BytesIO()
    image.save(to, format_name, **options)
    return to.getvalue()


def picture(format_name, **options):
    return saved(Image.fromarray(quarters()), format_name, **options)


def corners(pixels):
    """The names of the colours near the four corners, clockwise from top left."""
    names = {"red": RED, "green": GREEN, "blue": BLUE}
    spots = pixels[4, 4], pixels[4, -5], pixels[-5, -5], pixels[-5, 4]
    return [
        min(names, key=lambda name: np.abs(spot.astype(int) - names[name]).sum()) for spot in spots
    ]


def claiming(width, height):
    """A PNG of a few bytes whose header claims a size."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )
