"""In the render process: get a request's media, look at what they are, refuse what will not do."""

from __future__ import annotations

import base64
import binascii
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from ltx_widgets.errors import InvalidRequest, MediaError, Problem
from ltx_widgets.schema import (
    Endpoint,
    MediaFacts,
    MediaKind,
    Request,
    advise_on_media,
    check_media,
)
from ltx_widgets.server.addresses import download_error
from ltx_widgets.server.fetch import FetchRules, fetch
from ltx_widgets.server.look import look_at
from ltx_widgets.server.media_fields import SUPPORTED, media_fields, unusable
from ltx_widgets.sniff import Sniffed, sniff

__all__ = ["Gathering", "gather"]

_MAX_BYTES: dict[MediaKind, int] = {"image": 32 << 20, "audio": 64 << 20, "video": 256 << 20}
_TELL_EVERY_S = 1.0
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Gathering:
    """How a request's media are gathered.

    Attributes:
        folder: Where local copies go; made here, removed by whoever named it.
        own: Files of this server, by field name.
        rules: How far fetching may go.
        line: Takes lines for the job's log.
        looking: Called with field and kind before a file's facts are read, and with two empty
            texts afterwards: reading them may take the process down.
        cancelled: Whether the job was cancelled.
    """

    folder: Path
    own: Mapping[str, Path]
    rules: FetchRules
    line: Callable[[str], None]
    looking: Callable[[str, str], None]
    cancelled: Callable[[], bool]


def gather(endpoint: Endpoint, request: Request, how: Gathering) -> dict[str, Path]:
    """Local copies of a request's media, checked against each other and the request.

    Args:
        endpoint: What the request is for.
        request: Validated.
        how: Where from and where to.

    Returns:
        Files by field name; each is named by its field, with the extension of its content.

    Raises:
        InvalidRequest: some will not do; with one problem for each, of fal's types.
        EngineCancelled: the job was cancelled meanwhile.
    """
    body = request.body()
    media: dict[str, Path] = {}
    facts: dict[str, MediaFacts] = {}
    problems: list[Problem] = []
    for field, kind in media_fields(endpoint).items():
        if body.get(field) is None:
            continue
        how.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            media[field], facts[field] = _one(field, kind, body[field], how)
        except MediaError as error:
            problems.append(unusable(field, kind, error))
    problems += check_media(endpoint, body, facts)
    if problems:
        raise InvalidRequest(tuple(problems))
    for advice in advise_on_media(endpoint, body, facts):
        how.line(f"note: {advice}")
    return media


def _one(field: str, kind: MediaKind, url: str, how: Gathering) -> tuple[Path, MediaFacts]:
    draft = how.folder / f"{field}.part"
    if field in how.own:
        _link(how.own[field], draft)
    elif url[:5].lower() == "data:":
        _unpack(url, draft, _MAX_BYTES[kind])
    else:
        _download(field, kind, url, draft, how)
    found = sniff(draft)
    _check_kind(found, kind, draft)
    path = draft.rename(how.folder / f"{field}{found.suffix}")
    how.looking(field, kind)
    try:
        facts = look_at(path, kind, found.content_type)
    except MemoryError:
        raise MediaError("needs more memory to be read than a render process has") from None
    finally:
        how.looking("", "")
    how.line(f"{field}: {_describe(facts)}")
    return path, facts


def _link(own: Path, to: Path) -> None:
    """A second name for a file of ours: it stays while the job runs, and is not copied."""
    try:
        os.link(own, to)
    except FileNotFoundError:
        raise download_error("is no longer on this server; upload it again") from None
    except OSError:  # A file system without links.
        shutil.copyfile(own, to)


def _unpack(url: str, to: Path, max_bytes: int) -> None:
    head, comma, text = url.partition(",")
    try:
        data = (
            base64.b64decode(unquote_to_bytes(text), validate=True)
            if head.lower().endswith(";base64")
            else unquote_to_bytes(text)
        )
    except binascii.Error:
        comma, data = "", b""
    if not comma:
        raise download_error("is no data URI; expected data:image/png;base64,… with whole base64")
    if len(data) > max_bytes:
        raise MediaError(
            f"holds {len(data)} bytes; at most {max_bytes} are taken",
            type="file_too_large",
            context={"max_size": max_bytes},
        )
    to.write_bytes(data)


def _download(field: str, kind: MediaKind, url: str, to: Path, how: Gathering) -> None:
    told = time.monotonic()

    def tell(came: int) -> None:
        nonlocal told
        if time.monotonic() >= told + _TELL_EVERY_S:
            told = time.monotonic()
            how.line(f"fetching {field}: {came / _MB:.1f} MB")

    how.line(f"fetching {field}")
    limit = _MAX_BYTES[kind]
    fetch(url, to, max_bytes=limit, rules=how.rules, cancelled=how.cancelled, tell=tell)


def _check_kind(found: Sniffed, kind: MediaKind, path: Path) -> None:
    if not path.stat().st_size:
        raise download_error("holds no bytes; is the address right?")
    if kind not in found.kinds:
        what = found.content_type if found.kinds else "a file of another kind"
        raise MediaError(
            f"is {what}; expected {kind} as {', '.join(SUPPORTED[kind])}",
            type=f"unsupported_{kind}_format",
        )


def _describe(facts: MediaFacts) -> str:
    parts = [facts.content_type, f"{facts.bytes / _MB:.1f} MB"]
    if facts.width and facts.height:
        parts.append(f"{facts.width} x {facts.height}")
    if facts.fps:
        parts.append(f"{facts.fps:g} fps")
    if facts.duration is not None:
        parts.append(f"{facts.duration:.2f} s")
    return ", ".join(parts)
