"""Who may come in: under which names, and only with the key. Outside of every route."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ltx_widgets.config import Secret
from ltx_widgets.server.activity import Activity
from ltx_widgets.server.json_reply import JSONReply
from ltx_widgets.server.settings import is_loopback
from ltx_widgets.signing import JWKS_PATH
from ltx_widgets.submission import Access

__all__ = ["Guard", "check_access"]

# The routes themselves look for a token, a ticket, or nothing.
_KEYLESS = {
    "/files/upload": ("POST",),
    "/files/": ("GET", "HEAD"),
    "/uploads/": ("GET", "HEAD", "PUT", "POST"),
    JWKS_PATH: ("GET", "HEAD"),
}
_HOST = re.compile(r"(\[[0-9a-f]*:[0-9a-f:.]*\]|[a-z0-9._-]+)(?::\d{1,5})?")
_HAS_KEY = "ltx_has_key"


class Guard:
    """Refuses a foreign Host (DNS rebinding) with 403 and a missing or wrong key with 401.

    Args:
        app: What is guarded.
        key: The one key.
        any_host: Whether the server is meant to be reached under other names than loopback.
        answer_to: Names besides loopback's that it answers to, for a TLS front on this computer.
        activity: Counts the requests that are open.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        key: Secret,
        any_host: bool,
        answer_to: Collection[str],
        activity: Activity,
    ) -> None:
        self._app = app
        self._expected = f"Key {key.reveal()}".encode()
        self._any_host = any_host
        self._answer_to = frozenset(name.lower() for name in answer_to)
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._activity:
            # Older fal SDKs write a slash behind their status and result URLs.
            path = scope["path"].rstrip("/") or "/"
            headers = Headers(scope=scope)
            scope = {
                **scope,
                "path": path,
                "raw_path": path.encode(),
                "scheme": self._scheme(scope, headers),
                _HAS_KEY: self._has_key(headers),
            }
            refusal = self._refusal(scope, _host(headers))
            await (refusal or self._app)(scope, receive, send)

    def _scheme(self, scope: Scope, headers: Headers) -> str:
        """A front that ends TLS says so; only one on this computer is believed."""
        told = headers.get("x-forwarded-proto") == "https"
        peer = (scope.get("client") or ("",))[0]
        if told and _host(headers) in self._answer_to and is_loopback(peer):
            return "https"
        return str(scope["scheme"])

    def _has_key(self, headers: Headers) -> bool:
        given = headers.get("authorization", "").encode("latin-1", "replace")
        return hmac.compare_digest(given, self._expected)

    def _refusal(self, scope: Scope, host: str) -> JSONReply | None:
        if not host or not (self._any_host or is_loopback(host) or host in self._answer_to):
            return JSONReply({"detail": "this server answers to loopback names only"}, 403)
        # The address is the ticket: players and <video> tags send no key, nor does who uploads.
        if any(scope["path"].startswith(p) and scope["method"] in m for p, m in _KEYLESS.items()):
            return None
        if not scope[_HAS_KEY]:
            return JSONReply({"detail": "invalid key credentials"}, 401)
        return None


def check_access(request: Request, access: Access) -> None:
    """Let who has the key fetch any file, and anybody else those that are for all.

    Raises:
        HTTPException: 403 where it is forbidden, 404 where it is hidden.
    """
    if access != "allow" and not request.scope[_HAS_KEY]:
        raise HTTPException(403 if access == "forbid" else 404)


def _host(headers: Headers) -> str:
    """The name in the Host header without its port; empty where that is no name or address."""
    found = _HOST.fullmatch(headers.get("host", "").lower())
    return found[1] if found else ""
