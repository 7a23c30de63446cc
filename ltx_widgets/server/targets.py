"""Where the proxy goes: the addresses at fal that it will send its key to, and no others.

An address is matched as a whole against what clients write, never taken apart by a URL parser
first: two parsers that disagree about one address are how keys get to strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ltx_widgets.errors import ProtocolError
from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.wire import follow_base

__all__ = ["BadTarget", "Targets"]

_QUEUE, _DIRECT, _STORAGE = "queue.fal.run", "fal.run", "rest.fal.ai"
# No user, no fragment, no port but the one that https means anyway. Nothing in a path is
# percent-encoded: ids need none, and an encoded slash or dot would mean two things.
_ADDRESS = re.compile(
    r"https://(?P<host>queue\.fal\.run|fal\.run|rest\.fal\.ai)(?::443)?"
    r"(?P<path>(?:/[A-Za-z0-9_~.-]+)+)/?"
    r"(?:\?(?P<query>[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*))?"
)
_REQUEST = re.compile(r"(?P<app>.+)/requests/[^/]+(?P<tail>/status/stream|/status|/response|)")
_CANCEL = re.compile(r"(?P<app>.+)/requests/[^/]+/cancel")
_UPLOADS = frozenset(
    f"storage/upload/{step}" for step in ("initiate", "initiate-multipart", "complete-multipart")
)
_STORAGE_TYPE = "storage_type=fal-cdn-v3"
_LONGEST = 4096
_NAMESPACES = ("workflows", "comfy")


class BadTarget(Exception):
    """Not an address that the proxy goes to; its text says why, for the caller."""


class Targets:
    """The allow-list: three hosts, and at two of them the endpoints that are meant.

    Args:
        more: Endpoints besides our schema's own, as globs: ``*`` is text within a segment, ``**``
            is text with slashes.
    """

    def __init__(self, more: Iterable[str] = ()) -> None:
        patterns = [pattern.strip("/") for pattern in (*ENDPOINTS, *more)]
        bases = [_base(pattern) for pattern in patterns]
        self._endpoints = _one_of(patterns)
        self._apps = _one_of([*patterns, *bases])

    def check(self, method: str, address: str) -> None:
        """Let an address through.

        Args:
            method: The one it will be asked with.
            address: As it will be asked, letter by letter.

        Raises:
            BadTarget: it is none of ours.
        """
        match = _ADDRESS.fullmatch(address) if len(address) <= _LONGEST else None
        if match is None or {".", ".."} & set(match["path"].split("/")):
            raise BadTarget(
                f"expected a plain https address at {_QUEUE}, {_DIRECT} or {_STORAGE} in "
                "x-fal-target-url; this proxy goes nowhere else"
            )
        path = match["path"].strip("/")
        if match["host"] == _STORAGE:
            allowed = self._storage(method, path, match["query"])
        else:
            allowed = self._models(method, path, direct=match["host"] == _DIRECT)
        if not allowed:
            raise BadTarget(
                f"{method} {match['host']}/{path} is not among the calls that this proxy passes "
                "on: runs of its own endpoints, and uploads for them; whoever runs it can allow "
                "more endpoints with --proxy-allow"
            )

    def _storage(self, method: str, path: str, query: str | None) -> bool:
        return method == "POST" and path in _UPLOADS and query in (None, "", _STORAGE_TYPE)

    def _models(self, method: str, path: str, *, direct: bool) -> bool:
        if method == "POST" and "requests" not in path.split("/"):
            endpoint = path.removesuffix("/stream") if direct else path
            return bool(self._endpoints.fullmatch(endpoint))
        form = {"GET": _REQUEST, "PUT": _CANCEL}.get(method)
        match = form.fullmatch(path) if form and not direct else None
        return bool(match and self._apps.fullmatch(match["app"]))


def _base(pattern: str) -> str:
    """The glob of what requests of the endpoints of `pattern` are followed under."""
    if "**" not in pattern:
        try:
            return follow_base(pattern)
        except ProtocolError:
            return pattern
    before, _, _ = pattern.partition("**")
    segments = before.split("/")
    keep = 3 if segments[0] in _NAMESPACES else 2
    # A double star past the base leaves the base as it is; within it, it stands for the rest.
    return "/".join(segments[:keep]) if len(segments) > keep else f"{before}**"


def _one_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_as_regex, patterns)))


def _as_regex(pattern: str) -> str:
    stars = {"**": ".*", "*": "[^/]*"}
    parts = re.split(r"(\*\*|\*)", pattern)
    return "".join(stars.get(part) or re.escape(part) for part in parts)
