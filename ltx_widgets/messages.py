"""What goes over HTTP and comes back, as values: whoever sends them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from ltx_widgets.errors import ConfigError

__all__ = ["Body", "ByteStream", "Reply", "encode_json"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, read whole.

    Attributes:
        status: Status code.
        headers: By lower-case name.
        body: Parsed JSON, or the text where it is none.
    """

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class ByteStream:
    """A download as it comes: its announced size in bytes (None if unknown) and its chunks."""

    size: int | None
    content_type: str
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Body:
    """What a request sends, as it comes.

    Attributes:
        size: Bytes in all; announced, since signed addresses take no body in chunks.
        chunks: The bytes, once.
        content_type: Sent with them, where it is known here.
    """

    size: int
    chunks: bytes | AsyncIterator[bytes]
    content_type: str = ""

    @classmethod
    def empty(cls) -> Body:
        """Nothing, and that is said."""
        return cls(0, b"")

    @classmethod
    def json(cls, value: Mapping[str, Any]) -> Body:
        """An object."""
        text = encode_json(value)
        return cls(len(text), text, "application/json")

    @property
    def headers(self) -> dict[str, str]:
        """What goes ahead of it."""
        kind = {"Content-Type": self.content_type} if self.content_type else {}
        return {"Content-Length": str(self.size), **kind}


def encode_json(body: Mapping[str, Any]) -> bytes:
    """An object as compact UTF-8.

    Raises:
        ConfigError: it holds a number that is none, which JSON cannot carry.
    """
    try:
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise ConfigError(f"a request must hold finite numbers: {error}") from error
    return text.encode()
