"""Fetch a file that a request names: from public addresses only, in bounded time and size.

Only the standard library: each connection goes to an address that was checked, never to a name
that could be looked up once more, and neither proxies nor cookies of the environment play a part.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urljoin

from ltx_widgets.errors import EngineCancelled, MediaError
from ltx_widgets.server.addresses import (
    Place,
    Resolve,
    download_error,
    find_addresses,
    look_up,
    place_of,
)

__all__ = ["FetchRules", "fetch"]

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_CHUNK = 1 << 16
_GLANCE_S = 0.1
_OK = 200


@dataclass(frozen=True, slots=True)
class FetchRules:
    """How far a fetch may go.

    Attributes:
        allow_private: Whether addresses that are not public may be fetched from.
        connect_s: Seconds to reach a host.
        whole_s: Seconds for all of it, redirects included.
        resolve: Looks up names.
    """

    allow_private: bool = False
    connect_s: float = 10.0
    whole_s: float = 60.0
    resolve: Resolve = look_up


def fetch(
    url: str,
    to: Path,
    *,
    max_bytes: int,
    rules: FetchRules | None = None,
    cancelled: Callable[[], bool] = lambda: False,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Fetch one file.

    Args:
        url: An http or https address.
        to: A new file; removed again if this fails.
        max_bytes: What the file may have.
        rules: How far to go; `FetchRules`' defaults if left out.
        cancelled: Asked ten times a second; True ends the fetch.
        tell: Takes the number of bytes that have come.

    Returns:
        The number of bytes.

    Raises:
        MediaError: `type` is ``file_download_error`` or ``file_too_large``.
        EngineCancelled: `cancelled` said so.
    """
    rules = rules or FetchRules()
    deadline = time.monotonic() + rules.whole_s
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            place = place_of(url)
            with _Line(place, rules, deadline, cancelled) as line:
                reply = line.ask(place)
                if reply.status not in _REDIRECTS:
                    return line.save(reply, to, max_bytes, tell)
                url = urljoin(url, _next_stop(reply))
    except BaseException:
        to.unlink(missing_ok=True)
        raise
    raise download_error(f"was passed on more than {_MOST_REDIRECTS} times; use its last address")


class _Line:
    """One connection, ended by a thread of its own at the deadline and when cancelled.

    A socket's own timeout starts anew with each byte: a server that sends one every few seconds
    would be listened to for ever.
    """

    def __init__(
        self, place: Place, rules: FetchRules, deadline: float, cancelled: Callable[[], bool]
    ) -> None:
        self._rules = rules
        self._deadline = deadline
        self._cancelled = cancelled
        self._ended = threading.Event()
        self._cut = ""
        addresses = find_addresses(
            place,
            resolve=rules.resolve,
            allow_private=rules.allow_private,
            wait_s=self._left(rules.connect_s),
        )
        self._socket = self._connect(place, addresses)
        self._reply: http.client.HTTPResponse | None = None
        # A second handle on the same connection: TLS keeps the first one to itself.
        self._handle = self._socket.dup()
        self._watch = threading.Thread(target=self._watch_over, name="fetch", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()
        if self._reply is not None:
            self._reply.close()
        self._handle.close()
        self._socket.close()

    def _left(self, most: float) -> float:
        return max(0.01, min(most, self._deadline - time.monotonic()))

    def _connect(self, place: Place, addresses: tuple[str, ...]) -> socket.socket:
        for address in addresses:
            if self._cancelled():
                raise EngineCancelled("stopped while its media were fetched")
            try:
                return socket.create_connection(
                    (address, place.port), timeout=self._left(self._rules.connect_s)
                )
            except OSError:
                continue
        raise download_error(f"could not be reached at {place.host}; check the address")

    def _watch_over(self) -> None:
        while not self._ended.wait(min(_GLANCE_S, self._left(_GLANCE_S))):
            if self._cancelled():
                self._cut = "cancelled"
            elif time.monotonic() >= self._deadline:
                self._cut = "late"
            if self._cut:
                with suppress(OSError):  # The other side was faster.
                    self._handle.shutdown(socket.SHUT_RDWR)
                return

    def _trouble(self, text: str) -> MediaError | EngineCancelled:
        """What to raise: a line that we cut ourselves looks broken, too."""
        if self._cut == "cancelled" or self._cancelled():
            return EngineCancelled("stopped while its media were fetched")
        if self._cut or time.monotonic() >= self._deadline:
            return download_error(f"did not come within {self._rules.whole_s:g} s")
        return download_error(text)

    def ask(self, place: Place) -> http.client.HTTPResponse:
        """Send the request and read the head of the reply."""
        try:
            if place.scheme == "https":
                trust = ssl.create_default_context()
                self._socket = trust.wrap_socket(self._socket, server_hostname=place.host)
            call = http.client.HTTPConnection(place.host, place.port)
            call.sock = self._socket
            call.putrequest("GET", place.target, skip_host=True, skip_accept_encoding=True)
            for name, value in (
                ("Host", place.host_header),
                ("Accept", "*/*"),
                # A small reply that unpacks into a large one would pass the size limit.
                ("Accept-Encoding", "identity"),
                ("Connection", "close"),
                ("User-Agent", "ltx-widgets"),
            ):
                call.putheader(name, value)
            call.endheaders()
            self._reply = call.getresponse()
        except ssl.SSLCertVerificationError:
            raise download_error(f"has a host with no valid certificate: {place.host}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            kind = type(error).__name__
            raise self._trouble(f"was answered with no HTTP reply ({kind})") from error
        return self._reply

    def save(
        self,
        reply: http.client.HTTPResponse,
        to: Path,
        max_bytes: int,
        tell: Callable[[int], None],
    ) -> int:
        """Write the reply's body to a file."""
        _refuse_bad_head(reply)
        came = 0
        with to.open("xb") as file:
            _refuse_large(reply.length or 0, max_bytes)
            while chunk := self._read(reply):
                came += len(chunk)
                _refuse_large(came, max_bytes)
                file.write(chunk)
                tell(came)
        if self._cut or reply.length:
            raise self._trouble(f"ended after {came} bytes, {reply.length} too early")
        return came

    def _read(self, reply: http.client.HTTPResponse) -> bytes:
        try:
            return reply.read(_CHUNK)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._trouble(f"broke off ({type(error).__name__}); try again") from error


def _next_stop(reply: http.client.HTTPResponse) -> str:
    place = reply.getheader("Location")
    if not place:
        raise download_error(f"was answered with {reply.status} and no address to go on to")
    return place


def _refuse_bad_head(reply: http.client.HTTPResponse) -> None:
    if reply.status != _OK:
        raise download_error(f"was answered with {reply.status}; expected 200 and the file")
    packed = reply.getheader("Content-Encoding", "identity").lower()
    coded = reply.getheader("Transfer-Encoding", "chunked").lower()
    if packed != "identity" or coded not in ("chunked", "identity"):
        raise download_error("came packed though it was asked for plain")


def _refuse_large(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise MediaError(
            f"is larger than the {max_bytes} bytes that are taken; make it smaller",
            type="file_too_large",
            context={"max_size": max_bytes},
        )
