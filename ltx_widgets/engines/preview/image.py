"""Image to video: the user's picture comes first, then it moves as the prompt says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ltx_widgets.engines.base import Progress, Rendered
from ltx_widgets.engines.preview.fitting import nearest_shape
from ltx_widgets.engines.preview.pipeline import Clip, Drawing, film
from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.still import Still
from ltx_widgets.engines.preview.storyboard import Storyboard
from ltx_widgets.engines.preview.task import SOUND_RATE, Task, frame_size
from ltx_widgets.engines.preview.text import story_sound
from ltx_widgets.engines.preview.way import way_between
from ltx_widgets.images import read_image
from ltx_widgets.video.encode import Mp4Writer

__all__ = ["clip_of", "draw_image"]


def draw_image(task: Task) -> Rendered:
    """Draw an image-to-video request, with or without an end image."""
    first = read_image(task.media["image_url"])
    last = read_image(task.media["end_image_url"]) if "end_image_url" in task.media else None
    clip = clip_of(task.asked, first, wide_only=task.endpoint.family != "ltx-2.3")
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
        film(
            _beginning(task, story, clip, first, last),
            clip,
            writer,
            make_sound=story_sound(story, clip),
            report=task.report,
            cancelled=task.cancelled,
        )
    return task.finished(writer, line)


def clip_of(asked: Mapping[str, object], picture: Bytes, *, wide_only: bool = False) -> Clip:
    """The measures that a request's body asks for.

    Args:
        asked: The body; without ``aspect_ratio``, or with "auto", the picture decides.
        picture: (h, w, 3) uint8, the first image.
        wide_only: Whether the endpoint knows 16:9 only, whatever the picture.
    """
    shape = str(asked.get("aspect_ratio", "16:9" if wide_only else "auto"))
    if shape == "auto":
        shape = nearest_shape(picture)
    width, height = frame_size(str(asked["resolution"]), shape)
    fps, seconds = int(str(asked["fps"])), int(str(asked["duration"]))
    rate = SOUND_RATE if asked.get("generate_audio", True) else None
    return Clip(width, height, fps, fps * seconds, rate)


def _beginning(
    task: Task, story: Storyboard, clip: Clip, first: Bytes, last: Bytes | None
) -> Callable[[], Drawing]:
    size = clip.width, clip.height

    def begin() -> Drawing:
        task.report(Progress("reading the depth of the picture", 0, clip.num_frames))
        if last is None:
            return Still(first, story, size=size, fps=clip.fps, num_frames=clip.num_frames)
        return way_between(first, last, story, size=size, fps=clip.fps, num_frames=clip.num_frames)

    return begin
