"""`studio()`: forms, running jobs, the player and the gallery in one layout."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import anywidget
import ipywidgets as w

from ltx_widgets.clip import Clip
from ltx_widgets.errors import ConfigError
from ltx_widgets.job import Job
from ltx_widgets.schema import find_endpoint
from ltx_widgets.session import Session
from ltx_widgets.widgets._kernel import Cell, let_clicks_through
from ltx_widgets.widgets.board import Board
from ltx_widgets.widgets.form import Form
from ltx_widgets.widgets.gallery import Gallery
from ltx_widgets.widgets.job_list import JobList
from ltx_widgets.widgets.lookout import Lookout
from ltx_widgets.widgets.stage import Stage
from ltx_widgets.widgets.style import script, style_sheet
from ltx_widgets.widgets.tasks import FORMS, form_for

__all__ = ["Studio", "studio"]

_HERE = Path(__file__).parent
# A page that comes later than that stays where it is.
_FRESH_S = 20.0
_NAMES = {
    "text-to-video": "Text to video",
    "image-to-video": "Image to video",
    "audio-to-video": "Audio to video",
    "extend-video": "Extend",
    "retake-video": "Retake",
    "reframe": "Reframe",
}


class _Guide(anywidget.AnyWidget):
    """Carries ``studio.css``, names the parts for who hears the page, and moves the focus.

    Page to kernel: ``hello``. Kernel to page: ``lead`` (to, number, again); once more after a
    ``hello``, for a page that did not listen yet.
    """

    _esm = script("keys.js", "studio.js")
    _css = _HERE / "studio.css"

    def __init__(self) -> None:
        self._lead: dict[str, Any] = {"kind": "lead", "number": 0}
        self._led_at = 0.0
        super().__init__(layout=w.Layout(height="0", margin="0"))
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return "Guide()"

    def lead_to(self, part: str) -> None:
        """Move the keyboard's place to the first control of a part, as soon as it is there."""
        self._lead = {"kind": "lead", "to": part, "number": self._lead["number"] + 1}
        self._led_at = time.monotonic()
        self.send(self._lead)

    def _heard(self, _: Any, said: Mapping[str, Any], __: Any) -> None:
        fresh = time.monotonic() < self._led_at + _FRESH_S
        if said.get("kind") == "hello" and "to" in self._lead and fresh:
            self.send({**self._lead, "again": True})


class _Sent(JobList):
    """Takes the jobs of one form, in place of its own list of them."""

    def __init__(self, form: Form, take: Callable[[Form, Job, Session], None]) -> None:
        self.box = form.jobs.box
        self._form, self._take = form, take

    def add(self, job: Job, session: Session, _: Cell | None) -> None:
        """A job was sent."""
        self._take(self._form, job, session)


