"""A form made from the schema: the fields of one task, what they cost, and Generate."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets as w

from ltx_widgets.clip import Clip
from ltx_widgets.draft import Draft
from ltx_widgets.errors import InvalidRequest, LTXError, Problem
from ltx_widgets.job import Job
from ltx_widgets.schema import ENDPOINTS, Endpoint, FieldSpec, describe, find_endpoint
from ltx_widgets.session import default_session
from ltx_widgets.widgets._kernel import Cell
from ltx_widgets.widgets.controls import Control, make_control
from ltx_widgets.widgets.job_view import JobPanel
from ltx_widgets.widgets.media_control import MediaControl
from ltx_widgets.widgets.style import close_fully, style_sheet
from ltx_widgets.widgets.wording import (
    EMPTY,
    name_fix,
    quiet,
    say_price,
    say_reason,
    say_state,
    shorten,
    title_of,
)

__all__ = ["Form"]

_MOST_PANELS = 6
_DOUBLE_CLICK_S = 1.0


class Form(w.VBox):
    """A form for the endpoints of one task.

    The finished clip is an output of its own in the cell that shows the form: a widget would be
    gone with its kernel, a clip in a plain output stays.

    Args:
        task: Whose endpoints to offer.
        endpoint: The one chosen at first.
        fields: First values, by field name.

    Attributes:
        job: The newest job; None before the first.
        clip: The newest finished clip; None before the first.

    Raises:
        InvalidRequest: no such endpoint or field, or a value that is not offered.
    """

    def __init__(self, task: str, endpoint: str, fields: Mapping[str, Any]) -> None:
        self.job: Job | None = None
        self.clip: Clip | None = None
        self._lock = threading.RLock()
        self._busy = False
        self._draft: Draft | None = None
        self._last: tuple[Draft, float] | None = None
        self._cell = Cell.here()
        self._session = default_session()
        self._row = find_endpoint(endpoint)
        self._wishes: dict[str, Any] = {}
        self._placed: dict[str, Any] = {}
        self._controls: dict[str, Control | MediaControl] = {}
        self._endpoint = _endpoint_choice(task, self._row)
        self._endpoint.observe(lambda change: self._switch(change["new"]), names="value")
        self._state, self._say = w.HTML(), w.HTML()
        self._head, self._fields, self._fixes = w.Box(), w.Box(), w.Box()
        self._generate = w.Button(description="Generate", button_style="primary")
        self._generate.on_click(lambda _: self._submit())
        self._panels = w.VBox()
        super().__init__(self._parts())
        self.add_class("ltx-form")
        self._rebuild()
        self.fill(**fields)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.endpoint})"

    @property
    def endpoint(self) -> str:
        """The id of the chosen endpoint."""
        return self._row.id

    @property
    def request(self) -> dict[str, Any]:
        """The fields as they stand, valid or not: plain values, and media as they were given."""
        values = {name: control.value for name, control in self._controls.items()}
        return {name: value for name, value in values.items() if value is not None}

    def fill(self, **fields: Any) -> None:
        """Set fields by their names; media also as "image", "end_image", "audio" or "video".

        Media are read afterwards; what is wrong with them is told in the form.

        Raises:
            InvalidRequest: no such field, or a value that is not offered; nothing was set.
        """
        named = {self._wire_name(name): value for name, value in fields.items()}
        plain = {name: value for name, value in named.items() if name not in self._media_fields}
        refused = [p for p in self._refusals(plain) if p.field in plain and "rule" not in p.context]
        if refused:
            raise InvalidRequest(tuple(refused))
        with self._quietly():
            for name, value in named.items():
                self._controls[name].take(value)
        self._refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        self._cell = Cell.here() or self._cell
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": f"<em>{type(self).__name__} form: run this cell.</em>"}

    def _parts(self) -> list[Any]:
        self._head.add_class("ltx-wide")
        self._fields.add_class("ltx-fields")
        self._fixes.add_class("ltx-actions")
        self._generate.add_class("ltx-go")
        actions = w.Box([self._generate, self._say, self._fixes])
        actions.add_class("ltx-actions")
        top = w.VBox([self._endpoint, self._state])
        top.add_class("ltx-field")
        top.add_class("ltx-model")
        return [style_sheet(), top, self._head, self._fields, actions, self._panels]

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Several controls change; the form looks at them once, afterwards."""
        # Callbacks may come from two threads on ipykernel 7.0 to 7.3.
        with self._lock:
            self._busy, before = True, self._busy
            try:
                yield
            finally:
                self._busy = before

    def _switch(self, endpoint: str) -> None:
        with self._lock:
            self._row = find_endpoint(endpoint)
            self._rebuild()
            self._refresh()

    def _rebuild(self) -> None:
        """Make the controls of the chosen endpoint; values that it offers stay."""
        old = self._controls
        # What somebody chose comes back with the next endpoint that offers it.
        self._wishes |= {
            name: control.given
            for name, control in old.items()
            if control.given is not None
            # An array has no plain "equal"; media have no defaults either.
            and (name in self._media_fields or control.given != self._placed.get(name))
        }
        self._controls = {}
        for spec in describe(self._row.model):
            kept = old.get(spec.name)
            if kept is not None and kept.spec == spec:
                self._controls[spec.name] = old.pop(spec.name)
                continue
            control = self._controls[spec.name] = make_control(spec, self._refresh)
            if spec.name in self._wishes:
                with self._quietly():
                    control.take(self._wishes[spec.name])
        self._lay_out()
        self._placed = self.request
        for control in old.values():
            control.close()

    def _lay_out(self) -> None:
        wide = [c.box for c in self._controls.values() if c.spec.kind in ("media", "text")]
        self._head.children = wide
        self._fields.children = [c.box for c in self._controls.values() if c.box not in wide]

    @property
    def _specs(self) -> dict[str, FieldSpec]:
        return {name: control.spec for name, control in self._controls.items()}

    @property
    def _media_fields(self) -> frozenset[str]:
        return frozenset(n for n, control in self._controls.items() if control.spec.media)

    def _wire_name(self, name: str) -> str:
        """The wire's name of a field: people may say "image" for "image_url"."""
        return f"{name}_url" if f"{name}_url" in self._media_fields else name

    def _refusals(self, plain: Mapping[str, Any]) -> tuple[Problem, ...]:
        """What the schema has against other values of the plain fields, whatever the media."""
        stand_ins = dict.fromkeys(self._media_fields, "https://upload.invalid/media")
        standing = {n: v for n, v in self.request.items() if n not in stand_ins}
        try:
            self._session.request(endpoint=self.endpoint, **{**stand_ins, **standing, **plain})
        except InvalidRequest as refused:
            return refused.problems
        return ()

    def _look(self) -> tuple[Draft | None, tuple[Problem, ...]]:
        """The request as it stands, or what is wrong with it."""
        asked: dict[str, Any] = {n: c.asked for n, c in self._controls.items()}
        ids = {n: getattr(c.value, "request_id", None) for n, c in self._controls.items()}
        own = [problem for control in self._controls.values() for problem in control.problems]
        try:
            draft = self._session.request(
                endpoint=self.endpoint,
                parents={name: id_ for name, id_ in ids.items() if id_},
                **{name: value for name, value in asked.items() if value is not None},
            )
        except InvalidRequest as refused:
            return None, (*own, *refused.problems)
        return None if own else draft, tuple(own)

    def _refresh(self) -> None:
        """Look at every field and say what it means: problems, fixes, price, where calls go."""
        with self._lock:
            if self._busy:
                return
            self._session = default_session()
            where = f"Calls go to: {self._session.target.label}"
            self._state.value = f"{quiet(say_state(self._row))}<br>{quiet(where)}"
            draft, problems = self._look()
            waiting = [c.spec.title.lower() for c in self._controls.values() if c.waiting]
            self._draft = None if waiting else draft
            self._show(problems)
            self._generate.disabled = self._draft is None
            if problems:
                self._say.value = say_reason(self._row, self._specs, problems)
            elif waiting:
                self._say.value = quiet(f"Reading the {' and the '.join(waiting)} …")
            elif draft is not None:
                self._say.value = self._offer(draft)

    def _show(self, problems: tuple[Problem, ...]) -> None:
        told: dict[str, Problem] = {}
        for problem in problems:
            if problem.type not in EMPTY:
                told.setdefault(problem.field, problem)
        for name, control in self._controls.items():
            control.show(shorten(control.spec, told[name]) if name in told else "")
        specs = self._specs
        fixes = {
            name_fix(p.fix, specs): p.fix
            for p in problems
            if p.fix and p.fix.keys() <= specs.keys()
        }
        if tuple(fixes) == tuple(button.description for button in self._fixes.children):
            return
        old, self._fixes.children = (
            self._fixes.children,
            [self._fix_button(text, fix) for text, fix in fixes.items()],
        )
        for button in old:
            close_fully(button)

    def _fix_button(self, text: str, fix: Mapping[str, Any]) -> Any:
        button = w.Button(description=text, tooltip="Set this right", button_style="warning")
        button.on_click(lambda _: self._apply(fix))
        return button

    def _apply(self, fix: Mapping[str, Any]) -> None:
        self.fill(**fix)
        # The button is gone now; the keyboard's place would go with it.
        self._generate.focus()

    def _offer(self, draft: Draft) -> str:
        """The price, and what may surprise; what was converted stands at the medium itself."""
        price = say_price(self._session.estimate(draft), self._session.target.place)
        labels = tuple(f"{given.label}: " for given in draft.media.values())
        advice = [note for note in draft.notes if not note.startswith(labels)]
        return " ".join([price, *(quiet(f"· {note}") for note in advice)])

    def _submit(self) -> None:
        with self._lock:
            shown = self._session
            self._refresh()
            if shown is not self._session:
                # What the form said of price and place no longer held when it was clicked.
                self._say.value = (
                    f"{self._say.value} {quiet('Calls go elsewhere now; press again.')}"
                )
                return
            changed = [control.look_again() for control in self._controls.values()]
            draft = self._draft
            # What changed since is shown first: it may be another price, or not what was meant.
            if any(changed) or draft is None or self._is_second_click(draft):
                return
            session, self.job = self._session, self._session.send(draft)
            panel = JobPanel(self.job, session.start)
            self._panels.children = (*self._old_panels(), panel)
            session.start(self._see_through(panel, self._cell))
            self._last = draft, time.monotonic()

    def _is_second_click(self, draft: Draft) -> bool:
        """Whether this is the other half of a double click, which would be charged once more."""
        if self._last is None:
            return False
        sent, when = self._last
        same = (sent.endpoint, sent.request) == (draft.endpoint, draft.request)
        return same and time.monotonic() - when < _DOUBLE_CLICK_S

    def _old_panels(self) -> list[JobPanel]:
        panels = list(self._panels.children)
        for panel in [p for p in panels if p.over][: max(0, len(panels) + 1 - _MOST_PANELS)]:
            panels.remove(panel)
            panel.close()
        return panels

    async def _see_through(self, panel: JobPanel, cell: Cell | None) -> None:
        clip = await panel.follow()
        if clip is None:
            return
        self.clip = clip
        if cell is None:
            return
        panel.add("preparing it for this page")
        try:
            # A second's work, which must not hold up the other jobs of this loop.
            bundle = await asyncio.to_thread(clip._repr_mimebundle_)
        except (LTXError, OSError) as error:
            panel.add(f"it cannot be shown: {error}")
            return
        cell.publish(bundle)
        # JupyterLab listens for a cell's late outputs only until its page is loaded again.
        again = f"ltx_widgets.resume({clip.request_id[:8]!r}).result()"
        panel.add("the clip is below", more=f"Not there, after a reload? {again} shows it again.")


def _endpoint_choice(task: str, chosen: Endpoint) -> Any:
    rows = [row for row in ENDPOINTS.values() if row.task == task]
    if chosen not in rows:
        offered = ", ".join(row.id for row in rows)
        problem = Problem("endpoint", f"{chosen.id} is not for {task}; choose one of {offered}")
        raise InvalidRequest((problem,))
    return w.Dropdown(
        description="Model",
        options=[(title_of(row), row.id) for row in rows],
        value=chosen.id,
        tooltip="Which endpoint makes the clip",
        layout=w.Layout(width="auto"),
    )
