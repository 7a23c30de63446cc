"""What a webhook says, as a value. No I/O, no clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from ltx_widgets.errors import WebhookError

__all__ = ["WebhookEvent", "read_event"]


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """One job that is over.

    Attributes:
        request_id: The job; `ltx_widgets.resume` takes it. The same one may come more than once.
        status: "OK" or "ERROR".
        payload: The model's output, or the error's body; None where it could not be carried.
        error: The service's sentence about a failure; empty where there was none.
        payload_error: Why there is no payload; empty where there is one.
        gateway_request_id: The last attempt at it.
    """

    request_id: str
    status: Literal["OK", "ERROR"]
    payload: Any = None
    error: str = ""
    payload_error: str = ""
    gateway_request_id: str = ""

    @property
    def ok(self) -> bool:
        """Whether the job went well."""
        return self.status == "OK"


def read_event(body: bytes, request_id: str) -> WebhookEvent:
    """Read a verified body.

    Args:
        body: Its bytes.
        request_id: As the signed header has it.

    Raises:
        WebhookError: it is none of fal's three forms.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise WebhookError("expected JSON, got something else", check="body") from None
    status = said.get("status") if isinstance(said, dict) else None
    if status not in ("OK", "ERROR"):
        raise WebhookError(f"expected a status of OK or ERROR, got {status!r:.40}", check="body")
    return WebhookEvent(
        request_id=request_id,
        status=status,
        payload=said.get("payload"),
        error=str(said.get("error") or ""),
        payload_error=str(said.get("payload_error") or ""),
        gateway_request_id=str(said.get("gateway_request_id") or ""),
    )
