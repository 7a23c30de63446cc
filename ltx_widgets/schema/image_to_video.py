"""Requests of the six image-to-video endpoints.

The two LTX-2.3 ids also take an end image and both shapes; `aspect_ratio` is left out of the body
while it is "auto", so that the service goes by the picture.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from ltx_widgets.schema._parts import (
    AspectRatio,
    AutoAspectRatio,
    EndImageAddress,
    FastDuration,
    GenerateAudio,
    ImageAddress,
    ProDuration,
    Prompt,
    Resolution,
    frame_rate,
)
from ltx_widgets.schema._request import Request
from ltx_widgets.schema.rules import LONG_CLIP, AnyRule

__all__ = [
    "LTXV20ImageToVideoFastRequest",
    "LTXV20ImageToVideoRequest",
    "LTXV23ImageToVideoFastRequest",
    "LTXV23ImageToVideoRequest",
    "LTXVImageToVideoFastRequest",
    "LTXVImageToVideoRequest",
]


class LTXV20ImageToVideoRequest(Request):
    """``fal-ai/ltx-2/image-to-video``. The picture is always 16:9."""

    image_url: ImageAddress
    prompt: Prompt
    duration: ProDuration = 6
    resolution: Resolution = "1080p"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXV20ImageToVideoFastRequest(Request):
    """``fal-ai/ltx-2/image-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[AnyRule, ...]] = (LONG_CLIP,)

    image_url: ImageAddress
    prompt: Prompt
    duration: FastDuration = 6
    resolution: Resolution = "1080p"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXV23ImageToVideoRequest(Request):
    """``fal-ai/ltx-2.3/image-to-video``: also between two pictures."""

    omit_when_default: ClassVar[frozenset[str]] = frozenset({"aspect_ratio"})

    image_url: ImageAddress
    end_image_url: EndImageAddress = None
    prompt: Prompt
    duration: ProDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: AutoAspectRatio = "auto"
    fps: Annotated[Literal[24, 25, 48, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXV23ImageToVideoFastRequest(Request):
    """``fal-ai/ltx-2.3/image-to-video/fast``: also between two pictures, up to 20 s."""

    rules: ClassVar[tuple[AnyRule, ...]] = (LONG_CLIP,)
    omit_when_default: ClassVar[frozenset[str]] = frozenset({"aspect_ratio"})

    image_url: ImageAddress
    end_image_url: EndImageAddress = None
    prompt: Prompt
    duration: FastDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: AutoAspectRatio = "auto"
    fps: Annotated[Literal[24, 25, 48, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXVImageToVideoRequest(Request):
    """``fal-ai/ltxv-2/image-to-video``, the first id of LTX-2: `aspect_ratio` has one choice."""

    image_url: ImageAddress
    prompt: Prompt
    duration: ProDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9"], AspectRatio] = "16:9"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXVImageToVideoFastRequest(Request):
    """``fal-ai/ltxv-2/image-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[AnyRule, ...]] = (LONG_CLIP,)

    image_url: ImageAddress
    prompt: Prompt
    duration: FastDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9"], AspectRatio] = "16:9"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True
