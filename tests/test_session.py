"""The parts together: from a prompt to a clip on disk, through the embedded server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from page_parts import wait_until
from scripted import CUT, Scripted

import ltx_widgets as ltx
from ltx_widgets.blocking import Portal
from ltx_widgets.errors import (
    AmbiguousSubmit,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    JobLost,
    JobTimeout,
    TransportError,
)
from ltx_widgets.server.local import find_server
from ltx_widgets.session import Session

SLOW = "frames=200 pace=0.05"


@pytest.fixture
def session(tiny):
    made = Session()
    yield made
    made.close()


def seen_running(job):
    """Block until the job's first frame."""
    began = threading.Event()
    stop = job.watch(lambda now: now.progress and began.set())
    if job.snapshot().progress:
        began.set()
    assert began.wait(20)
    stop()


def test_a_prompt_becomes_a_clip_on_disk(session, home):
    """The whole path, with the facts read from the file itself."""
    clip = session.run("a tiny clip, frames=3")

    assert clip.path.read_bytes()[4:8] == b"ftyp"
    assert clip.path.parent == home / "clips"
    assert (clip.width, clip.height, clip.frames, clip.fps) == (64, 36, 5, 25)
    assert (clip.cost, clip.engine) == ("free", "tiny")
    assert clip.request["duration"] == 6


def test_bad_input_is_refused_before_anything_is_sent(session):
    """No job, no history row, no cost."""
    with pytest.raises(InvalidRequest):
        session.submit("a", duration=7)

    assert session.jobs() == []


def test_the_id_is_on_disk_while_the_job_runs(session):
    """A kernel killed now could find its job again."""
    job = session.submit(SLOW)
    seen_running(job)

    (run,) = Session().jobs()
    assert (run.request_id, run.state, run.endpoint) == (job.request_id, "running", job.endpoint.id)
    job.cancel()


def test_a_finished_job_is_in_the_history(session):
    """With its clip and what it cost."""
    clip = session.run("a tiny clip")

    (run,) = session.jobs()
    assert (run.state, run.clip, run.facts["cost"]) == ("finished", clip.path, "free")


def test_logs_and_progress_come_while_it_runs(session):
    """Snapshots tell phase, progress, time and the last lines, each change as it happens."""
    seen = []
    job = session.submit("frames=60 pace=0.05")
    job.watch(seen.append)
    job.result()
    # Whoever waits may go on before those who watch have heard.
    wait_until(lambda: seen[-1].over)

    progress = [now.progress or 0 for now in seen]
    lines = {line.message for now in seen for line in now.logs}
    assert list(dict.fromkeys(now.phase for now in seen))[-3:] == [
        "running",
        "fetching",
        "finished",
    ]
    assert progress == sorted(progress)
    assert len(set(progress)) > 4
    assert any("reading the prompt" in line for line in lines)
    assert job.snapshot().over


def test_cancel_reaches_the_server(session):
    """The job ends as cancelled, there and here."""
    job = session.submit(SLOW)
    seen_running(job)

    assert job.cancel() == "requested"
    with pytest.raises(JobCancelled):
        job.result()
    assert session.jobs()[0].state == "cancelled"
    assert job.cancel() == "already_completed"


def test_a_cancel_before_the_answer_is_not_lost(session):
    """Cancelled at once: not sent any more, or cancelled as soon as its id is known."""
    job = session.submit(SLOW)
    job.cancel()

    with pytest.raises(JobCancelled):
        job.result(20)


def test_a_failed_job_raises_its_reason(session):
    """The engine's own words, and the request id."""
    job = session.submit("please fail")

    with pytest.raises(JobFailed, match="no paint left") as failed:
        job.result()
    assert failed.value.request_id == job.request_id
    assert session.jobs()[0].state == "failed"


def test_a_timeout_leaves_the_job_alone(session):
    """Waiting ended, the job did not."""
    job = session.submit("frames=20 pace=0.05")

    with pytest.raises(JobTimeout, match="goes on"):
        job.result(timeout_s=0.05)
    assert job.result().frames == 5


def test_a_job_can_be_awaited_on_any_loop(session):
    """A notebook awaits it on the kernel's loop, a script on its own."""

    async def cell():
        return await session.submit("a tiny clip")

    assert asyncio.run(cell()).frames == 5


def test_cancelling_the_await_cancels_the_job(session):
    """Nobody waits for it any more, so nobody should pay for it."""

    async def cell():
        job = session.submit(SLOW)
        waiting = asyncio.ensure_future(job._wait())
        await asyncio.to_thread(seen_running, job)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return job

    with pytest.raises(JobCancelled):
        asyncio.run(cell()).result(20)


def test_jobs_run_side_by_side(session):
    """Five at once all end well."""
    jobs = [session.submit(f"tiny clip {n}") for n in range(5)]

    assert {job.result().frames for job in jobs} == {5}
    assert len({job.request_id for job in jobs}) == 5


def test_another_kernel_goes_on_with_a_job(session):
    """By its id, or the beginning of it."""
    job = session.submit("frames=30 pace=0.05")
    seen_running(job)
    session.close()

    other = Session()
    resumed = other.resume(job.request_id[:8])
    assert resumed.result().request["prompt"] == "frames=30 pace=0.05"
    other.close()


def test_an_unknown_job_is_not_resumed(session):
    """The message says what was looked for."""
    with pytest.raises(InvalidRequest, match="nope"):
        session.resume("nope")


