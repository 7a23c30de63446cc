"""Which webhooks are acted on: each check on its own, and where the keys come from."""

from __future__ import annotations

import asyncio

import pytest
from scripted import Answer, Scripted
from signed_hooks import JWKS, KEY, NOW, OTHER, body_of, signed

from ltx_widgets import WebhookVerifier
from ltx_widgets.errors import LTXError, WebhookError
from ltx_widgets.signing import JWKS_PATH, REQUEST_ID, SIGNATURE, TIMESTAMP, USER_ID

BODY = body_of()


def verifier(keys=JWKS, now=NOW):
    return WebhookVerifier(keys=keys, clock=lambda: now)


def refused(headers, body=BODY, **options):
    """Which check fails."""
    with pytest.raises(WebhookError) as caught:
        verifier(**options).verify(headers, body)
    return caught.value.check


def test_a_genuine_webhook_is_read():
    """Its fields, by fal's names."""
    event = verifier().verify(signed(BODY), BODY)

    assert (event.request_id, event.gateway_request_id, event.status) == ("r1", "g1", "OK")
    assert event.payload == {"video": {}}
    assert event.ok


def test_the_other_two_forms_are_read():
    """A failure with its body, and an output that could not be carried."""
    failed = body_of(status="ERROR", error="Invalid status code: 422", payload={"detail": []})
    bare = body_of(payload=None, payload_error="too large")

    event = verifier().verify(signed(failed), failed)
    assert (event.ok, event.error) == (False, "Invalid status code: 422")
    assert event.payload == {"detail": []}
    event = verifier().verify(signed(bare), bare)
    assert (event.payload, event.payload_error) == (None, "too large")


@pytest.mark.parametrize("shape", [dict, lambda h: {k.lower(): v for k, v in h.items()}, list])
def test_headers_come_in_any_shape(shape):
    """A mapping in any case, or pairs, of text or bytes."""
    headers = signed(BODY)
    given = shape(headers) if shape is not list else list(headers.items())

    assert verifier().verify(given, BODY).request_id == "r1"


def test_headers_may_be_bytes():
    """As ASGI has them."""
    pairs = [(k.lower().encode(), v.encode()) for k, v in signed(BODY).items()]

    assert verifier().verify(pairs, BODY).request_id == "r1"


@pytest.mark.parametrize("name", [REQUEST_ID, USER_ID, TIMESTAMP, SIGNATURE])
def test_each_header_must_be_there_once(name):
    """Client 21: missing, empty or doubled."""
    headers = signed(BODY)

    assert refused({k: v for k, v in headers.items() if k != name}) == "header"
    assert refused({**headers, name: ""}) == "header"
    assert refused([*headers.items(), (name.lower(), headers[name])]) == "header"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (REQUEST_ID, "r1\nu1"),
        (USER_ID, "u\x001"),
        (TIMESTAMP, "1700000000.0"),
        (TIMESTAMP, "+1700000000"),
        (TIMESTAMP, "1_700_000_000"),
        (TIMESTAMP, "\u0661\u0667" + "\u0660" * 8),
        (TIMESTAMP, "nan"),
        (TIMESTAMP, "9" * 5000),
        (SIGNATURE, "ab"),
        (SIGNATURE, "g" * 128),
        (SIGNATURE, "ab" * 65),
    ],
)
def test_a_malformed_header_is_refused(name, value):
    """Client 21: before anything is computed from it."""
    assert refused({**signed(BODY), name: value}) == "header"


@pytest.mark.parametrize(
    ("name", "value"),
    [(REQUEST_ID, "r2"), (USER_ID, "u2"), (TIMESTAMP, str(int(NOW) + 1)), (SIGNATURE, "0" * 128)],
)
def test_a_wrong_header_is_refused(name, value):
    """Client 21: each of the four is part of what is signed."""
    assert refused({**signed(BODY), name: value}) == "signature"


@pytest.mark.parametrize("off", [-300, -299, 0, 299, 300])
def test_five_minutes_off_is_in_time(off):
    """Client 21: ±300 s, the ends included."""
    assert verifier(now=NOW + off).verify(signed(BODY), BODY).ok


@pytest.mark.parametrize("off", [-301, 301, 86_400])
def test_more_than_five_minutes_off_is_not(off):
    """Client 21: an old webhook sent again, or a clock that is wrong."""
    assert refused(signed(BODY), now=NOW + off) == "timestamp"


@pytest.mark.parametrize("body", [BODY + b" ", BODY.replace(b"OK", b"KO"), b""])
def test_a_changed_body_is_refused(body):
    """Client 21: one space is enough, for the bytes are signed."""
    assert refused(signed(BODY), body) == "signature"


