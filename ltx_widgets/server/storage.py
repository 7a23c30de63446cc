"""Uploaded files on disk: bounded, streamed, whole or not there at all."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from hashlib import blake2b
from io import FileIO
from pathlib import Path

from ltx_widgets.server.parts import (
    BadParts,
    FileTooLarge,
    PartWriter,
    StorageFull,
    check_parts,
    join,
    place_of,
    write_all,
)
from ltx_widgets.server.settings import ServerSettings
from ltx_widgets.server.uploads import Part, Upload, Uploads
from ltx_widgets.sniff import sniff
from ltx_widgets.submission import Access

__all__ = [
    "KEEP_S",
    "TICKET_S",
    "UNFINISHED_S",
    "BadParts",
    "FileTooLarge",
    "StorageFull",
    "UploadStore",
]

KEEP_S = 7 * 24 * 3600.0
"""How long an upload is kept."""

TICKET_S = 3600.0
"""How long the bytes of an upload that came may be put once more."""

UNFINISHED_S = 24 * 3600.0
"""How long one may take to come."""

_LONGEST_NAME = 80
# One trip to a thread for each 64 KB that arrives would take longer than writing them.
_WRITE_BYTES = 1 << 20
Write = Callable[[FileIO, bytearray, blake2b], Awaitable[None]]
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


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
        self._completing: set[str] = set()
        self._writer = PartWriter()

    def begin(
        self, file_name: str, *, keep_s: float | None = None, access: Access = "allow"
    ) -> Upload:
        """Expect an upload.

        Args:
            file_name: Its name for people; the file on disk is named by the upload's id.
            keep_s: Seconds for which it is kept, a week at most.
            access: Who may fetch it without the key.
        """
        self.sweep()
        name = _NOT_IN_NAMES.sub("_", file_name)[-_LONGEST_NAME:].lstrip(".") or "file"
        ids = secrets.token_hex(16), secrets.token_hex(16)
        return self._rows.add(*ids, name, keep_s=keep_s, access=access)

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
        async with self._arriving_as(upload) as draft:
            with draft.open("xb", buffering=0) as file:
                size, _ = await self._write(file, chunks, _append)
            self._finish(upload, draft, size)
        return size

    async def receive_part(
        self, upload: Upload, number: int, size: int, chunks: AsyncIterator[bytes]
    ) -> Part:
        """Write one part to its place; the latest of its number counts.

        Args:
            upload: As `begin` gave it.
            number: From 1.
            size: Bytes of the part, as announced.
            chunks: Its bytes.

        Raises:
            BadParts: the parts were put together already, or this one is sent by somebody else.
            FileTooLarge: before more is written.
            StorageFull: likewise.
        """
        if upload.size is not None or upload.id in self._completing:
            raise BadParts("this upload is complete; begin another one")
        path, start = place_of(self._folder, upload.id, number, size)
        # What came before under this number is overwritten from here on.
        self._rows.forget_part(upload.id, number)
        path.touch()
        with self._writer.owning(upload.id, number) as turn, path.open("r+b", buffering=0) as file:
            file.seek(start)
            came, etag = await self._write(file, chunks, turn.write)
            turn.check()
            # In the same step of the loop as the check: no other part comes in between.
            self._rows.keep_part(upload.id, part := Part(number, etag, came))
        return part

    async def complete(self, upload: Upload, named: Mapping[int, str]) -> int:
        """Make one file of an upload's parts. Done already, it is done.

        Args:
            upload: As `begin` gave it.
            named: ETags by part number, as the uploader has them.

        Returns:
            The file's bytes.

        Raises:
            BadParts: these are not the parts that came, or some are missing.
            FileTooLarge: they are more than one file may have.
            StorageFull: the disk is full.
        """
        if upload.size is not None:
            return upload.size
        if upload.id in self._completing:
            raise BadParts("these parts are being put together just now; ask again in a moment")
        parts = self._rows.parts(upload.id)
        check_parts(parts, named)
        size = sum(part.size for part in parts)
        self.check_room(size, more=0)
        self._completing.add(upload.id)
        try:
            await self._writer.settle(upload.id)
            async with self._arriving_as(upload) as draft:
                whole = await asyncio.to_thread(join, self._folder, upload.id, parts, draft)
                self._finish(upload, whole, size)
        finally:
            self._completing.discard(upload.id)
        self._rows.forget_parts(upload.id)
        for part in parts:
            place_of(self._folder, upload.id, part.number, part.size)[0].unlink(missing_ok=True)
        return size

    @asynccontextmanager
    async def _arriving_as(self, upload: Upload) -> AsyncIterator[Path]:
        """A draft's path; what is left of it goes in the end."""
        draft = self._folder / f"{upload.id}.{secrets.token_hex(4)}.part"
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def _finish(self, upload: Upload, draft: Path, size: int) -> None:
        found = sniff(draft)
        draft.replace(self.path(upload))
        self._rows.finish(upload.id, size, found.content_type)

    async def _write(
        self, file: FileIO, chunks: AsyncIterator[bytes], write: Write
    ) -> tuple[int, str]:
        """Write what comes; returns its bytes and its ETag."""
        came, held, digest = 0, bytearray(), blake2b(digest_size=16)
        try:
            async for chunk in chunks:
                held += chunk
                came += len(chunk)
                self._arriving += len(chunk)
                if len(held) >= _WRITE_BYTES:
                    self.check_room(came, more=0)
                    await write(file, held, digest)
                    held = bytearray()
            self.check_room(came, more=0)
            await write(file, held, digest)
        finally:
            self._arriving -= came
        return came, digest.hexdigest()

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
        self._rows.forget(before=now - KEEP_S, unfinished_before=now - UNFINISHED_S)
        for file in self._folder.iterdir():
            # A draft of an upload that is arriving has its row.
            if self._rows.find(file.name.partition(".")[0]) is None:
                file.unlink(missing_ok=True)

    def sweep_drafts(self) -> None:
        """Remove the half-written files of a server that was killed."""
        for draft in self._folder.glob("*.part"):
            draft.unlink(missing_ok=True)


async def _append(file: FileIO, chunk: bytearray, digest: blake2b) -> None:
    await asyncio.to_thread(write_all, file, chunk, digest)
