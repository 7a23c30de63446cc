"""Requests that work on a clip: extend, retake and reframe.

The seeds state only some bounds; the others are those of fal's OpenAPI document.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ltx_widgets.schema._parts import OptionalPrompt, Prompt, VideoAddress, seconds
from ltx_widgets.schema._request import Request

__all__ = [
    "LTXExtendVideoRequest",
    "LTXRetakeVideoRequest",
    "LTXV23ExtendVideoRequest",
    "LTXV23RetakeVideoRequest",
    "Ltx23ReframeInput",
]


class LTXExtendVideoRequest(Request):
    """``fal-ai/ltx-2/extend-video``."""

    video_url: VideoAddress
    prompt: OptionalPrompt = None
    duration: Annotated[float, seconds("Duration", "Seconds to add.", least=2, most=20)] = 5
    mode: Annotated[
        Literal["start", "end"],
        Field(
            title="Where",
            description="Add at the end or before the start.",
            json_schema_extra={"labels": {"start": "before the start", "end": "at the end"}},
        ),
    ] = "end"
    context: Annotated[
        float | None,
        seconds(
            "Context",
            "Seconds of the clip that the addition goes by. Left out: as much as fits in "
            "505 frames.",
            least=1,
            most=20,
        ),
    ] = None


class LTXV23ExtendVideoRequest(LTXExtendVideoRequest):
    """``fal-ai/ltx-2.3/extend-video``."""


class LTXRetakeVideoRequest(Request):
    """``fal-ai/ltx-2/retake-video``."""

    video_url: VideoAddress
    prompt: Prompt
    start_time: Annotated[
        float, seconds("Start", "Where the new section begins.", least=0, most=20)
    ] = 0
    duration: Annotated[
        float, seconds("Duration", "Length of the new section.", least=2, most=20)
    ] = 5
    retake_mode: Annotated[
        Literal["replace_audio", "replace_video", "replace_audio_and_video"],
        Field(
            title="Replace",
            description="What is made anew in the section.",
            json_schema_extra={
                "labels": {
                    "replace_audio": "sound",
                    "replace_video": "picture",
                    "replace_audio_and_video": "picture and sound",
                }
            },
        ),
    ] = "replace_audio_and_video"


class LTXV23RetakeVideoRequest(LTXRetakeVideoRequest):
    """``fal-ai/ltx-2.3/retake-video``."""


class Ltx23ReframeInput(Request):
    """``fal-ai/ltx-2.3/reframe``: the same clip in another shape. Not in the seeds."""

    video_url: VideoAddress
    aspect_ratio: Annotated[
        Literal["1:1", "4:5", "5:4", "9:16", "16:9"],
        Field(title="Aspect ratio", description="The new shape."),
    ] = "16:9"
    resolution: Annotated[
        Literal["720p", "1080p"],
        Field(title="Resolution", description="Size of the picture; the price goes with it."),
    ] = "1080p"
