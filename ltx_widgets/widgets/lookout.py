"""Finds the jobs that belong on a board: those of this kernel, and those that others left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ltx_widgets.errors import ConfigError, InvalidRequest, LTXError
from ltx_widgets.history import Run
from ltx_widgets.session import Session, default_session
from ltx_widgets.widgets.board import Board

__all__ = ["Lookout"]

_LOOK_S = 5.0
# A run stands as "sending" for a moment before its kernel has the answer; only after this one it
# is taken for left behind, and the server asked what became of it.
_LEFT_BEHIND = timedelta(seconds=60)
# What nobody came back to by then is history: `ltx_widgets.jobs()` has it.
_OLDEST = timedelta(days=3)


class Lookout:
    """Keeps a board filled until it is closed.

    Jobs of the shared session come at once, also after `configure` made another one. Runs of other
    kernels, and of this one before its restart, are found in the history every five seconds and
    gone on with; those of another place are listed with what to do.

    Args:
        board: Where they go.
        on_session: Called with the shared session at first, and with each later one.
    """

    def __init__(self, board: Board, on_session: Callable[[Session], None] | None = None) -> None:
        self._board = board
        self._on_session = on_session
        self._known: set[int] = set()
        self._closed = False
        self._stop: Callable[[], None] | None = None
        self._session = self._turn_to(default_session())
        self._session.start(self._look_on())

    def __repr__(self) -> str:
        return f"Lookout({self._session!r})"

    def close(self) -> None:
        """Look no more; the jobs go on."""
        self._closed = True
        if self._stop is not None:
            self._stop()

    def _turn_to(self, session: Session) -> Session:
        if self._stop is not None:
            self._stop()
        self._session = session
        self._stop = session.live.watch(lambda job: self._board.add(job, session))
        if self._on_session is not None:
            self._on_session(session)
        return session

    async def _look_on(self) -> None:
        while not self._closed:
            # Reading waits for other kernels' writing.
            await asyncio.to_thread(self._look)
            await asyncio.sleep(_LOOK_S)

    def _look(self) -> None:
        session = default_session()
        if session is not self._session:
            self._turn_to(session)
        try:
            runs = session.history.under_way()
        except ConfigError:  # Whoever needs the history says so; here the next look may do.
            return
        for run in reversed(runs):
            if self._closed or run.number in self._known or _is_fresh(run):
                continue
            # Our own job, however long its submit takes, is no lost one.
            if session.live.of(run) is None:
                self._known.add(run.number)
                self._take(run, session)

    def _take(self, run: Run, session: Session) -> None:
        if run.started < datetime.now(UTC) - _OLDEST:
            return
        try:
            # The board hears of it as of any job.
            session.resume(run)
        except InvalidRequest as refused:
            self._board.list_elsewhere(run, refused.problems[0].message, session)
        except LTXError as error:
            self._board.list_elsewhere(run, str(error), session)


def _is_fresh(run: Run) -> bool:
    """Whether somebody is probably just sending it."""
    return run.state == "sending" and run.started > datetime.now(UTC) - _LEFT_BEHIND
