"""The live panel: what it shows of a job, how often, and what is left of it."""

import asyncio
import re
import time

import pytest
from ipywidgets.widgets import widget
from page_parts import find, texts, wait_until

from ltx_widgets.blocking import Portal
from ltx_widgets.errors import InvalidRequest, JobCancelled, JobFailed, Problem, TransportTimeout
from ltx_widgets.job import Job
from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.widgets import JobPanel
from ltx_widgets.wire import LogLine, Queued, Running

PRO = ENDPOINTS["fal-ai/ltx-2.3/text-to-video"]


@pytest.fixture
def portal():
    """The engine's loop."""
    portal = Portal()
    yield portal
    portal.close()


@pytest.fixture
def job(portal):
    """A job whose course the test decides; it can be cancelled."""

    async def cancel(job):
        job.fail(JobCancelled("the job was cancelled", request_id="r1"))
        return "requested"

    return Job(PRO, {"prompt": "a <i>fox</i>"}, portal=portal, estimate=None, cancel=cancel)


@pytest.fixture
def follow(portal, job):
    """Make the panel and start painting it."""

    def start():
        panel = JobPanel(job, portal.start)
        return panel, portal.start(panel.follow())

    return start


def test_it_starts_with_the_job_s_name(job, portal):
    """The prompt says which job it is; its markup is text."""
    panel = JobPanel(job, portal.start)

    assert "<strong>Sending</strong>" in texts(panel)
    assert "a &lt;i&gt;fox&lt;/i&gt;" in texts(panel)


@pytest.mark.parametrize(
    ("position", "words"),
    [(None, "In the queue<"), (0, "In the queue, next in line"), (3, "In the queue, 3 ahead")],
)
def test_it_shows_the_place_in_the_queue(job, portal, position, words):
    """How many are ahead is told as far as the server says it."""
    job.accept("r1")
    job.advance(Queued(position))

    assert words in texts(JobPanel(job, portal.start))


def test_it_shows_progress_and_the_last_lines(job, portal):
    """The bar follows the log, the log keeps to its last lines, and markup in it is text."""
    job.accept("r1")
    job.advance(Running((*(LogLine(f"line {i}") for i in range(20)), LogLine("<script>x"))))
    job.advance(Running((LogLine("rendering: 30% 45/150 frames"),)))

    told = texts(JobPanel(job, portal.start))

    assert 'aria-valuenow="30"' in told
    assert "left" in told
    assert "&lt;script&gt;x" in told
    assert "line 16" in told
    assert "line 15" not in told


def test_its_status_is_read_aloud(job, portal):
    """Only the status is a live region: a clock in one would never be silent."""
    status = next(t for t in texts(JobPanel(job, portal.start)).splitlines() if "Sending" in t)

    assert 'role="status"' in status
    assert 'aria-live="polite"' in status


def test_a_closed_panel_is_gone_wholly(job, portal):
    """Nothing of it stays in ipywidgets' registry, nor its layouts and styles."""
    before = set(widget._instances)

    JobPanel(job, portal.start).close()

    assert set(widget._instances) == before


def test_a_flood_of_lines_is_few_updates(job, heard, follow):
    """However fast the log grows, each part of the panel changes five times a second at most."""
    follow()
    job.accept("r1")
    began, before = time.monotonic(), len(heard)
    while time.monotonic() - began < 2:
        job.advance(Running((LogLine(f"line {time.monotonic()}"),)))
        time.sleep(0.002)

    times = [
        when
        for when, _, kind, what in heard[before:]
        if kind == "comm_msg" and "ltx-log" in str(what)
    ]

    # Any three of them take two pauses, on however slow a machine.
    assert all(c - a >= 0.39 for a, c in zip(times, times[2:], strict=False))
    assert len(times) > 2


def test_the_clock_moves_between_lines(job, heard, follow):
    """A job that says nothing still shows that time goes by."""
    panel, _ = follow()

    wait_until(lambda: "1 s" in texts(panel))


def test_a_finished_job_is_one_line(job, portal, follow):
    """What is left says how long it took; there is nothing to cancel any more."""
    panel, following = follow()

    job.finish("the clip")

    assert following.result(5) == "the clip"
    assert re.search(r"Finished in \d+ s", texts(panel))
    panel.add("it is below", more="or <above>")
    assert "<summary>it is below</summary>or &lt;above&gt;" in texts(panel)
    assert len(panel.children[0].children) == 1


def test_a_failed_job_says_why(job, follow):
    """The reason stands there as text, with the last lines of the log."""
    panel, following = follow()
    job.advance(Running((LogLine("mixing paint"),)))

    job.fail(JobFailed("no <b>paint</b> left", request_id="r1"))

    assert following.result(5) is None
    assert "no &lt;b&gt;paint&lt;/b&gt; left" in texts(panel)
    assert "mixing paint" in texts(panel)
    assert 'role="alert"' in texts(panel)


def test_a_refused_job_tells_every_problem(job, follow):
    """Problems come one to a line, each with its fix where it has one."""
    panel, following = follow()
    problems = Problem("fps", "must be 25", fix={"fps": 25}), Problem("prompt", "is unsafe")

    job.fail(InvalidRequest(problems, request_id="r1"))
    following.result(5)

    assert "fps: must be 25; set fps = 25<br>prompt: is unsafe" in texts(panel)


def test_cancel_cancels(job, follow):
    """The button reaches the server, and the panel says so."""
    panel, following = follow()

    find(panel, "Cancel").click()

    assert following.result(5) is None
    assert "<strong>Cancelled</strong>" in texts(panel)


def test_a_cancel_without_an_answer_is_told(portal):
    """If the server does not answer, the panel says so and the button can be pressed again."""

    async def unanswered(job):
        raise TransportTimeout("no answer to the cancel")

    job = Job(PRO, {}, portal=portal, estimate=None, cancel=unanswered)
    panel = JobPanel(job, portal.start)
    portal.start(panel.follow())

    find(panel, "Cancel").click()

    wait_until(lambda: "no answer to the cancel" in texts(panel))
    assert not find(panel, "Cancel").disabled
    job.fail(asyncio.InvalidStateError())
