"""Error replies as exceptions: one table from status codes, one reader for every body shape.

Two shapes are in use: ``{"detail": [ {loc, msg, type, …}, … ]}`` from models, and
``{"detail": "text", "error_type": "…"}`` from the platform. A gateway's HTML page is a third.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ltx_widgets.errors import (
    APIError,
    AuthError,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    LTXError,
    NotFound,
    Problem,
    RateLimited,
    ServerFault,
)
from ltx_widgets.retry import is_retryable, retry_after_s
from ltx_widgets.schema import ENDPOINTS

__all__ = ["is_not_the_jobs_own", "refused_call", "refused_result"]

_CLASSES: dict[int, type[APIError]] = {401: AuthError, 403: AuthError, 404: NotFound}
_BAD_REQUEST = 400
_GATEWAYS = frozenset({429, 502, 503, 504})
_UNPROCESSABLE, _TOO_MANY, _CANCELLED, _SERVER = 422, 429, 499, 500


def refused_call(
    status: int,
    headers: Mapping[str, str],
    body: Any,
    *,
    endpoint: str = "",
    request_id: str | None = None,
) -> LTXError:
    """The exception for an error reply.

    Args:
        status: Status code, 400 or above.
        headers: By lower-case name.
        body: Parsed JSON, or text.
        endpoint: Named in the message; a retired one gets a hint to its live twin.
        request_id: The job it is about, if any.
    """
    items = _items(body)
    if status == _UNPROCESSABLE and items:
        return InvalidRequest(tuple(map(_problem, items)), request_id=request_id)
    facts: dict[str, Any] = {
        "status": status,
        "error_type": _error_type(headers, body),
        "items": items,
        "request_id": request_id or headers.get("x-fal-request-id"),
        "retryable": is_retryable(status, headers),
    }
    message = f"{endpoint or 'the server'} answered {status}: {_text(body)}"
    if status == _TOO_MANY:
        return RateLimited(message, retry_after_s=retry_after_s(headers), **facts)
    if status >= _SERVER:
        return ServerFault(message, **facts)
    known = ENDPOINTS.get(endpoint)
    if known is not None and known.twin:
        message += f"; this endpoint is {known.state}, its live twin is {known.twin}"
    return _CLASSES.get(status, APIError)(message, **facts)


def refused_result(
    status: int,
    headers: Mapping[str, str],
    body: Any,
    *,
    endpoint: str,
    request_id: str,
    logs: tuple[str, ...] = (),
) -> LTXError:
    """The exception for the error that a finished job has in place of a result."""
    kind = _error_type(headers, body)
    if status == _CANCELLED or kind == "client_cancelled":
        return JobCancelled("the job was cancelled", request_id=request_id, logs=logs)
    refused = refused_call(status, headers, body, endpoint=endpoint, request_id=request_id)
    if isinstance(refused, InvalidRequest | AuthError | NotFound | RateLimited):
        return refused
    return JobFailed(
        f"the job failed: {_text(body)}",
        request_id=request_id,
        logs=logs,
        status=status,
        error_type=kind,
    )


def is_not_the_jobs_own(status: int, headers: Mapping[str, str], body: Any) -> bool:
    """Whether an error at the result URL says nothing of how the job ended.

    A gateway's 429, 502, 503 or 504 names no `error_type`; a platform error of the job does. No
    job fails with a web page, whatever its code.
    """
    if status == _BAD_REQUEST:
        return "still in progress" in _text(body).lower()
    own = _error_type(headers, body) or headers.get("x-fal-request-timeout-type")
    return (status in _GATEWAYS or (status >= _SERVER and _is_page(body))) and not own


def _is_page(body: Any) -> bool:
    return isinstance(body, str) and body.lstrip().startswith("<")


def _items(body: Any) -> tuple[Mapping[str, Any], ...]:
    detail = body.get("detail") if isinstance(body, Mapping) else None
    if not isinstance(detail, list):
        return ()
    return tuple(item for item in detail if isinstance(item, Mapping))


def _problem(item: Mapping[str, Any]) -> Problem:
    loc = [part for part in item.get("loc") or () if part != "body"]
    given = item.get("input")
    return Problem(
        field=".".join(map(str, loc)),
        message=str(item.get("msg") or "refused"),
        type=str(item.get("type") or "value_error"),
        context=dict(item.get("ctx") or {}),
        given=given if isinstance(given, int | float | bool) else None,
    )


def _error_type(headers: Mapping[str, str], body: Any) -> str:
    if isinstance(body, Mapping) and body.get("error_type"):
        return str(body["error_type"])
    items = _items(body)
    if items and items[0].get("type"):
        return str(items[0]["type"])
    return headers.get("x-fal-error-type", "")


def _text(body: Any) -> str:
    """The reason as one line for people."""
    longest = 300
    items = _items(body)
    if items:
        return "; ".join(str(_problem(item)) for item in items)
    if isinstance(body, Mapping):
        text = str(body.get("detail") or body.get("message") or body.get("status") or dict(body))
    else:
        text = str(body)
    if _is_page(text):
        return "an HTML page, so probably a gateway in between and not fal itself"
    text = " ".join(text.split())
    return f"{text[:longest]}…" if len(text) > longest else text or "no reason given"
