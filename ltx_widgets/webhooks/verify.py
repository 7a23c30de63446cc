"""Whether a webhook comes from where it says, checked over its raw bytes."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ltx_widgets.config import FAL_STORAGE
from ltx_widgets.errors import WebhookError
from ltx_widgets.signing import (
    JWKS_PATH,
    REQUEST_ID,
    SIGNATURE,
    TIMESTAMP,
    USER_ID,
    PublicKey,
    signed_bytes,
)
from ltx_widgets.webhooks.events import WebhookEvent, read_event
from ltx_widgets.webhooks.keys import FetchedKeys, GivenKeys, Keys

__all__ = ["FAL_JWKS", "Headers", "WebhookVerifier"]

FAL_JWKS = FAL_STORAGE + JWKS_PATH
"""Where hosted fal shows its keys."""

Headers = Mapping[str, str] | Iterable[tuple[str | bytes, str | bytes]]
"""A request's headers, as any framework has them."""

_NEEDED = {name.lower(): name for name in (REQUEST_ID, USER_ID, TIMESTAMP, SIGNATURE)}
_LEEWAY_S = 300
# What stands between newlines in the signed bytes must not hold one itself.
_PLAIN = re.compile(r"[^\x00-\x1f\x7f]{1,512}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_HEX = re.compile(r"[0-9A-Fa-f]{128}")


class WebhookVerifier:
    """Checks webhooks, on any thread and in any loop.

    Args:
        jwks_url: Where the keys are: https, or this computer. A function is asked at each fetch.
            They are fetched at the first webhook, kept for 24 hours at most, and looked at again
            when none of them fits.
        keys: The keys themselves, `{"keys": […]}` or the list, instead of an address.
        clock: Seconds since the epoch.

    Raises:
        WebhookError: `keys` holds no Ed25519 key.
    """

    def __init__(
        self,
        *,
        jwks_url: str | Callable[[], str] = FAL_JWKS,
        keys: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        ask = jwks_url if callable(jwks_url) else lambda: jwks_url
        self._keys: Keys = FetchedKeys(ask, clock) if keys is None else GivenKeys(keys)

    def verify(self, headers: Headers, body: bytes) -> WebhookEvent:
        """Read a webhook that is genuine; blocks while keys are fetched.

        It may have come before: who acts on it remembers its `request_id`.

        Args:
            headers: All of the request's, as a mapping or as pairs; upper and lower case alike.
            body: The raw bytes, not what they parse to.

        Raises:
            WebhookError: it is not; `check` says which check failed.
        """
        if not isinstance(body, bytes | bytearray | memoryview):
            kind = type(body).__name__
            raise WebhookError(
                f"expected the raw body as bytes, got {kind}; what JSON parses to cannot be "
                "checked, since its bytes are gone",
                check="body",
            )
        raw, given = bytes(body), _read_headers(headers)
        self._check_time(given[TIMESTAMP])
        message = signed_bytes(given[REQUEST_ID], given[USER_ID], given[TIMESTAMP], raw)
        self._check_signature(bytes.fromhex(given[SIGNATURE]), message)
        return read_event(raw, given[REQUEST_ID])

    async def averify(self, headers: Headers, body: bytes) -> WebhookEvent:
        """The same for a loop that must not be blocked."""
        return await asyncio.to_thread(self.verify, headers, body)

    def _check_time(self, timestamp: str) -> None:
        off = int(timestamp) - self._clock()
        if abs(off) > _LEEWAY_S:
            raise WebhookError(
                f"its timestamp is {off:+.0f} s from now, more than {_LEEWAY_S} s: an old one that "
                "is sent again, or a wrong clock",
                check="timestamp",
            )

    def _check_signature(self, signature: bytes, message: bytes) -> None:
        known = self._keys.known()
        if _fits(known, signature, message) or _fits(self._keys.newer(known), signature, message):
            return
        raise WebhookError(
            "its signature is by none of the known keys: forged, changed on its way, or parsed "
            "and written anew before it came here",
            check="signature",
        )


def _fits(keys: Iterable[PublicKey], signature: bytes, message: bytes) -> bool:
    return any(key.verifies(signature, message) for key in keys)


def _read_headers(headers: Headers) -> dict[str, str]:
    """The four that are signed or sign, by fal's spelling."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name = _NEEDED.get(_text(raw_name).lower())
        if name is None:
            continue
        if name in found:
            raise WebhookError(f"{name} came twice", check="header")
        found[name] = _text(raw_value)
    for name in _NEEDED.values():
        if name not in found:
            raise WebhookError(f"{name} is missing", check="header")
        shape = {TIMESTAMP: _SECONDS, SIGNATURE: _HEX}.get(name, _PLAIN)
        if not shape.fullmatch(found[name]):
            raise WebhookError(f"{name} is not what it should be", check="header")
    return found


def _text(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else part
