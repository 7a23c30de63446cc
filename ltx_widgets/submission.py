"""How a request is to be handled, beside its inputs: fal's options as values, and on the wire.

Both spellings of the start timeout are sent: the service reads the newer one and falls back to the
older one.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import urlsplit

from ltx_widgets.errors import InvalidRequest, Problem

__all__ = ["SHORTEST_START_S", "Access", "SubmitOptions"]

Priority = Literal["normal", "low"]
Access = Literal["allow", "forbid", "hide"]
"""What a file's address answers to who has no key: the file, a 403, or a 404."""

SHORTEST_START_S = 0.1
"""A start timeout is longer than so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitOptions:
    """What the queue is asked to do with one request. Everything may be left out.

    Attributes:
        start_timeout_s: Seconds from now within which the job must start, or it fails with a 504;
            above 0.1. Once it runs, nothing ends it.
        priority: "low" waits behind everybody's normal requests.
        hint: Free text; equal hints are led to the same machine where that is possible.
        no_retry: Whether the service must not try again by itself.
        store_io: Whether the service keeps the request and its result (30 days at fal).
        expires_s: Seconds after which the clip is deleted at the service; by its own rules if left
            out. The copy here stays.
        access: What the clip's address answers to others: "allow", "forbid" (403), "hide" (404).
        disable_fallback: Whether to fail rather than to be run by another endpoint.
        webhook_url: Called by the service when the job is over; must be reachable from there.
        max_queue_length: Refuse the request (`RateLimited`) if more than this many wait already.

    Raises:
        InvalidRequest: with every value that cannot be sent.
    """

    start_timeout_s: float | None = None
    priority: Priority | None = None
    hint: str | None = None
    no_retry: bool = False
    store_io: bool = True
    expires_s: float | None = None
    access: Access | None = None
    disable_fallback: bool = False
    webhook_url: str | None = None
    max_queue_length: int | None = None

    def __post_init__(self) -> None:
        problems = tuple(filter(None, (self._seconds(), *self._words(), self._numbers())))
        if problems:
            raise InvalidRequest(problems)

    def headers(self) -> dict[str, str]:
        """The headers of a submit."""
        given = {
            "X-Fal-Request-Start-Timeout": _number(self.start_timeout_s),
            "X-Fal-Request-Timeout": _number(self.start_timeout_s),
            "X-Fal-Queue-Priority": self.priority,
            "X-Fal-Runner-Hint": self.hint,
            "X-Fal-No-Retry": "1" if self.no_retry else None,
            "X-Fal-Store-IO": None if self.store_io else "0",
            "X-Fal-Object-Lifecycle-Preference": self._lifecycle(),
            "x-app-fal-disable-fallback": "true" if self.disable_fallback else None,
        }
        return {name: value for name, value in given.items() if value is not None}

    def params(self) -> dict[str, str]:
        """The query of a submit."""
        length = self.max_queue_length
        given = {
            "fal_webhook": self.webhook_url,
            "fal_max_queue_length": None if length is None else str(length),
        }
        return {name: value for name, value in given.items() if value is not None}

    def _lifecycle(self) -> str | None:
        wanted: dict[str, object] = {}
        if self.expires_s is not None:
            wanted["expiration_duration_seconds"] = self.expires_s
        if self.access is not None:
            wanted["initial_acl"] = {"default": self.access, "rules": []}
        return json.dumps(wanted, separators=(",", ":")) if wanted else None

    def _seconds(self) -> Problem | None:
        for name, least in (("start_timeout_s", SHORTEST_START_S), ("expires_s", 0.0)):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and least < value < math.inf):
                return Problem(name, f"expected seconds above {least:g}, got {value!r}")
        return None

    def _words(self) -> list[Problem]:
        problems = []
        for name, words in (("priority", get_args(Priority)), ("access", get_args(Access))):
            value = getattr(self, name)
            if value is not None and value not in words:
                problems.append(Problem(name, f"expected {' or '.join(words)}, got {value!r}"))
        if self.hint is not None and not (self.hint.isascii() and self.hint.isprintable()):
            problems.append(Problem("hint", "expected ASCII text without control characters"))
        if self.webhook_url is not None and not _is_web(self.webhook_url):
            problems.append(Problem("webhook_url", "expected an http or https address"))
        return problems

    def _numbers(self) -> Problem | None:
        length = self.max_queue_length
        if length is None or (isinstance(length, int) and length >= 0 and length is not True):
            return None
        return Problem("max_queue_length", f"expected a whole number from 0, got {length!r}")


def _number(value: float | None) -> str | None:
    return None if value is None else str(float(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
