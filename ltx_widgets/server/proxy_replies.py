"""What of fal's replies goes back through the proxy: everything but its key and its connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ltx_widgets.config import Secret

__all__ = ["Redactor", "headers_back"]

_HIDDEN = b"[redacted]"
# Half of a key that is shorter than this is no fal key's, and may be part of any word.
_SHORTEST = 8
# Of one connection (RFC 9110, 7.6.1), or rewritten on ours.
_OF_THE_CONNECTION = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade content-length content-encoding date server".split()
)
# What fal's host says about itself is not for ours: cookies, TLS, other ports, who may read.
_OF_THE_HOST = frozenset(
    b"set-cookie strict-transport-security alt-svc clear-site-data public-key-pins nel "
    b"report-to".split()
)
_CORS = b"access-control-"

RawHeaders = list[tuple[bytes, bytes]]


class Redactor:
    """Takes a key out of bytes that pass in pieces.

    Held back is only what may be the beginning of the key; the end of an event never is. A body
    that is encoded (base64, gzip inside JSON) is not looked into.

    Args:
        key: What must not pass; the half behind its colon is a secret of its own.
    """

    def __init__(self, key: Secret) -> None:
        whole = key.reveal().encode()
        _, _, half = whole.partition(b":")
        self._words = [whole, *([half] if len(half) >= _SHORTEST else [])]
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """What may pass now."""
        clean = self.clean(self._held + piece)
        keep = max(_overlap(clean, word) for word in self._words)
        self._held = clean[len(clean) - keep :]
        return clean[: len(clean) - keep]

    def end(self) -> bytes:
        """What was held back and did not become the key."""
        return self._held

    def clean(self, whole: bytes) -> bytes:
        """`whole` without the key."""
        for word in self._words:
            whole = whole.replace(word, _HIDDEN)
        return whole


def _overlap(text: bytes, word: bytes) -> int:
    """How many bytes at the end of `text` are the beginning of `word`."""
    most = min(len(text), len(word) - 1)
    return next((n for n in range(most, 0, -1) if text.endswith(word[:n])), 0)


def headers_back(
    raw: Iterable[tuple[bytes, bytes]], redactor: Redactor, may_lead_to: Callable[[str], bool]
) -> RawHeaders:
    """The reply's headers as the caller gets them.

    Args:
        raw: As fal sent them.
        redactor: Takes the key out of a header that reflects it.
        may_lead_to: Whether a redirect's address may be shown.
    """
    given = [(name.lower(), value) for name, value in raw]
    named = {
        word.strip().lower()
        for name, value in given
        if name == b"connection"
        for word in value.split(b",")
    }
    dropped = _OF_THE_CONNECTION | _OF_THE_HOST | named
    kept = [
        (name, redactor.clean(value))
        for name, value in given
        if name not in dropped
        and not name.startswith(_CORS)
        and (name != b"location" or may_lead_to(value.decode("latin-1")))
    ]
    # nginx in front of us would hold events back.
    events = any(name == b"content-type" and b"text/event-stream" in v for name, v in kept)
    return [*kept, (b"x-accel-buffering", b"no")] if events else kept
