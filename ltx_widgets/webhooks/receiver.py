"""A receiver of webhooks for a notebook: one line, a thread of its own, gone with the kernel."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from typing import Any, Self

from ltx_widgets.blocking import outcome
from ltx_widgets.errors import ConfigError, TransportTimeout, WebhookError
from ltx_widgets.signing import JWKS_PATH
from ltx_widgets.webhooks.asgi import MAX_BODY
from ltx_widgets.webhooks.events import WebhookEvent
from ltx_widgets.webhooks.listener import Listener
from ltx_widgets.webhooks.mailbox import Mailbox
from ltx_widgets.webhooks.seen import Busy, Seen, status_of
from ltx_widgets.webhooks.verify import WebhookVerifier

__all__ = ["WebhookReceiver"]

_log = logging.getLogger("ltx_widgets.webhooks")


class WebhookReceiver:
    """Takes webhooks on this computer and hands each on once, to a callback or to who iterates.

    ::

        async with ltx.WebhookReceiver() as hooks:
            ltx.submit("a fox", options=ltx.SubmitOptions(webhook_url=hooks.url))
            async for event in hooks:
                …

    It answers 200 only to what it verified. Its thread never keeps the process alive.

    Args:
        on_event: Called on the receiver's threads, one event at a time. If it raises, the sender
            tries again. Without one, iterate: ``for event in hooks``, ``async for event in hooks``.
        verifier: Checks what comes; with the keys of wherever `ltx_widgets.submit` sends jobs if
            left out.
        host: Where to listen. Anything but loopback is for a tunnel's or container's sake.
        port: 0 takes a free one.
        max_body: Bytes that one webhook may have.
    """

    def __init__(
        self,
        on_event: Callable[[WebhookEvent], Any] | None = None,
        *,
        verifier: WebhookVerifier | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        max_body: int = MAX_BODY,
    ) -> None:
        self._on_event = on_event
        self._verifier = verifier or WebhookVerifier(jwks_url=_keys_of_the_session)
        self._host, self._port = host, port
        self._max_body = max_body
        self._seen = Seen()
        self._calling = threading.Lock()
        self._mailbox = Mailbox()
        self._listener: Listener | None = None

    def start(self) -> Self:
        """Listen; does nothing where it does already.

        Raises:
            ConfigError: the address is taken.
        """
        if self._listener is None:
            try:
                self._listener = Listener(self._host, self._port, self._take, self._max_body)
            except OSError as error:
                raise ConfigError(
                    f"cannot listen on {self._host}:{self._port} ({error.strerror})"
                ) from error
        return self

    def close(self) -> None:
        """Stop listening; who iterates gets what came, and then the end."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.end()
        self._mailbox.close()

    @property
    def url(self) -> str:
        """What to give as `webhook_url`.

        Raises:
            ConfigError: it does not listen.
        """
        if self._listener is None:
            raise ConfigError("this receiver does not listen; start() it, or use it in a `with`")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._listener.server_port}/"

    def _take(self, headers: list[tuple[str, str]], body: bytes) -> tuple[int, str]:
        try:
            event = self._verifier.verify(headers, body)
            with self._seen.first_time(event.request_id) as first:
                if first:
                    self._hand_on(event)
        except WebhookError as error:
            return status_of(error), str(error)
        except Busy:
            return 503, "not now; send it again later"
        except Exception:  # noqa: BLE001 - of the callback, which is not ours
            _log.exception("a webhook could not be handled")
            return 500, "it could not be handled"
        return 200, "OK"

    def _hand_on(self, event: WebhookEvent) -> None:
        if self._on_event is not None:
            with self._calling:
                self._on_event(event)
        elif not self._mailbox.put(event):
            raise Busy

    def wait(self, timeout_s: float | None = None) -> WebhookEvent | None:
        """Block for the next event; an interrupt ends the wait and loses nothing.

        Args:
            timeout_s: Seconds; None waits for as long as it takes.

        Returns:
            None once the receiver is closed.

        Raises:
            TransportTimeout: none came in time.
        """
        # Made before it is asked for: an interrupt in between leaves no wait behind that would
        # swallow the next event.
        wanted: Future[WebhookEvent | None] = Future()
        try:
            self._mailbox.ask(wanted)
            return outcome(wanted, timeout_s)
        except TimeoutError:
            self._mailbox.give_back(wanted)
            raise TransportTimeout(f"no webhook came within {timeout_s} s", sent=False) from None
        except BaseException:
            self._mailbox.give_back(wanted)
            raise

    def __iter__(self) -> Iterator[WebhookEvent]:
        while (event := self.wait()) is not None:
            yield event

    async def __aiter__(self) -> AsyncIterator[WebhookEvent]:
        while True:
            wanted: Future[WebhookEvent | None] = Future()
            try:
                self._mailbox.ask(wanted)
                event = await asyncio.shield(asyncio.wrap_future(wanted))
            except BaseException:
                self._mailbox.give_back(wanted)
                raise
            if event is None:
                return
            yield event

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self.close)


def _keys_of_the_session() -> str:
    from ltx_widgets.session import default_session

    target = default_session().target
    if not target.storage:
        raise ConfigError("the local server does not run yet; it starts with the first job")
    return target.storage + JWKS_PATH
