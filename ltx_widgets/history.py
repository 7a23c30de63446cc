"""The record of every run: written before a request is sent, so that nothing is lost.

One SQLite file for all kernels and notebooks of a user. It holds no key: only which kind of
place a call went to and its address.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from ltx_widgets.budget import Budget, today
from ltx_widgets.errors import ConfigError
from ltx_widgets.wanted import Wanted, fold

__all__ = ["History", "Run", "RunState"]

RunState = Literal["sending", "running", "finished", "failed", "cancelled", "unknown"]

_log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    request_id TEXT UNIQUE,
    endpoint TEXT NOT NULL,
    place TEXT NOT NULL,
    url TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    clip TEXT,
    facts TEXT,
    error TEXT,
    submission TEXT,
    batch TEXT,
    price REAL,
    removed TEXT,
    kept INTEGER
)
"""
# For files of before, which lack some of them.
_LATER = {
    "submission": "TEXT",
    "batch": "TEXT",
    "price": "REAL",
    "removed": "TEXT",
    "kept": "INTEGER",
}
_WAIT_S = 10.0
_AGAIN_S = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """One row of the history.

    Attributes:
        number: Counts up.
        request_id: The service's id; None until the service answered.
        endpoint: Full endpoint id.
        place: "hosted", "server" or "local".
        url: Base URL that it went to.
        request: The body that was sent.
        state: "sending" (the answer to the submit never came: it may be running), "running",
            "finished", "failed", "cancelled", or "unknown".
        started: When it was sent, UTC.
        ended: When it ended, UTC.
        clip: Where its clip is kept.
        facts: What is known of the clip: cost, engine, notes, parents. Those are known before.
        error: Why it failed.
        submission: Our own name for the submit, by which our own server finds its job.
        batch: What it was sent together with, such as a sweep; None for a run of its own.
        price: US dollars: what it is expected to cost at most, then what the service counted; None
            where calls are free or the price is not known.
        removed: When its clip was taken out of the gallery, UTC; None for one that is in there.
        kept: Whether somebody marked its clip as one to keep.
    """

    number: int
    request_id: str | None
    endpoint: str
    place: str
    url: str
    request: Mapping[str, Any]
    state: RunState
    started: datetime
    ended: datetime | None = None
    clip: Path | None = None
    facts: Mapping[str, Any] | None = None
    error: str | None = None
    submission: str | None = None
    batch: str | None = None
    price: float | None = None
    removed: datetime | None = None
    kept: bool = False

    @property
    def id(self) -> str:
        """What `resume` takes: the service's id or, while that is not known, our own."""
        return self.request_id or self.submission or ""


