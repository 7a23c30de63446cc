"""The studio for minutes with jobs that come and go: page and kernel stay as large as they were."""

from __future__ import annotations

import os

import psutil
import pytest
from workbench import Workbench

STUDIO = """import asyncio
import ltx_widgets as ltx
studio = ltx.studio()
def crowd(n):
    return [ltx.submit(f"clip {n}.{m} frames=10 pace=0.05") for m in range(20)]
async def come_and_go():
    n = 0
    while True:
        jobs = await asyncio.to_thread(crowd, n)
        await asyncio.gather(*jobs)
        n += 1
coming = ltx.session.default_session().start(come_and_go())
studio"""
# Crowds of twenty clips. LTX_PAGE_MEMORY_CROWDS=50 makes it ten minutes.
WHOLE = int(os.environ.get("LTX_PAGE_MEMORY_CROWDS", "7"))
# By then everything was used once: each row of the board, a page of the gallery.
WARM = 4
CROWD_MS = 60_000
REACHED = r"""(crowd) => [...document.querySelectorAll(".ltx-job-title")].some(
    (title) => Number(/^clip (\d+)\./.exec(title.textContent)?.[1]) >= crowd)"""
SAMPLES = 4
PAGE_SLACK_MB, KERNEL_SLACK_MB = 4, 12


@pytest.fixture
def workbench(tmp_path):
    """One of its own: what comes and goes there ends with it."""
    made = Workbench(tmp_path)
    yield made
    made.close()


def kernel_of(workbench):
    """The process of the newest kernel."""
    children = psutil.Process(workbench.lab.process.pid).children(recursive=True)
    kernels = [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]
    return max(kernels, key=psutil.Process.create_time)


class Scales:
    """What a page and its kernel weigh, in MB, and how many nodes the page has."""

    def __init__(self, page, kernel):
        self._page, self._kernel = page, kernel
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable")

    def read(self):
        """The least of a few looks, some seconds apart: what just came weighs for a moment."""
        looks = [self._look()]
        for _ in range(SAMPLES - 1):
            self._page.wait_for_timeout(2000)
            looks.append(self._look())
        return {name: min(look[name] for look in looks) for name in looks[0]}

    def _look(self):
        # What is free only looks used until it is collected.
        self._session.send("HeapProfiler.collectGarbage")
        told = self._session.send("Performance.getMetrics")["metrics"]
        named = {metric["name"]: metric["value"] for metric in told}
        return {
            "page": named["JSHeapUsedSize"] / 1e6,
            "nodes": named["Nodes"],
            "kernel": self._kernel.memory_info().rss / 1e6,
        }


@pytest.mark.soak
def test_memory_is_flat_while_jobs_come_and_go(workbench, playwright, chromium):
    """After the first part neither grows any more, however many jobs went over the page."""
    with workbench.show(playwright, chromium, STUDIO) as page:
        page.get_by_text("Finished in").first.wait_for()
        scales, marks = Scales(page, kernel_of(workbench)), {}
        for crowd in (WARM, WHOLE):
            page.wait_for_function(REACHED, arg=crowd, timeout=crowd * CROWD_MS)
            marks[crowd] = scales.read()
            print(f"\nafter {crowd} crowds: {marks[crowd]}")  # noqa: T201 - for who runs it by hand
        rows = page.locator(".ltx-job").count()
    before, after = marks[WARM], marks[WHOLE]
    assert rows < 40
    assert after["page"] <= before["page"] + PAGE_SLACK_MB
    assert after["nodes"] <= before["nodes"] * 1.2
    assert after["kernel"] <= before["kernel"] + KERNEL_SLACK_MB
