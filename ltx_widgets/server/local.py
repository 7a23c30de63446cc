"""The embedded server from a kernel's side: find it, start it, end it.

It is a process of its own, so that it outlives a kernel's restart and serves several kernels. This
module imports no web framework: kernels pay for one only where it runs.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ltx_widgets.config import Secret, package_version, private_folder
from ltx_widgets.errors import ConfigError, TransportTimeout
from ltx_widgets.folder_lock import FolderLock
from ltx_widgets.server.folder import ServerNote, log_path, read_note
from ltx_widgets.server.settings import child_environment

__all__ = ["RunningServer", "ensure_server", "find_server", "stop_server"]

_POLL_S = 0.02
_ANSWER_S = 2.0
_LAST_MOMENT_S = 0.5
_TAIL_LINES = 15

# Kept until they are waited for: a child nobody waits for stays behind as a zombie.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that answered just now.

    Attributes:
        url: Its base URL.
        key: Sent to it as ``Authorization: Key …``.
        pid: Its process.
    """

    url: str
    key: Secret
    pid: int


def find_server(state_dir: Path) -> RunningServer | None:
    """The server of that folder, if it answers."""
    note = read_note(state_dir)
    if note is None or _health(note) is None:
        return None
    return RunningServer(note.url, note.key, note.pid)


def _find_current(state_dir: Path) -> RunningServer | None:
    """As `find_server`, but not one that an older installation started and that is free to go."""
    note = read_note(state_dir)
    facts = _health(note) if note is not None else None
    if note is None or facts is None:
        return None
    jobs = facts["jobs"]
    if note.version != package_version() and not (jobs["queued"] or jobs["running"]):
        return None
    return RunningServer(note.url, note.key, note.pid)


def _health(note: ServerNote) -> dict[str, Any] | None:
    facts = _call(note, "GET", "/_ltx/health") if _alive(note.pid) else None
    return facts if facts is not None and facts.get("pid") == note.pid else None


def ensure_server(state_dir: Path, *, idle_s: float = 900, timeout_s: float = 20) -> RunningServer:
    """The server of that folder, started if it does not run.

    Two kernels that ask at the same moment get the same one. A server of another version of
    ltx_widgets is replaced, unless it still has work.

    Args:
        state_dir: Made if missing.
        idle_s: Seconds without use after which a server started here ends by itself.
        timeout_s: How long to wait for each: one that runs to answer, an older one to end, a new
            one to start.

    Raises:
        ConfigError: it ended instead of starting; the message has the end of its log.
        TransportTimeout: it does not answer in time; the message has the end of its log.
    """
    running = _find_current(state_dir)
    if running is not None:
        return running
    private_folder(state_dir)
    with FolderLock(state_dir / "starting.lock", wait_s=timeout_s):
        _answering(state_dir, time.monotonic() + timeout_s)
        running = _find_current(state_dir)
        if running is None:
            stop_server(state_dir, timeout_s=timeout_s)
            running = _start(state_dir, idle_s, time.monotonic() + timeout_s)
        return running


def _start(state_dir: Path, idle_s: float, deadline: float) -> RunningServer:
    log = log_path(state_dir)
    seen = log.stat().st_size if log.exists() else 0
    child = _spawn(state_dir, idle_s)
    while time.monotonic() < deadline:
        running = find_server(state_dir)
        if running is not None:
            return running
        if child.poll() is not None:
            raise ConfigError(
                f"the local server ended with exit code {child.returncode}{_tail(log, seen)}"
            )
        time.sleep(_POLL_S)
    child.terminate()
    raise TransportTimeout(f"the local server does not answer{_tail(log, seen)}", sent=False)


def _spawn(state_dir: Path, idle_s: float) -> subprocess.Popen[bytes]:
    _reap()
    detached: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        detached = {
            "creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
        }
    module = ("-P", "-m", "ltx_widgets.server")
    options = ("--state-dir", str(state_dir.resolve()), "--idle", str(idle_s))
    log = os.open(log_path(state_dir), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    try:
        child = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
            [sys.executable, *module, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=state_dir,
            env=child_environment(),
            **detached,
        )
    finally:
        os.close(log)
    _started.append(child)
    return child


def _reap() -> None:
    _started[:] = [child for child in _started if child.poll() is None]


def stop_server(state_dir: Path, *, timeout_s: float = 10) -> bool:
    """End the server of that folder; what it was rendering is queued for the next one.

    Args:
        state_dir: Its folder.
        timeout_s: How long to wait for its end.

    Returns:
        False if there was none.

    Raises:
        TransportTimeout: it does not answer, or still runs, after `timeout_s` seconds.
    """
    deadline = time.monotonic() + timeout_s
    note = _answering(state_dir, deadline)
    if note is None:
        return False
    _call(note, "POST", "/_ltx/shutdown")
    with FolderLock(state_dir / "server.lock", wait_s=max(0.0, deadline - time.monotonic())):
        # The lock goes with its last lines; the process goes a moment later. Not for long: the
        # child of a kernel that is busy stays behind as a zombie, which looks alive from here.
        deadline = time.monotonic() + _LAST_MOMENT_S
        while sys.platform != "win32" and _alive(note.pid) and time.monotonic() < deadline:
            _reap()
            time.sleep(_POLL_S)
    return True


def _answering(state_dir: Path, deadline: float) -> ServerNote | None:
    """The note of the server there; one too busy to answer is waited for, not taken for none."""
    while (note := read_note(state_dir)) is not None and _health(note) is None:
        if not (_alive(note.pid) and _is_held(state_dir / "server.lock")):
            return None
        if time.monotonic() >= deadline:
            raise TransportTimeout(
                f"the local server (process {note.pid}) runs and does not answer", sent=False
            )
        time.sleep(_POLL_S)
    return note


def _is_held(lock: Path) -> bool:
    try:
        with FolderLock(lock, wait_s=0):
            return False
    except TransportTimeout:
        return True


def _alive(pid: int) -> bool:
    # Windows has no harmless signal; there, only the server's answer counts.
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # Somebody else's process got the number.
    return True


def _call(note: ServerNote, method: str, path: str) -> dict[str, Any] | None:
    """The reply's JSON; None for anything but a good answer."""
    headers = {"Authorization": f"Key {note.key.reveal()}"}
    try:
        server = http.client.HTTPConnection(urlsplit(note.url).netloc, timeout=_ANSWER_S)
        with closing(server):
            server.request(method, path, headers=headers)
            reply = server.getresponse()
            facts = json.loads(reply.read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    good = reply.status < http.client.BAD_REQUEST and isinstance(facts, dict)
    return facts if good else None


def _tail(log: Path, seen: int) -> str:
    """The log since then, for a message."""
    try:
        with log.open("rb") as file:
            # A log that rotated meanwhile is shorter than it was.
            file.seek(seen if seen <= log.stat().st_size else 0)
            lines = file.read()[-8192:].decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    end = "\n".join(line for line in lines[-_TAIL_LINES:] if line.strip())
    return f"; the end of {log}:\n{end}" if end else f"; {log} says nothing"
