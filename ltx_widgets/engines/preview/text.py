"""Text to video: prompt → storyboard → frames and sound → a labelled mp4."""

from __future__ import annotations

from collections.abc import Mapping

from ltx_widgets.engines.base import Rendered
from ltx_widgets.engines.preview.pipeline import Clip, film
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.task import LABEL, SOUND_RATE, Task, frame_size
from ltx_widgets.video.encode import Mp4Writer

__all__ = ["clip_of", "draw_text"]


def draw_text(task: Task) -> Rendered:
    """Draw a text-to-video request."""
    clip = clip_of(task.asked)
    story = read_prompt(task.asked["prompt"], duration_s=clip.seconds)
    line = read_as(story)
    task.say(line, total=clip.num_frames)
    task.say("preview engine: drawn by rules, not by AI", total=clip.num_frames)
    with Mp4Writer(
        task.to,
        width=clip.width,
        height=clip.height,
        fps=clip.fps,
        sound_rate=clip.sound_rate,
        metadata=task.tags(line),
    ) as writer:
        film(story, clip, writer, report=task.report, cancelled=task.cancelled)
    task.say(
        f"encoding finished: {clip.num_frames} frames", done=clip.num_frames, total=clip.num_frames
    )
    return Rendered(
        path=task.to,
        width=clip.width,
        height=clip.height,
        fps=float(clip.fps),
        num_frames=clip.num_frames,
        duration=clip.seconds,
        has_audio=clip.sound_rate is not None,
        notes=(line, LABEL),
    )


def clip_of(asked: Mapping[str, object]) -> Clip:
    """The measures that a request's body asks for."""
    width, height = frame_size(str(asked["resolution"]), str(asked.get("aspect_ratio", "16:9")))
    fps, seconds = int(str(asked["fps"])), int(str(asked["duration"]))
    rate = SOUND_RATE if asked.get("generate_audio", True) else None
    return Clip(width, height, fps, fps * seconds, rate)
