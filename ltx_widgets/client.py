"""The async client: submit, follow, result, cancel, run and download over one target."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from ltx_widgets.config import Target
from ltx_widgets.errors import (
    JobFailed,
    MediaError,
    ProtocolError,
    TransportError,
)
from ltx_widgets.refusals import refused_call, refused_result
from ltx_widgets.retry import poll_delay
from ltx_widgets.schema import VideoResult
from ltx_widgets.transport import ByteStream, Reconnect, Reply, Transport
from ltx_widgets.wire import (
    CancelAnswer,
    Finished,
    LogLine,
    Queued,
    Running,
    Status,
    Ticket,
    cancel_call,
    new_lines,
    read_cancel,
    read_status,
    read_ticket,
    result_call,
    status_call,
    stream_call,
    submit_call,
)

__all__ = ["LTXClient", "Outcome"]

_ERROR = 400
_NOT_FOUND = 404
_STILL_RUNNING = "still in progress"
_MOST_FRUITLESS_STREAMS = 3
_MOST_DOWNLOADS = 4
_LARGEST_CLIP = 4 << 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished job's result.

    Attributes:
        ticket: Which job.
        result: What it returned.
        billable_units: What fal counted, from its reply; None where it did not say.
    """

    ticket: Ticket
    result: VideoResult
    billable_units: float | None = None


class LTXClient:
    """Talks fal's queue protocol to one target, from one event loop.

    Args:
        target: Where calls go.
        reconnect: Asked for the target again when it cannot be reached.
    """

    def __init__(self, target: Target, *, reconnect: Reconnect | None = None) -> None:
        self._transport = Transport(target, reconnect=reconnect)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    @property
    def target(self) -> Target:
        """Where calls go now."""
        return self._transport.target

    @property
    def requests(self) -> int:
        """HTTP requests sent so far."""
        return self._transport.requests

    async def submit(self, endpoint: str, body: Mapping[str, Any]) -> Ticket:
        """Put a request in the queue.

        Raises:
            AmbiguousSubmit: it may have arrived; it is not sent again.
            APIError: refused, for example for its key.
            TransportError: it certainly did not arrive.
        """
        reply = await self._transport.send(submit_call(endpoint, body))
        if reply.status >= _ERROR:
            raise refused_call(reply.status, reply.headers, reply.body, endpoint=endpoint)
        return read_ticket(endpoint, reply.body)

    async def follow(self, ticket: Ticket) -> AsyncGenerator[Status, None]:
        """Every change of a job's status until it is finished, with new log lines only.

        Streams, and falls back to polling with growing pauses where the stream is not to be had
        or breaks.

        Raises:
            NotFound: the server does not know the job.
            TransportError: the server cannot be reached.
        """
        tail = _LogTail()
        fruitless = polls = 0
        while True:
            if fruitless < _MOST_FRUITLESS_STREAMS:
                fruitless += 1
                async with aclosing(self._stream(ticket, tail)) as statuses:
                    async for status in statuses:
                        fruitless = polls = 0
                        yield status
                        if isinstance(status, Finished):
                            return
            status = await self._poll(ticket)
            news = tail.polled(status)
            if news is not None:
                yield news
            if isinstance(status, Finished):
                return
            await asyncio.sleep(poll_delay(polls) * random.uniform(0.8, 1.2))
            polls += 1

    async def status(self, ticket: Ticket) -> Status:
        """The status now, with the whole log so far."""
        return await self._poll(ticket)

    async def result(self, ticket: Ticket, *, logs: tuple[str, ...] = ()) -> Outcome:
        """What a finished job returned.

        Args:
            ticket: Which job.
            logs: Attached to the exception if it failed.

        Raises:
            JobCancelled: it was cancelled.
            InvalidRequest: its inputs were refused.
            JobFailed: it failed, or is not finished.
        """
        reply = await self._transport.send(result_call(ticket))
        if reply.status >= _ERROR:
            raise refused_result(
                reply.status,
                reply.headers,
                reply.body,
                endpoint=ticket.endpoint,
                request_id=ticket.request_id,
                logs=logs,
            )
        try:
            result = VideoResult.model_validate(reply.body)
        except ValidationError:
            raise JobFailed(
                "the job finished without a video in its result",
                request_id=ticket.request_id,
                logs=logs,
                status=reply.status,
            ) from None
        return Outcome(ticket, result, _units(reply))

    async def cancel(self, ticket: Ticket) -> CancelAnswer:
        """Ask for a job to be cancelled; a running one may still finish and be charged.

        Raises:
            APIError: refused for another reason than the job's state.
        """
        reply = await self._transport.send(cancel_call(ticket))
        known = reply.status in (400, _NOT_FOUND) or reply.status < _ERROR
        if not known:
            raise refused_call(
                reply.status, reply.headers, reply.body, request_id=ticket.request_id
            )
        return read_cancel(reply.status, reply.body)

    async def run(
        self,
        endpoint: str,
        body: Mapping[str, Any],
        *,
        on_status: Callable[[Status], None] | None = None,
    ) -> Outcome:
        """Submit, follow to the end, and fetch the result."""
        ticket = await self.submit(endpoint, body)
        async for status in self.follow(ticket):
            if on_status is not None:
                on_status(status)
        return await self.result(ticket)

    async def download(
        self,
        url: str,
        to: Path,
        *,
        on_progress: Callable[[int, int | None], None] | None = None,
    ) -> Path:
        """Stream an output to disk: checked, never held whole, moved into place at the end.

        Args:
            url: The output's address; fetched without the key.
            to: The file; its folder must be there.
            on_progress: Called with bytes so far and in all (None if unknown).

        Raises:
            MediaError: what came is no video, or is cut short.
            TransportError: it could not be fetched.
        """
        part = to.with_name(f".{to.name}.part")
        for attempt in range(1, _MOST_DOWNLOADS + 1):
            try:
                await self._transport.download(url, _Receiver(part, on_progress))
            except (TransportError, MediaError):
                part.unlink(missing_ok=True)
                if attempt == _MOST_DOWNLOADS:
                    raise
                await asyncio.sleep(poll_delay(attempt))
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            else:
                part.replace(to)
                return to
        raise AssertionError("unreachable")

    async def _stream(self, ticket: Ticket, tail: _LogTail) -> AsyncGenerator[Status, None]:
        """Statuses of one status stream; ends early, without an error, when it breaks."""
        first = True
        try:
            async with aclosing(self._transport.events(stream_call(ticket))) as events:
                async for event in events:
                    news = tail.streamed(read_status(event), first=first)
                    first = False
                    if news is not None:
                        yield news
                    if isinstance(news, Finished):
                        return
        except (TransportError, ProtocolError):
            return

    async def _poll(self, ticket: Ticket) -> Status:
        reply = await self._transport.send(status_call(ticket))
        if reply.status >= _ERROR:
            raise refused_call(
                reply.status,
                reply.headers,
                reply.body,
                endpoint=ticket.endpoint,
                request_id=ticket.request_id,
            )
        return read_status(reply.body)


