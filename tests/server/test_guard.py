"""Who may come in."""

import httpx
import pytest

PRO = "fal-ai/ltx-2.3/text-to-video"

ROUTES = [
    ("POST", f"/{PRO}"),
    ("GET", "/fal-ai/ltx-2.3/requests/x/status"),
    ("GET", "/_ltx/health"),
    ("GET", "/_ltx/jobs"),
    ("POST", "/_ltx/shutdown"),
    ("POST", "/files/x/y.mp4"),
    ("GET", "/"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("given", [None, "Key wrong", "Bearer {key}", "key {key}", "Key"])
def test_the_key_is_needed_everywhere(server, method, path, given):
    """Server 14: 401 without it, whatever else is wrong with the call."""
    key = server.running.key.reveal()
    headers = {"Authorization": given.format(key=key)} if given else {}

    reply = httpx.request(method, server.running.url + path, headers=headers)

    assert reply.status_code == 401
    assert reply.json() == {"detail": "invalid key credentials"}


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.1", ""]
)
@pytest.mark.parametrize("path", ["/_ltx/health", "/files/x/y.mp4"])
def test_foreign_names_are_refused(server, host, path):
    """Server 14: a page that points its own name at this computer gets nowhere, key or not."""
    reply = server.http.get(path, headers={"Host": host})

    assert reply.status_code == 403


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8000", "[::1]", "[::1]:80"]
)
def test_loopback_names_are_let_in(server, host):
    """Any port: a tunnel or a proxy may have another one."""
    assert server.http.get("/_ltx/health", headers={"Host": host}).status_code == 200


def chunks(size):
    for _ in range(size // 65536):
        yield b"x" * 65536


@pytest.mark.parametrize(
    "content", [b"x" * (24 << 20) + b"x", chunks(28 << 20)], ids=["told", "chunked"]
)
def test_large_bodies_are_refused(server, content):
    """413 beyond 24 MiB, whether the size was told or not."""
    try:
        reply = server.http.post(f"/{PRO}", content=content)
    except httpx.WriteError:
        return  # The server hung up while the rest was being sent.

    assert reply.status_code == 413
    assert str(24 << 20) in reply.json()["detail"]


def test_the_queue_works_on_after_a_large_body(server):
    """Only that one connection is closed."""
    assert server.wait(server.submit("a fox"))["status"] == "COMPLETED"
