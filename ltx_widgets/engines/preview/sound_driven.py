"""Audio to video: the given sound is the sound track, and the picture moves to it."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from ltx_widgets.engines.base import Rendered
from ltx_widgets.engines.preview.beat import beat_of
from ltx_widgets.engines.preview.dance import Dance
from ltx_widgets.engines.preview.fitting import nearest_shape
from ltx_widgets.engines.preview.pipeline import Clip, Drawing, Sound, film
from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.render import Renderer
from ltx_widgets.engines.preview.still import Still
from ltx_widgets.engines.preview.storyboard import Storyboard
from ltx_widgets.engines.preview.task import SOUND_RATE, Task, frame_size
from ltx_widgets.errors import EngineError
from ltx_widgets.images import read_image
from ltx_widgets.video.encode import Mp4Writer
from ltx_widgets.video.sound import read_sound

__all__ = ["draw_sound"]

_FPS = 25
_RESOLUTION = "1080p"
_LONGEST_S = 20.5
_NO_WORDS = "a slow push in"


def draw_sound(task: Task) -> Rendered:
    """Draw an audio-to-video request, with or without a picture."""
    samples = read_sound(task.media["audio_url"], rate=SOUND_RATE, max_s=_LONGEST_S)
    if not samples.size:
        raise EngineError("the sound holds no samples")
    path = task.media.get("image_url")
    picture = None if path is None else read_image(path)
    clip = _clip_for(task, samples, picture)
    prompt = str(task.asked.get("prompt") or "").strip()
    story = read_prompt(prompt or _NO_WORDS, duration_s=clip.seconds)
    line = read_as(story) if prompt else "read as: the picture, moved by the sound"
    _say_what(task, line, clip)
    with Mp4Writer(
        task.to,
        width=clip.width,
        height=clip.height,
        fps=clip.fps,
        sound_rate=SOUND_RATE,
        fine_sound=True,
        metadata=task.tags(line),
    ) as writer:
        film(
            _beginning(task, story, clip, samples, picture),
            clip,
            writer,
            make_sound=lambda: samples,
            report=task.report,
            cancelled=task.cancelled,
        )
    return task.finished(writer, line)


def _clip_for(task: Task, samples: Sound, picture: Bytes | None) -> Clip:
    shape = str(task.asked.get("aspect_ratio", "auto"))
    if shape == "auto":
        shape = "16:9" if picture is None else nearest_shape(picture)
    width, height = frame_size(_RESOLUTION, shape)
    # The last frame may be shown a little longer than there is sound, never shorter.
    num_frames = ceil(samples.shape[1] * _FPS / SOUND_RATE - 1e-9)
    return Clip(width, height, _FPS, num_frames, SOUND_RATE)


def _say_what(task: Task, line: str, clip: Clip) -> None:
    task.say(line, total=clip.num_frames)
    task.say("preview engine: drawn by rules, not by AI", total=clip.num_frames)
    if "guidance_scale" in task.asked:
        task.say("guidance_scale guides a model; the preview has no use for it")


def _beginning(
    task: Task, story: Storyboard, clip: Clip, samples: Sound, picture: Bytes | None
) -> Callable[[], Drawing]:
    size = clip.width, clip.height

    def begin() -> Drawing:
        task.say("listening to the sound", total=clip.num_frames)
        beat = beat_of(samples, rate=SOUND_RATE, fps=clip.fps, num_frames=clip.num_frames)
        dance = Dance(beat, side=min(size), fps=clip.fps)
        if picture is not None:
            return Still(
                picture, story, size=size, fps=clip.fps, num_frames=clip.num_frames, dance=dance
            )
        return Renderer(
            story,
            width=clip.width,
            height=clip.height,
            fps=clip.fps,
            num_frames=clip.num_frames,
            dance=dance,
            cancelled=task.cancelled,
        )

    return begin
