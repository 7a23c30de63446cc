"""Small pictures and films of clips, made when they are first asked for and kept beside them."""

from __future__ import annotations

import secrets
import threading
from hashlib import sha256
from pathlib import Path

from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError

__all__ = ["PREVIEW_BYTES", "SIDE", "Stills"]

SIDE = 160
"""Pixels of a still's shorter side."""

PREVIEW_BYTES = 400_000
"""Bytes that a small film may have."""

_PREVIEW_SIDE = 240
# Making one takes a core; the kernel's own work has the first right to it.
_AT_ONCE = 2


class Stills:
    """A folder of small pictures and films.

    Args:
        folder: Where they are kept; made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def poster(self, clip: Path) -> Path:
        """A still of a clip as a JPEG file.

        Raises:
            MediaError: the file is gone or is no film, and no still was made before.
        """
        return self._made(clip, ".jpg")

    def preview(self, clip: Path) -> Path:
        """A small film of a clip.

        Raises:
            MediaError: as with `poster`; or it does not fit into `PREVIEW_BYTES`.
        """
        return self._made(clip, ".mp4")

    def drop(self, clip: Path) -> None:
        """Delete what was made of a clip."""
        for suffix in (".jpg", ".mp4"):
            self._path(clip, suffix).unlink(missing_ok=True)

    def _path(self, clip: Path, suffix: str) -> Path:
        # The name holds the request's id; the bin puts a number before it.
        number, _, rest = clip.stem.partition("-")
        binned = clip.parent.name == "bin" and number.isdigit()
        name = rest if binned else clip.stem
        if not binned and clip.parent != self._folder.parent:
            # A film that somebody opened: others elsewhere may have its name.
            name = f"{sha256(str(clip.parent).encode()).hexdigest()[:8]}-{name}"
        return self._folder / f"{name}{suffix}"

    def _made(self, clip: Path, suffix: str) -> Path:
        path = self._path(clip, suffix)
        if _newer(path, clip):
            return path
        if not clip.is_file():
            raise MediaError(f"the file of this clip is gone: {clip.name}")
        with self._room:
            if not _newer(path, clip):
                self._write(path, _picture(clip) if suffix == ".jpg" else _film(clip))
        return path

    def _write(self, path: Path, content: bytes) -> None:
        # Another kernel may be making the same one: each replaces it whole.
        part = private_folder(self._folder) / f".{secrets.token_hex(4)}.part"
        part.write_bytes(content)
        part.replace(path)


def _newer(path: Path, clip: Path) -> bool:
    """Whether what was made is there and is of this clip, as far as that is there."""
    try:
        made = path.stat().st_mtime
    except FileNotFoundError:
        return False
    try:
        return made >= clip.stat().st_mtime
    except FileNotFoundError:
        return True


def _picture(clip: Path) -> bytes:
    from ltx_widgets.video.share import poster

    return poster(clip, max_height=SIDE)


def _film(clip: Path) -> bytes:
    from ltx_widgets.video.share import small_copy

    return small_copy(clip, max_bytes=PREVIEW_BYTES, max_height=_PREVIEW_SIDE)
