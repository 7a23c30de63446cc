"""Every clip ever made here, in one widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from ltx_widgets.clip import Clip
from ltx_widgets.session import default_session
from ltx_widgets.widgets.gallery_board import GalleryBoard
from ltx_widgets.widgets.gallery_cards import newest_html, newest_text
from ltx_widgets.widgets.handoff import Handoff, below
from ltx_widgets.widgets.stage import Stage
from ltx_widgets.widgets.style import close_fully

__all__ = ["Gallery", "gallery"]


class Gallery(w.VBox):
    """Every clip ever made here: found again, played, gone on from, exported, taken out.

    Args:
        handoff: Where "use these settings", "extend" and "retake" lead; into a form below the
            gallery, if left out.
        show: Opens a clip; in a player below the gallery, if left out.

    Attributes:
        board: The part that shows the clips.
    """

    def __init__(
        self, handoff: Handoff | None = None, show: Callable[[Clip], None] | None = None
    ) -> None:
        self._forms = w.VBox()
        handoff = handoff or below(self._forms)
        self._stage = Stage(handoff)
        self.board = GalleryBoard(show=show or self._stage.show, handoff=handoff)
        super().__init__([self.board, self._stage, self._forms])
        self.add_class("ltx-gallery-box")

    def __repr__(self) -> str:
        return "Gallery()"

    def close(self) -> None:
        """Take it off the page, with the player and the forms below it."""
        for form in self._forms.children:
            form.close()
        self.board.close()
        self._stage.close()
        for box in (self._forms, self):
            close_fully(box)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        library = default_session().library
        # For pages without the kernel: a saved notebook on a website, a batch run's log.
        return {
            **bundle,
            "text/plain": newest_text(library),
            "text/html": newest_html(library),
        }


def gallery() -> Gallery:
    """Every clip ever made here, newest first, to look at and to go on with."""
    return Gallery()
