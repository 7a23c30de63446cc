"""Requests of the six text-to-video endpoints.

Names, defaults and choices are those of fal's API pages; types are those of the wire. fal prints
enum defaults in quotes (``"6"``), but `duration` and `fps` are integers: a quoted number is
refused with a `literal_error`, and only when the result is fetched.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool
from pydantic_core import PydanticCustomError

from ltx_widgets.schema._request import Request
from ltx_widgets.schema.rules import LONG_CLIP, Rule

__all__ = [
    "LTXV20TextToVideoFastRequest",
    "LTXV20TextToVideoRequest",
    "LTXV23TextToVideoFastRequest",
    "LTXV23TextToVideoRequest",
    "LTXVTextToVideoFastRequest",
    "LTXVTextToVideoRequest",
]

ProDuration = Literal[6, 8, 10]
FastDuration = Literal[6, 8, 10, 12, 14, 16, 18, 20]


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("ltx_blank", "prompt must not be blank")
    return text


Prompt = Annotated[
    str,
    # Bounds from fal's OpenAPI document; the API pages state none.
    Field(
        min_length=1,
        max_length=5000,
        title="Prompt",
        description=(
            "What the clip shows and sounds like: shot, scene and light, action from start to "
            "end, camera, sound. One flowing paragraph in the present tense."
        ),
    ),
    AfterValidator(_not_blank),
]
Duration = Field(
    title="Duration",
    description="Length of the clip.",
    json_schema_extra={"unit": "s"},
)
Resolution = Annotated[
    Literal["1080p", "1440p", "2160p"],
    Field(
        title="Resolution",
        description="Size of the picture; the price goes with it.",
        json_schema_extra={
            "labels": {
                "1080p": "1080p (1920 x 1080)",
                "1440p": "1440p (2560 x 1440)",
                "2160p": "2160p (3840 x 2160)",
            }
        },
    ),
]
FramesPerSecond = Field(
    title="Frame rate",
    description="Frames in a second of the clip.",
    json_schema_extra={"unit": "fps"},
)
GenerateAudio = Annotated[
    StrictBool,
    Field(
        title="Generate audio",
        description="Give the clip a sound track. Does not change the price.",
    ),
]
AspectRatio = Field(
    title="Aspect ratio",
    description="16:9 is wide, 9:16 is tall, for phones.",
)


class LTXV20TextToVideoRequest(Request):
    """``fal-ai/ltx-2/text-to-video``. The picture is always 16:9."""

    prompt: Prompt
    duration: Annotated[ProDuration, Duration] = 6
    resolution: Resolution = "1080p"
    fps: Annotated[Literal[25, 50], FramesPerSecond] = 25
    generate_audio: GenerateAudio = True


class LTXV20TextToVideoFastRequest(Request):
    """``fal-ai/ltx-2/text-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[Rule, ...]] = (LONG_CLIP,)

    prompt: Prompt
    duration: Annotated[FastDuration, Duration] = 6
    resolution: Resolution = "1080p"
    fps: Annotated[Literal[25, 50], FramesPerSecond] = 25
    generate_audio: GenerateAudio = True


class LTXV23TextToVideoRequest(Request):
    """``fal-ai/ltx-2.3/text-to-video``: wide or tall, film and video rates."""

    prompt: Prompt
    duration: Annotated[ProDuration, Duration] = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9", "9:16"], AspectRatio] = "16:9"
    fps: Annotated[Literal[24, 25, 48, 50], FramesPerSecond] = 25
    generate_audio: GenerateAudio = True


class LTXV23TextToVideoFastRequest(Request):
    """``fal-ai/ltx-2.3/text-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[Rule, ...]] = (LONG_CLIP,)

    prompt: Prompt
    duration: Annotated[FastDuration, Duration] = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9", "9:16"], AspectRatio] = "16:9"
    fps: Annotated[Literal[24, 25, 48, 50], FramesPerSecond] = 25
    generate_audio: GenerateAudio = True


class LTXVTextToVideoRequest(Request):
    """``fal-ai/ltxv-2/text-to-video``, the first id of LTX-2: `aspect_ratio` has one choice."""

    prompt: Prompt
    duration: Annotated[ProDuration, Duration] = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9"], AspectRatio] = "16:9"
    fps: Annotated[Literal[25, 50], FramesPerSecond] = 25
    generate_audio: GenerateAudio = True


class LTXVTextToVideoFastRequest(Request):
    """``fal-ai/ltxv-2/text-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[Rule, ...]] = (LONG_CLIP,)

    prompt: Prompt
    duration: Annotated[FastDuration, Duration] = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9"], AspectRatio] = "16:9"
    fps: Annotated[Literal[25, 50], FramesPerSecond] = 25
    generate_audio: GenerateAudio = True
