"""A server whose every address leads elsewhere: nothing arrives there, and no key with it."""

import asyncio

import pytest
from scripted import Answer, Scripted

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.errors import LTXError
from ltx_widgets.storage import Outgoing

ENDPOINT = "fal-ai/ltx-2.3/text-to-video"
REQUEST = "/fal-ai/ltx-2.3/requests/r1"


def run(play):
    """Run a test's coroutine against a hostile server, beside the place that it wants us at."""

    async def scene():
        async with (
            Scripted() as server,
            Scripted() as elsewhere,
            LTXClient(Target("server", server.url, Secret("canary-canary-canary"))) as client,
        ):
            await asyncio.wait_for(play(server, elsewhere.url, client), 30)
            return server.asked, elsewhere.asked

    return asyncio.run(scene())


def test_a_submits_addresses_are_not_used():
    """Client 3: status, result and cancel are asked at the configured host, whatever it says."""

    async def play(server, elsewhere, client):
        urls = {f"{name}_url": elsewhere + REQUEST for name in ("status", "response", "cancel")}
        server.on(ENDPOINT, Answer(200, {"request_id": "r1", **urls}))
        server.on(f"{REQUEST}/status", Answer(200, {"status": "COMPLETED", **urls}))
        server.on(f"{REQUEST}/cancel", Answer(202, {"status": "CANCELLATION_REQUESTED"}))
        server.on(REQUEST, Answer(200, {"video": {"url": f"{elsewhere}/a.mp4"}}))
        ticket = await client.submit(ENDPOINT, {"prompt": "a"})
        await client.status(ticket)
        await client.result(ticket)
        await client.cancel(ticket)

    asked, astray = run(play)

    assert astray == []
    assert [call.headers["authorization"] for call in asked] == ["Key canary-canary-canary"] * 4


@pytest.mark.parametrize("tail", ["", "/status", "/cancel"])
def test_redirects_of_the_queue_are_not_followed(tail):
    """Client 3: the key goes with no redirect."""

    async def play(server, elsewhere, client):
        server.on(ENDPOINT, Answer(200, {"request_id": "r1"}))
        server.on(REQUEST + tail, Answer(307, {}, {"Location": f"{elsewhere}/stolen"}))
        ticket = await client.submit(ENDPOINT, {"prompt": "a"})
        ask = {"": client.result, "/status": client.status, "/cancel": client.cancel}[tail]
        with pytest.raises(LTXError):
            await ask(ticket)

    assert run(play)[1] == []


@pytest.mark.parametrize("moved", [False, True])
def test_a_clip_elsewhere_is_not_fetched_in_the_clear(tmp_path, moved):
    """Client 16: named outright or by a redirect, plain http to another place is refused."""

    async def play(server, elsewhere, client):
        server.on("/a.mp4", Answer(302, {}, {"Location": f"{elsewhere}/a.mp4"}))
        place = server.url if moved else elsewhere
        with pytest.raises(LTXError, match="https address"):
            await client.files.download(f"{place}/a.mp4", tmp_path / "a.mp4")

    asked, astray = run(play)

    assert astray == []
    assert all("authorization" not in call.headers for call in asked)


def test_a_file_is_not_put_elsewhere_in_the_clear(tmp_path):
    """Client 17: nor are its bytes, whose place a reply names."""
    path = tmp_path / "a.png"
    path.write_bytes(b"bytes")

    async def play(server, elsewhere, client):
        slot = {"upload_url": f"{elsewhere}/put?sig=1", "file_url": f"{elsewhere}/a.png"}
        server.on("/storage/upload/initiate", Answer(200, slot))
        with pytest.raises(LTXError, match="https address"):
            await client.files.upload(Outgoing(path, "a.png", "image/png"))

    assert run(play)[1] == []
