"""Deaths: of the server, of its workers; nothing that was accepted is lost or done twice."""

import os
import signal
import time
import uuid

import psutil
import pytest

from ltx_widgets.server.store import Store


def test_a_killed_server_loses_nothing(start, tmp_path):
    """Server 17: the next server on the folder finishes the running job and those that waited."""
    starts = tmp_path / "starts"
    first = start(engines=("SlowEngine",))
    running = first.submit(f"a frames=2 starts={starts} until={tmp_path / 'killed'}")
    waiting = first.submit(f"b frames=1 starts={starts}")
    first.wait_for(running, "IN_PROGRESS", lines=2)
    worker = psutil.Process(int(starts.read_text().split()[1]))
    first.kill()
    worker.wait(20)
    (tmp_path / "killed").touch()

    second = start(engines=("SlowEngine",))
    last = [second.wait(ticket) for ticket in (running, waiting)]

    assert [event.get("error") for event in last] == [None, None]
    assert second.result(running).json()["video"]["url"].startswith(second.running.url)
    assert [line.split()[0] for line in starts.read_text().splitlines()] == ["a", "a", "b"]
    assert len(list((second.state_dir / "files").iterdir())) == 2


def test_a_render_that_was_whole_is_not_rendered_again(start, tmp_path):
    """Server 17: the server died after the clip was there and before it could note that."""
    starts = tmp_path / "starts"
    first = start(engines=("SlowEngine",))
    ticket = first.submit(f"a frames=2 starts={starts} until={tmp_path / 'stopped'}")
    first.wait_for(ticket, "IN_PROGRESS", lines=2)
    os.kill(first.process.pid, signal.SIGSTOP)
    (tmp_path / "stopped").touch()
    deadline = time.monotonic() + 20
    while not list((first.state_dir / "files").glob("*.done")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first.kill()

    second = start(engines=("SlowEngine",))

    assert "error" not in second.wait(ticket)
    assert second.http.get(second.result(ticket).json()["video"]["url"]).status_code == 200
    assert len(starts.read_text().splitlines()) == 1
    assert [path.suffix for path in (second.state_dir / "files").iterdir()] == [".mp4"]


def test_workers_end_with_a_killed_server(start, tmp_path):
    """Nobody renders on for a server that is gone."""
    starts = tmp_path / "starts"
    server = start(engines=("SlowEngine",))
    ticket = server.submit(f"deaf frames=5000 starts={starts}")
    server.wait_for(ticket, "IN_PROGRESS", lines=2)
    worker = psutil.Process(int(starts.read_text().split()[1]))
    server.kill()

    worker.wait(20)


def test_finished_jobs_still_answer_after_a_restart(start):
    """Server 17: status, log, result and clip are the same as before."""
    first = start()
    ticket = first.submit("a fox")
    first.wait(ticket)
    log, result = first.status(ticket, logs=True)["logs"], first.result(ticket).json()
    first.kill()

    second = start()
    again = second.result(ticket).json()

    assert second.status(ticket, logs=True)["logs"] == log
    assert again["notes"] == result["notes"]
    assert second.http.get(again["video"]["url"]).status_code == 200


def test_a_cancelled_job_stays_cancelled_after_a_kill(start):
    """A stop that was under way is not forgotten."""
    first = start(engines=("SlowEngine",))
    ticket = first.submit("deaf frames=5000")
    first.wait_for(ticket, "IN_PROGRESS", lines=2)
    first.cancel(ticket)
    first.kill()

    second = start(engines=("SlowEngine",))

    assert second.wait(ticket)["error_type"] == "client_cancelled"


def test_a_job_outlives_more_kills_than_it_has_attempts(start, tmp_path):
    """Server 17: the server's deaths are not the job's doing."""
    for life in range(5):
        server = start(engines=("SlowEngine",))
        if not life:
            ticket = server.submit(f"a frames=2 until={tmp_path / 'killed'}")
        if life < 4:
            server.wait_for(ticket, "IN_PROGRESS", lines=2)
            server.kill()
    (tmp_path / "killed").touch()

    assert "error" not in server.wait(ticket)


def test_a_job_that_takes_the_machine_down_is_given_up(start, tmp_path):
    """After twenty deaths in its renders, the next server does not start it again."""
    first = start(engines=("SlowEngine",))
    ticket = first.submit("a frames=5000")
    first.wait_for(ticket, "IN_PROGRESS", lines=2)
    first.kill()
    store = Store(first.state_dir / "queue.db")
    for _ in range(19):
        (running,) = store.running()
        store.put_back(running, counts=False, died=True)
        store.claim(uuid.uuid4().hex)
    store.close()

    last = start(engines=("SlowEngine",))

    assert last.wait(ticket)["error_type"] == "internal_error"
    assert last.result(ticket).status_code == 500


@pytest.mark.parametrize("crashes", [1, 2])
def test_a_crash_fails_one_attempt_only(start, tmp_path, crashes):
    """The job is rendered by a new process, and its log tells of it."""
    server = start(engines=("CrashEngine",))
    ticket = server.submit(f"crashes={crashes} marks={tmp_path / 'marks'}")

    last = server.wait(ticket)

    log = [line["message"] for line in server.status(ticket, logs=True)["logs"]]
    assert "error" not in last
    assert log.count("the render process died (exit code 11)") == crashes


def test_a_job_that_always_crashes_fails(start, tmp_path):
    """After three attempts; the next job is rendered as if nothing had been."""
    server = start(engines=("CrashEngine",))
    ticket = server.submit(f"crashes=9 marks={tmp_path / 'marks'}")
    after = server.submit("crashes=0 marks=x")

    assert server.wait(ticket)["error_type"] == "internal_error"
    assert server.result(ticket).status_code == 500
    assert (tmp_path / "marks").read_bytes() == b"xxx"
    assert "error" not in server.wait(after)


def test_an_engine_that_cannot_be_loaded_is_passed_over(start):
    """The next one in the list renders; with none left, the job says why."""
    both = start(engines=("UnusableEngine", "InstantEngine"))
    assert "error" not in both.wait(both.submit("a fox"))
    both.kill()

    none = start(engines=("UnusableEngine",))
    assert "no such card" in none.wait(none.submit("a fox"))["error"]


def test_many_jobs_are_each_done_once(start, tmp_path):
    """Two workers share a queue without taking the same job."""
    starts = tmp_path / "starts"
    server = start("--workers", "2", engines=("SlowEngine",))
    # One worker alone may be done with twenty small jobs before the other has started: these two
    # hold both.
    held = [server.submit(f"held{n} frames=5000 starts={starts}") for n in range(2)]
    tickets = [server.submit(f"n{n} frames=2 pace=0.01 starts={starts}") for n in range(20)]
    for ticket in held:
        server.wait_for(ticket, "IN_PROGRESS", lines=2)
    for ticket in held:
        server.cancel(ticket)
    for ticket in tickets:
        server.wait(ticket)

    started = [line.split() for line in starts.read_text().splitlines()]
    names = ["held0", "held1", *(f"n{n}" for n in range(20))]
    assert sorted(name for name, _ in started) == sorted(names)
    # A third one where a busy machine took a worker for deaf when its job was cancelled.
    assert len({pid for _, pid in started}) >= 2


def test_a_store_of_a_killed_server_is_readable(start):
    """What was accepted is on disk before the reply to the submit."""
    server = start(engines=("SlowEngine",))
    tickets = [server.submit("a frames=5000") for _ in range(5)]
    server.kill()

    store = Store(server.state_dir / "queue.db")
    found = {job.request_id for job in store.recent(9)}
    store.close()

    assert found == {ticket["request_id"] for ticket in tickets}
