"""The one place where the parts are put together: what widgets, magic and scripts share."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import EllipsisType
from typing import Any, TypeVar

from ltx_widgets import config
from ltx_widgets.blocking import Portal
from ltx_widgets.budget import read_budget
from ltx_widgets.clip import Clip, Embed, read_embed
from ltx_widgets.config import Target
from ltx_widgets.draft import Draft, read_draft
from ltx_widgets.history import History, Run
from ltx_widgets.job import Job
from ltx_widgets.library import Library
from ltx_widgets.live import LiveJobs
from ltx_widgets.opening import fields_again, kept_clip, open_clip
from ltx_widgets.resuming import ancestry, check_place, find_run
from ltx_widgets.runner import Runner
from ltx_widgets.schema import Endpoint, Estimate, MediaFacts, estimate, find_endpoint
from ltx_widgets.spending import Spending
from ltx_widgets.submission import SubmitOptions

__all__ = ["Session", "configure", "default_session"]

T = TypeVar("T")


class Session:
    """One target, one event loop for life, one history.

    Args:
        key: A fal key; from the environment if left out.
        server: Base URL of your own server, or "local" for the embedded one.
        proxy: Address of a proxy to hosted fal; `key` is your password there.
        folder: Where clips and history are kept; `config.home` if left out.
        budget: US dollars that the runs of a day may cost; LTX_BUDGET if left out.
        embed: What its clips put into a notebook; see `Clip.show`.

    Attributes:
        spending: What was spent today, and the budget.
        live: Its jobs that are under way.
    """

    def __init__(
        self,
        *,
        key: str | None = None,
        server: str | None = None,
        proxy: str | None = None,
        folder: Path | None = None,
        budget: float | None = None,
        embed: Embed = "small",
    ) -> None:
        self.embed: Embed = read_embed(embed)
        self._target = config.resolve_target(key=key, server=server, proxy=proxy)
        self.folder = config.private_folder(folder or config.home())
        self.history = History(self.folder / "history.db")
        self.spending = Spending(self.history, read_budget(budget))
        self.live = LiveJobs()
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
        return Library(self.folder, self.history, of_here=self._of_here)

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

        Raises:
            BudgetExceeded: it goes beyond the budget of the day; nothing was sent.
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
        self.spending.admit(job)
        self.live.add(job)
        portal.start(_on_loop(runner.start, job, draft, self.spending.budget))
        return job

    def run(self, prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Clip:
        """Send a request and block until its clip is there; an interrupt cancels it."""
        return self.submit(prompt, endpoint=endpoint, **fields).result()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on the session's own loop, where its jobs live, and return at once."""
        return self._running()[0].start(work)

    def open(self, path: str | Path) -> Clip:
        """A video file as a clip, with the request that made it where the file carries it.

        Clips carry it wherever they came from: `Clip.save`, the command, another computer. A file
        without it is a clip whose `endpoint` is empty; its `notes` say why.

        Raises:
            MediaError: the file is no video.
        """
        return open_clip(Path(path).expanduser(), self.history, **self._of_here())

    def settings(self, clip: Clip) -> dict[str, Any]:
        """What a clip was made with, to be asked for once more: ``run(**settings)``.

        Films and sounds that came from earlier clips are those clips' files, as far as they are
        here; addresses of other media may have expired.

        Raises:
            InvalidRequest: the clip does not know, or is of an endpoint that is not known here.
        """
        return {"endpoint": clip.endpoint, **fields_again(clip, self.history)}

    def lineage(self, clip: Clip) -> list[Run]:
        """The runs that a clip came from and its own, oldest first, as far as they are known."""
        return ancestry(self.history, clip.request_id)

    def jobs(self, limit: int = 20) -> list[Run]:
        """The newest runs of every kernel, newest first."""
        return self.history.recent(limit)

    def resume(self, job: str | Run) -> Job:
        """Go on with a job of this or another kernel; one that is under way here is that very job.

        A run whose submit was never answered (state "sending") is looked for at our own servers,
        where its `id` in `jobs` is our own name for it. Hosted fal cannot be asked.

        Args:
            job: One of `jobs`, its id, or a unique beginning of that.

        Raises:
            InvalidRequest: the history has no such job.
        """
        run = job if isinstance(job, Run) else find_run(self.history, job)
        going = self.live.of(run)
        if going is not None:
            return going
        kept = kept_clip(run, self.library.file(run), **self._of_here())
        if kept is None:
            check_place(run, self.target)
        portal, runner = self._running()
        row = find_endpoint(run.endpoint)
        expected = self._estimate(row, run.request, {})
        age_s = (datetime.now(UTC) - run.started).total_seconds()

        def make() -> Job:
            made = self._job(row, run.request, portal, runner, estimate=expected, age_s=age_s)
            made.request_id, made.run = run.request_id, run.number
            return made

        if kept is not None:
            resumed = make()
            portal.start(_on_loop(resumed.finish, kept))
            return resumed
        resumed, is_new = self.live.one(run, make)
        if is_new:
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
        return Runner(self._target, self.folder, self.history, of_here=self._of_here)

    def _of_here(self) -> dict[str, Any]:
        """What clips know of this session."""
        return {"chain": self.run, "embed": self.embed}

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
        **facts: Any,
    ) -> Job:
        return Job(endpoint, body, portal=portal, cancel=runner.cancel, log=runner.log, **facts)


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
    *,
    key: str | None = None,
    server: str | None = None,
    proxy: str | None = None,
    budget: float | EllipsisType | None = ...,
    embed: Embed | None = None,
) -> Session:
    """Say where calls go from now on, and what a day may cost; jobs under way stay where they are.

    Args:
        key: A fal key; with `server` or `proxy`, the key or password there.
        server: Base URL of your own server, or "local" for the embedded one.
        proxy: Address of a proxy to hosted fal, of ``ltx-widgets serve --proxy`` or any other that
            keeps to fal's proxy contract.
        budget: US dollars that the runs of a day may cost at hosted fal, in all kernels together;
            None for no bound. Left out, it stays as it is. Given alone, calls go where they go.
        embed: What clips put into a notebook; see `Clip.show`. Given alone, calls go where they
            went.

    Raises:
        ConfigError: the settings cannot be used.
    """
    global _default  # noqa: PLW0603 - as above
    before = _default
    alone = not (key or server or proxy)
    if alone and (budget is not ... or embed is not None):
        made = default_session()
    else:
        made = Session(key=key, server=server, proxy=proxy)
        if before is not None:
            # Who set a bound does not expect a new key to lift it.
            made.spending.budget, made.embed = before.spending.budget, before.embed
    if budget is not ...:
        made.spending.budget = read_budget(budget, environ={})
    if embed is not None:
        made.embed = read_embed(embed)
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
