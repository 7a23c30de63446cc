"""From a field's description to its control: one table from kinds to widgets."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w

from ltx_widgets.errors import Problem
from ltx_widgets.schema import FieldSpec
from ltx_widgets.widgets.media_control import MediaControl
from ltx_widgets.widgets.style import close_fully

__all__ = ["Control", "make_control"]


class Control:
    """One field of a form: its widget, with a line below for help or what is wrong.

    Args:
        spec: What the schema says of the field.
        on_change: Called when its value changed.
    """

    def __init__(self, spec: FieldSpec, on_change: Callable[[], None]) -> None:
        self.spec = spec
        self.widget = _MAKERS[spec.kind](spec)
        self.widget.observe(lambda _: on_change(), names="value")
        self._line = w.HTML()
        self.box = w.VBox([self.widget, self._line])
        self.box.add_class("ltx-field")
        self.box.add_class(f"ltx-{spec.kind}")
        self.show()

    @property
    def value(self) -> Any:
        """What is chosen, as a plain value; None for an empty field that may be left out."""
        value = self.widget.value
        return None if value == "" and not self.spec.required else value

    given = asked = value

    @property
    def waiting(self) -> bool:
        """Whether the value is still to come; never here."""
        return False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the control itself has against its value; nothing, the schema judges."""
        return ()

    def take(self, value: Any) -> None:
        """Choose a value; one that is not offered leaves the control as it is."""
        if self.spec.kind == "choice":
            # "8" and 8 are the same to a person.
            value = next((c for c in self.spec.choices if str(c) == str(value)), self.value)
        text = "" if value is None else str(value)
        self.widget.value = value if self.spec.kind in ("choice", "flag") else text

    def look_again(self) -> bool:
        """Whether it names something that changed behind the form's back; never here."""
        return False

    def show(self, problem: str = "") -> None:
        """Put a problem below the control; its help where there is none."""
        if problem:
            self.box.add_class("ltx-wrong")
            self._line.value = f'<span role="alert">{escape(problem)}</span>'
        else:
            self.box.remove_class("ltx-wrong")
            self._line.value = f"<span>{escape(_help(self.spec))}</span>"

    def close(self) -> None:
        """Take it off the page."""
        for part in (self.widget, self._line, self.box):
            close_fully(part)


def make_control(spec: FieldSpec, on_change: Callable[[], None]) -> Control | MediaControl:
    """The control of one field.

    Args:
        spec: What the schema says of the field.
        on_change: Called when its value changed.
    """
    return (MediaControl if spec.kind == "media" else Control)(spec, on_change)


def _help(spec: FieldSpec) -> str:
    if spec.minimum is None or spec.maximum is None:
        return spec.help
    bounds = f"{spec.minimum:g} to {spec.maximum:g}"
    if bounds in spec.help:
        return spec.help
    return f"{spec.help} {bounds} {spec.unit}".strip() + "."


def _text(spec: FieldSpec) -> Any:
    # In fal's schema the one long text is the prompt; short ones would name a choice.
    return w.Textarea(**_labelled(spec), value=str(spec.default or ""), rows=4)


def _choice(spec: FieldSpec) -> Any:
    options = [(spec.label(choice), choice) for choice in spec.choices]
    return w.Dropdown(**_labelled(spec), options=options, value=spec.default)


def _flag(spec: FieldSpec) -> Any:
    return w.Checkbox(**_labelled(spec), value=bool(spec.default), indent=False)


def _number(spec: FieldSpec) -> Any:
    value = "" if spec.default is None else str(spec.default)
    return w.Text(**_labelled(spec), value=value)


def _labelled(spec: FieldSpec) -> dict[str, Any]:
    unit = f" ({spec.unit})" if spec.unit and spec.kind == "number" else ""
    return {
        "description": f"{spec.title}{unit}",
        "tooltip": spec.help,
        "layout": w.Layout(width="auto"),
    }


_MAKERS: dict[str, Callable[[FieldSpec], Any]] = {
    "text": _text,
    "choice": _choice,
    "flag": _flag,
    "number": _number,
}
