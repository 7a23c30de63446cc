"""What a job says of itself when somebody interrupts the wait for it."""

from __future__ import annotations

import pytest

from ltx_widgets.errors import JobCancelled, TransportError


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (lambda job, _: job.fail(JobCancelled("stopped", request_id="r1")), "job was cancelled"),
        (lambda job, _: job.finish("the clip"), "the job had finished"),
        (lambda _, interrupt: interrupt.add_note("no word of it"), "interrupted; no word of it"),
        (lambda job, _: job.accept("r1"), "the server was asked to cancel the job"),
        (lambda *_: None, "the server has not answered yet"),
    ],
    ids=["cancelled", "finished", "noted", "asked", "unanswered"],
)
def test_an_interrupt_tells_what_is_known(make_job, ends, told):
    """Cancelled is said of a cancelled job only."""
    job, interrupt = make_job(), KeyboardInterrupt()
    job.give_up()
    ends(job, interrupt)

    assert told in job.interrupted(interrupt)


def test_an_interrupt_before_the_wait_cancels(make_job):
    """Between sending and waiting, the interrupt asks the server itself."""
    assert make_job().interrupted(KeyboardInterrupt()) == "interrupted; the job was cancelled"


def test_a_cancel_that_fails_is_told(make_job):
    """An unreachable server is no cancelled job."""
    job = make_job(TransportError("nobody there"))

    told = job.interrupted(KeyboardInterrupt())

    assert told == "interrupted; the cancel did not reach the server: nobody there"
