"""Files of another kind than was wanted, by their first bytes: a refusal says what they are."""

from __future__ import annotations

import re
from pathlib import Path

from ltx_widgets.errors import MediaError
from ltx_widgets.schema import MediaKind
from ltx_widgets.sniff import Sniffed, sniff

__all__ = ["WANTED", "sniffed_as"]

WANTED = {"image": "a picture", "audio": "a sound", "video": "a video"}
"""The kinds with their articles, for people."""

_ENOUGH = 512
_SIGNS = (
    (rb"GIF8[79]a", "a GIF"),
    (rb"BM.{4}\0\0\0\0", "a BMP picture"),
    (rb"II\x2a\0|MM\0\x2a", "a TIFF picture"),
    (rb"RIFF.{4}AVI ", "an AVI video"),
    (rb"%PDF-", "a PDF document"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\0\x01\0\0\0.|OTTO|true\0|ttcf|wOF[F2]", "a font"),
    (rb"\s*(#EXTM3U|ffconcat)", "a playlist"),
    (rb"(\xef\xbb\xbf)?\s*(<\?xml.{0,300})?<svg", "an SVG drawing"),
    (rb"(?i)(\xef\xbb\xbf)?\s*(<!--.{0,200}-->\s*)?<(!doctype html|html|head|body)", "a web page"),
    (rb"(\xef\xbb\xbf)?\s*<\?xml", "an XML document"),
)


def sniffed_as(path: Path, kind: MediaKind) -> Sniffed:
    """What a file is, which is of the kind that is wanted. Its first bytes are enough.

    Raises:
        MediaError: it is of another kind; the message names both.
        OSError: it cannot be read.
    """
    found = sniff(path)
    if kind not in found.kinds:
        what = found.content_type if found.kinds else _name_of_foreign(path)
        raise MediaError(
            f"expected {WANTED[kind]}, but what was given is {what}",
            type=f"unsupported_{kind}_format",
        )
    return found


def _name_of_foreign(path: Path) -> str:
    """What a file that is no medium is, with its article."""
    with path.open("rb") as file:
        start = file.read(_ENOUGH)
    for pattern, name in _SIGNS:
        if re.match(pattern, start, re.DOTALL):
            return name
    return "nothing that we know by its content"
