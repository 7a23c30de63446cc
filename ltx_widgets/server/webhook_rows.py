"""Who wants to be called when a job ends, as rows of the store.

A row waits for its job (`due` is NULL), is due, and is settled by its `outcome`. Triggers make it
due in the very transaction that ends the job, whichever way it ends: no crash comes in between.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

__all__ = ["WEBHOOKS_TABLE", "Webhook", "Webhooks"]

WEBHOOKS_TABLE = """
    CREATE TABLE webhooks (
        request_id TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        base TEXT,
        tries INTEGER NOT NULL DEFAULT 0,
        due REAL,
        body BLOB,
        outcome TEXT
    ) WITHOUT ROWID;
    CREATE INDEX webhooks_due ON webhooks (tries > 0, due) WHERE due IS NOT NULL;
    -- 0 is at once, whatever the clock on the wall says.
    CREATE TRIGGER webhooks_of_ended AFTER UPDATE OF state ON jobs WHEN NEW.state = 'finished'
    BEGIN
        UPDATE webhooks SET due = 0 WHERE request_id = NEW.request_id AND outcome IS NULL;
    END;
    CREATE TRIGGER webhooks_of_refused AFTER INSERT ON jobs WHEN NEW.state = 'finished'
    BEGIN
        UPDATE webhooks SET due = 0 WHERE request_id = NEW.request_id;
    END;
"""
_COLUMNS = "request_id, url, base, tries, due, body, outcome"


@dataclass(frozen=True, slots=True)
class Webhook:
    """One row.

    Attributes:
        request_id: The job's.
        url: Where to; empty once it is settled, since it may hold a token.
        base: Scheme and host that addresses in the body begin with; None for the server's own.
        tries: How often it was tried.
        due: When to try, in seconds since the epoch, 0 for at once; None while the job is not over
            and when it is settled.
        body: The bytes to send, from the first try on; None before and after.
        outcome: How it was settled; None while it is not.
    """

    request_id: str
    url: str
    base: str | None = None
    tries: int = 0
    due: float | None = None
    body: bytes | None = None
    outcome: str | None = None


class Webhooks:
    """The store's table of webhooks.

    Args:
        db: The store's own connection, see `store` for who may call.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, request_id: str, url: str, base: str | None) -> None:
        """Note one, before its job is added: a job that ends at once finds it there."""
        self._db.execute(
            "INSERT INTO webhooks (request_id, url, base) VALUES (?, ?, ?)",
            (request_id, url, base),
        )

    def find(self, request_id: str) -> Webhook | None:
        """One by its job; None where there is none."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM webhooks WHERE request_id = ?",  # noqa: S608 - our own columns
            (request_id,),
        ).fetchone()
        return Webhook(*row) if row else None

    def due(self, now: float, limit: int) -> list[Webhook]:
        """What is due, first tries first: a receiver that never answers must not hold them up.

        Args:
            now: Seconds since the epoch.
            limit: At most so many.
        """
        found: list[Webhook] = []
        # One query for both would sort all that is due: a receiver may be away for hours.
        for tried in (0, 1):
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM webhooks WHERE (tries > 0) = ? AND due <= ?"  # noqa: S608
                " ORDER BY due LIMIT ?",
                (tried, now, limit - len(found)),
            )
            found += [Webhook(*row) for row in rows]
        return found

    def next_due(self, after: float) -> float | None:
        """The earliest time after `after` at which one is due; both in seconds since the epoch."""
        # A first try is due at once.
        row = self._db.execute(
            "SELECT min(due) FROM webhooks WHERE (tries > 0) = 1 AND due > ?", (after,)
        )
        earliest: float | None = row.fetchone()[0]
        return earliest

    def undelivered(self) -> bool:
        """Whether any is due, now or later."""
        row = self._db.execute("SELECT 1 FROM webhooks WHERE due IS NOT NULL LIMIT 1")
        return row.fetchone() is not None

    def keep_body(self, request_id: str, body: bytes) -> None:
        """Keep what is sent, so that it is the same each time."""
        self._db.execute("UPDATE webhooks SET body = ? WHERE request_id = ?", (body, request_id))

    def try_again(self, request_id: str, due: float) -> None:
        """A try failed; the next one is due at `due`, in seconds since the epoch."""
        self._db.execute(
            "UPDATE webhooks SET tries = tries + 1, due = ? WHERE request_id = ?",
            (due, request_id),
        )

    def settle(self, request_id: str, outcome: str) -> None:
        """A try was the last one; only how it ended is kept."""
        self._db.execute(
            "UPDATE webhooks SET tries = tries + 1, due = NULL, body = NULL, url = '', outcome = ?"
            " WHERE request_id = ?",
            (outcome, request_id),
        )

    def shift(self, seconds: float) -> None:
        """The clock on the wall was set: what was to come in an hour still does."""
        self._db.execute("UPDATE webhooks SET due = due + ? WHERE due > 0", (seconds,))

    def take_up(self, latest: float) -> None:
        """Begin with what the last server left.

        Args:
            latest: When the last of them can be due, in seconds since the epoch. What is due later
                was noted under another clock, and is due at once.
        """
        self._db.execute("UPDATE webhooks SET due = 0 WHERE due > ?", (latest,))
        # Of a server that ended between the two rows of a submit, which nobody was answered.
        self._db.execute(
            "DELETE FROM webhooks WHERE outcome IS NULL AND due IS NULL"
            " AND request_id NOT IN (SELECT request_id FROM jobs)"
        )
