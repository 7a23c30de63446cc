"""The one door: any value a person may give for a medium, told apart and brought into a file."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError
from ltx_widgets.media.arrays import file_of_array
from ltx_widgets.media.checking import checked_file
from ltx_widgets.media.material import Material
from ltx_widgets.schema import MediaKind

__all__ = ["material"]

_INLINE_BYTES = 32 << 10
_LARGEST_BYTES = 2 << 30
_CHUNK = 1 << 20
_URL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WINDOWS_DRIVE = re.compile(r"[a-z]:[\\/]", re.IGNORECASE)
_TAKEN = (
    "a path, an https address, a data URI, bytes, an open file, a PIL image, an array, a tensor, "
    "IPython's Image, Audio or Video, or a clip"
)
_HINTS: Mapping[tuple[str, str], str] = {
    ("image", "clip"): "a clip is given where a picture is wanted; take clip.last_frame or "
    "clip.frame(2.5)",
}


def material(value: Any, *, kind: MediaKind, folder: Path) -> Material:
    """Bring a medium into the form that a request needs.

    Args:
        value: A path, an https address, a data URI, bytes, a binary file object, a PIL image, an
            array or tensor (see `media.arrays`; with a rate as ``(array, rate)``), IPython's
            Image, Audio or Video, or a clip.
        kind: What is wanted.
        folder: Where copies are kept that have to be made; made if missing.

    Raises:
        MediaError: it cannot be used; the message says what came and what is taken.
    """
    if isinstance(value, str) and _is_address(value):
        return _from_address(value.strip(), kind, folder)
    path, label = _as_file(value, kind, folder)
    return checked_file(path, kind=kind, folder=folder, label=label)


def _is_address(text: str) -> bool:
    text = text.strip()
    return bool(_URL.match(text)) and not _WINDOWS_DRIVE.match(text)


def _from_address(text: str, kind: MediaKind, folder: Path) -> Material:
    scheme = text.partition(":")[0].lower()
    if scheme == "data":
        content = _data_of(text)
        if not content:
            raise MediaError("the data URI holds nothing")
        path = _kept(content, private_folder(folder))
        found = checked_file(path, kind=kind, folder=folder, label=f"{kind} from a data URI")
        if len(text) <= _INLINE_BYTES and not found.notes:
            return Material(kind, found.label, url=text, size=found.size, facts=found.facts)
        return found
    parts = urlsplit(text)
    if scheme not in ("https", "http") or not parts.hostname:
        raise MediaError(
            f"expected an https address, a path or a data URI, got {scheme}:…",
            type="file_download_error",
        )
    if parts.username or parts.password:
        raise MediaError(
            "an address must not hold a name or a password: it is kept with the request",
            type="file_download_error",
        )
    return Material(kind, f"{parts.hostname}{parts.path}", url=text)


def _data_of(text: str) -> bytes:
    head, comma, payload = text.partition(",")
    try:
        if not comma:
            return b""
        if head.lower().endswith(";base64"):
            return base64.b64decode(payload, validate=True)
        return unquote_to_bytes(payload)
    except (ValueError, binascii.Error):
        raise MediaError("the data URI is cut short or no base64; encode it again") from None


def _as_file(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str]:
    """A file that holds what was given, and a name of it for people."""
    for look in (_path, _clip, _bytes, _shown, _open_file):
        found = look(value, kind, folder)
        if found is not None:
            return found
    made = file_of_array(value, kind=kind, folder=private_folder(folder))
    if made is not None:
        return made
    raise MediaError(f"cannot take {_name_of(value)} as {kind}; {_TAKEN} would do")


def _path(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:  # noqa: ARG001
    if not isinstance(value, str | Path):
        return None
    path = Path(value).expanduser()
    if not path.is_file():
        what = "a folder" if path.is_dir() else "nothing"
        raise MediaError(f"expected a file, but there is {what} at {str(value)[:200]!r}")
    return path, path.name


def _clip(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:  # noqa: ARG001
    path = getattr(value, "path", None)
    if not (isinstance(path, Path) and hasattr(value, "fps")):
        return None
    if kind == "image":
        raise MediaError(_HINTS["image", "clip"])
    if not path.is_file():
        raise MediaError(f"the clip's file is gone: {path.name}")
    return path, f"clip {path.name}"


def _bytes(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:
    if not isinstance(value, bytes | bytearray | memoryview):
        return None
    content = bytes(value)
    if not content:
        raise MediaError(f"expected {kind}, got no bytes at all")
    return _kept(content, private_folder(folder)), f"{kind} of {len(content)} bytes"


def _shown(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:
    """IPython.display's Image, Audio and Video, told by what they have, not by their class."""
    if type(value).__module__.partition(".")[0] != "IPython":
        return None
    filename, url = getattr(value, "filename", None), getattr(value, "url", None)
    data = getattr(value, "data", None)
    if filename:
        return _path(filename, kind, folder)
    if isinstance(data, str) and not _is_address(data):
        data = _data_of(f"data:;base64,{data}")
    if isinstance(data, bytes):
        return _bytes(data, kind, folder)
    if url or data:
        raise MediaError("what IPython shows from an address is given by that address itself")
    return None


def _open_file(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:
    read = getattr(value, "read", None)
    if not callable(read):
        return None
    folder = private_folder(folder)
    draft = folder / f".{secrets.token_hex(8)}.part"
    try:
        digest = _copy(read, draft)
        path = draft.replace(folder / f"{digest}.bin")
    finally:
        draft.unlink(missing_ok=True)
    name = getattr(value, "name", "")
    return path, Path(name).name if isinstance(name, str) and name else f"{kind} from a file"


def _copy(read: Callable[[int], Any], to: Path) -> str:
    digest, size = hashlib.sha256(), 0
    with to.open("wb") as file:
        while chunk := read(_CHUNK):
            if not isinstance(chunk, bytes):
                raise MediaError("the file is open for text; open it with mode 'rb'")
            size += len(chunk)
            if size > _LARGEST_BYTES:
                raise MediaError("the file is larger than 2 GiB", type="file_too_large")
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _kept(content: bytes, folder: Path) -> Path:
    """A file with this content, named by its hash, so that the same content is kept once."""
    path = folder / f"{hashlib.sha256(content).hexdigest()}.bin"
    if not path.exists():
        draft: Path = folder / f".{secrets.token_hex(8)}.part"
        draft.write_bytes(content)
        draft.replace(path)
    return path


def _name_of(value: Any) -> str:
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
