"""What the preview's tests share: small frames, drawn straight or decoded again."""

from dataclasses import replace

import av
import numpy as np

from ltx_widgets.engines.preview.pipeline import Clip
from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.reading import read_prompt
from ltx_widgets.engines.preview.render import Renderer
from ltx_widgets.engines.preview.storyboard import Camera, Shot
from ltx_widgets.engines.preview.text import film_story
from ltx_widgets.video.encode import Mp4Writer

WIDTH, HEIGHT, FPS = 320, 180, 25


def story_of(prompt, *, move=None, pace=1.0, place=None, weather=None, time_of_day=None):
    """A storyboard of one shot, with some of its parts set by hand."""
    story = read_prompt(prompt, duration_s=6)
    camera = Camera(move, pace) if move else story.shots[0].camera
    changes = {"place": place, "weather": weather, "time_of_day": time_of_day}
    given = {name: value for name, value in changes.items() if value}
    return replace(story, shots=(Shot(1.0, camera, "wide"),), **given)


def blank(width, height):
    """Planes of a black frame."""
    half = height // 2, width // 2
    return Yuv(
        np.zeros((height, width), np.uint8), np.zeros(half, np.uint8), np.zeros(half, np.uint8)
    )


def draw(story, numbers, *, num_frames=50, width=WIDTH, height=HEIGHT):
    """Some frames' luma, as (height, width) uint8 arrays."""
    renderer = Renderer(story, width=width, height=height, fps=FPS, num_frames=num_frames)
    frames = []
    for number in numbers:
        planes = blank(width, height)
        renderer.draw(number, planes)
        frames.append(planes.y)
    return frames


def shoot(
    story,
    to,
    *,
    num_frames=50,
    sound_rate=None,
    width=WIDTH,
    height=HEIGHT,
    report=lambda _: None,
    cancelled=lambda: False,
):
    """A small mp4 of a storyboard."""
    clip = Clip(width, height, FPS, num_frames, sound_rate)
    with Mp4Writer(to, width=width, height=height, fps=FPS, sound_rate=sound_rate) as writer:
        film_story(story, clip, writer, report=report, cancelled=cancelled)
    return to


def decode(path):
    """Every frame of a file as (height, width, 3) uint8 sRGB."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
