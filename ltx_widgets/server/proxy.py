"""The workshop proxy: calls to hosted fal, with a key that its callers never see.

One route, ``/_ltx/proxy``, in the form of fal's proxy contract: the address to ask stands in
``x-fal-target-url``, method and body are passed on as they are, and so are the reply's status,
headers and body. Who calls is checked by the server's own guard, with the server's own key.

This is the only module of the server with an HTTP client of a library: replies are handed on as
they come, for minutes, through the HTTPS_PROXY of the environment; the server's own fetching goes
only to looked-up public addresses and knows none.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from http.cookiejar import DefaultCookiePolicy

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ltx_widgets.config import PROXY_PATH, Secret, package_version
from ltx_widgets.errors import TransportError
from ltx_widgets.server.accepting import platform_error
from ltx_widgets.server.json_reply import MAX_BODY, BodyTooLarge, JSONReply
from ltx_widgets.server.proxy_replies import Redactor, headers_back
from ltx_widgets.server.targets import BadTarget, Targets

__all__ = ["Proxy"]

_TARGET = "x-fal-target-url"
_CLIENT = "x-fal-client-proxy"
_HANDED_ON = ("content-type", "content-length", "accept")
# A status stream says something every 15 s; a direct run says nothing until its clip is there.
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_DIRECT_TIMEOUT = httpx.Timeout(1800.0, connect=10.0)
# A class of participants may hold several streams each.
_LIMITS = httpx.Limits(max_connections=500, max_keepalive_connections=20)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Proxy:
    """Hands calls on to fal.

    Args:
        key: fal's key, put on what goes out and taken off whatever comes back.
        targets: Where it goes.
    """

    def __init__(self, key: Secret, targets: Targets) -> None:
        self._key = key
        self._targets = targets
        self._http = httpx.AsyncClient(
            headers={"User-Agent": f"ltx-widgets/{package_version()}"},
            auth=self._sign,
            timeout=_TIMEOUT,
            limits=_LIMITS,
            follow_redirects=False,
            trust_env=True,
        )
        # A cookie of one caller's reply must not go out with another's call.
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

    @property
    def route(self) -> Route:
        """The one route."""
        return Route(PROXY_PATH, self._forward, methods=["GET", "POST", "PUT"])

    async def aclose(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def _sign(self, request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = f"Key {self._key.reveal()}"
        return request

    async def _forward(self, request: Request) -> Response:
        try:
            self._targets.check(request.method, _target(request))
        except BadTarget as error:
            return platform_error(400, f"Invalid request: {error}", "bad_request")
        if int(request.headers.get("content-length", 0)) > MAX_BODY:
            raise BodyTooLarge
        problem: Response
        try:
            upstream = await self._ask(request)
        except _NEVER_SENT:
            # Nothing was sent, so that even a submit may be tried again.
            problem = _unreachable(503, "cannot be reached", {"x-fal-needs-retry": "1"})
        except httpx.TimeoutException:
            problem = _unreachable(504, "did not answer in time")
        except httpx.RequestError:
            problem = _unreachable(502, "broke the connection off before it answered")
        except ClientDisconnect:
            problem = Response(status_code=499)  # Nobody is there to read it.
        else:
            return self._answer(upstream)
        return problem

    async def _ask(self, request: Request) -> httpx.Response:
        """The reply of fal, its body still to come; given up when the caller hangs up."""
        body = _Body(request)
        sent = self._http.build_request(
            request.method,
            _target(request),
            content=body.pieces() if body.is_there else None,
            headers=_headers_on(request),
            timeout=_DIRECT_TIMEOUT if "://fal.run" in _target(request) else _TIMEOUT,
        )
        asking = asyncio.ensure_future(self._http.send(sent, stream=True))
        async with _running(body.hung_up()) as gone:
            try:
                await asyncio.wait({asking, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not asking.done():
                    asking.cancel()
                    with suppress(asyncio.CancelledError, httpx.RequestError):
                        await asking
            if asking.cancelled():
                raise ClientDisconnect
            return asking.result()

    def _answer(self, upstream: httpx.Response) -> Response:
        redactor = Redactor(self._key)
        reply = _HandedOn(upstream, redactor)
        reply.raw_headers = headers_back(upstream.headers.raw, redactor, self._may_lead_to)
        return reply

    def _may_lead_to(self, address: str) -> bool:
        with suppress(BadTarget):
            self._targets.check("GET", address)
            return True
        return False


class _Body:
    """A request's body on its way through, and then the word that its caller hung up."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._read = asyncio.Event()
        told = request.headers.get("content-length", "0") != "0"
        self.is_there = told or "transfer-encoding" in request.headers
        if not self.is_there:
            self._read.set()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        size = 0
        async for chunk in self._request.stream():
            size += len(chunk)
            if size > MAX_BODY:
                raise BodyTooLarge
            if chunk:
                yield chunk
        self._read.set()

    async def hung_up(self) -> None:
        """Returns when the caller is gone; its body is read by `pieces` alone before that."""
        await self._read.wait()
        while (await self._request.receive())["type"] != "http.disconnect":
            pass


@asynccontextmanager
async def _running(work: Coroutine[None, None, None]) -> AsyncIterator[asyncio.Task[None]]:
    """`work` beside what happens here, over and out of the way at the end."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class _HandedOn(StreamingResponse):
    """A reply of fal's as it comes; when its caller hangs up, fal is hung up on too."""

    def __init__(self, upstream: httpx.Response, redactor: Redactor) -> None:
        super().__init__(_pieces(upstream, redactor), upstream.status_code)
        self._upstream = upstream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # Here, since a generator that nobody began to read would never come to its end.
            await self._upstream.aclose()


async def _pieces(upstream: httpx.Response, redactor: Redactor) -> AsyncGenerator[bytes, None]:
    """The body.

    Raises:
        TransportError: fal broke off; the caller's connection is then cut as well, so that half a
            reply does not look whole.
    """
    broken = False
    try:
        async for chunk in upstream.aiter_bytes():
            yield redactor.feed(chunk)
        yield redactor.end()
    except httpx.RequestError:
        broken = True
    if broken:
        raise TransportError("fal broke a reply off that was being handed on")


def _target(request: Request) -> str:
    """The one address that is asked for.

    Raises:
        BadTarget: there is none, or more than one.
    """
    given = request.headers.getlist(_TARGET)
    if len(given) != 1:
        raise BadTarget(
            f"expected one {_TARGET} header with the address at fal, got {len(given)}; a client of "
            "fal's sends it when this address is set as its proxy"
        )
    return given[0]


def _headers_on(request: Request) -> dict[str, str]:
    """What of the caller's headers goes on to fal; its key and its cookies are ours, and stay."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name in _HANDED_ON or (name.startswith("x-fal-") and name != _TARGET)
    }
    # Unpacking and packing again would hold events back.
    return {
        **headers,
        "Accept-Encoding": "identity",
        _CLIENT: f"ltx_widgets/{package_version()}",
    }


def _unreachable(status: int, what: str, headers: dict[str, str] | None = None) -> Response:
    # Without an error type: it is no word of fal's about a job, and our client goes by that.
    return JSONReply({"detail": f"this proxy's way to fal: fal {what}"}, status, headers)
