"""What every test may use: a home of its own, so that nothing of the user's is touched."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from ltx_widgets import session as sessions
from ltx_widgets.blocking import Portal
from ltx_widgets.errors import JobCancelled
from ltx_widgets.job import Job
from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.server.local import ensure_server, stop_server

# A busy machine is slow now and then; speed is the benchmarks' business.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

TESTS = Path(__file__).parent

# A shell's background jobs ignore interrupts, and so would the kernels and commands they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A fresh data folder, and no key or server from the environment."""
    for name in (*os.environ,):
        if name.startswith(("FAL_", "LTX_")) and name not in ("LTX_CHROMIUM", "LTX_REQUIRE_ALL"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("LTX_WIDGETS_HOME", str(folder))
    before = sessions._default
    yield folder
    made = sessions._default
    if made is not None and made is not before:
        made.close()
        sessions._default = before


@pytest.fixture(scope="session")
def facts():
    """The project's own table of what fal's pages state."""
    return json.loads((TESTS / "facts" / "endpoints.json").read_text("utf8"))


@pytest.fixture
def tiny(home, monkeypatch):
    """The embedded server of this test's home, started with the tiny engine; so are its heirs."""
    monkeypatch.setenv("LTX_ENGINE", f"{TESTS / 'tiny_engine.py'}:TinyEngine")
    folder = home / "server"
    yield ensure_server(folder)
    stop_server(folder)


@pytest.fixture
def make_job():
    """Jobs whose course the test decides; their cancel works, or fails as it is told."""
    portal = Portal()

    def make(refusal=None):
        async def cancel(job):
            if refusal is not None:
                raise refusal
            job.fail(JobCancelled("the job was cancelled", request_id="r1"))
            return "requested"

        row = ENDPOINTS["fal-ai/ltx-2.3/text-to-video"]
        return Job(row, {}, portal=portal, estimate=None, cancel=cancel)

    yield make
    portal.close()