def test_a_job_survives_kill_9_of_the_server(session, home):
    """The session starts another one, which renders it; the caller who waits never notices."""
    job = session.submit("frames=80 pace=0.05")
    seen_running(job)
    first = find_server(home / "server").pid
    os.kill(first, signal.SIGKILL)

    assert job.result(60).frames == 5
    assert find_server(home / "server").pid != first


def test_two_sessions_share_one_server(session):
    """The second kernel finds the first one's."""
    other = Session()
    assert session.connect().url == other.connect().url
    other.close()


def test_a_lost_submit_stays_in_the_history():
    """The connection broke after sending: the run is kept as perhaps running."""
    portal, server = Portal(), Scripted()
    portal.call(server.__aenter__())
    server.on("text-to-video", CUT)
    session = Session(server=server.url)

    with pytest.raises(AmbiguousSubmit, match="may be charged"):
        session.run("a")
    sent = [asked.method for asked in server.asked]
    # Asked once, looked for once: this server is none of ours and cannot say.
    assert (session.jobs()[0].state, sent) == ("sending", ["POST", "GET"])
    session.close()
    portal.call(server.__aexit__())
    portal.close()


def test_an_unreachable_server_is_an_error_not_a_hang():
    """Nobody listens there: said within seconds, and no job is left as running."""
    session = Session(server="http://127.0.0.1:9")

    with pytest.raises(TransportError, match="no answer"):
        session.run("a")
    assert session.jobs()[0].state == "failed"
    session.close()


def test_the_facade_shares_one_session(tiny):
    """ltx.run, ltx.jobs and ltx.where speak of the same place."""
    ltx.configure(server="local")
    clip = ltx.run("a tiny clip")

    assert ltx.jobs()[0].clip == clip.path
    assert "embedded local server" in repr(ltx.where())


def test_closing_lets_go_of_jobs_and_hangs_nobody(session):
    """Whoever waits hears how to go on; the job itself goes on, and so can the session."""
    job = session.submit("frames=80 pace=0.05")
    seen_running(job)
    session.close()

    with pytest.raises(JobLost, match=r"ltx_widgets\.resume"):
        job.result(5)
    assert session.jobs()[0].state == "running"
    assert session.resume(job.request_id).result().frames == 5


def test_a_watcher_may_take_the_result(session):
    """When it is told that the job is over, the clip is there; before, it may not wait."""
    taken = []
    job = session.submit("frames=5 pace=0.05")
    job.watch(lambda now: taken.append(job.result()) if now.over else None)

    clip = job.result()
    wait_until(lambda: taken)
    assert taken == [clip]
    assert session.run("a tiny clip").frames == 5


def test_a_finished_job_is_resumed_from_disk(session):
    """The clip is here, whether or not the service still has it."""
    clip = session.run("a tiny clip")
    asked_elsewhere = Session(server="http://127.0.0.1:9")

    again = asked_elsewhere.resume(clip.request_id).result(10)
    assert (again.path, again.summary) == (clip.path, clip.summary)
    assert session.jobs()[0].state == "finished"
    asked_elsewhere.close()


def test_a_job_of_another_place_is_not_asked_for_here(session):
    """The message says where it is and how to get there."""
    job = session.submit(SLOW)
    seen_running(job)
    elsewhere = Session(server="http://127.0.0.1:9")

    with pytest.raises(InvalidRequest, match=r'configure\(server="local"\)'):
        elsewhere.resume(job.request_id)
    assert session.jobs()[0].state == "running"
    job.cancel()


def test_an_ambiguous_beginning_says_so(session):
    """Two jobs begin with nothing in particular."""
    session.run("a tiny clip")
    session.run("another tiny clip")

    with pytest.raises(InvalidRequest, match="more than one job"):
        session.resume("")


def test_closing_just_after_sending_hangs_nobody(session):
    """Jobs whose first step never came end as lost, not never."""
    for _ in range(10):
        job = session.submit("a tiny clip")
        session.close()
        with suppress(JobLost):
            job.result(10)
        assert job.done


def test_another_place_leaves_jobs_where_they_are(tiny):
    """A job of the session before goes on, and its form with it."""
    before = ltx.configure(server="local")
    job = before.submit("frames=10 pace=0.05")
    ltx.configure(server="http://127.0.0.1:9")

    assert job.result(20).frames == 5
    before.close()


def test_a_damaged_clip_is_fetched_again(session):
    """The file here is cut short, the server still has it."""
    clip = session.run("a tiny clip")
    clip.path.write_bytes(b"cut")

    again = session.resume(clip.request_id).result(10)
    # All but the note of when it was fetched.
    assert again == clip
    assert len(list(again)) == clip.frames


def test_a_full_disk_loses_no_job(session, home):
    """The clip could not be kept: said with the way to go on, and nothing is marked as failed."""
    (home / "clips").write_bytes(b"in the way")

    with pytest.raises(JobLost, match=r"ltx_widgets\.resume"):
        session.run("a tiny clip")
    assert session.jobs()[0].state == "running"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_has_a_session_of_its_own(tiny):
    """It neither hangs on its parent's loop nor shares it."""
    code = (
        "import os, ltx_widgets as ltx\n"
        "parent = ltx.configure(server='local'); parent.run('a tiny clip')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    try: parent.run('a tiny clip')\n"
        "    except RuntimeError: ltx.configure(server='local').run('a tiny clip'); os._exit(7)\n"
        "    os._exit(1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )

    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], timeout=60)
    assert done.returncode == 7
