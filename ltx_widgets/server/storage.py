"""Uploaded files on disk: bounded, streamed, whole or not there at all."""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from ltx_widgets.server.settings import ServerSettings
from ltx_widgets.server.uploads import Upload, Uploads
from ltx_widgets.sniff import sniff

__all__ = ["KEEP_S", "TICKET_S", "FileTooLarge", "StorageFull", "UploadStore"]

KEEP_S = 7 * 24 * 3600.0
"""How long an upload is kept."""

TICKET_S = 3600.0
"""How long bytes may be put under an upload's address, again and again if need be."""

_UNFINISHED_S = 24 * 3600.0
_LONGEST_NAME = 80
# One trip to a thread for each 64 KB that arrives would take longer than writing them.
_WRITE_BYTES = 1 << 20
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class FileTooLarge(Exception):
    """More bytes came than one file may have."""


class StorageFull(Exception):
    """The quota is used up, or the disk is full."""


class UploadStore:
    """Uploads, rows and files together. Used on the server's event loop.

    Args:
        rows: The store's table.
        settings: The folder, and how much may lie there.
    """

    def __init__(self, rows: Uploads, settings: ServerSettings) -> None:
        self._rows = rows
        self._folder = settings.uploads
        self._max_file = settings.max_upload
        self._quota = settings.upload_quota
        self._arriving = 0

    def begin(self, file_name: str) -> Upload:
        """Expect an upload.

        Args:
            file_name: Its name for people; the file on disk is named by the upload's id.
        """
        self.sweep()
        name = _NOT_IN_NAMES.sub("_", file_name)[-_LONGEST_NAME:].lstrip(".") or "file"
        return self._rows.add(secrets.token_hex(16), secrets.token_hex(16), name)

    def find(self, upload_id: str) -> Upload | None:
        """An upload by its id, whether its bytes have come or not."""
        return self._rows.find(upload_id)

    def path(self, upload: Upload) -> Path:
        """Where its bytes are, or will be."""
        return self._folder / f"{upload.id}.bin"

    async def receive(self, upload: Upload, chunks: AsyncIterator[bytes]) -> int:
        """Write an upload beside itself and move it into place; the latest one counts.

        Whatever ends this early leaves nothing behind, and an earlier upload as it was.

        Args:
            upload: As `begin` gave it.
            chunks: Its bytes.

        Returns:
            How many bytes came.

        Raises:
            FileTooLarge: before more is written.
            StorageFull: likewise.
        """
        draft = self._folder / f"{upload.id}.{secrets.token_hex(4)}.part"
        came = 0
        try:
            with draft.open("xb") as file:
                held = bytearray()
                async for chunk in chunks:
                    held += chunk
                    came += len(chunk)
                    self._arriving += len(chunk)
                    if len(held) >= _WRITE_BYTES:
                        self.check_room(came, more=0)
                        await asyncio.to_thread(_write, file, held)
                        held = bytearray()
                self.check_room(came, more=0)
                _write(file, held)
            found = sniff(draft)
            draft.replace(self.path(upload))
            self._rows.finish(upload.id, came, found.content_type)
        finally:
            self._arriving -= came
            draft.unlink(missing_ok=True)
        return came

    def check_room(self, size: int, *, more: int) -> None:
        """Whether a file of `size` bytes may come, `more` of which are not counted yet.

        Raises:
            FileTooLarge: no file may be so large.
            StorageFull: it would not fit beside the others.
        """
        if size > self._max_file:
            raise FileTooLarge(f"one file may have {self._max_file} bytes; send a smaller one")
        if self._rows.total() + self._arriving + more > self._quota:
            raise StorageFull(
                f"uploads may take {self._quota} bytes together and are kept for a week; "
                "try again later, or raise --upload-quota"
            )

    def sweep(self) -> None:
        """Remove what is too old, and files that no row knows."""
        now = time.time()
        self._rows.forget(before=now - KEEP_S, unfinished_before=now - _UNFINISHED_S)
        for file in self._folder.iterdir():
            # A draft of an upload that is arriving has its row.
            if self._rows.find(file.name.partition(".")[0]) is None:
                file.unlink(missing_ok=True)

    def sweep_drafts(self) -> None:
        """Remove the half-written files of a server that was killed."""
        for draft in self._folder.glob("*.part"):
            draft.unlink(missing_ok=True)


def _write(file: BinaryIO, chunk: bytearray) -> None:
    try:
        file.write(chunk)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("the disk is full") from error
        raise
