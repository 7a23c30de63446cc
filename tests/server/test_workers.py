"""One render process from the server's side, without a server."""

import asyncio
from pathlib import Path

import pytest

from ltx_widgets.server.failures import CANCELLED
from ltx_widgets.server.workers import Worker, WorkerDied

ENGINES = Path(__file__).with_name("engines_for_tests.py")


def order(to, prompt):
    endpoint = "fal-ai/ltx-2.3/text-to-video"
    return {
        "endpoint": endpoint,
        "body": {"prompt": prompt},
        "to": str(to),
        "media": {},
        "media_dir": str(to.with_name("media")),
        "allow_private": False,
    }


def with_worker(use, tell=lambda *_: None):
    """Run `use(worker)` on a loop of its own; the worker ends with it."""

    async def run():
        worker = Worker((f"{ENGINES}:SlowEngine",), tell)
        try:
            return await use(worker)
        finally:
            await worker.close()

    return asyncio.run(run())


def test_a_render_returns_facts_and_tells_lines(tmp_path):
    """What the engine made, who it was, and each line with its job."""
    lines = []
    result = with_worker(
        lambda worker: worker.render("j", order(tmp_path / "a.mp4", "a frames=1")),
        lambda *line: lines.append(line),
    )

    assert result["engine"] == "slow"
    assert result["video"]["file_size"] == (tmp_path / "a.mp4").stat().st_size
    assert lines[-1] == ("j", "rendering: 100% 1/1 frames")


def test_a_stop_during_the_start_is_not_forgotten(tmp_path, monkeypatch):
    """Asked while the process still imports its engines, it holds for the render to come."""
    # A slow start is not to be taken for an engine that does not listen.
    monkeypatch.setattr("ltx_widgets.server.workers.CANCEL_GRACE_S", 60)

    async def use(worker):
        render = asyncio.create_task(worker.render("j", order(tmp_path / "a.mp4", "a frames=500")))
        await asyncio.sleep(0)  # Let it begin.
        await worker.stop("j")
        return await render

    assert with_worker(use) is CANCELLED


def test_stopping_another_job_stops_nothing(tmp_path):
    """A stop that comes too late does not hit the next render."""

    async def use(worker):
        render = asyncio.create_task(worker.render("j", order(tmp_path / "a.mp4", "a frames=3")))
        await worker.stop("i")
        await worker.stop("")
        return await render

    assert with_worker(use)["engine"] == "slow"


def test_news_of_a_lost_render_are_not_taken_for_the_next_ones(tmp_path):
    """If a line cannot be written down, the process goes, and the next render gets a new one."""
    told = []

    def tell(job_id, message):
        told.append(job_id)
        if job_id == "full":
            raise OSError("disk full")

    async def use(worker):
        with pytest.raises(OSError, match="disk full"):
            await worker.render("full", order(tmp_path / "a.mp4", "a frames=5"))
        return await worker.render("next", order(tmp_path / "b.mp4", "b frames=1"))

    assert with_worker(use, tell)["engine"] == "slow"
    assert told.count("full") == 1


def test_a_worker_that_cannot_start_says_how(monkeypatch):
    """Its exit code is in the message."""
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(WorkerDied, match="exit code 1"):
        with_worker(lambda worker: worker.warm())
