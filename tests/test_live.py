"""Who hears of a session's jobs, and what another kernel knows of one it goes on with."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from page_parts import wait_until

from ltx_widgets.session import Session
from ltx_widgets.wire import LogLine, Running

SLOW = "frames=200 pace=0.05"


@pytest.fixture
def session(tiny):
    made = Session()
    yield made
    made.close()


@pytest.fixture
def other(tiny):
    """Another kernel on the same home."""
    made = Session()
    yield made
    made.close()


def until_sent(job, session):
    """Block until the history has the job's id."""
    wait_until(lambda: session.history.matching(job.request_id or "?"))
    return session.history.matching(job.request_id)[0]


def test_watchers_hear_of_jobs_under_way_and_new_ones(session):
    """First those that run already, then each as it is sent; not those that are over."""
    over = session.submit("a tiny clip")
    over.result()
    running = session.submit(SLOW)
    heard = []

    stop = session.live.watch(heard.append)
    later = session.submit("a later clip")
    stop()
    running.cancel()
    session.submit("one too late").result()

    assert heard == [running, later]


def test_a_job_that_nobody_holds_is_let_go(session):
    """The list of jobs keeps none of them in memory."""
    for n in range(3):
        session.run(f"a tiny clip {n}")
    gc.collect()

    # The newest may still be on its way out.
    assert len(session.live._jobs) <= 1


def test_a_broken_watcher_keeps_no_job_from_being_sent(session, caplog):
    """It is logged, and the job goes its way."""
    session.live.watch(lambda job: 1 / 0)

    assert session.run("a tiny clip").frames == 5
    assert "ZeroDivisionError" in caplog.text


def test_the_whole_log_is_at_the_server(session):
    """A snapshot has 200 lines at most and the newest progress only; the server has each."""
    job = session.submit("frames=12 pace=0.25")
    job.result()

    assert sum("frames" in line.message for line in job.log()) > 1
    assert sum("frames" in line.message for line in job.snapshot().logs) == 1


def test_the_log_of_a_job_before_its_answer_is_what_is_there(make_job):
    """Nobody can be asked for it yet."""
    job = make_job()
    job.remark("a note of our own")

    assert [line.message for line in job.log()] == ["a note of our own"]


def test_a_resumed_job_knows_its_age(session, other):
    """It was sent when it was sent, not when somebody came back to it."""
    job = session.submit(SLOW)
    run = until_sent(job, session)

    resumed = other.resume(run)

    assert resumed.resumed
    assert not job.resumed
    assert resumed.snapshot().elapsed_s > 0.01
    job.cancel()


def test_the_pace_goes_by_what_was_seen(make_job):
    """Who comes in the middle does not take the first half for the work of an instant."""
    job = make_job()
    now = job._clock()
    job._clock = lambda: now
    job.advance(Running((LogLine("50% 50/100"),)))
    assert job.snapshot().remaining_s is None

    now += 10
    job.advance(Running((LogLine("75% 75/100"),)))

    assert job.snapshot().remaining_s == pytest.approx(10)


def test_parents_outlive_the_kernel_that_sent_the_job(session, other):
    """They are written down before the request is sent, so that a resumed clip has them."""
    first = session.run("a tiny clip")
    job = session.submit(
        "frames=40 pace=0.05", image=first.first_frame, parents={"image_url": "p1"}
    )
    run = until_sent(job, session)

    clip = other.resume(run).result()

    assert clip.parents == {"image_url": "p1"}
    assert [r.facts["parents"] for r in other.jobs(1)] == [{"image_url": "p1"}]


def test_the_history_tells_what_is_under_way(session):
    """Runs that are not known to be over, newest first."""
    session.run("a tiny clip")
    jobs = [session.submit(SLOW) for _ in range(2)]
    for job in jobs:
        until_sent(job, session)

    under_way = session.history.under_way()

    assert {run.request_id for run in under_way} == {job.request_id for job in jobs}
    assert under_way[0].number > under_way[1].number
    for job in jobs:
        job.cancel()


def test_a_job_under_way_is_resumed_as_what_it_is(session):
    """Two jobs of one run would fetch its clip twice, into one file."""
    job = session.submit("a fox frames=80 pace=0.05")
    run = until_sent(job, session)

    assert session.resume(run) is job
    assert session.resume(run.id[:12]) is job
    job.result(30)
    assert session.resume(run) is not job


def test_a_run_that_two_go_on_with_at_once_is_one_job(session, other):
    """Two boards of one kernel find it at the same moment, each on a thread of its own."""
    jobs = [session.submit(f"{n} {SLOW}") for n in range(30)]
    runs = [until_sent(job, session) for job in jobs]
    together, heard = threading.Barrier(2), []
    other.live.watch(heard.append)

    def go_on(_):
        resumed = []
        for run in runs:
            together.wait(20)
            resumed.append(other.resume(run))
        return resumed

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(go_on, range(2))

    assert one == two
    assert sorted(job.run for job in heard) == sorted(run.number for run in runs)
    other.close()
    jobs[0].cancel()


def test_a_lost_run_of_the_same_request_is_another(session, make_job):
    """Another kernel's, whose answer never came, while ours of the same prompt has none yet."""
    begin = partial(
        session.history.begin,
        endpoint="fal-ai/ltx-2.3/text-to-video",
        place="local",
        url="http://127.0.0.1:1",
        request={},
    )
    job, lost = make_job(), begin()
    session.live.add(job)
    job.run = begin()

    runs = {run.number: run for run in session.jobs()}
    assert session.live.of(runs[lost]) is None
    assert session.live.of(runs[job.run]) is job
