"""Which content was uploaded where: the same file goes up once, and is found again by its hash.

One small SQLite file for all kernels of a user, for its owner's eyes only. It holds addresses and
hashes, no key and no name; and, while a large file is on its way, the signed address that takes the
rest of it, so that a kernel that died costs no part twice.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ltx_widgets.client import LTXClient
from ltx_widgets.errors import MediaError, ProtocolError
from ltx_widgets.media.material import Material
from ltx_widgets.storage import Outgoing
from ltx_widgets.storage_wire import Slot, slot_facts, slot_from_facts

__all__ = ["Uploads"]

_log = logging.getLogger(__name__)

# Shorter than any lifetime that a service states for what it was sent ("at least 7 days").
_KEPT_S = 6 * 86_400
# As long as a signed address may live.
_BEGUN_S = 86_400
_WAIT_S = 10.0
_TABLES = """
CREATE TABLE IF NOT EXISTS uploads (
    sha256 TEXT NOT NULL,
    storage TEXT NOT NULL,
    url TEXT NOT NULL,
    uploaded REAL NOT NULL,
    PRIMARY KEY (sha256, storage)
);
CREATE TABLE IF NOT EXISTS begun (
    sha256 TEXT NOT NULL,
    storage TEXT NOT NULL,
    facts TEXT NOT NULL,
    noted REAL NOT NULL,
    PRIMARY KEY (sha256, storage)
);
"""


class Uploads:
    """The record of uploads; made when it is first needed.

    Args:
        path: The SQLite file.
        clock: Seconds since the epoch.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock

    async def address(
        self,
        client: LTXClient,
        given: Material,
        *,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> str:
        """Where a file can be fetched from, uploaded first if it is not there yet.

        Args:
            client: To where it is wanted.
            given: A material with a file.
            on_progress: Called with bytes so far and in all.

        Raises:
            MediaError: the file is gone.
            TransportError: it could not be uploaded.
        """
        if given.path is None or not given.path.is_file():
            raise MediaError(f"the file of {given.label} is gone; give it again")
        storage = client.target.storage
        known = await asyncio.to_thread(self._find, given.sha256, storage)
        if known is not None and await client.files.is_there(known):
            return known

        async def keep(slot: Slot) -> None:
            await asyncio.to_thread(self._keep_begun, given.sha256, storage, slot)

        url = await client.files.upload(
            Outgoing(given.path, given.name, given.content_type),
            begun=await asyncio.to_thread(self._find_begun, given.sha256, storage),
            keep=keep,
            on_progress=on_progress,
        )
        await asyncio.to_thread(self._keep, given.sha256, storage, url)
        return url

    def _find_begun(self, sha256: str, storage: str) -> Slot | None:
        """Where an upload of this content was left, by this or another kernel."""
        try:
            with closing(self._connect()) as db:
                row = db.execute(
                    "SELECT facts FROM begun WHERE sha256 = ? AND storage = ? AND noted > ?",
                    (sha256, storage, self._clock() - _BEGUN_S),
                ).fetchone()
            return slot_from_facts(json.loads(row[0])) if row else None
        except (sqlite3.Error, ValueError, ProtocolError) as error:
            # Only a saving is lost: the file goes up from its beginning.
            _log.warning("the record of uploads cannot be read: %s", error)
            return None

    def _keep_begun(self, sha256: str, storage: str, slot: Slot) -> None:
        facts = json.dumps(slot_facts(slot))
        try:
            with closing(self._connect()) as db, db:
                db.execute("DELETE FROM begun WHERE noted < ?", (self._clock() - _BEGUN_S,))
                db.execute(
                    "INSERT OR REPLACE INTO begun VALUES (?, ?, ?, ?)",
                    (sha256, storage, facts, self._clock()),
                )
        except sqlite3.Error as error:
            _log.warning("an upload under way was not written down: %s", error)

    def _find(self, sha256: str, storage: str) -> str | None:
        try:
            with closing(self._connect()) as db:
                row = db.execute(
                    "SELECT url FROM uploads WHERE sha256 = ? AND storage = ? AND uploaded > ?",
                    (sha256, storage, self._clock() - _KEPT_S),
                ).fetchone()
        except sqlite3.Error as error:
            # Only a saving is lost: the file goes up once more.
            _log.warning("the record of uploads cannot be read: %s", error)
            return None
        return str(row[0]) if row else None

    def _keep(self, sha256: str, storage: str, url: str) -> None:
        try:
            with closing(self._connect()) as db, db:
                now = self._clock()
                db.execute("DELETE FROM uploads WHERE uploaded < ?", (now - _KEPT_S,))
                db.execute(
                    "INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?)",
                    (sha256, storage, url, now),
                )
                # With it goes the signed address: it opens nothing any more.
                db.execute("DELETE FROM begun WHERE sha256 = ? AND storage = ?", (sha256, storage))
        except sqlite3.Error as error:
            _log.warning("an upload was not written down: %s", error)

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if not self._path.exists():
            self._path.touch(mode=0o600)
        db = sqlite3.connect(self._path, timeout=_WAIT_S)
        db.execute("PRAGMA secure_delete = ON")
        db.executescript(_TABLES)
        return db
