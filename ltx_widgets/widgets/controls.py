"""From a field's description to its control: one table from kinds to widgets."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets as w

from ltx_widgets.errors import Problem
from ltx_widgets.schema import FieldSpec
from ltx_widgets.widgets.media_control import MediaControl
from ltx_widgets.widgets.style import Looks

__all__ = ["Control", "make_control"]


class Control:
    """One field of a form: its widget, with a line below for help or what is wrong.

    Args:
        spec: What the schema says of the field.
        on_change: Called when its value changed.
        looks: What the form's parts share.
        placeholder: What stands in an empty text.
    """

    def __init__(
        self,
        spec: FieldSpec,
        on_change: Callable[[], None],
        *,
        looks: Looks,
        placeholder: str = "",
    ) -> None:
        self.spec = spec
        self.widget = _MAKERS[spec.kind](spec, looks, placeholder)
        self.widget.observe(lambda _: on_change(), names="value")
        self._line = w.HTML(**looks.of(w.HTML))
        self.box = w.VBox([self.widget, self._line], **looks.box())
        self.box.add_class("ltx-field")
        self.box.add_class(f"ltx-{spec.kind}")
        self.show()

    @property
    def value(self) -> Any:
        """What is chosen, as a plain value; None for an empty field that may be left out."""
        value = self.widget.value
        if self.spec.kind == "text":
            # As a %%ltx cell has it; spaces around a prompt say nothing.
            value = value.strip()
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

    def show(self, problem: str = "", note: str = "") -> None:
        """Put a problem below the control; where there is none, a note as HTML, or else its help.

        The note stays beside a problem.
        """
        if problem:
            self.box.add_class("ltx-wrong")
            self._line.value = f'<span role="alert">{escape(problem)}</span>{note and "<br>"}{note}'
        else:
            self.box.remove_class("ltx-wrong")
            self._line.value = note or f"<span>{escape(_help(self.spec))}</span>"

    def close(self) -> None:
        """Take it off the page."""
        for part in (self.widget, self._line, self.box):
            part.close()


def make_control(
    spec: FieldSpec, on_change: Callable[[], None], *, looks: Looks, placeholder: str = ""
) -> Control | MediaControl:
    """The control of one field.

    Args:
        spec: What the schema says of the field.
        on_change: Called when its value changed.
        looks: What the form's parts share.
        placeholder: What stands in an empty text.
    """
    if spec.kind == "media":
        return MediaControl(spec, on_change, looks=looks)
    return Control(spec, on_change, looks=looks, placeholder=placeholder)


def _help(spec: FieldSpec) -> str:
    if spec.minimum is None or spec.maximum is None:
        return spec.help
    bounds = f"{spec.minimum:g} to {spec.maximum:g}"
    if bounds in spec.help:
        return spec.help
    return f"{spec.help} {bounds} {spec.unit}".strip() + "."


def _text(spec: FieldSpec, looks: Looks, placeholder: str) -> Any:
    # In fal's schema the one long text is the prompt; short ones would name a choice.
    return w.Textarea(
        **_labelled(spec),
        **looks.of(w.Textarea),
        value=str(spec.default or ""),
        rows=4,
        placeholder=placeholder or "\u200b",
    )


def _choice(spec: FieldSpec, looks: Looks, _: str) -> Any:
    options = [(spec.label(choice), choice) for choice in spec.choices]
    kept = {**_labelled(spec), **looks.of(w.Dropdown)}
    return w.Dropdown(**kept, options=options, value=spec.default)


def _flag(spec: FieldSpec, looks: Looks, _: str) -> Any:
    kept = {**_labelled(spec), **looks.of(w.Checkbox)}
    return w.Checkbox(**kept, value=bool(spec.default), indent=False)


def _number(spec: FieldSpec, looks: Looks, _: str) -> Any:
    value = "" if spec.default is None else str(spec.default)
    return w.Text(**_labelled(spec), **looks.of(w.Text), value=value)


def _labelled(spec: FieldSpec) -> dict[str, Any]:
    unit = f" ({spec.unit})" if spec.unit and spec.kind == "number" else ""
    return {"description": f"{spec.title}{unit}", "tooltip": spec.help}


_MAKERS: dict[str, Callable[[FieldSpec, Looks, str], Any]] = {
    "text": _text,
    "choice": _choice,
    "flag": _flag,
    "number": _number,
}
