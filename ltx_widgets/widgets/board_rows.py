"""The rows of a board of jobs, as data: what the page is told of each, and what changed in it."""

from __future__ import annotations

from typing import Any, Self

from ltx_widgets.clip import Clip
from ltx_widgets.history import Run
from ltx_widgets.job import Job, Snapshot
from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.widgets.job_words import say_phase, title_of_job
from ltx_widgets.wire import LogLine

__all__ = ["Entry", "Row"]

Row = dict[str, Any]
"""What the page knows of a job, ready for JSON.

- ``order``: the largest stands first.
- ``title``, ``model``, ``words``: texts for people.
- ``phase``: as in `Snapshot`, or "elsewhere".
- ``progress``: whole percent; None where unknown.
- ``left``: seconds left; None where unknown. ``elapsed``: seconds since it was sent. Both held
  when they were told: the page counts on.
- ``asking``: what became of a cancel. ``cancel``: whether one can be asked for.
- ``over``, ``reasons`` (lines), ``clip`` (whether it can be shown), ``facts`` of the clip.
"""

# Below every job that can be followed.
_ELSEWHERE = -1_000_000_000


class Entry:
    """One row, and what the page was told of it.

    Args:
        order: Of two rows, the one with more stands first.
        job: None for a run that is only listed.

    Attributes:
        asking: What became of a cancel.
        can_ask: Whether the server may be asked (once more) to cancel.
        over: Whether the row tells the end already.
        reasons: Why there is no clip.
        clip: What it made.
        lines: The lines that the page has, while its log is open there; otherwise None.
        told: The row as the page was told last; empty before.
    """

    def __init__(self, order: int, job: Job | None) -> None:
        self.order = order
        self.job = job
        self.asking = ""
        self.can_ask = True
        self.over = job is None
        self.reasons: list[str] = []
        self.clip: Clip | None = None
        self.lines: tuple[LogLine, ...] | None = None
        self.told: Row = {}
        self._listed: Row = {}

    @classmethod
    def elsewhere(cls, run: Run, advice: str) -> Self:
        """The row of a run that cannot be followed from here."""
        entry = cls(_ELSEWHERE + run.number, None)
        # A later version of this package may have sent it, to one that is not known here.
        row = ENDPOINTS.get(run.endpoint)
        title = row.title if row else run.endpoint
        prompt = " ".join(str(run.request.get("prompt") or title).split())
        entry._listed = {
            "title": prompt[:60],
            "model": title,
            "phase": "elsewhere",
            "words": f"Sent {run.started:%Y-%m-%d %H:%M} UTC, to another place",
            "reasons": [advice],
        }
        return entry

    def changes(self) -> Row:
        """What the page was not told yet; from now on it was."""
        now = self.job.snapshot() if self.job else Snapshot()
        row = self._row(now)
        told = self.told or dict.fromkeys(row, ...)
        changed = {name: value for name, value in row.items() if told[name] != value}
        if "phase" in changed:
            changed["elapsed"] = round(now.elapsed_s, 1)
        self.told = row
        return changed

    def told_now(self) -> Row:
        """The row as the page was told it, with the time as it is now."""
        elapsed = self.job.snapshot().elapsed_s if self.job else 0.0
        return {**self.told, "elapsed": round(elapsed, 1)}

    def new_lines(self) -> Row | None:
        """How the page comes from the lines that it has to those of now; None if it has them.

        ``cut`` so many at the end, then ``add`` these. It keeps as many as a job does.
        """
        job, had = self.job, self.lines
        if job is None or had is None:
            return None
        now = job.snapshot().logs
        self.lines = now
        if now == had:
            return None
        # Lines are only added, the newest may be replaced, and the oldest fall out.
        known = had[-2] if len(had) > 1 else None
        at = next((i for i in range(len(now) - 1, -1, -1) if now[i] is known), None)
        if known is None or at is None:
            return {"cut": len(had), "add": [line.message for line in now]}
        return {"cut": 1, "add": [line.message for line in now[at + 1 :]]}

    def _row(self, now: Snapshot) -> Row:
        job = self.job
        if job is None:
            return {"order": self.order, "over": True, **self._listed}
        # A job may end between two looks; its row ends when clip and reasons are known.
        phase = now.phase if self.over or not now.over else "fetching"
        progress = None if now.progress is None else int(100 * now.progress)
        return {
            "order": self.order,
            "title": title_of_job(job),
            "model": job.endpoint.title,
            "phase": phase,
            "words": say_phase(now, resumed=job.resumed) if phase == now.phase else "Fetching",
            "progress": progress,
            "left": self._left(now, phase, progress),
            "asking": "" if self.over else self.asking,
            "cancel": not self.over and self.can_ask,
            "over": self.over,
            "reasons": self.reasons,
            "clip": self.clip is not None,
            "facts": self.clip.summary if self.clip else "",
        }

    def _left(self, now: Snapshot, phase: str, progress: int | None) -> int | None:
        """Told anew only with news of the progress: in between the page counts down."""
        if (self.told.get("phase"), self.told.get("progress")) == (phase, progress):
            left: int | None = self.told.get("left")
            return left
        return None if now.remaining_s is None else round(now.remaining_s)
