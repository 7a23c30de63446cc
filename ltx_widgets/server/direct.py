"""fal's direct host: one request, and the output on the same connection.

Reached under the host name ``fal.run`` (see ``--answer-to``), or below ``/_run/`` of any other.
Nothing is tried again, nothing waits for long: who would have to queue is refused.
"""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ltx_widgets.server.accepting import accept, platform_error
from ltx_widgets.server.results import result_reply
from ltx_widgets.server.service import Service, media_base_of, service_of
from ltx_widgets.server.store import Job

__all__ = ["direct_routes", "is_direct", "run"]

_HOSTS = ("fal.run", "falrun.com")


def direct_routes() -> list[Route]:
    """The way in without the host name."""
    return [Route("/_run/{endpoint:path}", run, methods=["POST"])]


def is_direct(request: Request) -> bool:
    """Whether a request came to the direct host by name."""
    return request.url.hostname in _HOSTS


async def run(request: Request) -> Response:
    """Accept, wait, answer with the output or the error; who hangs up ends the render."""
    service = service_of(request)
    busy, most = service.store.busy(), service.settings.workers
    if busy >= most:
        return platform_error(
            429,
            f"{busy} requests are under way and this server runs {most} at once; try again later, "
            "or use the queue",
            "concurrent_requests_limit",
            {"x-fal-needs-retry": "1"},
        )
    job = await accept(service, request, request.path_params["endpoint"], direct=True)
    if isinstance(job, Response):
        return job
    ended = await _ended(service, request, job)
    if ended is not None:
        return await result_reply(ended, media_base_of(request), service.settings.files)
    await service.crew.cancel(job.request_id)
    return Response(status_code=499)  # Nobody is there to read it.


async def _ended(service: Service, request: Request, job: Job) -> Job | None:
    """The job at its end; None where its caller hung up, or the server ends, before that."""
    gone = asyncio.create_task(_hung_up(request))
    try:
        with service.changes.watch(job.request_id) as changed:
            while not (gone.done() or service.changes.closed):
                changed.clear()
                now = service.store.job(job.request_id)
                if now is None or now.state == "finished":
                    return now
                waiting = asyncio.create_task(changed.wait())
                await asyncio.wait({waiting, gone}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
        return None
    finally:
        gone.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
