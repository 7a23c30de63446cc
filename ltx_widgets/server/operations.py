"""Every route as a row of data: what it takes and what it answers. A new route is a new row.

`tests/server/test_openapi.py` holds this table against the routes that are served, and the fuzzer
holds every reply against this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ltx_widgets.schema import ENDPOINTS

__all__ = ["OPERATIONS", "PARAMETERS", "Operation"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route.

    Attributes:
        method: As in HTTP. HEAD goes along with GET.
        path: As the route has it. ``{endpoint:path}`` stands for each endpoint id,
            ``{app:path}`` for each ``owner/alias``.
        summary: What it does, in one line.
        answers: By status code: the name of a shape, or a media type. Those of the guard
            and of a full disk are added to all.
        takes: Names of `PARAMETERS`.
        body: The name of a shape, or a media type; "input" stands for the endpoint's own request.
        opened_by: "key"; "address" where who knows it may come in; "token" for uploads' own.
    """

    method: str
    path: str
    summary: str
    answers: Mapping[int, str]
    takes: tuple[str, ...] = ()
    body: str = ""
    opened_by: Literal["key", "address", "token"] = "key"


def _parameter(
    place: str, schema: Mapping[str, Any], description: str, *, required: bool = False
) -> dict[str, Any]:
    return {
        "in": place,
        "schema": dict(schema),
        "description": description,
        "required": required,
    }


_TEXT = {"type": "string"}
_FLAG = {"type": "string", "enum": ["0", "1"]}

_LIFECYCLE = {
    "type": "object",
    "properties": {
        "expiration_duration_seconds": {"type": ["number", "null"], "exclusiveMinimum": 0},
        "initial_acl": {
            "type": "object",
            "properties": {"default": {"type": "string", "enum": ["allow", "forbid", "hide"]}},
        },
    },
}

PARAMETERS: dict[str, dict[str, Any]] = {
    "logs": _parameter(
        "query", {"type": "string", "enum": ["0", "1", "false", "true"]}, "Whether to send the log."
    ),
    "limit": _parameter(
        "query", {"type": "integer", "minimum": 0, "maximum": 1000}, "How many, the newest first."
    ),
    "endpoint_id": _parameter(
        "query", {"type": "string", "enum": [*ENDPOINTS]}, "Full endpoint id.", required=True
    ),
    "storage_type": _parameter(
        "query", {"type": "string", "enum": ["fal-cdn-v3"]}, "The only one."
    ),
    "ticket": _parameter("query", _TEXT, "As the upload_url has it.", required=True),
    "fal_max_queue_length": _parameter(
        "query", {"type": "integer", "minimum": 0}, "429 where more requests than this wait."
    ),
    "Range": _parameter("header", _TEXT, "Such as bytes=0-99."),
    "X-Fal-Request-Start-Timeout": _parameter(
        "header",
        {"type": "number", "exclusiveMinimum": 0.1},
        "Seconds within which the request must start.",
    ),
    "X-Fal-Request-Timeout": _parameter(
        "header", {"type": "number", "exclusiveMinimum": 0.1}, "The older name of the same."
    ),
    "X-Fal-Queue-Priority": _parameter(
        "header", {"type": "string", "enum": ["normal", "low"]}, "low waits behind all others."
    ),
    "X-Fal-No-Retry": _parameter("header", _FLAG, "1: the first attempt is the last."),
    "X-Fal-Store-IO": _parameter("header", _FLAG, "0: forget the request once it is over."),
    "X-Fal-Object-Lifecycle-Preference": {
        "in": "header",
        "content": {"application/json": {"schema": _LIFECYCLE}},
        "description": "How long the clip is kept, and who may fetch it.",
    },
    "X-Fal-Object-Lifecycle": {
        "in": "header",
        "content": {"application/json": {"schema": _LIFECYCLE}},
        "description": "How long the upload is kept, and who may fetch it.",
    },
    "X-Fal-File-Name": _parameter("header", _TEXT, "The upload's name for people."),
    "X-Ltx-Submission": _parameter(
        "header",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,128}$"},
        "The caller's own name for this submit: the same one twice is one job.",
    ),
}
"""Query and header parameters by name, as OpenAPI has them."""