def test_a_parsed_body_is_refused_with_the_reason():
    """Client 21: what JSON parses to cannot be checked."""
    with pytest.raises(WebhookError, match="raw body as bytes, got dict"):
        verifier().verify(signed(BODY), {"request_id": "r1"})


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"status": "DONE"}', b"\xff", b"[" * 100_000])
def test_a_signed_body_of_another_shape_is_refused(body):
    """Genuine, and still nothing to act on."""
    assert refused(signed(body), body) == "body"


def test_any_of_several_keys_will_do():
    """Client 21: beside keys of other kinds, with and without padding."""
    mine = {**JWKS["keys"][0]}
    mine["x"] += "="
    keys = [{"kty": "RSA"}, *OTHER.jwks()["keys"], mine]

    assert verifier(keys=keys).verify(signed(BODY), BODY).ok
    assert refused(signed(BODY), keys=OTHER.jwks()) == "signature"


def test_keys_that_are_none_are_refused_at_once():
    """Not at the first webhook."""
    with pytest.raises(WebhookError) as caught:
        WebhookVerifier(keys={"keys": []})
    assert caught.value.check == "keys"
    assert isinstance(caught.value, LTXError)


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def jwks_server():
    """Runs a test against a scripted server of keys: `clock`, `verify` and `count`."""

    def run(*answers, work):
        async def inside():
            async with Scripted() as server:
                server.on(JWKS_PATH, *answers)
                clock = Clock()
                checker = WebhookVerifier(jwks_url=server.url + JWKS_PATH, clock=clock)

                async def verify(key=KEY):
                    return await checker.averify(signed(BODY, key=key, now=clock.now), BODY)

                await work(clock, verify, lambda: server.count(JWKS_PATH))

        asyncio.run(inside())

    return run


async def check_of(work):
    with pytest.raises(WebhookError) as caught:
        await work
    return caught.value.check


def test_keys_are_kept_for_a_day(jwks_server):
    """Client 21: fetched once in 24 hours, and again when the clock was set back."""

    async def work(clock, verify, count):
        for _ in range(5):
            await verify()
        clock.now += 24 * 3600 - 1
        await verify()
        assert count() == 1
        clock.now += 1
        await verify()
        assert count() == 2
        clock.now -= 7 * 24 * 3600
        await verify()
        assert count() == 3

    jwks_server(Answer(body=JWKS), work=work)


def test_an_unknown_key_is_looked_for_once(jwks_server):
    """Client 21: a key that changed is found; bad signatures do not make us call each time."""

    async def work(clock, verify, count):
        await verify(OTHER)
        clock.now += 31
        await verify(KEY)
        assert count() == 2
        for _ in range(5):
            assert await check_of(verify(OTHER)) == "signature"
        assert count() == 2
        clock.now += 31
        assert await check_of(verify(OTHER)) == "signature"
        assert count() == 3

    jwks_server(Answer(body=OTHER.jwks()), Answer(body=JWKS), work=work)


@pytest.mark.parametrize(
    "answer",
    [Answer(404, {}), Answer(302, {}, {"Location": "/x"}), Answer(body=b"<p>"), Answer(body=[])],
)
def test_keys_that_cannot_be_had_are_told_of(jwks_server, answer):
    """Client 21: nothing is accepted meanwhile, and they are asked for again after a while."""

    async def work(clock, verify, count):
        assert await check_of(verify()) == "keys"
        assert await check_of(verify()) == "keys"
        assert count() == 1
        clock.now += 31
        assert (await verify()).ok

    jwks_server(answer, Answer(body=JWKS), work=work)


@pytest.mark.parametrize("url", ["http://example.com/jwks", "ftp://example.com/", "jwks"])
def test_keys_come_from_where_nobody_listens_in(url):
    """Plain http is for this computer only."""
    checker = WebhookVerifier(jwks_url=url, clock=lambda: NOW)

    with pytest.raises(WebhookError, match="could not be fetched"):
        checker.verify(signed(BODY), BODY)


def test_a_running_loop_is_no_obstacle():
    """The blocking call works where a loop runs on the same thread, as in a notebook."""

    async def inside():
        async with Scripted() as server:
            server.on(JWKS_PATH, Answer(body=JWKS))
            checker = WebhookVerifier(jwks_url=server.url + JWKS_PATH, clock=lambda: NOW)

            async def blocking():
                return checker.verify(signed(BODY), BODY)

            return await asyncio.to_thread(asyncio.run, blocking())

    assert asyncio.run(inside()).ok
