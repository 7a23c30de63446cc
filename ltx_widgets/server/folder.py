"""The state folder: one server at a time, and a note that says where it is and with which key."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from ltx_widgets.config import Secret
from ltx_widgets.errors import TransportTimeout

__all__ = ["FolderLock", "ServerNote", "log_path", "read_note", "remove_note", "write_note"]

_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class ServerNote:
    """Where a server is.

    Attributes:
        url: Its base URL.
        pid: Its process.
        key: What it wants to be sent.
        version: Its ltx_widgets.
        started: Seconds since the epoch.
    """

    url: str
    pid: int
    key: Secret
    version: str
    started: float


def _note_path(state_dir: Path) -> Path:
    return state_dir / "server.json"


def log_path(state_dir: Path) -> Path:
    """Where the server and its workers complain."""
    return state_dir / "server.log"


def write_note(state_dir: Path, note: ServerNote) -> None:
    """Write the note at once and whole, for its owner's eyes only."""
    facts = {
        "url": note.url,
        "pid": note.pid,
        "key": note.key.reveal(),
        "version": note.version,
        "started": note.started,
    }
    draft = state_dir / f"server.json.{note.pid}"
    draft.unlink(missing_ok=True)
    # The mode is given at creation: a chmod afterwards would leave a moment to read it.
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        json.dump(facts, file)
    draft.replace(_note_path(state_dir))


def read_note(state_dir: Path) -> ServerNote | None:
    """The note; None where there is none that can be read."""
    try:
        facts = json.loads(_note_path(state_dir).read_text())
        return ServerNote(
            url=str(facts["url"]),
            pid=int(facts["pid"]),
            key=Secret(str(facts["key"])),
            version=str(facts["version"]),
            started=float(facts["started"]),
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def remove_note(state_dir: Path) -> None:
    """Remove the note if it is this process's own."""
    note = read_note(state_dir)
    if note is not None and note.pid == os.getpid():
        _note_path(state_dir).unlink(missing_ok=True)


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
