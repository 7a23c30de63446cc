"""Everything ltx_widgets raises on purpose, as one tree.

::

    LTXError
    ├─ ConfigError          no key, unreadable settings, a URL that is none
    ├─ InvalidRequest       inputs refused, by us or by a 422; .problems
    ├─ BudgetExceeded       a request over the budget of the day; nothing was sent
    ├─ TransportError       no usable reply; .sent says whether the request may have arrived
    │  ├─ TransportTimeout  … in time                         (also TimeoutError)
    │  └─ AmbiguousSubmit   a submit that may be running, and may be charged
    ├─ ProtocolError        a reply we cannot read
    ├─ APIError             the server said no; .status .error_type .items .retryable
    │  ├─ AuthError         401, 403
    │  ├─ NotFound          404
    │  ├─ RateLimited       429; .retry_after_s
    │  └─ ServerFault       5xx
    ├─ JobError             accepted, ended badly; .request_id .logs
    │  ├─ JobFailed
    │  ├─ JobCancelled
    │  ├─ JobLost           we lost sight of it; it may still run, `resume` goes on
    │  └─ JobTimeout        we stopped waiting; the job goes on (also TimeoutError)
    ├─ SweepIncomplete      some cells of a sweep have no clip; .failures
    ├─ WebhookError         not a genuine webhook; .check says which check failed
    ├─ MediaError           a file, URL or data URI we cannot use
    └─ EngineError          local rendering failed
       └─ EngineCancelled   … because somebody asked

Messages say what was expected, what came and what to do. No key, token or media bytes are ever
part of a message or a repr.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

__all__ = [
    "APIError",
    "AmbiguousSubmit",
    "AuthError",
    "BudgetExceeded",
    "ConfigError",
    "EngineCancelled",
    "EngineError",
    "InvalidRequest",
    "JobCancelled",
    "JobError",
    "JobFailed",
    "JobLost",
    "JobTimeout",
    "LTXError",
    "MediaError",
    "NotFound",
    "Problem",
    "ProtocolError",
    "RateLimited",
    "ServerFault",
    "SweepIncomplete",
    "TransportError",
    "TransportTimeout",
    "WebhookError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request, and its cure where there is one.

    Attributes:
        field: The request field it belongs to; empty for the request as a whole.
        message: What was expected, what came.
        type: fal's (pydantic's) name of the error, such as ``literal_error``.
        fix: Field values that would cure it, ready to be applied; empty where we know none.
        context: Further facts of this type, such as ``{"expected": "6, 8 or 10"}``.
        given: What came, for JSON; never media bytes.
    """

    field: str
    message: str
    type: str = "value_error"
    fix: Mapping[str, Any] = default(default_factory=dict)
    context: Mapping[str, Any] = default(default_factory=dict)
    given: Any = None

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class LTXError(Exception):
    """Anything that ltx_widgets raises on purpose."""


class ConfigError(LTXError):
    """Settings that cannot be used: no key, a URL that is none, an unreadable file."""


class InvalidRequest(LTXError, ValueError):
    """Inputs refused before or after sending.

    Attributes:
        problems: One `Problem` for each thing wrong, in field order.
        request_id: The job that was refused, where the refusal came from a server.
    """

    def __init__(self, problems: tuple[Problem, ...], *, request_id: str | None = None) -> None:
        self.problems = tuple(problems)
        self.request_id = request_id
        super().__init__("; ".join(str(problem) for problem in self.problems))


class BudgetExceeded(LTXError):
    """More than the budget of the day; nothing was sent, and no file uploaded.

    Attributes:
        spent: US dollars of the day so far, jobs under way at what they may cost.
        price: US dollars that this would cost at most; None where that is not known.
        budget: US dollars a day.
    """

    def __init__(self, *, spent: float, price: float | None, budget: float) -> None:
        self.spent, self.price, self.budget = spent, price, budget
        of_it = f"${spent:.2f} of today's budget of ${budget:.2f} is spent or under way"
        raise_it = "ltx_widgets.configure(budget=…) sets another budget, None lifts it"
        if price is None:
            super().__init__(
                "what this costs goes by the length of its media, which is not known here, and "
                f"{of_it}: nothing was sent; give the file itself in place of its address, so "
                f"that its length is known, or {raise_it}"
            )
            return
        super().__init__(
            f"this may cost ${price:.2f}, and {of_it}: nothing was sent; make it shorter or "
            f"smaller, wait for tomorrow, or {raise_it}"
        )


