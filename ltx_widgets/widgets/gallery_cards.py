"""What the gallery tells of its clips: for its page, as text, and as HTML for pages without it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from typing import Any

from ltx_widgets.errors import LTXError
from ltx_widgets.history import Run
from ltx_widgets.library import Kin, Library, times_extended
from ltx_widgets.overview import Table
from ltx_widgets.schema import ENDPOINTS

__all__ = ["card", "kinds", "newest_html", "newest_text", "tell_family"]

_TITLE = 160
_LINE = 60
_NEWEST = 6
_POSTER_BYTES = 20_000


def card(library: Library, run: Run) -> dict[str, Any]:
    """One clip, as its page needs it."""
    return {
        "number": run.number,
        "title": _title(run, _TITLE),
        "facts": _facts(run),
        "when": (run.ended or run.started).isoformat(),
        "gone": library.file(run) is None,
        "kept": run.kept,
    }


def kinds() -> list[list[str]]:
    """What can be chosen among: (value, text, group that begins with it)."""
    rows = list(ENDPOINTS.values())
    tasks = list(dict.fromkeys(row.task for row in rows))
    told = [[task, _spoken(task), "Tasks" if task == tasks[0] else ""] for task in tasks]
    return told + [
        [row.id, row.id.removeprefix("fal-ai/"), "Endpoints" if row is rows[0] else ""]
        for row in rows
    ]


def tell_family(library: Library, run: Run) -> dict[str, Any]:
    """Where a clip came from and what came from it."""
    trees = library.family(run)
    times = times_extended(trees, run)
    note = (
        f"Extended {times} times: picture and sound lose a little each time." if times > 1 else ""
    )
    return {"number": run.number, "trees": [_kin(tree) for tree in trees], "note": note}


def newest_text(library: Library) -> str:
    """The newest clips as a small table."""
    total = library.count()
    rows = tuple(
        (_title(run, _LINE), _spoken(_task(run)), str((run.facts or {}).get("cost", "")))
        for run in library.find(limit=_NEWEST)
    )
    title = f"{total} clip{'' if total == 1 else 's'}"
    return repr(Table(title, ("prompt", "task", "price"), rows, empty="none was made yet"))


def newest_html(library: Library) -> str:
    """The newest clips as stills, at most 200 kB of HTML, for a page that has no kernel."""
    runs = library.find(limit=_NEWEST)
    if not runs:
        return "<p>Gallery: no clip was made yet.</p>"
    stills = "".join(_still(library, run) for run in runs)
    style = "display:flex;flex-wrap:wrap;gap:12px"
    more = library.count() - len(runs)
    rest = f"<p>and {more} more: run this cell.</p>" if more > 0 else ""
    return f'<div style="{style}">{stills}</div>{rest}'


def _still(library: Library, run: Run) -> str:
    data = ""
    try:
        jpeg = library.poster(run).read_bytes()
    except (LTXError, OSError):
        jpeg = b""
    if 0 < len(jpeg) <= _POSTER_BYTES:
        encoded = base64.b64encode(jpeg).decode("ascii")
        data = f'<img alt="" style="width:100%" src="data:image/jpeg;base64,{encoded}">'
    return (
        f'<figure style="margin:0;width:200px">{data}<figcaption style="font-size:90%">'
        f"{escape(_title(run, _LINE))}<br>{escape(_facts(run))}</figcaption></figure>"
    )


def _kin(kin: Kin) -> dict[str, Any]:
    deleted = " · in the bin" if kin.run.removed else ""
    return {
        "number": kin.run.number,
        "title": _title(kin.run, _LINE),
        "facts": f"{_spoken(_task(kin.run))}{deleted}",
        "children": [_kin(child) for child in kin.children],
    }


def _title(run: Run, most: int) -> str:
    prompt = " ".join(str(run.request.get("prompt") or "").split())
    # Some tasks can do without a prompt.
    told = prompt or _spoken(_task(run))
    return told if len(told) <= most else f"{told[: most - 1]}…"


def _facts(run: Run) -> str:
    seconds = run.request.get("duration")
    facts: Sequence[str] = [
        _spoken(_task(run)),
        f"{seconds:g} s" if isinstance(seconds, int | float) else "",
        str((run.facts or {}).get("cost", "")),
    ]
    return " · ".join(fact for fact in facts if fact)


def _task(run: Run) -> str:
    row = ENDPOINTS.get(run.endpoint)
    return row.task if row else run.endpoint


def _spoken(task: str) -> str:
    return task.replace("-", " ").capitalize()
