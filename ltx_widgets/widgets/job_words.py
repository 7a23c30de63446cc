"""How a job is told to people: its name, its phase, its times, and why it failed. Plain text."""

from __future__ import annotations

from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.job import Job, Snapshot

__all__ = ["say_phase", "say_reasons", "say_span", "title_of_job"]

_TITLE = 60
_MINUTE = 60


def say_phase(now: Snapshot, *, resumed: bool = False) -> str:
    """Its phase in a few words: "In the queue, 3 ahead"."""
    match now.phase:
        case "queued" if now.position is not None:
            ahead = "next in line" if now.position == 0 else f"{now.position} ahead"
            return f"In the queue, {ahead}"
        case "queued":
            return "In the queue"
        case "fetching":
            return "Fetching the clip"
        # Nobody may have been there when it ended.
        case "finished" if not resumed:
            return f"Finished in {say_span(now.elapsed_s)}"
        case other:
            return other.capitalize()


def title_of_job(job: Job) -> str:
    """What it makes, in one short line: the beginning of its prompt."""
    # Some tasks can do without a prompt.
    prompt = " ".join(str(job.request.get("prompt") or job.endpoint.title).split())
    return f"{prompt[:_TITLE]}…" if len(prompt) > _TITLE else prompt


def say_span(seconds: float) -> str:
    """A time as "12 s" or "2 min 05 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < _MINUTE else f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"


def say_reasons(error: Exception) -> list[str]:
    """Why it ended without a clip: a line for each problem, with its fix where there is one."""
    if isinstance(error, InvalidRequest):
        return [_with_fix(problem) for problem in error.problems]
    return [str(error) or type(error).__name__]


def _with_fix(problem: Problem) -> str:
    values = " and ".join(f"{name} = {value}" for name, value in problem.fix.items())
    return f"{problem}; set {values}" if values else str(problem)
