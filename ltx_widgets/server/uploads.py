"""What was uploaded, as rows of the store; the bytes are files named by the rows' ids."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass

from ltx_widgets.submission import Access

__all__ = ["PARTS_TABLE", "UPLOADS_TABLE", "Part", "Upload", "Uploads"]

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
PARTS_TABLE = """
    ALTER TABLE uploads ADD COLUMN expires REAL;
    ALTER TABLE uploads ADD COLUMN access TEXT NOT NULL DEFAULT 'allow';
    CREATE TABLE upload_parts (
        upload_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        etag TEXT NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (upload_id, number)
    ) WITHOUT ROWID;
"""
_COLUMNS = "id, ticket, name, created, size, content_type, expires, access"


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
        expires: Seconds since the epoch after which it is gone; None keeps it as long as others.
        access: Who may fetch it without the key.
    """

    id: str
    ticket: str
    name: str
    created: float
    size: int | None = None
    content_type: str | None = None
    expires: float | None = None
    access: Access = "allow"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an upload that comes in parts.

    Attributes:
        number: From 1.
        etag: By its content, without quotes.
        size: Bytes.
    """

    number: int
    etag: str
    size: int


class Uploads:
    """The store's table of uploads.

    Args:
        db: The store's own connection, see `store` for who may call.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(
        self,
        upload_id: str,
        ticket: str,
        name: str,
        *,
        keep_s: float | None = None,
        access: Access = "allow",
    ) -> Upload:
        """Note an upload that is to come."""
        now = time.time()
        expires = None if keep_s is None else now + keep_s
        upload = Upload(upload_id, ticket, name, now, expires=expires, access=access)
        self._db.execute(
            "INSERT INTO uploads (id, ticket, name, created, expires, access)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (upload.id, upload.ticket, upload.name, upload.created, expires, access),
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

    def keep_part(self, upload_id: str, part: Part) -> None:
        """A part is in place; one that came before under its number is replaced."""
        self._db.execute(
            "INSERT OR REPLACE INTO upload_parts VALUES (?, ?, ?, ?)",
            (upload_id, part.number, part.etag, part.size),
        )

    def forget_part(self, upload_id: str, number: int) -> None:
        """A part is about to be replaced."""
        self._db.execute(
            "DELETE FROM upload_parts WHERE upload_id = ? AND number = ?", (upload_id, number)
        )

    def parts(self, upload_id: str) -> list[Part]:
        """The parts that came, by number."""
        rows = self._db.execute(
            "SELECT number, etag, size FROM upload_parts WHERE upload_id = ? ORDER BY number",
            (upload_id,),
        )
        return [Part(*row) for row in rows]

    def forget_parts(self, upload_id: str) -> None:
        """Its parts are one file now."""
        self._db.execute("DELETE FROM upload_parts WHERE upload_id = ?", (upload_id,))

    def total(self) -> int:
        """Bytes of all finished uploads, and of the parts of those that are on their way."""
        row = self._db.execute(
            "SELECT (SELECT coalesce(sum(size), 0) FROM uploads)"
            " + (SELECT coalesce(sum(size), 0) FROM upload_parts)"
        ).fetchone()
        return int(row[0])

    def forget(self, *, before: float, unfinished_before: float) -> None:
        """Drop the rows of uploads that are too old, or were not to be kept for longer.

        Args:
            before: Finished ones from before then, in seconds since the epoch.
            unfinished_before: The same for those that never came.
        """
        self._db.execute(
            "DELETE FROM uploads WHERE created < iif(size IS NULL, ?, ?) OR expires < ?",
            (unfinished_before, before, time.time()),
        )
        self._db.execute("DELETE FROM upload_parts WHERE upload_id NOT IN (SELECT id FROM uploads)")
