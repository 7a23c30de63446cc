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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ltx_widgets.errors import ConfigError
from ltx_widgets.server.failures import Failure
from ltx_widgets.server.options import Options
from ltx_widgets.server.rows import COLUMNS, STEPS, Job, JobState, Line, failure_text, read_job
from ltx_widgets.server.uploads import Uploads
from ltx_widgets.server.webhook_rows import Webhooks

__all__ = ["MAX_ATTEMPTS", "Cancelled", "Job", "JobState", "Line", "Store"]

MAX_ATTEMPTS = 3
"""How often a render is started before its job fails: a crash may be the machine's, not its own."""

Cancelled = Literal["dropped", "stopping", "already_finished"]

_PRAGMAS = """
    -- One process owns the store (see `folder.StateLock`), so WAL needs no shared memory, and works
    -- on network homes too.
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    -- Safe against the death of the process; only a power cut may lose the last commits.
    PRAGMA synchronous = NORMAL;
    PRAGMA busy_timeout = 5000;
    -- A request that was not to be kept is not in a free page either.
    PRAGMA secure_delete = ON;
"""
_VERSION = len(STEPS)
# A request that was not to be kept is kept for as long as it is needed.
_OVER = "state = 'finished', finished = ?, body = iif(keep_io, body, '{}')"


