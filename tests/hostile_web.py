"""A loopback web server that does what good ones never do, and remembers who came."""

import contextlib
import socket
import threading
import time


class Web:
    """Answers each path with raw bytes, or with what a function writes to the socket.

    Args:
        routes: By path; a function takes the connection. Unknown paths are answered with 404.
    """

    def __init__(self, routes):
        self.routes = routes
        self.seen = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line):
        with line, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (more := line.recv(65536)):
                head += more
            self.seen.append(head.decode("latin-1"))
            path = self.seen[-1].split(" ")[1] if " " in self.seen[-1] else ""
            answer = self.routes.get(path, b"HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n")
            answer(line) if callable(answer) else line.sendall(answer)

    def close(self):
        self._listener.close()


def good(body, *headers):
    """A plain good reply."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def moved(to, status=302):
    """A redirect."""
    return f"HTTP/1.1 {status} moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def without_end(start, step=b"x" * 65536, pause_s=0.0):
    """An answer that never ends: `step` again and again."""

    def write(line):
        line.sendall(start)
        while True:
            line.sendall(step)
            time.sleep(pause_s)

    return write
