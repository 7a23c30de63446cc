"""A job's live panel: how it stands, how long it takes, its last log lines, and Cancel.

It is plain HTML traits in a box. `widgets.Output` would catch the prints of whatever cell runs
next, and would send its whole list again with each line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import ipywidgets as w
from IPython.display import clear_output, display

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError
from ltx_widgets.job import Job, Snapshot
from ltx_widgets.session import Session
from ltx_widgets.widgets._kernel import Cell, let_clicks_through, somebody_there
from ltx_widgets.widgets.job_words import say_phase, say_reasons, say_span, title_of_job
from ltx_widgets.widgets.style import close_fully, style_sheet

__all__ = ["JobPanel", "job_panel"]

_PAINT_S = 0.2
_LINES = 6

Start = Callable[[Coroutine[Any, Any, Any]], Any]


class JobPanel(w.VBox):
    """Shows one job until it is over, then folds into one line.

    Once made, it is written to from the engine's loop alone: that reaches the page at once, also
    while a cell computes.

    Args:
        job: What to show.
        start: Starts work on the engine's loop.
    """

    def __init__(self, job: Job, start: Start) -> None:
        self._job = job
        self._asking = ""
        self._status = w.HTML()
        self._details = w.HTML()
        self.cancel = w.Button(description="Cancel", tooltip="Cancel this job at the server")
        self.cancel.on_click(lambda _: start(self._ask_to_cancel()))
        let_clicks_through(self.cancel)
        self._head = w.Box([self._status, self.cancel])
        self._head.add_class("ltx-head")
        super().__init__([self._head, self._details, style_sheet()])
        self.add_class("ltx-panel")
        self._paint(job.snapshot())

    def __repr__(self) -> str:
        return f"JobPanel({self._job.endpoint.id})"

    @property
    def over(self) -> bool:
        """Whether its job is over."""
        return self._job.done

    async def follow(self) -> Clip | None:
        """Paint until the job is over; its clip, or None if there is none. For the engine's loop.

        A look every 0.2 s bounds the updates, and moves the clock between two log lines.
        """
        while not (now := self._job.snapshot()).over:
            self._paint(now)
            await asyncio.sleep(_PAINT_S)
        error: Exception | None = None
        clip = None
        try:
            clip = await self._job
        except Exception as ended:  # noqa: BLE001 - whatever it is, the panel is where it is told
            error = ended
        self._fold(self._job.snapshot(), error)
        return clip

    def close(self) -> None:
        """Take it off the page."""
        for part in (self.cancel, self._status, self._details, self._head, self.children[-1]):
            close_fully(part)
        close_fully(self)

    def add(self, note: str, *, more: str = "") -> None:
        """End a finished job's line with a note, and with more of it behind a fold."""
        took = f"Finished in {say_span(self._job.snapshot().elapsed_s)}"
        told = f"<span> · {escape(note)}</span>"
        if more:
            told = f"<details><summary>{escape(note)}</summary>{escape(more)}</details>"
        self._status.value = f'{_live(took, self._job)}<span class="ltx-quiet">{told}</span>'

    async def _ask_to_cancel(self) -> None:
        self.cancel.disabled = True
        self._asking = "Asking the server to cancel"
        try:
            answer = await asyncio.to_thread(self._job.cancel)
        except LTXError as error:
            self._asking = str(error)
            self.cancel.disabled = False
            return
        if answer == "requested":
            self._asking = "The server was asked to cancel; what is under way may still finish"

    def _paint(self, now: Snapshot) -> None:
        self._status.value = _status_line(self._job, now)
        self._details.value = _details(now, self._asking)

    def _fold(self, now: Snapshot, error: Exception | None) -> None:
        self._head.children = (self._status,)
        if error is None or now.phase == "cancelled":
            self._status.value = _status_line(self._job, now)
            self._details.value = ""
            self._details.layout.display = "none"
            return
        self._status.value = _live("Failed", self._job, role="alert")
        self._details.value = f'<div class="ltx-bad">{_reason(error)}</div>{_log(now)}'


@contextmanager
def job_panel(session: Session, job: Job, *, magic: str) -> Iterator[None]:
    """Show a job while a cell blocks on it, and nothing of it afterwards.

    Without a person there is no panel: a batch runner keeps the state of every widget, and drops
    what arrives after the cell.

    Args:
        session: Whose loop to paint from.
        job: What to show.
        magic: The magic that must be the whole cell: the panel's output is cleared at the end,
            and a loop in a cell must keep what it showed before.
    """
    cell = Cell.here()
    if cell is None or not somebody_there() or not cell.code.lstrip().startswith(magic):
        yield
        return
    panel = JobPanel(job, session.start)
    display(panel)
    following = session.start(panel.follow())
    try:
        yield
    finally:
        following.cancel()
        panel.close()
        # A closed widget would be saved as an output that says "model not found".
        clear_output(wait=True)


def _status_line(job: Job, now: Snapshot) -> str:
    return _live(say_phase(now), job)


def _live(words: str, job: Job, *, role: str = "status") -> str:
    """The status and which job it is of. It changes seldom, so that it can be read aloud."""
    return (
        f'<span role="{role}" aria-live="{"assertive" if role == "alert" else "polite"}">'
        f"<strong>{escape(words)}</strong></span>"
        f'<span class="ltx-quiet"> · {escape(title_of_job(job))}</span>'
    )


def _details(now: Snapshot, asking: str) -> str:
    percent = int(100 * (now.progress or 0))
    told = f"{percent} %" if now.progress is not None else "not known yet"
    bar = (
        f'<div class="ltx-track" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}" aria-valuetext="{told}">'
        f'<div style="width:{percent}%"></div></div>'
    )
    times = [say_span(now.elapsed_s)]
    if now.remaining_s is not None:
        times.append(f"about {say_span(now.remaining_s)} left")
    if now.progress is not None:
        times.insert(0, f"{percent} %")
    if asking:
        times.append(escape(asking))
    return f'{bar}<div class="ltx-times">{" · ".join(times)}</div>{_log(now)}'


def _log(now: Snapshot) -> str:
    lines = "\n".join(escape(line.message) for line in now.logs[-_LINES:])
    return f'<pre class="ltx-log">{lines}</pre>' if lines else ""


def _reason(error: Exception) -> str:
    return "<br>".join(escape(line) for line in say_reasons(error))
