"""The one door: any value a person may give for a medium, told apart and brought into a file."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError
from ltx_widgets.media.addresses import checked_address, is_address, read_data_uri
from ltx_widgets.media.arrays import file_of_array
from ltx_widgets.media.checking import checked_file
from ltx_widgets.media.excerpt import Excerpt, cut_out
from ltx_widgets.media.material import Material
from ltx_widgets.schema import MediaKind

__all__ = ["material"]

_INLINE_BYTES = 32 << 10
_LARGEST_BYTES = 2 << 30
_CHUNK = 1 << 20
_TAKEN = (
    "a path, an https address, a data URI, bytes, an open file, a PIL image, an array, a tensor, "
    "IPython's Image, Audio or Video, or a clip"
)
_HINTS: Mapping[tuple[str, str], str] = {
    ("image", "clip"): "a clip is given where a picture is wanted; take clip.last_frame or "
    "clip.frame(2.5)",
}


def material(value: Any, *, kind: MediaKind, folder: Path, hosted: bool = False) -> Material:
    """Bring a medium into the form that a request needs.

    Args:
        value: A path, an https address, a data URI, bytes, a binary file object, a PIL image, an
            array or tensor (see `media.arrays`; with a rate as ``(array, rate)``), IPython's
            Image, Audio or Video, a FileUpload's value, a clip, or an `Excerpt` of a sound.
        kind: What is wanted.
        folder: Where copies are kept that have to be made; made if missing.
        hosted: Whether a service elsewhere fetches an address: it reaches public ones only.

    Raises:
        MediaError: it cannot be used; the message says what came and what is taken.
    """
    if isinstance(value, Excerpt):
        whole = material(value.source, kind=kind, folder=folder, hosted=hosted)
        return cut_out(whole, value.start_s, value.end_s, folder=folder)
    if isinstance(value, str) and is_address(value.strip()):
        return _from_address(value.strip(), kind, folder, hosted=hosted)
    path, label = _as_file(value, kind, folder)
    return checked_file(path, kind=kind, folder=folder, label=label)


def _from_address(text: str, kind: MediaKind, folder: Path, *, hosted: bool) -> Material:
    if text[:5].lower() == "data:":
        content = read_data_uri(text)
        if not content:
            raise MediaError("the data URI holds nothing")
        path = _kept(content, private_folder(folder))
        found = checked_file(path, kind=kind, folder=folder, label=f"{kind} from a data URI")
        if len(text) <= _INLINE_BYTES and not found.notes:
            # Under the type that its content has, whatever it was called.
            url = f"data:{found.content_type};base64,{base64.b64encode(content).decode()}"
            return Material(kind, found.label, url=url, size=found.size, facts=found.facts)
        return found
    url = checked_address(text, hosted=hosted)
    parts = urlsplit(url)
    return Material(kind, f"{parts.hostname}{parts.path}", url=url)


def _as_file(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str]:
    """A file that holds what was given, and a name of it for people."""
    for look in (_path, _clip, _bytes, _uploaded, _shown, _open_file):
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
    if isinstance(value, str) and not value.strip():
        raise MediaError(f"expected {kind}, got an empty text; {_TAKEN} would do")
    path, what = Path(value), "nothing"
    # A text may be too long for a path, and "~" nobody's.
    with contextlib.suppress(OSError, RuntimeError):
        path = path.expanduser()
        if path.is_file():
            return path, path.name
        what = "a folder" if path.is_dir() else "nothing"
    raise MediaError(f"expected a file, but there is {what} at {str(value)[:200]!r}")


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


def _uploaded(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:
    """What ipywidgets's FileUpload gives: a mapping, or a tuple of one."""
    if isinstance(value, tuple | list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, Mapping) or "content" not in value:
        return None
    found = _bytes(value["content"], kind, folder)
    return found and (found[0], Path(str(value.get("name") or found[1])).name)


def _shown(value: Any, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:
    """IPython.display's Image, Audio and Video, told by what they have, not by their class."""
    if type(value).__module__.partition(".")[0] != "IPython":
        return None
    filename, url = getattr(value, "filename", None), getattr(value, "url", None)
    data = getattr(value, "data", None)
    if filename:
        return _path(filename, kind, folder)
    if isinstance(data, str) and not is_address(data):
        # A Video that is embedded holds base64, another one the path it was given.
        embedded = getattr(value, "embed", False)
        if not embedded:
            return _path(data, kind, folder)
        data = read_data_uri(f"data:;base64,{data}")
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
    if not path.stat().st_size:
        raise MediaError("the open file gave nothing; if it was read before, seek(0) first")
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
