"""The gallery's page: its clips a page at a time, and what is done with them.

Page to kernel: what a `Feed` hears (``poster-7`` and ``preview-7`` are of clip 7), and ``list``
(ask, query, before, limit), ``open`` (number), ``use`` (number, how), ``keep`` (numbers, on),
``remove`` and ``restore`` (numbers), ``again`` (number), ``family`` (number), ``export`` (numbers
or None for all of the query, how, to), ``stop``, ``got`` (name), ``watch``, ``rest``. Kernel to
page: ``page``, ``family``, ``changed`` (gone), ``told`` (text, bad, undo), ``opened``,
``export`` (phase).
Each message of a page names its view; an answer goes to that one alone.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError
from ltx_widgets.history import Run
from ltx_widgets.library import Library
from ltx_widgets.session import default_session
from ltx_widgets.widgets.feed import Feed
from ltx_widgets.widgets.gallery_cards import card, kinds, tell_family
from ltx_widgets.widgets.gallery_export import GalleryExport
from ltx_widgets.widgets.handoff import Handoff
from ltx_widgets.widgets.style import close_fully, script

__all__ = ["GalleryBoard"]

_PAGE, _MOST = 24, 240
_LOOK_S = 2.0
# A page says every 25 s that it is still there; a browser that was closed says nothing.
_LEASE_S = 60.0


class GalleryBoard(anywidget.AnyWidget):
    """Shows the clips of the shared session's library.

    Nothing of a clip is in a trait: what is shown goes to the page by messages, as it asks.

    Args:
        show: Opens a clip.
        handoff: Where settings and clips are handed to.
    """

    _esm = script("keys.js", "feed.js", "gallery_stills.js", "gallery_cards.js", "gallery.js")
    _css = Path(__file__).with_name("gallery.css")
    query = t.Dict().tag(sync=True)
    kinds = t.List().tag(sync=True)

    def __init__(self, *, show: Callable[[Clip], None], handoff: Handoff) -> None:
        self._show, self._handoff = show, handoff
        # Callbacks may come from two threads on ipykernel 7.0 to 7.3.
        self._lock = threading.Lock()
        self._until = 0.0
        self._looking = False
        # How the history stood when the page was last known to have all of it.
        self._seen: tuple[int, ...] | None = None
        self._export = GalleryExport(self.send)
        super().__init__(kinds=kinds())
        Feed(self, self._find)
        self.on_msg(self._heard)

    def __repr__(self) -> str:
        return "GalleryBoard()"

    def close(self) -> None:
        """Take it off the page; an export that is under way is cancelled."""
        self._until = 0.0
        self._export.stop()
        close_fully(self)

    @property
    def _library(self) -> Library:
        return default_session().library

    def _find(self, name: str) -> Path:
        """The file behind a name that the page was given."""
        kind, _, number = name.partition("-")
        if kind == "zip":
            return self._export.file(name)
        makers = {"poster": self._library.poster, "preview": self._library.preview}
        return makers[kind](self._run(int(number) if number.isdigit() else 0))

    def _run(self, number: int) -> Run:
        """The finished run of that number.

        Raises:
            KeyError: there is none.
        """
        for run in self._library.numbered([number]):
            return run
        raise KeyError(number)

    def _heard(self, _: Any, said: Mapping[str, Any], __: Sequence[Any]) -> None:
        match said:
            case {"kind": "open" | "use", "number": int(number)}:
                # They make widgets, whose place is this thread; a clip's facts are read at once.
                self._hand_on(number, said)
            case {"kind": "watch"}:
                self._watch()
            case {"kind": "rest"}:
                self._until = 0.0
            case {"kind": "stop"}:
                self._export.stop()
            case {"kind": "got", "name": str(name)}:
                self._export.forget(name)
            case {"kind": "export", "query": dict(query)}:
                wanted = _filters(query)
                default_session().start(self._export.run(self._library, wanted, said))
            case {"kind": "again", "number": int(number)}:
                default_session().start(self._fetch_again(number, said))
            case {"kind": "list" | "family" | "keep" | "remove" | "restore"}:
                default_session().start(self._answer(said))

    async def _answer(self, said: Mapping[str, Any]) -> None:
        works = {
            "list": self._list,
            "family": self._family,
            "keep": self._keep,
            "remove": self._remove,
            "restore": self._restore,
        }
        try:
            await asyncio.to_thread(works[said["kind"]], said)
        except KeyError:
            self._tell(said, "There is no such clip any more.", bad=True)
        except (LTXError, OSError) as error:
            self._tell(said, str(error), bad=True)

    def _hand_on(self, number: int, said: Mapping[str, Any]) -> None:
        try:
            run = self._run(number)
            if said["kind"] == "open":
                self._show(self._library.clip(run))
                self.send({"kind": "opened", "view": said.get("view")})
            elif said.get("how") == "settings":
                self._tell(said, self._use_settings(run))
            else:
                how = str(said.get("how"))
                self._handoff(how, {"video_url": self._library.clip(run)})
                self._tell(said, f"The clip is in the form: {how.replace('-', ' ')}.")
        except KeyError:
            self._tell(said, "There is no such clip any more.", bad=True)
        except (LTXError, OSError) as error:
            self._tell(said, str(error), bad=True)

    def _use_settings(self, run: Run) -> str:
        settings = self._library.settings(run, server=default_session().target.url)
        self._handoff(settings.endpoint, settings.fields)
        if settings.missing:
            return (
                f"The settings are in the form, without the {' and the '.join(settings.missing)}: "
                "it is not at hand any more, choose it again."
            )
        return "The settings are in the form."

    def _list(self, said: Mapping[str, Any]) -> None:
        query = said["query"]
        filters = _filters(query)
        limit = min(int(said.get("limit", _PAGE)), _MOST)
        stamp = self._stamp()  # Before the look: what is written meanwhile is told of.
        with self._lock:
            # Another view may have listed an older state, and still waits to be told.
            self._seen = stamp if self._seen is None else self._seen
        runs = self._library.find(**filters, before=said.get("before"), limit=limit + 1)
        self.send(
            {
                "kind": "page",
                "view": said.get("view"),
                "ask": said.get("ask"),
                "query": query,
                "before": said.get("before"),
                "items": [card(self._library, run) for run in runs[:limit]],
                "total": self._library.count(**filters),
                "more": len(runs) > limit,
            }
        )

    def _family(self, said: Mapping[str, Any]) -> None:
        told = tell_family(self._library, self._run(said["number"]))
        self.send({"kind": "family", "view": said.get("view"), **told})

    def _keep(self, said: Mapping[str, Any]) -> None:
        on = bool(said.get("on"))
        self._library.keep(said["numbers"], on=on)
        self.send({"kind": "changed"})
        self._tell(said, f"{_clips(said['numbers'])} {'kept' if on else 'not kept any more'}.")

    def _remove(self, said: Mapping[str, Any]) -> None:
        numbers = said["numbers"]
        try:
            self._library.remove(numbers)
        finally:
            self.send({"kind": "changed", "gone": numbers})
        text = f"{_clips(numbers)} in the bin, for 30 days."
        self._tell(said, text, undo=numbers)

    def _restore(self, said: Mapping[str, Any]) -> None:
        try:
            self._library.restore(said["numbers"])
        finally:
            self.send({"kind": "changed", "gone": said["numbers"]})
        self._tell(said, f"{_clips(said['numbers'])} back in the gallery.")

    async def _fetch_again(self, number: int, said: Mapping[str, Any]) -> None:
        """Fetch a clip whose file is gone, while the service has it."""
        self._tell(said, "Asking the service for the clip …")
        try:
            run = await asyncio.to_thread(self._run, number)
            job = await asyncio.to_thread(default_session().resume, run)
            await job
        except KeyError:
            self._tell(said, "There is no such clip any more.", bad=True)
        except (LTXError, OSError) as error:
            self._tell(said, f"The clip cannot be fetched any more: {error}", bad=True)
        else:
            self.send({"kind": "changed"})
            self._tell(said, "The clip is here again.")

    def _watch(self) -> None:
        with self._lock:
            self._until = time.monotonic() + _LEASE_S
            if self._looking:
                return
            self._looking = True
        default_session().start(self._look())

    async def _look(self) -> None:
        """While a page shows it: tell of what other kernels, and this one, made meanwhile."""
        try:
            await self._look_on()
        except BaseException:
            self._looking = False  # A session that closes takes this task along.
            raise

    async def _look_on(self) -> None:
        while True:
            with self._lock:
                if time.monotonic() >= self._until:
                    self._looking = False
                    return
            now = await asyncio.to_thread(self._stamp)
            with self._lock:
                changed, self._seen = self._seen not in (None, now), now
            if changed:
                self.send({"kind": "changed"})
            await asyncio.sleep(_LOOK_S)

    def _stamp(self) -> tuple[int, ...]:
        with suppress(OSError):
            return self._library.stamp()
        return ()  # No clip was ever made.

    def _tell(
        self,
        said: Mapping[str, Any],
        text: str,
        *,
        bad: bool = False,
        undo: Sequence[int] | None = None,
    ) -> None:
        view = said.get("view")
        self.send({"kind": "told", "view": view, "text": text, "bad": bad, "undo": undo})


def _filters(query: Mapping[str, Any]) -> dict[str, Any]:
    show = query.get("show")
    return {
        "words": str(query.get("words", "")),
        "what": str(query.get("what", "")),
        "place": str(query.get("place", "")),
        "kept": show == "kept",
        "removed": show == "bin",
    }


def _clips(numbers: Sequence[int]) -> str:
    return "1 clip is" if len(numbers) == 1 else f"{len(numbers)} clips are"
