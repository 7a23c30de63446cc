"""What following a job remembers: which lines were told, and how long nobody answered."""

from __future__ import annotations

import time

from ltx_widgets.errors import LTXError
from ltx_widgets.wire import Finished, LogLine, Queued, Running, Status, new_lines

__all__ = ["LogTail", "Patience"]


class Patience:
    """How long a server may be silent about a job that it has."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def rest(self) -> None:
        """It answered."""
        self._since = None

    def strain(self, error: LTXError) -> Status | None:
        """It did not; the first time, that is news for the log.

        Raises:
            LTXError: `error` itself, once that has gone on for too long.
        """
        now = time.monotonic()
        if self._since is None:
            self._since = now
            if self._seconds > 0:
                return Running((LogLine(f"{error}; asking again", level="WARN"),))
        if now - self._since >= self._seconds:
            raise error
        return None


class LogTail:
    """Which log lines and which queue position were reported already."""

    def __init__(self) -> None:
        self._first: LogLine | None = None
        self._seen = 0
        self._last: Queued | None = None

    def polled(self, status: Status) -> Status | None:
        """The news in a polled status, whose log is the whole list so far."""
        return self._news(status, repeats=True)

    def streamed(self, status: Status, *, first: bool) -> Status | None:
        """The news in a streamed status, whose log holds new lines only.

        The first event of a stream may tell the whole log again: it does when it begins as the
        log began.
        """
        logs = () if isinstance(status, Queued) else status.logs
        return self._news(status, repeats=first and bool(logs) and logs[0] == self._first)

    def _news(self, status: Status, *, repeats: bool) -> Status | None:
        if isinstance(status, Queued):
            if status == self._last:
                return None
            self._last = status
            return status
        lines = new_lines(self._seen, status.logs) if repeats else status.logs
        if self._first is None and lines:
            self._first = lines[0]
        self._seen += len(lines)
        if isinstance(status, Running):
            quiet = not lines and self._last is None and self._seen
            self._last = None
            return None if quiet else Running(lines)
        return Finished(lines, status.error, status.error_type, status.inference_s)
