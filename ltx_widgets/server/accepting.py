"""From a request that came in to a job in the queue, or to the reply that refuses it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.schema import ENDPOINTS, Endpoint, check_request
from ltx_widgets.server.failures import Failure, refused
from ltx_widgets.server.json_reply import JSONReply, read_object
from ltx_widgets.server.options import BadOption, Options, read_options
from ltx_widgets.server.service import Service, media_base_of
from ltx_widgets.server.store import Job

__all__ = ["accept", "platform_error"]


def platform_error(
    status: int, detail: str, error_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """A refusal in the platform's flat shape, its type in body and header."""
    body = {"detail": detail, "error_type": error_type}
    return JSONReply(body, status, {"x-fal-error-type": error_type, **(headers or {})})


async def accept(
    service: Service, request: Request, name: str, *, direct: bool = False
) -> Job | Response:
    """Put what a request asks for in the queue.

    A body that the endpoint would refuse is accepted as well, as at fal: it is a job that is
    finished from the start, and whose result is the refusal.

    Args:
        service: Where the queue is.
        request: With the endpoint's inputs as its body.
        name: Full endpoint id.
        direct: Whether the caller waits on this very connection: then nothing is tried again.

    Returns:
        The job, or how the request was refused.
    """
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        return JSONReply({"detail": f'Application "{name}" not found'}, 404)
    try:
        options = read_options(request.headers, request.query_params)
        if direct:
            # Who waits on the connection is not called as well.
            options = replace(options, no_retry=True, webhook=None)
        if options.webhook is not None:
            service.deliveries.check(options.webhook)
    except BadOption as error:
        return platform_error(400, str(error), "bad_request")
    try:
        body = await read_object(request)
    except InvalidRequest as error:
        return JSONReply(refused(error.problems).body, 422)
    known = options.submission and service.store.submitted(options.submission)
    if known:
        return known
    full = _too_long(service, name, options)
    return full or _add(service, endpoint, body, options, media_base_of(request))


def _too_long(service: Service, name: str, options: Options) -> Response | None:
    busy, most = service.store.busy(), service.settings.queue_limit
    if busy >= most:
        return platform_error(
            429,
            f"{busy} requests wait or run and this server takes {most}; try again later, or raise "
            "--queue-limit",
            "queue_length_exceeded",
            {"x-fal-needs-retry": "1"},
        )
    waiting = service.store.waiting(name)
    if options.max_queue is None or waiting <= options.max_queue:
        return None
    return platform_error(
        429,
        f"{waiting} requests wait for {name}, more than the {options.max_queue} that "
        "fal_max_queue_length allows",
        "queue_length_exceeded",
    )


def _add(
    service: Service, endpoint: Endpoint, body: dict[str, Any], options: Options, base: str
) -> Job:
    request_id = str(uuid.uuid4())
    problem = _take_sync_mode(body)
    options = replace(options, inline=body.pop("sync_mode", False) is True)
    failure = refused((problem,)) if problem else _check(endpoint, body)
    if options.webhook is not None:
        service.deliveries.expect(request_id, options.webhook, base)
    job = service.store.add(request_id, endpoint.id, body, options=options, failure=failure)
    service.crew.wake()
    if failure is not None:
        service.deliveries.wake()
    return job


def _take_sync_mode(body: Mapping[str, Any]) -> Problem | None:
    """Models at fal differ in having the field; here every endpoint takes it."""
    given = body.get("sync_mode", False)
    if isinstance(given, bool):
        return None
    return Problem("sync_mode", "expected true or false", type="bool_type")


def _check(endpoint: Endpoint, body: dict[str, Any]) -> Failure | None:
    try:
        check_request(endpoint.model, body)
    except InvalidRequest as error:
        return refused(error.problems)
    return None
