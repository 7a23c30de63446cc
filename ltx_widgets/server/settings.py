"""What one server runs with, and what its child processes may see."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import ltx_widgets
from ltx_widgets.config import Secret

__all__ = [
    "PREVIEW",
    "ServerSettings",
    "child_environment",
    "engines_named_by",
    "is_loopback",
]

PREVIEW = "ltx_widgets.engines.preview.engine:PreviewEngine"

_KEYS = ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "LTX_SERVER_KEY")


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """One server's settings.

    Attributes:
        state_dir: Where its queue, clips, log and `server.json` live. One server at a time.
        key: What callers must send as ``Authorization: Key …``.
        host: Address to listen on.
        port: 0 takes a free one.
        answer_to: Host names, besides loopback's, that it answers to while it listens on loopback.
        idle_s: Seconds without a request or an unfinished job after which it ends by itself;
            None lets it run for ever.
        workers: Render processes.
        engines: "module:Class" or "path/to/file.py:Class", asked in this order.
        queue_limit: Requests that may wait and run at once; more are refused with 429.
        max_upload: Bytes that one upload may have.
        upload_quota: Bytes that all uploads may have together.
        allow_private_media: Whether requests may name media at addresses that are not public: in
            this computer, in its network.
        render_s: Seconds that one attempt of a job may take, fetching its media included.
        look_s: Seconds that reading the facts of one media file may take.
        worker_memory: Bytes of address space of a render process; None sets no limit.
        proxy_key: fal's key, for the proxy; None runs no proxy.
        proxy_allow: Globs of endpoints that the proxy passes on besides the schema's own.
    """

    state_dir: Path
    key: Secret
    host: str = "127.0.0.1"
    port: int = 0
    answer_to: tuple[str, ...] = ()
    idle_s: float | None = None
    workers: int = 1
    engines: tuple[str, ...] = (PREVIEW,)
    queue_limit: int = 10_000
    max_upload: int = 2 << 30
    upload_quota: int = 8 << 30
    allow_private_media: bool = False
    render_s: float = 3600.0
    look_s: float = 60.0
    worker_memory: int | None = None
    proxy_key: Secret | None = None
    proxy_allow: tuple[str, ...] = ()

    @property
    def files(self) -> Path:
        """Where finished clips are."""
        return self.state_dir / "files"

    @property
    def uploads(self) -> Path:
        """Where uploaded files are."""
        return self.state_dir / "uploads"

    @property
    def media(self) -> Path:
        """Where running jobs have copies of their media, a folder each."""
        return self.state_dir / "media"


def engines_named_by(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The engines of ``LTX_ENGINE``, parted by commas; the preview engine if it is unset.

    It reaches embedded servers too, so an engine under development needs no command of its own.
    """
    named = tuple(part.strip() for part in environ.get("LTX_ENGINE", "").split(","))
    return tuple(filter(None, named)) or (PREVIEW,)


def is_loopback(host: str) -> bool:
    """Whether `host` names this computer and no other."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def child_environment() -> dict[str, str]:
    """The environment for servers and workers: no keys in it, and this package can be found."""
    env = {name: value for name, value in os.environ.items() if name not in _KEYS}
    root = Path(ltx_widgets.__file__).resolve().parent.parent
    # A checkout is on our path and not on theirs. An installed package's folder must stay off
    # PYTHONPATH: there, its neighbours would come before the standard library.
    if root.name not in ("site-packages", "dist-packages"):
        env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(root), env.get("PYTHONPATH"))))
    return env
