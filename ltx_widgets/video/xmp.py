"""XMP packets in an mp4: a note at the end of the file that no player looks at.

An mp4 is a row of boxes, and readers skip those that they do not know. XMP has a box of its own, of
type "uuid" (XMP Specification Part 3, "MPEG-4"), which exiftool, Adobe's programs and FFmpeg
(``-export_xmp 1``) read. Put behind everything else it leaves every other byte where it was:
streams, indexes and a quick start stay as they are.
"""

from __future__ import annotations

import os
import secrets
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ltx_widgets.errors import MediaError

__all__ = ["MOST_BYTES", "add_xmp", "read_xmp"]

MOST_BYTES = 256 * 1024
"""Longest packet that is written or read."""

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_HEAD, _LONG_HEAD = 8, 16
# A real file has a handful; a hostile one may claim millions.
_MOST_BOXES = 10_000


def add_xmp(path: Path, packet: str) -> None:
    """Put an XMP packet at the end of an mp4; the file is whole at every moment.

    Args:
        path: The file, which is replaced.
        packet: The packet, of at most `MOST_BYTES` in UTF-8.

    Raises:
        MediaError: it is no mp4, ends in the middle of a box, or the packet is too long.
        OSError: there is no room, or no right to write there.
    """
    body = packet.encode()
    if len(body) > MOST_BYTES:
        raise MediaError(f"an XMP packet of {len(body)} bytes is too long; {MOST_BYTES} would do")
    with path.open("rb") as file:
        kinds = [kind for kind, _, __ in _boxes(file, path.name)]
    if kinds[:1] != [b"ftyp"]:
        raise MediaError(f"{path.name} is not an mp4; expected one, to put a note into it")
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(path, part)
        with part.open("ab") as file:
            file.write(struct.pack(">I4s", _HEAD + len(_XMP) + len(body), b"uuid") + _XMP + body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_xmp(path: Path) -> tuple[str, ...]:
    """The XMP packets of an mp4, in the file's order; none for any other file.

    Args:
        path: The file. Nothing in it is trusted: what is longer than `MOST_BYTES`, or no UTF-8, is
            left out.
    """
    found = []
    with path.open("rb") as file:
        try:
            for kind, at, size in _boxes(file, path.name):
                if kind == b"uuid" and len(_XMP) <= size <= len(_XMP) + MOST_BYTES:
                    file.seek(at)
                    content = file.read(size)
                    if content.startswith(_XMP):
                        found.append(content[len(_XMP) :].decode())
        except (MediaError, UnicodeDecodeError):
            # What came before the damage still counts.
            return tuple(found)
    return tuple(found)


def _boxes(file: BinaryIO, name: str) -> Iterator[tuple[bytes, int, int]]:
    """Each box on the outer level: its type, where its content begins, and that one's length.

    Raises:
        MediaError: a box does not end inside the file, or does not say where.
    """
    end = file.seek(0, os.SEEK_END)
    at = count = 0
    while at < end:
        file.seek(at)
        head = file.read(_LONG_HEAD)
        size, kind = struct.unpack(">I4s", head[:_HEAD].ljust(_HEAD, b"\0"))
        content = at + _HEAD
        if size == 1 and len(head) == _LONG_HEAD:
            size, content = int.from_bytes(head[_HEAD:]), at + _LONG_HEAD
        count += 1
        # A size of 0 means "to the end of the file": nothing can come behind it.
        if size < content - at or at + size > end or count > _MOST_BOXES:
            raise MediaError(f"{name} is no mp4 that ends where its last box does")
        yield kind, content, at + size - content
        at += size
