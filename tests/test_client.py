"""The async client over real sockets, against scripted good and bad behaviour."""

from __future__ import annotations

import asyncio
import json
import traceback

import httpx
import pytest
from client_scene import ACCEPTED, BODY, ENDPOINT, TICKET, VIDEO, run
from scripted import CUT, Answer, events

from ltx_widgets import errors, transport
from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.errors import (
    AmbiguousSubmit,
    AuthError,
    ConfigError,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    TransportError,
)
from ltx_widgets.wire import Finished


def test_a_submit_sends_exactly_the_request():
    """Client 4: POST to the full id, compact UTF-8 JSON, the key in its header."""

    async def play(server, client):
        server.on(ENDPOINT, ACCEPTED)
        assert await client.submit(ENDPOINT, BODY) == TICKET
        (asked,) = server.asked
        assert (asked.method, asked.path) == ("POST", f"/{ENDPOINT}")
        assert asked.body == '{"prompt":"é","duration":6}'.encode()
        assert asked.headers["authorization"] == "Key canary"
        assert asked.headers["user-agent"].startswith("ltx-widgets/")

    run(play)


def test_a_cut_submit_is_not_sent_again():
    """Client 12: the server read it, the line went dead: the error says that it may be running."""

    async def play(server, client):
        server.on(ENDPOINT, CUT)
        with pytest.raises(AmbiguousSubmit, match="may be charged"):
            await client.submit(ENDPOINT, BODY)
        assert server.count(ENDPOINT) == 1

    run(play)


def test_a_submit_that_found_nobody_is_sent_again():
    """A refused connection is certain: nothing was read."""

    async def play(server, _):
        server.on(ENDPOINT, ACCEPTED)
        dead = Target("local", "http://127.0.0.1:9", Secret("k"))

        async def found():
            return Target("local", server.url, Secret("k"))

        async with LTXClient(dead, reconnect=found) as lost:
            assert await lost.submit(ENDPOINT, BODY) == TICKET
            assert lost.target.url == server.url

    run(play)


def test_a_submit_waits_out_a_full_queue():
    """Client 11: 429 with the server's own pause means that it was not taken in."""

    async def play(server, client):
        server.on(ENDPOINT, Answer(429, {}, {"Retry-After": "0"}), ACCEPTED)
        assert await client.submit(ENDPOINT, BODY) == TICKET
        assert server.count(ENDPOINT) == 2

    run(play)


def test_a_bad_key_is_an_auth_error():
    """401 is not tried again."""

    async def play(server, client):
        server.on(ENDPOINT, Answer(401, {"detail": "invalid key credentials"}))
        with pytest.raises(AuthError, match="invalid key credentials"):
            await client.submit(ENDPOINT, BODY)
        assert server.count(ENDPOINT) == 1

    run(play)


def test_a_request_must_hold_finite_numbers():
    """Client 4: NaN is refused before anything is sent."""

    async def play(server, client):
        with pytest.raises(ConfigError, match="finite"):
            await client.submit(ENDPOINT, {"fps": float("nan")})
        assert server.asked == []

    run(play)


def test_a_result_brings_the_video_and_the_units():
    """Client 19: unknown keys are ignored, billed units are read from their header."""

    async def play(server, client):
        headers = {"X-Fal-Billable-Units": "3.008"}
        server.on("/requests/r1", Answer(200, VIDEO.body, headers))
        outcome = await client.result(TICKET)
        assert outcome.result.video.url == "https://fal.example/a.mp4"
        assert outcome.billable_units == 3.008

    run(play)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(499, {"detail": "cancelled", "error_type": "client_cancelled"}), JobCancelled),
        (Answer(500, {"detail": "out of memory"}), JobFailed),
        (Answer(422, {"detail": [{"loc": ["body", "fps"], "msg": "no"}]}), InvalidRequest),
        (Answer(200, {"picture": 1}), JobFailed),
    ],
)
def test_a_job_that_ended_badly_raises(answer, error):
    """Client 7: the failure waits at the result, and becomes the exception of its kind."""

    async def play(server, client):
        server.on("/requests/r1", answer)
        with pytest.raises(error):
            await client.result(TICKET)

    run(play)


def test_a_late_result_is_asked_for_again():
    """A 504 after COMPLETED is no failure: the video is there a moment later."""

    async def play(server, client):
        server.on("/requests/r1", Answer(504, {"detail": "slow"}), VIDEO)
        assert await client.result(TICKET)

    run(play)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(202, {"status": "CANCELLATION_REQUESTED"}), "requested"),
        (Answer(400, {"status": "ALREADY_COMPLETED"}), "already_completed"),
        (Answer(404, {"status": "NOT_FOUND"}), "not_found"),
    ],
)
def test_cancel_says_what_the_server_answered(answer, word):
    """Client 14: each answer has its own word, none is an error."""

    async def play(server, client):
        server.on("/cancel", answer)
        assert await client.cancel(TICKET) == word
        assert (server.asked[0].method, server.asked[0].body) == ("PUT", b"")

    run(play)


def test_run_is_submit_follow_result():
    """One call from a request to its result, in three requests."""

    async def play(server, client):
        server.on(ENDPOINT, ACCEPTED)
        server.on("/status/stream", events({"status": "COMPLETED", "logs": []}))
        server.on("/requests/r1", VIDEO)
        seen = []
        outcome = await client.run(ENDPOINT, BODY, on_status=seen.append)
        assert outcome.ticket == TICKET
        assert seen == [Finished()]
        assert client.requests == 3

    run(play)


