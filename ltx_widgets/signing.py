"""How webhooks are signed: Ed25519 over the exact bytes, keys as JSON Web Keys. No I/O, no clock.

The only module that imports cryptography, which is loaded at the first signature. The server signs
with it, `webhooks` verifies. Source: fal's page on webhooks, RFC 8032 and RFC 8037.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ltx_widgets.errors import ConfigError

__all__ = [
    "JWKS_PATH",
    "REQUEST_ID",
    "SIGNATURE",
    "TIMESTAMP",
    "USER_ID",
    "PublicKey",
    "SigningKey",
    "read_keys",
    "signed_bytes",
]

JWKS_PATH = "/.well-known/jwks.json"
"""Where a server shows its keys."""

REQUEST_ID = "X-Fal-Webhook-Request-Id"
USER_ID = "X-Fal-Webhook-User-Id"
TIMESTAMP = "X-Fal-Webhook-Timestamp"
SIGNATURE = "X-Fal-Webhook-Signature"

_KEY_BYTES = 32
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_MOST_KEYS = 64


def signed_bytes(request_id: str, user_id: str, timestamp: str, body: bytes) -> bytes:
    """What the signature is over.

    Args:
        request_id: As the header has it.
        user_id: Likewise.
        timestamp: Likewise, in digits.
        body: The bytes on the wire, not what they parse to.
    """
    parts = (request_id, user_id, timestamp, hashlib.sha256(body).hexdigest())
    return "\n".join(parts).encode()


class SigningKey:
    """A private key.

    Args:
        raw: Its 32 bytes, as `new` made them.

    Raises:
        ConfigError: they are not 32 bytes.
    """

    def __init__(self, raw: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if len(raw) != _KEY_BYTES:
            raise ConfigError(f"expected a signing key of {_KEY_BYTES} bytes, got {len(raw)}")
        self._key = Ed25519PrivateKey.from_private_bytes(raw)

    def __repr__(self) -> str:
        return "SigningKey(…)"

    @staticmethod
    def new() -> bytes:
        """The bytes of a fresh one. They are the secret: keep them from others' eyes."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.generate().private_bytes_raw()

    def sign(self, message: bytes) -> str:
        """The signature in hex."""
        return self._key.sign(message).hex()

    def jwks(self) -> dict[str, Any]:
        """The public half as a set of JSON Web Keys; `x` is base64url without padding."""
        raw = self._key.public_key().public_bytes_raw()
        x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        key = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": x}
        # Names the key and nothing else: the same key has the same name after a restart.
        return {"keys": [{**key, "kid": hashlib.sha256(raw).hexdigest()[:16]}]}


class PublicKey:
    """A public key, from its 32 bytes.

    Raises:
        ValueError: they are not 32.
    """

    def __init__(self, raw: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self._key = Ed25519PublicKey.from_public_bytes(raw)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key's private half signed that message."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def read_keys(jwks: Any) -> tuple[PublicKey, ...]:
    """The Ed25519 keys in a set of JSON Web Keys, or in a list of them.

    Whatever else it holds is passed over: keys of other kinds stand beside ours, too. Where a
    server changes its key, both are there for a while.

    Args:
        jwks: Parsed JSON, `{"keys": […]}` or the list itself; from anybody.
    """
    listed = jwks.get("keys") if isinstance(jwks, Mapping) else jwks
    if not isinstance(listed, Iterable) or isinstance(listed, str | bytes):
        return ()
    found = []
    for entry in list(listed)[:_MOST_KEYS]:
        raw = _raw_key(entry)
        if raw is not None:
            found.append(PublicKey(raw))
    return tuple(found)


def _raw_key(entry: Any) -> bytes | None:
    if not isinstance(entry, Mapping) or (entry.get("kty"), entry.get("crv")) != ("OKP", "Ed25519"):
        return None
    # fal's `x` comes without its padding; others pad.
    x = str(entry.get("x", "")).rstrip("=")
    if not _BASE64URL.fullmatch(x):
        return None
    try:
        raw = base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _KEY_BYTES else None
