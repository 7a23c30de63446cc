"""The async client over real sockets, against scripted good and bad behaviour."""

from __future__ import annotations

import asyncio
import json
import traceback

import httpx
import pytest
from scripted import CUT, Answer, Scripted, events

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
    MediaError,
    NotFound,
    ProtocolError,
    TransportError,
)
from ltx_widgets.wire import Finished, LogLine, Queued, Running, Ticket

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


def test_a_submit_sends_exactly_the_request():
    """POST to the full id, compact UTF-8 JSON, the key in its header."""

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
    """The server read it and the line went dead: the error says that it may be running."""

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
    """429 with the server's own pause means that it was not taken in."""

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
    """NaN is refused before anything is sent."""

    async def play(server, client):
        with pytest.raises(ConfigError, match="finite"):
            await client.submit(ENDPOINT, {"fps": float("nan")})
        assert server.asked == []

    run(play)


def test_following_takes_one_request():
    """The stream brings every change, and each log line once."""

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
    """A server that has no stream is polled, with the whole log each time."""

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
    """After a cut the poll brings what was missed, and the next stream's repetition is dropped."""

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
    """A server that invents FAILED is not polled for ever."""

    async def play(server, client):
        server.on("/status", Answer(200, {"status": "FAILED"}))
        with pytest.raises(ProtocolError, match="FAILED"):
            await statuses(client)

    run(play)


def test_status_survives_passing_troubles():
    """A cut, a half reply and a 502 page are waited out."""

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


def test_a_result_brings_the_video_and_the_units():
    """Unknown keys are ignored, billed units are read from their header."""

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
    """The failure waits at the result, and becomes the exception of its kind."""

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
    """Each answer has its own word, none is an error."""

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


def test_a_download_is_streamed_without_the_key(tmp_path):
    """The bytes land under their name, and no key is sent for them."""

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
    """Half a clip is never kept."""

    async def play(server, client):
        server.on("/clip.mp4", Answer(200, MP4, cut_after=5000), Answer(200, MP4))
        to = await client.files.download(f"{server.url}/clip.mp4", tmp_path / "c.mp4")
        assert to.read_bytes() == MP4

    run(play)
    assert [path.name for path in tmp_path.glob("*c.mp4*")] == ["c.mp4"]


def test_what_is_no_video_is_not_kept(tmp_path):
    """An error page under the clip's address is refused."""

    async def play(server, client):
        server.on("/clip.mp4", Answer(200, b"<html>", {"Content-Type": "text/html"}))
        with pytest.raises(MediaError, match="text/html"):
            await client.files.download(f"{server.url}/clip.mp4", tmp_path / "c.mp4")

    run(play)
    assert list(tmp_path.glob("*.mp4*")) == []


def test_a_download_does_not_leave_https(tmp_path):
    """A redirect to another plain-http address is refused, an endless one too."""

    async def play(server, client):
        away = Answer(302, {}, {"Location": "http://127.0.0.2:1/x.mp4"})
        server.on("/away.mp4", away)
        server.on("/loop.mp4", Answer(302, {}, {"Location": "/loop.mp4"}))
        with pytest.raises(ProtocolError, match="https"):
            await client.files.download(f"{server.url}/away.mp4", tmp_path / "c.mp4")
        with pytest.raises(TransportError, match="redirects more than"):
            await client.files.download(f"{server.url}/loop.mp4", tmp_path / "c.mp4")

    run(play)


def test_the_key_stays_out_of_every_traceback():
    """Not in a failed call's message or repr, and not in the variables of any frame shown."""

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
    """A client belongs to its loop, and a new loop takes a new client."""

    async def play(server, client):
        server.on(ENDPOINT, ACCEPTED)
        return json.dumps((await client.submit(ENDPOINT, BODY)).request_id)

    assert run(play) == run(play)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_submit_answered_by_a_fault_may_have_arrived(status):
    """A gateway's word is no word on the queue: not sent again, and said so."""

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


def test_a_header_that_http_forbids_is_not_quoted():
    """The transport's own words would show the key."""

    async def play(server, _):
        async with LTXClient(Target("server", server.url, Secret("canary\n"))) as client:
            with pytest.raises(TransportError, match="HTTP forbids") as refused:
                await client.submit(ENDPOINT, BODY)
        assert not refused.value.sent
        assert "canary" not in str(refused.value)

    run(play)
