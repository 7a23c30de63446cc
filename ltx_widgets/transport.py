"""Performs calls over HTTP. The only module of the client that imports httpx.

Everything httpx raises leaves as one of ours; the key goes to the target's own host and to no
other; outputs are downloaded without it.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from ltx_widgets.config import Secret, Target, package_version
from ltx_widgets.echoes import hide_json, hide_text, keep_from_logs
from ltx_widgets.errors import (
    AmbiguousSubmit,
    ConfigError,
    LTXError,
    ProtocolError,
    TransportError,
    TransportTimeout,
)
from ltx_widgets.lanes import Lanes, SecretAuth
from ltx_widgets.messages import Body, ByteStream, Reply, encode_json
from ltx_widgets.pacing import Streams
from ltx_widgets.retry import Timeouts, retry_delay_after_failure, retry_delay_after_reply
from ltx_widgets.wire import Call, ServerSentEvents

__all__ = ["Transport"]

Reconnect = Callable[[], Awaitable[Target]]

_MOST_REDIRECTS = 3
_CALLS_AT_ONCE = 8
_STREAMS_AT_ONCE = 24
_TRANSFERS_AT_ONCE = 8
# How long the end of a stream may take that has told its last event.
_LAST_BYTES_S = 0.2
_FOREIGN = (httpx.RequestError, httpx.InvalidURL)
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,  # one that opened no way to the server
    httpx.UnsupportedProtocol,
)


class Transport:
    """A connection pool to one target; it belongs to the event loop that first uses it.

    Args:
        target: Where calls go.
        reconnect: Asked for the target again when it cannot be reached, because the embedded
            server may have ended and another may answer at a new port.
        timeouts: How long to wait for a peer that says nothing.
    """

    def __init__(
        self,
        target: Target,
        *,
        reconnect: Reconnect | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        self.target = target
        self._timeouts = timeouts or Timeouts()
        self.requests = 0
        self._reconnect = reconnect
        keep_from_logs(target.key)
        hosted = target.place == "hosted"
        self._http = httpx.AsyncClient(
            headers={"User-Agent": f"ltx-widgets/{package_version()}"},
            timeout=self._within(self._timeouts.answer_s),
            follow_redirects=False,
            # A server of one's own must be reached directly, whatever proxy the environment names;
            # with a transport given, httpx would not look for the one on the way to fal.
            trust_env=hosted,
            transport=None if hosted else Lanes(),
            mounts=_directly(target),
        )
        # A pool's work grows with the square of what waits in it, so nothing does.
        self._calls = asyncio.Semaphore(_CALLS_AT_ONCE)
        self._streams = Streams(_STREAMS_AT_ONCE)
        self._transfers = asyncio.Semaphore(_TRANSFERS_AT_ONCE)

    async def send(self, call: Call, *, given_up: asyncio.Event | None = None) -> Reply:
        """Perform a call, again where that is safe.

        Args:
            call: What to send.
            given_up: Once set, it is not sent again.

        Raises:
            AmbiguousSubmit: a submit broke off after it was sent.
            TransportError: no usable reply.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                reply = await self._once(call)
            except TransportError as error:
                delay = retry_delay_after_failure(call, attempt, sent=error.sent)
                if delay is None:
                    raise _final(call, error) from None
                await self._find_target_again()
            else:
                delay = retry_delay_after_reply(call, attempt, reply.status, reply.headers)
                if delay is None:
                    return reply
            await _pause(delay * random.uniform(0.8, 1.2), given_up)

    async def events(
        self, call: Call, *, is_last: Callable[[Any], bool]
    ) -> AsyncGenerator[Any, None]:
        """Parsed server-sent events until the server closes the stream.

        Args:
            call: What opens it.
            is_last: Whether the server ends the stream after this event; its connection is then
                kept for the next call.

        Raises:
            TransportError: the stream could not be opened, or broke.
            ProtocolError: the reply is no event stream, or an event is not JSON.
        """
        decoder = ServerSentEvents()
        problem: LTXError | None = None
        try:
            async with self._streams, self._opened(call) as response:
                kind = response.headers.get("content-type", "")
                if response.status_code != httpx.codes.OK or "text/event-stream" not in kind:
                    raise ProtocolError(
                        f"expected an event stream, got status {response.status_code} ({kind})"
                    )
                chunks = response.aiter_bytes()
                async for chunk in chunks:
                    for event in decoder.feed(chunk):
                        try:
                            yield hide_json(self.target.key, event)
                        finally:
                            if is_last(event):
                                await _drain(chunks)
                    await self._streams.rest()
        except _FOREIGN as error:
            problem = _as_ours(error, call, self.target.url)
        if problem is not None:
            raise problem

    async def uncrowded(self, within_s: float) -> bool:
        """Whether one more stream can be opened, now or within some seconds."""
        if self._streams.locked():
            try:
                async with asyncio.timeout(within_s):
                    await self._streams.acquire()
            except TimeoutError:
                return False
            self._streams.release()
        return True

    def _opened(self, call: Call) -> AbstractAsyncContextManager[httpx.Response]:
        self.requests += 1
        url, headers = self._addressed(call)
        return self._http.stream(
            call.method,
            url,
            headers=headers,
            auth=self._auth,
            timeout=self._within(self._timeouts.stream_s),
        )

    async def download(self, url: str, receive: Callable[[ByteStream], Awaitable[None]]) -> None:
        """Fetch an output's bytes, without the key, and hand them over as they come.

        Raises:
            ProtocolError: an address that must not be used.
            TransportError: not reachable, an error status, or too many redirects.
        """
        for _ in range(_MOST_REDIRECTS + 1):
            problem: LTXError | None = None
            try:
                self._check_foreign(url, "the clip")
                onward = await self._download_once(url, receive)
            except _FOREIGN as error:
                problem = _as_ours(error, Call("GET", urlsplit(url).path), url)
            if problem is not None:
                raise problem
            if onward is None:
                return
            url = onward
        raise TransportError(f"the clip's address redirects more than {_MOST_REDIRECTS} times")

    async def _download_once(
        self, url: str, receive: Callable[[ByteStream], Awaitable[None]]
    ) -> str | None:
        """Hand the bytes over, or return where they are instead."""
        async with self._transfers, self._http.stream("GET", url) as response:
            self.requests += 1
            if response.has_redirect_location:
                return str(response.url.join(response.headers["location"]))
            if response.status_code != httpx.codes.OK:
                raise TransportError(
                    f"expected the clip, got status {response.status_code} from {response.url.host}"
                )
            length = response.headers.get("content-length", "")
            await receive(
                ByteStream(
                    int(length) if length.isdigit() else None,
                    response.headers.get("content-type", ""),
                    response.aiter_bytes(1 << 16),
                )
            )
        return None

    async def exchange(
        self,
        method: str,
        url: str,
        body: Body,
        *,
        headers: Mapping[str, str] | None = None,
        token: Secret | None = None,
    ) -> Reply:
        """One exchange at an address that a reply named, without the key.

        Args:
            method: "PUT" or "POST".
            url: https, or the target's own host.
            body: What is sent, as it is read.
            headers: Sent with it.
            token: Sent as ``Authorization: Bearer …``; for the storage that gave it.

        Raises:
            ProtocolError: an address that must not be used.
            TransportError: not reachable.
        """
        problem: LTXError | None = None
        try:
            self._check_foreign(url, "a place for the file")
            async with self._transfers:
                self.requests += 1
                response = await self._http.request(
                    method,
                    url,
                    content=body.chunks,
                    headers={**body.headers, **(headers or {})},
                    auth=SecretAuth("Bearer", token) if token else None,
                    timeout=self._within(self._timeouts.upload_s),
                )
        except _FOREIGN as error:
            problem = _as_ours(error, Call("PUT", urlsplit(url).path), url)
        finally:
            # Refused in the middle, its file would stay open.
            if isinstance(body.chunks, AsyncGenerator):
                await body.chunks.aclose()
        if problem is not None:
            raise problem
        return _reply(response, token or self.target.key)

    async def is_there(self, url: str) -> bool:
        """Whether something can be fetched at an address, without the key; False when in doubt."""
        try:
            self._check_foreign(url, "the file")
            async with self._calls:
                self.requests += 1
                return bool((await self._http.head(url)).is_success)
        except (ProtocolError, *_FOREIGN):
            return False

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def _within(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=self._timeouts.connect_s)

    def _addressed(self, call: Call) -> tuple[str, dict[str, str]]:
        """Where a call is sent, and its headers; a proxy hears where it is meant for in one."""
        query = urlencode(call.params, quote_via=quote, safe="")
        meant = self._base(call) + call.path + (f"?{query}" if query else "")
        if not self.target.proxied:
            return meant, dict(call.headers)
        return self.target.url, {**call.headers, "x-fal-target-url": meant}

    def _base(self, call: Call) -> str:
        return self.target.storage if call.host == "storage" else self.target.queue

    async def _once(self, call: Call) -> Reply:
        content = None if call.json is None else encode_json(call.json)
        problem: LTXError | None = None
        try:
            url, headers = self._addressed(call)
            if content is not None:
                headers["Content-Type"] = "application/json"
            async with self._calls:
                self.requests += 1
                response = await self._http.request(
                    call.method,
                    url,
                    content=content,
                    headers=headers,
                    auth=self._auth,
                )
        except _FOREIGN as error:
            reached = self.target.url if self.target.proxied else self._base(call)
            problem = _as_ours(error, call, reached)
        if problem is not None:
            raise problem
        return _reply(response, self.target.key)

    @property
    def _auth(self) -> httpx.Auth | None:
        return SecretAuth("Key", self.target.key) if self.target.key else None

    def _check_foreign(self, url: str, what: str) -> None:
        """An address in a reply is used only where nobody can listen in."""
        parts = httpx.URL(url)
        own = httpx.URL(self.target.url)
        if parts.scheme == "https" or (parts.host, parts.port) == (own.host, own.port):
            return
        raise ProtocolError(
            f"expected {what} at an https address, got {parts.scheme}://{parts.host}; nothing was "
            "sent there"
        )

    async def _find_target_again(self) -> None:
        if self._reconnect is not None:
            self.target = await self._reconnect()