def test_the_key_stays_out_of_every_traceback():
    """Client 22: not in a failed call's message or repr, nor in the variables of a frame."""

    async def play(server, client):
        server.on(ENDPOINT, CUT)
        with pytest.raises(AmbiguousSubmit) as broken:
            await client.submit(ENDPOINT, BODY)
        assert broken.value.__cause__ is None
        assert not isinstance(broken.value.__context__, httpx.RequestError)
        shown = traceback.TracebackException.from_exception(broken.value, capture_locals=True)
        assert "canary" not in "".join(shown.format()) + f"{client.target!r} {client!r}"

    run(play)


def test_a_submit_that_found_nobody_says_that_nothing_was_sent():
    """Then nothing was charged either."""

    async def play(_, __):
        async with LTXClient(Target("server", "http://127.0.0.1:9")) as lost:
            with pytest.raises(TransportError, match=r"at 127\.0\.0\.1:9: .*; nothing was sent"):
                await lost.submit(ENDPOINT, BODY)

    run(play)


def test_nothing_of_httpx_escapes_under_its_own_name():
    """Every error that asking can raise there has a counterpart here."""
    raised = [
        kind
        for kind in vars(httpx).values()
        if isinstance(kind, type) and issubclass(kind, httpx.RequestError)
    ]
    assert len(raised) > 10
    for kind in raised:
        ours = transport._as_ours(kind("trouble"), transport.Call("GET", "/x?secret=1"), "http://h")
        assert isinstance(ours, errors.LTXError)
        assert "secret" not in str(ours)


def test_it_works_in_a_second_event_loop():
    """Client 15: a client belongs to its loop, and a new loop takes a new client."""

    async def play(server, client):
        server.on(ENDPOINT, ACCEPTED)
        return json.dumps((await client.submit(ENDPOINT, BODY)).request_id)

    assert run(play) == run(play)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_submit_answered_by_a_fault_may_have_arrived(status):
    """Client 12: a gateway's word is no word on the queue: not sent again, and said so."""

    async def play(server, client):
        server.on(ENDPOINT, Answer(status, b"<html>bad gateway</html>"))
        with pytest.raises(AmbiguousSubmit, match="may be charged"):
            await client.submit(ENDPOINT, BODY)
        assert server.count(ENDPOINT) == 1

    run(play)


def test_a_submit_answered_without_an_id_may_have_arrived():
    """A reply that cannot be read is no refusal."""

    async def play(server, client):
        server.on(ENDPOINT, Answer(200, {"ok": True}))
        with pytest.raises(AmbiguousSubmit):
            await client.submit(ENDPOINT, BODY)

    run(play)


def test_a_submit_that_was_given_up_is_not_sent_again():
    """Cancelled during the server's own pause: the second try never leaves."""

    async def play(server, client):
        given_up = asyncio.Event()

        def full(_):
            given_up.set()
            return Answer(429, {}, {"Retry-After": "60"})

        server.on(ENDPOINT, full)
        with pytest.raises(TransportError) as left:
            await client.submit(ENDPOINT, BODY, given_up=given_up)
        assert (left.value.sent, server.count(ENDPOINT)) == (False, 1)

    run(play)


def test_a_result_that_is_not_there_yet_is_waited_for():
    """COMPLETED came a moment before the result."""

    async def play(server, client):
        early = Answer(400, {"detail": "Request is still in progress"})
        server.on("/requests/r1", early, early, VIDEO)
        assert await client.result(TICKET)

    run(play)


def test_a_platform_error_at_the_result_is_the_jobs_own():
    """An error type makes the difference between a gateway and a verdict."""

    async def play(server, client):
        body = {"detail": "the runner went away", "error_type": "runner_disconnected"}
        server.on("/requests/r1", Answer(503, body, {"X-Fal-Needs-Retry": "0"}))
        with pytest.raises(JobFailed) as failed:
            await client.result(TICKET)
        assert failed.value.error_type == "runner_disconnected"

    run(play)


def test_a_header_that_http_forbids_is_not_quoted():
    """Client 22: the transport's own words would show the key."""

    async def play(server, _):
        async with LTXClient(Target("server", server.url, Secret("canary\n"))) as client:
            with pytest.raises(TransportError, match="HTTP forbids") as refused:
                await client.submit(ENDPOINT, BODY)
        assert not refused.value.sent
        assert "canary" not in str(refused.value)

    run(play)


@pytest.mark.parametrize("leave_running", [False, True])
def test_a_cancelled_task_cancels_its_job(leave_running):
    """Client 14: the paid job does not go on unseen, unless that is wanted."""

    async def play(server, client):
        begun = asyncio.Event()
        server.on(ENDPOINT, ACCEPTED)
        server.on("/status/stream", Answer(404, {}))
        server.on("/status", Answer(202, {"status": "IN_PROGRESS", "logs": None}))
        server.on("/cancel", Answer(202, {"status": "CANCELLATION_REQUESTED"}))
        work = asyncio.ensure_future(
            client.run(ENDPOINT, BODY, on_status=lambda _: begun.set(), leave_running=leave_running)
        )
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return server.count("/cancel")

    assert run(play) == (0 if leave_running else 1)


@pytest.mark.parametrize(
    ("answer", "retryable"),
    [
        (Answer(500), True),
        (Answer(500, headers={"X-Fal-Retryable": "false"}), False),
        (Answer(400, headers={"X-Fal-Needs-Retry": "1"}), True),
        (Answer(404), False),
        (Answer(504, headers={"X-Fal-Request-Timeout-Type": "user"}), False),
    ],
)
def test_an_error_says_whether_to_try_again(answer, retryable):
    """Client 13: the server's own word first, in both names, then what the status means."""

    async def play(server, client):
        server.on("/status", answer)
        with pytest.raises(errors.APIError) as caught:
            await client.status(TICKET)
        return caught.value.retryable

    assert run(play) is retryable
