"""fal's queue protocol as data."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.errors import ProtocolError
from ltx_widgets.wire import (
    Finished,
    LogLine,
    Queued,
    Running,
    ServerSentEvents,
    Ticket,
    cancel_call,
    follow_base,
    new_lines,
    progress_line,
    read_cancel,
    read_progress,
    read_status,
    read_ticket,
    result_call,
    status_call,
    stream_call,
    submit_call,
)

TICKET = Ticket("fal-ai/ltx-2/text-to-video/fast", "abc")


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        ("fal-ai/ltx-2/text-to-video/fast", "fal-ai/ltx-2"),
        ("fal-ai/ltx-2.3/text-to-video", "fal-ai/ltx-2.3"),
        ("workflows/me/film/step", "workflows/me/film"),
        ("comfy/me/graph", "comfy/me/graph"),
        ("123456-alias", "123456/alias"),
    ],
)
def test_follow_ups_drop_the_sub_path(endpoint, base):
    """An endpoint is followed under owner/alias."""
    assert follow_base(endpoint) == base


@pytest.mark.parametrize("endpoint", ["", "alias", "workflows/a"])
def test_an_id_of_too_few_parts_is_refused(endpoint):
    """An id that cannot be followed is an error of ours, not an IndexError."""
    with pytest.raises(ProtocolError, match="owner/alias"):
        follow_base(endpoint)


def test_a_submit_goes_to_the_full_id():
    """Only the submit names the whole endpoint."""
    call = submit_call(TICKET.endpoint, {"prompt": "a"})

    assert (call.method, call.path, call.kind) == ("POST", f"/{TICKET.endpoint}", "submit")


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        (status_call(TICKET), "GET", "/fal-ai/ltx-2/requests/abc/status"),
        (stream_call(TICKET), "GET", "/fal-ai/ltx-2/requests/abc/status/stream"),
        (result_call(TICKET), "GET", "/fal-ai/ltx-2/requests/abc"),
        (cancel_call(TICKET), "PUT", "/fal-ai/ltx-2/requests/abc/cancel"),
    ],
)
def test_follow_up_calls(call, method, path):
    """Each follow-up has the method and path of the protocol."""
    assert (call.method, call.path) == (method, path)


def test_the_stream_is_asked_for_by_its_exact_type():
    """A Jupyter proxy streams only for this exact Accept."""
    assert stream_call(TICKET).headers == {"Accept": "text/event-stream"}


def test_an_id_cannot_leave_its_place_in_the_path():
    """A hostile request id is quoted."""
    assert status_call(Ticket("a/b", "../x?y")).path == "/a/b/requests/..%2Fx%3Fy/status"


@pytest.mark.parametrize("body", [None, {}, {"request_id": ""}, {"request_id": 3}, "text"])
def test_a_submit_reply_needs_an_id(body):
    """Without an id there is no job to follow, and the error says so."""
    with pytest.raises(ProtocolError, match="request_id"):
        read_ticket("a/b", body)


def test_a_ticket_ignores_the_addresses_of_the_reply():
    """A hostile status_url is never used."""
    body = {"request_id": "r", "status_url": "https://evil.example/status"}

    assert read_ticket("a/b", body) == Ticket("a/b", "r")


def test_statuses():
    """The three words, with what each brings."""
    line = {"message": "hello", "timestamp": "2026-01-01T00:00:00Z", "level": "INFO"}

    assert read_status({"status": "IN_QUEUE", "queue_position": 2}) == Queued(2)
    assert read_status({"status": "IN_PROGRESS", "logs": [line]}) == Running(
        (LogLine("hello", "2026-01-01T00:00:00Z", "INFO"),)
    )
    assert read_status(
        {"status": "COMPLETED", "logs": None, "metrics": {"inference_time": 3.4}}
    ) == Finished(inference_s=3.4)


def test_a_failure_is_a_finish_with_an_error():
    """There is no failed status: the error rides on COMPLETED."""
    status = read_status({"status": "COMPLETED", "error": "Bad", "error_type": "literal_error"})

    assert status == Finished(error="Bad", error_type="literal_error")


def test_missing_parts_are_tolerated():
    """No position and no logs are no error."""
    assert read_status({"status": "IN_QUEUE"}) == Queued(None)
    assert read_status({"status": "IN_PROGRESS"}) == Running()


@pytest.mark.parametrize("body", [{"status": "FAILED"}, {}, None, [], "IN_QUEUE"])
def test_an_unknown_status_is_a_clear_error(body):
    """A word that the protocol does not have ends the wait."""
    with pytest.raises(ProtocolError):
        read_status(body)


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (202, {"status": "CANCELLATION_REQUESTED"}, "requested"),
        (200, {"status": "OK"}, "removed"),
        (200, {"success": True}, "requested"),
        (400, {"status": "ALREADY_COMPLETED"}, "already_completed"),
        (200, {"status": "ALREADY_COMPLETED"}, "already_completed"),
        (404, {"status": "NOT_FOUND"}, "not_found"),
    ],
)
def test_cancel_answers_are_told_apart(status, body, answer):
    """Each of cancel's answers has its own word."""
    assert read_cancel(status, body) == answer


def test_new_lines_of_a_polled_log():
    """Only what was not seen is new, and a log that shrank holds nothing new."""
    a, b, c = map(LogLine, "abc")

    assert new_lines(1, (a, b, c)) == (b, c)
    assert new_lines(2, (a,)) == ()


@pytest.mark.parametrize(
    ("line", "progress"),
    [
        ("rendering: 30% 45/150 frames", 0.3),
        ("  37%|███▋      | 3/8 [00:01<00:02, 2.2it/s]", 3 / 8),
        ("50 % done", 0.5),
        ("reading the prompt", None),
        ("9/4 time", None),
        ("750% zoom", None),
    ],
)
def test_progress_is_read_from_log_lines(line, progress):
    """Our own lines and tqdm's both tell how far a job is."""
    assert read_progress(line) == progress


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_our_progress_lines_read_back(done, total):
    """What the server writes, the client reads."""
    seen = read_progress(progress_line(min(done, total), total))

    assert seen == min(done, total) / total


EVENTS = ({"status": "IN_QUEUE", "queue_position": 0}, {"status": "COMPLETED", "logs": ["é ✓"]})
LINES = json.dumps(EVENTS[1], ensure_ascii=False, indent=1).split("\n")
STREAM = (
    ": keep-alive\r\n\r\n"
    f"data: {json.dumps(EVENTS[0])}\r\n\r\n"
    "event: ignored\nid: 3\n" + "".join(f"data:{line}\n" for line in LINES) + "\n"
).encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_events_survive_any_split(cuts):
    """Chunks may end inside a character, a line end or an event."""
    places = [0, *sorted(cuts), len(STREAM)]
    decoder = ServerSentEvents()

    events = [event for start, end in pairwise(places) for event in decoder.feed(STREAM[start:end])]

    assert tuple(events) == EVENTS


def test_an_event_that_is_no_json_is_an_error():
    """Rubbish on the stream is named."""
    with pytest.raises(ProtocolError, match="JSON"):
        ServerSentEvents().feed(b"data: <html>\n\n")
