"""The part of a given medium that a request works on, and which parts it may be.

Retake makes a section anew, extend goes by a context at one end, audio to video takes a part of a
sound. The bounds are those of the requests' own fields and of `ltx_widgets.schema.media`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor, inf, isfinite
from typing import Any, Literal

from ltx_widgets.schema.endpoints import Endpoint
from ltx_widgets.schema.fields import FieldSpec, describe
from ltx_widgets.schema.media import (
    LONGEST_AUDIO_S,
    MOST_FRAMES,
    SHORTEST_AUDIO_S,
    SLACK_S,
    MediaFacts,
)

__all__ = ["SECTIONS", "Edge", "Limit", "Reach", "Section", "SectionRule"]

Section = tuple[float, float]
"""Where it starts and ends, in seconds from the medium's beginning."""

Edge = Literal["start", "end", "both"]
"""What of a section is moved; "both" keeps its length."""

# Fields hold what people can read: a millisecond is a twentieth of the shortest frame.
_DIGITS = 3
_SOUND_STEP_S = 0.01


@dataclass(frozen=True, slots=True)
class Limit:
    """How far an edge may go.

    Attributes:
        at: Seconds from the medium's beginning.
        why: What holds it there, as a sentence without its full stop.
    """

    at: float
    why: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Which sections of a medium are legal. Everything is in seconds.

    Attributes:
        length: Of the medium.
        least: The shortest section.
        most: The longest section.
        latest: Where a section starts at the latest.
        step: What a hand moves an edge by: a frame, or a hundredth of a second of a sound.
        pinned: The edge that always is the medium's own: "start", "end" or none.
        noun: What a section is called here, for people.
        added: What the request adds to the medium, beside the pinned edge.
    """

    length: float
    least: float
    most: float
    latest: float = inf
    step: float = _SOUND_STEP_S
    pinned: Literal["", "start", "end"] = ""
    noun: str = "section"
    added: float = 0.0

    @property
    def span(self) -> Section:
        """From where to where any section reaches."""
        if self.pinned == "end":
            return _round(max(0.0, self.length - self.most)), self.length
        return 0.0, _round(min(self.length, (0.0 if self.pinned else self.latest) + self.most))

    def limits(self, edge: Edge, section: Section) -> tuple[Limit, Limit]:
        """How far an edge may go down and up while the other one stays, or both together.

        For "both" it is the start that the limits are for.
        """
        start, end = section
        first = Limit(0.0, "it begins here")
        last = Limit(self.length, f"it ends here, at {self.length:.4g} s")
        short = f"the {self.noun} has {self.least:.4g} s or more"
        long = f"the {self.noun} has {self.most:.4g} s at most"
        late = Limit(self.latest, f"the {self.noun} starts at {self.latest:.4g} s or earlier")
        match edge:
            case "start":
                low = max(first, Limit(end - self.most, long), key=_place)
                high = min(Limit(end - self.least, short), late, key=_place)
            case "end":
                low = Limit(start + self.least, short)
                high = min(last, Limit(start + self.most, long), key=_place)
            case "both":
                low, high = (
                    first,
                    min(Limit(self.length - (end - start), last.why), late, key=_place),
                )
        return _rounded(low), _rounded(high)

    def fit(self, section: Section) -> Section:
        """The legal section nearest to another one: its start first, then its end."""
        least, most = min(self.least, self.length), min(self.most, self.length)
        start, end = section
        if self.pinned == "end":
            return _round(_clamp(start, self.length - most, self.length - least)), self.length
        if self.pinned == "start":
            return 0.0, _round(_clamp(end, least, most))
        start = _clamp(start, 0.0, min(self.latest, self.length - least))
        return _round(start), _round(_clamp(end, start + least, min(self.length, start + most)))


@dataclass(frozen=True, slots=True)
class SectionRule:
    """How a task takes a section. Values are fields by name, as a form holds them, text or not.

    Attributes:
        medium: The field of the medium that the section is of.
        reach: From an endpoint, values and the medium's facts to the legal sections; None where
            there are none.
        read: From an endpoint, values and a reach to the section that they mean.
        write: From a section to the values that mean it; nothing where the medium itself is cut.
    """

    medium: str
    reach: Callable[[Endpoint, Mapping[str, Any], MediaFacts], Reach | None]
    read: Callable[[Endpoint, Mapping[str, Any], Reach], Section]
    write: Callable[[Section], dict[str, Any]]


def _retake_reach(row: Endpoint, _: Mapping[str, Any], facts: MediaFacts) -> Reach | None:
    start, duration = _bounds(row, "start_time"), _bounds(row, "duration")
    if not facts.duration or facts.duration < duration[0]:
        return None
    return Reach(
        length=facts.duration,
        least=duration[0],
        most=duration[1],
        latest=min(start[1], _round(facts.duration - duration[0])),
        step=_frame(facts),
    )


def _read_retake(row: Endpoint, values: Mapping[str, Any], reach: Reach) -> Section:
    start = _seconds(row, values, "start_time")
    return reach.fit((start, start + _seconds(row, values, "duration")))


def _write_retake(section: Section) -> dict[str, Any]:
    return {"start_time": _plain(section[0]), "duration": _plain(section[1] - section[0])}


def _context_reach(row: Endpoint, values: Mapping[str, Any], facts: MediaFacts) -> Reach | None:
    least, most = _bounds(row, "context")
    if not facts.duration or facts.duration < least or not facts.fps:
        return None
    added = _seconds(row, values, "duration")
    # Down to a whole frame: what is rounded up does not fit any more.
    room = floor(MOST_FRAMES - added * facts.fps) / facts.fps
    most = min(most, facts.duration, max(room, 0.0))
    return Reach(
        length=facts.duration,
        least=min(least, most),
        most=most,
        step=_frame(facts),
        pinned="start" if values.get("mode") == "start" else "end",
        noun="context",
        added=added,
    )


def _read_context(row: Endpoint, values: Mapping[str, Any], reach: Reach) -> Section:
    # Left out, the service takes as much as fits.
    context = _seconds(row, values, "context") or reach.most
    return reach.fit((reach.length - context, context))


def _write_context(section: Section) -> dict[str, Any]:
    return {"context": _plain(section[1] - section[0])}


def _sound_reach(_: Endpoint, __: Mapping[str, Any], facts: MediaFacts) -> Reach | None:
    if not facts.duration or facts.duration < SHORTEST_AUDIO_S:
        return None
    # A sound that is taken as it is needs no cut of its last hundredths.
    whole = facts.duration <= LONGEST_AUDIO_S + SLACK_S
    most = facts.duration if whole else LONGEST_AUDIO_S
    return Reach(facts.duration, SHORTEST_AUDIO_S, most, noun="part")


def _read_sound(_: Endpoint, __: Mapping[str, Any], reach: Reach) -> Section:
    return reach.fit((0.0, reach.most))


SECTIONS: Mapping[str, SectionRule] = {
    "retake-video": SectionRule("video_url", _retake_reach, _read_retake, _write_retake),
    "extend-video": SectionRule("video_url", _context_reach, _read_context, _write_context),
    "audio-to-video": SectionRule("audio_url", _sound_reach, _read_sound, lambda _: {}),
}
"""The tasks that work on a part of what they are given."""


def _spec(row: Endpoint, name: str) -> FieldSpec:
    return next(spec for spec in describe(row.model) if spec.name == name)


def _bounds(row: Endpoint, name: str) -> tuple[float, float]:
    spec = _spec(row, name)
    return spec.minimum or 0.0, inf if spec.maximum is None else spec.maximum


def _seconds(row: Endpoint, values: Mapping[str, Any], name: str) -> float:
    """A value that may be a text; where it is no number, the field's default, or 0."""
    default = float(_spec(row, name).default or 0.0)
    try:
        seconds = float(values.get(name, default))
    except (TypeError, ValueError):
        return default
    return seconds if isfinite(seconds) else default


def _frame(facts: MediaFacts) -> float:
    return 1 / facts.fps if facts.fps else _SOUND_STEP_S


def _place(limit: Limit) -> float:
    return limit.at


def _rounded(limit: Limit) -> Limit:
    return Limit(_round(limit.at), limit.why)


def _round(seconds: float) -> float:
    return round(seconds, _DIGITS)


def _plain(seconds: float) -> float:
    """As a person would write it: 4, not 4.0."""
    number = _round(float(seconds))
    return int(number) if number.is_integer() else number


def _clamp(seconds: float, low: float, high: float) -> float:
    return max(low, min(seconds, high))
