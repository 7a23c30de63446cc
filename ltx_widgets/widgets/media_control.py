"""A medium in a form: what a user has at hand, and what became of it.

It is typed, pasted, dropped, uploaded, chosen from the earlier clips, or set from Python. Reading
a film takes time, so it happens on a thread of the session's loop; the form hears of it when it
is over.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from ltx_widgets.errors import LTXError, MediaError, Problem
from ltx_widgets.media.excerpt import Excerpt, cut_out
from ltx_widgets.media.material import Material
from ltx_widgets.schema import FieldSpec, MediaKind
from ltx_widgets.schema.sections import Section
from ltx_widgets.session import default_session
from ltx_widgets.widgets.given import Variable, expression_of, mark_of
from ltx_widgets.widgets.media_reading import is_web, read_given
from ltx_widgets.widgets.style import Looks, close_fully
from ltx_widgets.widgets.upload import Uploaded, UploadPicker

if TYPE_CHECKING:
    from ltx_widgets.widgets.earlier import EarlierClips

__all__ = ["MediaControl"]

_TYPING_S = 0.6
_HINT = "Path, https address, or a variable's name"


class MediaControl:
    """One medium of a form, with the interface of `controls.Control`.

    Args:
        spec: What the schema says of the field.
        on_change: Called when something was chosen, and when it has been read.
        looks: What the form's parts share.
    """

    def __init__(self, spec: FieldSpec, on_change: Callable[[], None], *, looks: Looks) -> None:
        self.spec = spec
        self._kind: MediaKind = spec.media  # type: ignore[assignment]  # from the schema
        self._on_change = on_change
        self._lock = threading.RLock()
        self._number = 0
        self._given: Any = None
        self._found: Material | None = None
        self._whole: Material | None = None
        self._part: Section | None = None
        self._wrong: MediaError | None = None
        self._mark: Hashable = None
        self._picture = ""
        self._again = False
        self._setting = False
        self._list: EarlierClips | None = None
        self._make_parts(looks)
        self.show()

    def __repr__(self) -> str:
        return f"MediaControl({self.spec.name})"

    def _make_parts(self, looks: Looks) -> None:
        self.widget = w.Text(
            description=self.spec.title,
            tooltip=self.spec.help,
            placeholder=_HINT,
            **looks.of(w.Text),
        )
        self.widget.observe(lambda change: self._typed(change["new"]), names="value")
        self._picker = UploadPicker(
            self._kind, _uploads, self.take, title=self.spec.title, heard=self._heard
        )
        self._line = w.HTML(**looks.of(w.HTML))
        self._line.add_class("ltx-told")
        self.box = w.VBox([self.widget, self._picker, self._line], **looks.box())
        self.box.add_class("ltx-field")
        self.box.add_class("ltx-media")

    @property
    def value(self) -> Any:
        """What was chosen, as it was given; of a variable what it was; None for nothing."""
        given = self._given
        if isinstance(given, Variable):
            return self._cut_from(given.value)
        return self._cut_from(given.path if isinstance(given, Uploaded) else given)

    @property
    def given(self) -> Any:
        """As `value`, and uploads and variables with their names: what another can `take`."""
        return self._cut_from(self._given)

    @property
    def whole(self) -> Material | None:
        """All of what was chosen, where only a part is asked for too; None until it is read."""
        return self._whole

    @property
    def part(self) -> Section | None:
        """The part of a sound that is asked for; None for all of it."""
        return self._part

    def cut(self, part: Section | None) -> None:
        """Ask for a part of the sound, or for all of it again."""
        with self._lock:
            whole = self._whole
            if whole is None or part == self._part:
                return
        self._choose(self._given, pause_s=_TYPING_S, part=part, whole=whole)

    @property
    def expression(self) -> str | None:
        """Python text that names what was chosen: a path or address in quotes, or a name.

        None for nothing, and for what no text can name, such as an upload.
        """
        with self._lock:
            given, typed, part = self._given, self.widget.value.strip(), self._part
        text = expression_of(given, typed=isinstance(given, str) and given == typed)
        return text and f"ltx.Excerpt({text}, {part[0]:g}, {part[1]:g})" if part else text

    @property
    def asked(self) -> Material | None:
        """What a request is made with: the material, or what stands for it until it is read."""
        if self._given is None:
            return None
        return self._found or Material(
            self._kind,
            self._label(),
            # Can never be looked up (RFC 2606); the form sends nothing while it stands here.
            url=f"https://upload.invalid/{self.spec.name}",
        )

    @property
    def waiting(self) -> bool:
        """Whether it is still being read."""
        return self._given is not None and self._found is None and self._wrong is None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why what was chosen cannot be used."""
        wrong = self._wrong
        if wrong is None:
            return ()
        kind = wrong.type or "value_error"
        return (Problem(self.spec.name, str(wrong), type=kind, context=wrong.context),)

    def take(self, value: Any) -> None:
        """Choose anything that a medium can be given as, or a `Variable`; None for nothing."""
        part = None
        if isinstance(value, Excerpt):
            value, part = value.source, (value.start_s, value.end_s)
        shown = value.name if isinstance(value, Variable) else value
        typed = isinstance(value, Variable) or is_web(value) or Variable.named(value) is not None
        self._write(shown if typed else "")
        self._choose(value, pause_s=0.0, part=part)

    def look_again(self) -> bool:
        """Read it anew if it is no longer what was read: the file changed, or the variable.

        Returns:
            Whether it had changed, and is being read again.
        """
        with self._lock:
            given, mark, was_read = self._given, self._mark, self._found is not None
        if not was_read:
            return False
        now = given.now if isinstance(given, Variable) else given
        if now is not None and mark_of(now) == mark:
            self._again = False
            return False
        # A name that nothing has any more is read as a path, and refused as one.
        given = given.name if now is None else now
        self._choose(given, pause_s=0.0, again=True, part=self._part)
        return True

    def show(self, problem: str = "") -> None:
        """Say what was chosen or what is wrong with it; the help where there is nothing."""
        with self._lock:
            (self.box.add_class if problem else self.box.remove_class)("ltx-wrong")
            self._line.value = self._picture + self._told_of(problem)
            chosen = self._given is not None
            self._picker.chosen = chosen
            held = chosen and not self.widget.value
            self.widget.placeholder = self._label() if held else _HINT

    def close(self) -> None:
        """Take it off the page."""
        self._number += 1
        self._close_list()
        self._picker.close()
        close_fully(self._picker)
        for part in (self.widget, self._line, self.box):
            part.close()

    def _typed(self, text: str) -> None:
        with self._lock:
            if self._setting:
                return
        text = text.strip()
        if text.lower().startswith("data:"):
            # Media bytes have no place in a saved notebook.
            self._write("")
        self._choose(text or None, pause_s=_TYPING_S)

    def _heard(self, what: str, text: str) -> None:
        """What was done in the picker, beside an upload."""
        match what:
            case "clear":
                self.take(None)
            case "text":
                # An address or a path is as good as typed, and can be corrected there.
                self._write("" if text.lower().startswith("data:") else text)
                self._choose(text, pause_s=0.0)
            case "file":
                self._heard("text", _beside(text))
            case "earlier":
                self._open_list()

    def _open_list(self) -> None:
        from ltx_widgets.widgets.earlier import EarlierClips

        with self._lock:
            if self._list is not None:
                self._close_list()
                return
            self._list = EarlierClips(self._kind, self._chosen, self._close_list)
            self.box.children = [self.widget, self._picker, self._list, self._line]
            self._picker.listing = True

    def _chosen(self, value: Any) -> None:
        self._close_list()
        self.take(value)

    def _close_list(self) -> None:
        with self._lock:
            old, self._list = self._list, None
            if old is None:
                return
            self.box.children = [self.widget, self._picker, self._line]
            self._picker.listing = False
        close_fully(old)

    def _write(self, text: str) -> None:
        with self._lock:
            self._setting = True
            self.widget.value = text
            self._setting = False

    def _choose(
        self,
        value: Any,
        *,
        pause_s: float,
        again: bool = False,
        part: Section | None = None,
        whole: Material | None = None,
    ) -> None:
        with self._lock:
            self._number += 1
            self._part, self._whole = part, whole
            if whole is None:
                self._picture = ""
            self._given, self._found, self._wrong = value, None, None
            self._again = again
            number = self._number
        self._on_change()
        if value is not None:
            default_session().start(self._read(number, value, pause_s))

    async def _read(self, number: int, value: Any, pause_s: float) -> None:
        """Read it, unless something else was chosen meanwhile."""
        await asyncio.sleep(pause_s)
        found, wrong = None, None
        value = Variable.named(value) or value
        with self._lock:
            if number != self._number:
                return
            self._given = value
            whole, part = self._whole, self._part
            picture, mark = self._picture, self._mark
        try:
            if whole is None:
                # Before it is read: what changes meanwhile is read again.
                mark = await asyncio.to_thread(mark_of, value)
                whole, picture = await asyncio.to_thread(read_given, value, self._kind)
            found = await asyncio.to_thread(_cut, whole, part)
        except MediaError as error:
            wrong = error
        except (LTXError, OSError) as error:
            wrong = MediaError(f"it cannot be read: {error}")
        with self._lock:
            if number != self._number:
                return
            self._found, self._whole, self._wrong = found, whole, wrong
            self._picture, self._mark = picture, mark
        # The form looks at files and the day's spending: not on the loop of all jobs.
        await asyncio.to_thread(self._on_change)

    def _cut_from(self, given: Any) -> Any:
        part = self._part
        return given if part is None or given is None else Excerpt(given, *part)

    def _label(self) -> str:
        if self._found is not None:
            return self._found.label
        given = self._given
        if isinstance(given, Variable):
            return f"variable {given.name}"
        if isinstance(given, Uploaded | Path):
            return given.name
        typed = self.widget.value.strip()
        return typed or f"the {self._kind}"

    def _told_of(self, problem: str) -> str:
        if problem:
            return f'<span role="alert">{escape(problem)}</span>'
        if self.waiting:
            return f'<span role="status">Reading {escape(self._label())} …</span>'
        if self._found is not None:
            return f'<span role="status">{escape(self._described(self._found))}</span>'
        return f"<span>{escape(self.spec.help)}</span>"

    def _described(self, found: Material) -> str:
        from ltx_widgets.widgets.media_preview import describe

        said = [describe(found)]
        if self._again:
            said.append("it had changed and was read again: look, then press Generate once more")
        elif isinstance(self._given, Variable):
            said.append("looked at again at Generate")
        return "; ".join(said)


def _uploads() -> Path:
    return default_session().folder / "uploads"


def _beside(path: str) -> str:
    """A path of JupyterLab's file list, as seen from the working folder.

    The list begins at the server's folder, which the kernel does not know; it starts below it.
    """
    here = Path.cwd()
    with suppress(OSError):
        for base in (here, *here.parents):
            if (base / path).is_file():
                return Path(os.path.relpath(base / path, here)).as_posix()
    return path


def _cut(whole: Material | None, part: Section | None) -> Material | None:
    if whole is None or part is None:
        return whole
    return cut_out(whole, *part, folder=default_session().folder / "media")
