"""The state folder: one server at a time, and a note that says where it is and with which key."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from ltx_widgets.config import Secret

__all__ = ["ServerNote", "log_path", "read_note", "remove_note", "write_note"]


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
