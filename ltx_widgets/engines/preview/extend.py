"""Extend video: the user's clip, whole, and before or after it what goes on with its motion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.base import Rendered
from ltx_widgets.engines.preview.continuation import Onward, drift_of
from ltx_widgets.engines.preview.mood import Label, Mood
from ltx_widgets.engines.preview.motion import Motion, MotionReader
from ltx_widgets.engines.preview.planes import Yuv
from ltx_widgets.engines.preview.reading import read_as, read_prompt
from ltx_widgets.engines.preview.reel import Reel, read_ahead
from ltx_widgets.engines.preview.replay import Replay
from ltx_widgets.engines.preview.sound.onward import go_on
from ltx_widgets.engines.preview.source_clip import KEPT, SourceClip, yuv_copy
from ltx_widgets.engines.preview.storyboard import Storyboard
from ltx_widgets.engines.preview.task import SOUND_RATE, Task
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.sound import read_sound, sound_chunks
from ltx_widgets.video.source import VideoSource

__all__ = ["context_of", "draw_extension"]

_MOST_FRAMES = 505
_LONGEST_CONTEXT_S = 20.0
_SHORTEST_CONTEXT_S = 1.0
# The prompt's weather and colours come in slowly and stay half: the clip is still the clip.
_MOOD_S = 2.5
_MOOD = 0.55
_LABEL_S = 0.4


def draw_extension(task: Task) -> Rendered:
    """Draw an extend-video request."""
    cv2.setNumThreads(1)
    source = SourceClip.of(task.media["video_url"])
    prompt = task.asked.get("prompt") or ""
    seconds = float(task.asked["duration"])
    story = read_prompt(prompt, duration_s=seconds) if prompt else None
    added = round(seconds * source.fps)
    line = read_as(story) if story else "read as: going on as the clip does"
    total = source.num_frames + added
    task.say(line, total=total)
    task.say("preview engine: drawn by rules, not by AI", total=total)
    rate = SOUND_RATE if source.has_audio else None
    with (
        Mp4Writer(
            task.to,
            width=source.width,
            height=source.height,
            fps=source.fps,
            sound_rate=rate,
            metadata=task.tags(line),
            quantiser=KEPT.quantiser,
            fine_sound=True,
        ) as writer,
        Reel(task, writer, total=total) as reel,
    ):
        extension = _Extension(task, source, story, added, reel)
        how = extension.add_before() if task.asked["mode"] == "start" else extension.add_after()
    return task.finished(writer, line, how, KEPT.note)


def context_of(asked: float | None, *, duration: float, length: float, fps: float) -> float:
    """Seconds of the clip that the motion is read from.

    Args:
        asked: The request's `context`; None takes what fits in 505 frames together with the rest.
        duration: Seconds to add.
        length: Seconds of the clip.
        fps: Frames per second.
    """
    if asked is None:
        asked = max(_SHORTEST_CONTEXT_S, _MOST_FRAMES / fps - duration)
    return min(_LONGEST_CONTEXT_S, length, asked)


@dataclass(frozen=True, slots=True)
class _Extension:
    task: Task
    source: SourceClip
    story: Storyboard | None
    added: int
    reel: Reel

    def add_after(self) -> str:
        """The clip, then what follows it; says how that was made."""
        source, reel = self.source, self.reel
        context = self._context()
        reader = MotionReader(source.fps, context)
        if source.has_audio:
            reel.play(sound_chunks(source.path, rate=SOUND_RATE))
        seam: Picture | None = None
        with read_ahead(lambda: VideoSource(source.path)) as pictures:
            for number, picture in enumerate(pictures):
                if number >= source.num_frames - context - 1:
                    reader.look(picture.y)
                reel.show(picture)
                seam = picture
        if seam is None:
            raise source.without_frames()
        motion = reader.read()
        if source.has_audio:
            length = reel.num_frames
            reel.play(_once(lambda: self._sound(motion, length, backwards=False)))
        return self._draw(seam, motion, reel.num_frames, backwards=False)

    def add_before(self) -> str:
        """What leads up to the clip, then the clip; says how that was made."""
        source, reel = self.source, self.reel
        context = self._context()
        reader = MotionReader(source.fps, context, backwards=True)
        seam: Picture | None = None
        end_s = float((context + 1) / source.fps)
        with read_ahead(lambda: VideoSource(source.path, end_s=end_s)) as pictures:
            for picture in pictures:
                self.task.check()
                reader.look(picture.y)
                seam = seam or picture
        if seam is None:
            raise source.without_frames()
        motion = reader.read()
        if source.has_audio:
            reel.play(_once(lambda: self._sound(motion, 0, backwards=True)))
        how = self._draw(seam, motion, 0, backwards=True)
        if source.has_audio:
            reel.play(sound_chunks(source.path, rate=SOUND_RATE))
        with read_ahead(lambda: VideoSource(source.path)) as pictures:
            for picture in pictures:
                reel.show(picture)
        return how

    def _context(self) -> int:
        source = self.source
        seconds = context_of(
            self.task.asked.get("context"),
            duration=float(self.task.asked["duration"]),
            length=float(source.num_frames / source.fps),
            fps=float(source.fps),
        )
        return max(2, round(seconds * source.fps))

    def _draw(self, seam: Picture, motion: Motion, length: int, *, backwards: bool) -> str:
        """Every new frame; `length` frames of the clip are shown already."""
        source, fps = self.source, float(self.source.fps)
        label = Label(source.width, source.height)
        mood = Mood(self.story, source.width, source.height) if self.story else None
        frames: Iterator[Picture]
        if motion.loop:
            first = 0 if backwards else length - motion.loop.length
            replay = Replay(
                source.path, fps=source.fps, first=first, length=motion.loop.length,
                backwards=backwards, seam=seam,
            )  # fmt: skip
            frames = self._replayed(replay)
            how = f"goes on with the clip's last {motion.loop.length / fps:.1f} s, which loop"
            how = how.replace("last", "first") if backwards else how
        else:
            still = yuv_copy(seam)
            if source.ours:
                label.cover(still)
            camera = self.story.shots[0].camera if self.story else None
            onward = Onward(still, motion, drift_of(motion, camera))
            frames = self._moved(onward, backwards=backwards)
            how = "goes on with the camera's move, slower and slower"
        self.task.say(how, done=self.reel.num_frames, total=source.num_frames + self.added)
        for number, picture in enumerate(frames):
            to = Yuv(picture.y, picture.u, picture.v)
            away = (self.added - number if backwards else number + 1) / fps
            if mood:
                mood.draw(to, number / fps, number, _MOOD * _ease(away / _MOOD_S))
            if not (source.ours and motion.loop):
                label.draw(to, 1 if source.ours else away / _LABEL_S)
            self.reel.show(picture)
        return how

    def _replayed(self, replay: Replay) -> Iterator[Picture]:
        for frame, part in replay.frames(self.added):
            picture = self.reel.blank(self.source.width, self.source.height)
            replay.join(frame, part, Yuv(picture.y, picture.u, picture.v))
            yield picture

    def _moved(self, onward: Onward, *, backwards: bool) -> Iterator[Picture]:
        for number in range(self.added):
            picture = self.reel.blank(self.source.width, self.source.height)
            steps = self.added - number if backwards else number + 1
            seconds = float(steps / self.source.fps)
            onward.draw(seconds, Yuv(picture.y, picture.u, picture.v))
            yield picture

    def _sound(self, motion: Motion, length: int, *, backwards: bool) -> NDArray[np.float32]:
        """What is heard with the new frames."""
        fps, seconds = self.source.fps, float(self._context() / self.source.fps)
        start_s = 0.0 if backwards else max(0.0, float(length / fps) - seconds)
        known = read_sound(self.source.path, rate=SOUND_RATE, start_s=start_s, max_s=seconds)
        wanted = round(seconds * SOUND_RATE)
        known = np.pad(known[:, :wanted], ((0, 0), (0, max(0, wanted - known.shape[1]))))
        count = round((length + self.added) / fps * SOUND_RATE) - round(length / fps * SOUND_RATE)
        loop = round(motion.loop.length / fps * SOUND_RATE) if motion.loop else None
        if backwards:
            return go_on(known[:, ::-1], count, rate=SOUND_RATE, loop=loop)[:, ::-1]
        return go_on(known, count, rate=SOUND_RATE, loop=loop)


def _once(make: Callable[[], NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """A stretch of sound that is made when it is first heard."""
    yield make()


def _ease(part: float) -> float:
    part = min(max(part, 0.0), 1.0)
    return part * part * (3 - 2 * part)
