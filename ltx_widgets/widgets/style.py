"""The one style sheet, as a widget to put beside what it dresses."""

from __future__ import annotations

from pathlib import Path

import anywidget
import ipywidgets as w

__all__ = ["close_fully", "script", "style_sheet"]

_HERE = Path(__file__).parent


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
    """The module or the style sheet of a widget, put together from files of this folder.

    Args:
        names: Of the files; what the first ones define, the last one uses and exports.
    """
    return "\n".join((_HERE / name).read_text("utf8") for name in names)


def style_sheet() -> w.DOMWidget:
    """A widget without height that carries the rules of ``style.css``."""
    sheet = _Sheet(layout=w.Layout(height="0", margin="0"))
    sheet.add_class("ltx-hidden")
    return sheet
