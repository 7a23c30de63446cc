"""Webhooks as a service would sign them, with a key of the test's own."""

from __future__ import annotations

import json

from ltx_widgets.signing import (
    REQUEST_ID,
    SIGNATURE,
    TIMESTAMP,
    USER_ID,
    SigningKey,
    signed_bytes,
)

NOW = 1_700_000_000.0
KEY = SigningKey(bytes(range(32)))
OTHER = SigningKey(bytes(range(1, 33)))
JWKS = KEY.jwks()


def body_of(request_id="r1", **facts):
    """The bytes of a good event."""
    said = {"request_id": request_id, "gateway_request_id": "g1", "status": "OK", **facts}
    return json.dumps({"payload": {"video": {}}, **said}).encode()


def signed(body, *, key=KEY, request_id="r1", user_id="u1", now=NOW):
    """The four headers."""
    timestamp = str(int(now))
    return {
        REQUEST_ID: request_id,
        USER_ID: user_id,
        TIMESTAMP: timestamp,
        SIGNATURE: key.sign(signed_bytes(request_id, user_id, timestamp, body)),
    }
