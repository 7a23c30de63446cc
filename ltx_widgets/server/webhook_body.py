"""What a webhook carries, byte for byte, in fal's three forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ltx_widgets.server.store import Job

__all__ = ["MOST_BYTES", "webhook_body"]

MOST_BYTES = 4 << 20
"""What one webhook may have; only a clip inside a result (``sync_mode``) is larger."""


def webhook_body(job: Job, output: Mapping[str, Any] | None) -> bytes:
    """The body: OK and the output, ERROR and the error's body, or why there is no output in it.

    Args:
        job: A finished one.
        output: What its result URL gives, where it went well.
    """
    facts = {"request_id": job.request_id, "gateway_request_id": job.request_id}
    if job.failure is not None:
        said = f"Invalid status code: {job.failure.status}"
        facts |= {"status": "ERROR", "error": said}
        payload: Mapping[str, Any] = job.failure.body
    else:
        facts |= {"status": "OK"}
        payload = output or {}
    try:
        body = _encode({**facts, "payload": payload})
    except ValueError:
        trouble = "The output is not JSON: it holds a number that is none"
    else:
        if len(body) <= MOST_BYTES:
            return body
        trouble = f"The output is larger than {MOST_BYTES} bytes; fetch it at its result URL"
    return _encode({**facts, "payload": None, "payload_error": trouble})


def _encode(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
