"""The server's side of one render process: started once, kept warm, stopped when it must be."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from ltx_widgets.errors import MediaError
from ltx_widgets.server.failures import CANCELLED, Failure, refused, took_too_long
from ltx_widgets.server.media_fields import unusable
from ltx_widgets.server.settings import child_environment

__all__ = ["CANCEL_GRACE_S", "Limits", "Order", "Outcome", "Worker", "WorkerDied"]

CANCEL_GRACE_S = 2.0
"""How long an engine may take to notice that it should stop."""

_LONGEST_NEWS = 1 << 20
_LAST_WORDS_S = 0.5

Outcome = Mapping[str, Any] | Failure
Order = Mapping[str, Any]

_log = logging.getLogger("ltx_widgets.server")


class WorkerDied(Exception):
    """The render process ended by itself; the message says how."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a render process may use up before it is ended; `ServerSettings` has the words.

    Attributes:
        render_s: Seconds for one render.
        look_s: Seconds for the facts of one media file.
        memory: Bytes of address space; None sets no limit.
    """

    render_s: float = inf
    look_s: float = inf
    memory: int | None = None


class _Patience:
    """How long to wait for a render, and whose fault its end is.

    Attributes:
        looked_at: The news of the file whose facts are being read; None while none are.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._clock = asyncio.get_running_loop().time
        self._end = self._clock() + limits.render_s
        self._look_end = inf
        self.looked_at: Mapping[str, Any] | None = None

    def look(self, news: Mapping[str, Any]) -> None:
        """The facts of a file begin or cease to be read."""
        self.looked_at = news if news["field"] else None
        self._look_end = self._clock() + self._limits.look_s if self.looked_at else inf

    @property
    def end(self) -> float | None:
        """When it is over, on the loop's clock; None where there is no limit, as asyncio has it."""
        first = min(self._end, self._look_end)
        return None if first == inf else first

    def over(self) -> Failure:
        """What happened when the time was over."""
        if self._look_end < self._end:
            return self.broken(f"took longer than {self._limits.look_s:g} s")
        return took_too_long(self._limits.render_s)

    def broken(self, how: str) -> Failure:
        """What happened when the process ended over a file; it would do so again."""
        looked_at = self.looked_at or {}
        error = MediaError(f"cannot be read ({how}); save it anew with another program")
        return refused((unusable(looked_at["field"], looked_at["kind"], error),))


class Worker:
    """One render process.

    Args:
        engines: Engine specs, see `loading.load_engine`.
        tell: Takes each log line of the current render.
        limits: What it may use up; nothing is limited if left out.
    """

    def __init__(
        self,
        engines: tuple[str, ...],
        tell: Callable[[str, str], None],
        limits: Limits | None = None,
    ) -> None:
        self._engines = engines
        self._tell = tell
        self._limits = limits or Limits()
        self._process: Process | None = None
        self._complaints: asyncio.Task[None] | None = None
        self._job_id = ""
        self._stopping = ""

    @property
    def job_id(self) -> str:
        """The job that is being rendered; empty between renders."""
        return self._job_id

    async def warm(self) -> Process:
        """The running process with its engines imported, started if need be.

        Raises:
            WorkerDied: it ended before it was ready.
        """
        if self._process is not None and self._process.returncode is None:
            return self._process
        specs = [part for spec in self._engines for part in ("--engine", spec)]
        if self._limits.memory is not None:
            specs += ["--memory", str(self._limits.memory)]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-X", "faulthandler", "-m", "ltx_widgets.server.worker", *specs),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=child_environment(),
            limit=_LONGEST_NEWS,
        )
        self._process = process
        self._complaints = asyncio.create_task(_log_stderr(process))
        await self._news(process)
        return process

    async def render(self, job_id: str, order: Order) -> Outcome:
        """Have one render done.

        Args:
            job_id: Its job.
            order: What `worker` expects, without "do" and "id".

        Returns:
            The engine's result, or how it failed; `CANCELLED` where it was stopped by request.

        Raises:
            WorkerDied: the process ended in between.
        """
        self._job_id = job_id
        try:
            return await self._follow(job_id, order)
        except Exception:
            # What it still says of this render would be taken for the next one's.
            await self.close()
            raise
        finally:
            self._job_id = ""

    async def _follow(self, job_id: str, order: Order) -> Outcome:
        process = await self._warm_unless_stopped(job_id)
        if process is None:
            return CANCELLED
        await self._send(process, {"do": "render", "id": job_id, **order})
        if self._stopping == job_id:  # Asked for while the process was still starting.
            await self._send(process, {"do": "cancel", "id": job_id})
        patience = _Patience(self._limits)
        while True:
            try:
                async with asyncio.timeout_at(patience.end):
                    news = await self._news(process)
            except (TimeoutError, WorkerDied) as error:
                late = isinstance(error, TimeoutError)
                if self._stopping == job_id or not (late or patience.looked_at):
                    raise
                await self.close()
                return patience.over() if late else patience.broken(str(error))
            match news["news"]:
                case "looking":
                    patience.look(news)
                case "line":
                    self._tell(job_id, news["message"])
                case "done":
                    return dict(news["result"])
                case "failed":
                    return Failure(**news["failure"])
                case _:
                    return CANCELLED

    async def _warm_unless_stopped(self, job_id: str) -> Process | None:
        try:
            return await self.warm()
        except WorkerDied:
            # On a busy machine a start may take longer than the grace.
            if self._stopping != job_id:
                raise
            await self.close()
            return None

    async def stop(self, job_id: str) -> None:
        """Stop a render: ask first, end the process after `CANCEL_GRACE_S` seconds."""
        if not job_id or self._job_id != job_id:
            return
        self._stopping = job_id
        loop = asyncio.get_running_loop()
        loop.call_later(CANCEL_GRACE_S, self._kill_if_still_at, job_id)
        if self._process is not None:
            await self._send(self._process, {"do": "cancel", "id": job_id})

    def _kill_if_still_at(self, job_id: str) -> None:
        process = self._process
        if process is not None and self._job_id == job_id and process.returncode is None:
            process.kill()

    async def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        if self._complaints is not None:
            # A process that the engine started may hold the pipe open for ever.
            await asyncio.wait([self._complaints], timeout=_LAST_WORDS_S)
            self._complaints.cancel()

    async def _send(self, process: Process, order: Order) -> None:
        assert process.stdin is not None  # noqa: S101 - PIPE was asked for
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            await process.stdin.drain()
        except ConnectionError:
            pass  # It died; whoever reads its news learns how.

    async def _news(self, process: Process) -> dict[str, Any]:
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        line = await process.stdout.readline()
        if not line.endswith(b"\n"):
            code = await process.wait()
            raise WorkerDied(_epitaph(code))
        news: dict[str, Any] = json.loads(line)
        return news


def _epitaph(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


async def _log_stderr(process: Process) -> None:
    assert process.stderr is not None  # noqa: S101 - PIPE was asked for
    while chunk := await process.stderr.read(8192):
        _log.warning("worker %d: %s", process.pid, chunk.decode("utf-8", "replace").rstrip())
