"""Addresses as text: which may be passed on, and what a data URI holds."""

from __future__ import annotations

import base64
import binascii
import re
from ipaddress import ip_address
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from ltx_widgets.errors import MediaError

__all__ = ["checked_address", "is_address", "read_data_uri"]

# Two letters or more: "C:" is a drive.
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:")
_DATA_URI = re.compile(r"^data:([^,]*),", re.IGNORECASE)
_MOST_URI = 64 << 20
_PRIVATE_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa")


def is_address(text: str) -> bool:
    """Whether text is an address, of whatever scheme, and not a path."""
    return bool(_SCHEME.match(text)) or text.lower().startswith("subfile,")


def checked_address(url: str, *, hosted: bool) -> str:
    """An http(s) address that the service can be expected to fetch.

    Args:
        url: The address.
        hosted: Whether a service elsewhere fetches it.

    Raises:
        MediaError: it cannot; the message says what to do.
    """
    scheme = url.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        raise MediaError(
            f"expected an https address or a path, got one that begins with {scheme[:20]!r}; "
            "download the file and give its path",
            type="file_download_error",
        )
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or re.search(r"[\s\x00-\x1f]", url):
        raise MediaError(
            "expected an https address, got one that is not complete", type="file_download_error"
        )
    if parts.username or parts.password:
        raise MediaError(
            "an address must not hold a name or a password: it is kept with the request",
            type="file_download_error",
        )
    if not hosted:
        return url
    if _is_private(host):
        raise MediaError(
            f"hosted fal cannot reach {host}, a private address; download the file and give its "
            "path, so that it is uploaded",
            type="file_download_error",
        )
    if scheme == "http":
        raise MediaError(
            f"hosted fal fetches https addresses only, and {host} was given with http; try https, "
            "or download the file and give its path",
            type="file_download_error",
        )
    return url


def read_data_uri(uri: str) -> bytes:
    """The content of a data URI; the type it names says nothing.

    Raises:
        MediaError: it is malformed, or longer than 64 MB.
    """
    if len(uri) > _MOST_URI:
        raise MediaError(f"a data URI of {len(uri) >> 20} MB is too long; give a path instead")
    head = _DATA_URI.match(uri)
    if head is None:
        raise MediaError("expected data:<type>;base64,<data>, got a data URI without a comma")
    body = uri[head.end() :]
    if "base64" not in head[1].lower():
        return unquote_to_bytes(body)
    try:
        plain = re.sub(r"\s", "", unquote(body))
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        raise MediaError("the data URI holds no valid base64; encode the file again") from None


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host.partition("%")[0]).is_global
    except ValueError:
        bare = host.rstrip(".").lower()
        # A name without a dot means something at home only.
        return "." not in bare or any(bare.endswith(name) for name in _PRIVATE_NAMES)
