"""The studio for minutes with jobs that come and go: page and kernel stay as large as they were."""

from __future__ import annotations

import os
import time

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
# LTX_PAGE_MEMORY_S=600 makes it ten minutes.
WHOLE_S = float(os.environ.get("LTX_PAGE_MEMORY_S", "75"))
# What is there when everything was used once: each row of the board, a page of the gallery.
WARM_S = max(45.0, WHOLE_S / 4)
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
        scales, began, marks = Scales(page, kernel_of(workbench)), time.monotonic(), []
        for end in (WARM_S, (WARM_S + WHOLE_S) / 2, WHOLE_S):
            page.wait_for_timeout(1000 * (began + end - time.monotonic()))
            marks.append(scales.read())
            print(f"\nafter {end:.0f} s: {marks[-1]}")  # noqa: T201 - for who runs it by hand
        rows = page.locator(".ltx-job").count()
    before, _, after = marks
    assert rows < 40
    assert after["page"] <= before["page"] + PAGE_SLACK_MB
    assert after["nodes"] <= before["nodes"] * 1.2
    assert after["kernel"] <= before["kernel"] + KERNEL_SLACK_MB
