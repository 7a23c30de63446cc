"""One job from sending to its clip: its state, its log, and the three ways to wait for it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Mapping
from concurrent.futures import CancelledError as FutureCancelled
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import Any, Literal

from ltx_widgets.blocking import Portal, outcome
from ltx_widgets.clip import Clip
from ltx_widgets.errors import JobCancelled, JobTimeout, LTXError, TransportTimeout
from ltx_widgets.schema import Endpoint, Estimate
from ltx_widgets.wire import CancelAnswer, LogLine, Queued, Running, Status, read_progress

__all__ = ["Job", "Phase", "Snapshot"]

Phase = Literal[
    "sending", "uploading", "queued", "running", "fetching", "finished", "failed", "cancelled"
]

_log = logging.getLogger(__name__)

MOST_LINES = 200
_TICK_S = 0.1
_CANCEL_WAIT_S = 5.0
_CONFIRM_S = 2.0
_SETTLE_S = 15.0
_LOG_WAIT_S = 20.0

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a job stands at one moment.

    Attributes:
        phase: "sending", "uploading" (files that go with the request), "queued", "running",
            "fetching" (the clip is being downloaded), "finished", "failed" or "cancelled".
        position: Jobs ahead in the queue; None where unknown.
        progress: 0 to 1; None where the log says nothing of it.
        elapsed_s: Seconds since it was sent.
        remaining_s: Seconds left by the pace so far; None where unknown.
        logs: The last log lines, 200 at most; a progress line replaces the one before it.
        message: What went wrong, for "failed" and "cancelled".
    """

    phase: Phase = "sending"
    position: int | None = None
    progress: float | None = None
    elapsed_s: float = 0.0
    remaining_s: float | None = None
    logs: tuple[LogLine, ...] = ()
    message: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing will change any more."""
        return self.phase in ("finished", "failed", "cancelled")


class Job:
    """A request on its way. Made by `Session.submit`.

    Wait for it with `result` (blocks, can be interrupted) or ``await job`` (any event loop).
    An interrupt while waiting cancels the job at the server.

    Attributes:
        endpoint: Where it went.
        request: The body that was sent.
        estimate: What it is expected to cost; None where calls are free.
        batch: What it was sent together with; None for a job of its own.
        run: Number of its run in the history; None until it is written down.
        resumed: Whether it was sent before, by this or another kernel.
        number: Counts the jobs of this process.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        request: Mapping[str, Any],
        *,
        portal: Portal,
        estimate: Estimate | None,
        cancel: Callable[[Job], Any],
        batch: str | None = None,
        log: Callable[[Job], Awaitable[tuple[LogLine, ...]]] | None = None,
        age_s: float | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.request = request
        self.estimate = estimate
        self.batch = batch
        self.run: int | None = None
        self.resumed = age_s is not None
        self.number = next(_numbers)
        self.request_id: str | None = None
        self.given_up = asyncio.Event()
        # Set once the server has answered, or the job is over without that.
        self._settled = threading.Event()
        self._portal = portal
        self._cancel = cancel
        self._read_log = log
        self._done: Future[Clip] = Future()
        self._state = Snapshot()
        self._logs: deque[LogLine] = deque(maxlen=MOST_LINES)
        self._watchers: list[Callable[[Snapshot], None]] = []
        self._clock = time.monotonic
        self._sent = self._clock() - (age_s or 0.0)
        self._ended: float | None = None
        # When it was first seen running, and how far it was then.
        self._pace_from: tuple[float, float] | None = None
        self._uploading = ""

    def __repr__(self) -> str:
        return f"Job({self.endpoint.id}, {self._state.phase})"

    @property
    def done(self) -> bool:
        """Whether it is over, well or badly."""
        return self._done.done()

    @property
    def cancel_asked(self) -> bool:
        """Whether somebody asked to cancel it."""
        return self.given_up.is_set()

    def snapshot(self) -> Snapshot:
        """How it stands now. Cheap; callable from any thread."""
        now = self._ended or self._clock()
        return replace(
            self._state,
            elapsed_s=now - self._sent,
            remaining_s=self._remaining(now),
            logs=tuple(self._logs),
        )

    def watch(self, callback: Callable[[Snapshot], None]) -> Callable[[], None]:
        """Call `callback` with each change, on the engine's thread; returns how to stop that."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None

    def result(self, timeout_s: float | None = None) -> Clip:
        """Block until the clip is there.

        Args:
            timeout_s: Stop waiting after so many seconds; the job itself goes on.

        Raises:
            JobTimeout: not done in time.
            LTXError: whatever ended the job.
            KeyboardInterrupt: interrupted; the job was cancelled at the server.
        """
        if self._portal.here and not self.done:
            raise RuntimeError("a watcher must not wait for its own job; use the snapshot it gets")
        try:
            return outcome(self._done, timeout_s)
        except TimeoutError:
            if self.done:
                raise
            raise JobTimeout(
                f"not done after {timeout_s:g} s; the job goes on, wait again with result()",
                request_id=self.request_id or "",
            ) from None
        except FutureCancelled:
            raise JobCancelled("the job was cancelled", request_id=self.request_id or "") from None
        except KeyboardInterrupt as interrupt:
            self._cancel_on(interrupt)
            raise

    def __await__(self) -> Generator[Any, None, Clip]:
        return self._wait().__await__()

    def cancel(self) -> CancelAnswer:
        """Cancel it at the server and say what the server answered.

        "requested" means that a running job gets a signal, and may still finish and be charged.

        Raises:
            TransportTimeout: the server did not answer; the job may still be running.
        """
        if self.done:
            return "already_completed"
        try:
            answer: CancelAnswer = self._portal.call(self._cancel(self), timeout_s=_CANCEL_WAIT_S)
        except TransportTimeout:
            raise
        except TimeoutError:
            raise TransportTimeout(
                f"no answer to the cancel within {_CANCEL_WAIT_S:g} s; the job may still be running"
            ) from None
        return answer

    def log(self) -> tuple[LogLine, ...]:
        """Every line that the server kept of its log; blocks until they are there.

        A snapshot has the last 200 only, and of progress the newest.

        Raises:
            LTXError: the server did not answer, or does not know the job any more.
        """
        if self.request_id is None or self._read_log is None:
            return tuple(self._logs)
        try:
            lines: tuple[LogLine, ...] = self._portal.call(
                self._read_whole(self._read_log), timeout_s=_LOG_WAIT_S
            )
        except TransportTimeout:
            raise
        except TimeoutError:
            raise TransportTimeout(
                f"no answer within {_LOG_WAIT_S:g} s; ask for the log again"
            ) from None
        return lines

    async def _read_whole(
        self, read: Callable[[Job], Awaitable[tuple[LogLine, ...]]]
    ) -> tuple[LogLine, ...]:
        return await read(self)

    def cancel_soon(self) -> None:
        """As `cancel`, from a callback that must not block."""
        if not self.done:
            self._portal.start(self._cancel(self))

    def interrupted(self, interrupt: KeyboardInterrupt) -> str:
        """Say what is known of the job after an interrupt, in one line.

        Cancels it first where the interrupt came before `result` could see it.
        """
        if not self.cancel_asked:
            self._cancel_on(interrupt)
        phase = self._state.phase
        notes = getattr(interrupt, "__notes__", ())
        if phase == "cancelled":
            return "interrupted; the job was cancelled"
        if notes:
            return f"interrupted; {'; '.join(notes)}"
        if self.done:
            return f"interrupted; the job had {phase}"
        if self.request_id is None:
            return (
                "interrupted; the server has not answered yet; the job may be running and may be "
                "charged"
            )
        return "interrupted; the server was asked to cancel the job"

    def _cancel_on(self, interrupt: KeyboardInterrupt) -> None:
        """Cancel, and leave a note with the interrupt where the job's fate is not certain."""
        try:
            self.cancel()
        except LTXError as error:
            interrupt.add_note(f"the cancel did not reach the server: {error}")
            return
        if not self._settled.wait(_SETTLE_S):
            interrupt.add_note(
                "the request was sent and is not answered yet: it may be running and may be "
                "charged; ltx_widgets.jobs() lists it"
            )
            return
        # A moment for the server to confirm, so that the history knows before we are gone.
        wait((self._done,), timeout=_CONFIRM_S)
        if not self.done:
            interrupt.add_note(
                "the server was asked to cancel the job; it may still finish and be charged"
            )

    async def _wait(self) -> Clip:
        # The kernel handles an interrupt only when its loop next wakes: without the short
        # time-out a bare `await job` could not be interrupted before the job's end.
        waiting = asyncio.wrap_future(self._done)
        # Whoever stops waiting need not be told how it ended.
        waiting.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=_TICK_S)
        except (asyncio.CancelledError, KeyboardInterrupt):
            self.cancel_soon()
            raise
        return waiting.result()

    # The named transitions. Only the session calls them, on the engine's loop.

    def give_up(self) -> None:
        """Somebody asked to cancel it: what was not sent yet is not sent any more."""
        self.given_up.set()

    def messages(self) -> list[str]:
        """The log so far, as text."""
        return [line.message for line in self._logs]

    def remark(self, message: str) -> None:
        """Add a line of our own to its log."""
        self._logs.append(LogLine(message, level="WARN"))
        self._tell()

    def raise_if_cancelled(self) -> None:
        """Stop here if somebody cancelled it before it was sent: then it costs nothing."""
        if self.cancel_asked:
            raise JobCancelled("the job was cancelled before it was sent", request_id="")

    def upload(self, label: str) -> None:
        """A file that goes with the request is on its way there."""
        self._uploading = label
        self._change(phase="uploading", progress=0.0)

    def uploaded(self, done: int, total: int | None) -> None:
        """So many bytes of that file are there."""
        if total:
            self._note(LogLine(f"uploading {self._uploading}: {100 * done // total}%"))
            self._tell()

    def accept(self, request_id: str) -> None:
        """The server took it in."""
        self.request_id = request_id
        self._settled.set()
        self._change(phase="queued", progress=None)

    def advance(self, status: Status) -> None:
        """The server said how it stands."""
        if isinstance(status, Queued):
            self._change(phase="queued", position=status.position)
            return
        for line in status.logs:
            self._note(line)
        if self._pace_from is None:
            self._pace_from = self._clock(), self._state.progress or 0.0
        if isinstance(status, Running):
            self._change(phase="running", position=None)

    def fetch(self) -> None:
        """It is finished there; the clip is on its way here."""
        self._change(phase="fetching", progress=1.0)

    def finish(self, clip: Clip) -> None:
        """The clip is on disk."""
        self._ended = self._clock()
        self._state = replace(self._state, phase="finished", progress=1.0)
        self._done.set_result(clip)
        self._tell()

    def fail(self, error: BaseException) -> None:
        """It ended without a clip."""
        self._ended = self._clock()
        phase: Phase = "cancelled" if isinstance(error, JobCancelled) else "failed"
        self._state = replace(self._state, phase=phase, message=str(error))
        self._done.set_exception(error)
        self._tell()

    def _note(self, line: LogLine) -> None:
        progress = read_progress(line.message)
        if progress is not None:
            self._state = replace(self._state, progress=progress)
            if self._logs and read_progress(self._logs[-1].message) is not None:
                self._logs.pop()
        self._logs.append(line)

    def _remaining(self, now: float) -> float | None:
        progress = self._state.progress
        if self._pace_from is None or progress is None or self._state.phase != "running":
            return None
        since, before = self._pace_from
        if progress <= before:
            return None
        return (now - since) * (1 - progress) / (progress - before)

    def _change(self, **values: Any) -> None:
        self._state = replace(self._state, **values)
        self._tell()

    def _tell(self) -> None:
        if self._state.over:
            self._settled.set()
        if not self._watchers:
            return
        now = self.snapshot()
        for watcher in tuple(self._watchers):
            try:
                watcher(now)
            except Exception:  # noqa: BLE001 - logged below
                # A view that breaks must not take the job along.
                _log.exception("a watcher of a job failed")
