"""fal's queue protocol as data: calls out, statuses in. No I/O, no clock.

Source of every fact here: fal's API pages and the behaviour of its official clients.

- An endpoint is submitted under its full id and followed under ``owner/alias`` only:
  ``fal-ai/ltx-2/text-to-video/fast`` is followed at ``fal-ai/ltx-2/requests/<id>/…``.
- There are three statuses and no FAILED: a refused or failed job becomes COMPLETED, and its
  error waits at the result URL.
- Over the status stream, log lines are deltas; over polling, the whole list so far.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from ltx_widgets.errors import ProtocolError

__all__ = [
    "Call",
    "CancelAnswer",
    "Finished",
    "LogLine",
    "Queued",
    "Running",
    "ServerSentEvents",
    "Status",
    "Ticket",
    "cancel_call",
    "follow_base",
    "is_last_event",
    "new_lines",
    "progress_line",
    "read_cancel",
    "read_progress",
    "read_status",
    "read_ticket",
    "result_call",
    "status_call",
    "stream_call",
    "submission_call",
    "submit_call",
]

_NAMESPACES = ("workflows", "comfy")
_LEGACY_ID = re.compile(r"^(\d+)-([\w-]+)$")
_OF_TOTAL = re.compile(r"\b(\d+)\s*/\s*(\d+)\b")
_PERCENT = re.compile(r"\b(\d{1,3})(?:\.\d+)?\s*%")


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP exchange, described and not yet performed.

    Attributes:
        method: "GET", "POST" or "PUT".
        path: Below the target's base URL, percent-encoded.
        params: Query.
        json: Body; None sends none.
        headers: Beyond authorization.
        kind: Which retry rule applies: a "submit" must never be sent twice in silence.
        host: The queue, or the storage that belongs to it.
    """

    method: Literal["GET", "POST", "PUT"]
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: Literal["submit", "read", "cancel"] = "read"
    host: Literal["queue", "storage"] = "queue"


@dataclass(frozen=True, slots=True)
class Ticket:
    """What it takes to find a job again. An id alone does not say which endpoint made it."""

    endpoint: str
    request_id: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a job's log; `timestamp` is ISO 8601 or empty."""

    message: str
    timestamp: str = ""
    level: str = "INFO"


