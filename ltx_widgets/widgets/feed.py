"""Files of this computer for a widget's page, a piece at a time, as the page asks for them.

An address would not do: the page may be behind a hub or a proxy, and the file outside of what its
server shows. Page to kernel: ``want`` (name, at). Kernel to page: ``piece`` (name, at, total,
type; one buffer of 1 MiB at most), ``wait`` (name; it is being made) or ``trouble`` (name,
reason). ``feed.js`` is the other end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anywidget

from ltx_widgets.errors import LTXError
from ltx_widgets.session import default_session
from ltx_widgets.widgets._kernel import let_clicks_through

__all__ = ["PIECE", "Feed"]

PIECE = 1024 * 1024
"""Bytes of a piece."""

_TYPES = {".mp4": "video/mp4", ".jpg": "image/jpeg", ".png": "image/png", ".zip": "application/zip"}

# Threads of their own: files that take long to make must not keep forms and jobs from theirs.
_threads = ThreadPoolExecutor(4, thread_name_prefix="ltx-feed")


class Feed:
    """Answers a widget's page; nothing is held in memory between two pieces.

    Args:
        widget: Whose page asks; its script has a ``Feed`` of ``feed.js``.
        find: From a name that the page was told to the file. Called on a thread, so that it may
            take its time to make the file. It is the guard as well: it must know the names that
            it gave out, and raise KeyError for any other.
    """

    def __init__(self, widget: anywidget.AnyWidget, find: Callable[[str], Path]) -> None:
        self._widget = widget
        self._find = find
        self._under_way: set[tuple[str, int]] = set()
        widget.on_msg(self._heard)
        let_clicks_through(widget)

    def _heard(self, _: Any, said: dict[str, Any], __: Sequence[memoryview]) -> None:
        match said:
            case {"kind": "want", "name": str(name), "at": int(at)} if at >= 0:
                default_session().start(self._answer(name, at))

    async def _answer(self, name: str, at: int) -> None:
        # A page that waits for long asks again.
        if (name, at) in self._under_way:
            self._widget.send({"kind": "wait", "name": name})
            return
        self._under_way.add((name, at))
        loop = asyncio.get_running_loop()
        try:
            piece, total, kind = await loop.run_in_executor(_threads, self._read, name, at)
        except KeyError:
            self._widget.send({"kind": "trouble", "name": name, "reason": "there is no such file"})
        except (LTXError, OSError) as error:
            self._widget.send({"kind": "trouble", "name": name, "reason": str(error)})
        else:
            said = {"kind": "piece", "name": name, "at": at, "total": total, "type": kind}
            self._widget.send(said, [piece])
        finally:
            self._under_way.discard((name, at))

    def _read(self, name: str, at: int) -> tuple[bytes, int, str]:
        path = self._find(name)
        with path.open("rb") as file:
            file.seek(at)
            kind = _TYPES.get(path.suffix, "application/octet-stream")
            return file.read(PIECE), path.stat().st_size, kind
