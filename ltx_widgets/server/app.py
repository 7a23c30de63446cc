"""The routes: fal's queue protocol, finished clips, and a few of our own under ``/_ltx/``.

Parts of the protocol with modules of their own (storage, the direct host) are further route lists
beside `_queue_routes`; they share the `Service`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from ltx_widgets.config import package_version
from ltx_widgets.server import replies
from ltx_widgets.server.accepting import accept, platform_error
from ltx_widgets.server.direct import direct_routes, is_direct, run
from ltx_widgets.server.guard import Guard, check_access
from ltx_widgets.server.json_reply import MAX_BODY, BodyTooLarge, JSONReply
from ltx_widgets.server.openapi_routes import openapi_routes
from ltx_widgets.server.results import result_reply
from ltx_widgets.server.service import Service, base_of, media_base_of, service_of
from ltx_widgets.server.settings import ServerSettings, is_loopback
from ltx_widgets.server.storage_routes import storage_routes
from ltx_widgets.server.store import Job
from ltx_widgets.server.streams import status_events
from ltx_widgets.signing import JWKS_PATH
from ltx_widgets.wire import follow_base

if TYPE_CHECKING:
    from ltx_widgets.server.proxy import Proxy

__all__ = ["Service", "make_app", "routes"]

_NOT_FOUND = {"status": "NOT_FOUND"}
_CANCEL_ANSWERS = {
    "dropped": (202, "CANCELLATION_REQUESTED"),
    "stopping": (202, "CANCELLATION_REQUESTED"),
    "already_finished": (400, "ALREADY_COMPLETED"),
}
_log = logging.getLogger("ltx_widgets.server")

_MOST_LISTED = 1000
# Any page may ask, as at fal: without the key it learns nothing. Outside of the guard, since a
# browser asks for leave without the key.
_CORS: dict[str, Any] = {
    "allow_origins": ["*"],
    "allow_methods": ["GET", "HEAD", "POST", "PUT"],
    "allow_headers": ["*"],
    "expose_headers": [
        "x-fal-request-id",
        "x-fal-billable-units",
        "x-fal-error-type",
        "x-fal-request-timeout-type",
        "etag",
    ],
}


def make_app(service: Service) -> Starlette:
    """The ASGI application. Its lifespan starts and ends the workers."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        service.crew.start()
        service.deliveries.start()
        idle = asyncio.create_task(_end_when_idle(service))
        yield
        idle.cancel()
        await service.deliveries.close()
        if proxy is not None:
            await proxy.aclose()
        await service.crew.close()

    settings = service.settings
    proxy = _proxy(settings)
    guard = Middleware(
        Guard,
        key=settings.key,
        any_host=not is_loopback(settings.host),
        answer_to=settings.answer_to,
        activity=service.activity,
    )
    app = Starlette(
        routes=[*([proxy.route] if proxy else ()), *routes()],
        middleware=[Middleware(CORSMiddleware, **_CORS), guard],
        exception_handlers={
            HTTPException: _http_error,
            BodyTooLarge: _too_large,
            sqlite3.OperationalError: _not_written,
            Exception: _internal_error,
        },
        lifespan=lifespan,
    )
    app.state.service = service
    return app


def _proxy(settings: ServerSettings) -> Proxy | None:
    if settings.proxy_key is None:
        return None
    # Here alone, so that other servers start without an HTTP client that they do not need.
    from ltx_widgets.server.proxy import Proxy
    from ltx_widgets.server.targets import Targets

    return Proxy(settings.proxy_key, Targets(settings.proxy_allow))


def routes() -> list[Route]:
    """All that every server has, without the proxy. `operations` describes each of them."""
    # Our own come first: the queue's routes match almost anything.
    own = [*_own_routes(), *openapi_routes(), *storage_routes(), *direct_routes()]
    return [*own, *_queue_routes()]


