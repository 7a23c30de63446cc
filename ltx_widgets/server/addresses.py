"""Which addresses a request may send this server to: public ones, each looked up once.

Whoever may submit a request must not reach through the server what only the server can reach:
its own computer, its network, the metadata service of a cloud.
"""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from ltx_widgets.errors import MediaError

__all__ = [
    "Place",
    "Resolve",
    "download_error",
    "find_addresses",
    "is_own",
    "is_public",
    "look_up",
    "place_of",
    "resolved",
]

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to addresses as text, such as "93.184.215.14"; raises OSError if there are none."""

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 8192
_MOST_ADDRESSES = 8
# Spaces and control characters end a request line early; a backslash is a slash to some readers.
_NEVER_IN_URLS = re.compile(r"[\x00-\x20\x7f\\]")
_BROADCAST = IPv4Address("255.255.255.255")
# IPv6 addresses that carry an IPv4 address in their last 32 bits: "compatible" ones (RFC 4291),
# NAT64 (RFC 6052) and NAT64 for local use (RFC 8215).
_CARRIERS = tuple(IPv6Network(net) for net in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48"))


@dataclass(frozen=True, slots=True)
class Place:
    """A checked URL, in the parts that a connection needs.

    Attributes:
        scheme: "http" or "https".
        host: A name or an address, in ASCII, without brackets.
        port: TCP port.
        target: Path and query, as the request line has them.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def host_header(self) -> str:
        """What the ``Host`` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def download_error(text: str) -> MediaError:
    """A file that could not be fetched, under fal's name for it."""
    return MediaError(text, type="file_download_error")


def place_of(url: str) -> Place:
    """Take a URL apart.

    Raises:
        MediaError: it is none that we fetch.
    """
    if len(url) > _LONGEST_URL or _NEVER_IN_URLS.search(url):
        raise download_error("is no usable address; expected one such as https://example.com/a.png")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError:  # UnicodeError is one, too.
        raise download_error("is no usable address: its host or port is none") from None
    if parts.scheme not in _PORTS:
        raise download_error(f"is a {parts.scheme or 'nameless'} address; use https")
    if not host or port == 0:
        raise download_error("is no usable address: it names no host")
    if "@" in parts.netloc:
        raise download_error("holds a user name; use a plain or a presigned https address")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # What is escaped already stays as it is: a presigned address is signed letter by letter.
    target = quote(target, safe="/%:@!$&'()*+,;=?~")
    return Place(parts.scheme, host, port or _PORTS[parts.scheme], target)


def find_addresses(
    place: Place, *, resolve: Resolve, allow_private: bool, wait_s: float
) -> tuple[str, ...]:
    """The addresses to connect to, every one of them checked.

    Args:
        place: Where to.
        resolve: Asked once: a name that changes its answer changes nothing.
        allow_private: Whether addresses that are not public will do.
        wait_s: Seconds that the look-up may take.

    Raises:
        MediaError: there are none, or one of them is not public.
    """
    found = resolved(place, resolve=resolve, wait_s=wait_s)
    if not allow_private and not all(is_public(address) for address in found):
        # Not which of them, nor what is there: that would be news from inside.
        raise download_error(
            f"names a host that is not public ({place.host}); upload the file, or use a public "
            "https address"
        )
    return found[:_MOST_ADDRESSES]


def resolved(place: Place, *, resolve: Resolve, wait_s: float) -> tuple[str, ...]:
    """The addresses of a place, in the resolver's order, not checked; see `find_addresses`.

    Raises:
        MediaError: there are none.
    """
    found = tuple(dict.fromkeys(_within(wait_s, lambda: resolve(place.host, place.port))))
    if not found:
        raise download_error(f"has a host that is not known: {place.host}")
    return found


def look_up(host: str, port: int) -> list[str]:
    """The system's own resolver. Also reads the odd spellings of addresses (``0x7f.1``)."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _within(wait_s: float, ask: Callable[[], Sequence[str]]) -> Sequence[str]:
    """The answer of a resolver, which has no time limit of its own."""
    answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

    def work() -> None:
        try:
            answers.put(ask())
        except (OSError, UnicodeError):
            answers.put(())

    threading.Thread(target=work, name="resolver", daemon=True).start()
    try:
        return answers.get(timeout=wait_s)
    except queue.Empty:
        raise download_error(f"has a host that was not found within {wait_s:.0f} s") from None


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, whatever it is wrapped in.

    Args:
        address: As a resolver gives it.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = _carried(found)
        if inner is not None:
            return is_public(str(inner))
        if found.is_site_local:
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def is_own(address: str) -> bool:
    """Whether an address is this computer's: loopback, or one that a socket can be bound to.

    Args:
        address: As a resolver gives it.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return True
    # Sockets can be bound to these, too, and they lead elsewhere, or anywhere.
    if found.is_unspecified or found.is_multicast or found == _BROADCAST:
        return False
    family = socket.AF_INET6 if found.version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.bind((str(found), 0))
    except OSError:
        return False
    return True


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that traffic to this IPv6 address may end at."""
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in net for net in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