_OPTIONS = (
    "X-Fal-Request-Start-Timeout",
    "X-Fal-Request-Timeout",
    "X-Fal-Queue-Priority",
    "X-Fal-No-Retry",
    "X-Fal-Store-IO",
    "X-Fal-Object-Lifecycle-Preference",
    "X-Ltx-Submission",
)
_REQUEST = "/{app:path}/requests/{request_id}"
_UPLOAD = "/uploads/{upload_id}/{name}"
_BYTES = "application/octet-stream"
_NAMED = ("X-Fal-File-Name", "X-Fal-Object-Lifecycle")
_UPLOADING = dict.fromkeys((400, 404, 413, 507), "Refusal") | {499: "*/*"}
_LOST = {404: "NotFound"}
_REFUSALS = {400: "Refusal", 404: "Refusal", 413: "Refusal", 422: "InvalidRequest", 429: "Refusal"}
_FAILURES = dict.fromkeys((422, 499, 500, 503, 504), "JobError")
_FILE = {206: "*/*", 400: "text/plain", 404: "Refusal", 416: "text/plain"}

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/_ltx/health", "Whether the server answers, and its jobs", {200: "Health"}),
    Operation("GET", "/_ltx/jobs", "The newest jobs", {200: "Jobs"}, takes=("limit",)),
    Operation(
        "GET",
        "/_ltx/submissions/{submission}",
        "The job that a submit made, for who never saw the answer to it",
        {200: "Submitted", **_LOST},
    ),
    Operation("POST", "/_ltx/shutdown", "End soon and cleanly", {202: "Ending"}),
    Operation("GET", "/_ltx/openapi.json", "This document", {200: "OpenAPI"}),
    Operation(
        "GET",
        "/api/openapi/queue/openapi.json",
        "The document of one endpoint, where fal's model pages have it",
        {200: "OpenAPI", 404: "Refusal"},
        takes=("endpoint_id",),
    ),
    Operation(
        "GET",
        "/files/{file_id}/{name}",
        "A finished clip, whole or in ranges",
        {200: "video/mp4", **_FILE, 206: "video/mp4", 403: "Refusal"},
        takes=("Range",),
        opened_by="address",
    ),
    Operation(
        "POST",
        "/storage/upload/initiate",
        "Begin an upload",
        {200: "Initiated", 400: "Refusal", 413: "Refusal", 422: "InvalidRequest"},
        takes=("storage_type",),
        body="Initiate",
    ),
    Operation(
        "POST",
        "/storage/upload/initiate-multipart",
        "Begin an upload in parts",
        {200: "Initiated", 400: "Refusal", 413: "Refusal", 422: "InvalidRequest"},
        takes=("storage_type",),
        body="Initiate",
    ),
    Operation(
        "POST",
        "/storage/auth/token",
        "A token for uploads that send no key",
        {200: "Token", 400: "Refusal"},
        takes=("storage_type",),
    ),
    Operation(
        "POST",
        "/files/upload",
        "A whole upload at once",
        {200: "Received", **_UPLOADING},
        takes=_NAMED,
        body=_BYTES,
        opened_by="token",
    ),
    Operation(
        "POST",
        "/files/upload/multipart",
        "Begin an upload in parts, without a key",
        {200: "Begun", 400: "Refusal"},
        takes=_NAMED,
        opened_by="token",
    ),
    Operation(
        "PUT",
        f"{_UPLOAD}/multipart/{{ticket}}/{{number}}",
        "One part, as Python's client sends it",
        {200: "Part", **_UPLOADING},
        body=_BYTES,
        opened_by="address",
    ),
    Operation(
        "POST",
        f"{_UPLOAD}/multipart/{{ticket}}/complete",
        "Put the parts together, as Python's client asks for it",
        {200: "Received", **_UPLOADING, 422: "InvalidRequest"},
        body="Complete",
        opened_by="address",
    ),
    Operation(
        "PUT",
        f"{_UPLOAD}/{{number}}",
        "One part, as JavaScript's client sends it",
        {200: "Part", **_UPLOADING},
        takes=("ticket",),
        body=_BYTES,
        opened_by="address",
    ),
    Operation(
        "POST",
        f"{_UPLOAD}/complete",
        "Put the parts together, as JavaScript's client asks for it",
        {200: "Received", **_UPLOADING, 422: "InvalidRequest"},
        takes=("ticket",),
        body="Complete",
        opened_by="address",
    ),
    Operation(
        "PUT",
        _UPLOAD,
        "The bytes of an upload, as often as need be within an hour",
        {200: "Received", **_UPLOADING},
        takes=("ticket",),
        body=_BYTES,
        opened_by="address",
    ),
    Operation(
        "GET",
        _UPLOAD,
        "An uploaded file, whole or in ranges",
        {200: "*/*", **_FILE},
        takes=("Range",),
        opened_by="address",
    ),
    Operation(
        "POST",
        "/_run/{endpoint:path}",
        "Run on this very connection, as fal's direct host does",
        {200: "VideoResult", **_REFUSALS, **_FAILURES, 422: "JobError"},
        takes=_OPTIONS,
        body="input",
    ),
    Operation(
        "GET",
        f"{_REQUEST}/status",
        "How far a request has come",
        {200: "Completed", 202: "Unfinished", **_LOST},
        takes=("logs",),
    ),
    Operation(
        "GET",
        f"{_REQUEST}/status/stream",
        "The same as server-sent events, up to and with COMPLETED; log lines are deltas",
        {200: "text/event-stream", **_LOST},
        takes=("logs",),
    ),
    Operation(
        "PUT",
        f"{_REQUEST}/cancel",
        "Drop a queued request, stop a running one",
        {202: "CancelAnswer", 400: "CancelAnswer", **_LOST},
    ),
    Operation(
        "GET",
        f"{_REQUEST}/response",
        "The result, under its older name",
        {200: "VideoResult", 400: "Refusal", **_FAILURES, **_LOST},
    ),
    Operation(
        "GET",
        _REQUEST,
        "The result, or the error that took its place; 400 until there is one",
        {200: "VideoResult", 400: "Refusal", **_FAILURES, **_LOST},
    ),
    Operation(
        "POST",
        "/{endpoint:path}",
        "Submit: an input that the endpoint refuses is accepted here and refused at its result",
        {200: "Submitted", **_REFUSALS},
        takes=("fal_max_queue_length", *_OPTIONS),
        body="input",
    ),
)
"""In the order of the routes."""