async def _end_when_idle(service: Service) -> None:
    idle_s = service.settings.idle_s
    # Until now nobody could ask, however long the start took.
    service.activity.note()
    while idle_s is not None:
        if service.store.unfinished() or service.store.webhooks.undelivered():
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
        Route("/_ltx/submissions/{submission}", _submission),
        Route("/_ltx/shutdown", _shutdown, methods=["POST"]),
        Route("/files/{file_id}/{name}", _clip),
        Route(JWKS_PATH, _jwks),
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


async def _submit(request: Request) -> Response:
    if is_direct(request):
        return await run(request)
    service = service_of(request)
    job = await accept(service, request, request.path_params["endpoint"])
    if isinstance(job, Response):
        return job
    reply = replies.submit_body(job, base_of(request), service.store.position(job))
    return JSONReply(reply, headers={"x-fal-request-id": job.request_id})


async def _jwks(request: Request) -> Response:
    key = await asyncio.to_thread(service_of(request).signing.load)
    return JSONReply(key.jwks())


async def _submission(request: Request) -> Response:
    """The job that a submit made, for who never saw the answer to it."""
    service = service_of(request)
    job = service.store.submitted(request.path_params["submission"])
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    return JSONReply(replies.submit_body(job, base_of(request), service.store.position(job)))


def _find(request: Request) -> Job | None:
    """The job in the path, if it belongs to the app in the path."""
    job = service_of(request).store.job(request.path_params["request_id"])
    app = request.path_params["app"]
    return job if job is not None and app in (job.endpoint, follow_base(job.endpoint)) else None


async def _status(request: Request) -> Response:
    job, store = _find(request), service_of(request).store
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    logs = store.lines(job.request_id) if _wants_logs(request) else None
    position = store.position(job) if job.state == "queued" else 0
    body = replies.status_body(job, base_of(request), position=position, logs=logs)
    return JSONReply(body, replies.status_code(job), {"x-fal-request-id": job.request_id})


def _wants_logs(request: Request) -> bool:
    return replies.wants_logs(request.query_params.get("logs"))


async def _stream(request: Request) -> Response:
    job, service = _find(request), service_of(request)
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    events = status_events(
        service.store, service.changes, job.request_id, base_of(request), logs=_wants_logs(request)
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
    return await result_reply(job, media_base_of(request), service_of(request).settings.files)


async def _cancel(request: Request) -> Response:
    job = _find(request)
    if job is None:
        return JSONReply(_NOT_FOUND, 404)
    code, word = _CANCEL_ANSWERS[await service_of(request).crew.cancel(job.request_id)]
    return JSONReply({"status": word}, code, {"x-fal-request-id": job.request_id})


async def _clip(request: Request) -> Response:
    service, wanted = service_of(request), request.path_params
    job = service.store.clip(wanted["file_id"])
    if job is None or wanted["name"] != replies.clip_name(job):
        raise HTTPException(404)
    check_access(request, job.access)
    if job.clip_expired:
        raise HTTPException(404, "the clip was kept for as long as was asked; it is gone")
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
        "jobs": service_of(request).store.counts(),
    }
    return JSONReply(facts)


async def _jobs(request: Request) -> Response:
    asked = request.query_params.get("limit", "100")
    # Python reads no number of thousands of digits.
    limit = min(int(asked[:9]), _MOST_LISTED) if asked.isascii() and asked.isdigit() else 100
    jobs = service_of(request).store.recent(limit)
    return JSONReply({"jobs": [replies.job_facts(job) for job in jobs]})


async def _shutdown(request: Request) -> Response:
    service_of(request).end()
    return JSONReply({"status": "ENDING"}, 202)


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    return JSONReply({"detail": error.detail}, error.status_code, error.headers)


async def _too_large(_: Request, __: Exception) -> Response:
    text = f"the body is larger than {MAX_BODY} bytes"
    # The rest of the body is still on its way; reading it on would be the attack.
    return JSONReply({"detail": text}, 413, {"connection": "close"})


async def _not_written(_: Request, error: Exception) -> Response:
    _log.error("the queue: %s", error)
    text = f"the queue cannot be written ({error}); make room on the server's disk and try again"
    return platform_error(507, text, "internal_error")


async def _internal_error(_: Request, __: Exception) -> Response:
    return platform_error(500, "Internal server error", "internal_error")
