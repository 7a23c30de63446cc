"""How streams are read when many are open."""

from __future__ import annotations

import asyncio

import pytest

from ltx_widgets.pacing import Streams
from ltx_widgets.session import Session


@pytest.mark.parametrize(("is_open", "rests"), [(1, []), (4, []), (5, [0.125]), (20, [0.5])])
def test_the_more_are_open_the_rarer_each_is_read(is_open, rests, monkeypatch):
    """So few are read as they come; many take forty looks a second in all."""
    slept = []

    async def note(seconds):
        slept.append(seconds)

    async def read():
        streams = Streams(24)
        for _ in range(is_open):
            await streams.acquire()
        await streams.rest()

    monkeypatch.setattr(asyncio, "sleep", note)
    asyncio.run(read())

    assert slept == rests


def test_nothing_is_lost_between_two_looks(tiny):
    """Many jobs at once: each tells every line, and its end."""
    session = Session()
    jobs = [session.submit(f"clip {n} frames=3 pace=0.02") for n in range(9)]

    clips = [job.result() for job in jobs]

    assert {clip.frames for clip in clips} == {5}
    for job in jobs:
        assert "reading the prompt" in job.messages()
        assert job.snapshot().progress == 1
    session.close()
