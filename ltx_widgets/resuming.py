"""Which run of the history is meant, and whether it can be gone on with from here."""

from __future__ import annotations

from ltx_widgets import config
from ltx_widgets.config import Target
from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.history import History, Run

__all__ = ["ancestry", "check_place", "find_run"]


def ancestry(history: History, request_id: str) -> list[Run]:
    """The run of that id and those that its media came from, oldest first, as far as known."""
    known: dict[str, Run] = {}
    ahead = [request_id]
    while ahead:
        wanted = ahead.pop()
        run = None if wanted in known else history.of_request(wanted)
        if run is not None:
            known[wanted] = run
            ahead.extend((run.facts or {}).get("parents", {}).values())
    return sorted(known.values(), key=lambda run: run.number)


def find_run(history: History, request_id: str) -> Run:
    """The one run whose id begins like that.

    Raises:
        InvalidRequest: there is none, or more than one.
    """
    runs = history.matching(request_id)
    if len(runs) == 1:
        return runs[0]
    what = "more than one job" if runs else "no job"
    problem = Problem("request_id", f"{what} in the history begins with {request_id!r}")
    raise InvalidRequest((problem,))


def check_place(run: Run, target: Target) -> None:
    """An embedded server is found wherever it is; anything else must be the same place.

    Raises:
        InvalidRequest: the run went elsewhere; the message says how to go there.
    """
    here = (target.place, "" if target.place == "local" else target.url)
    there = (run.place, "" if run.place == "local" else run.url)
    if here == there:
        return
    asked = {"hosted": "key=…", "local": 'server="local"'}
    how = asked.get(run.place, f'server="{run.url}"')
    if run.place == "hosted" and run.url != config.FAL_QUEUE:
        how = f'proxy="{run.url}", key=…'
    problem = Problem(
        "request_id",
        f"this job went to {run.place} {run.url}, and calls go to {here[0]} {here[1]} now; "
        f"call ltx_widgets.configure({how}) first",
    )
    raise InvalidRequest((problem,))
