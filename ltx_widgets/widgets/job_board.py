"""`job_board()`: every job that is under way, with what becomes of it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from ltx_widgets.widgets.board import Board
from ltx_widgets.widgets.lookout import Lookout
from ltx_widgets.widgets.stage import Stage
from ltx_widgets.widgets.style import style_sheet

__all__ = ["JobBoard", "job_board"]


class JobBoard(w.VBox):
    """All jobs under way: this kernel's, and those that others, or it before a restart, began.

    Each has its progress, its log and Cancel; a finished one shows its clip below the list.
    """

    def __init__(self) -> None:
        self._stage = Stage()
        self.board = Board(on_show=self._stage.show)
        super().__init__([style_sheet(), self.board, self._stage])
        self.add_class("ltx-job-board")
        self._lookout = Lookout(self.board)

    def __repr__(self) -> str:
        return "JobBoard()"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": "<em>Jobs: run this cell.</em>"}

    def close(self) -> None:
        """Take it off the page; the jobs go on."""
        self._lookout.close()
        for part in self.children:
            part.close()
        super().close()


def job_board() -> JobBoard:
    """Show every job that is under way, and go on with those that another kernel left.

    Closing the browser, restarting the kernel or opening another notebook loses none: a new board
    has them again. Jobs that went to another place are listed with what to do.
    """
    return JobBoard()
