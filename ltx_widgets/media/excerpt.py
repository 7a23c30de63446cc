"""A part of a sound, wherever a sound can be given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError
from ltx_widgets.media.material import Material

__all__ = ["Excerpt", "cut_out"]

# Indexes are rounded, and a sound's length is then told a little too short.
_SLACK_S = 0.05


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a sound: ``ltx.Excerpt("song.mp3", 12, 20)`` in place of ``"song.mp3"``.

    What is sent is a copy of that part, exact to the sample, as AAC in an m4a of 48 kHz.

    Attributes:
        source: Anything that a sound can be given as, but an address that a service fetches.
        start_s: Where it starts, in seconds.
        end_s: Where it ends, in seconds.
    """

    source: Any
    start_s: float
    end_s: float

    @property
    def request_id(self) -> str | None:
        """The job that its source came from, if that is a clip."""
        found = getattr(self.source, "request_id", None)
        return found if isinstance(found, str) else None


def cut_out(whole: Material, start_s: float, end_s: float, *, folder: Path) -> Material:
    """A part of a sound as a material of its own; it keeps the label of the whole.

    Args:
        whole: The sound, as a file.
        start_s: Where the part starts, in seconds.
        end_s: Where it ends, in seconds.
        folder: Where the copy goes; made if missing.

    Raises:
        MediaError: there is no such part, or no file to take it from.
    """
    if whole.path is None or whole.facts is None or whole.kind != "audio":
        raise MediaError(
            f"only a sound in a file can be cut, and {whole.label} is none; give its path"
        )
    length = whole.facts.duration or 0.0
    if not (isfinite(start_s) and isfinite(end_s) and 0 <= start_s < end_s <= length + _SLACK_S):
        raise MediaError(
            f"{whole.label} lasts {length:.4g} s; expected a part of it, but {start_s:g} s to "
            f"{end_s:g} s is none"
        )
    # Only now: what cuts nothing loads no readers of sounds.
    from ltx_widgets.media.checking import checked_file
    from ltx_widgets.video.convert import sound_to_m4a

    to = private_folder(folder) / f"{whole.sha256[:32]}-{start_s:.3f}-{end_s:.3f}.m4a"
    if not to.exists():
        sound_to_m4a(whole.path, to, start_s=start_s, max_s=end_s - start_s)
    note = f"trimmed to {start_s:.4g} to {end_s:.4g} s of {length:.4g} s"
    made = checked_file(to, kind="audio", folder=folder, label=whole.label)
    return replace(made, notes=(*whole.notes, note))
