"""Calls whoever asked to be called when a job is over, signed, until somebody says 2xx.

The store knows what is due; nothing here grows with it. Few tries run at once, first tries before
later ones, and each but the last is followed by a longer pause. What a try sends is kept from the
first one on, so that a receiver sees the same bytes under a new timestamp.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ltx_widgets.errors import MediaError
from ltx_widgets.server.addresses import place_of
from ltx_widgets.server.changes import Changes
from ltx_widgets.server.options import BadOption
from ltx_widgets.server.results import output_of
from ltx_widgets.server.settings import ServerSettings, is_loopback
from ltx_widgets.server.store import Store
from ltx_widgets.server.webhook_body import webhook_body
from ltx_widgets.server.webhook_key import KeyFile
from ltx_widgets.server.webhook_post import NoAnswer, NotAllowed, Reach, post
from ltx_widgets.server.webhook_rows import Webhook
from ltx_widgets.signing import REQUEST_ID, SIGNATURE, TIMESTAMP, USER_ID, signed_bytes

__all__ = ["Deliveries", "DeliveryRules", "rules_of"]

USER = "local"
"""Who the jobs belong to: there is one user."""

_BREATH_S = 5.0
_GLANCE_S = 60.0
_JUMP_S = 1.0
_JITTER = 0.1
_ACKNOWLEDGED = range(200, 300)
_REDIRECTED = range(300, 400)

_log = logging.getLogger("ltx_widgets.server")


@dataclass(frozen=True, slots=True)
class DeliveryRules:
    """How often, how long, and to whom. All times in seconds.

    Attributes:
        pauses: After each failed try but the last one; as many as there are tries again.
        first_s: How long the first try may take.
        later_s: How long each later one may take.
        at_once: How many run at the same time.
        reach: Which addresses may be called.
    """

    pauses: tuple[float, ...]
    first_s: float = 15.0
    later_s: float = 120.0
    at_once: int = 8
    reach: Reach = field(default_factory=Reach)


@dataclass(frozen=True, slots=True)
class _Tried:
    """How one try went, in words, and whether it was the last one."""

    said: str
    last: bool = False


def rules_of(settings: ServerSettings) -> DeliveryRules:
    """What one server's settings say.

    This computer's own addresses may be called, other than at fal, but not for strangers: where
    other computers can reach the server, that takes ``--allow-private-media``, too.
    """
    private = settings.allow_private_media
    own = private or is_loopback(settings.host)
    return DeliveryRules(settings.webhook_pauses, reach=Reach(own=own, private=private))


class Deliveries:
    """All webhooks of a server. Used on its event loop.

    Args:
        store: The queue, whose table of webhooks this works through.
        changes: Says when a job may have ended.
        files: The folder of finished clips.
        key: Signs.
        rules: How far to go.
        own_url: The server's base URL; where a caller used it, bodies name the one of their time.
        clock: Seconds since the epoch.
        steady: Seconds of a clock that nobody sets.
    """

    def __init__(
        self,
        store: Store,
        changes: Changes,
        files: Path,
        key: KeyFile,
        *,
        rules: DeliveryRules,
        own_url: str,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._rows = store.webhooks
        self._wake = changes.moves
        self._files = files
        self._key = key
        self._rules = rules
        self._own_url = own_url
        self._clock = clock
        self._steady = steady
        self._offset = clock() - steady()
        self._names = ThreadPoolExecutor(rules.at_once, thread_name_prefix="webhook-names")
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._loop: asyncio.Task[None] | None = None

    def check(self, url: str) -> None:
        """Refuse an address that can never be called.

        Raises:
            BadOption: a 400, so that the caller learns of it before anything is queued.
        """
        try:
            self._rules.reach.check_literal(place_of(url))
        except (MediaError, NotAllowed) as error:
            raise BadOption(f"fal_webhook {error}") from None

    def expect(self, request_id: str, url: str, base: str) -> None:
        """Note an address, before its job is added.

        Args:
            request_id: The job's.
            url: A checked address.
            base: Scheme and host that the caller used.
        """
        given, own = urlsplit(base), urlsplit(self._own_url)
        # The next server on this folder has another port.
        ours = is_loopback(given.hostname or "") and given.port == own.port
        self._rows.add(request_id, url, None if ours else base)

    def start(self) -> None:
        """Take up what the last server left, then deliver whatever is due."""
        longest = max(self._rules.pauses, default=0.0) * (1 + _JITTER)
        self._rows.take_up(self._clock() + longest)
        self._loop = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Look at the rows again: a job was over when it was added."""
        self._wake.set()

    async def close(self) -> None:
        """Break off what is under way; it stays due."""
        tasks = [*self._under_way.values(), *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._names.shutdown(wait=False, cancel_futures=True)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                pause = self._start_due()
            except Exception:  # noqa: BLE001 - a full disk may have room again later
                _log.exception("the webhooks")
                pause = _BREATH_S
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    def _start_due(self) -> float:
        """Begin what is due and has room; returns the seconds until there may be more."""
        now = self._now()
        if len(self._under_way) < self._rules.at_once:
            # Those under way are still due; as many others as there is room for are among these.
            for hook in self._rows.due(now, self._rules.at_once):
                self._begin(hook)
        coming = self._rows.next_due(now)
        return _GLANCE_S if coming is None else min(coming - now, _GLANCE_S)

    def _begin(self, hook: Webhook) -> None:
        under_way = self._under_way
        if hook.request_id not in under_way and len(under_way) < self._rules.at_once:
            under_way[hook.request_id] = asyncio.create_task(self._deliver(hook))

    def _now(self) -> float:
        """The time; where the clock was set, what is due moves with it and nothing comes at once.

        The time that a computer slept through looks the same.
        """
        now = self._clock()
        jump = now - self._steady() - self._offset
        if abs(jump) > _JUMP_S:
            self._rows.shift(jump)
            self._offset += jump
        return now

    async def _deliver(self, hook: Webhook) -> None:
        try:
            self._note(hook, await self._try(hook))
        except Exception:  # noqa: BLE001 - it is still due, and a full disk may have room again
            _log.exception("the webhook of job %s", hook.request_id)
            await asyncio.sleep(_BREATH_S)
        finally:
            del self._under_way[hook.request_id]
            self._wake.set()

    async def _try(self, hook: Webhook) -> _Tried:
        try:
            status = await self._post(hook)
        except (NotAllowed, MediaError) as error:
            return _Tried(str(error), last=True)
        except NoAnswer as error:
            return _Tried(str(error))
        except Exception:  # noqa: BLE001 - a bug of ours must not be tried for ever, either
            _log.exception("the webhook of job %s", hook.request_id)
            return _Tried("could not be sent")
        said = f"was answered with {status}"
        if status in _REDIRECTED:
            return _Tried(f"{said}; redirects are not followed", last=True)
        return _Tried(said, last=status in _ACKNOWLEDGED)

    async def _post(self, hook: Webhook) -> int:
        place = place_of(hook.url)
        body = hook.body or await self._make_body(hook)
        return await post(
            place,
            await asyncio.to_thread(self._sign, hook.request_id, body),
            body,
            reach=self._rules.reach,
            names=self._names,
            within_s=self._rules.later_s if hook.tries else self._rules.first_s,
        )

    async def _make_body(self, hook: Webhook) -> bytes:
        job = self._store.job(hook.request_id)
        if job is None:
            raise LookupError(hook.request_id)
        output = None
        if job.failure is None:
            output = await output_of(job, hook.base or self._own_url, self._files)
        # A clip inside its result is large, and so is its JSON.
        body = await asyncio.to_thread(webhook_body, job, output)
        self._rows.keep_body(hook.request_id, body)
        return body

    def _sign(self, request_id: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        message = signed_bytes(request_id, USER, timestamp, body)
        return {
            REQUEST_ID: request_id,
            USER_ID: USER,
            TIMESTAMP: timestamp,
            SIGNATURE: self._key.load().sign(message),
        }

    def _note(self, hook: Webhook, tried: _Tried) -> None:
        """Write down how a try went. The log does not say where it went to: a URL may be secret."""
        said = tried.said
        if tried.last:
            self._rows.settle(hook.request_id, said)
        elif hook.tries >= len(self._rules.pauses):
            said = f"{said}; try {hook.tries + 1} was the last"
            self._rows.settle(hook.request_id, said)
        else:
            pause = self._rules.pauses[hook.tries] * random.uniform(1 - _JITTER, 1 + _JITTER)
            self._rows.try_again(hook.request_id, self._now() + pause)
            said = f"{said}; the next try is in {pause:.0f} s"
        _log.info("the webhook of job %s %s", hook.request_id, said)
