"""The render process: one engine call at a time, orders on stdin, news on stdout.

Both ways one JSON object a line. In: ``{"do": "render", "id", "endpoint", "body", "to", "media",
"media_dir", "allow_private"}`` and ``{"do": "cancel", "id"}``. Out: ``{"news": "ready"}`` once,
``{"news": "line", "message"}``, ``{"news": "looking", "field", "kind"}`` around the reading of a
file's facts, and for each render one of ``done``, ``failed`` and ``cancelled``. The end of stdin is
the end of the server, however it came, and ends this process at once, also within a frame.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ltx_widgets.engines.base import Engine, Progress, Rendered
from ltx_widgets.errors import EngineCancelled, InvalidRequest, LTXError, MediaError
from ltx_widgets.schema import ENDPOINTS, Endpoint, check_request
from ltx_widgets.server.failures import Failure, fault, refused
from ltx_widgets.server.fetch import FetchRules
from ltx_widgets.server.loading import choose_engine, engines_for
from ltx_widgets.server.marks import leave_mark
from ltx_widgets.server.media import Gathering, gather
from ltx_widgets.server.media_fields import media_fields, unusable
from ltx_widgets.wire import progress_line

__all__ = ["Reporter", "main"]

_LINES_PER_S = 5
_LONGEST_LINE = 2000
_NICENESS = 5
# EFBIG: the limit that a process may have on its files.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Say = Callable[[Mapping[str, Any]], None]


class Reporter:
    """An engine's progress as log lines: every message, but counts only a few times a second.

    Args:
        say: Takes the news.
        clock: Seconds, monotonic.
    """

    def __init__(self, say: Say, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._last = ""
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        """Report one step."""
        if progress.message:
            self._line(progress.message)
        now = self._clock()
        # Before the first frame there is nothing to count, and a message says more.
        if not progress.done or (now < self._next and progress.done < progress.total):
            return
        line = progress_line(progress.done, progress.total)
        if line != self._last:
            self._last = line
            self._next = now + 1 / _LINES_PER_S
            self._line(line)

    def _line(self, message: str) -> None:
        self._say({"news": "line", "message": message[:_LONGEST_LINE]})


class _Orders:
    """Reads stdin on a thread of its own, so that a cancel arrives while an engine works."""

    def __init__(self) -> None:
        self.renders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.settling = threading.Lock()
        self._cancelled = ""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def cancelled(self, job_id: str) -> bool:
        return self._cancelled == job_id

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            order = json.loads(line)
            if order["do"] == "cancel":
                self._cancelled = order["id"]
            else:
                self.renders.put(order)
        # Not sys.exit: the engine's thread would go on, perhaps for minutes. A clip that is whole
        # gets its mark first.
        with self.settling:
            os._exit(0)


def _render(order: Mapping[str, Any], engines: Sequence[Engine], say: Say, orders: _Orders) -> None:
    job_id = order["id"]
    endpoint = ENDPOINTS[order["endpoint"]]
    request = check_request(endpoint.model, order["body"])
    engine = choose_engine(engines, endpoint)
    say({"news": "line", "message": f"engine: {engine.name} ({engine.label})"})

    def cancelled() -> bool:
        return orders.cancelled(job_id)

    media = gather(endpoint, request, _gathering(order, say, cancelled))
    try:
        rendered = engine.render(
            endpoint,
            request,
            Path(order["to"]),
            media=media,
            report=Reporter(say),
            cancelled=cancelled,
        )
    except MediaError as error:
        raise _refusal(endpoint, media, error) from error
    with orders.settling:
        result = _facts(engine, rendered)
        leave_mark(Path(order["to"]), result)
    say({"news": "done", "result": result})


def _gathering(order: Mapping[str, Any], say: Say, cancelled: Callable[[], bool]) -> Gathering:
    return Gathering(
        folder=Path(order["media_dir"]),
        own={name: Path(path) for name, path in order["media"].items()},
        rules=FetchRules(allow_private=order["allow_private"]),
        line=lambda message: say({"news": "line", "message": message}),
        looking=lambda field, kind: say({"news": "looking", "field": field, "kind": kind}),
        cancelled=cancelled,
    )


def _refusal(endpoint: Endpoint, media: Mapping[str, Path], error: MediaError) -> InvalidRequest:
    """What only decoding showed: a file that is damaged far behind its head.

    An error names the file that it is about by its last part; where it does not, and there are
    several, it is about the request as a whole.
    """
    named = [field for field, path in media.items() if path.name in str(error)]
    field = (named or [*media, ""])[0] if named or len(media) == 1 else ""
    kind = media_fields(endpoint).get(field, "video")
    return InvalidRequest((unusable(field, kind, error),))


def _facts(engine: Engine, rendered: Rendered) -> dict[str, Any]:
    return {
        "video": {
            "content_type": "video/mp4",
            "file_size": rendered.path.stat().st_size,
            "width": rendered.width,
            "height": rendered.height,
            "fps": rendered.fps,
            "duration": rendered.duration,
            "num_frames": rendered.num_frames,
        },
        "engine": engine.name,
        "notes": list(rendered.notes),
    }


def _failure(error: Exception, troubles: Sequence[str]) -> Failure:
    if isinstance(error, InvalidRequest):
        # Not the request's fault if the engine that would have taken it could not be loaded.
        return fault("; ".join(troubles)) if troubles else refused(error.problems)
    if isinstance(error, LTXError):
        return fault(str(error))
    if isinstance(error, MemoryError):
        return fault("the render needs more memory than --worker-memory allows; ask for less")
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return fault("the server's disk is full; make room where it keeps its clips")
    traceback.print_exception(error)
    return fault(f"the engine failed: {type(error).__name__}: {error}", "internal_error")


def _own_stdout() -> Say:
    """Keep stdout for news: whatever else is printed, by C libraries too, goes to stderr."""
    news = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return lambda item: (news.write(json.dumps(item).encode() + b"\n"), None)[1]


def _limit_memory(most: int | None) -> None:
    """Let a file that unpacks without end fail here, not take the whole machine down."""
    if most is None or sys.platform == "win32":
        return
    import resource

    _, ceiling = resource.getrlimit(resource.RLIMIT_AS)
    if ceiling != resource.RLIM_INFINITY:
        most = min(most, ceiling)
    # macOS knows the limit and may refuse to set it.
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (most, ceiling))


def main(argv: Sequence[str] | None = None) -> None:
    """Render what stdin orders until it ends."""
    parser = argparse.ArgumentParser(prog="ltx_widgets.server.worker")
    parser.add_argument("--engine", action="append", required=True)
    parser.add_argument("--memory", type=int, help="bytes of address space")
    args = parser.parse_args(argv)
    say = _own_stdout()
    _limit_memory(args.memory)
    # Ctrl-C at a terminal and the end of a session reach the whole group; the server decides what
    # they mean, and the end of stdin is never missed.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICENESS)  # The notebook and the event loop go first on a small machine.
    orders = _Orders()
    engines, troubles = engines_for(args.engine)
    for trouble in troubles:
        sys.stderr.write(f"{trouble}\n")
    say({"news": "ready"})
    while True:
        order = orders.renders.get()
        try:
            _render(order, engines, say, orders)
        except EngineCancelled:
            say({"news": "cancelled"})
        except Exception as error:  # noqa: BLE001 - the next render may do better
            say({"news": "failed", "failure": asdict(_failure(error, troubles))})


if __name__ == "__main__":
    main()
