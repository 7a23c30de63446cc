"""Uploads when storage misbehaves: cut connections, errors, odd replies, over real sockets."""

import asyncio

import pytest
from scripted import CUT, Answer, Scripted

from ltx_widgets import storage
from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.errors import APIError, AuthError, LTXError, ProtocolError
from ltx_widgets.storage import Outgoing

CONTENT = bytes(range(256)) * 4000
INITIATE, PUT = "/storage/upload/initiate", "/put/me"


def run(play, tmp_path):
    """Run one test's coroutine against scripted storage, with a file to send."""
    path = tmp_path / "a file.bin"
    path.write_bytes(CONTENT)

    async def scene():
        async with Scripted() as server:
            slot = {"upload_url": f"{server.url}{PUT}?sig=1", "file_url": f"{server.url}/f"}
            server.on(INITIATE, Answer(200, slot))
            server.on(PUT, Answer(200, {}))
            async with LTXClient(Target("server", server.url, Secret("canary"))) as client:
                return await asyncio.wait_for(play(server, client, path), 30)

    return asyncio.run(scene())


def upload(client, path):
    return client.files.upload(Outgoing(path, "cat.png", "image/png"))


def test_the_bytes_follow_without_the_key(tmp_path):
    """In one piece of known length: signed addresses take no body in chunks."""

    async def play(server, client, path):
        assert await upload(client, path) == f"{server.url}/f"
        asked, put = server.asked
        assert asked.path == f"{INITIATE}?storage_type=fal-cdn-v3"
        assert asked.headers["authorization"] == "Key canary"
        assert (put.method, put.path, put.body) == ("PUT", f"{PUT}?sig=1", CONTENT)
        assert put.headers["content-type"] == "image/png"
        assert "authorization" not in put.headers
        assert "transfer-encoding" not in put.headers

    run(play, tmp_path)


def test_a_server_that_is_away_for_a_while_is_waited_for(tmp_path):
    """A restart takes longer than the few tries that a refusal gets."""

    async def play(server, client, path):
        server.on(PUT, *[CUT] * 6, Answer(200, {}))
        assert await upload(client, path) == f"{server.url}/f"
        assert server.count(PUT) == 7

    run(play, tmp_path)


@pytest.mark.parametrize("trouble", [CUT, Answer(503), Answer(502)])
def test_a_broken_put_is_sent_again(tmp_path, trouble):
    """The same bytes may arrive twice; storage keeps the last."""

    async def play(server, client, path):
        server.on(PUT, trouble, Answer(200, {}))
        await upload(client, path)
        assert [asked.body for asked in server.asked[1:]] == [CONTENT, CONTENT]

    run(play, tmp_path)


@pytest.mark.parametrize(
    ("answer", "tries"), [(CUT, 5), (Answer(503), 5), (Answer(403), 1), (Answer(302), 1)]
)
def test_a_put_that_fails_is_an_error(tmp_path, monkeypatch, answer, tries):
    """Five times at most once the patience is over, and only once when it is refused."""
    monkeypatch.setattr(storage, "_PATIENCE_S", 0)

    async def play(server, client, path):
        server.on(PUT, answer)
        with pytest.raises(LTXError):
            await upload(client, path)
        assert server.count(PUT) == tries

    run(play, tmp_path)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(401, {"detail": "no"}), AuthError),
        (Answer(400, {"detail": "Invalid storage type"}), APIError),
        (Answer(200), ProtocolError),
    ],
)
def test_no_room_no_upload(tmp_path, answer, error):
    """A refusal or a strange reply sends no byte."""

    async def play(server, client, path):
        server.on(INITIATE, answer)
        with pytest.raises(error):
            await upload(client, path)
        assert server.count(PUT) == 0

    run(play, tmp_path)
