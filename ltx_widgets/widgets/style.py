"""The one style sheet, as a widget to put beside what it dresses."""

from __future__ import annotations

import re
from pathlib import Path

import anywidget
import ipywidgets as w

__all__ = ["close_fully", "script", "style_sheet"]

_HERE = Path(__file__).parent
_COMMENT = re.compile(r"^\s*/\*\*(?:(?!\*/).)*\*/\n", re.DOTALL | re.MULTILINE)


class _Sheet(anywidget.AnyWidget):
    """Carries ``style.css``, and keeps JupyterLab's shortcuts out of what it stands in."""

    _esm = _HERE / "sheet.js"
    _css = _HERE / "style.css"

    def __repr__(self) -> str:
        return "Sheet()"


def close_fully(widget: w.DOMWidget) -> None:
    """Close a widget with its layout and style, which ipywidgets would keep for ever."""
    w.DOMWidget.close(widget)
    for model in (widget.layout, getattr(widget, "style", None)):
        if model is not None:
            model.close()


def script(*names: str) -> str:
    """The module of a widget, put together from files of this folder, without their comments.

    A page gets a copy with each widget, and a notebook may keep it.

    Args:
        names: Of the files; what the first ones define, the last one uses and exports.
    """
    texts = ((_HERE / name).read_text("utf8") for name in names)
    return "\n".join(_COMMENT.sub("", text) for text in texts)


def style_sheet() -> w.DOMWidget:
    """A widget without height that carries the rules of ``style.css``."""
    sheet = _Sheet(layout=w.Layout(height="0", margin="0"))
    sheet.add_class("ltx-hidden")
    return sheet
