"""Text to video: prompt → storyboard → frames and sound → a labelled mp4."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from ltx_widgets.engines.base import Progress, Rendered, Report
from ltx_widgets.engines.preview.pipeline import Clip, Sound, film
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.render import Renderer
from ltx_widgets.engines.preview.sound import sound_track
from ltx_widgets.engines.preview.storyboard import Storyboard
from ltx_widgets.engines.preview.task import SOUND_RATE, Task, frame_size
from ltx_widgets.video.encode import Mp4Writer

__all__ = ["clip_of", "draw_text", "film_story", "story_sound"]


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
        film_story(story, clip, writer, report=task.report, cancelled=task.cancelled)
    return task.finished(writer, line)


def film_story(
    story: Storyboard,
    clip: Clip,
    writer: Mp4Writer,
    *,
    report: Report,
    cancelled: Callable[[], bool],
) -> None:
    """Film a storyboard with its sound; see `film`."""

    def begin() -> Renderer:
        report(Progress("painting the scene", 0, clip.num_frames))
        return Renderer(
            story,
            width=clip.width,
            height=clip.height,
            fps=clip.fps,
            num_frames=clip.num_frames,
            cancelled=cancelled,
        )

    film(
        begin,
        clip,
        writer,
        make_sound=story_sound(story, clip),
        report=report,
        cancelled=cancelled,
    )


def story_sound(story: Storyboard, clip: Clip) -> Callable[[], Sound] | None:
    """What makes the sound of a storyboard; None for a silent clip."""
    if clip.sound_rate is None:
        return None
    return partial(sound_track, story, clip.seconds, rate=clip.sound_rate)


def clip_of(asked: Mapping[str, object]) -> Clip:
    """The measures that a request's body asks for."""
    width, height = frame_size(str(asked["resolution"]), str(asked.get("aspect_ratio", "16:9")))
    fps, seconds = int(str(asked["fps"])), int(str(asked["duration"]))
    rate = SOUND_RATE if asked.get("generate_audio", True) else None
    return Clip(width, height, fps, fps * seconds, rate)
