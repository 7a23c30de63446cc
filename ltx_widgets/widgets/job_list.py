"""The jobs that a form sent, each with its panel, and their clips in the form's cell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import ipywidgets as w

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError
from ltx_widgets.job import Job
from ltx_widgets.session import Session
from ltx_widgets.widgets._kernel import Cell, in_voila
from ltx_widgets.widgets.job_view import JobPanel
from ltx_widgets.widgets.style import Looks, close_fully

__all__ = ["JobList"]

_MOST_PANELS = 6


class JobList:
    """Panels of jobs; old ones make room.

    The finished clip is an output of its own in the cell that shows the form: a widget would be
    gone with its kernel, a clip in a plain output stays. Voilà has no cells that take outputs once
    its page is there, and nothing that stays: the clip is shown in here.

    Args:
        on_clip: Called with each clip that came, on a thread.
        looks: What the form's parts share.

    Attributes:
        box: Where the panels stand.
    """

    def __init__(self, on_clip: Callable[[Clip], None], looks: Looks) -> None:
        self._on_clip = on_clip
        self._panels, self._shown = w.VBox(**looks.box()), w.VBox(**looks.box())
        self.box = w.VBox([self._panels, self._shown], **looks.box())

    def __repr__(self) -> str:
        return f"JobList({len(self._panels.children)})"

    def add(self, job: Job, session: Session, cell: Cell | None) -> None:
        """Show a job that was just sent, and its clip in `cell` when it is there."""
        panel = JobPanel(job, session.start)
        self._panels.children = (*self._old_panels(), panel)
        session.start(self._see_through(panel, cell))

    def _old_panels(self) -> list[JobPanel]:
        panels = list(self._panels.children)
        for panel in [p for p in panels if p.over][: max(0, len(panels) + 1 - _MOST_PANELS)]:
            panels.remove(panel)
            panel.close()
        return panels

    def _show(self, clip: str) -> None:
        """Show a clip in here, the newest on top, for a page that has no cells."""
        self._shown.children = (w.HTML(clip), *self._shown.children)
        for old in self._shown.children[_MOST_PANELS:]:
            self._shown.children = self._shown.children[:_MOST_PANELS]
            close_fully(old)

    async def _see_through(self, panel: JobPanel, cell: Cell | None) -> None:
        clip = await panel.follow()
        if clip is None:
            return
        await asyncio.to_thread(self._on_clip, clip)
        if cell is None:
            return
        panel.add("preparing it for this page")
        try:
            # A second's work, which must not hold up the other jobs of this loop.
            bundle = await asyncio.to_thread(clip._repr_mimebundle_)
        except (LTXError, OSError) as error:
            panel.add(f"it cannot be shown: {error}")
            return
        if in_voila():
            self._show(str(bundle["text/html"]))
            panel.add("the clip is below")
            return
        cell.publish(bundle)
        # JupyterLab listens for a cell's late outputs only until its page is loaded again.
        again = f"ltx_widgets.resume({clip.request_id[:8]!r}).result()"
        panel.add("the clip is below", more=f"Not there, after a reload? {again} shows it again.")
