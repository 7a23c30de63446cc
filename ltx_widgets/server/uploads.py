"""What was uploaded, as rows of the store; the bytes are files named by the rows' ids."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass

__all__ = ["UPLOADS_TABLE", "Upload", "Uploads"]

UPLOADS_TABLE = """
    CREATE TABLE IF NOT EXISTS uploads (
        id TEXT PRIMARY KEY,
        ticket TEXT NOT NULL,
        name TEXT NOT NULL,
        created REAL NOT NULL,
        size INTEGER,
        content_type TEXT
    );
"""
_COLUMNS = "id, ticket, name, created, size, content_type"


@dataclass(frozen=True, slots=True)
class Upload:
    """One row.

    Attributes:
        id: Unguessable; names the file on disk and its address.
        ticket: Unguessable, too; whoever has it may write.
        name: The last part of its address. Decides nothing.
        created: Seconds since the epoch.
        size: Bytes; None until they came.
        content_type: By its content; None until it came.
    """

    id: str
    ticket: str
    name: str
    created: float
    size: int | None = None
    content_type: str | None = None


class Uploads:
    """The store's table of uploads.

    Args:
        db: The store's own connection, see `store` for who may call.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, upload_id: str, ticket: str, name: str) -> Upload:
        """Note an upload that is to come."""
        upload = Upload(upload_id, ticket, name, time.time())
        self._db.execute(
            "INSERT INTO uploads (id, ticket, name, created) VALUES (?, ?, ?, ?)",
            (upload.id, upload.ticket, upload.name, upload.created),
        )
        return upload

    def find(self, upload_id: str) -> Upload | None:
        """One upload; None where there is none of that id."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM uploads WHERE id = ?",  # noqa: S608 - our own columns
            (upload_id,),
        ).fetchone()
        return Upload(*row) if row else None

    def finish(self, upload_id: str, size: int, content_type: str) -> None:
        """Its bytes are in place."""
        self._db.execute(
            "UPDATE uploads SET size = ?, content_type = ? WHERE id = ?",
            (size, content_type, upload_id),
        )

    def total(self) -> int:
        """Bytes of all finished uploads."""
        row = self._db.execute("SELECT coalesce(sum(size), 0) FROM uploads").fetchone()
        return int(row[0])

    def forget(self, *, before: float, unfinished_before: float) -> None:
        """Drop the rows of uploads that are too old.

        Args:
            before: Finished ones from before then, in seconds since the epoch.
            unfinished_before: The same for those that never came.
        """
        self._db.execute(
            "DELETE FROM uploads WHERE created < iif(size IS NULL, ?, ?)",
            (unfinished_before, before),
        )
