"""Tell what a file is by its first bytes; names and headers of whoever sent it say nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ltx_widgets.schema import MediaKind

__all__ = ["UNKNOWN", "Sniffed", "sniff"]

_ENOUGH = 512


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file's first bytes say.

    Attributes:
        content_type: Such as "image/png".
        suffix: The file extension that goes with it, with its dot.
        kinds: What it may be used as; nothing for what no medium begins with.
    """

    content_type: str
    suffix: str
    kinds: frozenset[MediaKind]


_IMAGE: frozenset[MediaKind] = frozenset({"image"})
_AUDIO: frozenset[MediaKind] = frozenset({"audio"})
_VIDEO: frozenset[MediaKind] = frozenset({"video", "audio"})

UNKNOWN = Sniffed("application/octet-stream", ".bin", frozenset())
"""What no medium begins with."""

# First match wins. The "ftyp" brands are those of ISO/IEC 23008-12, the AVIF specification and
# the MP4 registration authority.
_SIGNS: tuple[tuple[re.Pattern[bytes], Sniffed], ...] = tuple(
    (re.compile(pattern, re.DOTALL), sniffed)
    for pattern, sniffed in (
        (rb"\x89PNG\r\n\x1a\n", Sniffed("image/png", ".png", _IMAGE)),
        (rb"\xff\xd8\xff", Sniffed("image/jpeg", ".jpg", _IMAGE)),
        (rb"RIFF.{4}WEBP", Sniffed("image/webp", ".webp", _IMAGE)),
        (rb".{4}ftypavi[fs]", Sniffed("image/avif", ".avif", _IMAGE)),
        (rb".{4}ftyp(mif[12]|msf1|miaf).{0,64}avi[fs]", Sniffed("image/avif", ".avif", _IMAGE)),
        (rb".{4}ftyp(mif[12]|msf1|miaf|he[iv][cxms])", Sniffed("image/heif", ".heif", _IMAGE)),
        (rb".{4}ftyp(M4A |M4B )", Sniffed("audio/mp4", ".m4a", _AUDIO)),
        (rb".{4}ftypqt  ", Sniffed("video/quicktime", ".mov", _VIDEO)),
        (rb".{4}ftyp", Sniffed("video/mp4", ".mp4", _VIDEO)),
        # QuickTime files from before there was an "ftyp".
        (rb".{4}(moov|mdat|wide|free|skip)", Sniffed("video/quicktime", ".mov", _VIDEO)),
        (rb"\x1aE\xdf\xa3.{0,64}webm", Sniffed("video/webm", ".webm", _VIDEO)),
        (rb"\x1aE\xdf\xa3", Sniffed("video/x-matroska", ".mkv", _VIDEO)),
        (rb"RIFF.{4}WAVE", Sniffed("audio/wav", ".wav", _AUDIO)),
        (rb"fLaC", Sniffed("audio/flac", ".flac", _AUDIO)),
        (rb"OggS", Sniffed("audio/ogg", ".ogg", _AUDIO)),
        # Before MP3, whose sync word has one bit less.
        (rb"\xff[\xf0\xf1\xf8\xf9]", Sniffed("audio/aac", ".aac", _AUDIO)),
        (rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", Sniffed("audio/mpeg", ".mp3", _AUDIO)),
    )
)


def sniff(path: Path) -> Sniffed:
    """What a file is; `UNKNOWN` where its first bytes are no medium's.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(_ENOUGH)
    return next((found for sign, found in _SIGNS if sign.match(start)), UNKNOWN)
