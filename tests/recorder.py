"""A plain HTTP front that writes down what passes: for comparing clients, request by request."""

from __future__ import annotations

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from ltx_widgets.blocking import Portal

# More than that is told by its size and hash.
_LONGEST_KEPT = 1 << 16
# Where fal's own hosts are found here, below a server of ours.
_LEADS = {"queue.fal.run": "", "rest.fal.ai": "", "fal.run": "/_run"}
_TARGET = "x-fal-target-url"
_LACKS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return sorted(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def content(self) -> Any:
        """JSON as it reads, other bytes as they are, many bytes by size and hash."""
        if len(self.body) > _LONGEST_KEPT:
            return len(self.body), hashlib.sha256(self.body).hexdigest()
        with suppress(ValueError):
            return json.loads(self.body)
        return self.body


class Recorder:
    """Passes requests on to a server on loopback, one a connection; to be used with ``with``.

    Args:
        port: The server's.
        key: Put in where a request has an ``x-fal-target-url``: it is then passed on as fal's
            contract for proxies says.

    Attributes:
        seen: Every request that was passed on, in order.
        lacking: Paths that it answers with 404 itself, for a service that lacks them.
        url: Where it listens.
    """

    def __init__(self, port: int, key: str = "") -> None:
        self.seen: list[Seen] = []
        self.lacking: frozenset[str] = frozenset()
        self.url = ""
        self._behind = port
        self._key = key
        # Before Python 3.12 nobody else holds a connection's task while it waits.
        self._tasks: set[asyncio.Task[None]] = set()
        self._portal = Portal()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def __enter__(self) -> Self:
        self._portal.call(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._portal.call(self._stop())
        self._portal.close()

    async def _stop(self) -> None:
        self._server.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._start, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind = None
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                seen = await _read(reader)
                if seen.path in self.lacking:
                    writer.write(_LACKS)
                else:
                    self.seen.append(seen)
                    answer, behind = await asyncio.open_connection("127.0.0.1", self._behind)
                    behind.write(_written(self._led(seen)))
                    while chunk := await answer.read(1 << 16):
                        writer.write(chunk)
                        await writer.drain()
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()
            if behind is not None:
                behind.transport.abort()

    def _led(self, seen: Seen) -> Seen:
        """The request as the server shall see it."""
        asked = seen.headers.get(_TARGET)
        headers = {**seen.headers, "connection": "close"}
        if asked is None:
            return Seen(seen.method, seen.target, headers, seen.body)
        del headers[_TARGET]
        parts = urlsplit(asked)
        path = _LEADS[parts.hostname or ""] + parts.path
        target = f"{path}?{parts.query}" if parts.query else path
        return Seen(
            seen.method, target, {**headers, "authorization": f"Key {self._key}"}, seen.body
        )


async def _read(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, target, headers, body)


def _written(seen: Seen) -> bytes:
    lines = [f"{seen.method} {seen.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in seen.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + seen.body
