"""Settings: where calls go, with which key, and where files are kept.

A key is read from an argument, from ``FAL_KEY``, or from ``FAL_KEY_ID`` and ``FAL_KEY_SECRET``
joined with a colon. It lives in a `Secret` from then on and never appears in a repr.

Environment:
    FAL_KEY, FAL_KEY_ID, FAL_KEY_SECRET: The key for hosted fal.
    LTX_SERVER, LTX_SERVER_KEY: A server on your own machines, and its key.
    LTX_PROXY, LTX_PROXY_KEY: Somebody's proxy to hosted fal, and your password there.
    LTX_BUDGET: US dollars that the runs of a day may cost at hosted fal; see `ltx_widgets.budget`.
    LTX_WIDGETS_HOME: Where clips, history and the local server's state are kept; the platform's
        data folder for ``ltx_widgets`` if unset.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import platformdirs

from ltx_widgets.errors import ConfigError

__all__ = [
    "FAL_QUEUE",
    "FAL_STORAGE",
    "PROXY_PATH",
    "Secret",
    "Target",
    "fal_key",
    "forget_old",
    "home",
    "package_version",
    "private_folder",
    "resolve_target",
]

FAL_QUEUE = "https://queue.fal.run"
FAL_STORAGE = "https://rest.fal.ai"
PROXY_PATH = "/_ltx/proxy"
"""Where our own server has its proxy to hosted fal."""

# Shorter ones are nobody's key, and may be words of an ordinary reply.
_SHORTEST_HIDDEN = 16

Place = Literal["hosted", "server", "local"]


class Secret:
    """A key or token. Only `reveal` gives it away; every other way of printing it does not."""

    __slots__ = ("_forms", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        # As a server may repeat it, whole or in half: plain, percent-encoded, as JSON may write it.
        parts = [part for part in (value, *value.split(":")) if len(part) >= _SHORTEST_HIDDEN]
        forms = {
            form.encode("utf-8", "replace")
            for part in parts
            for form in (part, quote(part, safe="", errors="replace"), part.replace("/", "\\/"))
        }
        # The whole before its halves.
        self._forms = sorted(forms, key=len, reverse=True)

    def reveal(self) -> str:
        """The secret itself, for the one header it belongs in."""
        return self._value

    def hide(self, said: bytes) -> bytes:
        """What a server said, without this secret.

        A careless server, or a page of a proxy, repeats in an error what it was sent; messages of
        errors end up in notebooks.

        Args:
            said: A reply's body or header; given back as it is where it does not hold the secret,
                plain, percent-encoded or as JSON may write it.
        """
        for form in self._forms:
            said = said.replace(form, b"(key)")
        return said

    def is_in(self, said: bytes) -> bool:
        """Whether there is anything for `hide` to do."""
        return any(form in said for form in self._forms)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is not pickled: it would end up in a file")


@dataclass(frozen=True, slots=True)
class Target:
    """Where calls go.

    Attributes:
        place: "hosted" (fal), "server" (your own machines) or "local" (the embedded server).
        url: Base URL of the queue, or of the proxy; empty for "local" until its server runs.
        key: Sent as ``Authorization: Key …`` to that URL's host, to fal's own storage unless by
            the proxy, and to no other.
        proxied: Whether `url` is a proxy that has fal's key, and passes calls on to fal.
    """

    place: Place
    url: str = ""
    key: Secret | None = field(default=None)
    proxied: bool = False

    def __repr__(self) -> str:
        return f"Target({self.label})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - IPython's way
        printer.text(f"Calls go to: {self.label}")

    @property
    def queue(self) -> str:
        """Base URL of the queue itself, whether a proxy stands before it or not."""
        return FAL_QUEUE if self.proxied else self.url

    @property
    def storage(self) -> str:
        """Base URL of the file storage that belongs to the queue."""
        return FAL_STORAGE if self.place == "hosted" else self.url

    @property
    def label(self) -> str:
        """One line for people: where calls go, and whether they cost money."""
        match self.place:
            case "hosted" if self.proxied:
                return (
                    f"hosted fal (fal.ai) through {self.url}: real LTX-2 clips, charged to the "
                    "proxy's key"
                )
            case "hosted":
                return "hosted fal (fal.ai): real LTX-2 clips, charged to your key"
            case "server":
                return f"your server at {self.url}"
            case "local":
                return (
                    "embedded local server: previews drawn on this computer, "
                    "free of charge, not made by an AI model"
                )


def resolve_target(
    *,
    key: str | None = None,
    server: str | None = None,
    proxy: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Target:
    """Decide where calls go: an argument first, then the environment, then the embedded server.

    In the environment, LTX_SERVER goes before LTX_PROXY, and that before a key for fal.

    Args:
        key: A fal key, ``<id>:<secret>``; with `server` or `proxy`, the key or password there.
        server: Base URL of a server on your own machines, or "local" for the embedded one.
        proxy: Address of a proxy to hosted fal; of an ``ltx-widgets serve --proxy``, its host is
            enough.
        environ: Read instead of the process's environment.

    Raises:
        ConfigError: `server` or `proxy` is no usable URL, both are given, a proxy's password is
            missing, or only half of the key pair is set.
    """
    env = os.environ if environ is None else environ
    if server and proxy:
        raise ConfigError("calls go to a server or through a proxy; give one of the two")
    # A key that somebody names is meant for fal, whatever server the environment names.
    server = server or (None if key or proxy else env.get("LTX_SERVER")) or None
    proxy = proxy or (None if key or server else env.get("LTX_PROXY")) or None
    if proxy:
        return _through(proxy, _secret(key or env.get("LTX_PROXY_KEY")))
    if server == "local":
        return Target("local")
    if server and server.rstrip("/") != FAL_QUEUE:
        return Target("server", _checked_url(server), _secret(key or env.get("LTX_SERVER_KEY")))
    secret = _secret(key) or fal_key(env)
    if secret is None and server:
        raise ConfigError("hosted fal needs a key; set FAL_KEY or pass key=…")
    return Target("hosted", FAL_QUEUE, secret) if secret else Target("local")


def _through(proxy: str, password: Secret | None) -> Target:
    url = _checked_url(proxy)
    if password is None:
        raise ConfigError(
            f"the proxy at {url} needs your password for it; set LTX_PROXY_KEY or pass key=…"
        )
    url = url if urlsplit(url).path else url + PROXY_PATH
    return Target("hosted", url, password, proxied=True)


def _secret(key: str | None) -> Secret | None:
    """A key as it goes into a header; None where there is none.

    Raises:
        ConfigError: it holds what no header may hold. The message does not show it.
    """
    key = (key or "").strip()
    if not all("!" <= character <= "~" for character in key):
        raise ConfigError("the key holds a space or a character that no key has; copy it once more")
    return Secret(key) if key else None


def fal_key(env: Mapping[str, str]) -> Secret | None:
    """The key for hosted fal that an environment names, in one variable or two.

    Raises:
        ConfigError: only half of the pair is set, or it is no key.
    """
    return _secret(_named_key(env))


def _named_key(env: Mapping[str, str]) -> str | None:
    if env.get("FAL_KEY"):
        return env["FAL_KEY"]
    parts = tuple((env.get(name) or "").strip() for name in ("FAL_KEY_ID", "FAL_KEY_SECRET"))
    if all(parts):
        return f"{parts[0]}:{parts[1]}"
    if any(parts):
        missing = "FAL_KEY_SECRET" if parts[0] else "FAL_KEY_ID"
        raise ConfigError(f"half of the key pair is set: {missing} is missing; set both or FAL_KEY")
    return None


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"expected a server URL such as http://127.0.0.1:8080, got {url!r}")
    if parts.username or parts.password:
        raise ConfigError("a server URL must not hold a password; pass the key as key=…")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError(
            f"plain http would send the key in the clear to {parts.hostname}; use https "
            "(http is fine for this computer's own addresses)"
        )
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def package_version() -> str:
    """The installed version; "0" for a checkout that is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("ltx-widgets")
    except PackageNotFoundError:
        return "0"


def home() -> Path:
    """The folder of clips, history and the local server's state, made if missing."""
    named = os.environ.get("LTX_WIDGETS_HOME")
    # Absolute: a notebook may change its folder later.
    folder = (
        Path(named).expanduser().absolute()
        if named
        else platformdirs.user_data_path("ltx_widgets", appauthor=False)
    )
    return private_folder(folder)


def private_folder(folder: Path) -> Path:
    """`folder`, made if missing; one that is made here is readable by its owner only."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"the folder {folder} cannot be used ({error}); name another in LTX_WIDGETS_HOME"
        ) from error
    return folder


def forget_old(folder: Path, age_s: float) -> None:
    """Delete the files of a folder that were last changed before so many seconds."""
    oldest = time.time() - age_s
    for path in folder.iterdir():
        with suppress(OSError):  # Another kernel may have been faster.
            if path.stat().st_mtime < oldest:
                path.unlink()
