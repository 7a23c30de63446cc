"""When a call may be sent again."""

from __future__ import annotations

import pytest

from ltx_widgets.retry import (
    MOST_ATTEMPTS,
    crowd_delay,
    poll_delay,
    retry_delay_after_failure,
    retry_delay_after_reply,
)
from ltx_widgets.wire import Call

READ = Call("GET", "/x")
CANCEL = Call("PUT", "/x/cancel", kind="cancel")
SUBMIT = Call("POST", "/x", json={}, kind="submit")


def test_a_submit_that_may_have_arrived_is_never_sent_again():
    """Client 11: it could be charged twice."""
    assert retry_delay_after_failure(SUBMIT, 1, sent=True) is None


def test_a_submit_that_never_left_is_sent_again():
    """Client 11: a refused connection costs nothing."""
    assert retry_delay_after_failure(SUBMIT, 1, sent=False) is not None


@pytest.mark.parametrize("call", [READ, CANCEL])
def test_reads_and_cancels_are_sent_again(call):
    """Client 11: they change nothing twice."""
    assert retry_delay_after_failure(call, 1, sent=True) is not None


@pytest.mark.parametrize("status", [408, 409, 425, 429, 502, 503, 504])
def test_passing_troubles_are_waited_out(status):
    """Client 11: a read is tried again after each of these."""
    assert retry_delay_after_reply(READ, 1, status, {}) is not None


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 404, 422, 500])
def test_final_answers_are_taken(status):
    """Client 11: a read is not tried again after any of these."""
    assert retry_delay_after_reply(READ, 1, status, {}) is None


@pytest.mark.parametrize(
    ("status", "headers", "again"),
    [
        (429, {"retry-after": "3"}, True),
        (503, {"x-fal-needs-retry": "1"}, True),
        (429, {}, False),
        (500, {"x-fal-needs-retry": "1"}, False),
        (504, {"x-fal-retryable": "true"}, False),
    ],
)
def test_a_submit_is_sent_again_only_when_the_queue_did_not_take_it(status, headers, again):
    """Client 11: 429 and 503 with the service's own word are the only replies that allow it."""
    assert (retry_delay_after_reply(SUBMIT, 1, status, headers) is not None) is again


def test_the_services_no_is_a_no():
    """Client 11: a hint against trying again wins over the status code."""
    assert retry_delay_after_reply(READ, 1, 503, {"x-fal-retryable": "false"}) is None


def test_the_callers_own_start_timeout_is_final():
    """Client 11: a 504 for the caller's deadline is never tried again."""
    assert retry_delay_after_reply(READ, 1, 504, {"x-fal-request-timeout-type": "user"}) is None


def test_retry_after_is_honoured():
    """Client 11: the server's own pause is kept, within reason."""
    assert retry_delay_after_reply(READ, 1, 429, {"retry-after": "7"}) == 7
    assert retry_delay_after_reply(READ, 1, 429, {"retry-after": "86400"}) == 60


def test_it_ends():
    """After the last attempt there is no next."""
    assert retry_delay_after_failure(READ, MOST_ATTEMPTS, sent=False) is None
    assert retry_delay_after_reply(READ, MOST_ATTEMPTS, 503, {}) is None


def test_polls_grow_apart():
    """Client 10: from a quarter of a second to two seconds."""
    delays = [poll_delay(n) for n in range(30)]

    assert delays[0] == 0.25
    assert delays == sorted(delays)
    assert delays[-1] == 2.0


@pytest.mark.parametrize(("delay", "longest"), [(poll_delay, 2.0), (crowd_delay, 10.0)])
def test_pauses_have_no_end(delay, longest):
    """Client 10: a job may be asked for over days; the millionth pause is like the hundredth."""
    assert delay(1_000_000) == delay(100) == longest
