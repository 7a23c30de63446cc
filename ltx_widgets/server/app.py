"""The routes: fal's queue protocol, finished clips, and a few of our own under ``/_ltx/``.

Parts of the protocol with modules of their own (storage; later webhooks, the direct host) are
further route lists beside `_queue_routes`; they share the `Service`.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from ltx_widgets.config import package_version
from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import ENDPOINTS, Endpoint, check_request
from ltx_widgets.server import replies
from ltx_widgets.server.activity import Activity
from ltx_widgets.server.changes import Changes
from ltx_widgets.server.crew import Crew
from ltx_widgets.server.failures import Failure, refused
from ltx_widgets.server.guard import Guard
from ltx_widgets.server.json_reply import MAX_BODY, BodyTooLarge, JSONReply, read_object
from ltx_widgets.server.settings import ServerSettings, is_loopback
from ltx_widgets.server.storage import UploadStore
from ltx_widgets.server.storage_routes import storage_routes
from ltx_widgets.server.store import Job, Store
from ltx_widgets.server.streams import status_events
from ltx_widgets.wire import follow_base

__all__ = ["Service", "make_app"]

_NOT_FOUND = {"status": "NOT_FOUND"}
_CANCEL_ANSWERS = {
    "dropped": (202, "CANCELLATION_REQUESTED"),
    "stopping": (202, "CANCELLATION_REQUESTED"),
    "already_finished": (400, "ALREADY_COMPLETED"),
}
_MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with.

    Attributes:
        settings: As the server was started.
        store: The queue.
        storage: Uploaded files.
        changes: Wakes streams.
        crew: Renders.
        activity: When there was last something to do.
        end: Makes the server end, cleanly and soon.
    """

    settings: ServerSettings
    store: Store
    storage: UploadStore
    changes: Changes
    crew: Crew
    end: Callable[[], None]
    activity: Activity = field(default_factory=Activity)


def make_app(service: Service) -> Starlette:
    """The ASGI application. Its lifespan starts and ends the workers."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        service.crew.start()
        idle = asyncio.create_task(_end_when_idle(service))
        yield
        idle.cancel()
        await service.crew.close()

    settings = service.settings
    guard = Middleware(
        Guard,
        key=settings.key,
        any_host=not is_loopback(settings.host),
        activity=service.activity,
    )
    app = Starlette(
        # Our own come first: the queue's routes match almost anything.
        routes=[*_own_routes(), *storage_routes(), *_queue_routes()],
        middleware=[guard],
        exception_handlers={
            HTTPException: _http_error,
            BodyTooLarge: _too_large,
            Exception: _internal_error,
        },
        lifespan=lifespan,
    )
    app.state.service = service
    return app


async def _end_when_idle(service: Service) -> None:
    idle_s = service.settings.idle_s
    while idle_s is not None:
        if service.store.unfinished():
            service.activity.note()
        left = idle_s - service.activity.quiet_s()
        if left <= 0:
            service.end()
            return
        await asyncio.sleep(left)


def _own_routes() -> list[Route]:
    return [
        Route("/_ltx/health", _health),
        Route("/_ltx/jobs", _jobs),
        Route("/_ltx/shutdown", _shutdown, methods=["POST"]),
        Route("/files/{file_id}/{name}", _clip),
    ]


def _queue_routes() -> list[Route]:
    request = "/{app:path}/requests/{request_id}"
    return [
        Route(f"{request}/status", _status),
        Route(f"{request}/status/stream", _stream),
        Route(f"{request}/cancel", _cancel, methods=["PUT"]),
        Route(f"{request}/response", _result),
        Route(request, _result),
        Route("/{endpoint:path}", _submit, methods=["POST"]),
    ]


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _base(request: Request) -> str:
    """Scheme and host that the caller used: a proxy's client cannot reach our own."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def _submit(request: Request) -> Response:
    service, name = _service(request), request.path_params["endpoint"]
    endpoint = ENDPOINTS.get(name)
    if endpoint is None:
        return JSONReply({"detail": f'Application "{name}" not found'}, 404)
    try:
        body = await read_object(request)
    except InvalidRequest as error:
        return JSONReply(refused(error.problems).body, 422)
    request_id = str(uuid.uuid4())
    job = service.store.add(request_id, name, body, failure=_check(endpoint, body))
    service.crew.wake()
    reply = replies.submit_body(job, _base(request), service.store.position(job))
    return JSONReply(reply, headers={"x-fal-request-id": request_id})


