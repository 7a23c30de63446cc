"""What comes from a service, written to disk as it comes and looked at."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Protocol

from ltx_widgets.errors import MediaError

__all__ = ["Incoming", "Receiver"]

_LARGEST_CLIP = 4 << 30


class Incoming(Protocol):
    """A download under way."""

    @property
    def size(self) -> int | None:
        """Bytes announced; None if unknown."""
        ...

    @property
    def content_type(self) -> str:
        """As the service says; not believed."""
        ...

    @property
    def chunks(self) -> AsyncIterator[bytes]:
        """The bytes, in order."""
        ...


class Receiver:
    """Writes a download to disk as it comes, and looks at what it is.

    Args:
        part: The file that is written.
        on_progress: Called with bytes so far and in all (None if unknown).
    """

    def __init__(
        self, part: Path, on_progress: Callable[[int, int | None], None] | None = None
    ) -> None:
        self._part = part
        self._on_progress = on_progress

    async def __call__(self, stream: Incoming) -> None:
        """Take all of it.

        Raises:
            MediaError: it is no video, too large, or cut short.
        """
        got = 0
        with self._part.open("wb") as file:
            async for chunk in stream.chunks:
                if not got and not _looks_like_video(chunk):
                    raise MediaError(
                        f"expected a video, got {stream.content_type or 'unknown content'}"
                    )
                got += len(chunk)
                if got > _LARGEST_CLIP:
                    raise MediaError("the clip is larger than 4 GiB; it was not kept")
                file.write(chunk)
                if self._on_progress is not None:
                    self._on_progress(got, stream.size)
        if not got or (stream.size is not None and got != stream.size):
            raise MediaError(f"expected a clip of {stream.size} bytes, got {got}")


def _looks_like_video(head: bytes) -> bool:
    # ISO base media (mp4, mov) and Matroska (webm, mkv), by their first bytes.
    return head[4:8] == b"ftyp" or head[:4] == b"\x1a\x45\xdf\xa3"
