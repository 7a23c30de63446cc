"""The one place where the parts are put together: what widgets, magic and scripts share."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ltx_widgets import config
from ltx_widgets.blocking import Portal
from ltx_widgets.client import LTXClient, Outcome
from ltx_widgets.clip import Clip
from ltx_widgets.config import Target
from ltx_widgets.errors import (
    AmbiguousSubmit,
    InvalidRequest,
    JobCancelled,
    Problem,
    TransportError,
)
from ltx_widgets.history import History, Run, RunState
from ltx_widgets.job import Job
from ltx_widgets.schema import (
    DEFAULT_ENDPOINT,
    Endpoint,
    Estimate,
    Request,
    estimate,
    find_endpoint,
    read_request,
)
from ltx_widgets.wire import CancelAnswer, Ticket

__all__ = ["Session", "configure", "default_session", "jobs", "resume", "run", "submit", "where"]

T = TypeVar("T")


class Session:
    """One target, one event loop for life, one history.

    Args:
        key: A fal key; from the environment if left out.
        server: Base URL of your own server, or "local" for the embedded one.
        folder: Where clips and history are kept; `config.home` if left out.
    """

    def __init__(
        self,
        *,
        key: str | None = None,
        server: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self.target = config.resolve_target(key=key, server=server)
        self.folder = config.private_folder(folder or config.home())
        self.history = History(self.folder / "history.db")
        self._client: LTXClient | None = None
        self._connecting: asyncio.Lock | None = None

    def __repr__(self) -> str:
        return f"Session({self.target.label})"

    @cached_property
    def _portal(self) -> Portal:
        return Portal()

    @property
    def free(self) -> bool:
        """Whether requests cost nothing here."""
        return self.target.place != "hosted"

    def request(
        self, prompt: str | None = None, *, endpoint: str | None = None, **fields: Any
    ) -> tuple[Endpoint, Request]:
        """Read what a person asked for, without sending it.

        Raises:
            InvalidRequest: with every problem found, each with its fix.
        """
        row = find_endpoint(endpoint or DEFAULT_ENDPOINT)
        given = fields if prompt is None else {"prompt": prompt, **fields}
        return row, read_request(row.model, given)

    def estimate(self, endpoint: Endpoint, body: Mapping[str, Any]) -> Estimate | None:
        """What a request will cost here; None where calls are free."""
        return None if self.free else estimate(endpoint, body, on=date.today())  # noqa: DTZ011

    def submit(
        self, prompt: str | None = None, *, endpoint: str | None = None, **fields: Any
    ) -> Job:
        """Send a request and return at once.

        Args:
            prompt: What the clip should show.
            endpoint: Endpoint id; LTX-2.3 pro text to video if left out.
            fields: The endpoint's other fields.

        Raises:
            InvalidRequest: refused before anything was sent.
        """
        row, request = self.request(prompt, endpoint=endpoint, **fields)
        return self.send(row, request)

    def send(self, endpoint: Endpoint, request: Request) -> Job:
        """As `submit`, for a request that was read already."""
        body = request.body()
        job = self._job(endpoint, body)
        self._portal.start(self._run(job))
        return job

    def run(self, prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Clip:
        """Send a request and block until its clip is there; an interrupt cancels it."""
        return self.submit(prompt, endpoint=endpoint, **fields).result()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on the session's own loop, where its jobs live, and return at once."""
        return self._portal.start(work)

    def jobs(self, limit: int = 20) -> list[Run]:
        """The newest runs of every kernel, newest first."""
        return self.history.recent(limit)

    def resume(self, request_id: str) -> Job:
        """Go on with a job of this or another kernel, by its id or a unique beginning of it.

        Raises:
            InvalidRequest: the history has no such job.
        """
        run = self.history.find(request_id)
        if run is None or run.request_id is None:
            raise InvalidRequest(
                (Problem("request_id", f"no job in the history begins with {request_id!r}"),)
            )
        job = self._job(find_endpoint(run.endpoint), run.request)
        self._portal.start(self._follow(job, Ticket(run.endpoint, run.request_id), run.number))
        return job

    def connect(self) -> Target:
        """Reach the target, starting the embedded server if that is where calls go.

        Raises:
            ConfigError: the embedded server did not start; the message has the end of its log.
        """
        self._portal.call(self._connected())
        return self.target

    def close(self) -> None:
        """Close connections and end the loop; jobs at the server go on."""
        if "_portal" not in self.__dict__:
            return
        if self._client is not None:
            self._portal.call(self._client.aclose())
            self._client = None
        self._portal.close()
        del self.__dict__["_portal"]

    def _job(self, endpoint: Endpoint, body: Mapping[str, Any]) -> Job:
        return Job(
            endpoint,
            body,
            portal=self._portal,
            estimate=self.estimate(endpoint, body),
            cancel=self._cancel,
        )

    async def _run(self, job: Job) -> None:
        try:
            client = await self._connected()
            job.raise_if_cancelled()
            number = self.history.begin(
                endpoint=job.endpoint.id,
                place=self.target.place,
                url=self.target.url,
                request=job.request,
            )
            ticket = await self._submit(client, job, number)
        except Exception as error:  # noqa: BLE001 - whatever it is, the waiting cell must hear of it
            job.fail(error)
            return
        await self._follow(job, ticket, number)

    async def _submit(self, client: LTXClient, job: Job, number: int) -> Ticket:
        try:
            ticket = await client.submit(job.endpoint.id, job.request)
        except Exception as error:
            # "sending" stays where the request may have arrived: that run is still to be found.
            state: RunState = "sending" if isinstance(error, AmbiguousSubmit) else "failed"
            self.history.ended(number, state, str(error))
            raise
        self.history.accepted(number, ticket.request_id)
        if job.cancel_asked:
            await client.cancel(ticket)
        return ticket

    async def _follow(self, job: Job, ticket: Ticket, number: int) -> None:
        job.accept(ticket.request_id)
        try:
            client = await self._connected()
            async for status in client.follow(ticket):
                job.advance(status)
            job.fetch()
            logs = tuple(line.message for line in job.snapshot().logs)
            clip = await self._fetch(client, job, await client.result(ticket, logs=logs))
        except asyncio.CancelledError:
            # The kernel is going down: the job goes on, and `resume` finds it.
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the waiting cell must hear of it
            self._note_end(number, error)
            job.fail(error)
            return
        facts = {"cost": clip.cost, "engine": clip.engine, "notes": clip.notes, "url": clip.url}
        self.history.finished(number, clip=clip.path, facts=facts)
        job.finish(clip)

    def _note_end(self, number: int, error: Exception) -> None:
        if isinstance(error, TransportError):
            return  # We lost sight of it; it is still running as far as anybody knows.
        state: RunState = "cancelled" if isinstance(error, JobCancelled) else "failed"
        self.history.ended(number, state, str(error))

    async def _fetch(self, client: LTXClient, job: Job, outcome: Outcome) -> Clip:
        clips = config.private_folder(self.folder / "clips")
        path = clips / _file_name(job.request, outcome.ticket.request_id)
        video = outcome.result.video
        await client.download(video.url, path)
        return await asyncio.to_thread(
            Clip.from_file,
            path,
            url=video.url,
            endpoint=job.endpoint.id,
            request=dict(job.request),
            request_id=outcome.ticket.request_id,
            cost=_cost(job.estimate, outcome),
            engine=outcome.result.engine or "",
            notes=outcome.result.notes,
        )

    async def _cancel(self, job: Job) -> CancelAnswer:
        job.cancel_asked = True
        if job.request_id is None:
            return "requested"  # Sent as soon as the server has told the job's id.
        client = await self._connected()
        return await client.cancel(Ticket(job.endpoint.id, job.request_id))

    async def _connected(self) -> LTXClient:
        if self._connecting is None:
            self._connecting = asyncio.Lock()
        async with self._connecting:
            if self._client is None:
                if self.target.place == "local":
                    self.target = await self._find_local_server()
                    self._client = LTXClient(self.target, reconnect=self._find_local_server)
                else:
                    self._client = LTXClient(self.target)
        return self._client

    async def _find_local_server(self) -> Target:
        # The one upward look that the layers allow, and only when it is needed.
        from ltx_widgets.server.local import ensure_server

        running = await asyncio.to_thread(ensure_server, self.folder / "server")
        self.target = Target("local", running.url, running.key)
        return self.target


