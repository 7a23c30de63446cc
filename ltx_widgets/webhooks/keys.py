"""The keys that webhooks are checked with: given, or fetched once a day and when one is unknown."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from ltx_widgets.config import FAL_STORAGE, Target, resolve_target
from ltx_widgets.errors import LTXError, TransportError, WebhookError
from ltx_widgets.signing import PublicKey, read_keys
from ltx_widgets.transport import Transport
from ltx_widgets.wire import Call

__all__ = ["FetchedKeys", "GivenKeys", "Keys"]

_KEPT_S = 24 * 3600.0
_PAUSE_S = 30.0
_FETCH_S = 10.0
_OK = 200

KeyRing = tuple[PublicKey, ...]


class Keys(Protocol):
    """Where a verifier has its keys from."""

    def known(self) -> KeyRing:
        """Those at hand."""

    def newer(self, than: KeyRing) -> KeyRing:
        """Others, where none of those fits; empty where there are none."""


class GivenKeys:
    """Keys that the caller has.

    Args:
        jwks: A set of JSON Web Keys, or a list of them.

    Raises:
        WebhookError: none of them is an Ed25519 key.
    """

    def __init__(self, jwks: Any) -> None:
        self._keys = _some(jwks)

    def known(self) -> KeyRing:
        """All of them."""
        return self._keys

    def newer(self, than: KeyRing) -> KeyRing:  # noqa: ARG002 - there never are
        """None."""
        return ()


class FetchedKeys:
    """Keys at an address, kept for 24 hours at most. May be used from any thread.

    A signature that no key made is a reason to look again, at most every 30 s: who sends bad ones
    must not make us call the service each time.

    Args:
        url: Asked for at each fetch, since the embedded server moves.
        clock: Seconds since the epoch.
    """

    def __init__(self, url: Callable[[], str], clock: Callable[[], float]) -> None:
        self._url = url
        self._clock = clock
        self._fetching = threading.Lock()
        self._held: tuple[KeyRing, float] = ((), float("-inf"))
        self._asked = float("-inf")

    def known(self) -> KeyRing:
        """Those fetched within the last day, or now.

        Raises:
            WebhookError: they could not be had.
        """
        keys, came = self._held
        if self._within(came, _KEPT_S):
            return keys
        with self._fetching:
            keys, came = self._held
            if self._within(came, _KEPT_S):
                return keys
            if self._within(self._asked, _PAUSE_S):
                raise WebhookError(
                    "its keys could not be fetched a moment ago; they are asked for again soon",
                    check="keys",
                )
            return self._fetch()

    def newer(self, than: KeyRing) -> KeyRing:
        """Those that are shown by now.

        Raises:
            WebhookError: they could not be had.
        """
        with self._fetching:
            keys, _ = self._held
            if keys is not than:  # Another thread was faster.
                return keys
            return () if self._within(self._asked, _PAUSE_S) else self._fetch()

    def _within(self, since: float, seconds: float) -> bool:
        # A clock that was set back says nothing about the time in between.
        return 0 <= self._clock() - since < seconds

    def _fetch(self) -> KeyRing:
        self._asked = self._clock()
        try:
            keys = _some(_fetch_json(self._url()))
        except WebhookError:
            raise
        except (LTXError, TimeoutError) as error:
            raise WebhookError(f"its keys could not be fetched: {error}", check="keys") from error
        self._held = (keys, self._clock())
        return keys


def _some(jwks: Any) -> KeyRing:
    keys = read_keys(jwks)
    if not keys:
        raise WebhookError(
            'expected JSON Web Keys such as {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": …}]}, '
            "found none of that kind",
            check="keys",
        )
    return keys


def _fetch_json(url: str) -> Any:
    """Block for a document, whether a loop runs on this thread (as in a notebook) or not."""
    with ThreadPoolExecutor(1, thread_name_prefix="ltx-jwks") as thread:
        return thread.submit(asyncio.run, _get(url)).result()


async def _get(url: str) -> Any:
    parts = urlsplit(url)
    transport = Transport(_target(f"{parts.scheme}://{parts.netloc}"))
    try:
        async with asyncio.timeout(_FETCH_S):
            reply = await transport.send(Call("GET", parts.path, dict(parse_qsl(parts.query))))
    except TimeoutError:
        raise TransportError(f"no answer within {_FETCH_S:.0f} s from {parts.netloc}") from None
    finally:
        await transport.aclose()
    if reply.status != _OK:
        raise TransportError(f"expected them at {url}, got status {reply.status}")
    return reply.body


def _target(base: str) -> Target:
    """Where keys may come from: an https address, or this computer. No key of the user's goes."""
    if base == FAL_STORAGE:
        return Target("hosted", base)
    return resolve_target(server=base, environ={})
