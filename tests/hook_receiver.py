"""A real loopback receiver of webhooks that answers as it is told and keeps what came."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAIT_S = 60


@dataclass
class Arrival:
    """One request as it came: its headers by the sender's spelling, its bytes."""

    path: str
    headers: dict[str, str]
    body: bytes


class HookReceiver:
    """Answers with `statuses` in turn, the last one again and again; 0 hangs up without a word.

    Args:
        statuses: Status codes.
        held: Whether to answer only once `let_go` was called.
        location: Sent along where given.
    """

    def __init__(self, *statuses, held=False, location=None):
        self.statuses = list(statuses) or [200]
        self.location = location
        self.most_at_once = 0
        self._open = 0
        self._counting = threading.Lock()
        self._go = threading.Event()
        if not held:
            self._go.set()
        self._came = queue.SimpleQueue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                receiver._answer(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?token=s3cret"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _answer(self, request):
        with self._counting:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        body = request.rfile.read(int(request.headers["Content-Length"]))
        self._came.put(Arrival(request.path, dict(request.headers.items()), body))
        self._go.wait(WAIT_S)
        with self._counting:
            self._open -= 1
        if status:
            request.send_response(status)
            if self.location:
                request.send_header("Location", self.location)
            request.send_header("Content-Length", "0")
            request.end_headers()

    def take(self):
        """The next arrival, waited for."""
        return self._came.get(timeout=WAIT_S)

    def none_left(self):
        """Whether nothing came that was not taken."""
        return self._came.empty()

    def let_go(self):
        """Answer, from now on."""
        self._go.set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._go.set()
        self._server.shutdown()
        self._server.server_close()
