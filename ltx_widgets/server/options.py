"""What a submit asks for beside its inputs: fal's headers and query parameters, read and checked.

Two spellings of the start timeout are in use; the newer one wins. Names that fal reserves and that
mean nothing here (runner hints, fallbacks, tags) are accepted and let be.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from ltx_widgets.submission import SHORTEST_START_S, Access

__all__ = ["BadOption", "Options", "read_lifecycle", "read_options"]

_LONGEST_START_S = 365 * 86_400.0
_LONGEST_KEPT_S = 1e11
_YES = ("1", "true", "yes")
_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{16,128}")


class BadOption(ValueError):
    """A header or parameter that cannot be read; a 400 ``bad_request``."""


@dataclass(frozen=True, slots=True)
class Options:
    """How one request is to be handled.

    Attributes:
        start_timeout_s: Seconds within which it wants to start; None waits for as long as it takes.
        low: Whether it waits behind all others.
        max_queue: Refuse it if more requests than this wait for its endpoint.
        no_retry: Whether its first attempt is its last.
        inline: Whether its clip is wanted inside the result, as a data URI (``sync_mode``).
        keep_io: Whether the request itself is kept after its end.
        keep_s: Seconds for which its clip is kept; None keeps it.
        access: Who may fetch its clip without the key.
        webhook: Where to call when it is over, as it came.
        submission: The caller's own name for this submit: the same one twice is one job.
    """

    start_timeout_s: float | None = None
    low: bool = False
    max_queue: int | None = None
    no_retry: bool = False
    inline: bool = False
    keep_io: bool = True
    keep_s: float | None = None
    access: Access = "allow"
    webhook: str | None = None
    submission: str | None = None


def read_options(headers: Mapping[str, str], query: Mapping[str, str]) -> Options:
    """The options of a submit.

    Args:
        headers: Case-insensitive, or by lower-case name.
        query: The address's parameters.

    Raises:
        BadOption: one of them cannot be read.
    """
    keep_s, access = read_lifecycle(headers.get("x-fal-object-lifecycle-preference"))
    return Options(
        start_timeout_s=_start_timeout(headers),
        low=headers.get("x-fal-queue-priority", "").strip().lower() == "low",
        max_queue=_max_queue(query.get("fal_max_queue_length")),
        no_retry=headers.get("x-fal-no-retry", "").strip().lower() in _YES,
        keep_io=headers.get("x-fal-store-io", "").strip() != "0",
        keep_s=keep_s,
        access=access,
        webhook=query.get("fal_webhook"),
        submission=_submission(headers.get("x-ltx-submission")),
    )


def read_lifecycle(text: str | None) -> tuple[float | None, Access]:
    """How long a file is kept, and who may fetch it, from fal's lifecycle header.

    Rules for single users are let be: this server knows one.

    Raises:
        BadOption: it is not what fal documents.
    """
    if not text:
        return None, "allow"
    name = "X-Fal-Object-Lifecycle"
    try:
        wanted = json.loads(text)
    except (ValueError, RecursionError):
        raise BadOption(f"{name}: expected a JSON object") from None
    if not isinstance(wanted, dict):
        raise BadOption(f"{name}: expected a JSON object")
    return _seconds_kept(wanted.get("expiration_duration_seconds")), _access(wanted)


def _seconds_kept(value: Any) -> float | None:
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    # Compared, not converted: a whole number may be too large for a float.
    if not number or not 0 < value < _LONGEST_KEPT_S:
        raise BadOption(
            "expiration_duration_seconds: expected seconds above 0 (at most 3000 years), or null"
        )
    return float(value)


def _access(wanted: Mapping[str, Any]) -> Access:
    acl = wanted.get("initial_acl")
    decision = acl.get("default", "allow") if isinstance(acl, dict) else "allow"
    for known in get_args(Access):
        if decision == known:
            return known  # type: ignore[no-any-return]
    raise BadOption("initial_acl: expected a default of allow, forbid or hide")


def _start_timeout(headers: Mapping[str, str]) -> float | None:
    for name in ("X-Fal-Request-Start-Timeout", "X-Fal-Request-Timeout"):
        text = headers.get(name.lower())
        if text is not None:
            return _seconds_to_start(name, text)
    return None


def _seconds_to_start(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    # Not a number is not above anything.
    if not seconds > SHORTEST_START_S or math.isinf(seconds):
        raise BadOption(f"{name}: expected seconds above {SHORTEST_START_S}, got {text[:40]!r}")
    return min(seconds, _LONGEST_START_S)


def _max_queue(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise BadOption(f"fal_max_queue_length: expected a whole number, got {text[:40]!r}")
    return int(text[:12])


def _submission(text: str | None) -> str | None:
    if text is None:
        return None
    if not _SUBMISSION.fullmatch(text):
        raise BadOption("X-Ltx-Submission: expected 16 to 128 letters, digits, - or _")
    return text
