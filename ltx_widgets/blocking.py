"""Sync code borrows a loop: one event loop on its own thread, for scripts and running kernels.

``asyncio.run`` and ``run_until_complete`` fail inside a kernel, whose own loop is running; and a
task on the kernel's loop stands still while a cell computes. A loop of our own has neither fault.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

__all__ = ["Portal", "outcome"]

T = TypeVar("T")

_JOIN_S = 2.0
_TICK_S = 0.25


def outcome(future: Future[T], timeout_s: float | None = None) -> T:
    """Block until a future is done, in short waits, so that an interrupt ends it on any system.

    A long wait would miss an interrupt that comes just before it begins, or on another thread:
    Python then looks for it only when the wait is over. On Windows that is true of every interrupt.

    Raises:
        TimeoutError: not done in time.
    """
    until = None if timeout_s is None else time.monotonic() + timeout_s
    while not future.done():
        left = _TICK_S if until is None else until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        wait((future,), timeout=min(left, _TICK_S))
    return future.result()


class Portal:
    """One event loop on its own daemon thread; it never keeps the process alive."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="ltx-widgets", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on the loop and return at once.

        The work inherits the caller's context, which in a kernel names the cell that started it.
        """
        if os.getpid() != self._pid:
            work.close()
            raise RuntimeError(
                "this was started in another process, whose loop a forked one does not have; "
                "make a new ltx_widgets.Session() in the child"
            )
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError:  # The loop is closed.
            work.close()
            raise

    @property
    def closed(self) -> bool:
        """Whether it has ended, so that nothing can be started on it any more."""
        return self._loop.is_closed()

    @property
    def here(self) -> bool:
        """Whether this is the loop's own thread, on which nothing may block."""
        return threading.current_thread() is self._thread

    def call(self, work: Coroutine[Any, Any, T], *, timeout_s: float | None = None) -> T:
        """Run work on the loop and block until it is done; an interrupt cancels it.

        Raises:
            RuntimeError: called from the loop's own thread, where it would wait for itself.
        """
        if self.here:
            work.close()
            raise RuntimeError("blocking on ltx_widgets' own loop would never end; await instead")
        future = self.start(work)
        try:
            return outcome(future, timeout_s)
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Cancel what runs, stop the loop and its thread. Calling it twice is fine."""
        atexit.unregister(self.close)
        if self._loop.is_closed() or os.getpid() != self._pid:
            return
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(_JOIN_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._finish())
        finally:
            self._loop.close()

    def _stop(self) -> None:
        self._loop.stop()

    async def _finish(self) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
