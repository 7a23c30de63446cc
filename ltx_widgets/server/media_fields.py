"""The fields of a request that name media: which, whether the file is ours, how it is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ltx_widgets.errors import MediaError, Problem
from ltx_widgets.schema import Endpoint, MediaKind, describe
from ltx_widgets.server.settings import ServerSettings
from ltx_widgets.server.store import Store

__all__ = ["SUPPORTED", "media_fields", "own_files", "unusable"]

SUPPORTED: dict[MediaKind, tuple[str, ...]] = {
    "image": ("png", "jpeg", "webp", "avif", "heif"),
    "audio": ("mp3", "m4a", "aac", "ogg", "opus", "flac", "wav", "webm"),
    "video": ("mp4", "mov", "mkv", "webm"),
}
"""What is read, for `supported_formats` of an error."""

_UNREADABLE: dict[MediaKind, str] = {
    "image": "image_load_error",
    "audio": "unsupported_audio_format",
    "video": "unsupported_video_format",
}
_OWN = re.compile(r"/(files|uploads)/([0-9a-f]{32})/[^/]+")


def media_fields(endpoint: Endpoint) -> dict[str, MediaKind]:
    """The fields of an endpoint that name media, and of which kind."""
    specs = describe(endpoint.model)
    return {spec.name: spec.media for spec in specs if spec.kind == "media"}  # type: ignore[misc]


def own_files(
    endpoint: Endpoint, body: Mapping[str, Any], store: Store, settings: ServerSettings
) -> dict[str, Path]:
    """Those media of a request that this server has on disk, by field name.

    Ids cannot be guessed: who knows one may read it, under whatever name the server was reached.
    """
    found = {}
    for name in media_fields(endpoint):
        path = _own_file(str(body.get(name) or ""), store, settings)
        if path is not None and path.is_file():
            found[name] = path
    return found


def _own_file(url: str, store: Store, settings: ServerSettings) -> Path | None:
    if not url.lower().startswith(("http:", "https:")):
        return None
    try:
        match = _OWN.fullmatch(urlsplit(url).path)
    except ValueError:
        return None
    if match is None:
        return None
    finders: dict[str, Callable[[str], Any]] = {
        "files": store.clip,
        "uploads": store.uploads.find,
    }
    known = finders[match[1]](match[2])
    folders = {"files": (settings.files, "mp4"), "uploads": (settings.uploads, "bin")}
    folder, suffix = folders[match[1]]
    return folder / f"{match[2]}.{suffix}" if known is not None else None


def unusable(field: str, kind: MediaKind, error: MediaError) -> Problem:
    """What is wrong with a field's file, in fal's words.

    Args:
        field: The request's field.
        kind: What it should be.
        error: Its own type and context come first.
    """
    wrong = error.type or _UNREADABLE[kind]
    context = dict(error.context)
    if wrong.startswith("unsupported_"):
        context = {"supported_formats": list(SUPPORTED[kind])} | context
    return Problem(field, str(error), type=wrong, context=context)
