"""An export from the gallery's page: one at a time, with its progress, and to the browser."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from ltx_widgets.config import forget_old, private_folder
from ltx_widgets.errors import LTXError, MediaError
from ltx_widgets.library import Exported, Library, export

__all__ = ["GalleryExport"]

_TELL_S = 0.25
# Zips whose pages were closed before they had them.
_KEPT_S = 24 * 3600


class GalleryExport:
    """The exports of one gallery.

    Args:
        send: Sends a message to the page.
    """

    def __init__(self, send: Callable[[Mapping[str, Any]], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._busy = False
        self._cancelled = threading.Event()
        self._zips: dict[str, Path] = {}

    def file(self, name: str) -> Path:
        """A zip that the page was told of.

        Raises:
            KeyError: there is none of that name.
        """
        return self._zips[name]

    def forget(self, name: str) -> None:
        """The page has a zip, which is needed no more."""
        path = self._zips.pop(name, None)
        if path is not None:
            path.unlink(missing_ok=True)

    def stop(self) -> None:
        """Cancel what is under way."""
        self._cancelled.set()

    async def run(
        self, library: Library, wanted: Mapping[str, Any], said: Mapping[str, Any]
    ) -> None:
        """Export clips as the page asks.

        Args:
            library: Where they are.
            wanted: For `Library.every`, where the page names no numbers.
            said: Its message: "numbers", "to", "view", and "how", which is "folder", "zip" or
                "download".
        """
        with self._lock:
            if self._busy:
                self._say("going", "Another export is under way: wait for it, or cancel it.")
                return
            self._busy = True
            self._cancelled.clear()
        try:
            done = await asyncio.to_thread(self._export, library, wanted, said)
        except (LTXError, OSError) as error:
            self._say("failed", str(error))
        else:
            self._tell_end(done, said)
        finally:
            self._busy = False

    def _export(
        self, library: Library, wanted: Mapping[str, Any], said: Mapping[str, Any]
    ) -> Exported | None:
        numbers = said.get("numbers")
        total = len(numbers) if numbers else library.count(**wanted)
        runs = library.numbered(numbers) if numbers else library.every(**wanted)
        told = 0.0

        def on_done(clips: int) -> None:
            nonlocal told
            if time.monotonic() - told >= _TELL_S:
                told = time.monotonic()
                text = f"Exporting: {clips} of {total} clips."
                self._say("going", text, done=clips, total=total)

        self._say("going", f"Exporting {total} clips …", done=0, total=total)
        to = _target(library.folder, said)
        return export(library, runs, to, on_done=on_done, cancelled=self._cancelled.is_set)

    def _tell_end(self, done: Exported | None, said: Mapping[str, Any]) -> None:
        if done is None:
            self._say("stopped", "The export was cancelled; nothing was written.")
            return
        clips = f"{done.clips} clip{'' if done.clips == 1 else 's'}"
        if done.missing:
            clips += f" ({done.missing} left out: their files are gone)"
        if said.get("how") != "download":
            self._say("done", f"{clips} exported to {_near(done.path)}.")
            return
        name = f"zip-{secrets.token_hex(8)}"
        self._zips[name] = done.path
        label = f"ltx-clips-{date.today():%Y-%m-%d}.zip"  # noqa: DTZ011 - the user's own day
        more = {"name": name, "label": label, "for": said.get("view")}
        self._say("done", f"{clips} on the way to your browser.", **more)

    def _say(self, phase: str, text: str, **more: Any) -> None:
        self._send({"kind": "export", "phase": phase, "text": text, **more})


def _target(folder: Path, said: Mapping[str, Any]) -> Path:
    """Where an export goes.

    Raises:
        MediaError: no name was given.
    """
    if said.get("how") == "download":
        exports = private_folder(folder / "exports")
        forget_old(exports, _KEPT_S)
        return exports / f"{secrets.token_hex(8)}.zip"
    name = str(said.get("to", "")).strip()
    if not name:
        raise MediaError("say where to: the name of a folder, such as ltx-clips")
    path = Path(name)
    if said.get("how") == "zip":
        return path if path.suffix == ".zip" else path.with_name(f"{path.name}.zip")
    return path.with_suffix("") if path.suffix == ".zip" else path


def _near(path: Path) -> str:
    """A path as people know it: from the notebook's folder, where it is in there."""
    with suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)
