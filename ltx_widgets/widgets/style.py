"""The one style sheet, as a widget to put beside what it dresses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w

__all__ = ["Looks", "close_all", "close_fully", "script", "style_sheet"]

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"^\s*/\*\*(?:(?!\*/).)*\*/\n", re.DOTALL | re.MULTILINE)


class Looks:
    """One layout, and one style for each kind of widget, that all parts of a form share.

    ipywidgets would make both anew for each part: two thirds of a form's models, and of the time to
    build it. Parts that share them are closed with plain ``close``, not `close_fully`, and
    never change them.
    """

    def __init__(self) -> None:
        self._layout = w.Layout(width="auto")
        self._styles: dict[type[w.Style], w.Style] = {}

    def __repr__(self) -> str:
        return f"Looks({len(self._styles)})"

    def box(self) -> dict[str, Any]:
        """What a box is made with."""
        return {"layout": self._layout}

    def of(self, kind: type[w.DOMWidget]) -> dict[str, Any]:
        """What a widget of that class is made with."""
        style = kind.class_traits()["style"].klass
        if style not in self._styles:
            self._styles[style] = style()
        return {"layout": self._layout, "style": self._styles[style]}


def close_fully(widget: w.DOMWidget) -> None:
    """Close a widget with its layout and style, which ipywidgets would keep for ever."""
    w.DOMWidget.close(widget)
    for model in (widget.layout, getattr(widget, "style", None)):
        if model is not None:
            model.close()


def close_all(part: w.DOMWidget) -> None:
    """Close a box with all that stands in it, and what its parts share."""
    for inner in getattr(part, "children", ()):
        close_all(inner)
    close_fully(part)


def script(*names: str) -> str:
    """The module of a widget, put together from files of this folder, without their comments.

    A page gets a copy with each widget, and a notebook may keep it.

    Args:
        names: Of the files; what the first ones define, the last one uses and exports.
    """
    texts = ((_HERE / name).read_text("utf8") for name in names)
    return "\n".join(_COMMENT.sub("", text) for text in texts)


class _Sheet(anywidget.AnyWidget):
    """Carries ``style.css``, and keeps JupyterLab's shortcuts out of what it stands in."""

    _esm = script("keys.js", "sheet.js")
    _css = _HERE / "style.css"

    def __repr__(self) -> str:
        return "Sheet()"


def style_sheet() -> w.DOMWidget:
    """A widget without height that carries the rules of ``style.css``."""
    sheet = _Sheet(layout=w.Layout(height="0", margin="0"))
    sheet.add_class("ltx-hidden")
    return sheet
