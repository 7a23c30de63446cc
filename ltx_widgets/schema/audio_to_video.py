"""Requests of the two audio-to-video endpoints."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from ltx_widgets.schema._parts import (
    AudioAddress,
    AutoAspectRatio,
    OptionalImageAddress,
    OptionalPrompt,
)
from ltx_widgets.schema._request import Request
from ltx_widgets.schema.rules import PROMPT_OR_IMAGE, AnyRule

__all__ = ["LTXV20AudioToVideoRequest", "LTXV23AudioToVideoRequest"]

GuidanceScale = Annotated[
    float | None,
    Field(
        strict=True,
        allow_inf_nan=False,
        # Bounds from fal's OpenAPI document.
        ge=1,
        le=50,
        title="Guidance scale",
        description="How closely the clip keeps to the prompt, 1 to 50. Left out: 5, or 9 with an "
        "image.",
    ),
]


class LTXV20AudioToVideoRequest(Request):
    """``fal-ai/ltx-2/audio-to-video``."""

    rules: ClassVar[tuple[AnyRule, ...]] = (PROMPT_OR_IMAGE,)

    audio_url: AudioAddress
    image_url: OptionalImageAddress = None
    prompt: OptionalPrompt = None
    guidance_scale: GuidanceScale = None


class LTXV23AudioToVideoRequest(Request):
    """``fal-ai/ltx-2.3/audio-to-video``.

    The seeds have no `aspect_ratio` here, later captures do: it is sent only when it is not "auto".
    """

    rules: ClassVar[tuple[AnyRule, ...]] = (PROMPT_OR_IMAGE,)
    omit_when_default: ClassVar[frozenset[str]] = frozenset({"aspect_ratio"})

    audio_url: AudioAddress
    image_url: OptionalImageAddress = None
    prompt: OptionalPrompt = None
    guidance_scale: GuidanceScale = None
    aspect_ratio: AutoAspectRatio = "auto"
