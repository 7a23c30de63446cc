"""What breaks between client and server, and what a user notices of it: mostly nothing.

A real session, a real server, and between them a proxy that breaks one call as it is told.
"""

from __future__ import annotations

import asyncio
import threading
import urllib.request
from itertools import product
from urllib.parse import urlsplit

import numpy as np
import pytest
from fault_proxy import (
    HTML,
    RETRY_LATER,
    RETRY_LATER_503,
    FaultProxy,
    answer,
    answer_instead,
    cut_after,
    cut_after_event,
    cut_at_once,
    cut_before,
    cut_in_body,
    cut_in_head,
    first,
    stall_after_event,
    stall_before,
    stall_in_body,
    through,
)
from mortal_server import KEY, MortalServer

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.errors import AmbiguousSubmit, JobCancelled, JobFailed, ServerFault
from ltx_widgets.retry import Timeouts
from ltx_widgets.session import Session
from ltx_widgets.storage import Outgoing

pytestmark = pytest.mark.slow

FAST = "fal-ai/ltx-2.3/text-to-video/fast"
STEPS = ("initiate", "upload", "submit", "stream", "status", "result", "download")
FAULTS = {
    "cut before": cut_before,
    "cut after": cut_after,
    "cut at once": cut_at_once,
    "half a head": cut_in_head,
    "half a body": cut_in_body,
    "429": RETRY_LATER,
    "503": RETRY_LATER_503,
    "500 page": answer_instead(500),
    "502 page": answer_instead(502),
    "504 page": answer_instead(504),
}


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """One server for this module, which is killed and started again where a test says so."""
    with MortalServer(tmp_path_factory.mktemp("behind")) as server:
        yield server


@pytest.fixture
def proxy(behind):
    with FaultProxy(behind.url) as made:
        yield made


@pytest.fixture
def session(proxy):
    made = Session(server=proxy.url, key=KEY)
    yield made
    made.close()


def ask(session, prompt="frames=4 pace=0.05"):
    """A job that takes every step there is: with a picture of its own, so that it goes up."""
    picture = np.random.default_rng().integers(0, 256, (400, 400, 3), np.uint8)
    return session.submit(prompt, image=picture)


def spoil(proxy, step, *faults):
    """Break a step; polling is only seen where streaming fails."""
    if step == "status":
        proxy.on("stream", cut_before, cut_before, cut_before)
    proxy.on(step, *faults)


def assert_done_once(session, behind, before, clip):
    (run,) = session.jobs()
    assert (clip.frames, run.state) == (5, "finished")
    assert clip.path.read_bytes()[4:8] == b"ftyp"
    assert [job["state"] for job in behind.jobs()[: len(behind.jobs()) - before]] == ["finished"]


@pytest.mark.parametrize(
    ("step", "fault"),
    # A place for a file is asked for once where the storage itself has failed; see below.
    [pair for pair in product(STEPS, FAULTS) if pair != ("initiate", "500 page")],
)
def test_one_broken_call_costs_nothing(step, fault, session, proxy, behind):
    """Client 11: the clip is there, one job was made, and nobody had to do anything."""
    before = len(behind.jobs())
    spoil(proxy, step, FAULTS[fault])

    clip = ask(session).result(60)

    assert proxy.has_done(step)
    assert_done_once(session, behind, before, clip)


def test_a_storage_that_fails_is_told_before_anything_is_sent(session, proxy, behind):
    """Client 11: a 500 is an answer; there is no job, and no row that could mislead."""
    before = len(behind.jobs())
    proxy.on("initiate", answer(500, HTML))

    with pytest.raises(ServerFault, match="500: an HTML page"):
        ask(session).result(60)

    assert (session.jobs(), len(behind.jobs())) == ([], before)


@pytest.mark.parametrize("step", STEPS)
def test_a_server_that_restarts_before_a_call_costs_nothing(step, session, proxy, behind):
    """Server 17: killed and started again between any two calls; the job goes on."""

    def restart():
        behind.restart()
        proxy.goes_to(behind.url)

    before = len(behind.jobs())
    spoil(proxy, step, first(restart, cut_before))

    assert_done_once(session, behind, before, ask(session).result(60))


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "500 page"])
def test_a_broken_cancel_still_cancels(fault, session, proxy):
    """Client 11: it is asked again; the job ends as cancelled, here and there."""
    proxy.on("cancel", FAULTS[fault])
    began = threading.Event()
    job = session.submit("frames=400 pace=0.05")
    job.watch(lambda now: now.progress and began.set())
    assert began.wait(20)

    job.cancel()

    with pytest.raises(JobCancelled):
        job.result(60)
    assert session.jobs()[0].state == "cancelled"


