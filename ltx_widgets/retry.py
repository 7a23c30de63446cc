"""When a call may be sent again, and how long to wait: decisions only, no clock and no network.

The rule that matters: a submit that may have arrived is never sent again. It could be charged
twice, and fal has no idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ltx_widgets.wire import Call

__all__ = [
    "MOST_ATTEMPTS",
    "Timeouts",
    "crowd_delay",
    "is_passing",
    "is_retryable",
    "may_have_been_taken",
    "poll_delay",
    "retry_delay_after_failure",
    "retry_delay_after_reply",
]

MOST_ATTEMPTS = 5
_FIRST_DELAY_S = 0.25
_LONGEST_DELAY_S = 10.0
_LONGEST_RETRY_AFTER_S = 60.0
_TRANSIENT = frozenset({408, 409, 425, 429, 502, 503, 504})
_REFUSED_UNREAD = frozenset({429, 503})
_SERVER = 500
_NO_ROOM, _LATE = 507, 504
# Every pause has reached its longest long before.
_MOST_GROWTH = 64


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for a peer that says nothing, in seconds; every byte starts them anew.

    Attributes:
        connect_s: For a connection.
        answer_s: For the answer to a call, and within a download.
        stream_s: Within a status stream. It has a comment every 15 s; three of them missing means
            that it is dead.
        upload_s: For one read or write of an upload, not for the whole file.
    """

    connect_s: float = 10.0
    answer_s: float = 30.0
    stream_s: float = 45.0
    upload_s: float = 60.0


def retry_delay_after_failure(call: Call, attempt: int, *, sent: bool) -> float | None:
    """Seconds to wait before sending again after a connection trouble; None means give up.

    Args:
        call: What was sent.
        attempt: How many times it was sent, 1 or more.
        sent: Whether the server may have read it.
    """
    if attempt >= MOST_ATTEMPTS or (call.kind == "submit" and sent):
        return None
    return _backoff(attempt)


def retry_delay_after_reply(
    call: Call, attempt: int, status: int, headers: Mapping[str, str]
) -> float | None:
    """Seconds to wait before sending again after an error reply; None means take the reply.

    Args:
        call: What was sent.
        attempt: How many times it was sent, 1 or more.
        status: The reply's status code.
        headers: The reply's headers, by lower-case name.
    """
    hint = _retry_hint(headers)
    if attempt >= MOST_ATTEMPTS or hint is False:
        return None
    if _is_callers_own_end(status, headers):
        return None
    if call.kind == "submit":
        # Both say that the queue did not take the request in; anything else may have.
        if status not in _REFUSED_UNREAD or not (hint or "retry-after" in headers):
            return None
    elif status not in _TRANSIENT and not hint:
        return None
    asked = retry_after_s(headers)
    return _backoff(attempt) if asked is None else min(asked, _LONGEST_RETRY_AFTER_S)


def may_have_been_taken(status: int, headers: Mapping[str, str]) -> bool:
    """Whether a submit that was answered with this error may be in the queue all the same.

    A gateway's 502 or 504 says nothing of what stands behind it. A refusal (4xx) is certain, and
    so is a 503 whose sender asks for another try, and a 507: nothing could be written down.
    """
    asked_again = _retry_hint(headers) or "retry-after" in headers
    if status == _NO_ROOM:
        return False
    return status >= _SERVER and not (status in _REFUSED_UNREAD and asked_again)


def is_passing(status: int) -> bool:
    """Whether a file that was not taken may be taken at the next try."""
    return status in _TRANSIENT or status >= _SERVER


def is_retryable(status: int, headers: Mapping[str, str]) -> bool:
    """Whether the same call may do better later: the server's own word goes first."""
    hint = _retry_hint(headers)
    if _is_callers_own_end(status, headers):
        return False
    return is_passing(status) if hint is None else hint


def poll_delay(polls: int) -> float:
    """Seconds between two status polls: 0.25, growing to 2."""
    return _grown(_FIRST_DELAY_S, 1.25, polls, most=2.0)


def crowd_delay(polls: int) -> float:
    """Seconds between two looks at a job that waits for a stream of its own: 2, growing to 10."""
    return _grown(2.0, 2.0, polls, most=10.0)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds of a ``Retry-After`` header; None where it is missing or a date."""
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _is_callers_own_end(status: int, headers: Mapping[str, str]) -> bool:
    """The start timeout that the caller asked for ran out: another try would break the promise."""
    return status == _LATE and headers.get("x-fal-request-timeout-type") == "user"


def _retry_hint(headers: Mapping[str, str]) -> bool | None:
    """Read the server's own word on trying again; two names for it are in use."""
    for name in ("x-fal-needs-retry", "x-fal-retryable"):
        if name in headers:
            return headers[name].strip().lower() in ("1", "true", "yes")
    return None


def _backoff(attempt: int) -> float:
    return _grown(_FIRST_DELAY_S, 2.0, attempt - 1, most=_LONGEST_DELAY_S)


def _grown(first: float, by: float, times: int, *, most: float) -> float:
    # A job may be asked for over days, and floats end.
    return min(first * by ** min(times, _MOST_GROWTH), most)
