"""Connections in lanes, one each: what a pool costs does not grow with what goes through it.

httpcore's pool looks at every connection and every waiting request whenever one of them moves, and
hands one idle connection to several requests at once; with hundreds of jobs that is most of a
client's work. Here a request takes a free lane, the one that was used last, or waits for its turn.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator

import httpx

from ltx_widgets.config import Secret

__all__ = ["Lanes", "SecretAuth"]

_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)


class Lanes(httpx.AsyncBaseTransport):
    """Transports of one connection each, made when they are needed and used again.

    How many there are at most is up to who sends: `Transport` bounds its calls and streams.
    """

    def __init__(self) -> None:
        self._free: list[httpx.AsyncHTTPTransport] = []
        self._all: list[httpx.AsyncHTTPTransport] = []
        # For a server of the user's own behind TLS; read from disk once.
        self._tls = httpx.create_ssl_context()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request in a lane of its own until its reply was read or dropped."""
        lane = self._free.pop() if self._free else self._open()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            self._free.append(lane)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - it is async
        response.stream = _Watched(response.stream, lane, self._free)
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for lane in self._all:
            await lane.aclose()

    def _open(self) -> httpx.AsyncHTTPTransport:
        lane = httpx.AsyncHTTPTransport(verify=self._tls, limits=_ONE, trust_env=False)
        self._all.append(lane)
        return lane


class _Watched(httpx.AsyncByteStream):
    """A reply's bytes; at their end the lane is free."""

    def __init__(
        self,
        stream: httpx.AsyncByteStream,
        lane: httpx.AsyncHTTPTransport,
        free: list[httpx.AsyncHTTPTransport],
    ) -> None:
        self._stream = stream
        self._lane: httpx.AsyncHTTPTransport | None = lane
        self._free = free

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Let the lane go, once."""
        try:
            await self._stream.aclose()
        finally:
            if self._lane is not None:
                self._free.append(self._lane)
                self._lane = None


class SecretAuth(httpx.Auth):
    """Adds a secret while a request is sent, so that no variable of ours holds it in clear."""

    def __init__(self, scheme: str, secret: Secret) -> None:
        self._scheme = scheme
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send it in the one header it belongs in."""
        request.headers["Authorization"] = f"{self._scheme} {self._secret.reveal()}"
        yield request
