"""The async client: submit, follow, result, cancel and run, and files, over one target."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from ltx_widgets.config import Target
from ltx_widgets.errors import (
    JobFailed,
    LTXError,
    ProtocolError,
    RateLimited,
    ServerFault,
    TransportError,
)
from ltx_widgets.following import LogTail, Patience
from ltx_widgets.messages import Reply
from ltx_widgets.refusals import is_not_the_jobs_own, refused_call, refused_result
from ltx_widgets.retry import Timeouts, crowd_delay, poll_delay
from ltx_widgets.schema import VideoResult
from ltx_widgets.storage import Storage
from ltx_widgets.submission import SubmitOptions
from ltx_widgets.submitting import Submitting, find_submitted, new_submission
from ltx_widgets.transport import Reconnect, Transport
from ltx_widgets.wire import (
    CancelAnswer,
    Finished,
    Status,
    Ticket,
    cancel_call,
    is_last_event,
    read_cancel,
    read_status,
    result_call,
    status_call,
    stream_call,
    submit_call,
)

__all__ = ["LTXClient", "Outcome"]

_ERROR = 400
_REDIRECTS = range(300, 400)
_NOT_FOUND = 404
_PASSING = (TransportError, RateLimited, ServerFault)
_MOST_FRUITLESS_STREAMS = 3
_LAST_WORD_S = 5.0


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
        patience_s: How long a job that is under way may go without an answer about it; a closed
            lid or a restarting server must not lose it.
        timeouts: How long to wait for a peer that says nothing.
    """

    def __init__(
        self,
        target: Target,
        *,
        reconnect: Reconnect | None = None,
        patience_s: float = 600,
        timeouts: Timeouts | None = None,
    ) -> None:
        self._transport = Transport(target, reconnect=reconnect, timeouts=timeouts)
        self._files = Storage(self._transport)
        self._patience_s = patience_s

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

    async def submit(
        self,
        endpoint: str,
        body: Mapping[str, Any],
        *,
        options: SubmitOptions | None = None,
        submission: str | None = None,
        given_up: asyncio.Event | None = None,
        on_doubt: Callable[[str], None] | None = None,
    ) -> Ticket:
        """Put a request in the queue.

        A submit whose answer was lost is never sent again in silence. Our own server is asked for
        it first; fal cannot be asked.

        Args:
            endpoint: Full endpoint id.
            body: The request.
            options: How it is to be handled.
            submission: Our name for this submit, by which our own server finds it again; made up
                if left out.
            given_up: Once set, a request that was not taken yet is not sent again.
            on_doubt: Told, in words, when an answer was lost and the job is being looked for.

        Raises:
            AmbiguousSubmit: it may have arrived, and nobody can say.
            APIError: refused, for example for its key.
            TransportError: it certainly did not arrive.
        """
        asked = options or SubmitOptions()
        named = (submission or new_submission()) if self.can_look_up else None
        call = submit_call(
            endpoint, body, headers=asked.headers(), params=asked.params(), submission=named
        )
        sending = Submitting(self._transport, endpoint, Patience(self._patience_s))
        return await sending.send(call, named, given_up=given_up, on_doubt=on_doubt)

    @property
    def can_look_up(self) -> bool:
        """Whether the target may be able to say what became of a submit: fal cannot."""
        return self.target.place != "hosted"

    async def find(self, endpoint: str, submission: str) -> Ticket | None:
        """The job that a submit made; None where the server says that it never arrived.

        Raises:
            APIError: the server is none of ours, and cannot say.
            TransportError: it cannot be reached.
        """
        return await find_submitted(self._transport, endpoint, submission)

    async def follow(self, ticket: Ticket) -> AsyncGenerator[Status, None]:
        """Every change of a job's status until it is finished, with new log lines only.

        Streams, and falls back to polling with growing pauses where the stream is not to be had
        or breaks.

        Raises:
            NotFound: the server does not know the job.
            TransportError: the server cannot be reached.
        """
        tail = LogTail()
        patience = Patience(self._patience_s)
        fruitless = polls = 0
        while True:
            # With many jobs at once only some are streamed; the others wait for their turn.
            if fruitless < _MOST_FRUITLESS_STREAMS and await self._transport.uncrowded(
                crowd_delay(polls)
            ):
                fruitless += 1
                async with aclosing(self._stream(ticket, tail)) as statuses:
                    async for status in statuses:
                        fruitless = polls = 0
                        patience.rest()
                        yield status
                        if isinstance(status, Finished):
                            return
            try:
                news = tail.polled(await self._poll(ticket))
                patience.rest()
            except _PASSING as error:
                news = patience.strain(error)
            if news is not None:
                yield news
            if isinstance(news, Finished):
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
        reply = await self._result_reply(ticket)
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
            ProtocolError: answered by a redirect.
        """
        reply = await self._transport.send(cancel_call(ticket))
        if reply.status in _REDIRECTS:
            raise ProtocolError(
                f"expected an answer to a cancel, got a redirect ({reply.status}), which is not "
                "followed: the job may still run"
            )
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
        options: SubmitOptions | None = None,
        on_status: Callable[[Status], None] | None = None,
        leave_running: bool = False,
    ) -> Outcome:
        """Submit, follow to the end, and fetch the result.

        Args:
            endpoint: Full endpoint id.
            body: The request.
            options: How it is to be handled.
            on_status: Called with each change.
            leave_running: Whether the job goes on if this task is cancelled; it is cancelled, too,
                if left out.
        """
        ticket = await self.submit(endpoint, body, options=options)
        try:
            async for status in self.follow(ticket):
                if on_status is not None:
                    on_status(status)
            return await self.result(ticket)
        except asyncio.CancelledError:
            if not leave_running:
                await self._cancel_at_the_end(ticket)
            raise

    async def _cancel_at_the_end(self, ticket: Ticket) -> None:
        """Cancel a job for a task that is ending; briefly, and whatever comes of it."""
        with suppress(LTXError, TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await self.cancel(ticket)

    @property
    def files(self) -> Storage:
        """The target's file storage: `upload`, `download`, `is_there`."""
        return self._files

    async def _stream(self, ticket: Ticket, tail: LogTail) -> AsyncGenerator[Status, None]:
        """Statuses of one status stream; ends early, without an error, when it breaks."""
        first = True
        try:
            stream = self._transport.events(stream_call(ticket), is_last=is_last_event)
            async with aclosing(stream) as events:
                async for event in events:
                    news = tail.streamed(read_status(event), first=first)
                    first = False
                    if news is not None:
                        yield news
                    if isinstance(news, Finished):
                        return
        except (TransportError, ProtocolError):
            return

    async def _result_reply(self, ticket: Ticket) -> Reply:
        """The reply at the result URL, once it is the job's own.

        A gateway's 504 or "still in progress" just after COMPLETED says nothing of the job.
        """
        patience, polls = Patience(self._patience_s), 0
        while True:
            try:
                reply = await self._transport.send(result_call(ticket))
                if not is_not_the_jobs_own(reply.status, reply.headers, reply.body):
                    return reply
                patience.strain(refused_call(reply.status, reply.headers, reply.body))
            except TransportError as error:
                patience.strain(error)
            await asyncio.sleep(poll_delay(polls) * random.uniform(0.8, 1.2))
            polls += 1

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


def _units(reply: Reply) -> float | None:
    try:
        return float(reply.headers.get("x-fal-billable-units", ""))
    except ValueError:
        return None
