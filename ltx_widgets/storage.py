"""The service's files: ours go up as they are read from disk, its clips come down as they arrive.

A large file goes in parts, a few at a time. Each part is tried again by itself, and what went
stays: the next call with the same `Slot` sends only the rest, also from another kernel.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ltx_widgets.errors import APIError, LTXError, MediaError, TransportError
from ltx_widgets.messages import Body, Reply
from ltx_widgets.receiver import Receiver
from ltx_widgets.refusals import refused_call
from ltx_widgets.retry import is_passing, poll_delay
from ltx_widgets.storage_wire import (
    Slot,
    Token,
    begin_headers,
    complete_body,
    initiate_call,
    read_begun,
    read_etag,
    read_posted,
    read_slot,
    read_token,
    token_call,
)
from ltx_widgets.transport import Transport

__all__ = ["Outgoing", "Storage"]

Progress = Callable[[int, int | None], None]
Keep = Callable[[Slot], Awaitable[None]]

_MOST_TRIES = 5
# A server that restarts says nothing for a while; what went to it so far would be lost.
_PATIENCE_S = 30.0
_MOST_DOWNLOADS = 4
_PARTS_FROM = 20 << 20
_PART = 10 << 20
_MOST_PARTS = 10_000
_PARTS_AT_ONCE = 3
_READ = 1 << 20
_CHUNK = 1 << 18
_TAKEN = range(200, 300)
_ERROR = 400
# A storage that has no such route, or no such type: the other way may be open.
_NOT_THIS_WAY = frozenset({400, 404, 405, 501})
# A place that was given long ago and is none any more.
_STALE = frozenset({400, 401, 403, 404, 410})
_EARLY_S = 120.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file that goes up.

    Attributes:
        path: Where it is.
        name: What it is called there; it says nothing of where it is here.
        content_type: By its content.
    """

    path: Path
    name: str
    content_type: str


