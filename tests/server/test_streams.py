"""Server-sent events, over a real socket."""

import asyncio
import time

import psutil

from ltx_widgets.server.changes import Changes
from ltx_widgets.server.store import Store
from ltx_widgets.server.streams import status_events


def lines_of(events):
    return [line["message"] for event in events for line in event.get("logs") or ()]


def test_a_stream_tells_each_line_once(slow):
    """Server 4: log lines are deltas; together they are the log that polling returns."""
    ticket = slow.submit("a frames=60")
    events = list(slow.events(ticket))

    polled = [line["message"] for line in slow.status(ticket, logs=True)["logs"]]
    assert events[-1]["status"] == "COMPLETED"
    assert lines_of(events) == polled
    assert polled[-1] == "rendering: 100% 60/60 frames"


def test_progress_is_thinned_out(slow):
    """About five lines a second reach the log, however fast an engine reports."""
    ticket = slow.submit("a frames=1000 pace=0.001")
    slow.wait(ticket)

    status = slow.status(ticket, logs=True)
    progress = [line for line in status["logs"] if "frames" in line["message"]]
    assert 2 <= len(progress) <= 5 * status["metrics"]["inference_time"] + 2


def test_a_stream_without_logs_tells_states_only(slow, tmp_path):
    """One event for each state, and logs null throughout."""
    ticket = slow.submit(f"a frames=40 until={tmp_path / 'seen'}")
    events = []
    for event in slow.events(ticket, logs=False):
        events.append(event)
        if event["status"] == "IN_PROGRESS":
            (tmp_path / "seen").touch()

    words = [event["status"] for event in events if event["status"] != "IN_QUEUE"]
    assert words == ["IN_PROGRESS", "COMPLETED"]
    assert lines_of(events) == []


def test_a_stream_of_a_finished_job_is_one_event(server):
    """Server 4: it comes at once, with the whole log."""
    ticket = server.submit("a fox")
    server.wait(ticket)

    (event,) = server.events(ticket)

    assert event["status"] == "COMPLETED"
    assert len(lines_of([event])) == 2


def test_a_stream_asks_proxies_not_to_hold_it_back(server):
    """Its headers say event stream, no cache, no buffering."""
    ticket = server.submit("a fox")

    with server.http.stream("GET", server.path(ticket, "/status/stream")) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert reply.headers["x-accel-buffering"] == "no"
        assert reply.headers["cache-control"] == "no-cache"


def test_a_waiting_job_is_told_that_it_moved_up(slow):
    """Its position goes down without anybody asking."""
    ahead = [slow.submit("a frames=5000"), slow.submit("b frames=5000")]
    ticket = slow.submit("c frames=1")
    slow.wait_for(ahead[0], "IN_PROGRESS")
    stream = slow.events(ticket)
    first = next(stream)
    slow.cancel(ahead[1])
    second = next(stream)
    slow.cancel(ahead[0])
    rest = list(stream)

    assert (first["queue_position"], second["queue_position"]) == (1, 0)
    assert rest[-1]["status"] == "COMPLETED"


def test_the_end_is_told_within_milliseconds(server):
    """Not at the next look at the store: from the engine's last word to the client's result."""
    took = []
    for _ in range(5):
        ticket = server.submit("a fox")
        server.wait(ticket)
        came = time.time()
        done = float(server.result(ticket).json()["notes"][0].split()[-1])
        took.append(came - done)

    # A few milliseconds; a wait for the next look would be a second.
    assert min(took) < 0.5


def test_readers_that_go_away_leave_nothing_behind(slow):
    """Server 4: neither files, sockets nor threads stay open for streams that were dropped."""
    ticket = slow.submit("a frames=5000")
    slow.wait_for(ticket, "IN_PROGRESS", lines=1)
    process = psutil.Process(slow.running.pid)
    before = process.num_fds(), process.num_threads()

    for _ in range(20):
        slow.wait_for(ticket, "IN_PROGRESS")

    deadline = time.monotonic() + 5
    while process.num_fds() > before[0] + 1 and time.monotonic() < deadline:
        slow.status(ticket)
    assert process.num_fds() <= before[0] + 1
    assert process.num_threads() <= before[1] + 1


def test_a_silent_stream_is_kept_alive(tmp_path):
    """Server 4: a comment comes when nothing else did for a while; gateways cut silent streams."""
    store, changes = Store(tmp_path / "queue.db"), Changes()
    store.add("a", "fal-ai/ltx-2.3/text-to-video", {})

    async def first_two():
        events = status_events(store, changes, "a", "http://x", logs=True, keep_alive_s=0.01)
        return [await anext(events), await anext(events), await events.aclose()]

    first, second, _ = asyncio.run(first_two())
    store.close()

    assert first.startswith("data: ")
    assert second == ": keep-alive\n\n"
    assert changes._watching == {}
