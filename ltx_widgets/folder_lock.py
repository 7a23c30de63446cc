"""A lock between processes that no death leaves behind."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ltx_widgets.errors import TransportTimeout

__all__ = ["FolderLock", "SharedLock"]

_POLL_S = 0.02
_LOOK_AGAIN_S = 1.0


class FolderLock:
    """An exclusive lock that the system releases with its holder, however that one ends.

    Args:
        path: The lock file; it stays.
        wait_s: How long to wait for another holder.

    Raises:
        TransportTimeout: on entering, another process still holds it after `wait_s` seconds.
    """

    def __init__(self, path: Path, *, wait_s: float) -> None:
        self._path = path
        self._wait_s = wait_s
        self._fd = -1

    def __enter__(self) -> Self:
        """Take the lock."""
        self._fd = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        deadline = time.monotonic() + self._wait_s
        while not _lock(self._fd):
            if time.monotonic() >= deadline:
                os.close(self._fd)
                raise TransportTimeout(f"another process holds {self._path}", sent=False)
            time.sleep(_POLL_S)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release it."""
        os.close(self._fd)


class SharedLock:
    """A `FolderLock` that all work on one event loop holds together, against other processes.

    Args:
        path: The lock file.
        meanwhile: What to do, on a thread, each second that another process holds it.

    Attributes:
        waits: Whether another process holds it.
    """

    def __init__(self, path: Path, meanwhile: Callable[[], None]) -> None:
        self.waits = False
        self._path = path
        self._meanwhile = meanwhile
        self._turn = asyncio.Lock()
        self._users = 0
        self._held: FolderLock | None = None

    async def __aenter__(self) -> None:
        self._users += 1
        try:
            async with self._turn:
                while self._held is None:
                    self._held = await asyncio.to_thread(self._take)
                    self.waits = self._held is None
                    if self.waits:
                        await asyncio.to_thread(self._meanwhile)
                        await asyncio.sleep(_LOOK_AGAIN_S)
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._users -= 1
        if not self._users:
            self.waits = False
            if self._held is not None:
                self._held.__exit__(None, None, None)
                self._held = None

    def _take(self) -> FolderLock | None:
        try:
            return FolderLock(self._path, wait_s=0).__enter__()
        except TransportTimeout:
            return None


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> bool:
        with suppress(OSError):
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            return True
        return False

else:
    import fcntl

    def _lock(fd: int) -> bool:
        with suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