def _directly(target: Target) -> dict[str, None]:
    """A proxy to fal on this computer is reached directly, whatever the environment names."""
    parts = urlsplit(target.url)
    return {f"all://{parts.netloc}": None} if target.proxied and parts.scheme == "http" else {}


def _final(call: Call, error: TransportError) -> TransportError:
    return AmbiguousSubmit(str(error)) if call.kind == "submit" and error.sent else error


def _as_ours(error: Exception, call: Call, url: str) -> LTXError:
    """What httpx raised, as one of ours.

    It is raised outside the except block: httpx's own error holds the request as it was sent, key
    and all, and must not be reachable from ours. The address never holds a query.
    """
    asked = f"{call.method} {call.path.partition('?')[0]} at {urlsplit(url).netloc}"
    if isinstance(error, httpx.InvalidURL):
        return ConfigError(f"not a usable URL: {error}")
    if isinstance(error, httpx.LocalProtocolError):
        # Its text would quote the header.
        return TransportError(f"{asked} holds a character that HTTP forbids", sent=False)
    kind, said = TransportError, f"no answer to {asked}: {str(error) or type(error).__name__}"
    if isinstance(error, httpx.TimeoutException):
        kind, said = TransportTimeout, f"no answer in time to {asked}"
    if isinstance(error, _NEVER_SENT):
        return kind(f"{said}; nothing was sent", sent=False)
    return kind(said)


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read the end of a reply that says nothing more; cut off, its connection would be lost."""
    with suppress(TimeoutError, *_FOREIGN):
        async with asyncio.timeout(_LAST_BYTES_S):
            async for _ in chunks:
                pass


async def _pause(seconds: float, given_up: asyncio.Event | None) -> None:
    if given_up is None:
        await asyncio.sleep(seconds)
        return
    with suppress(TimeoutError):
        await asyncio.wait_for(given_up.wait(), seconds)
        raise TransportError("given up before it was sent again", sent=False)


def _reply(response: httpx.Response, sent: Secret | None) -> Reply:
    headers, content = dict(response.headers), response.content
    if sent is not None and sent.is_in(b"\n".join(said for _, said in response.headers.raw)):
        headers = {name: hide_text(sent, said) for name, said in headers.items()}
    if sent is not None:
        content = sent.hide(content)
    try:
        body = json.loads(content)
    except ValueError:
        body = content.decode(response.encoding or "utf-8", "replace")
    return Reply(response.status_code, headers, body)
