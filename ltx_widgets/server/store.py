"""The queue and its truth, in SQLite: what was accepted is finished, whatever happens in between.

A job goes ``queued → running → finished``; a finished one has a result or an error. Jobs that were
running when the server died are queued again when the next one opens the store.

The server's event loop calls this directly over one connection: a call takes some ten microseconds
(nothing waits for the disk, see `_PRAGMAS`), and one thread needs no locks. All times are seconds
since the epoch.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ltx_widgets.errors import ConfigError
from ltx_widgets.server.failures import Failure
from ltx_widgets.server.uploads import UPLOADS_TABLE, Uploads

__all__ = ["MAX_ATTEMPTS", "Cancelled", "Job", "JobState", "Line", "Store"]

MAX_ATTEMPTS = 3
"""How often a render is started before its job fails: a crash may be the machine's, not its own."""

JobState = Literal["queued", "running", "finished"]
Cancelled = Literal["dropped", "stopping", "already_finished"]

_PRAGMAS = """
    -- One process owns the store (see `folder.StateLock`), so WAL needs no shared memory, and works
    -- on network homes too.
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    -- Safe against the death of the process; only a power cut may lose the last commits.
    PRAGMA synchronous = NORMAL;
    PRAGMA busy_timeout = 5000;
"""
_TABLES = """
    CREATE TABLE IF NOT EXISTS jobs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id TEXT NOT NULL UNIQUE,
        endpoint TEXT NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL,
        attempt INTEGER NOT NULL DEFAULT 0,
        stopping INTEGER NOT NULL DEFAULT 0,
        created REAL NOT NULL,
        started REAL,
        finished REAL,
        file_id TEXT UNIQUE,
        result TEXT,
        error TEXT
    );
    CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, seq);
    CREATE TABLE IF NOT EXISTS log_lines (
        request_id TEXT NOT NULL,
        n INTEGER NOT NULL,
        timestamp TEXT NOT NULL,
        level TEXT NOT NULL,
        message TEXT NOT NULL,
        PRIMARY KEY (request_id, n)
    ) WITHOUT ROWID;
"""
# What each version of the store added; all of it may be run again after a crash in between.
_STEPS = (_TABLES, UPLOADS_TABLE)
_VERSION = len(_STEPS)
# Without the body, which may be large and is read once.
_COLUMNS = (
    "seq, request_id, endpoint, state, attempt, stopping, created, started, finished, file_id, "
    "result, error"
)


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the queue, without its request.

    Attributes:
        seq: Order of arrival.
        request_id: A uuid4.
        endpoint: Full endpoint id.
        state: "queued", "running" or "finished".
        attempt: How often its render was started.
        stopping: Whether somebody asked for it to be cancelled while it ran.
        created: When it was accepted.
        started: When its latest render began.
        finished: When it ended.
        file_id: Unguessable name of its clip.
        result: What the engine made of it.
        failure: What went wrong.
    """

    seq: int
    request_id: str
    endpoint: str
    state: JobState
    attempt: int
    stopping: bool
    created: float
    started: float | None = None
    finished: float | None = None
    file_id: str | None = None
    result: Mapping[str, Any] | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a job's log; `timestamp` is ISO 8601 in UTC."""

    timestamp: str
    level: str
    message: str


