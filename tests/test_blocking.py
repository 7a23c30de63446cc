"""Sync code on a loop of our own."""

from __future__ import annotations

import asyncio
import contextvars
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future

import pytest

from ltx_widgets.blocking import Portal, outcome


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
    began, ended = threading.Event(), threading.Event()

    async def long():
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    # On a busy machine, work may be given up before its first step.
    while not began.is_set():
        with pytest.raises(TimeoutError):
            portal.call(long(), timeout_s=0.05)
    assert ended.wait(20)


@pytest.mark.skipif(sys.platform == "win32", reason="signals go to no thread there")
def test_an_interrupt_that_another_thread_got_ends_the_wait():
    """The system gives it to any thread; a wait without an end would never look."""
    main = threading.get_ident()

    def waits(frame):
        return frame is not None and (frame.f_code is outcome.__code__ or waits(frame.f_back))

    def interrupt():
        while not waits(sys._current_frames()[main]):
            pass
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        outcome(Future())


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