class Store:
    """One store file.

    Args:
        path: The SQLite file, made if missing, brought up to date if old. `uploads` is its table of
            what was uploaded, `webhooks` of who wants to be called.

    Raises:
        ConfigError: the file is no store, or of a newer version of ltx_widgets.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self.uploads = Uploads(self._db)
        self.webhooks = Webhooks(self._db)
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
            steps = "".join(STEPS[version:])
            # All of it or, after a crash in between, nothing.
            self._db.executescript(f"BEGIN; {steps}; PRAGMA user_version = {_VERSION}; COMMIT")
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
        options: Options | None = None,
        failure: Failure | None = None,
    ) -> Job:
        """Accept a job; one with a `failure` is finished from the start."""
        now = time.time()
        wanted = options or Options()
        row = {
            "request_id": request_id,
            "endpoint": endpoint,
            "body": json.dumps(body) if wanted.keep_io or not failure else "{}",
            "state": "finished" if failure else "queued",
            "created": now,
            "finished": now if failure else None,
            "error": failure_text(failure) if failure else None,
            "low": wanted.low,
            "start_by": None if wanted.start_timeout_s is None else now + wanted.start_timeout_s,
            "no_retry": wanted.no_retry,
            "inline": wanted.inline,
            "keep_io": wanted.keep_io,
            "keep_s": wanted.keep_s,
            "access": wanted.access,
            "submission": wanted.submission,
        }
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self._db.execute(
            f"INSERT INTO jobs ({names}) VALUES ({marks})",  # noqa: S608 - our own columns
            tuple(row.values()),
        )
        return self._known(request_id)

    def job(self, request_id: str) -> Job | None:
        """One job; None where there is none of that id."""
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM jobs WHERE request_id = ?",  # noqa: S608 - our own columns
            (request_id,),
        ).fetchone()
        return read_job(row) if row else None

    def _known(self, request_id: str) -> Job:
        job = self.job(request_id)
        if job is None:
            raise LookupError(request_id)
        return job

    def submitted(self, submission: str) -> Job | None:
        """The job that a submission made; None where it never arrived."""
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM jobs WHERE submission = ?",  # noqa: S608
            (submission,),
        ).fetchone()
        return read_job(row) if row else None

    def body(self, request_id: str) -> dict[str, Any]:
        """The request as it came."""
        row = self._db.execute("SELECT body FROM jobs WHERE request_id = ?", (request_id,))
        body: dict[str, Any] = json.loads(row.fetchone()[0])
        return body

    def recent(self, limit: int) -> list[Job]:
        """The newest jobs, newest first."""
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM jobs ORDER BY seq DESC LIMIT ?",  # noqa: S608
            (limit,),
        )
        return [read_job(row) for row in rows]

    def position(self, job: Job) -> int:
        """How many queued jobs come before this one."""
        row = self._db.execute(
            "SELECT count(*) FROM jobs WHERE state = 'queued' AND (low, seq) < (?, ?)",
            (job.low, job.seq),
        )
        return int(row.fetchone()[0])

    def waiting(self, endpoint: str) -> int:
        """How many jobs of an endpoint are queued."""
        row = self._db.execute(
            "SELECT count(*) FROM jobs WHERE state = 'queued' AND endpoint = ?", (endpoint,)
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

    def busy(self) -> int:
        """How many jobs wait or run."""
        row = self._db.execute("SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')")
        return int(row.fetchone()[0])

    def claim(self, file_id: str) -> Job | None:
        """Start the first queued job; None while nothing waits.

        Those of low priority come after all others; among equals, who came first is first.

        Args:
            file_id: Name of the file that this attempt writes.
        """
        row = self._db.execute(
            "SELECT request_id FROM jobs WHERE state = 'queued' ORDER BY low, seq LIMIT 1"
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
            f"UPDATE jobs SET {_OVER}, result = ?, error = ?"  # noqa: S608
            " WHERE request_id = ? AND state = 'running' AND attempt = ?",
            (
                time.time(),
                None if failure else json.dumps(outcome),
                failure_text(failure) if failure else None,
                job.request_id,
                job.attempt,
            ),
        )
        return done.rowcount == 1

    def put_back(self, job: Job, *, counts: bool, died: bool = False) -> None:
        """Queue a running job again, at its old place.

        Args:
            job: The attempt that ended.
            counts: Whether the attempt counts; one that we stopped ourselves does not.
            died: Whether it ended with its server.
        """
        self._db.execute(
            "UPDATE jobs SET state = 'queued', started = NULL, file_id = NULL, attempt = ?,"
            " deaths = deaths + ? WHERE request_id = ? AND state = 'running' AND attempt = ?",
            (job.attempt - (not counts), died, job.request_id, job.attempt),
        )

    def cancel(self, request_id: str, failure: Failure) -> Cancelled:
        """Drop a queued job, mark a running one to be stopped.

        Args:
            request_id: An existing job.
            failure: What a dropped job's result URL will say.
        """
        dropped = self._db.execute(
            f"UPDATE jobs SET {_OVER}, error = ?"  # noqa: S608
            " WHERE request_id = ? AND state = 'queued'",
            (time.time(), failure_text(failure), request_id),
        )
        if dropped.rowcount:
            return "dropped"
        marked = self._db.execute(
            "UPDATE jobs SET stopping = 1 WHERE request_id = ? AND state = 'running'", (request_id,)
        )
        return "stopping" if marked.rowcount else "already_finished"

    def give_up_late(self, failure: Failure) -> list[str]:
        """End the queued jobs that should have started by now.

        Args:
            failure: What their result URLs will say.

        Returns:
            Their ids.
        """
        now = time.time()
        ended = self._db.execute(
            f"UPDATE jobs INDEXED BY jobs_to_start SET {_OVER}, error = ?"  # noqa: S608
            " WHERE state = 'queued' AND start_by IS NOT NULL AND start_by <= ?"
            " RETURNING request_id",
            (now, failure_text(failure), now),
        )
        return [row[0] for row in ended.fetchall()]

    def next_start_by(self) -> float | None:
        """The earliest time by which a queued job wants to start, in seconds since the epoch."""
        row = self._db.execute(
            "SELECT min(start_by) FROM jobs INDEXED BY jobs_to_start"
            " WHERE state = 'queued' AND start_by IS NOT NULL"
        )
        earliest: float | None = row.fetchone()[0]
        return earliest

    def expired_clips(self) -> list[Job]:
        """Finished jobs whose clips were kept for as long as was asked."""
        rows = self._db.execute(
            # Named: the planner would rather look at every finished job.
            f"SELECT {COLUMNS} FROM jobs INDEXED BY jobs_to_expire"  # noqa: S608
            " WHERE state = 'finished' AND keep_s IS NOT NULL AND file_id IS NOT NULL"
            " AND finished + keep_s < ?",
            (time.time(),),
        )
        return [read_job(row) for row in rows]

    def forget_clip(self, job: Job) -> None:
        """The clip of a finished job is gone; its result stays."""
        self._db.execute("UPDATE jobs SET file_id = NULL WHERE request_id = ?", (job.request_id,))

    def running(self) -> list[Job]:
        """The running jobs; right after opening, those that the last server left behind."""
        rows = self._db.execute(f"SELECT {COLUMNS} FROM jobs WHERE state = 'running'")  # noqa: S608
        return [read_job(row) for row in rows]

    def clip(self, file_id: str) -> Job | None:
        """The finished job whose clip has this name."""
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM jobs WHERE file_id = ? AND result IS NOT NULL",  # noqa: S608
            (file_id,),
        ).fetchone()
        return read_job(row) if row else None

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