def _check(endpoint: Endpoint, body: dict[str, Any]) -> Failure | None:
    # fal accepts a bad request and refuses it at the result URL; the render never starts.
    try:
        check_request(endpoint.model, body)
    except InvalidRequest as error:
        return refused(error.problems)
    return None


def _find(request: Request) -> Job | None:
    """The job in the path, if it belongs to the app in the path."""
    job = _service(request).store.job(request.path_params["request_id"])
    app = request.path_params["app"]
    return job if job is not None and app in (job.endpoint, follow_base(job.endpoint)) else None


async def _status(request: Request) -> Response:
    job, store = _find(request), _service(request).store
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    logs = store.lines(job.request_id) if _wants_logs(request) else None
    position = store.position(job) if job.state == "queued" else 0
    body = replies.status_body(job, _base(request), position=position, logs=logs)
    return JSONReply(body, replies.status_code(job), {"x-fal-request-id": job.request_id})


def _wants_logs(request: Request) -> bool:
    return replies.wants_logs(request.query_params.get("logs"))


async def _stream(request: Request) -> Response:
    job, service = _find(request), _service(request)
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    events = status_events(
        service.store, service.changes, job.request_id, _base(request), logs=_wants_logs(request)
    )
    headers = {
        "x-fal-request-id": job.request_id,
        "cache-control": "no-cache",
        "x-accel-buffering": "no",  # nginx would hold events back.
    }
    return StreamingResponse(events, headers=headers, media_type="text/event-stream")


async def _result(request: Request) -> Response:
    job = _find(request)
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    if job.state != "finished":
        return JSONReply({"detail": "Request is still in progress"}, 400)
    headers = replies.output_headers(job)
    if job.failure is not None:
        return JSONReply(job.failure.body, job.failure.status, headers)
    return JSONReply(replies.output(job, _base(request)), headers=headers)


async def _cancel(request: Request) -> Response:
    job = _find(request)
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    code, word = _CANCEL_ANSWERS[await _service(request).crew.cancel(job.request_id)]
    return JSONReply({"status": word}, code, {"x-fal-request-id": job.request_id})


async def _clip(request: Request) -> Response:
    service, wanted = _service(request), request.path_params
    job = service.store.clip(wanted["file_id"])
    if job is None or wanted["name"] != replies.clip_name(job):
        raise HTTPException(404)
    path = service.settings.files / f"{job.file_id}.mp4"
    try:
        facts = os.stat(path)  # noqa: PTH116 - one call, on the loop: a local file
    except FileNotFoundError:
        raise HTTPException(404, "the clip was deleted") from None
    return FileResponse(
        path,
        media_type="video/mp4",
        filename=wanted["name"],
        content_disposition_type="inline",
        stat_result=facts,
        headers={
            "cache-control": "private, max-age=31536000, immutable",
            "x-content-type-options": "nosniff",
        },
    )


async def _health(request: Request) -> Response:
    facts = {
        "name": "ltx_widgets",
        "version": package_version(),
        "pid": os.getpid(),
        "jobs": _service(request).store.counts(),
    }
    return JSONReply(facts)


async def _jobs(request: Request) -> Response:
    asked = request.query_params.get("limit", "100")
    limit = min(int(asked), _MOST_LISTED) if asked.isascii() and asked.isdigit() else 100
    jobs = _service(request).store.recent(limit)
    return JSONReply({"jobs": [replies.job_facts(job) for job in jobs]})


async def _shutdown(request: Request) -> Response:
    _service(request).end()
    return JSONReply({"status": "ENDING"}, 202)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return JSONReply({"detail": error.detail}, error.status_code, error.headers)


async def _too_large(_: Request, __: Exception) -> Response:
    text = f"the body is larger than {MAX_BODY} bytes"
    # The rest of the body is still on its way; reading it on would be the attack.
    return JSONReply({"detail": text}, 413, {"connection": "close"})


async def _internal_error(_: Request, __: Exception) -> Response:
    body = {"detail": "Internal server error", "error_type": "internal_error"}
    return JSONReply(body, 500, {"x-fal-error-type": "internal_error"})
