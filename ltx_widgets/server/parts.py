"""The parts of an upload on disk: written where they belong, so that the whole is there at the end.

fal's clients and ours send parts of 10 MiB, the last one shorter. Part *n* is written at *(n - 1)*
times that of one sparse file; when all are there the file is only renamed. Larger parts are files
of their own, and joined.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BufferedReader, BufferedWriter, FileIO
from pathlib import Path

from ltx_widgets.server.uploads import Part

__all__ = [
    "BadParts",
    "FileTooLarge",
    "PartWriter",
    "StorageFull",
    "check_parts",
    "join",
    "place_of",
    "write_all",
]

STRIDE = 10 << 20

_COPY = 1 << 20


class FileTooLarge(Exception):
    """More bytes came than one file may have."""


class StorageFull(Exception):
    """The quota is used up, or the disk is full."""


class BadParts(Exception):
    """Parts that do not make a file: missing, other than said, or named twice with two contents."""


def place_of(folder: Path, upload_id: str, number: int, size: int) -> tuple[Path, int]:
    """The file that a part is in, and at which byte it begins there."""
    if size <= STRIDE:
        return folder / f"{upload_id}.parts", (number - 1) * STRIDE
    return folder / f"{upload_id}.{number}.piece", 0


def check_parts(came: Sequence[Part], named: Mapping[int, str]) -> None:
    """Compare what came with what the uploader believes.

    Raises:
        BadParts: with what is wrong.
    """
    if not came:
        raise BadParts("no part of this upload came yet")
    wanted = sorted(named.keys() | {part.number for part in came})
    missing = sorted(set(range(1, wanted[-1] + 1)) - {part.number for part in came})
    if missing:
        raise BadParts(f"these parts have not come: {missing[:10]}; put them, then complete")
    for part in came:
        if named.get(part.number, "").strip('"') != part.etag:
            raise BadParts(
                f"part {part.number} is here as {part.etag}, and that is not what was named; put "
                "it once more, or name every part with the ETag that it was answered with"
            )


def join(folder: Path, upload_id: str, parts: Sequence[Part], draft: Path) -> Path:
    """Make one file of parts that are all there. Blocks.

    Returns:
        Where it is: `draft`, or the file that the parts were written to.
    """
    if all(part.size == STRIDE for part in parts[:-1]) and parts[-1].size <= STRIDE:
        path, start = place_of(folder, upload_id, parts[-1].number, parts[-1].size)
        with path.open("r+b") as file:
            file.truncate(start + parts[-1].size)
        return path
    with draft.open("xb") as whole, disk_trouble():
        for part in parts:
            path, start = place_of(folder, upload_id, part.number, part.size)
            with path.open("rb") as file:
                file.seek(start)
                _copy(file, whole, part.size)
    return draft


def _copy(file: BufferedReader, whole: BufferedWriter, size: int) -> None:
    left = size
    while left:
        block = file.read(min(_COPY, left))
        whole.write(block)
        left -= len(block)


@dataclass
class _Region:
    """Who writes a part just now. Whoever came last does; what is being written ends first."""

    owner: object = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class PartWriter:
    """Writes to regions of files, from threads, the latest writer of a region winning."""

    def __init__(self) -> None:
        self._regions: dict[tuple[str, int], _Region] = {}

    @contextmanager
    def owning(self, upload_id: str, number: int) -> Iterator[_Turn]:
        """Take a part over from whoever writes it."""
        key = (upload_id, number)
        region = self._regions.setdefault(key, _Region())
        turn = _Turn(region)
        region.owner = turn
        try:
            yield turn
        finally:
            if region.owner is turn:
                self._regions.pop(key, None)

    async def settle(self, upload_id: str) -> None:
        """From now on nobody writes parts of this upload any more."""
        for key in [key for key in self._regions if key[0] == upload_id]:
            region = self._regions.pop(key)
            region.owner = None
            async with region.lock:
                pass  # A write that had begun is over.


class _Turn:
    """One writer's turn at a part."""

    def __init__(self, region: _Region) -> None:
        self._region = region

    async def write(self, file: FileIO, chunk: bytearray, digest: blake2b) -> None:
        """Append to what this turn has written.

        Raises:
            BadParts: somebody else sends this part by now.
            StorageFull: the disk is full.
        """
        async with self._region.lock:
            self.check()
            await asyncio.to_thread(write_all, file, chunk, digest)

    def check(self) -> None:
        """Stop here if the turn is over."""
        if self._region.owner is not self:
            raise BadParts("this part was sent anew meanwhile, or the upload is complete")


def write_all(file: FileIO, chunk: bytearray, digest: blake2b) -> None:
    """Write bytes and add them to their digest. Blocks.

    Raises:
        StorageFull: the disk is full.
    """
    digest.update(chunk)
    left = memoryview(chunk)
    with disk_trouble():
        while left:
            left = left[file.write(left) :]


@contextmanager
def disk_trouble() -> Iterator[None]:
    """A full disk as `StorageFull`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageFull("the disk is full") from error
        raise
