"""A sweep on the page: its cells with what sets them apart, then their films, in step.

Page to kernel: what a `Feed` hears, and ``start``, ``cancel``, ``remove``, and with a ``key``
``retry``, ``use`` and ``keep`` (kept).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError
from ltx_widgets.grid import MOST_CELLS
from ltx_widgets.sweep_cells import CellNow
from ltx_widgets.sweeps import Sweep, open_sweep, plan_sweep
from ltx_widgets.widgets._kernel import Cell, in_voila, somebody_there
from ltx_widgets.widgets.feed import Feed
from ltx_widgets.widgets.handoff import Handoff, below
from ltx_widgets.widgets.style import close_fully, script

__all__ = ["ContactSheet", "resume_sweep", "sweep"]

_PAINT_S = 0.2
# The small films have every second frame of faster clips.
_MOST_FPS = 30


class _Page(anywidget.AnyWidget):
    """The sheet as it is seen; `ContactSheet` has the words for it."""

    _esm = script("keys.js", "feed.js", "instep.js", "contact_sheet.js")
    _css = script("instep.css", "contact_sheet.css")
    cells = t.List().tag(sync=True)
    now = t.List().tag(sync=True)
    words = t.Dict().tag(sync=True)

    def __repr__(self) -> str:
        return "Page()"


class ContactSheet(w.VBox):
    """Shows a sweep, starts it, and plays what it made, all in step.

    Args:
        sweep: What to show.
        handoff: Where "use these settings" leads; into a form below the sheet, if left out.

    Attributes:
        sweep: What is shown.
    """

    def __init__(self, sweep: Sweep, *, handoff: Handoff | None = None) -> None:
        self.sweep = sweep
        # Callbacks may come from two threads on ipykernel 7.0 to 7.3.
        self._lock = threading.RLock()
        self._place = w.VBox()
        self._handoff = handoff or below(self._place)
        self._films: dict[str, dict[str, Any]] = {}
        self._trouble = ""
        self._painting = self._closed = self._owes_copy = False
        self._stills = sweep.session.library.stills
        self._cell = Cell.here()
        keys = [cell.key for cell in sweep.plan.cells]
        labels = [[*map(list, cell.label.items())] for cell in sweep.plan.cells]
        self._page = _Page(
            cells=[{"key": k, "label": label} for k, label in zip(keys, labels, strict=True)]
        )
        Feed(self._page, self._find)
        self._page.on_msg(self._heard)
        super().__init__([self._page, *([] if handoff else [self._place])])
        self.add_class("ltx-sheet-box")
        sweep.follow()
        self._show(sweep.cells)
        self._watch()

    def __repr__(self) -> str:
        return f"ContactSheet({len(self.sweep.plan.cells)} cells)"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if not (somebody_there() or in_voila()):
            # A batch runner keeps the state of every widget, and nobody would press Start.
            return self.sweep._repr_mimebundle_()
        self._cell = Cell.here() or self._cell
        self._owes_copy = True
        self._watch()
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        return {**bundle, "text/html": "<em>Sweep: run this cell.</em>"}

    @property
    def clips(self) -> list[Clip]:
        """The clips that are there, in the cells' order."""
        return self.sweep.clips

    def start(self) -> ContactSheet:
        """Send what is missing; see `Sweep.start`."""
        self.sweep.start()
        self._watch()
        return self

    def result(self, timeout_s: float | None = None) -> list[Clip]:
        """Start it, and block until every cell has its clip; see `Sweep.result`.

        Raises:
            SweepIncomplete: some have none; the others' are in `clips`.
            TimeoutError: not done in time; it goes on.
        """
        self.start()
        return self.sweep.result(timeout_s)

    def close(self) -> None:
        """Take it off the page; the sweep goes on."""
        self._closed = True
        for form in self._place.children:
            form.close()
        for part in (self._page, self._place, self):
            close_fully(part)

    def _find(self, name: str) -> Path:
        what, _, key = name.partition("/")
        path = {now.key: now.path for now in self.sweep.cells}[key]
        if path is None:
            raise KeyError(name)
        return {"still": self._stills.poster, "film": self._stills.preview}[what](path)

    def _heard(self, _: Any, said: Mapping[str, Any], __: Sequence[memoryview]) -> None:
        key = str(said.get("key", ""))
        acts = {
            "start": self.sweep.start,
            "cancel": self.sweep.cancel,
            "remove": self.sweep.remove_others,
            "retry": lambda: self.sweep.retry(*([key] if key else [])),
            "keep": lambda: self.sweep.keep(key, kept=bool(said.get("kept"))),
        }
        kind = said.get("kind")
        if kind == "use":
            try:
                self._handoff(*self.sweep.settings(key))
            except LTXError as error:
                self._trouble = str(error)
                self._watch()
        elif kind in acts:
            # Some of it looks at files and the history: not on the kernel's thread.
            self.sweep.session.start(self._act(acts[kind]))

    async def _act(self, act: Any) -> None:
        try:
            self._trouble = ""
            await asyncio.to_thread(act)
        except (LTXError, OSError) as error:
            self._trouble = str(error)
        self._watch()
        await asyncio.to_thread(self._show, self.sweep.cells)

    def _watch(self) -> None:
        """See to it that the page is told of changes, from the session's loop."""
        with self._lock:
            if self._painting or self._closed:
                return
            self._painting = True
        self.sweep.session.start(self._paint())

    async def _paint(self) -> None:
        try:
            await self._paint_to_the_end()
        except BaseException:
            self._painting = False  # A session that closes takes this task along.
            raise

    async def _paint_to_the_end(self) -> None:
        while True:
            over, cells = self.sweep.over, self.sweep.cells
            await asyncio.to_thread(self._look_at_films, cells)
            # A price goes by media that are read for it.
            await asyncio.to_thread(self._show, cells)
            with self._lock:
                # Started once more meanwhile? Then whoever did that relies on us.
                if self._closed or (over and self.sweep.over):
                    self._painting = False
                    break
            await asyncio.sleep(_PAINT_S)
        if not self._closed and all(now.phase == "finished" for now in self.sweep.cells):
            await self._leave_a_copy()

    def _look_at_films(self, cells: Sequence[CellNow]) -> None:
        """Read the measures of new clips."""
        for now in cells:
            if now.path is None:
                self._films.pop(now.key, None)
        new = [now for now in cells if now.path is not None and now.key not in self._films]
        for now in new:
            try:
                clip = self.sweep.clip(now.key)
            except (LTXError, KeyError):
                continue
            self._films[now.key] = {
                "fps": clip.fps / 2 if clip.fps > _MOST_FPS else clip.fps,
                "seconds": clip.duration,
                "width": clip.width,
                "height": clip.height,
                "sound": clip.has_audio,
            }

    def _show(self, cells: Sequence[CellNow]) -> None:
        with self._lock:
            if self._closed:
                return
            # One message for both.
            with self._page.hold_sync():
                self._page.now = [
                    {
                        "phase": now.phase,
                        "progress": now.progress and round(now.progress, 2),
                        "message": now.message[:300],
                        "kept": now.kept,
                        "film": self._films.get(now.key) if now.path is not None else None,
                    }
                    for now in cells
                ]
                self._page.words = self._words(cells)

    def _words(self, cells: Sequence[CellNow]) -> dict[str, Any]:
        phases = [now.phase for now in cells]
        done, failed = phases.count("finished"), phases.count("failed")
        said = [f"{done} of {len(cells)} clips are there"]
        idle = ("finished", "waiting", "failed", "cancelled", "removed")
        said += [f"{busy} under way"] if (busy := sum(p not in idle for p in phases)) else []
        said += [f"{failed} failed"] if failed else []
        said += ["another kernel is making it, which is waited for"] if self.sweep.waits else []
        said += [self._trouble] if self._trouble else []
        over = self.sweep.over
        ended = [p for p in phases if p in ("failed", "cancelled", "removed")]
        some_kept = any(now.kept for now in cells)
        return {
            "status": "; ".join(said),
            "start": self._offer() if over else "",
            "cancel": not over,
            "retry": over and len(ended) > 1,
            "remove": over and some_kept and any(n.path and not n.kept for n in cells),
        }

    def _offer(self) -> str:
        """The text of the start button; empty where nothing is missing."""
        try:
            quote = self.sweep.quote
        except LTXError as error:
            self._trouble = str(error)
            return ""
        return f"Start: {quote}" if quote.cells else ""

    async def _leave_a_copy(self) -> None:
        """Put a plain copy into the cell, for who opens the notebook without its kernel."""
        cell = self._cell
        if not self._owes_copy or cell is None:
            return
        self._owes_copy = False
        html = await asyncio.to_thread(lambda: self.sweep.html)
        text = "The sheet for readers without a kernel"
        cell.publish(
            {
                "text/plain": repr(self.sweep),
                "text/html": f"<details><summary>{escape(text)}</summary>{html}</details>",
            }
        )


