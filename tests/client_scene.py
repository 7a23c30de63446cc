"""A client and a scripted server for one test: over real sockets, with a planted key."""

from __future__ import annotations

import asyncio

from scripted import Answer, Scripted

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.wire import Ticket

ENDPOINT = "fal-ai/ltx-2.3/text-to-video/fast"
TICKET = Ticket(ENDPOINT, "r1")
BODY = {"prompt": "é", "duration": 6}
ACCEPTED = Answer(200, {"request_id": "r1", "status": "IN_QUEUE"})
VIDEO = Answer(200, {"video": {"url": "https://fal.example/a.mp4", "surprise": 1}})
MP4 = b"\0\0\0\x18ftypisom" + bytes(100_000)


def line(text):
    return {"message": text, "timestamp": "t", "level": "INFO"}


def run(play):
    """Run one test's coroutine against a scripted server and a client with a planted key."""

    async def scene():
        async with Scripted() as server:
            target = Target("server", server.url, Secret("canary"))
            async with LTXClient(target) as client:
                return await asyncio.wait_for(play(server, client), 30)

    return asyncio.run(scene())


async def statuses(client):
    return [status async for status in client.follow(TICKET)]