@dataclass(frozen=True, slots=True)
class Queued:
    """Waiting; `position` counts the jobs ahead, None where the server did not say."""

    position: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """In progress, with the log lines of this reply."""

    logs: tuple[LogLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """Over, well or badly: only the result URL tells which for certain.

    Attributes:
        logs: The log lines of this reply.
        error: The text of a failure, where the status already names one.
        error_type: fal's kind of it.
        inference_s: Seconds of work, where given.
    """

    logs: tuple[LogLine, ...] = ()
    error: str = ""
    error_type: str = ""
    inference_s: float | None = None


Status = Queued | Running | Finished

CancelAnswer = Literal["requested", "removed", "already_completed", "not_found"]
"""What a cancel was answered with.

- "requested" (202): a running job gets a signal, and may still finish and be charged.
- "removed" (200): it waited, and will never start.
- "already_completed" (400) and "not_found" (404): there was nothing to cancel.
"""


def follow_base(endpoint: str) -> str:
    """The part of an endpoint id under which its requests are followed.

    Raises:
        ProtocolError: the id has no slash and is no legacy ``123456-alias``.
    """
    legacy = _LEGACY_ID.match(endpoint)
    if legacy:
        return f"{legacy[1]}/{legacy[2]}"
    parts = [part for part in endpoint.split("/") if part]
    keep = 3 if parts and parts[0] in _NAMESPACES else 2
    if len(parts) < keep:
        raise ProtocolError(f"expected an endpoint id such as owner/alias, got {endpoint!r}")
    return "/".join(parts[:keep])


def submit_call(
    endpoint: str,
    body: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    submission: str | None = None,
) -> Call:
    """Put a job in the queue.

    Args:
        endpoint: Full endpoint id.
        body: The request.
        headers: Options that are headers.
        params: Options that are parameters.
        submission: Our own name for this submit: our own server takes the same one twice as one
            job, and tells what became of it. Meaningless at fal, where it is not sent.
    """
    named = {"X-Ltx-Submission": submission} if submission else {}
    return Call(
        "POST",
        f"/{quote(endpoint, safe='/')}",
        params or {},
        json=body,
        headers={**(headers or {}), **named},
        kind="submit",
    )


def submission_call(submission: str) -> Call:
    """Ask our own server what became of a submit whose answer was lost."""
    return Call("GET", f"/_ltx/submissions/{quote(submission, safe='')}")


def status_call(ticket: Ticket) -> Call:
    """Ask for the status once, with the whole log."""
    return Call("GET", f"{_requests(ticket)}/status", {"logs": "1"})


def stream_call(ticket: Ticket) -> Call:
    """Follow the status as server-sent events, with the log in deltas."""
    return Call(
        "GET",
        f"{_requests(ticket)}/status/stream",
        {"logs": "1"},
        # Exactly this value: jupyter-server-proxy buffers the stream for any other.
        headers={"Accept": "text/event-stream"},
    )


def result_call(ticket: Ticket) -> Call:
    """Fetch the model's output, or the error that took its place."""
    return Call("GET", _requests(ticket))


def cancel_call(ticket: Ticket) -> Call:
    """Ask for the job to be cancelled."""
    return Call("PUT", f"{_requests(ticket)}/cancel", kind="cancel")


def _requests(ticket: Ticket) -> str:
    return f"/{follow_base(ticket.endpoint)}/requests/{quote(ticket.request_id, safe='')}"


def read_ticket(endpoint: str, body: Any) -> Ticket:
    """The ticket in a submit's reply.

    Its `status_url` and friends are not used: they are built from the configured host, so that a
    hostile reply cannot make us send the key elsewhere.
    """
    request_id = body.get("request_id") if isinstance(body, Mapping) else None
    if not isinstance(request_id, str) or not request_id:
        raise ProtocolError("expected a request_id in the reply to a submit, found none")
    return Ticket(endpoint, request_id)


def read_status(body: Any) -> Status:
    """One status reply or event. Missing logs and positions are tolerated, new words are not."""
    if not isinstance(body, Mapping):
        raise ProtocolError(f"expected a status object, got {type(body).__name__}")
    logs = tuple(_log_line(entry) for entry in body.get("logs") or ())
    match body.get("status"):
        case "IN_QUEUE":
            position = body.get("queue_position")
            return Queued(position if isinstance(position, int) else None)
        case "IN_PROGRESS":
            return Running(logs)
        case "COMPLETED":
            metrics = body.get("metrics")
            took = metrics.get("inference_time") if isinstance(metrics, Mapping) else None
            return Finished(
                logs, str(body.get("error") or ""), str(body.get("error_type") or ""), took
            )
        case other:
            raise ProtocolError(
                f"unknown queue status {other!r}; expected IN_QUEUE, IN_PROGRESS or COMPLETED"
            )


def is_last_event(event: Any) -> bool:
    """Whether the server closes the status stream after this event."""
    return isinstance(event, Mapping) and event.get("status") == "COMPLETED"


def _log_line(entry: Any) -> LogLine:
    if not isinstance(entry, Mapping):
        return LogLine(str(entry))
    return LogLine(
        str(entry.get("message", "")),
        str(entry.get("timestamp") or ""),
        str(entry.get("level") or "INFO"),
    )


def read_cancel(status: int, body: Any) -> CancelAnswer:
    """What became of a cancel: any 2xx counts as accepted, whatever its body."""
    ok = range(200, 300)
    word = body.get("status") if isinstance(body, Mapping) else None
    if status in ok and word == "OK":
        return "removed"
    if status in ok and word != "ALREADY_COMPLETED":
        return "requested"
    if word == "ALREADY_COMPLETED":
        return "already_completed"
    return "not_found"


def new_lines(seen: int, logs: tuple[LogLine, ...]) -> tuple[LogLine, ...]:
    """The part of a polled log that is new, given how many lines came before.

    A list that got shorter (a server that restarted, a log that was cut) is taken to hold nothing
    new, so that no line is shown twice.
    """
    return logs[seen:]


def progress_line(done: int, total: int) -> str:
    """The log line our server writes for progress; fal's own models write tqdm's."""
    return f"rendering: {100 * done // max(total, 1)}% {done}/{total} frames"


def read_progress(message: str) -> float | None:
    """How far a log line says the job is, 0 to 1; None where it says nothing of it.

    Reads "45/150" and "30%", which covers our server's lines and tqdm's.
    """
    pair = _OF_TOTAL.search(message)
    if pair and int(pair[2]) and int(pair[1]) <= int(pair[2]):
        return int(pair[1]) / int(pair[2])
    percent = _PERCENT.search(message)
    if percent and int(percent[1]) <= 100:  # noqa: PLR2004 - a percentage
        return int(percent[1]) / 100
    return None


class ServerSentEvents:
    """Bytes in, JSON objects out: the part of the SSE format that fal uses.

    Feed chunks as they come; events may be split anywhere, also inside a character or a CRLF.
    Comments, event names and ids are ignored.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[Any]:
        """The events that this chunk completes, parsed.

        Raises:
            ProtocolError: an event's data is not JSON.
        """
        # A CR at the very end may be half of a CRLF: it waits for the next chunk.
        text = self._buffer + chunk
        held = b"\r" if text.endswith(b"\r") else b""
        *lines, rest = (
            text.removesuffix(held).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        )
        self._buffer = rest + held
        events = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[5:].removeprefix(b" ").decode("utf-8", "replace"))
            elif not line and self._data:
                events.append(_json("\n".join(self._data)))
                self._data = []
        return events


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ProtocolError(f"expected JSON in a status event, got {text[:80]!r}") from None
