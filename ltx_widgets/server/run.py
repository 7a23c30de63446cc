"""One server process, from its lock to its end."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import uvicorn

from ltx_widgets import config
from ltx_widgets.config import Secret, package_version, private_folder
from ltx_widgets.errors import ConfigError, LTXError, TransportTimeout
from ltx_widgets.folder_lock import FolderLock
from ltx_widgets.server.app import make_app
from ltx_widgets.server.changes import Changes
from ltx_widgets.server.crew import Crew
from ltx_widgets.server.folder import ServerNote, log_path, remove_note, write_note
from ltx_widgets.server.local import find_server
from ltx_widgets.server.service import Service
from ltx_widgets.server.settings import (
    PREVIEW,
    WEBHOOK_PAUSES,
    ServerSettings,
    engines_named_by,
    is_loopback,
)
from ltx_widgets.server.storage import UploadStore
from ltx_widgets.server.store import Store
from ltx_widgets.server.webhook_key import KeyFile
from ltx_widgets.server.webhooks import Deliveries, rules_of

__all__ = ["main", "serve"]

_LOCK_WAIT_S = 10.0
_LOG_BYTES = 1 << 20
_GB = 1 << 30
_LONGEST_PAUSE_S = 86_400.0
_LIMITS = (
    ("queue-limit", 10_000, "requests that may wait at once; more are refused"),
    ("max-upload", 2.0, "GB that one upload may have"),
    ("upload-quota", 8.0, "GB that all uploads may have together"),
    ("render-limit", 3600.0, "seconds that one attempt of a job may take"),
    ("look-limit", 60.0, "seconds that reading one media file's facts may take"),
    (
        "worker-memory",
        None,
        "GB of address space of a render process; 0 for no limit (4 with the preview engine alone)",
    ),
)

_UVICORN: dict[str, Any] = {
    "http": "h11",
    "loop": "asyncio",
    "ws": "none",
    "lifespan": "on",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "proxy_headers": False,
    # Bytes of a request's head; also h11's own default, and not to change with it.
    "h11_max_incomplete_event_size": 64 << 10,
    # A poll that meets a connection just being closed would fail for nothing.
    "timeout_keep_alive": 75,
    "timeout_graceful_shutdown": 3,
}

Announce = Callable[[str], None]


def serve(settings: ServerSettings, *, announce: Announce = lambda _: None) -> None:
    """Serve until told to end, by a signal, by ``/_ltx/shutdown`` or by idleness.

    Args:
        settings: With a folder that no other server uses.
        announce: Called with the base URL once the server answers.

    Raises:
        ConfigError: the folder is another server's, the address is taken, the store unusable.
    """
    folder = private_folder(settings.state_dir)
    for part in (settings.files, settings.uploads, settings.media):
        private_folder(part)
    with ExitStack() as held:
        try:
            held.enter_context(FolderLock(folder / "server.lock", wait_s=_LOCK_WAIT_S))
        except TransportTimeout:
            raise ConfigError(f"another server already uses {folder}; stop it first") from None
        held.enter_context(_logging_to(log_path(folder)))
        listener = held.enter_context(_listening(settings))
        store = held.enter_context(closing(Store(folder / "queue.db")))
        held.callback(remove_note, folder)
        url = _url(settings.host, listener.getsockname()[1])
        _Server(settings, store, url, announce).run([listener])


@contextmanager
def _listening(settings: ServerSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where it sees that this is TCP; with it on, every
    # reply in two parts takes 40 ms longer.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        if os.name == "posix":
            # On Windows this would let another process take the port from us.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise ConfigError(f"cannot listen on {where} ({error.strerror})") from error
        yield listener


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("ltx_widgets.server", "uvicorn", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
        handler.close()


class _Server(uvicorn.Server):
    """uvicorn, with our note written once it answers and removed before it stops answering."""

    def __init__(
        self, settings: ServerSettings, store: Store, url: str, announce: Announce
    ) -> None:
        self._settings = settings
        self._changes = Changes()
        self._url = url
        self._announce = announce
        crew = Crew(store, self._changes, settings)
        signing = KeyFile(settings.state_dir / "webhook.key")
        deliveries = Deliveries(
            store, self._changes, settings.files, signing, rules=rules_of(settings), own_url=url
        )
        storage = UploadStore(store.uploads, settings)
        storage.sweep_drafts()
        storage.sweep()
        service = Service(
            settings, store, storage, self._changes, crew, deliveries, signing, end=self.end
        )
        app = make_app(service)
        super().__init__(uvicorn.Config(app, **_UVICORN))

    def end(self) -> None:
        """End soon and cleanly."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        note = ServerNote(
            self._url, os.getpid(), self._settings.key, package_version(), round(time.time(), 3)
        )
        write_note(self._settings.state_dir, note)
        self._announce(self._url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # First of all, so that nobody new finds a server that is about to go.
        remove_note(self._settings.state_dir)
        self._changes.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again at the end, and the exit code would not be 0.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


def _url(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a server from the command line.

    Args:
        argv: Arguments; the process's own if left out.

    Returns:
        The exit code: 0 after a clean end, 1 if the server could not run.
    """
    args = _parser().parse_args(argv)
    if not (is_loopback(args.host) or args.allow_remote):
        _parser().error(
            f"{args.host} can be reached from other computers: whoever knows the key can use "
            "this one. Pass --allow-remote if that is wanted"
        )
    if args.proxy_allow and not args.proxy:
        _parser().error("--proxy-allow says what --proxy passes on; pass --proxy as well")
    state_dir = args.state_dir or config.home() / "server"
    # The queue holds prompts, and the folder may have been made by somebody else.
    os.umask(0o077)
    try:
        _refuse_second(state_dir)
        serve(_settings(args, state_dir), announce=lambda url: _announce(url, state_dir))
    except LTXError as error:
        print(f"ltx-widgets serve: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ltx-widgets serve", description="A local server that speaks fal's queue protocol."
    )
    parser.add_argument("--state-dir", type=Path, help="where queue, clips and log are kept")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--idle", type=float, help="end after so many seconds without use")
    parser.add_argument("--workers", type=int, default=1, help="render processes")
    parser.add_argument(
        "--engine",
        action="append",
        help='"module:Class" or "path/to/file.py:Class"; may be given more than once',
    )
    parser.add_argument(
        "--answer-to",
        action="append",
        default=[],
        metavar="HOST",
        help="also answer to this host name, of a TLS front on this computer; may be repeated",
    )
    parser.add_argument("--allow-remote", action="store_true")
    parser.add_argument(
        "--proxy",
        action="store_true",
        help="pass calls on to hosted fal at /_ltx/proxy, with the key of FAL_KEY and at its cost",
    )
    parser.add_argument(
        "--proxy-allow",
        action="append",
        default=[],
        metavar="GLOB",
        help="also pass on these endpoints, such as 'fal-ai/flux/**'; may be repeated",
    )
    parser.add_argument(
        "--allow-private-media",
        action="store_true",
        help="let requests name media and webhooks in this computer and its network",
    )
    parser.add_argument(
        "--webhook-pauses",
        type=_pauses,
        default=WEBHOOK_PAUSES,
        metavar="SECONDS,…",
        help="pauses between the tries of a webhook; as many as there are tries again",
    )
    for name, default, help_text in _LIMITS:
        parser.add_argument(f"--{name}", type=float, default=default, help=help_text)
    return parser


def _pauses(text: str) -> tuple[float, ...]:
    pauses = tuple(float(part) for part in text.split(",") if part.strip())
    if not all(0 <= pause <= _LONGEST_PAUSE_S for pause in pauses):
        raise argparse.ArgumentTypeError(f"expected seconds from 0 to {_LONGEST_PAUSE_S:.0f}")
    return pauses


def _settings(args: argparse.Namespace, state_dir: Path) -> ServerSettings:
    engines = tuple(args.engine or engines_named_by(os.environ))
    # A 2160p preview takes 1.1 GB of address space. Other engines' libraries may reserve much more
    # than they use.
    default_memory = 4.0 if engines == (PREVIEW,) else 0.0
    memory = default_memory if args.worker_memory is None else args.worker_memory
    key = os.environ.get("LTX_SERVER_KEY", "").strip() or secrets.token_urlsafe(32)
    return ServerSettings(
        state_dir=state_dir,
        key=Secret(key),
        host=args.host,
        port=args.port,
        answer_to=tuple(args.answer_to),
        idle_s=args.idle,
        workers=max(1, args.workers),
        engines=engines,
        queue_limit=int(args.queue_limit),
        max_upload=int(args.max_upload * _GB),
        upload_quota=int(args.upload_quota * _GB),
        allow_private_media=args.allow_private_media,
        render_s=args.render_limit,
        look_s=args.look_limit,
        webhook_pauses=args.webhook_pauses,
        worker_memory=int(memory * _GB) or None,
        proxy_key=_proxy_key() if args.proxy else None,
        proxy_allow=tuple(args.proxy_allow),
    )


def _proxy_key() -> Secret:
    key = config.fal_key(os.environ)
    if key is None:
        raise ConfigError(
            "--proxy passes calls on to hosted fal and needs its key; set FAL_KEY, or FAL_KEY_ID "
            "and FAL_KEY_SECRET"
        )
    return key


def _refuse_second(state_dir: Path) -> None:
    running = find_server(state_dir)
    if running is not None:
        raise ConfigError(f"a server of this folder runs already: {running.url}")


def _announce(url: str, state_dir: Path) -> None:
    # Flushed: whoever starts us through a pipe waits for it.
    print(f"serving at {url}\nkey: in {state_dir / 'server.json'}", flush=True)  # noqa: T201
