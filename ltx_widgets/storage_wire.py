"""fal's file storage as data: calls out, addresses in. No I/O, no clock.

Two ways lead in. *Signed*: the key opens an upload at the REST host, and the bytes follow to the
signed address that it names, without the key. *Token*: the key buys a token, and the bytes follow
with that. Each takes a file whole or in parts; a part's ETag is handed back when all are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from ltx_widgets.config import Secret
from ltx_widgets.errors import ProtocolError
from ltx_widgets.wire import Call

__all__ = [
    "Slot",
    "Token",
    "begin_headers",
    "complete_body",
    "initiate_call",
    "read_begun",
    "read_etag",
    "read_posted",
    "read_slot",
    "read_token",
    "slot_facts",
    "slot_from_facts",
    "token_call",
]

_TYPE = {"storage_type": "fal-cdn-v3"}
# What a header's value may hold; anything else is percent-encoded.
_PLAIN = " !#$&'()+,-.=@[]^_`{}~"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a file's bytes go, and where it can be fetched from then.

    Attributes:
        way: "signed" or "token".
        put_url: Where its bytes go, or below which its parts go. Whoever has it can write there.
        file_url: Its address.
        part_size: Bytes of each part but the last; 0 for a file that goes whole.
        etags: What the parts that went were answered with, by number.
    """

    way: Literal["signed", "token"]
    put_url: str = field(repr=False)
    file_url: str
    part_size: int = 0
    etags: Mapping[int, str] = field(default_factory=dict)

    def part_url(self, tail: int | str) -> str:
        """Where a part goes, or "complete": before a signature, which is a query."""
        path, mark, query = self.put_url.partition("?")
        return f"{path}/{tail}{mark}{query}"

    def with_part(self, number: int, etag: str) -> Slot:
        """The same, once a part is there."""
        return replace(self, etags={**self.etags, number: etag})


@dataclass(frozen=True, slots=True)
class Token:
    """What opens the other way for a while.

    Attributes:
        secret: Sent as ``Authorization: Bearer …`` to `base_url`, and nowhere else.
        base_url: The storage's own host.
        ends: Seconds since the epoch.
    """

    secret: Secret
    base_url: str
    ends: float


def initiate_call(name: str, content_type: str, *, parts: bool = False) -> Call:
    """Ask for a place to put a file."""
    return Call(
        "POST",
        f"/storage/upload/initiate{'-multipart' if parts else ''}",
        _TYPE,
        {"content_type": content_type, "file_name": name},
        host="storage",
    )


def token_call() -> Call:
    """Ask for a token."""
    return Call("POST", "/storage/auth/token", _TYPE, {}, host="storage")


def read_slot(body: Any, *, part_size: int = 0) -> Slot:
    """The reply to `initiate_call`."""
    put_url, file_url = _texts(body, "upload_url", "file_url")
    return Slot("signed", put_url, file_url, part_size)


def read_token(body: Any) -> Token:
    """The reply to `token_call`."""
    secret, base_url, ends = _texts(body, "token", "base_url", "expires_at")
    try:
        return Token(Secret(secret), base_url.rstrip("/"), datetime.fromisoformat(ends).timestamp())
    except ValueError:
        raise ProtocolError("expected the token's end as an ISO time") from None


def begin_headers(name: str, content_type: str) -> dict[str, str]:
    """What the token's way is told of a file; a header cannot hold every name as it is."""
    return {"Content-Type": content_type, "X-Fal-File-Name": quote(name, safe=_PLAIN)}


def read_posted(body: Any) -> str:
    """Where a file is that went whole, with a token."""
    return _texts(body, "access_url")[0]


def read_begun(body: Any, *, part_size: int) -> Slot:
    """Where the parts of a file go, with a token."""
    access_url, upload_id = _texts(body, "access_url", "uploadId")
    put_url = f"{access_url}/multipart/{quote(upload_id, safe='')}"
    return Slot("token", put_url, access_url, part_size)


def read_etag(headers: Mapping[str, str], body: Any) -> str:
    """What a part was answered with; its header's quotes belong to it."""
    etag = headers.get("etag") or (body.get("etag") if isinstance(body, Mapping) else None)
    if not isinstance(etag, str) or not etag:
        raise ProtocolError("expected an ETag in the storage's reply to a part")
    return etag


def complete_body(slot: Slot) -> dict[str, Any]:
    """The list of parts, by number."""
    parts = sorted(slot.etags.items())
    return {"parts": [{"partNumber": number, "etag": etag} for number, etag in parts]}


def slot_facts(slot: Slot) -> dict[str, Any]:
    """A slot as JSON, for going on with it later."""
    return {
        "way": slot.way,
        "put_url": slot.put_url,
        "file_url": slot.file_url,
        "part_size": slot.part_size,
        "etags": {str(number): etag for number, etag in slot.etags.items()},
    }


def slot_from_facts(facts: Mapping[str, Any]) -> Slot:
    """The slot of `slot_facts`.

    Raises:
        ProtocolError: these are no such facts.
    """
    try:
        etags = {int(number): str(etag) for number, etag in facts["etags"].items()}
        way: Literal["signed", "token"] = "token" if facts["way"] == "token" else "signed"
        put_url, file_url = str(facts["put_url"]), str(facts["file_url"])
        return Slot(way, put_url, file_url, int(facts["part_size"]), etags)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ProtocolError("not the facts of an upload that was begun") from None


def _texts(body: Any, *names: str) -> list[str]:
    given = body if isinstance(body, Mapping) else {}
    values = [given.get(name) for name in names]
    if not all(isinstance(value, str) and value for value in values):
        raise ProtocolError(f"expected {' and '.join(names)} in the storage's reply")
    return [str(value) for value in values]
