"""A small HTTP server for webhooks: POST only, bounded bodies, few threads, all of them daemons."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

__all__ = ["Listener", "Take"]

Take = Callable[[list[tuple[str, str]], bytes], tuple[int, str]]
"""Headers and body to a status and a sentence. Called on any of the threads."""

_AT_ONCE = 16
_SILENCE_S = 10.0
_WHOLE_S = 30.0
_GLANCE_S = 0.1
_CHUNK = 1 << 16

_log = logging.getLogger("ltx_widgets.webhooks")


class Listener(ThreadingHTTPServer):
    """Listens from its making to its `end`.

    Args:
        host: Address to listen on.
        port: 0 takes a free one.
        take: Told of each webhook that came whole.
        max_body: Bytes that one may have.

    Raises:
        OSError: the address is taken.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, take: Take, max_body: int) -> None:
        self.take = take
        self.max_body = max_body
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._ending = False
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)
        threading.Thread(
            target=self.serve_forever, args=(_GLANCE_S,), name="ltx-webhooks", daemon=True
        ).start()

    def end(self) -> None:
        """Stop listening; what is being answered may go on for a moment."""
        self._ending = True
        self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        """Bind without looking up our own name, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Wait for a free thread; who connects without end waits outside."""
        while not self._room.acquire(timeout=_GLANCE_S):
            if self._ending:
                self.shutdown_request(request)
                return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer on a thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Say nothing in the notebook of senders that hang up."""
        _log.debug("a connection broke", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: Listener
    timeout = _SILENCE_S
    server_version = "ltx-widgets"
    sys_version = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(411, "expected a Content-Length")
        elif int(length[:12]) > self.server.max_body:
            self._answer(413, f"expected at most {self.server.max_body} bytes")
        else:
            body = self._read(int(length))
            if body is not None:
                self._answer(*self.server.take(self.headers.items(), body))

    def do_GET(self) -> None:
        self._answer(405, "webhooks are posted")

    def _read(self, length: int) -> bytes | None:
        """The body; None where it did not come, or came too slowly."""
        body, deadline = bytearray(), time.monotonic() + _WHOLE_S
        with suppress(TimeoutError):
            while len(body) < length and time.monotonic() < deadline:
                chunk = self.rfile.read1(min(_CHUNK, length - len(body)))
                if not chunk:
                    break
                body += chunk
        return bytes(body) if len(body) == length else None

    def _answer(self, status: int, said: str) -> None:
        body = json.dumps({"detail": said}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a path may hold a token."""
