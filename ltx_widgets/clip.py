"""A finished clip: its file, its facts, and one HTML output that survives sharing.

The output is a plain ``text/html``: it plays in a trusted and an untrusted notebook, with and
without a kernel. Measured in JupyterLab 4.6: ``<video src="data:…">`` survives its sanitizer,
``<source src="data:…">`` does not, ``video/mp4`` as a MIME type is shown by nothing, and a
widget needs its kernel.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

from ltx_widgets.errors import MediaError

__all__ = ["Clip"]


@dataclass(frozen=True)
class Clip:
    """A finished clip on disk.

    Attributes:
        path: The mp4, at full quality.
        url: Where the service keeps it; such addresses expire.
        width: Pixels.
        height: Pixels.
        fps: Frames per second.
        frames: Frames in all.
        duration: Seconds.
        audio: Whether there is a sound track.
        endpoint: Who was asked.
        request: What was asked.
        request_id: The job that made it.
        cost: US dollars as text for people, "free" for local clips.
        engine: "preview" for clips of our own engine; empty for real ones.
        notes: What the engine said of it, such as how the prompt was read.
    """

    path: Path
    url: str
    width: int
    height: int
    fps: float
    frames: int
    duration: float
    audio: bool
    endpoint: str
    request: Mapping[str, Any] = field(repr=False)
    request_id: str = field(repr=False)
    cost: str = ""
    engine: str = ""
    notes: tuple[str, ...] = field(default=(), repr=False)

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
            audio=seen.has_audio,
            **facts,
        )

    def __repr__(self) -> str:
        # Stable on purpose: no path, id or time, so that a re-run notebook shows no difference.
        return f"Clip({self.summary})"

    @property
    def summary(self) -> str:
        """One line of facts: size, length, rate, sound, who made it, cost."""
        sound = "with sound" if self.audio else "silent"
        maker = f"{self.engine}, not AI" if self.engine else self.endpoint
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

    @cached_property
    def html(self) -> str:
        """The output: a small copy inside the page, a poster, a caption. About a second's work."""
        from ltx_widgets.video.share import poster, small_copy

        small = base64.b64encode(small_copy(self.path)).decode()
        still = base64.b64encode(poster(self.path)).decode()
        width = 640 if self.width >= self.height else 300
        prompt = str(self.request.get("prompt", ""))
        notes = "".join(f"<br>{escape(note)}" for note in self.notes)
        return (
            f'<figure class="ltx-clip" style="margin:0;max-width:{width}px">'
            # src on the video element itself, never on a source element (see above).
            f'<video controls playsinline preload="metadata" '
            f'style="width:100%;border-radius:6px;background:#000" '
            f'aria-label="{escape(prompt[:200], quote=True)}" '
            f'poster="data:image/jpeg;base64,{still}" '
            f'src="data:video/mp4;base64,{small}"></video>'
            f'<figcaption style="font-size:90%;opacity:.8">{escape(self.summary)}{notes}'
            f"</figcaption></figure>"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}
