"""A submit, until it is certain: taken, refused, never arrived, or nobody can say.

fal has no idempotency key, so a submit whose answer was lost is never sent again in silence. Our
own server knows each submit by a name of ours: it is asked, and takes one name twice as one job.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable

from ltx_widgets.errors import (
    AmbiguousSubmit,
    LTXError,
    ProtocolError,
    RateLimited,
    ServerFault,
    TransportError,
)
from ltx_widgets.following import Patience
from ltx_widgets.refusals import refused_call
from ltx_widgets.retry import may_have_been_taken, poll_delay
from ltx_widgets.transport import Transport
from ltx_widgets.wire import Call, Ticket, read_ticket, submission_call

__all__ = ["Submitting", "find_submitted", "new_submission"]

_TAKEN = range(200, 300)
_ERROR = 400
_NOT_FOUND = 404
_PASSING = (TransportError, RateLimited, ServerFault)


def new_submission() -> str:
    """A name for a submit that nobody else has."""
    return secrets.token_hex(16)


async def find_submitted(transport: Transport, endpoint: str, submission: str) -> Ticket | None:
    """The job that a submit made; None where the server says that it never arrived.

    Raises:
        APIError: the server is none of ours, and cannot say.
        TransportError: it cannot be reached.
    """
    reply = await transport.send(submission_call(submission))
    if reply.status == _NOT_FOUND and reply.body == {"status": "NOT_FOUND"}:
        return None
    if reply.status in _TAKEN:
        return read_ticket(endpoint, reply.body)
    raise refused_call(reply.status, reply.headers, reply.body)


class Submitting:
    """One submit on its way.

    Args:
        transport: To the target.
        endpoint: Full endpoint id.
        patience: How long a server may be silent about it.
    """

    def __init__(self, transport: Transport, endpoint: str, patience: Patience) -> None:
        self._transport = transport
        self._endpoint = endpoint
        self._patience = patience

    async def send(
        self,
        call: Call,
        submission: str | None,
        *,
        given_up: asyncio.Event | None = None,
        on_doubt: Callable[[str], None] | None = None,
    ) -> Ticket:
        """Send it, and look for it where its answer was lost.

        Args:
            call: The submit.
            submission: Its name; None where nobody can be asked for it.
            given_up: Once set, what was not taken yet is not sent again.
            on_doubt: Told, in words, when an answer was lost and the job is being looked for.

        Raises:
            AmbiguousSubmit: it may have arrived, and nobody can say.
            APIError: refused.
            TransportError: it certainly did not arrive.
        """
        looks = 0
        while True:
            try:
                return await self._once(call, given_up)
            except AmbiguousSubmit as doubt:
                if submission is None:
                    raise
                if on_doubt is not None and not looks:
                    on_doubt(f"{doubt.cause}; looking whether the job arrived")
                found = await self._look(submission, doubt)
                if found is not None:
                    return found
                if given_up is not None and given_up.is_set():
                    raise TransportError("given up before it was sent again", sent=False) from None
                self._patience.strain(doubt)
            # It did not arrive; under its name, it cannot arrive twice.
            await _pause(looks)
            looks += 1

    async def _once(self, call: Call, given_up: asyncio.Event | None) -> Ticket:
        reply = await self._transport.send(call, given_up=given_up)
        if reply.status >= _ERROR:
            refused = refused_call(reply.status, reply.headers, reply.body, endpoint=self._endpoint)
            if may_have_been_taken(reply.status, reply.headers):
                raise AmbiguousSubmit(str(refused))
            raise refused
        try:
            return read_ticket(self._endpoint, reply.body)
        except ProtocolError as error:
            raise AmbiguousSubmit(str(error)) from None

    async def _look(self, submission: str, doubt: AmbiguousSubmit) -> Ticket | None:
        looks = 0
        while True:
            try:
                return await find_submitted(self._transport, self._endpoint, submission)
            except _PASSING:
                self._patience.strain(doubt)
            except LTXError:
                raise doubt from None
            await _pause(looks)
            looks += 1


async def _pause(looks: int) -> None:
    await asyncio.sleep(poll_delay(looks) * random.uniform(0.8, 1.2))