class TransportError(LTXError):
    """No usable reply.

    Attributes:
        sent: False only when the request certainly never reached the server.
    """

    def __init__(self, message: str, *, sent: bool = True) -> None:
        self.sent = sent
        super().__init__(message)


class TransportTimeout(TransportError, TimeoutError):
    """No usable reply in time; what was asked for may still happen."""


class AmbiguousSubmit(TransportError):
    """The connection broke after a submit was sent: the job may be running and may be charged.

    It is never sent again in silence: sending it twice could cost twice.

    Attributes:
        cause: What happened, in words.
    """

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(
            f"no answer came to the request after it was sent ({cause}). It may be running and, on "
            "hosted fal, may be charged, so it was not sent again. Look for it (at fal: in your "
            "dashboard) before you try once more"
        )


class ProtocolError(LTXError):
    """A reply that does not follow fal's queue protocol."""


class APIError(LTXError):
    """The server said no.

    Attributes:
        status: HTTP status code.
        error_type: fal's machine-readable kind, such as ``request_timeout``; empty if none came.
        items: The entries of a ``detail`` list, as they came.
        request_id: The request it belongs to, where the reply named one.
        retryable: Whether the same call may do better later: the server's own word, or else what
            its status means.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        error_type: str = "",
        items: tuple[Mapping[str, Any], ...] = (),
        request_id: str | None = None,
        retryable: bool = False,
    ) -> None:
        self.status = status
        self.error_type = error_type
        self.items = items
        self.request_id = request_id
        self.retryable = retryable
        super().__init__(message)


class AuthError(APIError):
    """401 or 403: the key is missing, wrong, or its account is locked."""


class NotFound(APIError):
    """404: no such endpoint, request or file."""


class RateLimited(APIError):
    """429: too many requests, or the queue is as long as the caller allowed.

    Attributes:
        retry_after_s: Seconds the server asks us to wait; None if it did not say.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None, **facts: Any) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message, **facts)


class ServerFault(APIError):
    """5xx: the server's own trouble. fal does not charge for these."""


class JobError(LTXError):
    """A job that was accepted and ended badly.

    Attributes:
        request_id: Its id; `ltx_widgets.resume` takes it.
        logs: The last log lines that came.
    """

    def __init__(self, message: str, *, request_id: str, logs: tuple[str, ...] = ()) -> None:
        self.request_id = request_id
        self.logs = logs
        super().__init__(message)


class JobFailed(JobError):
    """The job ended with an error of its own.

    Attributes:
        status: HTTP status of its result; 0 where none was read.
        error_type: fal's kind of the failure; empty if none came.
    """

    def __init__(
        self, message: str, *, status: int = 0, error_type: str = "", **facts: Any
    ) -> None:
        self.status = status
        self.error_type = error_type
        super().__init__(message, **facts)


class JobCancelled(JobError):
    """The job was cancelled, by us or by somebody else."""


class JobLost(JobError):
    """We lost sight of the job; as far as anybody knows it still runs."""


class JobTimeout(JobError, TimeoutError):
    """We stopped waiting; the job itself goes on."""


class SweepIncomplete(LTXError):
    """Some cells of a sweep have no clip; those of the others are there.

    Attributes:
        failures: What ended each of them, by the cell's title.
    """

    def __init__(self, message: str, failures: Mapping[str, Exception]) -> None:
        self.failures = dict(failures)
        super().__init__(message)


class WebhookError(LTXError):
    """A webhook that is not to be acted on, or keys that it cannot be checked with.

    Attributes:
        check: Which check failed: "header" (missing, doubled or malformed), "timestamp",
            "signature", "body" or "keys".
    """

    def __init__(self, message: str, *, check: str) -> None:
        self.check = check
        super().__init__(f"not a webhook to act on: {message}")


class MediaError(LTXError, ValueError):
    """A file, URL or data URI that cannot be used as it is.

    Attributes:
        type: fal's name of the error, such as ``image_load_error``; empty if it has none.
        context: Further facts of this type, such as ``{"max_size": 15_000_000}``.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str = "",  # noqa: A002  (fal's word)
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.type = type
        self.context: Mapping[str, Any] = dict(context or {})
        super().__init__(message)


class EngineError(LTXError):
    """Local rendering failed."""


class EngineCancelled(EngineError):
    """Local rendering stopped because somebody asked for it."""
