"""Kernels that die, kernels at once, and clocks that jump: real processes on one data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import Future

import pytest
from fault_proxy import FaultProxy, cut_before, first, through
from mortal_server import KEY, TINY, MortalServer, environment_of_a_kernel

from ltx_widgets.errors import JobFailed
from ltx_widgets.history import History
from ltx_widgets.session import Session

pytestmark = pytest.mark.slow

KERNEL = """
import sys, numpy as np, ltx_widgets as ltx
picture = np.random.default_rng(7).integers(0, 256, (400, 400, 3), np.uint8)
ltx.configure(server=sys.argv[1], key=sys.argv[2]).run("frames=9 pace=0.05", image=picture)
"""
BUSY_KERNEL = """
import ltx_widgets as ltx
jobs = [ltx.submit(f"clip {n} of a kernel") for n in range(12)]
print(len({job.result(90).path for job in jobs}))
"""
# time.time() jumps to and fro by up to 25 minutes, from call to call.
CLOCK = """
import random, time
_right = time.time
time.time = lambda: _right() + random.uniform(-1500, 1500)
"""


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    with MortalServer(tmp_path_factory.mktemp("behind")) as server:
        yield server


@pytest.fixture
def proxy(behind):
    with FaultProxy(behind.url) as made:
        yield made


def die_at(step, proxy, home, fault=through):
    """Run a kernel that is killed with the server's side of a call of this kind still to come."""
    started = Future()
    proxy.on(step, first(lambda: os.kill(started.result().pid, signal.SIGKILL), fault))
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL, proxy.url, KEY], env=environment_of_a_kernel(home)
    )
    started.set_result(kernel)
    assert kernel.wait(60) == -signal.SIGKILL


@pytest.mark.parametrize("step", ["submit", "stream", "result", "download"])
def test_a_job_of_a_killed_kernel_is_found_again(step, proxy, behind, home):
    """Client 16: the next kernel lists it and fetches its clip, wherever the first one died."""
    before = len(behind.jobs())
    die_at(step, proxy, home)

    session = Session(server=proxy.url, key=KEY)
    (run,) = session.jobs()
    clip = session.resume(run.id).result(60)

    assert run.state == ("sending" if step == "submit" else "running")
    assert (clip.frames, session.jobs()[0].state) == (5, "finished")
    assert len(behind.jobs()) - before == 1
    assert [path.suffix for path in (home / "clips").iterdir()] == [".mp4"]
    session.close()


def test_a_submit_that_died_with_its_kernel_is_told_as_never_sent(proxy, behind, home):
    """Client 12: the server can say that nothing arrived, so the next kernel may send it again."""
    before = len(behind.jobs())
    die_at("submit", proxy, home, cut_before)

    session = Session(server=proxy.url, key=KEY)
    (run,) = session.jobs()
    with pytest.raises(JobFailed, match="never reached the server"):
        session.resume(run.id).result(60)

    assert (session.jobs()[0].state, len(behind.jobs())) == ("failed", before)
    session.close()


@pytest.mark.parametrize("step", ["initiate", "upload"])
def test_a_kernel_that_died_before_its_submit_left_no_job(step, proxy, behind, home):
    """Client 16: nothing runs, nothing is listed, and the same file goes up once more."""
    before = len(behind.jobs())
    die_at(step, proxy, home)

    assert (History(home / "history.db").recent(), len(behind.jobs())) == ([], before)
    again = [sys.executable, "-c", KERNEL, proxy.url, KEY]
    assert subprocess.run(again, env=environment_of_a_kernel(home), timeout=60).returncode == 0


def test_two_kernels_at_once_lose_nothing(tiny, home):
    """Client 16: one history, one server, two dozen jobs; no row and no clip is missing."""
    environ = {**environment_of_a_kernel(home), "LTX_ENGINE": TINY}
    kernels = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", BUSY_KERNEL],
            env=environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]

    assert [kernel.communicate(timeout=100) for kernel in kernels] == [("12\n", "")] * 2
    runs = History(home / "history.db").recent(99)
    assert [run.state for run in runs] == ["finished"] * 24
    assert len({run.request_id for run in runs}) == 24
    assert all(run.clip.exists() for run in runs)


def test_a_clock_that_jumps_changes_nothing(home, tmp_path):
    """Waits go by a clock that cannot be set; on the wall's, only the times told are wrong."""
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(CLOCK)
    environ = environment_of_a_kernel(home)
    environ["PYTHONPATH"] = f"{tmp_path / 'clock'}{os.pathsep}{environ['PYTHONPATH']}"
    with MortalServer(tmp_path / "state", environ=environ) as server:
        kernel = [sys.executable, "-c", KERNEL, server.url, KEY]
        ended = [subprocess.run(kernel, env=environ, timeout=90).returncode for _ in range(3)]

        assert ended == [0] * 3
        assert [run.state for run in History(home / "history.db").recent()] == ["finished"] * 3
        took = [
            server.ask(f"/fal-ai/ltx-2.3/requests/{run.request_id}/status")["metrics"][
                "inference_time"
            ]
            for run in History(home / "history.db").recent()
        ]
        assert min(took) >= 0
