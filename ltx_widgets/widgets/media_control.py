"""A medium in a form: a path, an address, an upload or a Python value, and what became of it.

Reading a film takes time, so it happens on a thread of the session's loop; the form hears of it
when it is over.
"""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as w

from ltx_widgets.errors import LTXError, MediaError, Problem
from ltx_widgets.media.material import Material
from ltx_widgets.schema import FieldSpec, MediaFacts
from ltx_widgets.session import default_session
from ltx_widgets.widgets.style import close_fully
from ltx_widgets.widgets.upload import Uploaded, UploadPicker

__all__ = ["MediaControl"]

_TYPING_S = 0.6
_THUMB_SIDE = 160
_THUMB_QUALITY = 70
# A thumbnail is saved with the notebook.
_THUMB_BYTES = 20_000
_HINT = "Path or https address"


class MediaControl:
    """One medium of a form, with the interface of `controls.Control`.

    Args:
        spec: What the schema says of the field.
        on_change: Called when something was chosen, and when it has been read.
    """

    def __init__(self, spec: FieldSpec, on_change: Callable[[], None]) -> None:
        self.spec = spec
        self._on_change = on_change
        self._lock = threading.RLock()
        self._number = 0
        self._given: Any = None
        self._found: Material | None = None
        self._wrong: MediaError | None = None
        self._setting = False
        self._make_parts()
        self.show()

    def _make_parts(self) -> None:
        title = self.spec.title
        self.widget = w.Text(
            description=title,
            tooltip=self.spec.help,
            placeholder=_HINT,
            layout=w.Layout(width="auto"),
        )
        self.widget.observe(lambda change: self._typed(change["new"]), names="value")
        self._picker = UploadPicker(self.spec.media, _uploads, self.take)
        self._clear = w.Button(description="Clear", tooltip=f"Clear {title.lower()}")
        self._clear.on_click(lambda _: self.take(None))
        self._thumb, self._line = w.HTML(), w.HTML()
        self._row = w.Box([self._picker, self._clear])
        self._row.add_class("ltx-picking")
        self._told = w.Box([self._thumb, self._line])
        self._told.add_class("ltx-told")
        self.box = w.VBox([self.widget, self._row, self._told])
        self.box.add_class("ltx-field")
        self.box.add_class("ltx-media")

    @property
    def value(self) -> Any:
        """What was chosen, as it was given; None for nothing."""
        return self._given.path if isinstance(self._given, Uploaded) else self._given

    @property
    def given(self) -> Any:
        """As `value`, and an upload with its name: what another control can `take`."""
        return self._given

    @property
    def asked(self) -> Material | None:
        """What a request is made with: the material, or what stands for it until it is read."""
        if self._given is None:
            return None
        return self._found or Material(
            self.spec.media,  # type: ignore[arg-type]  # from the schema
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
        """Choose anything that a medium can be given as; None for nothing."""
        typed = isinstance(value, str) and value.lower().startswith(("https://", "http://"))
        self._write(value if typed else "")
        self._choose(value, pause_s=0.0)

    def show(self, problem: str = "") -> None:
        """Say what was chosen or what is wrong with it; the help where there is nothing."""
        with self._lock:
            (self.box.add_class if problem else self.box.remove_class)("ltx-wrong")
            self._line.value = self._told_of(problem)
            self._thumb.layout.display = "" if self._thumb.value else "none"
            chosen = self._given is not None
            self._clear.layout.display = "" if chosen else "none"
            held = chosen and not self.widget.value
            self.widget.placeholder = self._label() if held else _HINT

    def close(self) -> None:
        """Take it off the page."""
        self._number += 1
        for part in (self.widget, self._picker, self._clear, self._thumb, self._line):
            close_fully(part)
        for box in (self._row, self._told, self.box):
            close_fully(box)

    def _typed(self, text: str) -> None:
        if self._setting:
            return
        text = text.strip()
        if text.lower().startswith("data:"):
            # Media bytes have no place in a saved notebook.
            self._write("")
        self._choose(text or None, pause_s=_TYPING_S)

    def _write(self, text: str) -> None:
        with self._lock:
            self._setting = True
            self.widget.value = text
            self._setting = False

    def _choose(self, value: Any, *, pause_s: float) -> None:
        with self._lock:
            self._number += 1
            self._given, self._found, self._wrong = value, None, None
            self._thumb.value = ""
            number = self._number
        self._on_change()
        if value is not None:
            default_session().start(self._read(number, value, pause_s))

    async def _read(self, number: int, value: Any, pause_s: float) -> None:
        """Read it, unless something else was chosen meanwhile."""
        await asyncio.sleep(pause_s)
        if number != self._number:
            return
        found, wrong, thumb = None, None, ""
        try:
            found, thumb = await asyncio.to_thread(_read_material, value, self.spec)
        except MediaError as error:
            wrong = error
        except (LTXError, OSError) as error:
            wrong = MediaError(f"it cannot be read: {error}")
        with self._lock:
            if number != self._number:
                return
            self._found, self._wrong, self._thumb.value = found, wrong, thumb
        self._on_change()

    def _label(self) -> str:
        if self._found is not None:
            return self._found.label
        if isinstance(self._given, Uploaded):
            return self._given.name
        if isinstance(self._given, Path):
            return self._given.name
        typed = self.widget.value.strip()
        return typed or f"the {self.spec.media}"

    def _told_of(self, problem: str) -> str:
        if problem:
            return f'<span role="alert">{escape(problem)}</span>'
        if self.waiting:
            return f'<span role="status">Reading {escape(self._label())} …</span>'
        if self._found is not None:
            return f'<span role="status">{escape(_describe(self._found))}</span>'
        return f"<span>{escape(self.spec.help)}</span>"


def _uploads() -> Path:
    return default_session().folder / "uploads"


def _read_material(value: Any, spec: FieldSpec) -> tuple[Material, str]:
    """What was given as material, and a small picture of it as HTML. Takes its time."""
    # Only now: a form without media loads no readers of pictures and films.
    from ltx_widgets.media.taking import material

    session = default_session()
    given = value.path if isinstance(value, Uploaded) else value
    found = material(
        given,
        kind=spec.media,  # type: ignore[arg-type]  # from the schema
        folder=session.folder / "media",
        hosted=session.target.place == "hosted",
    )
    if isinstance(value, Uploaded):
        found = replace(found, label=value.name)
    return found, _thumbnail(found)


def _thumbnail(found: Material) -> str:
    if found.kind != "image" or found.path is None:
        return ""
    from ltx_widgets.images import encode_jpeg, read_image

    with suppress(MediaError):  # It is checked already; its small picture is no matter of life.
        small = encode_jpeg(read_image(found.path, max_side=_THUMB_SIDE), _THUMB_QUALITY)
        if len(small) <= _THUMB_BYTES:
            data = base64.b64encode(small).decode("ascii")
            return f'<img alt="" src="data:image/jpeg;base64,{data}">'
    return ""


def _describe(found: Material) -> str:
    """One line: "fox.png, 1024 x 768, 0.4 MB; converted: …"."""
    if found.facts is None:
        return f"{found.label}: the service fetches it; it is not looked at here"
    said = ", ".join([found.label, *_measures(found.facts, found.size)])
    return "; ".join([said, *found.notes])


def _measures(facts: MediaFacts, size: int) -> list[str]:
    told = []
    if facts.width and facts.height:
        told.append(f"{facts.width} x {facts.height}")
    if facts.fps:
        told.append(f"{facts.fps:.4g} fps")
    if facts.duration is not None:
        told.append(f"{facts.duration:.4g} s")
    if facts.kind == "video":
        told.append("with sound" if facts.has_audio else "silent")
    # Decimal megabytes, as a browser's download list has them.
    size = size or facts.bytes
    told.append(f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB")  # noqa: PLR2004
    return told
