"""Clips against each other, in step: side by side, or one over the other with a line to drag.

Page to kernel: what a `Feed` hears. The time, the view and what is heard are the page's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from ltx_widgets.clip import Clip
from ltx_widgets.errors import MediaError
from ltx_widgets.session import default_session
from ltx_widgets.widgets.feed import Feed
from ltx_widgets.widgets.previews import small_film
from ltx_widgets.widgets.style import close_fully, script

__all__ = ["Compare", "compare"]

_LEAST, _MOST = 2, 9
_TITLE = 160


class _Page(anywidget.AnyWidget):
    """The films as they are seen; `Compare` has the clips."""

    _esm = script("keys.js", "feed.js", "instep.js", "compare.js")
    _css = script("instep.css", "compare.css")
    films = t.List().tag(sync=True)
    note = t.Unicode().tag(sync=True)
    wipe = t.Bool(default_value=False).tag(sync=True)

    def __repr__(self) -> str:
        return "Page()"


class Compare(w.VBox):
    """Plays clips in step. Two of them can be wiped: one over the other, with a line to drag.

    Films go by time: a slower one shows each of its frames for longer, a shorter one holds its
    last.

    Args:
        clips: Two to nine of them.
        titles: What stands above each; its prompt or its file's name if left out.

    Raises:
        MediaError: too few or too many clips, or the file of one is gone.
    """

    def __init__(self, *clips: Clip, titles: tuple[str, ...] | list[str] = ()) -> None:
        if not _LEAST <= len(clips) <= _MOST:
            raise MediaError(f"expected {_LEAST} to {_MOST} clips to compare, got {len(clips)}")
        gone = [clip.path.name for clip in clips if not clip.path.is_file()]
        if gone:
            raise MediaError(f"the files of these clips are gone: {', '.join(gone)}")
        self._clips = clips
        session = default_session()
        self._copies, self._stills = session.folder / "previews", session.library.stills
        named = [*titles, *(_title(clip) for clip in clips[len(titles) :])]
        self._page = _Page(
            films=[
                {
                    "title": title,
                    "facts": f"{clip.width} x {clip.height}, {clip.duration:g} s, {clip.fps:g} fps",
                    "fps": clip.fps,
                    "seconds": clip.duration,
                    "width": clip.width,
                    "height": clip.height,
                    "sound": clip.has_audio,
                }
                for title, clip in zip(named, clips, strict=False)
            ],
            note=_differences(clips),
            wipe=len(clips) == _LEAST,
        )
        Feed(self._page, self._find)
        super().__init__([self._page])
        self.add_class("ltx-compare-box")

    def __repr__(self) -> str:
        return f"Compare({len(self._clips)} clips)"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": "<em>Compare: run this cell.</em>"}

    @property
    def clips(self) -> tuple[Clip, ...]:
        """The clips that are shown."""
        return self._clips

    def close(self) -> None:
        """Take it off the page."""
        # ipywidgets closes what is collected, also one that was refused when it was made.
        if hasattr(self, "_page"):
            close_fully(self._page)
        close_fully(self)

    def _find(self, name: str) -> Path:
        what, _, number = name.partition("/")
        path = {str(n): clip.path for n, clip in enumerate(self._clips)}[number]
        make = {"still": self._stills.poster, "film": self._film}[what]
        return make(path)

    def _film(self, path: Path) -> Path:
        """A copy with every frame, or the clip itself where that is small."""
        return small_film(path, self._copies)


def compare(*clips: Clip, titles: tuple[str, ...] | list[str] = ()) -> Compare:
    """Play clips in step, side by side; two of them also as a wipe.

    Args:
        clips: Two to nine of them.
        titles: What stands above each; its prompt or its file's name if left out.

    Raises:
        MediaError: too few or too many clips, or the file of one is gone.

    Example::

        ltx.compare(clip, clip.retake("the fox looks up", start_time=2, duration=2))
    """
    return Compare(*clips, titles=titles)


def _title(clip: Clip) -> str:
    text = " ".join(str(clip.request.get("prompt") or clip.path.name).split())
    return f"{text[:_TITLE]}…" if len(text) > _TITLE else text


def _differences(clips: tuple[Clip, ...]) -> str:
    """What may surprise, in one line: films that are not alike."""
    said = []
    if len({round(clip.duration, 2) for clip in clips}) > 1:
        said.append("the shorter ones hold their last frame")
    if len({round(clip.fps, 2) for clip in clips}) > 1:
        said.append("frame rates differ: a step is a frame of the fastest")
    if len({round(clip.width / clip.height, 2) for clip in clips}) > 1:
        said.append("shapes differ: each is fitted into the largest")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
