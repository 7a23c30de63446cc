"""The shared session's calls as functions: what ``import ltx_widgets as ltx`` offers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ltx_widgets.clip import Clip
from ltx_widgets.config import Target
from ltx_widgets.history import Run
from ltx_widgets.job import Job
from ltx_widgets.session import default_session

__all__ = ["clips", "jobs", "lineage", "open", "resume", "run", "submit", "where"]


def submit(prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Job:
    """`Session.submit` of the shared session."""
    return default_session().submit(prompt, endpoint=endpoint, **fields)


def run(prompt: str | None = None, *, endpoint: str | None = None, **fields: Any) -> Clip:
    """`Session.run` of the shared session."""
    return default_session().run(prompt, endpoint=endpoint, **fields)


def jobs(limit: int = 20) -> list[Run]:
    """`Session.jobs` of the shared session."""
    return default_session().jobs(limit)


def clips(words: str = "", *, endpoint: str | None = None, limit: int = 20) -> list[Clip]:
    """The newest clips ever made here whose files are there, newest first.

    Args:
        words: All of them stand in the prompt.
        endpoint: An endpoint id or a task, such as "extend-video"; all if left out.
        limit: At most so many.

    Raises:
        InvalidRequest: there is no such endpoint or task.
    """
    return default_session().library.clips(words, endpoint=endpoint, limit=limit)


def lineage(clip: Clip) -> list[Run]:
    """`Session.lineage` of the shared session."""
    return default_session().lineage(clip)


def open(path: str | Path) -> Clip:  # noqa: A001 - as in PIL's `Image.open`
    """`Session.open` of the shared session."""
    return default_session().open(path)


def resume(job: str | Run) -> Job:
    """`Session.resume` of the shared session."""
    return default_session().resume(job)


def where() -> Target:
    """Say where the shared session's calls go: its text is one line for people."""
    return default_session().target
