"""One real server with a fast engine for all notebook tests, and pages without a browser."""

import http.client
import json
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import comm
import pytest
from comm.base_comm import BaseComm

from ltx_widgets import session as sessions
from ltx_widgets.server.local import ensure_server, stop_server

ENGINE = f"{Path(__file__).parents[1] / 'tiny_engine.py'}:TinyEngine"


class LocalServer:
    """The embedded server of a home folder, as its own list of jobs shows it."""

    def __init__(self, home):
        self.home = home
        self.running = ensure_server(home / "server")

    def job(self, request_id):
        """How the server itself sees a job."""
        jobs = self._ask("GET", "/_ltx/jobs")["jobs"]
        return next(job for job in jobs if job["request_id"] == request_id)

    def cancel_all(self):
        """Nothing that a test left behind keeps the next one waiting."""
        for job in self._ask("GET", "/_ltx/jobs")["jobs"]:
            if job["state"] in ("queued", "running"):
                self._ask("PUT", f"/fal-ai/ltx-2.3/requests/{job['request_id']}/cancel")

    def _ask(self, method, path):
        address = urlsplit(self.running.url)
        asking = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        key = {"Authorization": f"Key {self.running.key.reveal()}"}
        with closing(asking):
            asking.request(method, path, headers=key)
            return json.loads(asking.getresponse().read())


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for all of these tests."""
    home = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LTX_ENGINE", ENGINE)
        running = LocalServer(home)
    yield running
    stop_server(home / "server")


@pytest.fixture
def local(server, monkeypatch):
    """The shared session of this process, on the shared server."""
    monkeypatch.setenv("LTX_WIDGETS_HOME", str(server.home))
    monkeypatch.setattr(sessions, "_default", None)
    session = sessions.configure(server="local")
    yield session
    session.close()
    server.cancel_all()


class Page(BaseComm):
    """What a front end would hear of a widget."""

    heard = ()

    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
        self.heard.append((time.monotonic(), self.comm_id, msg_type, data or {}))


@pytest.fixture
def heard(monkeypatch):
    """Everything that widgets tell their page, as it comes: (when, who, kind, what)."""
    messages = []
    monkeypatch.setattr(Page, "heard", messages)
    monkeypatch.setattr(comm, "create_comm", Page)
    return messages
