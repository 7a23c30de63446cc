"""A form made from the schema: the fields of one task, what they cost, and Generate."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import Any

import ipywidgets as w

from ltx_widgets.clip import Clip
from ltx_widgets.errors import InvalidRequest, LTXError, Problem
from ltx_widgets.job import Job
from ltx_widgets.schema import (
    DEFAULT_ENDPOINT,
    ENDPOINTS,
    Endpoint,
    Estimate,
    Request,
    describe,
    find_endpoint,
)
from ltx_widgets.session import default_session
from ltx_widgets.widgets._kernel import Cell
from ltx_widgets.widgets.controls import Control, name_fix
from ltx_widgets.widgets.job_view import JobPanel
from ltx_widgets.widgets.style import close_fully, style_sheet

__all__ = ["Form", "TextToVideo"]

_EMPTY = ("string_too_short", "ltx_blank", "missing")
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
        self._last: tuple[Endpoint, Request, float] | None = None
        self._cell = Cell.here()
        self._session = default_session()
        self._row = find_endpoint(endpoint)
        self._wishes: dict[str, Any] = {}
        self._placed: dict[str, Any] = {}
        self._controls: dict[str, Control] = {}
        self._endpoint = _endpoint_choice(task, self._row)
        self._endpoint.observe(lambda change: self._switch(change["new"]), names="value")
        self._where, self._state, self._say = w.HTML(), w.HTML(), w.HTML()
        self._head, self._fields, self._fixes = w.VBox(), w.Box(), w.Box()
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
        """The fields as they stand, valid or not, as plain values."""
        values = {name: control.value for name, control in self._controls.items()}
        return {name: value for name, value in values.items() if value is not None}

    def fill(self, **fields: Any) -> None:
        """Set fields by their names.

        Raises:
            InvalidRequest: no such field, or a value that is not offered; nothing was set.
        """
        found = self._problems(self.request | fields)
        refused = [p for p in found if p.field in fields and "rule" not in p.context]
        if refused:
            raise InvalidRequest(tuple(refused))
        with self._quietly():
            for name, value in fields.items():
                self._controls[name].take(value)
        self._refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        self._cell = Cell.here() or self._cell
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": f"<em>{type(self).__name__} form: run this cell.</em>"}

    def _parts(self) -> list[Any]:
        for box, name in ((self._fields, "ltx-fields"), (self._fixes, "ltx-actions")):
            box.add_class(name)
        self._generate.add_class("ltx-go")
        actions = w.Box([self._generate, self._say, self._fixes])
        actions.add_class("ltx-actions")
        top = w.VBox([self._endpoint, self._state, self._where])
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
        chosen = {n: v for n, v in self.request.items() if v != self._placed.get(n)}
        self._wishes |= chosen
        self._controls = {}
        for spec in describe(self._row.model):
            kept = old.get(spec.name)
            if kept is not None and kept.spec == spec:
                self._controls[spec.name] = old.pop(spec.name)
                continue
            control = Control(spec, self._refresh)
            if spec.name in self._wishes:
                with self._quietly():
                    control.take(self._wishes[spec.name])
            self._controls[spec.name] = control
        wide = [c.box for c in self._controls.values() if c.spec.kind == "text"]
        self._head.children = wide
        self._fields.children = [c.box for c in self._controls.values() if c.box not in wide]
        self._placed = self.request
        for control in old.values():
            control.close()

    def _problems(self, fields: Mapping[str, Any]) -> tuple[Problem, ...]:
        try:
            self._session.request(endpoint=self.endpoint, **fields)
        except InvalidRequest as refused:
            return refused.problems
        return ()

    def _refresh(self) -> None:
        """Look at every field and say what it means: problems, fixes, price, where calls go."""
        with self._lock:
            if self._busy:
                return
            self._session = default_session()
            self._where.value = _quiet(f"Calls go to: {self._session.target.label}")
            self._state.value = _quiet(_state_of(self._row))
            problems = self._problems(self.request)
            self._show(problems)
            self._generate.disabled = bool(problems)
            self._say.value = self._price() if not problems else self._reason(problems)

    def _show(self, problems: tuple[Problem, ...]) -> None:
        told = {p.field: p for p in problems if p.type not in _EMPTY}
        for name, control in self._controls.items():
            control.show(_short(control, told[name]) if name in told else "")
        specs = {name: control.spec for name, control in self._controls.items()}
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

    def _price(self) -> str:
        price = self._session.estimate(
            self._session.request(endpoint=self.endpoint, **self.request)
        )
        match self._session.target.place:
            case "local":
                return _quiet("free: preview drawn on this computer")
            case "server":
                return _quiet("not charged by fal: made by your own server")
            case _ if price is None or price.usd is None:
                return _quiet("price unknown")
            case _:
                return f"<strong>${price.usd:.2f}</strong> {_quiet(_per_second(price))}"

    def _reason(self, problems: tuple[Problem, ...]) -> str:
        if all(problem.type in _EMPTY for problem in problems):
            return _quiet("Write a prompt first: say what the clip should show.")
        texts = {p.field: _rule_text(self._row, p) for p in problems if p.type not in _EMPTY}
        sentences = "; ".join(dict.fromkeys(texts.values()))
        return f'<span role="status">{escape(sentences[:1].upper() + sentences[1:])}.</span>'

    def _submit(self) -> None:
        with self._lock:
            shown = self._session
            self._refresh()
            if shown is not self._session:
                # What the form said of price and place no longer held when it was clicked.
                self._say.value = (
                    f"{self._say.value} {_quiet('Calls go elsewhere now; press again.')}"
                )
                return
            try:
                draft = self._session.request(endpoint=self.endpoint, **self.request)
            except InvalidRequest:
                return
            row, request = draft.endpoint, draft.request
            if self._is_second_click(row, request):
                return
            session, self.job = self._session, self._session.send(draft)
            panel = JobPanel(self.job, session.start)
            self._panels.children = (*self._old_panels(), panel)
            session.start(self._see_through(panel, self._cell))
            self._last = row, request, time.monotonic()

    def _is_second_click(self, row: Endpoint, request: Request) -> bool:
        """Whether this is the other half of a double click, which would be charged once more."""
        if self._last is None:
            return False
        *sent, when = self._last
        return sent == [row, request] and time.monotonic() - when < _DOUBLE_CLICK_S

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


class TextToVideo(Form):
    """A form that makes video from text, for the six text-to-video endpoints.

    Args:
        endpoint: The endpoint chosen at first; LTX-2.3 pro if left out.
        fields: First values, such as ``prompt="…"`` or ``duration=8``.

    Raises:
        InvalidRequest: no such endpoint or field, or a value that is not offered.
    """

    def __init__(self, endpoint: str | None = None, **fields: Any) -> None:
        super().__init__("text-to-video", endpoint or DEFAULT_ENDPOINT, fields)


def _endpoint_choice(task: str, chosen: Endpoint) -> Any:
    rows = [row for row in ENDPOINTS.values() if row.task == task]
    if chosen not in rows:
        offered = ", ".join(row.id for row in rows)
        problem = Problem("endpoint", f"{chosen.id} is not for {task}; choose one of {offered}")
        raise InvalidRequest((problem,))
    return w.Dropdown(
        description="Model",
        options=[(_title(row), row.id) for row in rows],
        value=chosen.id,
        tooltip="Which endpoint makes the clip",
        layout=w.Layout(width="auto"),
    )


def _title(row: Endpoint) -> str:
    name = row.title.partition(":")[0]
    return name if row.state == "live" else f"{name} ({row.state})"


def _state_of(row: Endpoint) -> str:
    if row.twin is None:
        return row.id
    return f"{row.id} is {row.state}; its live twin is {row.twin}"


def _rule_text(row: Endpoint, problem: Problem) -> str:
    """What is wrong, in one sentence without the field's name."""
    named = {rule.name: rule.text for rule in row.model.rules}
    return named.get(str(problem.context.get("rule")), str(problem))


def _short(control: Control, problem: Problem) -> str:
    """What is wrong, short enough for a narrow column."""
    if "rule" not in problem.context:
        return problem.message
    unit = f" {control.spec.unit}" if control.spec.unit else ""
    return f"must be {problem.context['expected']}{unit} here"


def _per_second(price: Estimate) -> str:
    return str(price).partition(" ")[2]


def _quiet(text: str) -> str:
    return f'<span class="ltx-quiet">{escape(text)}</span>'
