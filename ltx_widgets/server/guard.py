"""Who may come in: loopback names only, and only with the key. Outside of every route."""

from __future__ import annotations

import hmac
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ltx_widgets.config import Secret
from ltx_widgets.server.activity import Activity
from ltx_widgets.server.json_reply import JSONReply
from ltx_widgets.server.settings import is_loopback

__all__ = ["Guard"]

_KEYLESS = {"/files/": ("GET", "HEAD"), "/uploads/": ("GET", "HEAD", "PUT")}
_PORT = re.compile(r":\d+$")


class Guard:
    """Refuses a foreign Host (DNS rebinding) with 403 and a missing or wrong key with 401.

    Args:
        app: What is guarded.
        key: The one key.
        any_host: Whether the server is meant to be reached under other names than loopback.
        activity: Counts the requests that are open.
    """

    def __init__(self, app: ASGIApp, *, key: Secret, any_host: bool, activity: Activity) -> None:
        self._app = app
        self._expected = f"Key {key.reveal()}".encode()
        self._any_host = any_host
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._activity:
            # Older fal SDKs write a slash behind their status and result URLs.
            path = scope["path"].rstrip("/") or "/"
            scope = {**scope, "path": path, "raw_path": path.encode()}
            refusal = self._refusal(scope)
            await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> JSONReply | None:
        headers = Headers(scope=scope)
        host = _PORT.sub("", headers.get("host", ""))
        if not (self._any_host or is_loopback(host)):
            return JSONReply({"detail": "this server answers to loopback names only"}, 403)
        # The address is the ticket: players and <video> tags send no key, nor does who uploads.
        if any(scope["path"].startswith(p) and scope["method"] in m for p, m in _KEYLESS.items()):
            return None
        given = headers.get("authorization", "").encode("latin-1", "replace")
        if not hmac.compare_digest(given, self._expected):
            return JSONReply({"detail": "invalid key credentials"}, 401)
        return None