class Storage:
    """Files to and from the service, over one transport.

    Args:
        transport: To the target.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._token: Token | None = None

    async def upload(
        self,
        file: Outgoing,
        *,
        begun: Slot | None = None,
        keep: Keep | None = None,
        on_progress: Progress | None = None,
    ) -> str:
        """Put a file where the service can fetch it; never held whole.

        Args:
            file: What goes up.
            begun: Where an earlier call left off with the same content.
            keep: Given what to hand in as `begun`, after each part.
            on_progress: Called with bytes so far and in all.

        Returns:
            Its address. Whoever has that can fetch the file.

        Raises:
            APIError: the storage refused it.
            MediaError: the file changed meanwhile.
            TransportError: it could not be uploaded.
        """
        trip = _Trip(file, on_progress)
        if trip.size < _PARTS_FROM:
            return await self._whole(trip)
        if begun is not None:
            try:
                return await self._parts(trip, begun, keep)
            except APIError as error:
                if error.status not in _STALE:
                    raise
                trip = _Trip(file, on_progress)
        return await self._parts(trip, await self._begin(trip), keep)

    async def download(self, url: str, to: Path, *, on_progress: Progress | None = None) -> Path:
        """Stream an output to disk: checked, never held whole, moved into place at the end.

        Args:
            url: The output's address; fetched without the key.
            to: The file; its folder must be there.
            on_progress: Called with bytes so far and in all (None if unknown).

        Raises:
            MediaError: what came is no video, or is cut short.
            TransportError: it could not be fetched.
        """
        # A name of its own: another kernel may be fetching the same clip.
        part = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
        for attempt in range(1, _MOST_DOWNLOADS + 1):
            try:
                await self._transport.download(url, Receiver(part, on_progress))
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

    async def is_there(self, url: str) -> bool:
        """Whether an uploaded file can still be fetched; False when in doubt."""
        return await self._transport.is_there(url)

    async def _whole(self, trip: _Trip) -> str:
        slot = await self._signed(trip, part_size=0)
        if slot is not None:
            kind = {"Content-Type": trip.file.content_type}
            await self._send("PUT", slot.put_url, trip.whole, headers=kind)
            trip.check_unchanged()
            return slot.file_url
        token = await self._with_token()
        headers = begin_headers(trip.file.name, trip.file.content_type)
        url = f"{token.base_url}/files/upload"
        reply = await self._send("POST", url, trip.whole, headers=headers, token=token)
        trip.check_unchanged()
        return read_posted(reply.body)

    async def _begin(self, trip: _Trip) -> Slot:
        """A place for a file in parts: signed, or else with a token."""
        slot = await self._signed(trip, part_size=trip.part_size)
        if slot is not None:
            return slot
        token = await self._with_token()
        url = f"{token.base_url}/files/upload/multipart"
        headers = begin_headers(trip.file.name, trip.file.content_type)
        reply = await self._send("POST", url, Body.empty, headers=headers, token=token)
        return read_begun(reply.body, part_size=trip.part_size)

    async def _signed(self, trip: _Trip, *, part_size: int) -> Slot | None:
        """A signed place; None where this storage has none to give."""
        file = trip.file
        call = initiate_call(file.name, file.content_type, parts=part_size > 0)
        reply = await self._transport.send(call)
        if reply.status in _NOT_THIS_WAY:
            return None
        if reply.status >= _ERROR:
            raise refused_call(reply.status, reply.headers, reply.body)
        return read_slot(reply.body, part_size=part_size)

    async def _with_token(self) -> Token:
        if self._token is None or self._token.ends - _EARLY_S < time.time():
            reply = await self._transport.send(token_call())
            if reply.status >= _ERROR:
                raise refused_call(reply.status, reply.headers, reply.body)
            self._token = read_token(reply.body)
        return self._token

    async def _parts(self, trip: _Trip, slot: Slot, keep: Keep | None) -> str:
        trip.part_size = slot.part_size
        waiting = [n for n in range(1, trip.parts + 1) if n not in slot.etags]
        trip.skip(n for n in slot.etags if n <= trip.parts)
        done = slot
        if keep is not None:
            await keep(done)

        async def send_some() -> None:
            nonlocal done
            while waiting:
                number = waiting.pop(0)
                etag = await self._part(trip, slot, number)
                done = done.with_part(number, etag)
                if keep is not None:
                    await keep(done)

        await _all_of([send_some() for _ in range(min(_PARTS_AT_ONCE, len(waiting)))])
        trip.check_unchanged()
        await self._complete(done)
        return slot.file_url

    async def _part(self, trip: _Trip, slot: Slot, number: int) -> str:
        token = await self._with_token() if slot.way == "token" else None
        url, body = slot.part_url(number), partial(trip.part, number)
        reply = await self._send("PUT", url, body, token=token)
        return read_etag(reply.headers, reply.body)

    async def _complete(self, slot: Slot) -> None:
        token = await self._with_token() if slot.way == "token" else None
        url, body = slot.part_url("complete"), partial(Body.json, complete_body(slot))
        try:
            await self._send("POST", url, body, token=token)
        except LTXError:
            # Asked twice because an answer was lost, it may say that nothing is left to do.
            if not await self._transport.is_there(slot.file_url):
                raise

    async def _send(
        self,
        method: str,
        url: str,
        body: Callable[[], Body],
        *,
        headers: Mapping[str, str] | None = None,
        token: Token | None = None,
    ) -> Reply:
        """Send a body, made anew for each try, until it is taken or refused.

        Twice the same body is the same file or part. Five refusals end it, and so does half a
        minute without an answer, though not before the fifth try.
        """
        secret = token.secret if token else None
        refused, silent_since = 0, 0.0
        for attempt in itertools.count(1):
            try:
                reply = await self._transport.exchange(
                    method, url, body(), headers=headers, token=secret
                )
            except TransportError:
                now = time.monotonic()
                silent_since = silent_since or now
                if attempt >= _MOST_TRIES and now - silent_since >= _PATIENCE_S:
                    raise
            else:
                silent_since = 0.0
                # A redirect stored nothing.
                if reply.status in _TAKEN:
                    return reply
                refused += 1
                if refused == _MOST_TRIES or not is_passing(reply.status):
                    raise _not_taken(reply)
            await asyncio.sleep(poll_delay(attempt))
        raise AssertionError("unreachable")


class _Trip:
    """One file on its way: its measures, and how much of it is there."""

    def __init__(self, file: Outgoing, on_progress: Progress | None) -> None:
        self.file = file
        self._before = self._looks()
        self.size = self._before[0]
        self.part_size = max(_PART, -(-self.size // _MOST_PARTS))
        self._on_progress = on_progress
        self._sent: dict[int, int] = {}

    @property
    def parts(self) -> int:
        return -(-self.size // self.part_size)

    def whole(self) -> Body:
        """All of it."""
        return self._piece(1, 0, self.size)

    def part(self, number: int) -> Body:
        """The bytes of one part, from 1."""
        start = (number - 1) * self.part_size
        return self._piece(number, start, min(self.part_size, self.size - start))

    def _piece(self, number: int, start: int, size: int) -> Body:
        self._tell(number, 0)
        return Body(size, self._read(number, start, size))

    def skip(self, numbers: Iterable[int]) -> None:
        """Parts that went before."""
        for number in numbers:
            size = min(self.part_size, self.size - (number - 1) * self.part_size)
            self._tell(number, size)

    def check_unchanged(self) -> None:
        """Stop where the file is another one by now.

        Raises:
            MediaError: what is there is a mixture.
        """
        if self._looks() != self._before:
            raise MediaError(f"{self.file.name} changed while it was uploaded; give it once more")

    def _looks(self) -> tuple[int, int]:
        try:
            facts = self.file.path.stat()
        except OSError as error:
            raise MediaError(f"{self.file.name} cannot be read ({error.strerror})") from error
        return facts.st_size, facts.st_mtime_ns

    async def _read(self, number: int, start: int, size: int) -> AsyncGenerator[bytes, None]:
        left = size
        with self.file.path.open("rb", buffering=0) as file:
            file.seek(start)
            while left:
                block = memoryview(await asyncio.to_thread(file.read, min(_READ, left)) or b"")
                if not block:
                    raise MediaError(f"{self.file.name} became shorter while it was uploaded")
                left -= len(block)
                for at in range(0, len(block), _CHUNK):
                    yield bytes(block[at : at + _CHUNK])
                self._tell(number, size - left)

    def _tell(self, number: int, sent: int) -> None:
        self._sent[number] = sent
        if self._on_progress is not None:
            self._on_progress(sum(self._sent.values()), self.size)


async def _all_of(work: list[Awaitable[None]]) -> None:
    """Run all of it at once; the first trouble ends the rest, and is raised as it came."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _not_taken(reply: Reply) -> LTXError:
    # A storage's own words may be XML, which says nothing to anybody.
    detail = reply.body if isinstance(reply.body, dict) else "the file was not taken"
    return refused_call(reply.status, reply.headers, detail)
