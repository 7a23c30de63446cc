"""Which jobs of a session are under way, and who wants to hear of new ones."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterable

from ltx_widgets.history import Run
from ltx_widgets.job import Job

__all__ = ["LiveJobs"]

_log = logging.getLogger(__name__)


class LiveJobs:
    """The jobs of one session, as long as somebody holds them. Callable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: weakref.WeakSet[Job] = weakref.WeakSet()
        self._watchers: list[Callable[[Job], None]] = []

    def add(self, job: Job) -> None:
        """A job was sent, or is gone on with."""
        with self._lock:
            self._jobs.add(job)
            watchers = tuple(self._watchers)
        _tell(watchers, job)

    def of(self, run: Run) -> Job | None:
        """The job of a run of the history, if it is under way here."""
        with self._lock:
            return self._of(run)

    def one(self, run: Run, make: Callable[[], Job]) -> tuple[Job, bool]:
        """The one job of a run, made if none is under way here; and whether it was made.

        Args:
            run: Of the history.
            make: Makes the job of that run; it must return at once.
        """
        with self._lock:
            going = self._of(run)
            if going is not None:
                return going, False
            made = make()
            self._jobs.add(made)
            watchers = tuple(self._watchers)
        _tell(watchers, made)
        return made, True

    def watch(self, callback: Callable[[Job], None]) -> Callable[[], None]:
        """Call `callback` with each job under way, now and later; returns how to stop that.

        It is called on the thread that sends the job, and must return at once.
        """
        with self._lock:
            self._watchers.append(callback)
            known = sorted(self._jobs, key=lambda job: job.number)
        for job in known:
            if not job.done:
                callback(job)
        return lambda: self._forget(callback)

    def _of(self, run: Run) -> Job | None:
        return next((job for job in self._jobs if job.run == run.number and not job.done), None)

    def _forget(self, callback: Callable[[Job], None]) -> None:
        with self._lock:
            if callback in self._watchers:
                self._watchers.remove(callback)


def _tell(watchers: Iterable[Callable[[Job], None]], job: Job) -> None:
    for watcher in watchers:
        try:
            watcher(job)
        except Exception:  # noqa: BLE001 - logged below
            # A view that breaks must not keep a job from being sent.
            _log.exception("a watcher of new jobs failed")
