"""JSON over HTTP: one reply class, one reader of bodies, the same strictness for both."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.responses import Response

from ltx_widgets.errors import InvalidRequest, Problem

__all__ = ["MAX_BODY", "BodyTooLarge", "JSONReply", "read_object"]

MAX_BODY = 24 << 20
"""Bytes: room for 15 MB of media as data URIs, which is what the service takes."""


class JSONReply(Response):
    """A JSON reply in ASCII: a lone surrogate in a prompt must not break the reply about it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode()


class BodyTooLarge(Exception):
    """More than `MAX_BODY` came."""


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body; no body is an empty one.

    Raises:
        BodyTooLarge: before the rest is read.
        InvalidRequest: it is no JSON object.
    """
    if int(request.headers.get("content-length", 0)) > MAX_BODY:
        raise BodyTooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLarge
    try:
        parsed = json.loads(body or b"{}", parse_float=_finite, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        problem = Problem("", f"the body is not JSON: {error}", type="json_invalid")
        raise InvalidRequest((problem,)) from None
    if not isinstance(parsed, dict):
        kind = type(parsed).__name__
        problem = Problem("", f"expected a JSON object, got a {kind}", type="dict_type")
        raise InvalidRequest((problem,))
    return parsed


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
