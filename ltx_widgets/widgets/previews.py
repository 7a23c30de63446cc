"""Small copies and first pictures of clips, made once and kept on disk."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from pathlib import Path

from ltx_widgets.config import forget_old, private_folder
from ltx_widgets.errors import MediaError

__all__ = ["SMALL", "first_picture", "small_film"]

SMALL = 2_000_000
"""Bytes of a small copy at most; a clip that has no more is its own."""

# All frames of every rate that clips come in, so that each can be stepped to.
_MAX_FPS = 60
# It is part of a widget's state, in base64, and stays below 20 kB there.
_PICTURE_BYTES = 14_000
# What nobody looked at for a month.
_KEPT_S = 30 * 24 * 3600

# One at a time: encoding takes two threads of its own, and who waits may find it made.
_encoding = threading.Lock()


def small_film(path: Path, folder: Path) -> Path:
    """A copy of a clip that a page can have soon, with every frame. Takes its time.

    Args:
        path: The clip.
        folder: Where copies are kept.

    Raises:
        MediaError: the clip's file is gone or damaged.
    """
    from ltx_widgets.video.share import small_copy

    if _stat(path).st_size <= SMALL:
        return path

    def make() -> bytes:
        return small_copy(path, max_bytes=SMALL, max_fps=_MAX_FPS)

    # Only who has to make it waits: pieces of what is there are read meanwhile.
    there = _place(path, folder, ".mp4")
    if there.is_file():
        there.touch()
        return there
    with _encoding:
        return _kept(path, folder, ".mp4", make)


def first_picture(path: Path, folder: Path) -> bytes:
    """The first frame of a clip as a JPEG of at most 14 kB.

    Args:
        path: The clip.
        folder: Where pictures are kept.

    Raises:
        MediaError: the clip's file is gone or damaged.
    """
    from ltx_widgets.video.share import poster

    def make() -> bytes:
        return poster(path, max_height=360, max_bytes=_PICTURE_BYTES, at=0.0)

    return _kept(path, folder, ".jpg", make).read_bytes()


def _place(path: Path, folder: Path, suffix: str) -> Path:
    stat = _stat(path)
    # A file that was written anew is another clip.
    asked = f"{path.absolute()} {stat.st_mtime_ns} {stat.st_size}"
    return folder / f"{hashlib.sha256(asked.encode()).hexdigest()[:32]}{suffix}"


def _kept(path: Path, folder: Path, suffix: str, make: Callable[[], bytes]) -> Path:
    to = _place(path, folder, suffix)
    if to.is_file():
        to.touch()
        return to
    forget_old(private_folder(folder), _KEPT_S)
    draft: Path = folder / f".{secrets.token_hex(8)}.part"
    try:
        draft.write_bytes(make())
        return draft.replace(to)
    finally:
        draft.unlink(missing_ok=True)


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise MediaError(f"the clip's file is gone: {path.name}") from error
