"""How a part of the page hands over to a form: "use these settings", "use this frame"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as w

from ltx_widgets.widgets._kernel import Cell
from ltx_widgets.widgets.tasks import form_for

__all__ = ["Handoff", "below"]

Handoff = Callable[[str, Mapping[str, Any]], None]
"""Takes an endpoint id or a task, and first values for its form by field name."""


def below(place: w.Box) -> Handoff:
    """A handoff for a part that stands alone: the form comes into `place`, which is empty first.

    Clips of such a form become outputs of the cell that is running now.
    """
    cell = Cell.here()

    def open_form(what: str, fields: Mapping[str, Any]) -> None:
        form = form_for(what, **fields)
        form.put_clips_into(cell)
        # One that has jobs under way is not taken off the page.
        place.children = (form, *place.children)

    return open_form