def _file_name(request: Mapping[str, Any], request_id: str) -> str:
    words = re.findall(r"[a-z0-9]+", str(request.get("prompt", "")).lower())
    return f"{'-'.join(words[:6])[:48] or 'clip'}-{request_id[:8]}.mp4"


def _cost(expected: Estimate | None, outcome: Outcome) -> str:
    if expected is None:
        return "free"
    if outcome.billable_units is not None:
        return f"${float(expected.per_second) * outcome.billable_units:.2f}"
    return f"about ${expected.usd:.2f}" if expected.usd is not None else ""


_lock = threading.Lock()
_default: Session | None = None


def default_session() -> Session:
    """The session that widgets, magic and the module's functions share; made when first needed."""
    global _default  # noqa: PLW0603 - one session for a kernel is the point
    with _lock:
        if _default is None:
            _default = Session()
        return _default


def configure(*, key: str | None = None, server: str | None = None) -> Session:
    """Say where calls go from now on; jobs under way stay where they are.

    Args:
        key: A fal key.
        server: Base URL of your own server, or "local" for the embedded one.

    Raises:
        ConfigError: the settings cannot be used.
    """
    global _default  # noqa: PLW0603 - as above
    made = Session(key=key, server=server)
    with _lock:
        _default = made
    return made


def submit(prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Job:
    """`Session.submit` of the shared session."""
    return default_session().submit(prompt, endpoint=endpoint, **fields)


def run(prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Clip:
    """`Session.run` of the shared session."""
    return default_session().run(prompt, endpoint=endpoint, **fields)


def jobs(limit: int = 20) -> list[Run]:
    """`Session.jobs` of the shared session."""
    return default_session().jobs(limit)


def resume(request_id: str) -> Job:
    """`Session.resume` of the shared session."""
    return default_session().resume(request_id)


def where() -> Target:
    """Say where the shared session's calls go: its text is one line for people."""
    return default_session().target