class History:
    """The runs of one user, shared by every kernel.

    Each call opens and closes the file: several kernels, threads and a restart in between are
    then all the same case, and a call costs about a millisecond.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(self._connect()) as db, db:
                _use_wal(db)
                # Two kernels may come here at once; the second one finds it done.
                db.execute("BEGIN IMMEDIATE")
                db.execute(_SCHEMA)
                columns = {row["name"] for row in db.execute("PRAGMA table_info(runs)")}
                for name, kind in _LATER.items():
                    if name not in columns:
                        db.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")
        except sqlite3.Error as error:
            raise ConfigError(
                f"the history at {path} cannot be opened ({error}); move it away, or name "
                "another folder in LTX_WIDGETS_HOME"
            ) from error
        path.chmod(0o600)

    def begin(
        self,
        *,
        endpoint: str,
        place: str,
        url: str,
        request: Mapping[str, Any],
        submission: str | None = None,
        batch: str | None = None,
        price: float | None = None,
        budget: Budget | None = None,
    ) -> int:
        """Note that a request is about to be sent; returns the run's number.

        The arguments are `Run`'s attributes, and a budget that it must keep to. That is looked at
        while no other kernel can write, so that two of them cannot both take what is left.

        Raises:
            BudgetExceeded: the request must not be sent.
            ConfigError: it could not be written down, so the request must not be sent.
        """
        try:
            with closing(self._connect()) as db, db:
                if budget is not None:
                    db.execute("BEGIN IMMEDIATE")
                    budget.check(_spent(db, today()), price)
                row = db.execute(
                    "INSERT INTO runs (endpoint, place, url, request, state, started, submission,"
                    " batch, price) VALUES (?, ?, ?, ?, 'sending', ?, ?, ?, ?)",
                    (
                        *(endpoint, place, url, json.dumps(dict(request)), _now(), submission),
                        *(batch, price),
                    ),
                )
                return int(row.lastrowid or 0)
        except sqlite3.Error as error:
            raise ConfigError(
                f"the history at {self.path} cannot be written ({error}), so nothing was sent; "
                "make room there, or name another folder in LTX_WIDGETS_HOME"
            ) from error

    def came_from(self, number: int, parents: Mapping[str, str]) -> None:
        """Note which clips its media are of, for whoever goes on with it."""
        self._update(number, facts=json.dumps({"parents": dict(parents)}))

    def accepted(self, number: int, request_id: str) -> None:
        """The service answered with an id."""
        self._update(number, request_id=request_id, state="running")

    def finished(
        self, number: int, *, clip: Path, facts: Mapping[str, Any], price: float | None = None
    ) -> None:
        """The clip is on disk, and cost `price` where the service told it."""
        counted = {} if price is None else {"price": price}
        told = json.dumps(dict(facts))
        self._update(number, state="finished", ended=_now(), clip=str(clip), facts=told, **counted)

    def ended(self, number: int, state: RunState, error: str = "") -> None:
        """The run ended without a clip."""
        self._update(number, state=state, ended=_now(), error=error)

    def matching(self, request_id: str) -> list[Run]:
        """The runs whose id, the service's or our own, begins like that, two at most."""
        escaped = request_id.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return self._select(
            "WHERE request_id LIKE ? ESCAPE '\\'"
            " OR (request_id IS NULL AND submission LIKE ? ESCAPE '\\') LIMIT 2",
            (f"{escaped}%", f"{escaped}%"),
        )

    def of_request(self, request_id: str) -> Run | None:
        """The run of exactly that id of the service; None where there is none."""
        return next(iter(self._select("WHERE request_id = ?", (request_id,))), None)

    def recent(self, limit: int = 20) -> list[Run]:
        """The newest runs, newest first."""
        return self._select("ORDER BY number DESC LIMIT ?", (limit,))

    def in_batch(self, pattern: str) -> list[Run]:
        """The runs whose batch is like an SQL pattern, newest first."""
        return self._select("WHERE batch LIKE ? ORDER BY number DESC", (pattern,))

    def under_way(self, limit: int = 100) -> list[Run]:
        """The newest runs that were sent and are not known to be over, newest first."""
        order = "ORDER BY number DESC LIMIT ?"
        return self._select(f"WHERE state IN ('sending', 'running') {order}", (limit,))

    def finished_runs(
        self, wanted: Wanted | None = None, *, before: int | None = None, limit: int = 24
    ) -> list[Run]:
        """Finished runs, newest first.

        Args:
            wanted: Which ones; all that are in the gallery if left out.
            before: Go on from the run of this number, which was the last one.
            limit: At most so many.
        """
        tail, values = (wanted or Wanted()).where()
        older, at = ("", ()) if before is None else (" AND number < ?", (before,))
        return self._select(
            f"{tail}{older} ORDER BY number DESC LIMIT ?",
            (*values, *at, limit),
        )

    def count_finished(self, wanted: Wanted | None = None) -> int:
        """How many runs `finished_runs` would tell in all."""
        tail, values = (wanted or Wanted()).where()
        with self._reading() as db:
            sql = f"SELECT COUNT(*) FROM runs {tail}"  # noqa: S608 - our own words
            return int(db.execute(sql, values).fetchone()[0])

    def numbered(self, numbers: Sequence[int]) -> list[Run]:
        """The runs of these numbers, as far as there are some, newest first."""
        listed = json.dumps(list(numbers))
        return self._select(
            "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number DESC", (listed,)
        )

    def parents(self) -> list[tuple[int, int]]:
        """Which run was made from which other one's clip: (number, number of the other)."""
        with self._reading() as db:
            rows = db.execute(
                "SELECT DISTINCT made.number, source.number"
                " FROM runs AS made, json_each(made.facts, '$.parents') AS parent"
                " JOIN runs AS source ON source.request_id = parent.value"
            )
            return [(int(made), int(source)) for made, source in rows]

    def mark(
        self, numbers: Sequence[int], *, removed: bool | None = None, kept: bool | None = None
    ) -> None:
        """Take runs out of the gallery or put them back, mark them to be kept or not.

        Raises:
            ConfigError: it could not be written down.
        """
        listed = json.dumps(list(numbers))
        try:
            with closing(self._connect()) as db, db:
                those = "WHERE number IN (SELECT value FROM json_each(?))"
                if removed is not None:
                    when = _now() if removed else None
                    db.execute(f"UPDATE runs SET removed = ? {those}", (when, listed))  # noqa: S608
                if kept is not None:
                    db.execute(f"UPDATE runs SET kept = ? {those}", (kept, listed))  # noqa: S608
        except sqlite3.Error as error:
            raise ConfigError(f"the history at {self.path} cannot be written ({error})") from error

    def stamp(self) -> tuple[int, ...]:
        """A value that is another one after whatever was written, by any kernel; cheap."""
        log = self.path.with_name(f"{self.path.name}-wal")
        # A reader makes an empty log and takes it away again: that is no change.
        seen = [self.path.stat()]
        with suppress(OSError):
            seen += [stat for stat in [log.stat()] if stat.st_size]
        return tuple(value for stat in seen for value in (stat.st_mtime_ns, stat.st_size))

    def spent(self, since: datetime) -> float:
        """US dollars of the runs sent since then, those under way at what they may cost.

        Failed and cancelled ones are left out: fal does not charge for its own faults.
        """
        with self._reading() as db:
            return _spent(db, since)

    def _update(self, number: int, **values: str | float) -> None:
        # Never raises: the job is under way or the clip is on disk, and neither may be lost over
        # a note. The log then has what the history lacks.
        columns = ", ".join(f"{name} = ?" for name in values)
        try:
            with closing(self._connect()) as db, db:
                db.execute(
                    f"UPDATE runs SET {columns}"  # noqa: S608 - our own names
                    # A finished run stays finished: its clip is on disk, whatever comes later.
                    " WHERE number = ? AND state != 'finished'",
                    (*values.values(), number),
                )
        except sqlite3.Error as error:
            _log.warning("run %s is not in the history (%s): %s", number, error, values)

    def _select(self, tail: str, values: tuple[Any, ...]) -> list[Run]:
        with self._reading() as db:
            rows = db.execute(f"SELECT * FROM runs {tail}", values)  # noqa: S608 - our own words
            return [_run(row) for row in rows]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as db:
                # SQLite's own LIKE knows the two cases of ASCII alone.
                db.create_function("has_words", 2, _has_words, deterministic=True)
                yield db
        except sqlite3.Error as error:
            raise ConfigError(f"the history at {self.path} cannot be read ({error})") from error

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_WAIT_S)
        db.row_factory = sqlite3.Row
        return db


