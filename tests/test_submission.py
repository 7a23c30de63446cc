"""Options of a submit, and what becomes of one whose answer was lost."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import pytest
from page_parts import wait_until
from scripted import CUT, Answer, Scripted

import ltx_widgets as ltx
from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.errors import AmbiguousSubmit, InvalidRequest, JobFailed, JobLost, TransportError
from ltx_widgets.history import History
from ltx_widgets.session import Session
from ltx_widgets.submission import SubmitOptions
from ltx_widgets.wire import Ticket

ENDPOINT = "fal-ai/ltx-2.3/text-to-video/fast"
BODY = {"prompt": "a"}
ACCEPTED = Answer(200, {"request_id": "r1", "status": "IN_QUEUE"})
NEVER = Answer(404, {"status": "NOT_FOUND"})
EVERYTHING = SubmitOptions(
    start_timeout_s=30,
    priority="low",
    hint="warm",
    no_retry=True,
    store_io=False,
    expires_s=3600,
    access="hide",
    disable_fallback=True,
    webhook_url="https://me.example/hook?a=b&c",
    max_queue_length=5,
)


def run(play, *, place="server", patience_s=20):
    """Run one test's coroutine against a scripted server."""

    async def scene():
        async with Scripted() as server:
            target = Target(place, server.url, Secret("canary"))
            async with LTXClient(target, patience_s=patience_s) as client:
                return await asyncio.wait_for(play(server, client), 30)

    return asyncio.run(scene())


def test_every_option_goes_where_the_service_reads_it():
    """Client 5: headers in both spellings of the timeout, and the query."""

    async def play(server, client):
        server.on(ENDPOINT, ACCEPTED)
        await client.submit(ENDPOINT, BODY, options=EVERYTHING)
        return server.asked[0]

    asked = run(play)

    sent = {name: value for name, value in asked.headers.items() if "fal" in name}
    assert sent == {
        "x-fal-request-start-timeout": "30.0",
        "x-fal-request-timeout": "30.0",
        "x-fal-queue-priority": "low",
        "x-fal-runner-hint": "warm",
        "x-fal-no-retry": "1",
        "x-fal-store-io": "0",
        "x-fal-object-lifecycle-preference": '{"expiration_duration_seconds":3600,'
        '"initial_acl":{"default":"hide","rules":[]}}',
        "x-app-fal-disable-fallback": "true",
    }
    assert asked.path.partition("?")[2] == (
        "fal_webhook=https%3A%2F%2Fme.example%2Fhook%3Fa%3Db%26c&fal_max_queue_length=5"
    )


def test_what_was_not_asked_for_is_not_sent():
    """Client 5: a plain submit is a plain request."""

    async def play(server, client):
        server.on(ENDPOINT, ACCEPTED)
        await client.submit(ENDPOINT, BODY)
        return server.asked[0]

    asked = run(play, place="hosted")

    assert not [name for name in asked.headers if name.startswith(("x-fal", "x-app", "x-ltx"))]
    assert "?" not in asked.path


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("start_timeout_s", 0.1),
        ("start_timeout_s", float("nan")),
        ("start_timeout_s", "30"),
        ("start_timeout_s", True),
        ("expires_s", 0),
        ("expires_s", float("inf")),
        ("priority", "high"),
        ("access", "maybe"),
        ("hint", "two\nlines"),
        ("webhook_url", "ftp://me.example"),
        ("webhook_url", "https://"),
        ("max_queue_length", -1),
        ("max_queue_length", 1.5),
        ("max_queue_length", True),
    ],
)
def test_an_option_that_cannot_be_sent_is_refused_at_once(name, value):
    """Client 5: before anything is sent, with the field's name."""
    with pytest.raises(InvalidRequest) as caught:
        SubmitOptions(**{name: value})

    assert [problem.field for problem in caught.value.problems] == [name]


def test_a_lost_answer_is_looked_for_and_found():
    """Client 12: the job arrived; it is not sent again, and the caller hears of the doubt."""
    told = []

    async def play(server, client):
        server.on(ENDPOINT, CUT)
        server.on("/_ltx/submissions/mine", Answer(503, {}), ACCEPTED)
        found = await client.submit(ENDPOINT, BODY, submission="mine", on_doubt=told.append)
        return found, server.count(ENDPOINT), server.asked[0].headers["x-ltx-submission"]

    assert run(play) == (Ticket(ENDPOINT, "r1"), 1, "mine")
    assert len(told) == 1
    assert "looking" in told[0]


def test_a_submit_that_never_arrived_is_sent_again_under_its_name():
    """Client 12: the server says that it has no such job, and would take two for one."""

    async def play(server, client):
        server.on(ENDPOINT, CUT, Answer(502, b"<html>"), ACCEPTED)
        server.on("/_ltx/submissions/mine", NEVER)
        found = await client.submit(ENDPOINT, BODY, submission="mine")
        names = {a.headers["x-ltx-submission"] for a in server.asked if a.method == "POST"}
        return found.request_id, server.count(ENDPOINT), names

    assert run(play) == ("r1", 3, {"mine"})


