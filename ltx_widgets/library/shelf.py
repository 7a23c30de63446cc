"""The clips of the history: their files, what they were made with, and the bin."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ltx_widgets.clip import Clip
from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError
from ltx_widgets.history import History, Run
from ltx_widgets.library.family import Kin, family_of
from ltx_widgets.library.stills import Stills
from ltx_widgets.opening import kept_clip
from ltx_widgets.schema import ENDPOINTS, describe, find_endpoint
from ltx_widgets.wanted import Wanted

__all__ = ["BIN_DAYS", "Library", "Settings"]

BIN_DAYS = 30
"""Days that a clip which was taken out can be put back."""

_PAGE = 100
# An export that says nothing for so long has ended with its process.
_SILENT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """What a clip was made with, as first values for a form.

    Attributes:
        endpoint: Full endpoint id.
        fields: By the wire's names; media are earlier clips, or addresses that may still live.
        missing: Media fields whose content is not at hand any more.
    """

    endpoint: str
    fields: Mapping[str, Any]
    missing: tuple[str, ...] = ()


class Library:
    """The finished clips of one history.

    Clips are rows of the history and files; nothing else is kept here but small pictures that can
    be made again. Everything may take its time, so widgets call it from threads.

    Args:
        folder: Where clips, the bin and the history are.
        history: Its record of runs.
        of_here: What clips know of their session, such as `Clip.chain`.
    """

    def __init__(
        self, folder: Path, history: History, *, of_here: Callable[[], dict[str, Any]] = dict
    ) -> None:
        self.folder = folder
        self.stills = Stills(folder / "clips" / ".small")
        self._history = history
        self._of_here = of_here
        self._bin = folder / "bin"
        self._lock = threading.Lock()
        self._opened = False

    def find(
        self,
        words: str = "",
        *,
        what: str = "",
        place: str = "",
        kept: bool = False,
        removed: bool = False,
        before: int | None = None,
        limit: int = 24,
    ) -> list[Run]:
        """Finished runs, newest first.

        Args:
            words: All of them stand in the prompt.
            what: An endpoint id or a task; all if empty.
            place: "hosted", "server" or "local"; anywhere if empty.
            kept: Only those that are marked to be kept.
            removed: Those in the bin, in place of those in the gallery.
            before: Go on from the run of this number.
            limit: At most so many.

        Raises:
            InvalidRequest: there is no such endpoint or task.
        """
        self._open()
        wanted = _wanted(words, what, place, kept=kept, removed=removed)
        return self._history.finished_runs(wanted, before=before, limit=limit)

    def count(self, words: str = "", *, what: str = "", place: str = "", **marks: bool) -> int:
        """How many `find` would tell in all."""
        return self._history.count_finished(_wanted(words, what, place, **marks))

    def every(self, words: str = "", **wanted: Any) -> Iterator[Run]:
        """All that `find` would tell, however many; a hundred of them are held at a time."""
        before: int | None = None
        while runs := self.find(words, before=before, limit=_PAGE, **wanted):
            yield from runs
            before = runs[-1].number

    def numbered(self, numbers: Sequence[int]) -> list[Run]:
        """The finished runs of these numbers, newest first."""
        return [run for run in self._history.numbered(numbers) if run.state == "finished"]

    def file(self, run: Run) -> Path | None:
        """Where a run's clip is, in the bin or not; None if it is gone."""
        if run.clip is None:
            return None
        # The whole folder may have been moved to another place since.
        places = (run.clip, self.folder / "clips" / run.clip.name, self._binned(run))
        return next((path for path in places if path.is_file()), None)

    def clip(self, run: Run) -> Clip:
        """A run's clip.

        Raises:
            MediaError: its file is gone, or damaged.
        """
        path = self.file(run)
        if path is None:
            raise MediaError(f"the file of this clip is gone; {again(run)}")
        found = kept_clip(run, path, **self._of_here())
        if found is None:
            raise MediaError(f"the file of this clip is damaged; {again(run)}")
        return found

    def clips(self, words: str = "", *, endpoint: str | None = None, limit: int = 20) -> list[Clip]:
        """The newest clips whose files are there, newest first; see `find`."""
        found: list[Clip] = []
        for run in self.every(words, what=endpoint or ""):
            if len(found) >= limit:
                break
            with suppress(MediaError):
                found.append(self.clip(run))
        return found

    def poster(self, run: Run) -> Path:
        """A small still of a clip, 160 pixels on its shorter side, kept beside the clips.

        Raises:
            MediaError: the clip's file is gone or damaged, and no still was made before.
        """
        return self.stills.poster(self.file(run) or self._gone(run))

    def preview(self, run: Run) -> Path:
        """A small copy of a clip, kept beside the clips.

        Raises:
            MediaError: as with `poster`.
        """
        return self.stills.preview(self.file(run) or self._gone(run))

    def settings(self, run: Run, *, server: str = "") -> Settings:
        """What a run was made with.

        Args:
            run: Which one.
            server: Base URL of the server that is there now, whose addresses live.
        """
        specs = describe(find_endpoint(run.endpoint).model)
        fields = {spec.name: run.request.get(spec.name) for spec in specs}
        fields = {name: value for name, value in fields.items() if value is not None}
        missing = []
        for spec in specs:
            if spec.media and spec.name in fields:
                medium = self._medium(run, spec.name, server)
                if medium is None:
                    del fields[spec.name]
                    missing.append(spec.title.lower())
                else:
                    fields[spec.name] = medium
        return Settings(run.endpoint, fields, tuple(missing))

    def family(self, run: Run) -> tuple[Kin, ...]:
        """A clip with all that it came from and all that came from it, as trees from the first."""
        return family_of(self._history, run)

    def keep(self, numbers: Sequence[int], *, on: bool = True) -> None:
        """Mark clips to be kept, or take the mark away."""
        self._history.mark(numbers, kept=on)

    def remove(self, numbers: Sequence[int]) -> None:
        """Take clips out of the gallery; their files wait in the bin for 30 days.

        Raises:
            MediaError: a file cannot be moved; that clip and those after it stay.
        """
        for run in self.numbered(numbers):
            path = self.file(run)
            # First the file: whatever comes between, it is found at either place.
            if path is not None and run.removed is None:
                _move(path, private_folder(self._bin) / self._binned(run).name)
            self._history.mark([run.number], removed=True)

    def restore(self, numbers: Sequence[int]) -> None:
        """Put clips back that were taken out.

        Raises:
            MediaError: a file cannot be moved; that clip and those after it stay in the bin.
        """
        for run in self.numbered(numbers):
            self._history.mark([run.number], removed=False)
            path = self._binned(run)
            if run.clip is not None and path.is_file() and not run.clip.exists():
                before = run.clip.parent
                folder = before if before.is_dir() else self.folder / "clips"
                _move(path, folder / run.clip.name)

    def stamp(self) -> tuple[int, ...]:
        """A value that is another one once the history has changed."""
        return self._history.stamp()

    @contextmanager
    def reading(self) -> Iterator[Callable[[], None]]:
        """While files are read for long: no kernel empties the bin.

        The value is to be called now and then, for a reader that is silent for an hour counts as
        gone.
        """
        note = private_folder(self._bin) / f"reading-{secrets.token_hex(4)}"
        note.touch(0o600)
        try:
            yield lambda: os.utime(note)
        finally:
            note.unlink(missing_ok=True)

    def _open(self) -> None:
        """At the first use: empty the bin of what has been in there for long."""
        with self._lock:
            if self._opened:
                return
            self._opened = True
        with suppress(OSError):
            self._empty_bin()

    def _empty_bin(self) -> None:
        if not self._bin.is_dir() or self._somebody_reads():
            return
        files = {path: path.name.partition("-")[0] for path in self._bin.glob("[0-9]*-*")}
        numbers = [int(number) for number in files.values() if number.isdigit()]
        until = datetime.now(UTC) - timedelta(days=BIN_DAYS)
        for run in self.numbered(numbers):
            path = self._binned(run)
            # One of another history's run of that number has another name.
            if run.removed is not None and run.removed < until and path in files:
                path.unlink(missing_ok=True)
                self.stills.drop(run.clip or path)

    def _somebody_reads(self) -> bool:
        newest = time.time() - _SILENT_S
        return any(note.stat().st_mtime > newest for note in self._bin.glob("reading-*"))

    def _binned(self, run: Run) -> Path:
        return self._bin / f"{run.number}-{run.clip.name if run.clip else ''}"

    def _gone(self, run: Run) -> Path:
        """What stills are asked for where the file is gone: one may have been made before."""
        if run.clip is None:
            raise MediaError("this run has no clip")
        return run.clip

    def _medium(self, run: Run, name: str, server: str) -> Clip | str | None:
        """What a media field was given: the clip that it was, or an address that may live."""
        parent = (run.facts or {}).get("parents", {}).get(name)
        came_from = self._history.of_request(parent) if parent else None
        # A frame of that clip is a picture of its own: the clip as a whole is no stand-in for it.
        if came_from is not None and name == "video_url":
            with suppress(MediaError):
                return self.clip(came_from)
        address = str(run.request[name])
        lives = address.startswith("https://") or (server and address.startswith(f"{server}/"))
        return address if lives else None


def again(run: Run) -> str:
    """How a clip whose file is gone may be had again, for people."""
    return f"ltx_widgets.resume({run.id[:8]!r}) fetches it while the service has it"


def _wanted(words: str, what: str, place: str, **marks: bool) -> Wanted:
    return Wanted(words=words, endpoints=_endpoints(what), place=place, **marks)


def _endpoints(what: str) -> tuple[str, ...]:
    """The ids that an id or a task stands for.

    Raises:
        InvalidRequest: there is no such endpoint or task.
    """
    of_task = tuple(row.id for row in ENDPOINTS.values() if row.task == what)
    return of_task or ((find_endpoint(what).id,) if what else ())


def _move(path: Path, to: Path) -> None:
    try:
        path.replace(to)
    except OSError as error:
        raise MediaError(f"{path.name} cannot be moved to {to.parent} ({error})") from error
