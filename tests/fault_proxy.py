"""A real proxy between a client and a real server, which breaks one call or another as it is told.

It knows just enough of HTTP/1.1: a request's head and body, and a reply up to its end. What a plan
does not name goes through unchanged. For what no server may ever do, see `scripted`.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from ltx_widgets.blocking import Portal

HTML = b"<html><body><h1>Bad Gateway</h1></body></html>"
_CHUNK = 1 << 16


@dataclass
class Exchange:
    """One request on its way, with both connections."""

    client: asyncio.StreamWriter
    client_says: asyncio.StreamReader
    behind: tuple[str, int]
    head: bytes = b""
    body: bytes = b""
    server: asyncio.StreamWriter | None = None

    async def forward(self) -> asyncio.StreamReader:
        """Send the request on; returns the reply, whose end is the end of its bytes."""
        reader, self.server = await asyncio.open_connection(*self.behind)
        line, _, rest = self.head.partition(b"\r\n")
        self.server.write(line + b"\r\nConnection: close\r\n" + rest + self.body)
        await self.server.drain()
        return reader

    async def relay(self, reader: asyncio.StreamReader) -> None:
        """Hand on a reply as it comes."""
        while chunk := await reader.read(_CHUNK):
            self.client.write(chunk)
            await self.client.drain()

    async def stalled(self) -> None:
        """Say nothing until the client leaves."""
        await self.client.drain()
        await self.client_says.read()

    def close(self) -> None:
        """Both connections."""
        for end in (self.client, self.server):
            if end is not None:
                end.close()


Fault = Callable[[Exchange], Awaitable[None]]


async def through(call: Exchange) -> None:
    """No fault."""
    await call.relay(await call.forward())


async def cut_before(_: Exchange) -> None:
    """The server never sees the request."""


async def cut_after(call: Exchange) -> None:
    """The server takes the request in and answers, and nothing of the answer arrives."""
    await (await call.forward()).read()


async def cut_at_once(call: Exchange) -> None:
    """The request goes out, and the line breaks while the server is still at it."""
    await call.forward()


async def cut_in_head(call: Exchange) -> None:
    """Half of the status line."""
    call.client.write((await (await call.forward()).read())[:9])


async def cut_in_body(call: Exchange) -> None:
    """The head and half of the body."""
    head, mark, body = (await (await call.forward()).read()).partition(b"\r\n\r\n")
    call.client.write(head + mark + body[: len(body) // 2])


async def cut_after_event(call: Exchange) -> None:
    """One whole event of a stream."""
    reader = await call.forward()
    call.client.write(await reader.readuntil(b"\r\n\r\n") + await reader.readuntil(b"\n\n"))


async def stall_before(call: Exchange) -> None:
    """The request is read, and nothing ever comes."""
    await call.stalled()


async def stall_after_event(call: Exchange) -> None:
    """One event of a stream, then silence."""
    await cut_after_event(call)
    await call.stalled()


async def stall_in_body(call: Exchange) -> None:
    """Half of the reply, then silence."""
    await cut_in_body(call)
    await call.stalled()


def answer(status: int, body: bytes = b"{}", **headers: str) -> Fault:
    """The proxy's own reply; the server never sees the request."""

    async def act(call: Exchange) -> None:
        call.client.write(_reply(status, body, headers))

    return act


def answer_instead(status: int, body: bytes = HTML, **headers: str) -> Fault:
    """The server takes the request in; a gateway's reply arrives in place of its own."""

    async def act(call: Exchange) -> None:
        await (await call.forward()).read()
        call.client.write(_reply(status, body, headers))

    return act


def first(act: Callable[[], None], then: Fault = through) -> Fault:
    """Something happens in the world, such as a restart, before the call goes on."""

    async def both(call: Exchange) -> None:
        await asyncio.to_thread(act)
        await then(call)

    return both


def _reply(status: int, body: bytes, headers: dict[str, str]) -> bytes:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


RETRY_LATER = answer(429, b'{"detail": "slow down"}', Retry_After="0")
RETRY_LATER_503 = answer(503, HTML, Retry_After="0")


_KINDS = {
    "stream": r"GET .*/requests/[^/]+/status/stream",
    "status": r"GET .*/requests/[^/]+/status",
    "result": r"GET .*/requests/[^/]+",
    "cancel": r"PUT .*/requests/[^/]+/cancel",
    "lookup": r"GET /_ltx/submissions/.*",
    "initiate": r"POST /storage/.*",
    "upload": r"(PUT|POST) /uploads/.*",
    "download": r"GET /files/.*",
    "submit": r"POST .*",
}


def kind_of(method: str, target: str) -> str:
    """Which step of a job a request is; "other" where it is none."""
    asked = f"{method} {urlsplit(target).path}"
    return next((kind for kind, path in _KINDS.items() if re.fullmatch(path, asked)), "other")


_ANYTIME: list[Fault] = [
    cut_before,
    cut_after,
    cut_at_once,
    cut_in_head,
    cut_in_body,
    RETRY_LATER,
    RETRY_LATER_503,
    answer_instead(502),
    answer_instead(504),
]


class FaultProxy:
    """Listens on a free loopback port, in a thread of its own; used as a context.

    Args:
        url: The server behind it.
        chance: Of a random fault for each call that the plan leaves alone, 0 to 1.
        seed: Of these faults.

    Attributes:
        came: How many calls came, by kind.
        faults: How many calls were broken.
    """

    def __init__(self, url: str, *, chance: float = 0.0, seed: int = 0) -> None:
        self.came: Counter[str] = Counter()
        self.faults = 0
        self.chance = chance
        self._dice = random.Random(seed)
        self._plan: dict[str, list[Fault]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._portal = Portal()
        self.goes_to(url)

    def goes_to(self, url: str) -> None:
        """Name the server behind; after a restart it is at another port."""
        parts = urlsplit(url)
        self._behind = (parts.hostname, parts.port)

    def on(self, kind: str, *faults: Fault) -> None:
        """Break the next calls of a kind, one after the other."""
        self._plan[kind] = list(faults)

    def has_done(self, kind: str) -> bool:
        """Whether every fault that was planned for a kind of call came to pass."""
        return not self._plan.get(kind)

    def __enter__(self) -> Self:
        self._server = self._portal.call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._portal.call(self._end())
        self._portal.close()

    async def _end(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        call = Exchange(writer, reader, self._behind)
        try:
            # A server that is down looks as it does without a proxy: the line breaks.
            await self._next(await self._read(call))(call)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            call.close()
            self._tasks.discard(task)

    async def _read(self, call: Exchange) -> str:
        """Take the request in; returns its kind."""
        call.head = await call.client_says.readuntil(b"\r\n\r\n")
        line, *rest = call.head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value for name, value in (pair.split(": ", 1) for pair in rest)}
        call.body = await call.client_says.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = line.split(" ")
        self.came[kind := kind_of(method, target)] += 1
        return kind

    def _next(self, kind: str) -> Fault:
        if planned := self._plan.get(kind):
            fault = planned.pop(0)
        elif self._dice.random() < self.chance:
            fault = self._dice.choice(_ANYTIME)
        else:
            return through
        self.faults += 1
        return fault
