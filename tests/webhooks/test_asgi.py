"""The ASGI receiver under a real uvicorn, alone and mounted under Starlette."""

from __future__ import annotations

import asyncio
import socket
import threading

import httpx
import pytest
import uvicorn
from signed_hooks import JWKS, NOW, body_of, signed
from starlette.applications import Starlette
from starlette.routing import Mount

from ltx_widgets import WebhookVerifier, webhook_app


@pytest.fixture
def serve():
    """Serves apps on loopback; gives their base URLs."""
    running = []

    def start(app):
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_config=None, ws="none", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        running.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(20)
        listener.close()


def app(on_event, **options):
    checker = WebhookVerifier(keys=JWKS, clock=lambda: NOW)
    return webhook_app(on_event, verifier=checker, **options)


def send(url, body=None, **headers):
    body = body_of() if body is None else body
    return httpx.post(url, content=body, headers={**signed(body), **headers}, timeout=20)


def test_a_function_gets_each_event_once(serve):
    """Client 21: a webhook that comes again is answered with 200 and not handed on."""
    got = []
    url = serve(app(got.append))

    assert [send(url).status_code for _ in range(3)] == [200] * 3
    assert [event.request_id for event in got] == ["r1"]


def test_a_coroutine_function_runs_on_the_loop(serve):
    """Mounted under Starlette, at any path."""
    got = []

    async def on_event(event):
        got.append((event.request_id, asyncio.get_running_loop()))

    url = serve(Starlette(routes=[Mount("/fal", app=app(on_event))]))

    assert send(f"{url}/fal/hook").status_code == 200
    assert [name for name, _ in got] == ["r1"]


def test_a_function_that_raises_is_called_again(serve):
    """The sender is told, and its next try counts."""
    got = []

    def on_event(event):
        got.append(event)
        if len(got) == 1:
            raise RuntimeError("no room")

    url = serve(app(on_event))

    assert [send(url).status_code for _ in range(3)] == [500, 200, 200]


def test_what_is_not_genuine_is_refused(serve):
    """Client 21: tampered, unsigned, too large, not posted."""
    got = []
    url = serve(app(got.append, max_body=1000))

    tampered = httpx.post(url, content=body_of() + b" ", headers=signed(body_of()))
    large = send(url, b"a" * 1001)
    assert tampered.status_code == 401
    assert "signature" in tampered.json()["detail"]
    assert httpx.post(url, content=body_of()).status_code == 400
    assert large.status_code == 413
    assert httpx.get(url).status_code == 405
    assert got == []
