"""Two minutes of mixed jobs over a line that keeps breaking: nothing piles up, on either side."""

from __future__ import annotations

import ctypes
import gc
import os
import random
import threading
import time
from collections import Counter
from contextlib import suppress

import numpy as np
import psutil
import pytest
from fault_proxy import FaultProxy
from mortal_server import KEY, MortalServer

from ltx_widgets.errors import JobCancelled, JobFailed, LTXError
from ltx_widgets.session import Session

pytestmark = pytest.mark.soak

SEED = 20_260_102
# A pool's threads come as they are needed, on a busy machine later: so many, and the main one.
POOL = min(32, (os.cpu_count() or 1) + 4) + 1
WARM_S, WHOLE_S = 60, 115
# Of each call, by the nine faults of the proxy in turn.
CHANCE = 0.1
# Of the resident set. SQLite keeps what it once had, and so does the server's allocator; ours is
# asked to give back what is free, which otherwise comes and goes by ten MB (Python's own count of
# what is in use grows by 0.1 MB in the same time).
SLACK_MB = 6


def test_faults_leave_nothing_behind(tmp_path):
    """Descriptors, threads and memory in the end are those after the first part."""
    dice, told, rounds, began = random.Random(SEED), Counter(), 0, time.monotonic()
    marks = {}
    with (
        MortalServer(tmp_path / "state") as server,
        FaultProxy(server.url, chance=CHANCE, seed=SEED) as proxy,
    ):
        session = Session(server=proxy.url, key=KEY)
        # A loop's threads are made when they are first needed, up to a few.
        told += Counter(map(ending, [session.submit(f"of a crowd {n}") for n in range(40)]))
        for name, end in (("after the first part", WARM_S), ("in the end", WHOLE_S)):
            while time.monotonic() - began < end:
                told += one_round(session, dice)
                rounds += 1
            marks[name] = figures(server)
        sent = len(session.jobs(10_000))
        made = server.ask("/_ltx/health")["jobs"]
        session.close()
    print(
        f"\nseed {SEED}: {rounds} rounds, {proxy.came.total()} calls, {proxy.faults} of them "
        f"broken; jobs: {dict(told)}; {sent} runs in the history, {made} at the server"
    )
    for name, found in marks.items():
        print(f"{name}: {found}")
    assert made["finished"] <= sent
    assert (made["queued"], made["running"]) == (0, 0)
    assert told["told otherwise"] <= told.total() / 50
    before, after = marks.values()
    for side, last in after.items():
        assert last["files"] <= before[side]["files"], side
        assert last["threads"] <= max(before[side]["threads"], POOL), side
        assert last["MB"] <= before[side]["MB"] + SLACK_MB, side


def one_round(session, dice):
    """A handful of jobs side by side, each to its end; how they ended."""
    jobs = [session.submit(f"clip {n} frames=3 pace=0.01") for n in range(4)]
    picture = np.frombuffer(dice.randbytes(64 * 64 * 3), np.uint8).reshape(64, 64, 3)
    large = np.repeat(np.repeat(picture, 6, 0), 6, 1)
    jobs.append(session.submit("frames=2", image=large))
    jobs.append(session.submit("please fail"))
    jobs.append(session.submit("frames=500 pace=0.02"))
    return Counter([ending(jobs[-1], cancel=True), *map(ending, jobs[:-1])])


def ending(job, *, cancel=False):
    try:
        if cancel:
            job.cancel()
        job.result(60)
    except JobCancelled:
        return "cancelled"
    except JobFailed:
        return "failed"
    except LTXError as error:
        print(f"\n{type(error).__name__}: {error}")
        return "told otherwise"
    return "finished"


def counts(process):
    """How many descriptors it has open, at ten moments of a second."""
    for _ in range(10):
        threading.Event().wait(0.1)
        yield process.num_fds()


def figures(server):
    """Of both processes, at rest."""
    gc.collect()
    with suppress(OSError, AttributeError):  # No glibc, nothing to ask.
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    looked_at = {"client": psutil.Process(), "server": psutil.Process(server.pid)}
    found = {}
    for side, process in looked_at.items():
        # A connection comes and goes; what stays is there each time.
        open_files = min(counts(process))
        memory = round(process.memory_info().rss / 2**20, 1)
        found[side] = {"files": open_files, "threads": process.num_threads(), "MB": memory}
    return found
