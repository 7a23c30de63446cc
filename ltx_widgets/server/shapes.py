"""The JSON that this server answers with, as JSON schemas for its OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SHAPES"]

_TEXT = {"type": "string"}
_NUMBER = {"type": "number"}
_WHOLE = {"type": "integer", "minimum": 0}


def _object(fields: Mapping[str, Any], *optional: str) -> dict[str, Any]:
    """An object with these fields, all required but the optional ones; more may come."""
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": dict(fields), "required": required}


def _word(*words: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def _or_null(shape: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(shape), {"type": "null"}]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


_TICKET = {
    "request_id": {"type": "string", "format": "uuid"},
    "response_url": _TEXT,
    "status_url": _TEXT,
    "cancel_url": _TEXT,
}
_LOGS = _or_null({"type": "array", "items": _ref("LogLine")})

SHAPES: dict[str, dict[str, Any]] = {
    "Submitted": _object(
        {
            "status": _word("IN_QUEUE"),
            **_TICKET,
            "gateway_request_id": _TEXT,
            "queue_position": _WHOLE,
            "logs": {"type": "null"},
            "metrics": {"type": "object"},
        }
    ),
    "LogLine": _object(
        {
            "timestamp": {"type": "string", "format": "date-time"},
            "message": _TEXT,
            "level": _word("STDERR", "STDOUT", "ERROR", "INFO", "WARN", "DEBUG"),
            "source": _TEXT,
            "labels": {"type": "object"},
        }
    ),
    "Queued": _object({"status": _word("IN_QUEUE"), **_TICKET, "queue_position": _WHOLE}),
    "Running": _object({"status": _word("IN_PROGRESS"), **_TICKET, "logs": _LOGS}),
    "Completed": _object(
        {
            "status": _word("COMPLETED"),
            **_TICKET,
            "logs": _LOGS,
            "metrics": _object({"inference_time": _or_null(_NUMBER)}),
            "error": _TEXT,
            "error_type": _TEXT,
        },
        "error",
        "error_type",
    ),
    "Unfinished": {"anyOf": [_ref("Queued"), _ref("Running")]},
    "NotFound": _object({"status": _word("NOT_FOUND")}),
    "CancelAnswer": _object({"status": _word("CANCELLATION_REQUESTED", "ALREADY_COMPLETED")}),
    "Refusal": _object({"detail": _TEXT, "error_type": _TEXT}, "error_type"),
    "InvalidRequest": _object(
        {"detail": {"type": "array", "items": _ref("InvalidItem"), "minItems": 1}}
    ),
    "InvalidItem": _object(
        {
            "loc": {"type": "array", "items": {"anyOf": [_TEXT, _WHOLE]}},
            "msg": _TEXT,
            "type": _TEXT,
            "url": _TEXT,
            "ctx": {"type": "object"},
            "input": {},
        },
        "ctx",
        "input",
    ),
    "JobError": {"anyOf": [_ref("Refusal"), _ref("InvalidRequest")]},
    "Initiate": _object(
        {
            "content_type": {"type": "string", "maxLength": 200},
            "file_name": {"type": "string", "maxLength": 1000},
        }
    ),
    "Initiated": _object({"upload_url": _TEXT, "file_url": _TEXT}),
    "Received": _object({"access_url": _TEXT, "file_url": _TEXT, "size": _WHOLE}),
    "Begun": _object({"access_url": _TEXT, "uploadId": _TEXT}),
    "Part": _object({"partNumber": _WHOLE, "etag": _TEXT}),
    "Complete": _object({"parts": {"type": "array", "items": _ref("Part")}}),
    "Token": _object(
        {
            "token": _TEXT,
            "token_type": _word("Bearer"),
            "base_url": _TEXT,
            "expires_at": {"type": "string", "format": "date-time"},
        }
    ),
    "Health": _object(
        {
            "name": _word("ltx_widgets"),
            "version": _TEXT,
            "pid": _WHOLE,
            "jobs": _object({"queued": _WHOLE, "running": _WHOLE, "finished": _WHOLE}),
        }
    ),
    "Jobs": _object({"jobs": {"type": "array", "items": _ref("JobFacts")}}),
    "JobFacts": _object(
        {
            "request_id": _TEXT,
            "endpoint": _TEXT,
            "state": _word("queued", "running", "finished"),
            "attempt": _WHOLE,
            "created": _NUMBER,
            "started": _or_null(_NUMBER),
            "finished": _or_null(_NUMBER),
            "error_type": _or_null(_TEXT),
        }
    ),
    "Ending": _object({"status": _word("ENDING")}),
    "OpenAPI": _object({"openapi": _TEXT, "info": {"type": "object"}, "paths": {"type": "object"}}),
}
"""By name. What requests and results look like comes from `schema` itself."""
