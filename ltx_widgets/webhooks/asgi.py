"""A receiver of webhooks as a plain ASGI app, to be mounted anywhere."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from ltx_widgets.errors import WebhookError
from ltx_widgets.webhooks.events import WebhookEvent
from ltx_widgets.webhooks.seen import Busy, Seen, status_of
from ltx_widgets.webhooks.verify import Headers, WebhookVerifier

__all__ = ["MAX_BODY", "webhook_app"]

MAX_BODY = 8 << 20
"""Bytes that are read of one webhook."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
OnEvent = Callable[[WebhookEvent], Any]

_log = logging.getLogger("ltx_widgets.webhooks")


class _TooLarge(Exception):
    """More came than is read."""


class _HungUp(Exception):
    """The sender left in the middle."""


def webhook_app(
    on_event: OnEvent, *, verifier: WebhookVerifier | None = None, max_body: int = MAX_BODY
) -> App:
    """An ASGI app that takes webhooks at whatever path it is mounted.

    200 is answered once `on_event` is done; if it raises, 500, and the sender tries again. A
    webhook that comes once more is answered with 200 and not handed on.

    Args:
        on_event: A function, which runs on a thread, or a coroutine function, on the loop.
        verifier: Checks them; with hosted fal's keys if left out.
        max_body: Bytes that one may have.
    """
    return _App(on_event, verifier or WebhookVerifier(), max_body)


class _App:
    def __init__(self, on_event: OnEvent, verifier: WebhookVerifier, max_body: int) -> None:
        self._on_event = on_event
        self._verifier = verifier
        self._max_body = max_body
        self._seen = Seen()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            with suppress(_HungUp):
                await _reply(send, *await self._answer(scope, receive))

    async def _answer(self, scope: Message, receive: Receive) -> tuple[int, str]:
        if scope["method"] != "POST":
            return 405, "webhooks are posted"
        try:
            await self._take(scope["headers"], await _read(receive, self._max_body))
        except WebhookError as error:
            return status_of(error), str(error)
        except _TooLarge:
            return 413, f"expected at most {self._max_body} bytes"
        except Busy:
            return 503, "it is being handled; send it again later"
        except _HungUp:
            raise
        except Exception:  # noqa: BLE001 - of the callback, which is not ours
            _log.exception("a webhook could not be handled")
            return 500, "it could not be handled"
        return 200, "OK"

    async def _take(self, headers: Headers, body: bytes) -> None:
        event = await self._verifier.averify(headers, body)
        with self._seen.first_time(event.request_id) as first:
            if first:
                await _call(self._on_event, event)


async def _call(on_event: OnEvent, event: WebhookEvent) -> None:
    if inspect.iscoroutinefunction(on_event):
        await on_event(event)
        return
    result = await asyncio.to_thread(on_event, event)
    if inspect.isawaitable(result):  # Of an object that is called, or a partial.
        await result


async def _read(receive: Receive, max_body: int) -> bytes:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        body += message.get("body", b"")
        if len(body) > max_body:
            raise _TooLarge
        more = message.get("more_body", False)
    return bytes(body)


async def _reply(send: Send, status: int, said: str) -> None:
    body = json.dumps({"detail": said}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Receive, send: Send) -> None:
    """Say that there is nothing to set up, for who serves this app by itself."""
    for step in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{step}.complete"})
