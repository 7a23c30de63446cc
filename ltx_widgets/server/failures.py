"""How jobs and calls end badly, in fal's words: the bodies that replies carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ltx_widgets.errors import Problem

__all__ = [
    "CANCELLED",
    "INTERRUPTED",
    "STARTED_TOO_LATE",
    "Failure",
    "crashed",
    "fault",
    "reason",
    "refused",
    "took_too_long",
]

_DOCS = "https://docs.fal.ai/errors/"


@dataclass(frozen=True, slots=True)
class Failure:
    """How a job ended badly, as its result URL will tell it.

    Attributes:
        status: HTTP status code.
        body: The reply's JSON.
        error_type: fal's machine-readable kind.
    """

    status: int
    body: Mapping[str, Any]
    error_type: str


def refused(problems: Iterable[Problem]) -> Failure:
    """A 422 with one item for each problem, as fal's own models write it."""
    items = [_item(problem) for problem in problems]
    return Failure(422, {"detail": items}, str(items[0]["type"]) if items else "value_error")


def _item(problem: Problem) -> dict[str, Any]:
    item: dict[str, Any] = {
        "loc": ["body", problem.field] if problem.field else ["body"],
        "msg": problem.message,
        "type": problem.type,
        "url": f"{_DOCS}#{problem.type}",
    }
    if problem.context:
        item["ctx"] = {name: _plain(value) for name, value in problem.context.items()}
    if problem.given is not None:
        item["input"] = _plain(problem.given)
    return item


def _plain(value: Any) -> Any:
    """`value` as JSON can carry it."""
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)


def fault(message: str, error_type: str = "runner_server_error") -> Failure:
    """A 500: the engine or this server could not do it."""
    return Failure(500, {"detail": message, "error_type": error_type}, error_type)


def crashed(attempts: int) -> Failure:
    """A 500 for a job whose worker died again and again."""
    return fault(
        f"the render process died {attempts} times over this request; server.log has more",
        "internal_error",
    )


def took_too_long(seconds: float) -> Failure:
    """A 504 for a render that the server ended."""
    problem = Problem(
        "",
        f"the render took longer than the {seconds:g} s that this server gives one; ask for a "
        "shorter or smaller clip, or raise --render-limit",
        type="generation_timeout",
    )
    return Failure(504, refused((problem,)).body, problem.type)


STARTED_TOO_LATE = Failure(
    504,
    {
        "detail": "Request did not start within the time that its caller set",
        "error_type": "request_timeout",
    },
    "request_timeout",
)
"""What the result URL of a job says whose start timeout ran out in the queue."""

INTERRUPTED = Failure(
    503,
    {
        "detail": "The runner was lost during the request, which was not to be tried again",
        "error_type": "runner_disconnected",
    },
    "runner_disconnected",
)
"""What the result URL of a job says that was lost once and asked for no retry."""

CANCELLED = Failure(
    499,
    {"detail": "Request was cancelled by the client", "error_type": "client_cancelled"},
    "client_cancelled",
)
"""What the result URL of a cancelled job says."""


def reason(body: Mapping[str, Any]) -> str:
    """The `detail` of an error body as one line for people."""
    detail = body.get("detail")
    if isinstance(detail, list):
        return "; ".join(
            f"{'.'.join(map(str, i['loc'][1:]))}: {i['msg']}".lstrip(": ") for i in detail
        )
    return str(detail)
