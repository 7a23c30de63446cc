"""The preview engine: request → storyboard → frames and sound → a labelled mp4."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from ltx_widgets.engines.base import Progress, Rendered, Report
from ltx_widgets.engines.preview.pipeline import Clip, film
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.errors import EngineError, LTXError
from ltx_widgets.schema import Endpoint, Request
from ltx_widgets.video.encode import Mp4Writer

__all__ = ["PreviewEngine", "clip_of", "frame_size"]

_SHORT_SIDES = {"1080p": 1080, "1440p": 1440, "2160p": 2160}
_SOUND_RATE = 48_000
_VERSION = 1


def frame_size(resolution: str, aspect_ratio: str = "16:9") -> tuple[int, int]:
    """Width and height in pixels of what a request asks for.

    Raises:
        EngineError: an unknown resolution or shape.
    """
    if resolution not in _SHORT_SIDES or aspect_ratio not in ("16:9", "9:16"):
        raise EngineError(f"expected 1080p, 1440p or 2160p in 16:9 or 9:16, got {resolution}")
    short = _SHORT_SIDES[resolution]
    wide = short * 16 // 9
    return (wide, short) if aspect_ratio == "16:9" else (short, wide)


class PreviewEngine:
    """Draws text-to-video requests by rules. Says so in the log, the file and every frame."""

    name = "preview"
    label = "Preview: drawn by rules on this computer, not by an AI model"

    def supports(self, endpoint: Endpoint) -> bool:
        """Whether `endpoint` is text to video."""
        return endpoint.task == "text-to-video"

    def render(
        self,
        endpoint: Endpoint,
        request: Request,
        to: Path,
        *,
        media: Mapping[str, Path],  # noqa: ARG002 - text to video brings none
        report: Report,
        cancelled: Callable[[], bool],
    ) -> Rendered:
        """Render one request into a new file; see `ltx_widgets.engines.base.Engine`."""
        if not self.supports(endpoint):
            raise EngineError(f"the preview engine draws text to video, not {endpoint.task}")
        asked = request.body()
        clip = clip_of(asked)
        story = read_prompt(asked["prompt"], duration_s=clip.seconds)
        line = read_as(story)
        report(Progress(line, 0, clip.num_frames))
        report(Progress("preview engine: drawn by rules, not by AI", 0, clip.num_frames))
        try:
            with Mp4Writer(
                to,
                width=clip.width,
                height=clip.height,
                fps=clip.fps,
                sound_rate=clip.sound_rate,
                metadata=_tags(endpoint, asked, line),
            ) as writer:
                film(story, clip, writer, report=report, cancelled=cancelled)
        except LTXError:
            raise
        except Exception as error:
            raise EngineError(f"the preview could not be drawn: {error}") from error
        report(
            Progress(
                f"encoding finished: {clip.num_frames} frames", clip.num_frames, clip.num_frames
            )
        )
        return Rendered(
            path=to,
            width=clip.width,
            height=clip.height,
            fps=float(clip.fps),
            num_frames=clip.num_frames,
            duration=clip.seconds,
            has_audio=clip.sound_rate is not None,
            notes=(line, self.label),
        )


def clip_of(asked: Mapping[str, object]) -> Clip:
    """The measures that a request's body asks for.

    Raises:
        EngineError: an unknown resolution or shape.
    """
    width, height = frame_size(str(asked["resolution"]), str(asked.get("aspect_ratio", "16:9")))
    fps, seconds = int(str(asked["fps"])), int(str(asked["duration"]))
    rate = _SOUND_RATE if asked.get("generate_audio", True) else None
    return Clip(width, height, fps, fps * seconds, rate)


def _tags(endpoint: Endpoint, asked: Mapping[str, object], line: str) -> dict[str, str]:
    """What the file says of itself: for people, and for making it again."""
    recipe = {
        "endpoint": endpoint.id,
        "request": asked,
        "engine": PreviewEngine.name,
        "version": _VERSION,
    }
    return {
        "title": "Preview, not AI",
        "comment": f"Preview, not AI. Drawn by rules by ltx_widgets for {endpoint.id}; {line}.",
        # The IPTC's word for media made by an algorithm without training data.
        "digitalsourcetype": "algorithmicMedia",
        "ltx_widgets": json.dumps(recipe, ensure_ascii=False, sort_keys=True),
    }
