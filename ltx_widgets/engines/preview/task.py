"""What every task of the preview engine is given, and what its files say of themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ltx_widgets.engines.base import Progress, Rendered, Report
from ltx_widgets.errors import EngineCancelled
from ltx_widgets.schema import Endpoint
from ltx_widgets.video.encode import Mp4Writer

__all__ = ["LABEL", "NAME", "SOUND_RATE", "TITLE", "Draw", "Task", "frame_size"]

NAME = "preview"
LABEL = "Preview: drawn by rules on this computer, not by an AI model"
TITLE = "Preview, not AI"
"""Of every file that the engine makes; it is known again by it."""
SOUND_RATE = 48_000
"""Samples per second of every sound track that the preview makes."""

_VERSION = 2
_SHORT_SIDES = {"720p": 720, "1080p": 1080, "1440p": 1440, "2160p": 2160}
_SHAPES = ("16:9", "9:16", "1:1", "4:5", "5:4")


@dataclass(frozen=True, slots=True)
class Task:
    """One request on its way through the preview engine.

    Attributes:
        endpoint: Whose request it is.
        asked: Its body: validated, defaults filled in; what was left out is missing.
        to: Where the mp4 goes.
        media: Local copies of its media fields, by field name.
        report: Takes log lines and counts.
        cancelled: Asked between frames.
    """

    endpoint: Endpoint
    asked: Mapping[str, Any]
    to: Path
    media: Mapping[str, Path]
    report: Report
    cancelled: Callable[[], bool]

    def say(self, message: str, *, done: int = 0, total: int = 0) -> None:
        """Add a line to the job's log."""
        self.report(Progress(message, done, total))

    def count(self, done: int, total: int) -> None:
        """Tell how many frames are finished."""
        self.report(Progress("", done, total))

    def check(self) -> None:
        """Stop here if somebody asked for it.

        Raises:
            EngineCancelled: somebody did.
        """
        if self.cancelled():
            raise EngineCancelled("cancelled while it was drawn")

    def finished(self, writer: Mp4Writer, *notes: str) -> Rendered:
        """Tell that the file is complete, and what it is.

        Args:
            writer: That wrote it, closed.
            notes: Lines that belong with the result; that it is a preview is added.
        """
        count = writer.num_frames
        self.say(f"encoding finished: {count} frames", done=count, total=count)
        return Rendered(
            path=self.to,
            width=writer.width,
            height=writer.height,
            fps=float(writer.fps),
            num_frames=count,
            duration=float(count / writer.fps),
            has_audio=writer.has_audio,
            notes=(*notes, LABEL),
        )

    def tags(self, line: str) -> dict[str, str]:
        """What the file says of itself: for people, and for making it again.

        Args:
            line: How the request was read, such as "read as: red fox running".
        """
        recipe = {
            "endpoint": self.endpoint.id,
            "request": {name: _without_bytes(value) for name, value in self.asked.items()},
            "engine": NAME,
            "version": _VERSION,
        }
        return {
            "title": TITLE,
            "comment": f"Preview, not AI. Drawn by rules by ltx_widgets for {self.endpoint.id}; "
            f"{line}.",
            # The IPTC's word for media made by an algorithm without training data.
            "digitalsourcetype": "algorithmicMedia",
            "ltx_widgets": json.dumps(recipe, ensure_ascii=False, sort_keys=True),
        }


Draw = Callable[[Task], Rendered]
"""Draws one task; see `ltx_widgets.engines.base.Engine.render` for what it promises."""


def _without_bytes(value: Any) -> Any:
    """A data URI would put the whole picture into a tag."""
    if isinstance(value, str) and value.startswith("data:"):
        return f"{value.partition(',')[0]},…"
    return value


def frame_size(resolution: str, aspect_ratio: str = "16:9") -> tuple[int, int]:
    """Width and height in pixels of what a request asks for; the shorter side names it.

    Raises:
        KeyError: an unknown resolution.
        ValueError: an unknown shape.
    """
    short = _SHORT_SIDES[resolution]
    if aspect_ratio not in _SHAPES:
        raise ValueError(f"expected one of {', '.join(_SHAPES)}, got {aspect_ratio}")
    across, down = map(int, aspect_ratio.split(":"))
    long = short * max(across, down) // min(across, down) // 2 * 2
    return (long, short) if across >= down else (short, long)
