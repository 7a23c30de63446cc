"""The fields of a form: the controls of one endpoint, and what was chosen in those of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as w

from ltx_widgets.draft import Draft
from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.schema import SHORT_NAMES, Endpoint, FieldSpec, describe, read_request
from ltx_widgets.schema.prompting import PLACEHOLDERS, look_at_prompt
from ltx_widgets.session import Session
from ltx_widgets.widgets.controls import Control, make_control
from ltx_widgets.widgets.media_control import MediaControl
from ltx_widgets.widgets.style import Looks
from ltx_widgets.widgets.wording import EMPTY, say_advice, shorten

__all__ = ["Fields", "check_fields"]


class Fields:
    """Controls for an endpoint's fields, by the wire's names.

    Not safe for two threads: the form that has them brings the lock.

    Args:
        on_change: Called when a value changed, or when a medium has been read.
        looks: What the form's parts share.

    Attributes:
        head: Where the prompt and the media stand.
        grid: Where all other fields stand.
        controls: The controls of the chosen endpoint.
    """

    def __init__(self, on_change: Callable[[], None], looks: Looks) -> None:
        self._on_change = on_change
        self._looks = looks
        self._task = ""
        self._wishes: dict[str, Any] = {}
        self._placed: dict[str, Any] = {}
        self.controls: dict[str, Control | MediaControl] = {}
        self.head, self.grid = w.Box(**looks.box()), w.Box(**looks.box())
        self.head.add_class("ltx-wide")
        self.grid.add_class("ltx-fields")

    def __repr__(self) -> str:
        return f"Fields({', '.join(self.controls)})"

    @property
    def values(self) -> dict[str, Any]:
        """The fields as they stand, valid or not, without empty ones."""
        values = {name: control.value for name, control in self.controls.items()}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def specs(self) -> dict[str, FieldSpec]:
        """What the schema says of each field."""
        return {name: control.spec for name, control in self.controls.items()}

    @property
    def media(self) -> frozenset[str]:
        """The names of those that take a medium."""
        return frozenset(n for n, control in self.controls.items() if control.spec.media)

    @property
    def expressions(self) -> dict[str, str | None]:
        """Python text that names each medium that was chosen; None where nothing does."""
        return {
            name: control.expression
            for name, control in self.controls.items()
            if isinstance(control, MediaControl) and control.given is not None
        }

    @property
    def waiting(self) -> list[str]:
        """The titles of media that are still being read."""
        return [c.spec.title.lower() for c in self.controls.values() if c.waiting]

    def wire_name(self, name: str) -> str:
        """The wire's name of a field: people may say "image" for "image_url"."""
        return f"{name}_url" if f"{name}_url" in self.media else name

    def offer(self, row: Endpoint) -> None:
        """Make the controls of an endpoint; values that it offers stay."""
        self._task = row.task
        old = self.controls
        self._remember(old)
        self.controls = {}
        for spec in describe(row.model):
            kept = old.get(spec.name)
            if kept is not None and kept.spec == spec:
                self.controls[spec.name] = old.pop(spec.name)
                continue
            control = self.controls[spec.name] = make_control(
                spec,
                self._on_change,
                looks=self._looks,
                placeholder=PLACEHOLDERS.get(row.task, ""),
            )
            if spec.name in self._wishes:
                control.take(self._wishes[spec.name])
        self._lay_out()
        self._placed = self.values
        for control in old.values():
            control.close()

    def look(self, session: Session, row: Endpoint) -> tuple[Draft | None, tuple[Problem, ...]]:
        """The request as it stands, or what is wrong with it."""
        asked: dict[str, Any] = {n: c.asked for n, c in self.controls.items()}
        ids = {n: getattr(c.value, "request_id", None) for n, c in self.controls.items()}
        own = [problem for control in self.controls.values() for problem in control.problems]
        try:
            draft = session.request(
                endpoint=row.id,
                parents={name: id_ for name, id_ in ids.items() if id_},
                **{name: value for name, value in asked.items() if value is not None},
            )
        except InvalidRequest as refused:
            return None, (*own, *refused.problems)
        return None if own else draft, tuple(own)

    def refusals(
        self, session: Session, row: Endpoint, plain: Mapping[str, Any]
    ) -> tuple[Problem, ...]:
        """What the schema has against other values of the plain fields, whatever the media."""
        stand_ins = dict.fromkeys(self.media, "https://upload.invalid/media")
        standing = {n: v for n, v in self.values.items() if n not in stand_ins}
        try:
            session.request(endpoint=row.id, **{**stand_ins, **standing, **plain})
        except InvalidRequest as refused:
            return refused.problems
        return ()

    def look_again(self) -> bool:
        """Read media anew that are not what they were when they were read; whether any are."""
        changed = [control.look_again() for control in self.controls.values()]
        return any(changed)

    def show(self, problems: tuple[Problem, ...]) -> None:
        """Put each problem below its control, and below the prompt what it says."""
        told: dict[str, Problem] = {}
        for problem in problems:
            if problem.type not in EMPTY:
                told.setdefault(problem.field, problem)
        for name, control in self.controls.items():
            said = shorten(control.spec, told[name]) if name in told else ""
            if isinstance(control, MediaControl):
                control.show(said)
            else:
                control.show(said, self._advice() if control.spec.kind == "text" else "")

    def _advice(self) -> str:
        prompt = str(self.values.get("prompt") or "")
        if not prompt.strip():
            return ""
        seconds = self._seconds
        return say_advice(look_at_prompt(prompt, self._task, seconds), seconds)

    @property
    def _seconds(self) -> float | None:
        """How long what the prompt describes takes; None where that is not known."""
        sound = self.controls.get("audio_url")
        if isinstance(sound, MediaControl):
            read = sound.asked
            return read.facts.duration if read and read.facts else None
        try:
            return float(self.values["duration"])
        except (KeyError, ValueError):
            return None

    def _remember(self, old: Mapping[str, Control | MediaControl]) -> None:
        """What somebody chose comes back with the next endpoint that offers it."""
        self._wishes |= {
            name: control.given
            for name, control in old.items()
            if control.given is not None
            # An array has no plain "equal"; media have no defaults either.
            and (control.spec.media or control.given != self._placed.get(name))
        }

    def _lay_out(self) -> None:
        wide = [c.box for c in self.controls.values() if c.spec.kind in ("media", "text")]
        self.head.children = wide
        self.grid.children = [c.box for c in self.controls.values() if c.box not in wide]


def check_fields(row: Endpoint, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields by the wire's names, for an endpoint; what is still to be given may be missing.

    Raises:
        InvalidRequest: one is not of this endpoint, or has a value that is not offered.
    """
    specs = {spec.name: spec for spec in describe(row.model)}
    named = {}
    for name, value in fields.items():
        wire = SHORT_NAMES.get(name, name)
        named[wire if wire in specs else name] = value
    media = {name for name, spec in specs.items() if spec.media}
    stand_ins = dict.fromkeys(media, "https://upload.invalid/media")
    plain = {n: v for n, v in named.items() if n not in media and v is not None}
    try:
        read_request(row.model, {**stand_ins, **plain})
    except InvalidRequest as refused:
        wrong = [p for p in refused.problems if p.field in plain and "rule" not in p.context]
        if wrong:
            raise InvalidRequest(tuple(wrong)) from None
    return named
