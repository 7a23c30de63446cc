"""What an engine is: a validated request in, an mp4 and its facts out.

Engines are synchronous and know no protocol. The server decides in which process they run; a
script may call one directly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ltx_widgets.schema import Endpoint, Request

__all__ = ["Engine", "Progress", "Rendered", "Report"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a render is.

    Attributes:
        message: A line for people, in the present tense ("painting the scene"); empty when only
            the count moved.
        done: Frames finished so far.
        total: Frames in the whole clip; 0 while that is not known.
    """

    message: str = ""
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file and its facts, counted while it was written.

    Attributes:
        path: The mp4, complete and in place.
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        num_frames: Frames in the file.
        duration: Seconds of picture.
        has_audio: Whether there is a sound track.
        notes: Lines that belong with the result, such as how the prompt was read.
    """

    path: Path
    width: int
    height: int
    fps: float
    num_frames: int
    duration: float
    has_audio: bool
    notes: tuple[str, ...] = field(default_factory=tuple)


class Engine(Protocol):
    """Renders requests of the endpoints it supports.

    Attributes:
        name: Short and stable ("preview"); it is part of results and logs.
        label: What a person is told about clips of this engine.
    """

    name: str
    label: str

    def supports(self, endpoint: Endpoint) -> bool:
        """Whether `render` can do requests of this endpoint."""
        ...

    def render(
        self,
        endpoint: Endpoint,
        request: Request,
        to: Path,
        *,
        media: Mapping[str, Path],
        report: Report,
        cancelled: Callable[[], bool],
    ) -> Rendered:
        """Render one request into a new file.

        Args:
            endpoint: Which endpoint the request is for.
            request: Validated; defaults filled in.
            to: Where the mp4 goes. Written beside itself first and moved into place, so that a
                half-written file is never seen under this name.
            media: Local copies of the request's media fields, by field name.
            report: Called with each log line and every few frames; cheap to call.
            cancelled: Asked between frames; True means stop soon.

        Raises:
            EngineCancelled: `cancelled` said so; nothing is left at `to`.
            EngineError: the request could not be rendered; the message says why.
        """
        ...
