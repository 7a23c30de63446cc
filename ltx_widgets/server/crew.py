"""Workers and queue together: what is queued gets rendered, whatever ends is written down."""

from __future__ import annotations

import asyncio
import logging
import secrets
import shutil
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.server.changes import Changes
from ltx_widgets.server.failures import (
    CANCELLED,
    INTERRUPTED,
    STARTED_TOO_LATE,
    Failure,
    crashed,
    fault,
)
from ltx_widgets.server.marks import MARK, read_mark, remove_mark
from ltx_widgets.server.media_fields import own_files
from ltx_widgets.server.settings import ServerSettings
from ltx_widgets.server.store import MAX_ATTEMPTS, Cancelled, Job, Store
from ltx_widgets.server.workers import (
    CANCEL_GRACE_S,
    Limits,
    Order,
    Outcome,
    Worker,
    WorkerDied,
)

__all__ = ["Crew"]

# Rendering happens elsewhere, so a server's death is hardly ever the job's doing; without an end to
# it, though, a job that takes the whole machine down would do so for ever.
_MOST_DEATHS = 20
_BREATH_S = 1.0
_SWEEP_S = 60.0

_log = logging.getLogger("ltx_widgets.server")


class Crew:
    """All workers of a server.

    Args:
        store: The queue.
        changes: Told of every line and every change of state.
        settings: How many workers, with which engines.
    """

    def __init__(self, store: Store, changes: Changes, settings: ServerSettings) -> None:
        self._store = store
        self._changes = changes
        self._settings = settings
        self._files = settings.files
        limits = Limits(settings.render_s, settings.look_s, settings.worker_memory)
        self._workers = [
            Worker(settings.engines, self._tell, limits) for _ in range(settings.workers)
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._clock = asyncio.Event()
        self._closing = False

    def start(self) -> None:
        """Take up what the last server left, then render whatever is queued."""
        for job in self._store.running():
            self._take_up(job)
        self._sweep()
        self._tasks = [asyncio.create_task(self._work(worker)) for worker in self._workers]
        self._tasks.append(asyncio.create_task(self._keep_time()))

    def wake(self) -> None:
        """Look at the queue again: a job was added."""
        self._wake.set()
        self._clock.set()

    async def cancel(self, request_id: str) -> Cancelled:
        """Cancel an existing job: a queued one never starts, a running one is stopped soon."""
        answer = self._store.cancel(request_id, CANCELLED)
        if answer == "dropped":
            self._changes.tell(request_id)
            self._changes.moved()
        if answer == "stopping":
            for worker in self._workers:
                await worker.stop(request_id)
        return answer

    async def close(self) -> None:
        """Stop all renders, put their jobs back, end the workers."""
        self._closing = True
        self._wake.set()
        self._clock.set()
        for worker in self._workers:
            await worker.stop(worker.job_id)
        if self._tasks:
            # Longer than a stop may take: only an import that hangs is still there afterwards.
            await asyncio.wait(self._tasks, timeout=CANCEL_GRACE_S + 1)
        for worker in self._workers:
            await worker.close()
        await asyncio.gather(*self._tasks)

    def _take_up(self, job: Job) -> None:
        """Go on with a job that was lost from sight, from the clip if that is whole."""
        result = read_mark(self._clip(job))
        if result is not None and not job.stopping:
            self._store.finish(job, result)
            return
        self._store.log(job.request_id, "the server ended during the render; starting again")
        deaths = job.deaths + 1
        if deaths >= _MOST_DEATHS:
            text = f"the server ended {deaths} times during this render; it is given up"
            self._store.finish(job, fault(text, "internal_error"))
        else:
            self._retry(job, died=True)

    async def _work(self, worker: Worker) -> None:
        try:
            await worker.warm()
        except (WorkerDied, OSError) as error:
            # Not fatal: each job tries again, and tells its caller if that fails too.
            _log.error("a worker could not start: %s", error)
        while not self._closing:
            self._wake.clear()
            try:
                found = await self._take_one(worker)
            except Exception:  # noqa: BLE001 - a full disk may have room again later
                _log.exception("the queue")
                await asyncio.sleep(_BREATH_S)
                continue
            if not found:
                await self._wake.wait()

    async def _keep_time(self) -> None:
        """End jobs that could not start in time, and clips that were kept for long enough."""
        while not self._closing:
            self._clock.clear()
            try:
                pause = self._overdue()
            except Exception:  # noqa: BLE001 - as above
                _log.exception("the clock")
                pause = _SWEEP_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._clock.wait(), pause)

    def _overdue(self) -> float:
        """What is due now; returns the seconds until there may be more."""
        late = self._store.give_up_late(STARTED_TOO_LATE)
        for request_id in late:
            self._changes.tell(request_id)
        if late:
            self._changes.moved()
        for job in self._store.expired_clips():
            self._remove(job)
            self._store.forget_clip(job)
        start_by = self._store.next_start_by()
        # Looked at again now and then: the clock on the wall may be set.
        return _SWEEP_S if start_by is None else min(max(start_by - time.time(), 0.01), _SWEEP_S)

    async def _take_one(self, worker: Worker) -> bool:
        job = self._store.claim(secrets.token_hex(16))
        if job is None:
            return False
        self._told(job)
        try:
            await self._render(worker, job)
        except sqlite3.OperationalError as error:
            _log.exception("job %s", job.request_id)
            text = f"the server could not write its queue ({error}); make room on its disk"
            whole = read_mark(self._clip(job))
            await self._end_late(job, whole or fault(text, "internal_error"))
        except Exception:  # noqa: BLE001 - one job's trouble is not the next one's
            _log.exception("job %s", job.request_id)
            await self._end_late(job, fault("the server failed; server.log has more"))
        self._told(job)
        return True

    async def _end_late(self, job: Job, outcome: Outcome) -> None:
        """End a job as soon as that can be written: nobody else would ever end it."""
        if isinstance(outcome, Failure):
            self._remove(job)
        while not self._closing:
            try:
                self._store.finish(job, outcome)
            except sqlite3.OperationalError:
                await asyncio.sleep(_BREATH_S)
            else:
                return

    def _told(self, job: Job) -> None:
        """A job began or ended, and with it those behind it moved up."""
        self._changes.tell(job.request_id)
        self._changes.moved()

    async def _render(self, worker: Worker, job: Job) -> None:
        to, media_dir = self._clip(job), self._settings.media / job.request_id
        order = self._order(job, to, media_dir)
        try:
            outcome = await worker.render(job.request_id, order)
        except WorkerDied as error:
            _log.warning("job %s: the worker died (%s)", job.request_id, error)
            if not self._was_stopped(job):
                self._store.log(job.request_id, f"the render process died ({error})", level="ERROR")
                self._retry(job)
                self._remove(job)
                return
            outcome = CANCELLED
        finally:
            shutil.rmtree(media_dir, ignore_errors=True)
        self._settle(job, outcome, to)

    def _order(self, job: Job, to: Path, media_dir: Path) -> Order:
        body = self._store.body(job.request_id)
        own = own_files(ENDPOINTS[job.endpoint], body, self._store, self._settings)
        return {
            "endpoint": job.endpoint,
            "body": body,
            "to": str(to),
            "media": {field: str(path) for field, path in own.items()},
            "media_dir": str(media_dir),
            "allow_private": self._settings.allow_private_media,
        }

    def _settle(self, job: Job, outcome: Outcome, to: Path) -> None:
        if not isinstance(outcome, Failure) and not to.exists():
            outcome = fault(f"engine {outcome['engine']} left no file")
        if outcome is CANCELLED and not self._asked_to_stop(job):
            if self._closing:
                self._store.put_back(job, counts=False)
                self._remove(job)
                return
            outcome = fault("the engine stopped though nobody asked it to")
        self._store.finish(job, outcome)
        if isinstance(outcome, Failure):
            self._remove(job)
        else:
            remove_mark(to)

    def _clip(self, job: Job) -> Path:
        return self._files / f"{job.file_id}.mp4"

    def _was_stopped(self, job: Job) -> bool:
        return self._closing or self._asked_to_stop(job)

    def _asked_to_stop(self, job: Job) -> bool:
        now = self._store.job(job.request_id)
        return now is not None and now.stopping

    def _retry(self, job: Job, *, died: bool = False) -> None:
        """Queue a job whose attempt died, unless it was to stop or died too often.

        Args:
            job: The attempt.
            died: Whether the whole server did, which is hardly ever the job's doing.
        """
        if job.stopping:
            self._store.finish(job, CANCELLED)
        elif job.no_retry:
            self._store.finish(job, INTERRUPTED)
        elif not died and job.attempt >= MAX_ATTEMPTS:
            self._store.finish(job, crashed(job.attempt))
        else:
            self._store.put_back(job, counts=not died, died=died)

    def _tell(self, request_id: str, message: str) -> None:
        try:
            self._store.log(request_id, message)
        except sqlite3.OperationalError as error:
            # The render goes on: its news must be heard to the end, and its clip may have room.
            _log.error("job %s: a log line was lost: %s", request_id, error)
        self._changes.tell(request_id)

    def _remove(self, job: Job) -> None:
        for left in self._files.glob(f"*{job.file_id}*"):
            left.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """Remove the unfinished files of a server that was killed, and its jobs' media."""
        for left in self._settings.media.iterdir():
            shutil.rmtree(left, ignore_errors=True)
        for file in self._files.iterdir():
            known = file.suffix != MARK and self._store.clip(file.stem) is not None
            if file.is_file() and not known:
                file.unlink(missing_ok=True)
