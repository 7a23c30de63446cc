"""Sync code on a loop of our own."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading

import pytest

from ltx_widgets.blocking import Portal


@pytest.fixture
def portal():
    made = Portal()
    yield made
    made.close()


async def where():
    return threading.current_thread().name


def test_work_runs_on_its_own_thread(portal):
    """The caller's thread only waits."""
    assert portal.call(where()) == "ltx-widgets"


def test_it_works_inside_a_running_loop(portal):
    """Client 15: a kernel's own loop is running when a cell calls us."""

    async def cell():
        return portal.call(where())

    assert asyncio.run(cell()) == "ltx-widgets"


def test_work_sees_the_callers_context(portal):
    """The context names the cell that started the work."""
    cell = contextvars.ContextVar("cell", default="none")
    cell.set("In [3]")

    async def read():
        return cell.get()

    assert portal.call(read()) == "In [3]"


def test_waiting_for_oneself_is_refused(portal):
    """A call from the loop's own thread would never end."""

    async def inner():
        portal.call(where())

    with pytest.raises(RuntimeError, match="never end"):
        portal.call(inner())


def test_a_timeout_cancels_the_work(portal):
    """What is no longer waited for does not go on."""
    ended = threading.Event()

    async def long():
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        portal.call(long(), timeout_s=0.05)
    assert ended.wait(5)


def test_closing_twice_is_fine(portal):
    """The second close does nothing."""
    portal.close()
    portal.close()


def test_it_never_keeps_the_process_alive():
    """Client 15: a script that forgets to close still ends."""
    code = (
        "import asyncio; from ltx_widgets.blocking import Portal;"
        "Portal().start(asyncio.sleep(1000))"
    )

    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