class _LogTail:
    """Which log lines and which queue position were reported already."""

    def __init__(self) -> None:
        self._first: LogLine | None = None
        self._seen = 0
        self._last: Queued | None = None

    def polled(self, status: Status) -> Status | None:
        """The news in a polled status, whose log is the whole list so far."""
        return self._news(status, repeats=True)

    def streamed(self, status: Status, *, first: bool) -> Status | None:
        """The news in a streamed status, whose log holds new lines only.

        The first event of a stream may tell the whole log again: it does when it begins as the
        log began.
        """
        logs = () if isinstance(status, Queued) else status.logs
        return self._news(status, repeats=first and bool(logs) and logs[0] == self._first)

    def _news(self, status: Status, *, repeats: bool) -> Status | None:
        if isinstance(status, Queued):
            if status == self._last:
                return None
            self._last = status
            return status
        lines = new_lines(self._seen, status.logs) if repeats else status.logs
        if self._first is None and lines:
            self._first = lines[0]
        self._seen += len(lines)
        if isinstance(status, Running):
            quiet = not lines and self._last is None and self._seen
            self._last = None
            return None if quiet else Running(lines)
        return Finished(lines, status.error, status.error_type, status.inference_s)


class _Receiver:
    """Writes a download to disk as it comes, and looks at what it is."""

    def __init__(
        self, part: Path, on_progress: Callable[[int, int | None], None] | None = None
    ) -> None:
        self._part = part
        self._on_progress = on_progress

    async def __call__(self, stream: ByteStream) -> None:
        got = 0
        with self._part.open("wb") as file:
            async for chunk in stream.chunks:
                if not got and not _looks_like_video(chunk):
                    raise MediaError(
                        f"expected a video, got {stream.content_type or 'unknown content'}"
                    )
                got += len(chunk)
                if got > _LARGEST_CLIP:
                    raise MediaError("the clip is larger than 4 GiB; it was not kept")
                file.write(chunk)
                if self._on_progress is not None:
                    self._on_progress(got, stream.size)
        if not got or (stream.size is not None and got != stream.size):
            raise MediaError(f"expected a clip of {stream.size} bytes, got {got}")


def _looks_like_video(head: bytes) -> bool:
    # ISO base media (mp4, mov) and Matroska (webm, mkv), by their first bytes.
    return head[4:8] == b"ftyp" or head[:4] == b"\x1a\x45\xdf\xa3"


def _units(reply: Reply) -> float | None:
    try:
        return float(reply.headers.get("x-fal-billable-units", ""))
    except ValueError:
        return None
