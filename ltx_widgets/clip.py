"""A finished clip: its file, its facts, and what goes on from it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ltx_widgets.errors import MediaError
from ltx_widgets.figure import Embed, Figure, draw_figure, read_embed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Clip", "Embed", "Shown", "read_embed"]

_NEWEST = "fal-ai/ltx-2.3"


@dataclass(frozen=True)
class Clip:
    """A finished clip on disk.

    Its frames and sound are read when they are asked for, one at a time: a clip of any length
    takes no memory. ``for frame in clip`` goes through its frames.

    Attributes:
        path: The mp4, at full quality.
        url: Where the service keeps it; such addresses expire.
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        frames: Frames in all.
        duration: Seconds.
        has_audio: Whether there is a sound track.
        endpoint: Who was asked.
        request: What was asked.
        request_id: The job that made it.
        cost: US dollars as text for people, "free" for local clips.
        engine: "preview" for clips of our own engine; empty for real ones.
        notes: What the engine said of it, such as how the prompt was read.
        parents: The request ids of the clips that its media came from, by field.
        chain: What makes clips from this one; set by the session that made it.
        embed: What it puts into a notebook; see `show`.
    """

    path: Path
    url: str
    width: int
    height: int
    fps: float
    frames: int
    duration: float
    has_audio: bool
    endpoint: str
    request: Mapping[str, Any] = field(repr=False)
    request_id: str = field(repr=False)
    cost: str = ""
    engine: str = ""
    notes: tuple[str, ...] = field(default=(), repr=False)
    parents: Mapping[str, str] = field(default_factory=dict, repr=False)
    chain: Callable[..., Clip] | None = field(default=None, repr=False, compare=False)
    embed: Embed = field(default="small", repr=False, compare=False)

    @classmethod
    def from_file(cls, path: Path, **facts: Any) -> Clip:
        """A clip whose picture facts are read from the file itself.

        Args:
            path: The mp4.
            facts: The other attributes.

        Raises:
            MediaError: the file is no video.
        """
        from ltx_widgets.video.probe import probe

        seen = probe(path)
        return cls(
            path=path,
            width=seen.width,
            height=seen.height,
            fps=seen.fps,
            frames=seen.num_frames,
            duration=seen.duration,
            has_audio=seen.has_audio,
            **facts,
        )

    def __repr__(self) -> str:
        # Stable on purpose: no path, id or time, so that a re-run notebook shows no difference.
        return f"Clip({self.summary})"

    @property
    def summary(self) -> str:
        """One line of facts: size, length, rate, sound, who made it, cost."""
        sound = "with sound" if self.has_audio else "silent"
        maker = f"{self.engine}, not AI" if self.engine else self.endpoint or "no recipe"
        facts = [f"{self.width} x {self.height}", f"{self.duration:g} s", f"{self.fps:g} fps"]
        return ", ".join([*facts, sound, maker, *([self.cost] if self.cost else [])])

    def save(self, to: str | Path) -> Path:
        """Copy the clip at full quality; a folder keeps its name.

        Raises:
            MediaError: the clip's own file is gone.
        """
        target = Path(to)
        if target.is_dir():
            target = target / self.path.name
        if not self.path.exists():
            raise MediaError(f"the clip's file is gone: {self.path}")
        return Path(shutil.copyfile(self.path, target))

    def frame(self, seconds: float) -> NDArray[np.uint8]:
        """The frame that is shown at one moment.

        Args:
            seconds: From 0 to `duration`; a negative one counts from the end.

        Returns:
            A (height, width, 3) uint8 sRGB array.

        Raises:
            MediaError: there is no such moment, or the file is gone.
        """
        from ltx_widgets.video.frames import frame_at, last_frame

        moment = seconds + self.duration if seconds < 0 else seconds
        if not 0 <= moment <= self.duration:
            raise MediaError(f"expected a moment from 0 to {self.duration:g} s, got {seconds:g} s")
        if moment >= self.duration - 0.5 / self.fps:
            return last_frame(self.path)
        return frame_at(self.path, moment)

    @property
    def first_frame(self) -> NDArray[np.uint8]:
        """The first frame, as a (height, width, 3) uint8 sRGB array."""
        return self.frame(0.0)

    @property
    def last_frame(self) -> NDArray[np.uint8]:
        """The last frame, as a (height, width, 3) uint8 sRGB array."""
        return self.frame(self.duration)

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Every frame in order, as (height, width, 3) uint8 sRGB arrays; one is held at a time."""
        from ltx_widgets.video.frames import each_frame

        return each_frame(self.path)

    def audio(self, rate: int = 48_000) -> NDArray[np.float32]:
        """The sound track.

        Args:
            rate: Samples per second.

        Returns:
            A (2, n) float32 array, -1 to 1, left and right; n is 0 for a silent clip.
        """
        if not self.has_audio:
            import numpy as np

            return np.zeros((2, 0), np.float32)
        from ltx_widgets.video.sound import read_sound

        return read_sound(self.path, rate=rate)

    @property
    def poster(self) -> bytes:
        """One representative frame as a JPEG, 480 pixels on its shorter side."""
        from ltx_widgets.video.share import poster

        return poster(self.path)

    def extend(self, prompt: str | None = None, *, duration: float = 5, **fields: Any) -> Clip:
        """Make a clip that goes on from this one, or leads up to it with ``mode="start"``.

        Args:
            prompt: What should happen there.
            duration: Seconds to add.
            fields: Other fields of extend-video; ``endpoint`` names another id.

        Raises:
            LTXError: whatever ends the job.
        """
        return self._go_on("extend-video", prompt, video_url=self, duration=duration, **fields)

    def retake(
        self, prompt: str, *, start_time: float = 0, duration: float = 5, **fields: Any
    ) -> Clip:
        """Make this clip with a section of it anew.

        Args:
            prompt: What the section should show.
            start_time: Where it begins, in seconds.
            duration: Its length in seconds.
            fields: Other fields of retake-video, such as ``retake_mode="replace_video"``.

        Raises:
            LTXError: whatever ends the job.
        """
        timing = {"start_time": start_time, "duration": duration}
        return self._go_on("retake-video", prompt, video_url=self, **timing, **fields)

    def animate(self, prompt: str, *, at: float | None = None, **fields: Any) -> Clip:
        """Make a new clip that begins with a frame of this one.

        Args:
            prompt: What should happen.
            at: Which frame, by its time in seconds; the last one if left out.
            fields: Other fields of image-to-video.

        Raises:
            LTXError: whatever ends the job.
        """
        image = self.last_frame if at is None else self.frame(at)
        came_from = {"image_url": self.request_id}
        return self._go_on("image-to-video", prompt, image_url=image, parents=came_from, **fields)

    def reframe(self, aspect_ratio: str = "9:16", **fields: Any) -> Clip:
        """Make this clip in another shape, following what matters in the picture.

        Args:
            aspect_ratio: "1:1", "4:5", "5:4", "9:16" or "16:9".
            fields: Other fields of reframe.

        Raises:
            LTXError: whatever ends the job.
        """
        return self._go_on("reframe", None, video_url=self, aspect_ratio=aspect_ratio, **fields)

    def _go_on(self, task: str, prompt: str | None, **fields: Any) -> Clip:
        if self.chain is None:
            raise MediaError(
                "no session made this clip; give it to one: ltx_widgets.run(…, video=clip)"
            )
        fields.setdefault("endpoint", f"{_NEWEST}/{task}")
        return self.chain(prompt, **fields)

    @property
    def html(self) -> str:
        """The output of `show`, as HTML. About a second's work."""
        return self._figure(self.embed).html

    def show(self, embed: Embed | None = None) -> Shown:
        """The clip as a cell's output.

        Args:
            embed: What plays in it. "small" is a copy of at most 1 MB, with MP3 sound; a notebook
                grows by at most 1.5 MB. "full" is every frame as it is, with MP3 sound, and a third
                larger than the file (Firefox plays no more than 32 MB so). "link" is the file
                itself: put into the folder ``clips`` beside the notebook, to be shared with it.
                Left out, it is what ``ltx_widgets.configure(embed=…)`` said; "small" at first.

        Raises:
            ConfigError: `embed` is none of these.
        """
        return Shown(self, read_embed(embed) if embed else self.embed)

    def _figure(self, embed: Embed) -> Figure:
        # The endpoint, which the summary of a preview leaves out, belongs under every picture.
        facts = self.summary
        if self.engine and self.endpoint:
            facts = f"{self.endpoint}, {facts}"
        return draw_figure(
            self.path,
            embed=embed,
            wide=self.width >= self.height,
            prompt=str(self.request.get("prompt") or ""),
            lines=(facts, *self.notes),
            url=self.url,
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self._figure(self.embed).bundle(repr(self))


@dataclass(frozen=True)
class Shown:
    """A clip to be shown in a given way. Made by `Clip.show`.

    Attributes:
        clip: Which.
        embed: How.
    """

    clip: Clip
    embed: Embed

    def __repr__(self) -> str:
        return repr(self.clip)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.clip._figure(self.embed).bundle(repr(self))  # noqa: SLF001 - its own part
