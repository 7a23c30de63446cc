"""Rules between fields, as data: when they bite, what they ask for, and the fix.

The form, the magic, the Python call and the server all read this one table. Rules that need the
media themselves stand in `ltx_widgets.schema.media`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ltx_widgets.errors import Problem

__all__ = ["LONG_CLIP", "PROMPT_OR_IMAGE", "AnyRule", "OneOf", "Rule"]


class AnyRule(Protocol):
    """What every kind of rule can tell.

    Attributes:
        name: Stable id of the rule; problems carry it as ``context["rule"]``.
        text: The rule in one sentence, for people.
    """

    @property
    def name(self) -> str:
        """Stable id."""
        ...

    @property
    def text(self) -> str:
        """One sentence."""
        ...

    def problems(self, values: Mapping[str, Any]) -> tuple[Problem, ...]:
        """One problem for each field that would have to change; none while the rule holds."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """When a field holds one of some values, other fields must hold given ones.

    Attributes:
        name: Stable id of the rule.
        field: The field that triggers it.
        values: The values of that field which trigger it.
        requires: What the other fields must then be; also the fix.
        text: The rule in one sentence, for people.
    """

    name: str
    field: str
    values: frozenset[Any]
    requires: Mapping[str, Any]
    text: str

    def problems(self, values: Mapping[str, Any]) -> tuple[Problem, ...]:
        """One problem for each field that would have to change; none while the rule holds."""
        if values.get(self.field) not in self.values:
            return ()
        wrong = {name: want for name, want in self.requires.items() if values.get(name) != want}
        return tuple(
            Problem(
                field=name,
                message=f"{self.text}; {name} is {values.get(name)}, set it to {want}",
                type="literal_error",
                fix=wrong,
                context={"expected": str(want), "rule": self.name},
                given=values.get(name),
            )
            for name, want in wrong.items()
        )


@dataclass(frozen=True, slots=True)
class OneOf:
    """At least one of some fields must be given; blank text does not count.

    Attributes:
        name: Stable id of the rule.
        fields: Which; the problem is told at the first.
        text: The rule in one sentence, for people.
    """

    name: str
    fields: tuple[str, ...]
    text: str

    def problems(self, values: Mapping[str, Any]) -> tuple[Problem, ...]:
        """One problem while none of the fields is given."""
        if any(str(values.get(name) or "").strip() for name in self.fields):
            return ()
        return (Problem(self.fields[0], self.text, type="missing", context={"rule": self.name}),)


LONG_CLIP = Rule(
    # Every /fast id; the seeds: "Durations longer than 10 seconds (12, 14, 16, 18, 20) are only
    # supported with 25 FPS and 1080p resolution."
    name="long_clip",
    field="duration",
    values=frozenset({12, 14, 16, 18, 20}),
    requires={"resolution": "1080p", "fps": 25},
    text="clips over 10 s come at 1080p and 25 fps only",
)

PROMPT_OR_IMAGE = OneOf(
    # The seeds: "Required if image_url is not provided."
    name="prompt_or_image",
    fields=("prompt", "image_url"),
    text="a prompt is needed where no image is given",
)