class Studio(w.VBox):
    """Everything in one place: a form for each task, jobs, the clip that is shown, the gallery.

    Forms are made when they are first chosen and keep their values. Jobs that other kernels left
    running are there at once and gone on with.

    Args:
        what: The task that is chosen at first, or an endpoint id.
        fields: First values of its form.

    Attributes:
        board: The jobs.
        stage: The clip that is shown.
        gallery: Every clip ever made here.

    Raises:
        InvalidRequest: no such endpoint or field, or a value that is not offered.
    """

    def __init__(self, what: str = "text-to-video", **fields: Any) -> None:
        # Callbacks may come from two threads on ipykernel 7.0 to 7.3, clips from the loop.
        self._lock = threading.RLock()
        self._forms: dict[str, Form] = {}
        self._senders: WeakKeyDictionary[Job, Form] = WeakKeyDictionary()
        self._newest: Job | None = None
        self._session: Session | None = None
        self._guide, self._head = _Guide(), w.HTML()
        self.stage = Stage(self.open_form)
        self.board = Board(self._finished, self.show)
        self.gallery = Gallery(handoff=self.open_form, show=self.show)
        self._tasks = w.RadioButtons(
            options=[(_NAMES[task], task) for task in FORMS], value=_task_of(what)
        )
        let_clicks_through(self._tasks)
        self._place = w.VBox()
        super().__init__([style_sheet(), self._guide, self._head, self._body()])
        self.add_class("ltx-studio")
        self._put_up(form_for(what, **fields))
        self._tasks.observe(lambda change: self._choose(change["new"]), names="value")
        self._lookout = Lookout(self.board, self._turn_to)

    def __repr__(self) -> str:
        return f"Studio({self.form.endpoint})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": "<em>Studio: run this cell.</em>"}

    @property
    def task(self) -> str:
        """The task whose form is shown."""
        return str(self._tasks.value)

    @property
    def form(self) -> Form:
        """The form that is shown."""
        return self._forms[self.task]

    def open_form(self, what: str, fields: Mapping[str, Any]) -> None:
        """Show a form with these values: the way from a frame or a clip to a new one.

        Args:
            what: A task: its form keeps what else stands in there. Or an endpoint id: it gets a
                form of its own, with these values alone.
            fields: Values by field name.

        Raises:
            InvalidRequest: no such endpoint or field, or a value that is not offered.
        """
        with self._lock:
            task = _task_of(what)
            if what in FORMS and task in self._forms:
                self._forms[task].fill(**fields)
            else:
                self._put_up(form_for(what, **fields))
            self._tasks.value = task
        self.board.announce(f"{_NAMES[task]}: the form is filled in.")
        self._guide.lead_to(task)

    def show(self, clip: Clip) -> None:
        """Show a clip in the player."""
        self.stage.show(clip)
        self._guide.lead_to("stage")

    def close(self) -> None:
        """Take it off the page; the jobs go on."""
        self._lookout.close()
        parts: list[w.Widget] = [*self._forms.values(), self.stage, self.board, self.gallery]
        for part in (*parts, self._guide):
            part.close()
        super().close()

    def _body(self) -> Any:
        making = w.VBox([self._tasks, self._place])
        seeing = w.VBox([self.board, self.stage, self.gallery])
        self._tasks.add_class("ltx-tasks")
        making.add_class("ltx-making")
        seeing.add_class("ltx-seeing")
        body = w.Box([making, seeing])
        body.add_class("ltx-studio-body")
        return body

    def _choose(self, task: str) -> None:
        with self._lock:
            if task not in self._forms:
                self._put_up(form_for(task))
            for name, form in self._forms.items():
                _show_form(form, shown=name == task)

    def _put_up(self, form: Form) -> None:
        """A form takes the place of its task's."""
        with self._lock:
            task = find_endpoint(form.endpoint).task
            old = self._forms.get(task)
            form.jobs = _Sent(form, self._sent)
            form.add_class(f"ltx-task-{task}")
            _show_form(form, shown=task == self.task)
            self._forms[task] = form
            self._place.children = tuple(self._forms.values())
        if old is not None:
            old.close()

    def _sent(self, form: Form, job: Job, session: Session) -> None:
        self._senders[job], self._newest = form, job
        self.board.add(job, session)
        self._tell(session)

    def _finished(self, job: Job, clip: Clip) -> None:
        """A clip came. Only what was asked for last takes the place of what is being watched."""
        form = self._senders.pop(job, None)
        if form is not None:
            form.keep(clip)
        if self.stage.clip is None or self._newest is job:
            self.stage.show(clip)
        if self._session is not None:
            self._tell(self._session)

    def _turn_to(self, session: Session) -> None:
        """Calls go here from now on."""
        self._session = session
        self._tell(session)

    def _tell(self, session: Session) -> None:
        """Say where calls go, and what they cost today."""
        told = [f"Calls go to: {session.target.label}"]
        if not session.free:
            told.append(_say_day(session))
        self._head.value = f"<h2>Studio</h2><p>{escape(' · '.join(told))}</p>"


def studio(what: str = "text-to-video", **fields: Any) -> Studio:
    """Open the studio: forms, running jobs, the player and the gallery.

    Args:
        what: The task that is chosen at first, or an endpoint id.
        fields: First values of its form, such as ``prompt="…"``.

    Raises:
        InvalidRequest: no such endpoint or field, or a value that is not offered.

    Example::

        ltx.studio(prompt="a red fox runs through falling snow at dawn")
    """
    return Studio(what, **fields)


def _say_day(session: Session) -> str:
    """What was spent today, of how much: "today: $0.52 of $5.00"."""
    budget = session.spending.budget
    try:
        spent = session.spending.of_today
    except ConfigError as error:
        return str(error)
    return f"today: ${spent:.2f}" + (f" of ${budget.usd:.2f}" if budget else "")


def _show_form(form: Form, *, shown: bool) -> None:
    # By a class: its layout is that of all its parts.
    (form.remove_class if shown else form.add_class)("ltx-away")


def _task_of(what: str) -> str:
    return what if what in FORMS else find_endpoint(what).task
