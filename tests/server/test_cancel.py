"""Cancelling: waiting jobs, running jobs, engines that do not listen."""

import pytest

from ltx_widgets.wire import read_progress

PRO = "fal-ai/ltx-2.3/text-to-video"


def test_a_waiting_job_never_starts(slow, tmp_path):
    """Server 6: 202, COMPLETED at once, 499 at the result, and no render."""
    starts = tmp_path / "starts"
    first = slow.submit(f"a frames=2 starts={starts} until={tmp_path / 'seen'}")
    second = slow.submit(f"b frames=20 starts={starts}")
    reply = slow.cancel(second)
    status, result = slow.status(second), slow.result(second)
    (tmp_path / "seen").touch()
    slow.wait(first)
    slow.wait(slow.submit(f"c frames=1 starts={starts}"))

    assert (reply.status_code, reply.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    assert (status["status"], status["error_type"]) == ("COMPLETED", "client_cancelled")
    assert result.status_code == 499
    assert result.json()["error_type"] == "client_cancelled"
    assert [line.split()[0] for line in starts.read_text().splitlines()] == ["a", "c"]


def test_a_running_job_stops_long_before_its_end(slow):
    """Server 6: the engine is asked between frames; nothing of the clip stays behind."""
    ticket = slow.submit("a frames=5000")
    slow.wait_for(ticket, "IN_PROGRESS", lines=2)

    reply = slow.cancel(ticket)
    last = slow.wait(ticket)
    told = [read_progress(line["message"]) or 0 for line in slow.status(ticket, logs=True)["logs"]]

    assert reply.status_code == 202
    assert max(told) < 0.5
    assert last["error_type"] == "client_cancelled"
    assert slow.result(ticket).headers["x-fal-error-type"] == "client_cancelled"
    assert list((slow.state_dir / "files").iterdir()) == []


def test_the_worker_stays_warm_after_a_cancel(slow, tmp_path):
    """The next job is rendered by the same process."""
    starts = tmp_path / "starts"
    ticket = slow.submit(f"a frames=5000 starts={starts}")
    slow.wait_for(ticket, "IN_PROGRESS", lines=2)
    slow.cancel(ticket)
    slow.wait(slow.submit(f"b frames=1 starts={starts}"))

    first, second = (line.split()[1] for line in starts.read_text().splitlines())
    assert first == second


def test_an_engine_that_does_not_listen_is_ended(slow):
    """Its process is; the next job gets a new one."""
    ticket = slow.submit("deaf frames=5000")
    slow.wait_for(ticket, "IN_PROGRESS", lines=2)

    slow.cancel(ticket)
    last = slow.wait(ticket)

    assert last["error_type"] == "client_cancelled"
    assert "error" not in slow.wait(slow.submit("b frames=1"))
    assert len(list((slow.state_dir / "files").iterdir())) == 1


def test_cancelling_twice_is_accepted_twice(slow):
    """A stop that is under way is no error."""
    ticket = slow.submit("deaf frames=5000")
    slow.wait_for(ticket, "IN_PROGRESS", lines=2)

    assert [slow.cancel(ticket).status_code for _ in range(2)] == [202, 202]


def test_a_finished_job_cannot_be_cancelled(server):
    """Server 6: 400 with fal's word; both official clients raise on it."""
    ticket = server.submit("a fox")
    server.wait(ticket)

    reply = server.cancel(ticket)

    assert (reply.status_code, reply.json()) == (400, {"status": "ALREADY_COMPLETED"})


@pytest.mark.parametrize("app", ["fal-ai/ltx-2.3", PRO])
def test_an_unknown_job_cannot_be_cancelled(server, app):
    """Server 6: 404 with fal's word."""
    reply = server.http.put(f"/{app}/requests/nothing/cancel")

    assert (reply.status_code, reply.json()) == (404, {"status": "NOT_FOUND"})
