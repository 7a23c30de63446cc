"""Servers that repeat the key: what they say of it goes no further."""

import asyncio
import logging
from urllib.parse import quote

import pytest
from scripted import Answer, Scripted, events

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.echoes import hide_json, hide_text, keep_from_logs
from ltx_widgets.errors import AmbiguousSubmit, AuthError, TransportError
from ltx_widgets.wire import Ticket

KEY = "planted-id-0123456789:planted+secret/0123456789"
ENDPOINT = "fal-ai/ltx-2.3/text-to-video"
FORMS = [KEY, *KEY.split(":"), quote(KEY, safe=""), KEY.replace("/", "\\/")]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_key_is_hidden(form):
    """Client 22: whole, each half, percent-encoded, and with JSON's escaped slash."""
    assert hide_text(Secret(KEY), f"bad key <{form}>") == "bad key <(key)>"


def test_nothing_else_is_changed():
    """Short keys may be words of any reply, and a call without a key has nothing to hide."""
    said = {"detail": "the key is a:b", "more": [1, None, "é"]}

    assert hide_json(Secret("a:b"), said) == said
    assert hide_json(None, said) is said


def run(play):
    async def scene():
        async with (
            Scripted() as server,
            LTXClient(Target("server", server.url, Secret(KEY))) as client,
        ):
            return await asyncio.wait_for(play(server, client), 30)

    return asyncio.run(scene())


def test_an_error_that_quotes_the_key_does_not_show_it():
    """Client 22: neither its message, nor its body, nor its headers."""

    async def play(server, client):
        said = {"detail": f"invalid key {KEY}"}
        server.on(ENDPOINT, Answer(401, said, {"X-Fal-Request-Id": KEY}))
        with pytest.raises(AuthError, match=r"invalid key \(key\)") as refused:
            await client.submit(ENDPOINT, {"prompt": "a"})
        assert "planted" not in f"{refused.value} {vars(refused.value)}"

    run(play)


def test_log_lines_that_quote_the_key_do_not_show_it():
    """Client 22: on the stream as well."""

    async def play(server, client):
        entry = {"message": f"env: {KEY}", "timestamp": "2026-01-01T00:00:00+00:00"}
        server.on("/status/stream", events({"status": "COMPLETED", "logs": [entry]}))
        ticket = Ticket(ENDPOINT, "r1")
        told = [status async for status in client.follow(ticket)]
        assert "env: (key)" in repr(told)

    run(play)


def test_a_redirected_submit_is_not_followed():
    """Client 3: the key goes to no other place, whatever a reply says."""

    async def play(server, client):
        async with Scripted() as elsewhere:
            server.on(ENDPOINT, Answer(307, {}, {"Location": f"{elsewhere.url}/{ENDPOINT}"}))
            with pytest.raises(TransportError):
                await client.submit(ENDPOINT, {"prompt": "a"})
            assert elsewhere.asked == []

    run(play)


def test_a_refusing_proxy_received_nothing(monkeypatch):
    """Client 12: no way to the server was opened, so the submit may be sent again by hand."""

    async def play():
        async with Scripted() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
            target = Target("hosted", "https://queue.fal.run", Secret(KEY))
            async with LTXClient(target) as client:
                with pytest.raises(TransportError, match="nothing was sent") as refused:
                    await client.submit(ENDPOINT, {"prompt": "a"})
            assert not isinstance(refused.value, AmbiguousSubmit)
            assert {asked.method for asked in proxy.asked} == {"CONNECT"}
            assert all("authorization" not in asked.headers for asked in proxy.asked)

    asyncio.run(play())


def test_the_http_log_shows_no_key_and_no_ticket(caplog):
    """Client 22: at DEBUG httpx's parts quote headers and addresses."""
    keep_from_logs(Secret(KEY))
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("httpcore.http11").debug("headers %s", KEY)
        logging.getLogger("httpx").info('PUT %s "200"', "http://h/a.png?ticket=t1c")
        logging.getLogger("httpx").info('PUT %s "200"', "http://h/a.png/multipart/t1c/1")

    assert "planted" not in caplog.text
    assert "t1c" not in caplog.text
    assert 'a.png/multipart/(ticket)/1 "200"' in caplog.text