def _run(row: sqlite3.Row) -> Run:
    return Run(
        number=row["number"],
        request_id=row["request_id"],
        endpoint=row["endpoint"],
        place=row["place"],
        url=row["url"],
        request=json.loads(row["request"]),
        state=row["state"],
        started=datetime.fromisoformat(row["started"]),
        ended=datetime.fromisoformat(row["ended"]) if row["ended"] else None,
        clip=Path(row["clip"]) if row["clip"] else None,
        facts=json.loads(row["facts"]) if row["facts"] else None,
        error=row["error"],
        submission=row["submission"],
        batch=row["batch"],
        price=row["price"],
        removed=datetime.fromisoformat(row["removed"]) if row["removed"] else None,
        kept=bool(row["kept"]),
    )


def _use_wal(db: sqlite3.Connection) -> None:
    """Let readers and a writer not wait for each other; the file remembers it.

    For this change SQLite does not wait until another kernel has made it: it refuses at once.
    """
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _has_words(words: str, prompt: str | None) -> bool:
    folded = fold(prompt or "")
    return all(word in folded for word in words.split())


def _spent(db: sqlite3.Connection, since: datetime) -> float:
    row = db.execute(
        "SELECT SUM(price) FROM runs WHERE started >= ? AND state NOT IN ('failed', 'cancelled')",
        (since.astimezone(UTC).isoformat(timespec="milliseconds"),),
    ).fetchone()
    return float(row[0] or 0.0)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
