"""One frame of a clip, as a picture that knows where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ltx_widgets.clip import Clip
from ltx_widgets.errors import MediaError

__all__ = ["Still"]


@dataclass(frozen=True, slots=True)
class Still:
    """A frame of a clip, to be given where a request takes a picture.

    It is decoded when it is read, at full size, and never kept: `numpy.asarray` gives the
    (height, width, 3) uint8 sRGB array. A request that takes it has the clip as a parent.

    Attributes:
        clip: Whose frame.
        frame: Its number, from 0.

    Raises:
        MediaError: the clip has no such frame.
    """

    clip: Clip
    frame: int

    def __post_init__(self) -> None:
        if not 0 <= self.frame < self.clip.frames:
            raise MediaError(f"expected a frame from 0 to {self.clip.frames - 1}, got {self.frame}")

    def __repr__(self) -> str:
        return f"Still(frame {self.frame} of {self.clip!r})"

    @property
    def seconds(self) -> float:
        """When it is shown."""
        return self.frame / self.clip.fps

    @property
    def request_id(self) -> str:
        """The job that made its clip: what a new clip's lineage names."""
        return self.clip.request_id

    @property
    def label(self) -> str:
        """Its name for people."""
        return f"frame {self.frame} of {self.clip.path.name}"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:  # noqa: FBT001 - numpy's
        """Its pixels, for numpy.

        Raises:
            MediaError: the clip's file is gone or damaged.
        """
        pixels = self.clip.frame(self.seconds)
        return pixels if dtype is None else pixels.astype(dtype)
