"""Error replies as exceptions."""

from __future__ import annotations

import pytest

from ltx_widgets.errors import (
    APIError,
    AuthError,
    InvalidRequest,
    JobCancelled,
    JobFailed,
    NotFound,
    RateLimited,
    ServerFault,
)
from ltx_widgets.refusals import is_not_the_jobs_own, refused_call, refused_result

ITEM = {
    "loc": ["body", "duration"],
    "msg": "Input should be 6, 8 or 10",
    "type": "literal_error",
    "ctx": {"expected": "6, 8 or 10"},
    "input": "6",
}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, APIError),
        (401, AuthError),
        (403, AuthError),
        (404, NotFound),
        (429, RateLimited),
        (500, ServerFault),
        (503, ServerFault),
    ],
)
def test_each_status_has_its_class(status, kind):
    """Client 13: the class says what went wrong, the attributes say how."""
    error = refused_call(status, {"x-fal-request-id": "r"}, {"detail": "no"})

    assert type(error) is kind
    assert (error.status, error.request_id) == (status, "r")


def test_validation_items_become_problems():
    """Client 13: a 422 list tells the field, the message and the type."""
    error = refused_call(422, {}, {"detail": [ITEM]})

    assert isinstance(error, InvalidRequest)
    assert error.problems[0].field == "duration"
    assert error.problems[0].type == "literal_error"


def test_pydantic_v1_items_are_read():
    """Client 13: older apps leave half of the keys out."""
    error = refused_call(422, {}, {"detail": [{"loc": ["body"], "type": "value_error.missing"}]})

    assert error.problems[0].type == "value_error.missing"


@pytest.mark.parametrize("body", ["text", {"detail": "text"}, {"message": "text"}])
def test_the_reason_is_in_the_message(body):
    """Client 13: text, a detail and a message are all read."""
    assert "text" in str(refused_call(500, {}, body))


def test_a_gateways_page_is_named():
    """Client 13: nobody wants a page of HTML in a traceback."""
    error = refused_call(502, {}, "<html><body>nginx</body></html>")

    assert "gateway" in str(error)
    assert "<" not in str(error)


def test_a_retired_endpoint_names_its_twin():
    """A 404 of a retired id says what to use instead."""
    error = refused_call(404, {}, {"detail": "gone"}, endpoint="fal-ai/ltx-2/text-to-video/fast")

    assert "fal-ai/ltx-2.3/text-to-video/fast" in str(error)


def test_retry_after_is_kept():
    """A caller can see how long to wait."""
    assert refused_call(429, {"retry-after": "4"}, {}).retry_after_s == 4


def test_a_cancelled_job_is_told_from_a_failed_one():
    """499 and its type mean cancelled."""
    facts = {"endpoint": "a/b", "request_id": "r"}

    assert isinstance(refused_result(499, {}, {}, **facts), JobCancelled)
    failed = refused_result(500, {}, {"detail": "out of memory"}, **facts)
    assert isinstance(failed, JobFailed)
    assert failed.request_id == "r"
    assert "out of memory" in str(failed)


def test_a_refused_job_keeps_its_problems():
    """Fal refuses bad input at the result: it is the same InvalidRequest as ours."""
    error = refused_result(422, {}, {"detail": [ITEM]}, endpoint="a/b", request_id="r")

    assert isinstance(error, InvalidRequest)
    assert error.request_id == "r"


@pytest.mark.parametrize(
    ("status", "headers", "body", "passing"),
    [
        (500, {}, "<html>Internal Server Error</html>", True),
        (500, {}, "Internal Server Error", False),
        (500, {"x-fal-error-type": "internal_error"}, "<html>", False),
        (502, {}, "", True),
        (504, {"x-fal-request-timeout-type": "user"}, {}, False),
        (400, {}, {"detail": "Request is still in progress"}, True),
        (422, {}, "<html>", False),
    ],
)
def test_a_gateways_word_is_not_the_jobs(status, headers, body, passing):
    """Client 11: a web page in place of a result says nothing of how the job ended."""
    assert is_not_the_jobs_own(status, headers, body) is passing
