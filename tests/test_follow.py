"""Following a job over real sockets: the stream, polling in its place, and what they tell."""

from __future__ import annotations

import asyncio

import pytest
from client_scene import TICKET, line, run, statuses
from scripted import CUT, Answer, events

from ltx_widgets import errors
from ltx_widgets.client import LTXClient
from ltx_widgets.config import Target
from ltx_widgets.errors import (
    NotFound,
    ProtocolError,
)
from ltx_widgets.wire import Finished, LogLine, Queued, Running


def test_following_takes_one_request():
    """Client 8: the stream brings every change, and each log line once."""

    async def play(server, client):
        server.on(
            "/status/stream",
            events(
                {"status": "IN_QUEUE", "queue_position": 1},
                {"status": "IN_QUEUE", "queue_position": 1},
                {"status": "IN_QUEUE", "queue_position": 0},
                {"status": "IN_PROGRESS", "logs": [line("a")]},
                {"status": "IN_PROGRESS", "logs": [line("b")]},
                {"status": "COMPLETED", "logs": [line("c")]},
            ),
        )
        assert await statuses(client) == [
            Queued(1),
            Queued(0),
            Running((LogLine("a", "t"),)),
            Running((LogLine("b", "t"),)),
            Finished((LogLine("c", "t"),)),
        ]
        assert len(server.asked) == 1
        assert server.asked[0].headers["accept"] == "text/event-stream"

    run(play)


def test_without_a_stream_it_polls():
    """Client 9: a server that has no stream is polled, with the whole log each time."""

    async def play(server, client):
        server.on("/status/stream", Answer(404, {"detail": "no such path"}))
        server.on(
            "/status",
            Answer(202, {"status": "IN_QUEUE", "queue_position": 0}),
            Answer(202, {"status": "IN_PROGRESS", "logs": [line("a")]}),
            Answer(200, {"status": "COMPLETED", "logs": [line("a"), line("b")]}),
        )
        assert await statuses(client) == [
            Queued(0),
            Running((LogLine("a", "t"),)),
            Finished((LogLine("b", "t"),)),
        ]

    run(play)


def test_a_broken_stream_loses_and_repeats_nothing():
    """Client 8: after a cut the poll brings what was missed, a repetition is dropped."""

    async def play(server, client):
        server.on(
            "/status/stream",
            events({"status": "IN_PROGRESS", "logs": [line("a"), line("b")]}, cut=True),
            events(
                {"status": "IN_PROGRESS", "logs": [line(text) for text in "abcd"]},
                {"status": "COMPLETED", "logs": [line("e")]},
            ),
        )
        server.on(
            "/status", Answer(202, {"status": "IN_PROGRESS", "logs": [line(t) for t in "abc"]})
        )
        seen = [entry.message for status in await statuses(client) for entry in status.logs]
        assert seen == list("abcde")

    run(play)


def test_an_unknown_job_is_not_waited_for():
    """404 ends the wait."""

    async def play(_, client):
        with pytest.raises(NotFound):
            await statuses(client)

    run(play)


def test_an_unknown_status_word_is_an_error():
    """Client 6: a server that invents FAILED is not polled for ever."""

    async def play(server, client):
        server.on("/status", Answer(200, {"status": "FAILED"}))
        with pytest.raises(ProtocolError, match="FAILED"):
            await statuses(client)

    run(play)


def test_status_survives_passing_troubles():
    """Client 11: a cut, a half reply and a 502 page are waited out."""

    async def play(server, client):
        server.on(
            "/status",
            CUT,
            Answer(200, {"status": "COMPLETED"}, cut_after=70),
            Answer(502, b"<html>nginx</html>"),
            Answer(200, {"status": "COMPLETED"}),
        )
        assert await client.status(TICKET) == Finished()

    run(play)


def test_a_fault_while_following_is_waited_out():
    """A 500 on the status says nothing of the job; it is told once and asked again."""

    async def play(server, client):
        server.on("/status/stream", Answer(404, {}))
        fault = Answer(500, {"detail": "restarting"})
        server.on("/status", fault, fault, Answer(200, {"status": "COMPLETED"}))
        seen = await statuses(client)
        assert seen[-1] == Finished()
        assert [line.level for status in seen for line in status.logs] == ["WARN"]

    run(play)


def test_patience_ends():
    """A server that stays away is an error in the end."""

    async def play(server, _):
        server.on("/status", Answer(500, {"detail": "down"}))
        async with LTXClient(Target("server", server.url), patience_s=0) as hasty:
            with pytest.raises(errors.ServerFault, match="down"):
                await statuses(hasty)

    run(play)


def test_polls_are_few():
    """Client 10: a job of four seconds without a stream is asked for a few times, not forty."""

    async def play(server, client):
        loop = asyncio.get_running_loop()
        until = loop.time() + 4
        over = Answer(200, {"status": "COMPLETED"})
        waits = Answer(202, {"status": "IN_QUEUE", "queue_position": 0})
        server.on("/status/stream", Answer(404, {}))
        server.on("/status", lambda _: over if loop.time() > until else waits)
        await statuses(client)
        return server.count("/status")

    assert run(play) <= 12
