"""The one style sheet, as a widget to put beside what it dresses."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ipywidgets as w

__all__ = ["style_sheet"]


def style_sheet() -> w.HTML:
    """A widget without height that carries the rules of ``style.css``."""
    sheet = w.HTML(f"<style>{_rules()}</style>", layout=w.Layout(display="none"))
    sheet.add_class("ltx-hidden")
    return sheet


@cache
def _rules() -> str:
    return Path(__file__).with_name("style.css").read_text("utf8")
