"""The cells of a sweep: what became of each, and how the whole stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from ltx_widgets.clip import Clip
from ltx_widgets.draft import Draft
from ltx_widgets.errors import JobCancelled, SweepIncomplete
from ltx_widgets.grid import Cell
from ltx_widgets.history import Run
from ltx_widgets.job import Job, Phase

__all__ = ["CellNow", "CellPhase", "Quote", "Slot", "counts", "incomplete", "note_of"]

CellPhase = Literal["waiting", "removed"] | Phase


@dataclass(frozen=True, slots=True)
class Quote:
    """What is still to be made, and its price.

    Attributes:
        cells: How many requests would be sent.
        usd: US dollars for those whose price is known, at most; None where calls are free.
        unknown: How many have no known price: it goes by media of unknown length.
    """

    cells: int
    usd: Decimal | None
    unknown: int = 0

    def __str__(self) -> str:
        count = f"{self.cells} clip{'s' if self.cells != 1 else ''}"
        if self.usd is None:
            return f"{count}, free"
        more = f" and {self.unknown} of unknown price" if self.unknown else ""
        return f"{count}, ${self.usd:.2f}{more}"


@dataclass(frozen=True, slots=True)
class CellNow:
    """How a cell stands at one moment.

    Attributes:
        key: Which one.
        label: What sets it apart, by the field's title.
        phase: "waiting" (not sent yet), "removed" (its clip was taken out of the gallery), or the
            phase of its job.
        progress: 0 to 1; None where unknown.
        message: What went wrong.
        path: Its clip's file, once that is there.
        request_id: The job that made it, or makes it.
        kept: Whether it was marked as one to keep.
    """

    key: str
    label: Mapping[str, str]
    phase: CellPhase
    progress: float | None = None
    message: str = ""
    path: Path | None = None
    request_id: str | None = None
    kept: bool = False


class Slot:
    """A cell and what became of it. Only the sweep changes it."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.run: Run | None = None
        self.job: Job | None = None
        self.clip: Clip | None = None
        self.error: Exception | None = None
        self.draft: Draft | None = None
        self.there = False
        self.kept = False
        self.stopped = False
        self.again = False
        self.busy = False

    @property
    def phase(self) -> CellPhase:
        """How it stands; see `CellNow`."""
        if self.clip is not None or self.there:
            return "finished"
        if self.error is not None:
            return "cancelled" if isinstance(self.error, JobCancelled) else "failed"
        if self.job is not None:
            return self.job.snapshot().phase
        if self.run is None:
            return "waiting"
        # A clip that is not on disk any more is fetched again, which costs nothing.
        return "removed" if self.run.removed is not None else "running"

    @property
    def wanted(self) -> bool:
        """Whether a request would be sent for it."""
        return not self.busy and self.phase == "waiting"

    def know(self, run: Run) -> None:
        """Another look into the history found this."""
        self.run = run
        self.kept = run.kept
        in_place = run.state == "finished" and run.removed is None and run.clip is not None
        self.there = bool(in_place and run.clip and run.clip.exists())

    def forget(self) -> None:
        """Make it anew, as far as that needs paying."""
        self.run = self.job = self.error = self.clip = None
        self.there, self.stopped, self.again = False, False, True

    def now(self) -> CellNow:
        """How it stands at this moment."""
        phase = self.phase
        seen = self.job.snapshot() if self.job is not None else None
        path = self.clip.path if self.clip is not None else self.run.clip if self.run else None
        id_ = self.job.request_id if self.job is not None else None
        return CellNow(
            *(self.cell.key, self.cell.label, phase),
            progress=seen.progress if seen else None,
            # The job knows first.
            message=str(self.error or (seen.message if seen else "")),
            path=path if phase == "finished" else None,
            request_id=id_ or (self.run.request_id if self.run else None),
            kept=self.kept,
        )


def counts(run: Run, sweep: str) -> bool:
    """Whether a run stands for its cell: it has a clip, or may have one."""
    if run.removed is not None:
        return (run.batch or "").startswith(f"{sweep}/")
    return run.state in ("finished", "running", "sending")


def note_of(now: CellNow) -> str:
    """How a cell stands, for people; nothing for a clip like others."""
    if now.phase == "finished":
        return "kept" if now.kept else ""
    words = "not made yet" if now.phase == "waiting" else now.phase
    return f"{words}: {now.message}" if now.message else words


def incomplete(missing: Sequence[Slot], count: int) -> SweepIncomplete:
    """The error that tells which of so many cells have no clip."""
    failures = {
        slot.cell.title: slot.error or JobCancelled("it was not sent", request_id="")
        for slot in missing
    }
    told = "; ".join(f"{title}: {error}" for title, error in failures.items())
    return SweepIncomplete(
        f"{len(missing)} of {count} cells have no clip: {told}. The others are in `clips`; "
        "`retry()` makes these again",
        failures,
    )
