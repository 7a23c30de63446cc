"""The section picker of a form: there as soon as the medium is read, in step with the fields."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import ipywidgets as w

from ltx_widgets.errors import LTXError
from ltx_widgets.media.material import Material
from ltx_widgets.schema import Endpoint
from ltx_widgets.schema.sections import SECTIONS, Reach, Section
from ltx_widgets.session import default_session
from ltx_widgets.widgets.fields import Fields
from ltx_widgets.widgets.media_control import MediaControl
from ltx_widgets.widgets.section_picker import Glimpse, SectionPicker, glimpse
from ltx_widgets.widgets.style import close_fully

__all__ = ["FormSection"]

_TITLES = {
    "retake-video": "Section to make anew",
    "extend-video": "Context that the addition goes by",
    "audio-to-video": "Part of the sound",
}


class FormSection:
    """Shows the part of a form's medium that its request works on, and lets it be moved.

    Where the part stands in fields (retake, extend), these and the picker follow each other. A
    sound is cut: the form then sends that part of it. A sound that is longer than what is taken
    is cut at once, to its beginning, and its field says so.

    Args:
        place: Where the picker goes; empty while there is nothing to pick from.
        fields: The form's.
        fill: Sets fields of the form by name.
    """

    def __init__(self, place: w.Box, fields: Fields, fill: Callable[..., None]) -> None:
        self._place, self._fields, self._fill = place, fields, fill
        self._row: Endpoint | None = None
        self._picker: SectionPicker | None = None
        self._drawn = ""

    def __repr__(self) -> str:
        return f"FormSection({self._picker or 'nothing to pick'})"

    def look(self, row: Endpoint) -> None:
        """Follow the form's fields and its medium; for each time that they may have changed."""
        self._row = row
        rule = SECTIONS.get(row.task)
        control = self._fields.controls.get(rule.medium) if rule else None
        whole = control.whole if isinstance(control, MediaControl) else None
        if rule is None or whole is None or whole.path is None or whole.facts is None:
            self._place.children = ()
            return
        values = self._fields.values
        reach = rule.reach(row, values, whole.facts)
        if reach is None:
            self._place.children = ()
            return
        # Only a sound has one: for films, the fields say which.
        part = getattr(control, "part", None)
        self._show(row, reach, part or rule.read(row, values, reach), whole)
        if part is None and not rule.write((0.0, 0.0)) and reach.most < reach.length:
            self._cut(self._picker_of(row, reach).section)

    def _show(self, row: Endpoint, reach: Reach, section: Section, whole: Material) -> None:
        picker = self._picker_of(row, reach)
        picker.place(reach, section)
        self._place.children = (picker,)
        if self._drawn != whole.sha256:
            self._drawn = whole.sha256
            picker.draw(Glimpse())  # Not the pictures of the film before.
            default_session().start(self._draw(picker, whole))

    def _picker_of(self, row: Endpoint, reach: Reach) -> SectionPicker:
        if self._picker is None:
            kind = SECTIONS[row.task].medium
            sound = kind == "audio_url"
            self._picker = SectionPicker(
                _TITLES[row.task], reach, self._picked, film=not sound, typed=sound
            )
        return self._picker

    def close(self) -> None:
        """Let go of the picker, which stands in no box now and then."""
        if self._picker is not None:
            close_fully(self._picker)

    async def _draw(self, picker: SectionPicker, whole: Material) -> None:
        if whole.path is None or whole.facts is None:
            return
        # Without pictures the section can be chosen all the same.
        with suppress(LTXError, OSError):
            seen = await asyncio.to_thread(glimpse, whole.path, whole.facts)
            if self._drawn == whole.sha256:
                picker.draw(seen)

    def _picked(self, section: Section, done: bool) -> None:  # noqa: FBT001 - the picker's call back
        if self._row is None:
            return
        fields: dict[str, Any] = SECTIONS[self._row.task].write(section)
        if fields:
            self._fill(**fields)
        elif done:
            # A copy is made of it: not while the hand still moves.
            self._cut(section)

    def _cut(self, section: Section) -> None:
        if self._row is None or self._picker is None:
            return
        control = self._fields.controls[SECTIONS[self._row.task].medium]
        if isinstance(control, MediaControl):
            all_of_it = section == (0.0, self._picker.length_s)
            control.cut(None if all_of_it else section)
