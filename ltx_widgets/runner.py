"""One job's way: noted, sent, followed, fetched. What the session's loop works on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from ltx_widgets import config
from ltx_widgets.budget import Budget
from ltx_widgets.client import LTXClient, Outcome
from ltx_widgets.clip import Clip
from ltx_widgets.config import Target
from ltx_widgets.draft import Draft
from ltx_widgets.errors import (
    AmbiguousSubmit,
    InvalidRequest,
    JobCancelled,
    JobError,
    JobFailed,
    JobLost,
    LTXError,
    MediaError,
)
from ltx_widgets.history import History, Run, RunState
from ltx_widgets.job import Job
from ltx_widgets.opening import write_recipe
from ltx_widgets.schema import Estimate
from ltx_widgets.submission import SubmitOptions
from ltx_widgets.submitting import new_submission
from ltx_widgets.uploads import Uploads
from ltx_widgets.wire import CancelAnswer, LogLine, Queued, Ticket

__all__ = ["Runner"]


class Runner:
    """Runs jobs over one connection; it belongs to the loop it first runs on.

    Args:
        target: Where calls go.
        folder: Where clips, and the embedded server's state, are kept.
        history: Where each run is written down. Its calls may wait for another process's lock,
            so they run on threads.
        of_here: Gives the attributes that clips have from their session: `chain`, `embed`.
    """

    def __init__(
        self,
        target: Target,
        folder: Path,
        history: History,
        *,
        of_here: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self.target = target
        self._of_here = of_here
        self._folder = folder
        self._history = history
        self._uploads = Uploads(folder / "uploads.db")
        self._client: LTXClient | None = None
        self._connecting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, job: Job, draft: Draft, budget: Budget | None) -> None:
        """Send a new job and see it through. To be called on the loop."""
        self._see_through(job, self._run(job, draft, budget))

    def resume(self, job: Job, run: Run) -> None:
        """Go on with a job that was sent before. To be called on the loop."""
        if run.request_id is None:
            self._see_through(job, self._found(job, run))
            return
        job.accept(run.request_id)
        ticket = Ticket(run.endpoint, run.request_id)
        self._see_through(job, self._follow(job, ticket, run.number, _parents(run)))

    async def aclose(self) -> None:
        """Let go of every job, which goes on at the server, and close connections."""
        self._closed = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def connected(self) -> LTXClient:
        """The client, the embedded server started first where that is where calls go.

        Raises:
            ConfigError: it did not start.
        """
        async with self._connecting:
            if self._client is None:
                if self.target.place == "local":
                    await self._find_local_server()
                    self._client = LTXClient(self.target, reconnect=self._find_local_server)
                else:
                    self._client = LTXClient(self.target)
        return self._client

    async def cancel(self, job: Job) -> CancelAnswer:
        """Cancel a job at the server; one whose id is not known yet, as soon as it is."""
        job.give_up()
        if job.request_id is None:
            return "requested"
        client = await self.connected()
        return await client.cancel(Ticket(job.endpoint.id, job.request_id))

    async def log(self, job: Job) -> tuple[LogLine, ...]:
        """Every line that the server kept of a job that it knows."""
        client = await self.connected()
        status = await client.status(Ticket(job.endpoint.id, job.request_id or ""))
        return () if isinstance(status, Queued) else status.logs

    def _see_through(self, job: Job, work: Coroutine[Any, Any, Clip]) -> None:
        if self._closed:
            _drop(job, work)
            return
        task = asyncio.get_running_loop().create_task(self._guarded(job, work))
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._left(ended, job, work))

    def _left(self, task: asyncio.Task[None], job: Job, work: Coroutine[Any, Any, Clip]) -> None:
        self._tasks.discard(task)
        if not job.done:
            # Cancelled before its first step: nothing in it ever ran.
            _drop(job, work)

    async def _guarded(self, job: Job, work: Coroutine[Any, Any, Clip]) -> None:
        """Whatever happens, whoever waits for the job must hear of it."""
        try:
            job.finish(await work)
        except asyncio.CancelledError:
            known = f": ltx_widgets.resume({job.request_id!r})" if job.request_id else ""
            job.fail(JobLost(f"this session was closed; the job goes on{known}", **_facts(job)))
            raise
        except Exception as error:  # noqa: BLE001 - it is raised where the job is waited for
            job.fail(error)

    async def _run(self, job: Job, draft: Draft, budget: Budget | None) -> Clip:
        client = await self.connected()
        for note in draft.notes:
            job.remark(note)
        job.raise_if_cancelled()
        job.request = draft.body(await self._uploaded(client, job, draft))
        job.run = number = await asyncio.to_thread(
            self._history.begin,
            endpoint=job.endpoint.id,
            place=self.target.place,
            url=self.target.url,
            request=job.request,
            submission=(submission := new_submission() if client.can_look_up else None),
            batch=job.batch,
            price=_usd(job.estimate),
            # What costs nothing is bound by none.
            budget=budget if job.estimate else None,
        )
        if draft.parents:
            await asyncio.to_thread(self._history.came_from, number, draft.parents)
        ticket = await self._submit(client, job, number, draft.options, submission)
        return await self._follow(job, ticket, number, draft.parents)

    async def _uploaded(self, client: LTXClient, job: Job, draft: Draft) -> dict[str, str]:
        """Addresses of the files that go with a request, by field; each content goes up once."""
        addresses: dict[str, str] = {}
        for name, given in draft.waiting.items():
            job.upload(given.label)
            work = asyncio.ensure_future(
                self._uploads.address(client, given, on_progress=job.uploaded)
            )
            given_up = asyncio.ensure_future(job.given_up.wait())
            await asyncio.wait({work, given_up}, return_when=asyncio.FIRST_COMPLETED)
            given_up.cancel()
            if not work.done():
                work.cancel()
            job.raise_if_cancelled()
            addresses[name] = await work
        return addresses

    async def _found(self, job: Job, run: Run) -> Clip:
        """Look for a job whose submit was never answered, and go on with it."""
        client = await self.connected()
        if run.submission is None or not client.can_look_up:
            raise JobLost(
                "no answer ever came to this request, and hosted fal cannot be asked for it: look "
                f"in your dashboard at fal.ai for a request of {run.started:%Y-%m-%d %H:%M} UTC to "
                f"{run.endpoint}; it may have run and been charged",
                **_facts(job),
            )
        ticket = await client.find(run.endpoint, run.submission)
        if ticket is None:
            text = "this request never reached the server: nothing runs, it may be sent again"
            await asyncio.to_thread(self._history.ended, run.number, "failed", text)
            raise JobFailed(text, **_facts(job))
        job.accept(ticket.request_id)
        await asyncio.to_thread(self._history.accepted, run.number, ticket.request_id)
        return await self._follow(job, ticket, run.number, _parents(run))

    async def _submit(
        self,
        client: LTXClient,
        job: Job,
        number: int,
        options: SubmitOptions | None,
        submission: str | None,
    ) -> Ticket:
        try:
            job.raise_if_cancelled()
            ticket = await client.submit(
                job.endpoint.id,
                job.request,
                options=options,
                submission=submission,
                given_up=job.given_up,
                on_doubt=job.remark,
            )
        except Exception as error:
            unsent = isinstance(error, JobCancelled) or not getattr(error, "sent", True)
            # "sending" stays where the request may have arrived: that run is still to be found.
            state: RunState = "sending" if isinstance(error, AmbiguousSubmit) else "failed"
            if unsent and job.cancel_asked:
                state = "cancelled"
            await asyncio.to_thread(self._history.ended, number, state, str(error))
            if unsent:
                job.raise_if_cancelled()
            raise
        job.accept(ticket.request_id)
        await asyncio.to_thread(self._history.accepted, number, ticket.request_id)
        if job.cancel_asked:
            await self._cancel_late(client, job, ticket)
        return ticket

    async def _cancel_late(self, client: LTXClient, job: Job, ticket: Ticket) -> None:
        try:
            await client.cancel(ticket)
        except LTXError as error:
            # The job runs; it must not be lost from sight over this.
            job.remark(f"the cancel did not reach the server: {error}")

    async def _follow(
        self, job: Job, ticket: Ticket, number: int, parents: Mapping[str, str] | None = None
    ) -> Clip:
        try:
            client = await self.connected()
            async for status in client.follow(ticket):
                job.advance(status)
            job.fetch()
            outcome = await client.result(ticket, logs=tuple(job.messages()))
            clip = await self._fetch(client, job, outcome, parents or {})
        except (JobError, InvalidRequest) as error:
            state: RunState = "cancelled" if isinstance(error, JobCancelled) else "failed"
            await asyncio.to_thread(self._history.ended, number, state, str(error))
            raise
        except Exception as error:
            # A full disk as much as a lost line: the job is the server's, only our sight of it
            # has ended.
            raise JobLost(
                f"{error}. The job may still be running, and its clip may be there: "
                f"ltx_widgets.resume({ticket.request_id!r}) goes on",
                **_facts(job),
            ) from error
        facts = {
            "cost": clip.cost,
            "engine": clip.engine,
            "notes": clip.notes,
            "url": clip.url,
            "parents": dict(clip.parents),
        }
        counted = _usd(job.estimate, outcome.billable_units)
        await asyncio.to_thread(
            self._history.finished, number, clip=clip.path, facts=facts, price=counted
        )
        return clip

    async def _fetch(
        self, client: LTXClient, job: Job, outcome: Outcome, parents: Mapping[str, str]
    ) -> Clip:
        clips = config.private_folder(self._folder / "clips")
        path = clips / _file_name(job.request, outcome.ticket.request_id)
        video = outcome.result.video
        await client.files.download(video.url, path)
        clip = await asyncio.to_thread(
            Clip.from_file,
            path,
            url=video.url,
            endpoint=job.endpoint.id,
            request=dict(job.request),
            request_id=outcome.ticket.request_id,
            cost=_cost(job.estimate, outcome),
            engine=outcome.result.engine or "",
            notes=outcome.result.notes,
            parents=parents,
            **self._of_here(),
        )
        try:
            await asyncio.to_thread(write_recipe, clip, self.target.key)
        except (MediaError, OSError) as error:
            # The clip is what counts.
            job.remark(f"the clip's file does not carry its recipe: {error}")
        return clip

    async def _find_local_server(self) -> Target:
        # The one upward look that the layers allow, and only when it is needed.
        from ltx_widgets.server.local import ensure_server

        running = await asyncio.to_thread(ensure_server, self._folder / "server")
        self.target = Target("local", running.url, running.key)
        return self.target


def _drop(job: Job, work: Coroutine[Any, Any, Clip]) -> None:
    work.close()
    job.fail(JobLost("this session was closed before the job was sent", **_facts(job)))


def _facts(job: Job) -> dict[str, Any]:
    return {"request_id": job.request_id or "", "logs": tuple(job.messages())}


def _parents(run: Run) -> Mapping[str, str]:
    """The clips that its media came from, as they were written down when it was sent."""
    parents: Mapping[str, str] = (run.facts or {}).get("parents", {})
    return parents


def _file_name(request: Mapping[str, Any], request_id: str) -> str:
    words = re.findall(r"[a-z0-9]+", str(request.get("prompt", "")).lower())
    short = re.sub(r"[^A-Za-z0-9]", "", request_id)[:8]
    return f"{'-'.join(words[:6])[:48] or 'clip'}-{short}.mp4"


def _usd(expected: Estimate | None, units: float | None = None) -> float | None:
    """US dollars: those that were counted or, before, those expected at most."""
    if expected is None:
        return None
    if units is not None:
        return float(expected.per_second) * units
    return None if expected.usd is None else float(expected.usd)


def _cost(expected: Estimate | None, outcome: Outcome) -> str:
    if expected is None:
        return "free"
    usd = _usd(expected, outcome.billable_units)
    if usd is None:
        return ""
    return f"${usd:.2f}" if outcome.billable_units is not None else f"about ${usd:.2f}"
