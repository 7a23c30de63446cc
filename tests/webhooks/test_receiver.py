"""The receiver of a notebook: what it answers, what it hands on, and how often."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from signed_hooks import JWKS, NOW, OTHER, body_of, signed

from ltx_widgets import WebhookReceiver, WebhookVerifier
from ltx_widgets.errors import ConfigError, TransportTimeout


def receiver(on_event=None, **options):
    checker = WebhookVerifier(keys=JWKS, clock=lambda: NOW)
    return WebhookReceiver(on_event, verifier=checker, **options)


def send(hooks, request_id="r1", **options):
    """Post a genuine webhook and give the status."""
    body = body_of(request_id)
    headers = signed(body, request_id=request_id, **options)
    return httpx.post(hooks.url, content=body, headers=headers).status_code


def test_a_callback_gets_each_event_once():
    """Client 21: at least once on the wire, once here."""
    got = []
    with receiver(got.append) as hooks:
        assert [send(hooks, name) for name in ("r1", "r2", "r1", "r1")] == [200] * 4

    assert [event.request_id for event in got] == ["r1", "r2"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda h, b: (h, b + b" "), 401),
        (lambda h, b: ({**h, **signed(b, now=NOW - 301)}, b), 401),
        (lambda h, b: (signed(b, key=OTHER), b), 401),
        (lambda _, b: ({}, b), 400),
        (lambda *_: (signed(b"[]"), b"[]"), 400),
    ],
    ids=["tampered", "old", "forged", "unsigned", "no event"],
)
def test_what_is_not_genuine_is_not_handed_on(change, status):
    """Client 21: and is not answered with 200."""
    got, body = [], body_of()
    headers, body = change(signed(body), body)
    with receiver(got.append) as hooks:
        reply = httpx.post(hooks.url, content=body, headers=headers)

    assert reply.status_code == status
    assert reply.json()["detail"].startswith("not a webhook")
    assert got == []


def test_a_callback_that_raises_is_called_again():
    """The sender is told, and its next try counts."""
    got = []

    def on_event(event):
        got.append(event)
        if len(got) == 1:
            raise RuntimeError("no room")

    with receiver(on_event) as hooks:
        assert [send(hooks), send(hooks), send(hooks)] == [500, 200, 200]

    assert len(got) == 2


def test_the_same_event_at_once_is_handed_on_once():
    """The second one is told to come back: nobody knows yet how the first one ends."""
    inside, go, got = threading.Event(), threading.Event(), []

    def on_event(event):
        got.append(event)
        inside.set()
        go.wait(60)

    with receiver(on_event) as hooks, ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, hooks)
        inside.wait(60)
        assert send(hooks) == 503
        go.set()
        assert first.result() == 200

    assert len(got) == 1


def test_events_are_iterated_in_a_loop_and_outside():
    """The same receiver, one event each."""

    async def one(hooks):
        async for event in hooks:
            return event.request_id
        return None

    with receiver() as hooks:
        send(hooks, "r1")
        assert next(iter(hooks)).request_id == "r1"
        send(hooks, "r2")
        assert asyncio.run(one(hooks)) == "r2"


def test_a_loop_waits_for_an_event_to_come():
    """Nothing is blocked meanwhile."""

    async def work():
        async with receiver() as hooks:
            events = aiter(hooks)
            waiting = asyncio.create_task(anext(events))
            await asyncio.to_thread(send, hooks)
            return (await waiting).request_id

    assert asyncio.run(work()) == "r1"


def test_a_wait_that_is_given_up_loses_nothing():
    """Neither by a time limit nor by a cancelled task."""

    async def give_up(hooks):
        task = asyncio.create_task(anext(aiter(hooks)))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    with receiver() as hooks:
        with pytest.raises(TransportTimeout, match=r"within 0\.01 s"):
            hooks.wait(0.01)
        asyncio.run(give_up(hooks))
        send(hooks)

        assert hooks.wait(60).request_id == "r1"


def test_an_interrupt_ends_a_wait_and_loses_nothing():
    """As the stop button of a notebook does."""

    def interrupted(hooks):
        threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()
        hooks.wait()

    with receiver() as hooks:
        with pytest.raises(KeyboardInterrupt):
            interrupted(hooks)
        send(hooks)

        assert hooks.wait(60).request_id == "r1"


def test_a_closed_receiver_ends_the_iteration():
    """After what it held."""
    with receiver() as hooks:
        send(hooks)

    assert [event.request_id for event in hooks] == ["r1"]
    with pytest.raises(ConfigError, match="does not listen"):
        assert hooks.url


def raw(hooks, request):
    """The status line that a raw request is answered with."""
    place = urlsplit(hooks.url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as line:
        line.sendall(request)
        return line.makefile("rb").readline().split(b" ")[1]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"405"),
        (b"POST / HTTP/1.1\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n", b"413"),
    ],
)
def test_what_is_no_webhook_is_not_read(request_, status):
    """Client 21: the size is bounded before anything is read."""
    with receiver(max_body=1000) as hooks:
        assert raw(hooks, request_) == status


def test_an_address_that_is_taken_is_told_of():
    """In our own words."""
    with receiver() as hooks:
        port = urlsplit(hooks.url).port
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1:{port}"):
            receiver(port=port).start()


def test_it_does_not_keep_the_process_alive():
    """A kernel that ends takes it along."""
    code = (
        "import ltx_widgets as ltx\n"
        "hooks = ltx.WebhookReceiver(print).start()\n"
        "assert hooks.start() is hooks\n"
        "print(hooks.url)"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert ended.returncode == 0
    assert ended.stdout.startswith("http://127.0.0.1:")
    assert ended.stderr == ""
