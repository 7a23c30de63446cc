"""Clips on their way to disk, over real sockets: without the key, whole or not at all."""

from __future__ import annotations

import asyncio

import pytest
from client_scene import MP4, run
from scripted import Answer

from ltx_widgets.errors import (
    MediaError,
    ProtocolError,
    TransportError,
)


def test_a_download_is_streamed_without_the_key(tmp_path):
    """Client 16: the bytes land under their name, and no key is sent for them."""

    async def play(server, client):
        server.on("/clip.mp4", Answer(200, MP4, {"Content-Type": "video/mp4"}))
        progress = []
        to = await client.files.download(
            f"{server.url}/clip.mp4", tmp_path / "c.mp4", on_progress=lambda *p: progress.append(p)
        )
        assert to.read_bytes() == MP4
        assert progress[-1] == (len(MP4), len(MP4))
        assert "authorization" not in server.asked[0].headers

    run(play)


def test_a_cut_download_is_fetched_again(tmp_path):
    """Client 16: half a clip is never kept."""

    async def play(server, client):
        server.on("/clip.mp4", Answer(200, MP4, cut_after=5000), Answer(200, MP4))
        to = await client.files.download(f"{server.url}/clip.mp4", tmp_path / "c.mp4")
        assert to.read_bytes() == MP4

    run(play)
    assert [path.name for path in tmp_path.glob("*c.mp4*")] == ["c.mp4"]


def test_what_is_no_video_is_not_kept(tmp_path):
    """Client 16: an error page under the clip's address is refused."""

    async def play(server, client):
        server.on("/clip.mp4", Answer(200, b"<html>", {"Content-Type": "text/html"}))
        with pytest.raises(MediaError, match="text/html"):
            await client.files.download(f"{server.url}/clip.mp4", tmp_path / "c.mp4")

    run(play)
    assert list(tmp_path.glob("*.mp4*")) == []


def test_a_download_does_not_leave_https(tmp_path):
    """Client 16: a redirect to another plain-http address is refused, an endless one too."""

    async def play(server, client):
        away = Answer(302, {}, {"Location": "http://127.0.0.2:1/x.mp4"})
        server.on("/away.mp4", away)
        server.on("/loop.mp4", Answer(302, {}, {"Location": "/loop.mp4"}))
        with pytest.raises(ProtocolError, match="https"):
            await client.files.download(f"{server.url}/away.mp4", tmp_path / "c.mp4")
        with pytest.raises(TransportError, match="redirects more than"):
            await client.files.download(f"{server.url}/loop.mp4", tmp_path / "c.mp4")

    run(play)


def test_two_kernels_fetch_one_clip(tmp_path):
    """Each writes to a file of its own; both end with the whole clip."""

    async def play(server, client):
        server.on("/clip.mp4", Answer(200, MP4))
        fetch = [
            client.files.download(f"{server.url}/clip.mp4", tmp_path / "c.mp4") for _ in range(4)
        ]
        await asyncio.gather(*fetch)

    run(play)
    assert (tmp_path / "c.mp4").read_bytes() == MP4
    assert len(list(tmp_path.iterdir())) == 1
