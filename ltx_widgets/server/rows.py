"""What the store holds: its tables, and its rows as values. All times: seconds since the epoch."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ltx_widgets.server.failures import Failure
from ltx_widgets.server.uploads import PARTS_TABLE, UPLOADS_TABLE
from ltx_widgets.server.webhook_rows import WEBHOOKS_TABLE
from ltx_widgets.submission import Access

__all__ = ["COLUMNS", "STEPS", "Job", "JobState", "Line", "failure_text", "read_job"]

JobState = Literal["queued", "running", "finished"]

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
_OPTIONS = """
    ALTER TABLE jobs ADD COLUMN low INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN start_by REAL;
    ALTER TABLE jobs ADD COLUMN no_retry INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN inline INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN keep_io INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE jobs ADD COLUMN keep_s REAL;
    ALTER TABLE jobs ADD COLUMN access TEXT NOT NULL DEFAULT 'allow';
    ALTER TABLE jobs ADD COLUMN submission TEXT;
    DROP INDEX jobs_by_state;
    CREATE INDEX jobs_by_state ON jobs (state, low, seq);
    CREATE UNIQUE INDEX jobs_by_submission ON jobs (submission) WHERE submission IS NOT NULL;
    CREATE INDEX jobs_to_start ON jobs (start_by) WHERE state = 'queued' AND start_by IS NOT NULL;
    CREATE INDEX jobs_to_expire ON jobs (finished + keep_s)
        WHERE state = 'finished' AND keep_s IS NOT NULL AND file_id IS NOT NULL;
"""
_DEATHS = "ALTER TABLE jobs ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;"
# What each version of the store added.
STEPS = (_TABLES, UPLOADS_TABLE, _OPTIONS, PARTS_TABLE, WEBHOOKS_TABLE, _DEATHS)
# Without the body, which may be large and is read once.
COLUMNS = (
    "seq, request_id, endpoint, state, attempt, stopping, created, started, finished, file_id, "
    "result, error, low, no_retry, inline, keep_s, access, deaths"
)
_FLAGS = ("stopping", "low", "no_retry", "inline")


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
        low: Whether it waits behind everything that is not.
        no_retry: Whether its first attempt is its last.
        inline: Whether its clip is wanted inside the result, as a data URI.
        keep_s: Seconds for which its clip is kept; None keeps it.
        access: Who may fetch its clip without the key.
        deaths: How often the server ended while it was rendered.
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
    low: bool = False
    no_retry: bool = False
    inline: bool = False
    keep_s: float | None = None
    access: Access = "allow"
    deaths: int = 0

    @property
    def clip_expired(self) -> bool:
        """Whether its clip was to be kept for a time that is over."""
        if self.keep_s is None or self.finished is None:
            return False
        return time.time() > self.finished + self.keep_s


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a job's log; `timestamp` is ISO 8601 in UTC."""

    timestamp: str
    level: str
    message: str


def failure_text(failure: Failure) -> str:
    """A failure as a row keeps it."""
    return json.dumps(
        {"status": failure.status, "body": failure.body, "error_type": failure.error_type}
    )


def read_job(row: tuple[Any, ...]) -> Job:
    """A job from the values of `COLUMNS`."""
    facts = dict(zip(COLUMNS.split(", "), row, strict=True))
    result, error = facts.pop("result"), facts.pop("error")
    facts.update({name: bool(facts[name]) for name in _FLAGS})
    return Job(
        **facts,
        result=json.loads(result) if result else None,
        failure=Failure(**json.loads(error)) if error else None,
    )
