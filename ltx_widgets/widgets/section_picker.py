"""Choose a part of a film or a sound: by hand, with the keyboard, or by numbers.

Python computes, the page draws: pictures, loudness and limits are state, so that a page that is
loaded again shows them. Page to kernel: ``pick`` (serial, start, end, done: whether the hand let
go). Kernel to page: ``taken`` (serial), after the section that became of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ltx_widgets.schema import MediaFacts
from ltx_widgets.schema.sections import Edge, Reach, Section
from ltx_widgets.widgets._kernel import let_clicks_through
from ltx_widgets.widgets.style import script

__all__ = ["Glimpse", "SectionPicker", "glimpse"]

_HERE = Path(__file__).parent
_STRIP_HEIGHT = 48
# Enough for a wide form; a narrow one leaves some pictures out.
_STRIP_WIDTH = 1000
_FEWEST, _MOST = 8, 32
_PARTS = 400
# What is nearly silent is drawn as such; anything else fills its height.
_SILENT = 0.02


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What is drawn of a medium.

    Attributes:
        strip: A JPEG of small pictures in a row, 20 kB at most; empty for a sound.
        pictures: How many.
        wave: A byte for each of 400 parts: its highest peak; then as many for its loudness. Empty
            without sound.
    """

    strip: bytes = b""
    pictures: int = 0
    wave: bytes = b""


def glimpse(path: Path, facts: MediaFacts) -> Glimpse:
    """Look at a medium. Takes up to a second or two: call it on a thread.

    Args:
        path: Its file.
        facts: What is known of it.

    Raises:
        MediaError: it is damaged.
    """
    # Only now: a page without a picker loads no readers of films.
    from ltx_widgets.video.strip import filmstrip, waveform

    strip, pictures, wave = b"", 0, b""
    if facts.kind == "video" and facts.width and facts.height:
        pictures = round(_STRIP_WIDTH / (_STRIP_HEIGHT * facts.width / facts.height))
        pictures = max(_FEWEST, min(pictures, _MOST))
        strip = filmstrip(path, frames=pictures, height=_STRIP_HEIGHT)
    if facts.has_audio:
        # A film's sound may be shorter than its pictures.
        peaks = waveform(path, bins=_PARTS, seconds=facts.duration)
        scaled = peaks * (255 / max(float(peaks.max()), _SILENT))
        wave = scaled.clip(0, 255).astype("uint8").tobytes()
    return Glimpse(strip, pictures, wave)


class SectionPicker(anywidget.AnyWidget):
    """A strip of a medium with a section on it, whose edges are moved within their limits.

    Messages are handled on whatever thread the kernel hears them; the state is behind one lock.

    Args:
        title: What is chosen, for people.
        reach: Which sections are legal.
        on_pick: Called with each section that a person chose, and whether it is settled: while
            the hand is still moving, it is not.
        film: Whether there are pictures; edges then move by frames.
        typed: Whether its numbers are fields; otherwise they are told, and fields stand elsewhere.

    Attributes:
        section: Where the section starts and ends, in seconds. Setting it to one that is not legal
            takes the nearest that is, and the page says so.
    """

    _esm = script("keys.js", "section_picker.js")
    _css = _HERE / "section_picker.css"
    title = t.Unicode().tag(sync=True)
    film = t.Bool().tag(sync=True)
    noun = t.Unicode().tag(sync=True)
    length_s = t.Float().tag(sync=True)
    step_s = t.Float().tag(sync=True)
    pinned = t.Unicode().tag(sync=True)
    span = t.List().tag(sync=True)
    limits = t.Dict().tag(sync=True)
    section = t.Tuple(t.Float(), t.Float(), default_value=(0.0, 0.0)).tag(sync=True)
    said = t.Unicode().tag(sync=True)
    typed = t.Bool().tag(sync=True)
    added_s = t.Float().tag(sync=True)
    strip = t.Bytes().tag(sync=True)
    pictures = t.Int().tag(sync=True)
    wave = t.Bytes().tag(sync=True)

    def __init__(
        self,
        title: str,
        reach: Reach,
        on_pick: Callable[[Section, bool], None] | None = None,
        *,
        film: bool = True,
        typed: bool = True,
    ) -> None:
        self._lock = threading.RLock()
        self._on_pick = on_pick
        self._reach = reach
        super().__init__(title=title, film=film, typed=typed)
        self.place(reach, (0.0, reach.length))
        let_clicks_through(self)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return f"SectionPicker({self.section[0]:g} to {self.section[1]:g} s)"

    @property
    def start_s(self) -> float:
        """Where the section starts."""
        return float(self.section[0])

    @property
    def end_s(self) -> float:
        """Where the section ends."""
        return float(self.section[1])

    def place(self, reach: Reach, section: Section) -> None:
        """Show other legal sections, and one of them; `on_pick` is not called.

        Args:
            reach: Which sections are legal.
            section: The one to show, or the legal one nearest to it.
        """
        with self._lock, self.hold_sync():
            self._reach = reach
            self.noun, self.pinned = reach.noun, reach.pinned
            self.length_s, self.step_s = reach.length, reach.step
            self.span = list(reach.span)
            self.added_s = reach.added
            self.section = reach.fit(section)
            self.said = ""
            self._tell_limits()

    def draw(self, seen: Glimpse) -> None:
        """Show pictures and loudness."""
        with self._lock, self.hold_sync():
            self.strip, self.pictures, self.wave = seen.strip, seen.pictures, seen.wave

    @t.validate("section")
    def _fit(self, proposal: Mapping[str, Any]) -> Section:
        asked = proposal["value"]
        fitting = self._reach.fit(asked)
        self.said = "" if fitting == tuple(asked) else self._say(fitting)
        return fitting

    @t.observe("section")
    def _moved(self, _: Any) -> None:
        self._tell_limits()

    def _say(self, fitting: Section) -> str:
        return f"The nearest {self._reach.noun} is {fitting[0]:.4g} to {fitting[1]:.4g} s."

    def _tell_limits(self) -> None:
        """Each edge's limits, as [[at, why], [at, why]]; those of a pinned one are left out."""
        reach = self._reach
        edges: tuple[Edge, ...] = ("start", "end", "both")
        if reach.pinned:
            edges = ("end",) if reach.pinned == "start" else ("start",)
        self.limits = {
            edge: [[limit.at, limit.why] for limit in reach.limits(edge, self.section)]
            for edge in edges
        }

    def _hear(self, _: Any, said: Mapping[str, Any], __: Any) -> None:
        match said:
            case {"kind": "pick", "serial": int(serial), "start": start, "end": end}:
                pass
            case _:
                return
        if not all(isinstance(at, int | float) and isfinite(at) for at in (start, end)):
            return
        with self._lock, self.hold_sync():
            self.section = (float(start), float(end))
            section = self.section
        self.send({"kind": "taken", "serial": serial})
        if self._on_pick is not None:
            self._on_pick(section, bool(said.get("done", True)))