class Store:
    """One store file.

    Args:
        path: The SQLite file, made if missing, brought up to date if old. `uploads` is its table of
            what was uploaded.

    Raises:
        ConfigError: the file is no store, or of a newer version of ltx_widgets.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self.uploads = Uploads(self._db)
        try:
            version = self._prepare()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise ConfigError(f"{path} is no queue of ours ({error}); move it away") from error
        if version > _VERSION:
            self._db.close()
            raise ConfigError(f"{path} was written by a newer ltx_widgets; update this one")

    def _prepare(self) -> int:
        self._db.executescript(_PRAGMAS)
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        if version < _VERSION:
            steps = "".join(_STEPS[version:])
            self._db.executescript(f"{steps}; PRAGMA user_version = {_VERSION}")
        return version

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(
        self,
        request_id: str,
        endpoint: str,
        body: Mapping[str, Any],
        *,
        failure: Failure | None = None,
    ) -> Job:
        """Accept a job; one with a `failure` is finished from the start."""
        now = time.time()
        added = self._db.execute(
            "INSERT INTO jobs (request_id, endpoint, body, state, created, finished, error)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                request_id,
                endpoint,
                json.dumps(body),
                "finished" if failure else "queued",
                now,
                now if failure else None,
                _failure_text(failure) if failure else None,
            ),
        )
        return Job(
            seq=added.lastrowid or 0,
            request_id=request_id,
            endpoint=endpoint,
            state="finished" if failure else "queued",
            attempt=0,
            stopping=False,
            created=now,
            finished=now if failure else None,
            failure=failure,
        )

    def job(self, request_id: str) -> Job | None:
        """One job; None where there is none of that id."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM jobs WHERE request_id = ?",  # noqa: S608 - our own columns
            (request_id,),
        ).fetchone()
        return _job(row) if row else None

    def body(self, request_id: str) -> dict[str, Any]:
        """The request as it came."""
        row = self._db.execute("SELECT body FROM jobs WHERE request_id = ?", (request_id,))
        body: dict[str, Any] = json.loads(row.fetchone()[0])
        return body

    def recent(self, limit: int) -> list[Job]:
        """The newest jobs, newest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM jobs ORDER BY seq DESC LIMIT ?",  # noqa: S608
            (limit,),
        )
        return [_job(row) for row in rows]

    def position(self, job: Job) -> int:
        """How many queued jobs come before this one."""
        row = self._db.execute(
            "SELECT count(*) FROM jobs WHERE state = 'queued' AND seq < ?", (job.seq,)
        )
        return int(row.fetchone()[0])

    def counts(self) -> dict[JobState, int]:
        """How many jobs are in each state."""
        counts: dict[JobState, int] = {"queued": 0, "running": 0, "finished": 0}
        counts.update(self._db.execute("SELECT state, count(*) FROM jobs GROUP BY state"))
        return counts

    def unfinished(self) -> bool:
        """Whether any job still waits or runs."""
        row = self._db.execute("SELECT 1 FROM jobs WHERE state IN ('queued', 'running') LIMIT 1")
        return row.fetchone() is not None

    def claim(self, file_id: str) -> Job | None:
        """Start the oldest queued job; None while nothing waits.

        Args:
            file_id: Name of the file that this attempt writes.
        """
        row = self._db.execute(
            "SELECT request_id FROM jobs WHERE state = 'queued' ORDER BY seq LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        self._db.execute(
            "UPDATE jobs SET state = 'running', attempt = attempt + 1, started = ?, file_id = ?"
            " WHERE request_id = ?",
            (time.time(), file_id, row[0]),
        )
        return self.job(row[0])

    def finish(self, job: Job, outcome: Mapping[str, Any] | Failure) -> bool:
        """End this attempt of a running job.

        Returns:
            False where the job was not running this attempt any more, so that none ends twice.
        """
        failure = outcome if isinstance(outcome, Failure) else None
        done = self._db.execute(
            "UPDATE jobs SET state = 'finished', finished = ?, result = ?, error = ?"
            " WHERE request_id = ? AND state = 'running' AND attempt = ?",
            (
                time.time(),
                None if failure else json.dumps(outcome),
                _failure_text(failure) if failure else None,
                job.request_id,
                job.attempt,
            ),
        )
        return done.rowcount == 1

    def put_back(self, job: Job, *, counts: bool) -> None:
        """Queue a running job again, at its old place.

        Args:
            job: The attempt that ended.
            counts: Whether the attempt counts; one that we stopped ourselves does not.
        """
        self._db.execute(
            "UPDATE jobs SET state = 'queued', started = NULL, file_id = NULL, attempt = ?"
            " WHERE request_id = ? AND state = 'running' AND attempt = ?",
            (job.attempt - (not counts), job.request_id, job.attempt),
        )

    def cancel(self, request_id: str, failure: Failure) -> Cancelled:
        """Drop a queued job, mark a running one to be stopped.

        Args:
            request_id: An existing job.
            failure: What a dropped job's result URL will say.
        """
        dropped = self._db.execute(
            "UPDATE jobs SET state = 'finished', finished = ?, error = ?"
            " WHERE request_id = ? AND state = 'queued'",
            (time.time(), _failure_text(failure), request_id),
        )
        if dropped.rowcount:
            return "dropped"
        marked = self._db.execute(
            "UPDATE jobs SET stopping = 1 WHERE request_id = ? AND state = 'running'", (request_id,)
        )
        return "stopping" if marked.rowcount else "already_finished"

    def running(self) -> list[Job]:
        """The running jobs; right after opening, those that the last server left behind."""
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM jobs WHERE state = 'running'")  # noqa: S608
        return [_job(row) for row in rows]

    def clip(self, file_id: str) -> Job | None:
        """The finished job whose clip has this name."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM jobs WHERE file_id = ? AND result IS NOT NULL",  # noqa: S608
            (file_id,),
        ).fetchone()
        return _job(row) if row else None

    def log(self, request_id: str, message: str, *, level: str = "INFO") -> None:
        """Append a line to a job's log."""
        self._db.execute(
            "INSERT INTO log_lines SELECT ?, count(*), ?, ?, ? FROM log_lines WHERE request_id = ?",
            (request_id, datetime.now(UTC).isoformat(), level, message, request_id),
        )

    def lines(self, request_id: str, *, after: int = 0) -> list[Line]:
        """A job's log.

        Args:
            request_id: Which job.
            after: How many lines to leave out at the beginning.
        """
        rows = self._db.execute(
            "SELECT timestamp, level, message FROM log_lines WHERE request_id = ? AND n >= ?"
            " ORDER BY n",
            (request_id, after),
        )
        return [Line(*row) for row in rows]


def _failure_text(failure: Failure) -> str:
    return json.dumps(
        {"status": failure.status, "body": failure.body, "error_type": failure.error_type}
    )


def _job(row: tuple[Any, ...]) -> Job:
    facts = dict(zip(_COLUMNS.split(", "), row, strict=True))
    result, error = facts.pop("result"), facts.pop("error")
    facts["stopping"] = bool(facts["stopping"])
    return Job(
        **facts,
        result=json.loads(result) if result else None,
        failure=Failure(**json.loads(error)) if error else None,
    )