@pytest.mark.parametrize(
    "fault", ["cut before", "cut after", "half a body", "500 page", "504 page"]
)
def test_where_nobody_can_say_a_submit_is_sent_once(fault, proxy, behind):
    """Client 12: fal cannot be asked, so the doubt is told, with what it may cost."""
    before = len(behind.jobs())
    proxy.on("submit", FAULTS[fault])

    async def scene():
        async with LTXClient(Target("hosted", proxy.url, Secret(KEY))) as client:
            with pytest.raises(AmbiguousSubmit, match="may be charged"):
                await client.submit(FAST, {"prompt": "a"})

    asyncio.run(scene())
    assert proxy.came["submit"] == 1
    assert len(behind.jobs()) - before == (fault != "cut before")


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("submit", stall_before),
        ("submit", stall_in_body),
        ("stream", stall_before),
        ("stream", stall_after_event),
        ("stream", cut_after_event),
        ("status", stall_before),
        ("result", stall_in_body),
    ],
)
def test_a_silent_peer_is_given_up(step, fault, proxy, behind):
    """Client 9: asked again, by polling where the stream says nothing more."""
    before = len(behind.jobs())
    spoil(proxy, step, fault)
    short = Timeouts(connect_s=5, answer_s=1, stream_s=1, upload_s=1)

    async def scene():
        target = Target("server", proxy.url, Secret(KEY))
        async with LTXClient(target, timeouts=short) as client:
            return await client.run(FAST, {"prompt": "frames=5 pace=0.1"})

    outcome = asyncio.run(asyncio.wait_for(scene(), 60))
    assert outcome.result.video.url
    assert len(behind.jobs()) - before == 1


def test_a_stalled_download_begins_anew(proxy, tmp_path):
    """Half a clip never counts as one, and leaves nothing behind."""
    proxy.on("download", stall_in_body, cut_in_body)
    short = Timeouts(connect_s=5, answer_s=5)

    async def scene():
        target = Target("server", proxy.url, Secret(KEY))
        async with LTXClient(target, timeouts=short) as client:
            outcome = await client.run(FAST, {"prompt": "a"})
            return await client.files.download(outcome.result.video.url, tmp_path / "a.mp4")

    clip = asyncio.run(asyncio.wait_for(scene(), 60))
    assert proxy.came["download"] == 3
    assert clip.read_bytes()[4:8] == b"ftyp"
    assert [path.name for path in tmp_path.glob("*") if path.is_file()] == ["a.mp4"]


PARTS = {
    "cut": [through, cut_before, cut_after, cut_in_head],
    "answers": [RETRY_LATER, answer_instead(502), answer(503, HTML)],
    "the last answer": [through, through, through, cut_after],
    "silence": [stall_before],
}


@pytest.mark.parametrize("trouble", [*PARTS, "restart"])
def test_a_large_file_arrives_in_spite_of_trouble(trouble, proxy, behind, tmp_path):
    """Client 17: parts are tried again one by one, also over a restart of the server."""

    def restart():
        behind.restart()
        proxy.goes_to(behind.url)

    proxy.on("upload", *PARTS.get(trouble, [through, first(restart, cut_before)]))
    path = tmp_path / "film.mp4"
    path.write_bytes(np.random.default_rng(3).bytes(22 << 20))
    short = Timeouts(connect_s=5, answer_s=5, upload_s=2)

    async def scene():
        target = Target("server", proxy.url, Secret(KEY))
        async with LTXClient(target, timeouts=short) as client:
            return await client.files.upload(Outgoing(path, "film.mp4", "video/mp4"))

    url = asyncio.run(asyncio.wait_for(scene(), 90))
    with urllib.request.urlopen(behind.url + urlsplit(url).path) as reply:
        assert reply.read() == path.read_bytes()
    assert proxy.has_done("upload")


def test_a_lasting_fault_asks_for_little(session, proxy):
    """Client 10: a result behind a broken gateway is asked for with pauses, then comes."""
    proxy.on("result", *[answer(504, HTML)] * 8)

    assert session.run("a tiny clip").frames == 5
    assert proxy.came["result"] == 9


def test_a_jobs_own_failure_is_no_fault_of_the_line(session, proxy):
    """Told once, in the engine's words, with the calls of a good job and no more."""
    with pytest.raises(JobFailed, match="no paint left"):
        session.run("please fail")

    assert (proxy.came["submit"], proxy.came["result"]) == (1, 1)
