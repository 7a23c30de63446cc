"""Events on their way from the receiver's threads to whoever waits, in a thread or in a loop."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future

from ltx_widgets.webhooks.events import WebhookEvent

__all__ = ["Mailbox"]

_MOST_HELD = 1000


class Mailbox:
    """Holds up to 1,000 events until they are taken, each once, in their order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[WebhookEvent] = deque()
        self._waiting: deque[Future[WebhookEvent | None]] = deque()
        self._closed = False

    def put(self, event: WebhookEvent) -> bool:
        """Hand an event over; False where nobody took so many that there is no room."""
        with self._lock:
            if self._closed or len(self._events) >= _MOST_HELD:
                return False
            self._events.append(event)
            self._serve()
            return True

    def ask(self, wanted: Future[WebhookEvent | None]) -> None:
        """Let a future, which may be cancelled, be the next event; None once the box is closed."""
        with self._lock:
            self._waiting.append(wanted)
            self._serve()

    def give_back(self, wanted: Future[WebhookEvent | None]) -> None:
        """End a wait; an event that came at that very moment is the next one's."""
        with self._lock:
            # Neither cancelled nor done: an interrupt hit this thread while it served itself.
            if wanted.cancel() or not wanted.done():
                return
            event = wanted.result()
            if event is not None:
                self._events.appendleft(event)
                self._serve()

    def close(self) -> None:
        """Let every wait end, once what is held was taken."""
        with self._lock:
            self._closed = True
            self._serve()

    def _serve(self) -> None:
        while self._waiting and (self._events or self._closed):
            wanted = self._waiting.popleft()
            # Past this, it cannot be cancelled any more.
            if wanted.set_running_or_notify_cancel():
                wanted.set_result(self._events.popleft() if self._events else None)
