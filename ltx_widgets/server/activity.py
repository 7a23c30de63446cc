"""Whether the server is of use to anybody just now."""

from __future__ import annotations

import time

__all__ = ["Activity"]


class Activity:
    """When the server last had something to do."""

    def __init__(self) -> None:
        self._open = 0
        self._last = time.monotonic()

    def __enter__(self) -> None:
        self._open += 1

    def __exit__(self, *_: object) -> None:
        self._open -= 1
        self.note()

    def note(self) -> None:
        """Something happened just now."""
        self._last = time.monotonic()

    def quiet_s(self) -> float:
        """Seconds since the last request ended; 0 while one is open."""
        return 0.0 if self._open else time.monotonic() - self._last
