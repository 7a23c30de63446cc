"""What a finished job returns."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

__all__ = ["VideoFile", "VideoResult"]


class VideoFile(BaseModel):
    """Where the finished clip is, and what the service says of it.

    Every example on fal's pages has only `url`, `content_type` and `file_name`, so the rest is
    often missing: probe the file where a fact is needed.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    url: str
    content_type: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    duration: float | None = None
    num_frames: int | None = None


class VideoResult(BaseModel):
    """The result of every LTX endpoint.

    Attributes:
        video: The finished clip.
        engine: Who made it; set by our own server ("preview"), absent on fal.
        notes: What the engine has to say of it; set by our own server, empty on fal.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    video: VideoFile
    engine: str | None = None
    notes: tuple[str, ...] = ()
