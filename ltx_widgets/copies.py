"""Small films and stills of clips, made once and kept on disk."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError

__all__ = ["small_film", "small_still"]


def small_film(path: Path, folder: Path, *, side: int, max_bytes: int) -> Path:
    """A small copy of a clip. The first call encodes it: up to a second for each ten of film.

    Args:
        path: The clip.
        folder: Where copies are kept; made if missing.
        side: Pixels of its shorter side, at most.
        max_bytes: The copy is never longer than this.

    Raises:
        MediaError: the clip is gone, is no video, or does not fit in so few bytes.
    """
    from ltx_widgets.video.share import small_copy

    def make() -> bytes:
        return small_copy(path, max_height=side, max_bytes=max_bytes)

    return _kept(path, folder, f"film {side} {max_bytes}", ".mp4", make)


def small_still(path: Path, folder: Path, *, side: int) -> Path:
    """One representative frame of a clip, as a JPEG.

    Args:
        path: The clip.
        folder: Where copies are kept; made if missing.
        side: Pixels of its shorter side, at most.

    Raises:
        MediaError: the clip is gone, or is no video.
    """
    from ltx_widgets.video.share import poster

    return _kept(path, folder, f"still {side}", ".jpg", lambda: poster(path, max_height=side))


def _kept(path: Path, folder: Path, what: str, suffix: str, make: Callable[[], bytes]) -> Path:
    try:
        seen = path.stat()
    except OSError as error:
        raise MediaError(f"the clip's file is gone: {path}") from error
    asked = f"{path.resolve()} {seen.st_mtime_ns} {seen.st_size} {what}"
    kept = private_folder(folder) / f"{sha256(asked.encode()).hexdigest()[:20]}{suffix}"
    if not kept.exists():
        # Two may make it at once; each renames a whole file.
        part = kept.with_suffix(f".{secrets.token_hex(4)}.part")
        try:
            part.write_bytes(make())
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)
    return kept
