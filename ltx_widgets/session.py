"""The one place where the parts are put together: what widgets, magic and scripts share."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from ltx_widgets import config
from ltx_widgets.blocking import Portal
from ltx_widgets.clip import Clip
from ltx_widgets.config import Target
from ltx_widgets.draft import Draft, read_draft
from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.history import History, Run
from ltx_widgets.job import Job
from ltx_widgets.library import Library, kept_clip
from ltx_widgets.runner import Runner
from ltx_widgets.schema import Endpoint, Estimate, MediaFacts, estimate, find_endpoint
from ltx_widgets.submission import SubmitOptions

__all__ = [
    "Session",
    "clips",
    "configure",
    "default_session",
    "jobs",
    "lineage",
    "resume",
    "run",
    "submit",
    "where",
]

T = TypeVar("T")


class Session:
    """One target, one event loop for life, one history.

    Args:
        key: A fal key; from the environment if left out.
        server: Base URL of your own server, or "local" for the embedded one.
        proxy: Address of a proxy to hosted fal; `key` is your password there.
        folder: Where clips and history are kept; `config.home` if left out.
    """

    def __init__(
        self,
        *,
        key: str | None = None,
        server: str | None = None,
        proxy: str | None = None,
        folder: Path | None = None,
    ) -> None:
        self._target = config.resolve_target(key=key, server=server, proxy=proxy)
        self.folder = config.private_folder(folder or config.home())
        self.history = History(self.folder / "history.db")
        self._lock = threading.Lock()
        self._engine: tuple[Portal, Runner] | None = None

    def __repr__(self) -> str:
        return f"Session({self.target.label})"

    @property
    def target(self) -> Target:
        """Where calls go; the embedded server's address is known once it was needed."""
        engine = self._engine
        return engine[1].target if engine else self._target

    @cached_property
    def library(self) -> Library:
        """Its finished clips, of this and every other kernel."""
        return Library(self.folder, self.history, chain=self.run)

    @property
    def free(self) -> bool:
        """Whether requests cost nothing here."""
        return self.target.place != "hosted"

    def request(
        self,
        prompt: str | None = None,
        *,
        endpoint: str | None = None,
        parents: Mapping[str, str] | None = None,
        options: SubmitOptions | None = None,
        **fields: Any,
    ) -> Draft:
        """Read what a person asked for, without sending it.

        Media are read, checked and, where the service would refuse them, converted; large ones
        take a while.

        Args:
            prompt: What the clip should show.
            endpoint: Endpoint id; see `submit`.
            parents: The request ids of clips that media came from, by field; for the lineage.
            options: How the queue is to handle it.
            fields: The endpoint's other fields; see `submit`.

        Raises:
            InvalidRequest: with every problem found, each with its fix.
        """
        given = fields if prompt is None else {"prompt": prompt, **fields}
        folder = self.folder / "media"
        return read_draft(
            given,
            endpoint=endpoint,
            folder=folder,
            parents=parents,
            options=options,
            hosted=self.target.place == "hosted",
        )

    def estimate(self, draft: Draft) -> Estimate | None:
        """What a request will cost here; None where calls are free."""
        return self._estimate(draft.endpoint, draft.request.body(), draft.facts)

    def submit(
        self, prompt: str | None = None, *, endpoint: str | None = None, **fields: Any
    ) -> Job:
        """Send a request and return at once.

        Args:
            prompt: What the clip should show.
            endpoint: Endpoint id; if left out, LTX-2.3 pro image to video or audio to video where
                such media are given, and text to video otherwise.
            fields: ``options`` (`SubmitOptions`: start timeout, priority, webhook …), and the
                endpoint's other fields. ``image``, ``end_image``, ``audio`` and ``video``
                take a path, an address, bytes, an array, a picture, or an earlier clip.

        Raises:
            InvalidRequest: refused before anything was sent.
        """
        return self.send(self.request(prompt, endpoint=endpoint, **fields))

    def send(self, draft: Draft, *, batch: str | None = None) -> Job:
        """As `submit`, for a request that was read already.

        Args:
            draft: The request.
            batch: What it is sent together with; the history keeps it.
        """
        portal, runner = self._running()
        job = self._job(
            draft.endpoint,
            draft.told(),
            portal,
            runner,
            estimate=self.estimate(draft),
            batch=batch,
        )
        portal.start(_on_loop(runner.start, job, draft))
        return job

    def run(self, prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Clip:
        """Send a request and block until its clip is there; an interrupt cancels it."""
        return self.submit(prompt, endpoint=endpoint, **fields).result()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on the session's own loop, where its jobs live, and return at once."""
        return self._running()[0].start(work)

    def lineage(self, clip: Clip) -> list[Run]:
        """The runs that a clip came from and its own, oldest first, as far as they are known."""
        known: dict[str, Run] = {}
        ahead = [clip.request_id]
        while ahead:
            request_id = ahead.pop()
            runs = self.history.matching(request_id) if request_id not in known else []
            for run in runs[:1]:
                known[request_id] = run
                ahead.extend((run.facts or {}).get("parents", {}).values())
        return sorted(known.values(), key=lambda run: run.number)

    def jobs(self, limit: int = 20) -> list[Run]:
        """The newest runs of every kernel, newest first."""
        return self.history.recent(limit)

    def resume(self, job: str | Run) -> Job:
        """Go on with a job of this or another kernel.

        A run whose submit was never answered (state "sending") is looked for at our own servers,
        where its `id` in `jobs` is our own name for it. Hosted fal cannot be asked.

        Args:
            job: One of `jobs`, its id, or a unique beginning of that.

        Raises:
            InvalidRequest: the history has no such job.
        """
        run = job if isinstance(job, Run) else self._find(job)
        kept = kept_clip(run, self.run)
        if kept is None:
            self._check_place(run)
        portal, runner = self._running()
        row = find_endpoint(run.endpoint)
        expected = self._estimate(row, run.request, {})
        resumed = self._job(row, run.request, portal, runner, estimate=expected)
        resumed.request_id = run.request_id
        if kept is not None:
            portal.start(_on_loop(resumed.finish, kept))
        else:
            portal.start(_on_loop(runner.resume, resumed, run))
        return resumed

    def connect(self) -> Target:
        """Reach the target, starting the embedded server if that is where calls go.

        Raises:
            ConfigError: the embedded server did not start; the message has the end of its log.
        """
        portal, runner = self._running()
        portal.call(runner.connected())
        return self.target

    def close(self) -> None:
        """Let go of every job, which goes on at the server, and end the loop.

        The session can be used again afterwards.
        """
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is None:
            return
        portal, runner = engine
        if not portal.closed:
            portal.call(runner.aclose())
            portal.close()

    def _running(self) -> tuple[Portal, Runner]:
        with self._lock:
            if self._engine is None:
                portal = Portal()
                runner = portal.call(self._new_runner())
                self._engine = portal, runner
            return self._engine

    async def _new_runner(self) -> Runner:
        return Runner(self._target, self.folder, self.history, chain=self.run)

    def _find(self, request_id: str) -> Run:
        runs = self.history.matching(request_id)
        if len(runs) == 1:
            return runs[0]
        what = "more than one job" if runs else "no job"
        problem = Problem("request_id", f"{what} in the history begins with {request_id!r}")
        raise InvalidRequest((problem,))

    def _check_place(self, run: Run) -> None:
        """An embedded server is found wherever it is; anything else must be the same place."""
        here = (self.target.place, "" if self.target.place == "local" else self.target.url)
        there = (run.place, "" if run.place == "local" else run.url)
        if here != there:
            asked = {"hosted": "key=…", "local": 'server="local"'}
            how = asked.get(run.place, f'server="{run.url}"')
            if run.place == "hosted" and run.url != config.FAL_QUEUE:
                how = f'proxy="{run.url}", key=…'
            problem = Problem(
                "request_id",
                f"this job went to {run.place} {run.url}, and calls go to {here[0]} {here[1]} now; "
                f"call ltx_widgets.configure({how}) first",
            )
            raise InvalidRequest((problem,))

    def _estimate(
        self, endpoint: Endpoint, body: Mapping[str, Any], media: Mapping[str, MediaFacts]
    ) -> Estimate | None:
        if self.free:
            return None
        return estimate(endpoint, body, media=media, on=date.today())  # noqa: DTZ011

    def _job(
        self,
        endpoint: Endpoint,
        body: Mapping[str, Any],
        portal: Portal,
        runner: Runner,
        *,
        estimate: Estimate | None,
        batch: str | None = None,
    ) -> Job:
        return Job(
            endpoint, body, portal=portal, estimate=estimate, cancel=runner.cancel, batch=batch
        )


async def _on_loop(act: Callable[..., None], *values: Any) -> None:
    act(*values)


_lock = threading.Lock()
_default: Session | None = None


def default_session() -> Session:
    """The session that widgets, magic and the module's functions share; made when first needed."""
    global _default  # noqa: PLW0603 - one session for a kernel is the point
    with _lock:
        if _default is None:
            _default = Session()
        return _default


def configure(
    *, key: str | None = None, server: str | None = None, proxy: str | None = None
) -> Session:
    """Say where calls go from now on; jobs under way stay where they are.

    Args:
        key: A fal key; with `server` or `proxy`, the key or password there.
        server: Base URL of your own server, or "local" for the embedded one.
        proxy: Address of a proxy to hosted fal, of ``ltx-widgets serve --proxy`` or any other that
            keeps to fal's proxy contract.

    Raises:
        ConfigError: the settings cannot be used.
    """
    global _default  # noqa: PLW0603 - as above
    made = Session(key=key, server=server, proxy=proxy)
    with _lock:
        # The session before keeps its loop: forms and jobs may still be on it. An idle thread
        # costs almost nothing, and ends with the process.
        _default = made
    return made


def _forget_after_fork() -> None:
    """A forked child has neither the loop's thread nor a say over its lock."""
    global _default, _lock
    _default, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def submit(prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Job:
    """`Session.submit` of the shared session."""
    return default_session().submit(prompt, endpoint=endpoint, **fields)


def run(prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Clip:
    """`Session.run` of the shared session."""
    return default_session().run(prompt, endpoint=endpoint, **fields)


def jobs(limit: int = 20) -> list[Run]:
    """`Session.jobs` of the shared session."""
    return default_session().jobs(limit)


def clips(words: str = "", *, endpoint: str | None = None, limit: int = 20) -> list[Clip]:
    """The newest clips ever made here whose files are there, newest first.

    Args:
        words: All of them stand in the prompt.
        endpoint: An endpoint id or a task, such as "extend-video"; all if left out.
        limit: At most so many.

    Raises:
        InvalidRequest: there is no such endpoint or task.
    """
    return default_session().library.clips(words, endpoint=endpoint, limit=limit)


def lineage(clip: Clip) -> list[Run]:
    """`Session.lineage` of the shared session."""
    return default_session().lineage(clip)


def resume(job: str | Run) -> Job:
    """`Session.resume` of the shared session."""
    return default_session().resume(job)


def where() -> Target:
    """Say where the shared session's calls go: its text is one line for people."""
    return default_session().target
