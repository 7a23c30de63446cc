"""Jobs on one board: how each stands, with Cancel, its log on demand, and its clip.

The page draws the rows and moves the clocks; the kernel tells what changed, of all jobs in one
message, five times a second at most. A log goes over only while somebody has it open.

Page to kernel: ``hello``, ``cancel``, ``log`` (open), ``whole``, ``show``, ``dismiss``. Kernel to
page: ``all`` (rows; said: the last text, if it is fresh), ``news`` (rows: what changed in them;
gone; logs), ``whole`` (lines, or reason), ``say`` (text). All but ``hello``, ``all``, ``news`` and
``say`` name their row.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError
from ltx_widgets.history import Run
from ltx_widgets.job import Job
from ltx_widgets.session import Session
from ltx_widgets.widgets._kernel import let_clicks_through
from ltx_widgets.widgets.board_rows import Entry, Row
from ltx_widgets.widgets.job_words import say_reasons
from ltx_widgets.widgets.style import script

__all__ = ["Board"]

_log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_PAINT_S = 0.2
_MOST_OVER = 8
_MOST_LINES = 20_000
# A page that comes later than that is not told what was said before it was there.
_FRESH_S = 20.0


class Board(anywidget.AnyWidget):
    """A list of jobs, newest first. Callable from any thread.

    Args:
        on_clip: Called with each job that finished and its clip, on the session's loop.
        on_show: Called with the clip that somebody asked for.
    """

    _esm = script("keys.js", "board.js")
    _css = _HERE / "board.css"

    def __init__(
        self,
        on_clip: Callable[[Job, Clip], None] | None = None,
        on_show: Callable[[Clip], None] | None = None,
    ) -> None:
        self._on_clip, self._on_show = on_clip, on_show
        # Held while something is told as well, so that the page hears it in order.
        self._lock = threading.RLock()
        self._entries: dict[str, Entry] = {}
        self._gone: list[str] = []
        self._session: Session | None = None
        self._said, self._said_at = "", 0.0
        self._painting = self._dirty = self._closed = False
        super().__init__()
        let_clicks_through(self)
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return "Board()"

    @property
    def jobs(self) -> list[Job]:
        """The jobs on it, newest first."""
        with self._lock:
            jobs = [entry.job for entry in self._entries.values() if entry.job is not None]
        return sorted(jobs, key=lambda job: -job.number)

    def add(self, job: Job, session: Session) -> None:
        """Show a job until it is over, and for a while after that. Twice is once."""
        with self._lock:
            if job not in self.jobs:
                self._entries[str(job.number)] = Entry(job.number, job)
        self._tell_soon(session)

    def list_elsewhere(self, run: Run, advice: str, session: Session) -> None:
        """List a run that cannot be followed from here, with what to do about it."""
        with self._lock:
            if f"run-{run.number}" not in self._entries:
                self._entries[f"run-{run.number}"] = Entry.elsewhere(run, advice)
        self._tell_soon(session)

    def announce(self, text: str) -> None:
        """Have it read aloud to who listens to the page instead of looking at it."""
        self._said, self._said_at = text, time.monotonic()
        self.send({"kind": "say", "text": text})

    def close(self) -> None:
        """Take it off the page; the jobs go on."""
        self._closed = True
        super().close()

    def _tell_soon(self, session: Session) -> None:
        """There is news: paint until every job is over."""
        with self._lock:
            self._session, self._dirty = session, True
            if not self._painting and not self._closed:
                self._painting = True
                session.start(self._paint())

    async def _paint(self) -> None:
        try:
            await self._paint_to_the_end()
        except BaseException:
            self._painting = False  # A session that closes takes this task along.
            raise

    async def _paint_to_the_end(self) -> None:
        while True:
            for entry in self._just_ended():
                await self._conclude(entry)
            with self._lock:
                self._dirty = False
                news = self._news()
                if news is not None and not self._closed:
                    self.send(news)
            # Also at the end: whoever begins to paint next begins no sooner.
            await asyncio.sleep(_PAINT_S)
            with self._lock:
                live = any(not entry.over for entry in self._entries.values())
                if self._closed or not (live or self._dirty):
                    self._painting = False
                    return

    def _just_ended(self) -> list[Entry]:
        with self._lock:
            entries = list(self._entries.values())
        return [e for e in entries if not e.over and e.job is not None and e.job.done]

    async def _conclude(self, entry: Entry) -> None:
        """A job is over: keep its clip or its reasons, and let old rows go."""
        job = entry.job
        if job is None:
            return
        try:
            entry.clip = await job
        except Exception as error:  # noqa: BLE001 - whatever it is, the row is where it is told
            if job.snapshot().phase != "cancelled":
                entry.reasons = say_reasons(error)
        with self._lock:
            entry.over = True
            self._make_room()
        if entry.clip is not None and self._on_clip is not None:
            try:
                await asyncio.to_thread(self._on_clip, job, entry.clip)
            except Exception:  # noqa: BLE001 - logged below
                # A clip that cannot be shown must not stop the news of all others.
                _log.exception("a finished clip cannot be shown")

    def _make_room(self) -> None:
        """Let the oldest rows of jobs that are over go; what failed stays longest."""
        over = [id_ for id_, entry in self._entries.items() if entry.over and entry.job]
        over.sort(key=lambda id_: (bool(self._entries[id_].reasons), int(id_)))
        for id_ in over[: max(0, len(over) - _MOST_OVER)]:
            self._remove(id_)

    def _remove(self, id_: str) -> None:
        if self._entries.pop(id_).told:
            self._gone.append(id_)

    def _news(self) -> Row | None:
        """What changed since the page was told last; None for nothing."""
        rows, logs = [], {}
        for id_, entry in self._entries.items():
            changed = entry.changes()
            if changed:
                rows.append({"id": id_, **changed})
            if entry.lines is not None and (new := entry.new_lines()):
                logs[id_] = new
        gone, self._gone = self._gone, []
        if not (rows or logs or gone):
            return None
        return {"kind": "news", "rows": rows, "logs": logs, "gone": gone}

    def _heard(self, _: Any, said: Mapping[str, Any], __: Any) -> None:
        id_ = str(said.get("id", ""))
        with self._lock:
            if said.get("kind") == "hello":
                rows = [{"id": i, **e.told_now()} for i, e in self._entries.items() if e.told]
                fresh = time.monotonic() < self._said_at + _FRESH_S
                self.send({"kind": "all", "rows": rows, "said": self._said if fresh else ""})
                return
            entry, session = self._entries.get(id_), self._session
            if entry is None or session is None:
                return
            if said.get("kind") == "log":
                self._open_log(id_, entry, is_open=bool(said.get("open")))
            elif said.get("kind") == "dismiss" and entry.over:
                self._remove(id_)
                self._tell_soon(session)
        if said.get("kind") == "show" and entry.clip is not None and self._on_show is not None:
            self._on_show(entry.clip)
        elif entry.job is not None and said.get("kind") == "cancel":
            session.start(self._cancel(entry, entry.job))
        elif entry.job is not None and said.get("kind") == "whole":
            session.start(self._whole_log(id_, entry.job))

    def _open_log(self, id_: str, entry: Entry, *, is_open: bool) -> None:
        entry.lines = () if is_open else None
        if is_open and (new := entry.new_lines()):
            self.send({"kind": "news", "rows": [], "logs": {id_: new}, "gone": []})

    async def _cancel(self, entry: Entry, job: Job) -> None:
        entry.asking, entry.can_ask = "Asking the server to cancel", False
        try:
            answer = await asyncio.to_thread(job.cancel)
        except LTXError as error:
            entry.asking, entry.can_ask = str(error), True
            return
        if answer == "requested":
            entry.asking = "The server was asked to cancel; what is under way may still finish"

    async def _whole_log(self, id_: str, job: Job) -> None:
        said: Row = {"kind": "whole", "id": id_}
        try:
            lines = await asyncio.to_thread(job.log)
            said["lines"] = [line.message for line in lines[-_MOST_LINES:]]
        except LTXError as error:
            said["reason"] = f"The server does not tell it: {error}"
        self.send(said)
