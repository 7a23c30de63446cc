"""Which webhooks were handed on already: they are sent at least once, and acted on once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from ltx_widgets.errors import WebhookError

__all__ = ["Busy", "Seen", "status_of"]

_REMEMBERED = 10_000


class Busy(Exception):
    """The same webhook is being acted on just now; whether that goes well is not known yet."""


class Seen:
    """The latest ids, at most 10,000 of them. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: OrderedDict[str, None] = OrderedDict()
        self._under_way: set[str] = set()

    @contextmanager
    def first_time(self, request_id: str) -> Iterator[bool]:
        """Whether to act on an id; once that went without an exception, never again.

        Raises:
            Busy: somebody acts on it just now.
        """
        with self._lock:
            if request_id in self._under_way:
                raise Busy
            known = request_id in self._done
            if not known:
                self._under_way.add(request_id)
        if known:
            yield False
            return
        try:
            yield True
        except BaseException:
            with self._lock:
                self._under_way.discard(request_id)
            raise
        with self._lock:
            self._under_way.discard(request_id)
            self._done[request_id] = None
            if len(self._done) > _REMEMBERED:
                self._done.popitem(last=False)


def status_of(error: WebhookError) -> int:
    """How a webhook that failed a check is answered.

    503 where our own view was too short, so that the sender tries again.
    """
    return {"header": 400, "body": 400, "keys": 503}.get(error.check, 401)
