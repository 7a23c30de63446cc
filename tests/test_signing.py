"""Signatures and keys of webhooks, against the RFC's own vector."""

from __future__ import annotations

import base64
import hashlib

import pytest

from ltx_widgets.errors import ConfigError
from ltx_widgets.signing import PublicKey, SigningKey, read_keys, signed_bytes

# RFC 8032, section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNED = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_a_signature_is_the_standards():
    """The vector of RFC 8032 comes out, and verifies."""
    assert SigningKey(SEED).sign(b"\x72") == SIGNED
    assert PublicKey(PUBLIC).verifies(bytes.fromhex(SIGNED), b"\x72")
    assert not PublicKey(PUBLIC).verifies(bytes.fromhex(SIGNED), b"\x73")


def test_what_is_signed_is_four_lines():
    """Single newlines between, none at the end, the body as its hash."""
    digest = hashlib.sha256(b"{}").hexdigest()

    assert signed_bytes("r", "u", "17", b"{}") == f"r\nu\n17\n{digest}".encode()


def test_the_public_half_is_unpadded_base64url():
    """Server 11: as fal's own `x` comes."""
    (key,) = SigningKey(SEED).jwks()["keys"]

    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert base64.urlsafe_b64decode(key["x"] + "=") == PUBLIC
    assert not key["x"].endswith("=")


@pytest.mark.parametrize("padding", ["", "="])
def test_a_key_is_read_with_and_without_padding(padding):
    """Client 21: `x` of 43 letters, or of 44 with its padding."""
    x = SigningKey(SEED).jwks()["keys"][0]["x"] + padding

    (key,) = read_keys({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]})

    assert key.verifies(bytes.fromhex(SIGNED), b"\x72")


@pytest.mark.parametrize(
    "entry",
    [
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 42},
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 41},
        {"kty": "OKP", "crv": "Ed25519", "x": "+" * 43},
        {"kty": "OKP", "crv": "Ed25519", "x": None},
        {"kty": "OKP", "crv": "Ed25519"},
        "text",
        None,
    ],
)
def test_what_is_no_key_of_ours_is_passed_over(entry):
    """The good one beside it still counts."""
    good = SigningKey(SEED).jwks()["keys"][0]

    assert len(read_keys({"keys": [entry, good]})) == 1


@pytest.mark.parametrize("jwks", [None, 1, "keys", [], {}, {"keys": None}, {"keys": "abc"}])
def test_what_is_no_set_of_keys_holds_none(jwks):
    """Whatever a server sends."""
    assert read_keys(jwks) == ()


def test_a_private_key_is_not_shown():
    """Neither in a repr nor in the refusal of a broken one."""
    key = SigningKey.new()

    assert repr(SigningKey(key)) == "SigningKey(…)"
    with pytest.raises(ConfigError, match="got 31") as refused:
        SigningKey(key[:31])
    assert key.hex()[:8] not in str(refused.value)