def sweep(
    prompt: str | list[str] | None = None,
    *,
    endpoint: str | list[str] | None = None,
    base: Mapping[str, Any] | None = None,
    at_once: int = 4,
    most: int = MOST_CELLS,
    fresh: bool = False,
    **fields: Any,
) -> ContactSheet:
    """A grid of clips: each field that is given a list of values, crossed with all others.

    All of it is read, checked and priced first; nothing is sent before its button is pressed, or
    before ``.start()`` or ``.result()``. The same grid is the same sweep, in any kernel: what it
    made is there, what runs is followed, and only what is missing is paid.

    Args:
        prompt: What the clips should show.
        endpoint: Where they are made; as for `run`.
        base: More fields, such as a form's ``form.request``; those given by name go before.
        at_once: Jobs under way at a time.
        most: A grid of more cells is refused.
        fresh: Make new clips, whatever was made before.
        fields: As for `run`. Each may be a list of values (a ``list`` or a ``range``).

    Raises:
        InvalidRequest: with every problem of every cell.

    Example::

        ltx.sweep(["a fox runs", "a cat sleeps"], duration=[6, 8], resolution="1080p")
    """
    made = plan_sweep(
        prompt,
        endpoint=endpoint,
        base=base,
        at_once=at_once,
        most=most,
        fresh=fresh,
        **fields,
    )
    return ContactSheet(made)


def resume_sweep(name: str = "", *, at_once: int = 4) -> ContactSheet:
    """A sweep of this or another kernel, as it stands.

    Args:
        name: Its id, or a unique beginning of it; the newest one if left out.
        at_once: Jobs under way at a time.

    Raises:
        InvalidRequest: there is no such sweep.
        ConfigError: its plan cannot be read.
    """
    return ContactSheet(open_sweep(name, at_once=at_once))
