"""A form made from the schema: the fields of one task, what they cost, and Generate."""

from __future__ import annotations

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
from ltx_widgets.schema import ENDPOINTS, Endpoint, find_endpoint
from ltx_widgets.session import default_session
from ltx_widgets.snippets import looks_like_code, read_snippet
from ltx_widgets.widgets._kernel import Cell
from ltx_widgets.widgets.code_part import CodePart
from ltx_widgets.widgets.fields import Fields, check_fields
from ltx_widgets.widgets.job_list import JobList
from ltx_widgets.widgets.sections import FormSection
from ltx_widgets.widgets.style import Looks, close_all, close_fully, style_sheet
from ltx_widgets.widgets.wording import (
    name_fix,
    quiet,
    say_day,
    say_price,
    say_reason,
    say_refusal,
    say_state,
    title_of,
)

__all__ = ["Form"]

_DOUBLE_CLICK_S = 1.0


class Form(w.VBox):
    """A form for the endpoints of one task.

    Args:
        task: Whose endpoints to offer.
        endpoint: The one chosen at first.
        fields: First values, by field name.

    Attributes:
        fields: The controls.
        aside: An empty box below prompt and media, for parts that serve several fields.
        code: The code that does the same, and where code is pasted.
        jobs: Where a job goes that was sent; another list may stand in its place.
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
        looks = Looks()
        self.fields = Fields(self._refresh, looks)
        self.jobs = JobList(self.keep, looks)
        self.code = CodePart(self.paste, self._refresh, looks)
        self.aside = w.VBox(**looks.box())
        self._section = FormSection(self.aside, self.fields, self.fill)
        self._endpoint = _endpoint_choice(task, self._row, looks)
        self._endpoint.observe(lambda change: self._switch(change["new"]), names="value")
        self._state, self._say = w.HTML(**looks.of(w.HTML)), w.HTML(**looks.of(w.HTML))
        self._fixes = w.Box(**looks.box())
        self._generate = w.Button(description="Generate", button_style="primary", **looks.box())
        self._generate.on_click(lambda _: self._submit())
        super().__init__(self._parts(looks), **looks.box())
        self.add_class("ltx-form")
        with self._quietly():
            self.fields.offer(self._row)
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
        return self.fields.values

    def fill(self, **fields: Any) -> None:
        """Set fields by their names; media also as "image", "end_image", "audio" or "video".

        Media are read afterwards; what is wrong with them is told in the form.

        Raises:
            InvalidRequest: no such field, or a value that is not offered; nothing was set.
        """
        named = {self.fields.wire_name(name): value for name, value in fields.items()}
        plain = {name: value for name, value in named.items() if name not in self.fields.media}
        problems = self.fields.refusals(self._session, self._row, plain)
        refused = [p for p in problems if p.field in plain and "rule" not in p.context]
        if refused:
            raise InvalidRequest(tuple(refused))
        with self._quietly():
            for name, value in named.items():
                self.fields.controls[name].take(value)
        self._refresh()

    def paste(self, code: str) -> None:
        """Fill the form from code that would do the same; fields that it leaves out are set back.

        Args:
            code: Whatever `ltx_widgets.snippets.read_snippet` reads. It is never run.

        Raises:
            InvalidRequest: it is no such code, is for another task, or asks for what the endpoint
                does not offer; nothing was set.
        """
        snippet = read_snippet(code)
        row = find_endpoint(snippet.endpoint) if snippet.endpoint else self._row
        if row.task != self._row.task:
            problem = Problem("endpoint", f"this form is for {self._row.task}, not for {row.id}")
            raise InvalidRequest((problem,))
        named = check_fields(row, snippet.fields)
        with self._quietly():
            self._endpoint.value = row.id
            for name, control in self.fields.controls.items():
                control.take(named.get(name, control.spec.default))
        self._refresh()

    def close(self) -> None:
        """Take it off the page; its jobs go on."""
        # ipywidgets closes what is collected, also a form that was refused half made.
        if hasattr(self, "_generate"):
            for control in self.fields.controls.values():
                control.close()
            self._section.close()
        close_all(self)

    def put_clips_into(self, cell: Cell | None) -> None:
        """Make finished clips outputs of this cell: a form that a click opened has none."""
        self._cell = cell or self._cell

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        self._cell = Cell.here() or self._cell
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": f"<em>{type(self).__name__} form: run this cell.</em>"}

    def _parts(self, looks: Looks) -> list[Any]:
        self._fixes.add_class("ltx-actions")
        self._generate.add_class("ltx-go")
        actions = w.Box([self._generate, self._say, self._fixes], **looks.box())
        actions.add_class("ltx-actions")
        top = w.VBox([self._endpoint, self._state], **looks.box())
        top.add_class("ltx-field")
        top.add_class("ltx-model")
        fields = [self.fields.head, self.aside, self.fields.grid]
        return [style_sheet(), top, *fields, actions, self.code, self.jobs.box]

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
        with self._quietly():
            self._row = find_endpoint(endpoint)
            self.fields.offer(self._row)
        self._refresh()

    def _refresh(self) -> None:
        """Look at every field and say what it means: problems, fixes, price, where calls go."""
        with self._lock:
            if self._busy:
                return
            self._session = default_session()
            self._section.look(self._row)
            where = quiet(f"Calls go to: {self._session.target.label}")
            told = quiet(say_state(self._row))
            self._state.value = f'{told}<span class="ltx-where"><br>{where}</span>'
            draft, problems = self.fields.look(self._session, self._row)
            waiting = self.fields.waiting
            self._draft = None if waiting else draft
            self.fields.show(problems)
            self._offer_fixes(problems)
            if problems:
                self._say.value = say_reason(self._row, self.fields.specs, problems)
            elif waiting:
                self._say.value = quiet(f"Reading the {' and the '.join(waiting)} …")
            elif draft is not None:
                self._say.value = self._offer(draft)
            self._generate.disabled = self._draft is None
            if self.code.unfolded:
                self.code.show(None if waiting else draft, self.fields.expressions)

    def _offer_fixes(self, problems: tuple[Problem, ...]) -> None:
        specs = self.fields.specs
        prompt = str(self.fields.values.get("prompt") or "")
        fixes: dict[str, Mapping[str, Any] | str] = {
            name_fix(p.fix, specs): p.fix
            for p in problems
            if p.fix and p.fix.keys() <= specs.keys()
        }
        if looks_like_code(prompt):
            fixes["Fill the form from this code"] = prompt
        if tuple(fixes) == tuple(button.description for button in self._fixes.children):
            return
        old, self._fixes.children = (
            self._fixes.children,
            [self._fix_button(text, fix) for text, fix in fixes.items()],
        )
        for button in old:
            close_fully(button)

    def _fix_button(self, text: str, fix: Mapping[str, Any] | str) -> Any:
        button = w.Button(description=text, tooltip="Set this right", button_style="warning")
        button.on_click(lambda _: self._apply(fix))
        return button

    def _apply(self, fix: Mapping[str, Any] | str) -> None:
        if isinstance(fix, str):
            try:
                self.paste(str(self.fields.values.get("prompt") or ""))
            except InvalidRequest as refused:
                self._say.value = say_refusal(refused)
                return
        else:
            self.fill(**fix)
        # The button is gone now; the keyboard's place would go with it.
        self._generate.focus()

    def _offer(self, draft: Draft) -> str:
        """The price, the day so far, and what may surprise; over the budget, nothing to send.

        What was converted stands at the medium itself.
        """
        session = self._session
        estimate = session.estimate(draft)
        price = say_price(estimate, session.target.place)
        labels = tuple(f"{given.label}: " for given in draft.media.values())
        notes = [note for note in draft.notes if not note.startswith(labels)]
        refused = ""
        try:
            if not session.free:
                notes = [say_day(session.spending), *notes]
            session.spending.check([estimate])
        except LTXError as error:
            self._draft, refused = None, say_refusal(error)
        return " ".join([price, *(quiet(f"· {note}") for note in notes), refused])

    def _submit(self) -> None:
        # Reading large media anew may take longer than a double click.
        clicked = time.monotonic()
        with self._lock:
            shown = self._session
            self._refresh()
            if shown is not self._session:
                # What the form said of price and place no longer held when it was clicked.
                self._say.value = (
                    f"{self._say.value} {quiet('Calls go elsewhere now; press again.')}"
                )
                return
            # What changed since is shown first: it may be another price, or not what was meant.
            changed = self.fields.look_again()
            draft = self._draft
            if changed or draft is None or self._is_second_click(draft, clicked):
                return
            try:
                self.job = self._session.send(draft)
            except LTXError as error:
                # Another kernel may have taken what was left of the budget.
                self._say.value = say_refusal(error)
                return
            self.jobs.add(self.job, self._session, self._cell)
            self._last = draft, time.monotonic()
            self._refresh()

    def _is_second_click(self, draft: Draft, clicked: float) -> bool:
        """Whether this is the other half of a double click, which would be charged once more."""
        if self._last is None:
            return False
        sent, when = self._last
        same = (sent.endpoint, sent.request) == (draft.endpoint, draft.request)
        return same and clicked - when < _DOUBLE_CLICK_S

    def keep(self, clip: Clip) -> None:
        """A clip of its came. Not for the session's loop: the form is looked at anew."""
        self.clip = clip
        # What it cost is known now.
        self._refresh()


def _endpoint_choice(task: str, chosen: Endpoint, looks: Looks) -> Any:
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
        **looks.of(w.Dropdown),
    )