@pytest.mark.parametrize(
    "answer", [Answer(404, {"detail": "Not Found"}), Answer(405, {}), Answer(401, {}), CUT]
)
def test_where_nobody_can_say_the_doubt_is_told(answer):
    """Client 12: another server, or none: the error names what may be, and nothing is resent."""

    async def play(server, client):
        server.on(ENDPOINT, CUT)
        server.on("/_ltx/submissions/mine", answer)
        with pytest.raises(AmbiguousSubmit, match="may be charged"):
            await client.submit(ENDPOINT, BODY, submission="mine")
        return server.count(ENDPOINT)

    assert run(play, patience_s=2) == 1


def test_hosted_fal_is_never_asked_for_a_submission():
    """Client 12: it has no such route; the doubt is told at once."""

    async def play(server, client):
        server.on(ENDPOINT, CUT)
        with pytest.raises(AmbiguousSubmit):
            await client.submit(ENDPOINT, BODY, submission="mine")
        return [asked.method for asked in server.asked]

    assert run(play, place="hosted") == ["POST"]


def test_a_job_given_up_in_doubt_is_not_sent_again():
    """Somebody cancelled while it was looked for: it never arrived, and never will."""

    async def play(server, client):
        given_up = asyncio.Event()
        server.on(ENDPOINT, CUT)
        server.on("/_ltx/submissions/mine", NEVER)
        with pytest.raises(TransportError) as caught:
            await client.submit(
                ENDPOINT,
                BODY,
                submission="mine",
                given_up=given_up,
                on_doubt=lambda _: given_up.set(),
            )
        return caught.value.sent, server.count(ENDPOINT)

    assert run(play) == (False, 1)


def begun(session, submission, *, place="local", url=""):
    """A run of a kernel that was killed before the answer to its submit came."""
    return session.history.begin(
        endpoint=ENDPOINT,
        place=place,
        url=url,
        request={"prompt": "a tiny clip", "duration": 6, "resolution": "1080p"},
        submission=submission,
    )


@pytest.fixture
def session(tiny):
    made = Session()
    yield made
    made.close()


def test_another_kernel_finds_the_job_of_a_cut_submit(session):
    """Client 16: the id never came; `resume` asks the server by our own name for the submit."""
    name = "f00dcafe" * 4
    session.connect()
    with_name = session.start(_sent(session.target, name)).result(20)
    begun(session, name)

    clip = session.resume(name[:8]).result(30)

    assert clip.request_id == with_name.request_id
    assert session.jobs()[0].state == "finished"
    assert session.jobs()[0].request_id == with_name.request_id


async def _sent(target, name):
    async with LTXClient(target) as client:
        return await client.submit(ENDPOINT, {"prompt": "a tiny clip"}, submission=name)


def test_a_cut_submit_that_never_arrived_is_told_as_such(session):
    """Client 16: nothing runs, nothing is lost; the history says so from now on."""
    begun(session, "0123456789abcdef")

    with pytest.raises(JobFailed, match="never reached the server"):
        session.resume("01234567").result(30)

    assert session.jobs()[0].state == "failed"


def test_at_fal_a_cut_submit_is_told_with_all_that_is_known(home):
    """Client 16: when, to which endpoint, and where to look."""
    session = Session(key="id:canary")
    begun(session, None, place="hosted", url=session.target.url)
    (run,) = session.jobs()

    with pytest.raises(InvalidRequest, match="no job"):
        session.resume("nothing")
    job = session.resume(run)

    with pytest.raises(JobLost, match=r"dashboard at fal\.ai for a request of 20"):
        job.result(10)
    assert session.jobs()[0].state == "sending"
    session.close()


def test_a_history_of_before_gets_the_new_column(tmp_path):
    """A file that an older version wrote goes on."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE runs (number INTEGER PRIMARY KEY, request_id TEXT UNIQUE,"
            " endpoint TEXT NOT NULL, place TEXT NOT NULL, url TEXT NOT NULL,"
            " request TEXT NOT NULL, state TEXT NOT NULL, started TEXT NOT NULL, ended TEXT,"
            " clip TEXT, facts TEXT, error TEXT)"
        )
        db.execute(
            "INSERT INTO runs VALUES (1, 'r1', 'e', 'local', '', '{}', 'running',"
            " '2026-01-01T00:00:00+00:00', NULL, NULL, NULL, NULL)"
        )

    history = History(path)
    history.begin(endpoint="e", place="local", url="", request={}, submission="ours")

    assert [run.id for run in history.recent()] == ["ours", "r1"]
    assert [run.number for run in history.matching("our")] == [2]


def test_options_travel_from_the_session_to_the_server(session):
    """A start timeout that cannot be met ends the job with fal's own type."""
    busy = session.submit("frames=200 pace=0.05")
    wait_until(lambda: busy.snapshot().phase == "running")
    job = session.submit("a tiny clip", options=ltx.SubmitOptions(start_timeout_s=0.3))

    with pytest.raises(JobFailed) as caught:
        job.result(30)

    assert (caught.value.status, caught.value.error_type) == (504, "request_timeout")
    busy.cancel()
