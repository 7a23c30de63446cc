"""What every request has in common: one strict model, and one way in for people.

The models are the wire's truth: integers are integers, unknown keys are refused, rules between
fields hold. `read_request` is the way in for people: it turns digits typed as text into numbers
first, and reports every problem at once, each with its fix.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.schema.rules import AnyRule

__all__ = ["Request", "check_request", "read_request"]

_RULES_BROKEN = "ltx_rules"
# Who sends ten thousand unknown fields, or one with a name of megabytes, wants our time and memory.
_MOST_PROBLEMS = 100
_LONGEST_NAME = 100
_MOST_BITS = 128

R = TypeVar("R", bound="Request")


class Request(BaseModel):
    """One endpoint's input, exactly as it goes over the wire.

    Attributes:
        rules: What must hold between fields, as data.
        omit_when_default: Fields left out of the body while they hold their default, because the
            service decides itself when they are absent.
    """

    # fal itself very likely drops unknown keys without a word (endpoints, section 4); a typo
    # would then cost money and do nothing.
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    rules: ClassVar[tuple[AnyRule, ...]] = ()
    omit_when_default: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _keep_the_rules(self) -> Self:
        values = {name: getattr(self, name) for name in type(self).model_fields}
        broken = [problem for rule in self.rules for problem in rule.problems(values)]
        if broken:
            # Carried out whole and unfolded by `_problems`: pydantic has one message an error,
            # and a broken rule has one problem for each field that would have to change.
            raise PydanticCustomError(
                _RULES_BROKEN, "{text}", {"text": "; ".join(map(str, broken)), "problems": broken}
            )
        return self

    def body(self) -> dict[str, Any]:
        """The JSON object that is sent: plain values, fields in schema order."""
        whole = self.model_dump(mode="json")
        fields = type(self).model_fields
        return {
            # 5.0 s leave as 5, as the API pages write it.
            name: int(value) if isinstance(value, float) and value.is_integer() else value
            for name, value in whole.items()
            if value is not None
            and not (name in self.omit_when_default and value == fields[name].default)
        }


def check_request(model: type[R], data: Mapping[str, Any]) -> R:
    """Validate wire data strictly.

    Raises:
        InvalidRequest: with every problem found, in field order.
    """
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise InvalidRequest(_problems(model, error)) from None


def read_request(model: type[R], fields: Mapping[str, Any]) -> R:
    """Validate what a person wrote: as `check_request`, but digits as text become numbers first.

    Raises:
        InvalidRequest: with every problem found, in field order.
    """
    known = model.model_fields
    return check_request(
        model,
        {
            name: _as_number(value, known[name]) if name in known else value
            for name, value in fields.items()
        },
    )


def _as_number(value: Any, field: FieldInfo) -> Any:
    """``"8"`` as 8 where the field wants numbers; everything else as it came."""
    if not isinstance(value, str) or not _wants_number(field.annotation):
        return value
    text = value.strip()
    try:
        number = float(text)
    except ValueError:
        return value
    return int(number) if number.is_integer() else number


def _wants_number(annotation: Any) -> bool:
    if get_origin(annotation) is Literal:
        return all(isinstance(choice, int) for choice in get_args(annotation))
    if annotation in (int, float):
        return True
    return any(_wants_number(part) for part in get_args(annotation))


def _problems(model: type[Request], error: ValidationError) -> tuple[Problem, ...]:
    found: list[Problem] = []
    for item in error.errors(include_url=False)[:_MOST_PROBLEMS]:
        if item["type"] == _RULES_BROKEN:
            found.extend(item["ctx"]["problems"])
            continue
        name = str(item["loc"][0])[:_LONGEST_NAME] if item["loc"] else ""
        context = {key: value for key, value in item.get("ctx", {}).items() if key != "error"}
        found.append(
            Problem(
                field=name,
                message=_say(model, name, item),
                type=item["type"],
                fix=_nearest(model, name, item.get("input")),
                context=context,
                given=_short(item.get("input")),
            )
        )
    order = {name: place for place, name in enumerate(model.model_fields)}
    return tuple(sorted(found, key=lambda problem: order.get(problem.field, len(order))))


def _say(  # noqa: PLR0911 - one line a type is a table
    model: type[Request], name: str, item: Mapping[str, Any]
) -> str:
    """Expected, came, and what to do, in one line."""
    given = _short(item.get("input"))
    match item["type"]:
        case "missing":
            return "is required and was not given"
        case "extra_forbidden":
            near = get_close_matches(name, model.model_fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it takes {_join(model.model_fields)}"
            return f"is not a field of this endpoint; {hint}"
        case "greater_than_equal" | "less_than_equal" if len(item["loc"]) == 1:
            return f"{given} is out of range; choose {_range(model.model_fields[name])}"
        case "url_scheme":
            return f"expected an https address or a data URI, got {given!r}"
        case "literal_error" if len(item["loc"]) == 1:
            choices = get_args(model.model_fields[name].annotation)
            return f"{given!r} is not offered; choose {_join(choices)}"
        case "string_too_short" | "ltx_blank":
            return "must not be empty; say what the clip should show"
        case "string_too_long":
            limit, length = item["ctx"]["max_length"], len(item["input"])
            return f"must be at most {limit} characters; this is {length}"
        case _:
            return f"{item['msg'][:1].lower()}{item['msg'][1:]}; got {given!r}"


def _nearest(model: type[Request], name: str, given: Any) -> dict[str, Any]:
    """The next longer offered number, so that a 9 s narration fits its 10 s clip."""
    field = model.model_fields.get(name)
    if field is None:
        return {}
    if get_origin(field.annotation) is not Literal:
        return _clamped(name, field, given)
    choices = get_args(field.annotation)
    number = _as_number(given, field)
    if (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and _wants_number(field.annotation)
    ):
        longer = [choice for choice in choices if choice >= number]
        return {name: min(longer) if longer else max(choices)}
    if isinstance(given, str):
        near = [choice for choice in choices if str(choice).startswith(given.strip().lower())]
        return {name: near[0]} if len(near) == 1 else {}
    return {}


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the greatest value of a number."""
    least = next((mark.ge for mark in field.metadata if isinstance(mark, Ge)), None)
    most = next((mark.le for mark in field.metadata if isinstance(mark, Le)), None)
    return least, most  # type: ignore[return-value]  # our bounds are plain numbers


def _range(field: FieldInfo) -> str:
    least, most = _bounds(field)
    return f"{least:g} to {most:g}"


def _clamped(name: str, field: FieldInfo, given: Any) -> dict[str, Any]:
    least, most = _bounds(field)
    if least is None or most is None or isinstance(given, bool):
        return {}
    if not isinstance(given, int | float) or given != given:  # noqa: PLR0124 - NaN
        return {}
    return {} if least <= given <= most else {name: min(max(given, least), most)}


def _join(choices: Any) -> str:
    words = [str(choice) for choice in choices]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _short(value: Any) -> Any:
    """The given value for a message: never a data URI, never a page of text."""
    longest = 80
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return f"<a whole number of {value.bit_length()} bits>"
    if isinstance(value, str) and len(value) > longest:
        return f"{value[:longest]}…"
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    return f"<{type(value).__name__}>"
