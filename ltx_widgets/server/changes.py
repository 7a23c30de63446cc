"""Who waits for which job: how an event stream learns of a change without asking for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Changes"]

_POSITIONS_EVERY_S = 1.0


class Changes:
    """Wakes the streams of a job when it changed. Keeps nothing of jobs that nobody watches.

    Attributes:
        closed: True once the server ends; streams then end, too.
        moves: Set whenever the queue moved up; the webhooks' to clear.
    """

    def __init__(self) -> None:
        self.closed = False
        self.moves = asyncio.Event()
        self._soon: asyncio.TimerHandle | None = None
        self._watching: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def watch(self, request_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at each change of one job, from now on."""
        changed = asyncio.Event()
        self._watching.setdefault(request_id, set()).add(changed)
        try:
            yield changed
        finally:
            events = self._watching[request_id]
            events.discard(changed)
            if not events:
                del self._watching[request_id]

    def tell(self, request_id: str) -> None:
        """One job has a new log line, or another state."""
        for changed in self._watching.get(request_id, ()):
            changed.set()

    def moved(self) -> None:
        """The queue moved up: its watchers are told of that within a second, all at once.

        A hundred jobs that end within a second would otherwise tell of a hundred positions to each
        of those behind them.
        """
        self.moves.set()
        if self._soon is None and not self.closed:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_later(_POSITIONS_EVERY_S, self._tell_positions)

    def _tell_positions(self) -> None:
        self._soon = None
        self._tell_all()

    def _tell_all(self) -> None:
        for request_id in self._watching:
            self.tell(request_id)

    def close(self) -> None:
        """Let every stream end."""
        self.closed = True
        self._tell_all()
