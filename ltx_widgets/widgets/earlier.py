"""The newest clips ever made here, to choose one for a medium of a form.

Page to kernel: ``list`` (ask, words, before), ``choose`` (name, what), ``close``. Kernel to page:
``rows`` (ask, rows, more), ``refused`` (reason). Nothing of it is saved with the notebook; the
small pictures go by `Feed`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError
from ltx_widgets.history import Run
from ltx_widgets.schema import MediaKind
from ltx_widgets.session import default_session
from ltx_widgets.still import Still
from ltx_widgets.widgets.feed import Feed
from ltx_widgets.widgets.style import script

__all__ = ["EarlierClips"]

_PAGE = 24
_LONGEST_PROMPT = 200
_CHOICES = {"image": (("first", "First frame"), ("last", "Last frame"))}
_WHOLE = (("whole", "Use this clip"),)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_DAYS_TOLD = timedelta(days=14)


class EarlierClips(anywidget.AnyWidget):
    """A list of clips, newest first and a page at a time, with a field to find words in prompts.

    Args:
        kind: What is wanted: of a clip a picture is its first or last frame.
        on_choose: Called with the `Clip`, or with the `Still`. On the session's loop.
        on_close: Called when somebody closed the list without a choice.
    """

    _esm = script("feed.js", "earlier.js")
    _css = Path(__file__).with_name("earlier.css")
    choices = t.List().tag(sync=True)

    def __init__(
        self,
        kind: MediaKind,
        on_choose: Callable[[Clip | Still], None],
        on_close: Callable[[], None],
    ) -> None:
        self._on_choose, self._on_close = on_choose, on_close
        # What the page was told of, and so may ask for.
        self._told: dict[str, Run] = {}
        super().__init__(choices=[list(choice) for choice in _CHOICES.get(kind, _WHOLE)])
        self._feed = Feed(self, self._picture)
        self.on_msg(lambda _, said, __: self._hear(said))

    def __repr__(self) -> str:
        return "EarlierClips()"

    def _hear(self, said: Mapping[str, Any]) -> None:
        match said:
            case {"kind": "list", "ask": int(ask), "words": str(words), "before": before}:
                last = before if isinstance(before, int) else None
                default_session().start(self._tell(ask, words, last))
            case {"kind": "choose", "name": str(name), "what": str(what)} if name in self._told:
                default_session().start(self._choose(self._told[name], what))
            case {"kind": "close"}:
                self._on_close()

    async def _tell(self, ask: int, words: str, before: int | None) -> None:
        try:
            runs, more = await asyncio.to_thread(_page, words, before)
        except LTXError as error:
            self.send({"kind": "refused", "reason": str(error)})
            return
        self._told |= {str(run.number): run for run in runs}
        now = datetime.now(UTC)
        rows = [_row(run, now) for run in runs]
        self.send({"kind": "rows", "ask": ask, "rows": rows, "more": more})

    async def _choose(self, run: Run, what: str) -> None:
        try:
            chosen = await asyncio.to_thread(_chosen, run, what)
        except LTXError as error:
            self.send({"kind": "refused", "reason": str(error)})
            return
        await asyncio.to_thread(self._on_choose, chosen)

    def _picture(self, name: str) -> Path:
        return default_session().library.poster(self._told[name])


def _page(words: str, before: int | None) -> tuple[list[Run], int | None]:
    """Runs whose clips are there, and where the next page begins; None behind the last."""
    library = default_session().library
    runs = library.find(words, before=before, limit=_PAGE)
    more = runs[-1].number if len(runs) == _PAGE else None
    return [run for run in runs if library.file(run) is not None], more


def _chosen(run: Run, what: str) -> Clip | Still:
    clip = default_session().library.clip(run)
    if what == "whole":
        return clip
    return Still(clip, 0 if what == "first" else clip.frames - 1)


def _row(run: Run, now: datetime) -> dict[str, str]:
    asked = run.request
    task = run.endpoint.split("/", 2)[-1].replace("-", " ")
    facts = [_ago(now - run.started, run.started), task, str(asked.get("resolution") or "")]
    prompt = " ".join(str(asked.get("prompt") or "").split())
    return {
        "name": str(run.number),
        "prompt": prompt[:_LONGEST_PROMPT] or f"({task}, without a prompt)",
        "facts": ", ".join(filter(None, facts)),
    }


def _ago(age: timedelta, when: datetime) -> str:
    """How long ago, for people: "5 min ago"; after two weeks the day."""
    if age < _MINUTE:
        return "just now"
    if age < _HOUR:
        return f"{age // _MINUTE} min ago"
    if age < _DAY:
        return f"{age // _HOUR} h ago"
    if age < _DAYS_TOLD:
        days = age // _DAY
        return f"{days} day{'s' if days > 1 else ''} ago"
    return when.astimezone().strftime("%d %b %Y").lstrip("0")
