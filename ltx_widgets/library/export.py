"""Clips out of the library: into a folder or a zip, each with what it was made with beside it."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from ltx_widgets.errors import MediaError
from ltx_widgets.history import Run
from ltx_widgets.library.shelf import Library
from ltx_widgets.recipe import Recipe, shareable

__all__ = ["Exported", "export"]

_PIECE = 1024 * 1024
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export made.

    Attributes:
        path: The folder or zip.
        clips: How many clips are in there.
        missing: How many were left out since their files are gone.
    """

    path: Path
    clips: int
    missing: int = 0


def export(
    library: Library,
    runs: Iterable[Run],
    to: Path,
    *,
    on_done: Callable[[int], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Exported | None:
    """Copy clips out, whole or not at all; nothing that is there is overwritten.

    One piece of one file is in memory at a time, however many clips there are. Beside each clip
    stands its `Recipe` as a JSON file of the same name.

    Args:
        library: Where the clips are.
        runs: Which ones.
        to: A folder, or a file that ends in ".zip"; where there is one of that name, the next free
            one is taken: "clips-2".
        on_done: Told how many clips are in there.
        cancelled: Looked at between two pieces.

    Returns:
        What was made; None if it was cancelled, and nothing is there.

    Raises:
        MediaError: the disk is full, or `to` cannot be written to.
    """
    to = to.expanduser().absolute()
    part = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        with library.reading() as still_here, _opened(part, zipped=to.suffix == ".zip") as place:
            clips, missing = 0, 0
            for run in runs:
                still_here()
                path = library.file(run)
                if path is None:
                    missing += 1
                    continue
                if not _copy(run, path, place, cancelled):
                    return None
                clips += 1
                on_done(clips)
        return Exported(_put(part, to), clips, missing)
    except OSError as error:
        raise MediaError(
            f"the export to {to} stopped ({error}); make room or name another place"
        ) from error
    finally:
        _clear(part)


class _Place(Protocol):
    """Where files are put."""

    def open(self, name: str, run: Run) -> Any: ...


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir()

    def open(self, name: str, _: Run) -> IO[bytes]:
        return (self._path / name).open("xb")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def open(self, name: str, run: Run) -> IO[bytes]:
        # Films are packed already: stored as they are.
        when = (run.ended or run.started).astimezone().timetuple()[:6]
        info = zipfile.ZipInfo(name, (max(when[0], 1980), *when[1:]))
        info.external_attr = 0o644 << 16
        return self._archive.open(info, "w", force_zip64=True)


@contextmanager
def _opened(part: Path, *, zipped: bool) -> Iterator[_Place]:
    if not zipped:
        yield _Folder(part)
        return
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        yield _Zip(archive)


def _copy(run: Run, path: Path, place: _Place, cancelled: Callable[[], bool]) -> bool:
    """One clip and its recipe; False if it was cancelled on the way."""
    name = _safe_name(run)
    with path.open("rb") as source, place.open(f"{name}.mp4", run) as copy:
        while piece := source.read(_PIECE):
            if cancelled():
                return False
            copy.write(piece)
    with place.open(f"{name}.json", run) as copy:
        copy.write(json.dumps(_recipe(run), indent=2, ensure_ascii=False).encode())
    return True


def _safe_name(run: Run) -> str:
    """A name without an ending that every file system takes; the number makes it the only one."""
    stem = run.clip.stem if run.clip else ""
    words = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-")[:_LONGEST].strip("-")
    return f"{run.number:04d}-{words or 'clip'}"


def _recipe(run: Run) -> dict[str, Any]:
    facts = run.facts or {}
    return Recipe(
        endpoint=run.endpoint,
        request=shareable(run.request),
        request_id=run.request_id or "",
        parents=dict(facts.get("parents", {})),
        cost=str(facts.get("cost", "")),
        engine=str(facts.get("engine", "")),
        notes=tuple(facts.get("notes", ())),
        made=(run.ended or run.started).isoformat(timespec="seconds"),
    ).as_json()


def _put(part: Path, to: Path) -> Path:
    """Give the whole thing its name, or the next free one."""
    free, number = to, 1
    while free.exists():
        number += 1
        free = to.with_name(f"{to.stem}-{number}{to.suffix}")
    part.rename(free)
    return free


def _clear(part: Path) -> None:
    if part.is_dir():
        shutil.rmtree(part, ignore_errors=True)
    with suppress(OSError):
        part.unlink()
