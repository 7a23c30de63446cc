"""Fields that several requests share: their types, bounds, titles and help.

Names, defaults and choices are those of fal's API pages; types are those of the wire. fal prints
enum defaults in quotes (``"6"``), but `duration` and `fps` of the generating endpoints are
integers: a quoted number is refused with a `literal_error`, and only when the result is fetched.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

__all__ = [
    "AspectRatio",
    "AudioAddress",
    "AutoAspectRatio",
    "EndImageAddress",
    "FastDuration",
    "GenerateAudio",
    "ImageAddress",
    "OptionalImageAddress",
    "OptionalPrompt",
    "ProDuration",
    "Prompt",
    "Resolution",
    "VideoAddress",
    "frame_rate",
    "seconds",
]

LONGEST_PROMPT = 5000
"""Characters. From fal's OpenAPI document; the API pages state no bound."""

_ADDRESS = re.compile(r"(?:https?://[^\s/?#]+[^\s]*|data:[^\s,]*,\S*)", re.IGNORECASE)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("ltx_blank", "prompt must not be blank")
    return text


def _address(text: str) -> str:
    if _ADDRESS.fullmatch(text) is None:
        raise PydanticCustomError(
            "url_scheme",
            "expected an https address or a data URI",
            {"expected_schemes": "'https', 'http' or 'data'"},
        )
    return text


Prompt = Annotated[
    StrictStr,
    Field(
        min_length=1,
        max_length=LONGEST_PROMPT,
        title="Prompt",
        description=(
            "What the clip shows and sounds like: shot, scene and light, action from start to "
            "end, camera, sound. One flowing paragraph in the present tense."
        ),
    ),
    AfterValidator(_not_blank),
]
OptionalPrompt = Annotated[
    StrictStr | None,
    Field(
        max_length=LONGEST_PROMPT,
        title="Prompt",
        description="What should happen, in the present tense. May be left out.",
    ),
]


def _media(kind: str, title: str, description: str) -> Any:
    return Field(title=title, description=description, json_schema_extra={"media": kind})


_PICTURES = "PNG, JPEG, WebP, AVIF or HEIF."

ImageAddress = Annotated[
    StrictStr,
    AfterValidator(_address),
    _media("image", "Image", f"The picture that the clip starts with. {_PICTURES}"),
]
EndImageAddress = Annotated[
    Annotated[StrictStr, AfterValidator(_address)] | None,
    _media("image", "End image", f"The picture that the clip ends with. {_PICTURES}"),
]
OptionalImageAddress = Annotated[
    Annotated[StrictStr, AfterValidator(_address)] | None,
    _media("image", "Image", f"The first frame; a prompt is needed without one. {_PICTURES}"),
]
AudioAddress = Annotated[
    StrictStr,
    AfterValidator(_address),
    _media("audio", "Audio", "The sound that the clip is made to, 2 to 20 s."),
]
VideoAddress = Annotated[
    StrictStr, AfterValidator(_address), _media("video", "Video", "The clip to work on.")
]

_DURATION = Field(
    title="Duration", description="Length of the clip.", json_schema_extra={"unit": "s"}
)
ProDuration = Annotated[Literal[6, 8, 10], _DURATION]
FastDuration = Annotated[Literal[6, 8, 10, 12, 14, 16, 18, 20], _DURATION]

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
frame_rate = Field(
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
AspectRatio = Field(title="Aspect ratio", description="16:9 is wide, 9:16 is tall, for phones.")
AutoAspectRatio = Annotated[
    Literal["auto", "16:9", "9:16"],
    Field(
        title="Aspect ratio",
        description="auto goes by the picture; 16:9 is wide, 9:16 is tall, for phones.",
    ),
]


def seconds(title: str, description: str, *, least: float, most: float) -> Any:
    """A field of seconds: any finite number between two bounds, both allowed."""
    return Field(
        strict=True,
        allow_inf_nan=False,
        ge=least,
        le=most,
        title=title,
        description=description,
        json_schema_extra={"unit": "s"},
    )
