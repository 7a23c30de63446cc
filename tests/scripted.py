"""A real loopback HTTP server whose replies a test scripts one by one.

For what a well-behaved server never does: cut connections, half replies, HTML pages, stalls.
Everything else is tested against the project's own server.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What to say: a status and JSON (or raw bytes), or a cut after some bytes."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None

    def encode(self) -> bytes:
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(raw)),
            "Connection": "close",
            **self.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} X\r\n{head}\r\n".encode() + raw


CUT = Answer(cut_after=0)


class Scripted:
    """Answers each path from its own list; the last answer of a list stays."""

    def __init__(self) -> None:
        self.script: dict[str, list[Answer | Callable[[Asked], Answer]]] = {}
        self.asked: list[Asked] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def on(self, path: str, *answers: Answer | Callable[[Asked], Answer]) -> None:
        """Answer requests whose path (without its query) ends with `path`."""
        self.script[path] = list(answers)

    def count(self, path: str) -> int:
        return sum(asked.path.partition("?")[0].endswith(path) for asked in self.asked)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = await _read(reader)
            self.asked.append(asked)
            answer = self._next(asked)
            raw = answer.encode()
            writer.write(raw if answer.cut_after is None else raw[: answer.cut_after])
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _next(self, asked: Asked) -> Answer:
        path = asked.path.partition("?")[0]
        matching = [end for end in self.script if path.endswith(end)]
        if not matching:
            return Answer(404, {"detail": "not scripted"})
        answers = self.script[max(matching, key=len)]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(asked) if callable(answer) else answer


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)


def events(*statuses: dict[str, Any], cut: bool = False) -> Answer:
    """A status stream of these events; `cut` announces more than comes."""
    raw = b"".join(b"data: " + json.dumps(status).encode() + b"\n\n" for status in statuses)
    length = {"Content-Length": str(len(raw) + 100)} if cut else {}
    return Answer(200, raw, {"Content-Type": "text/event-stream", **length})
