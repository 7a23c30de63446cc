"""The code of a form: the cell and the call that do the same, and code that fills the form."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ltx_widgets.draft import Draft
from ltx_widgets.errors import LTXError
from ltx_widgets.snippets import write_call, write_cell
from ltx_widgets.widgets._kernel import let_clicks_through
from ltx_widgets.widgets.style import Looks

__all__ = ["CodePart"]

_numbers = itertools.count(1)


class CodePart(anywidget.AnyWidget):
    """A fold below a form; what is in it is made while it is open, and not before.

    Args:
        fill: Fills the form from code; raises `LTXError` where it cannot.
        on_open: Called when it was opened.
        looks: What the form's parts share.
    """

    _esm = Path(__file__).with_name("code_part.js")
    unfolded = t.Bool(default_value=False).tag(sync=True)
    cell = t.Unicode().tag(sync=True)
    call = t.Unicode().tag(sync=True)
    note = t.Unicode().tag(sync=True)
    # What came of the last paste, numbered: the same words twice are two answers.
    told = t.Dict().tag(sync=True)

    def __init__(
        self, fill: Callable[[str], None], on_open: Callable[[], None], looks: Looks
    ) -> None:
        self._fill = fill
        super().__init__(**looks.box())
        self.add_class("ltx-code-part")
        let_clicks_through(self)
        self.on_msg(self._hear)
        self.observe(lambda change: on_open() if change["new"] else None, names="unfolded")

    def __repr__(self) -> str:
        return "CodePart()"

    def show(self, draft: Draft | None, media: Mapping[str, str | None]) -> None:
        """Show the code of a request, if anybody looks.

        Args:
            draft: The request; None while it is not complete.
            media: Python text that names each of its media; None where nothing does.
        """
        if not self.unfolded:
            return
        if draft is None:
            self.cell = self.call = ""
            self.note = "The code stands here as soon as the form can be sent."
            return
        self.cell = write_cell(draft.endpoint, draft.request, media)
        self.call = write_call(draft.endpoint, draft.request, media)
        self.note = _note(draft, media, has_cell=bool(self.cell))

    def _hear(self, _: Any, said: Mapping[str, Any], __: Sequence[Any]) -> None:
        if said.get("kind") != "paste":
            return
        try:
            self._fill(str(said.get("text", "")))
        except LTXError as refused:
            text, done = f"It does not fill the form: {refused}.", False
        else:
            text, done = "The form is filled from the code.", True
        self.told = {"number": next(_numbers), "text": text, "done": done}


def _note(draft: Draft, media: Mapping[str, str | None], *, has_cell: bool) -> str:
    notes = [
        f"{name.removesuffix('_url')} stands for {draft.media[name].label}: name a variable so"
        for name, text in media.items()
        if text is None
    ]
    # The magic knows names and paths, and no expressions.
    notes += [
        f"in the cell, {name.removesuffix('_url')} stands for {text}"
        for name, text in media.items()
        if text and text[0] not in "\"'" and not text.isidentifier()
    ]
    if not has_cell:
        notes.append("a prompt with a line that begins with # does not fit into a cell")
    return "; ".join(notes)
