"""Requests of the six text-to-video endpoints."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from ltx_widgets.schema._parts import (
    AspectRatio,
    FastDuration,
    GenerateAudio,
    ProDuration,
    Prompt,
    Resolution,
    frame_rate,
)
from ltx_widgets.schema._request import Request
from ltx_widgets.schema.rules import LONG_CLIP, AnyRule

__all__ = [
    "LTXV20TextToVideoFastRequest",
    "LTXV20TextToVideoRequest",
    "LTXV23TextToVideoFastRequest",
    "LTXV23TextToVideoRequest",
    "LTXVTextToVideoFastRequest",
    "LTXVTextToVideoRequest",
]


class LTXV20TextToVideoRequest(Request):
    """``fal-ai/ltx-2/text-to-video``. The picture is always 16:9."""

    prompt: Prompt
    duration: ProDuration = 6
    resolution: Resolution = "1080p"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXV20TextToVideoFastRequest(Request):
    """``fal-ai/ltx-2/text-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[AnyRule, ...]] = (LONG_CLIP,)

    prompt: Prompt
    duration: FastDuration = 6
    resolution: Resolution = "1080p"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXV23TextToVideoRequest(Request):
    """``fal-ai/ltx-2.3/text-to-video``: wide or tall, film and video rates."""

    prompt: Prompt
    duration: ProDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9", "9:16"], AspectRatio] = "16:9"
    fps: Annotated[Literal[24, 25, 48, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXV23TextToVideoFastRequest(Request):
    """``fal-ai/ltx-2.3/text-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[AnyRule, ...]] = (LONG_CLIP,)

    prompt: Prompt
    duration: FastDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9", "9:16"], AspectRatio] = "16:9"
    fps: Annotated[Literal[24, 25, 48, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXVTextToVideoRequest(Request):
    """``fal-ai/ltxv-2/text-to-video``, the first id of LTX-2: `aspect_ratio` has one choice."""

    prompt: Prompt
    duration: ProDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9"], AspectRatio] = "16:9"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True


class LTXVTextToVideoFastRequest(Request):
    """``fal-ai/ltxv-2/text-to-video/fast``: up to 20 s."""

    rules: ClassVar[tuple[AnyRule, ...]] = (LONG_CLIP,)

    prompt: Prompt
    duration: FastDuration = 6
    resolution: Resolution = "1080p"
    aspect_ratio: Annotated[Literal["16:9"], AspectRatio] = "16:9"
    fps: Annotated[Literal[25, 50], frame_rate] = 25
    generate_audio: GenerateAudio = True
