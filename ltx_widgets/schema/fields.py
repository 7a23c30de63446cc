"""A request model as a form sees it: one `FieldSpec` for each field, no widget in sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic.fields import FieldInfo

from ltx_widgets.schema._request import Request

__all__ = ["FieldSpec", "Kind", "describe"]

Kind = Literal["text", "choice", "flag", "number", "media"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What a form, a command line or a docs table needs to know of one field.

    Attributes:
        name: The wire's name.
        title: The name for people.
        kind: "text", "choice", "flag", "number" or "media".
        required: Whether it must be given.
        default: Its value when left out; None where there is none.
        choices: What is offered, for a choice.
        labels: A longer text for some choices, by ``str(choice)``.
        unit: "s" or "fps"; empty where there is none.
        help: One or two sentences.
        max_length: Most characters of a text.
        media: "image", "audio" or "video", for media; empty otherwise.
        minimum: Least value of a number; None where there is none.
        maximum: Greatest value of a number; None where there is none.
    """

    name: str
    title: str
    kind: Kind
    required: bool
    default: Any = None
    choices: tuple[Any, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    help: str = ""
    max_length: int | None = None
    media: str = ""
    minimum: float | None = None
    maximum: float | None = None

    def label(self, choice: Any) -> str:
        """One choice as people read it: with its unit, or with its longer text."""
        text = self.labels.get(str(choice), str(choice))
        return f"{text} {self.unit}" if self.unit else text


def describe(model: type[Request]) -> tuple[FieldSpec, ...]:
    """Every field of a request model, in schema order."""
    return tuple(_spec(name, info) for name, info in model.model_fields.items())


def _spec(name: str, info: FieldInfo) -> FieldSpec:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    labels = extra.get("labels")
    labels = labels if isinstance(labels, dict) else {}
    choices = get_args(info.annotation) if get_origin(info.annotation) is Literal else ()
    least = [mark.ge for mark in info.metadata if isinstance(mark, Ge)]
    most = [mark.le for mark in info.metadata if isinstance(mark, Le)]
    media = str(extra.get("media", ""))
    lengths = [mark.max_length for mark in info.metadata if isinstance(mark, MaxLen)]
    return FieldSpec(
        name=name,
        title=info.title or name.replace("_", " ").capitalize(),
        kind="media" if media else _kind(info, choices),
        required=info.is_required(),
        default=None if info.is_required() else info.default,
        choices=choices,
        labels={str(key): str(text) for key, text in labels.items()},
        unit=str(extra.get("unit", "")),
        help=info.description or "",
        max_length=lengths[0] if lengths else None,
        media=media,
        minimum=least[0] if least else None,  # type: ignore[arg-type]  # our bounds are numbers
        maximum=most[0] if most else None,  # type: ignore[arg-type]
    )


def _kind(info: FieldInfo, choices: tuple[Any, ...]) -> Kind:
    if choices:
        return "choice"
    if info.annotation is bool:
        return "flag"
    wanted = {info.annotation, *get_args(info.annotation)}
    return "number" if wanted & {int, float} else "text"
