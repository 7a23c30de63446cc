"""One medium of a request: a file with its hash and its facts, or an address that goes as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ltx_widgets.schema import MediaFacts, MediaKind

__all__ = ["Material"]


@dataclass(frozen=True, slots=True)
class Material:
    """One medium, checked.

    Attributes:
        kind: "image", "audio" or "video".
        label: Its name for people.
        url: An address that goes as it is; None for a file that is to be uploaded.
        path: That file: the user's own, or a converted copy; None for an address.
        sha256: Of the file's content, in hex; empty for an address.
        size: Bytes of the file.
        content_type: By its content.
        name: What it is called where it is uploaded; nothing of where it is here.
        facts: What is known of it; None for an address, which is fetched by the service alone.
        notes: What was converted, and why.
    """

    kind: MediaKind
    label: str
    # A data URI is media bytes, and a path is the user's own business.
    url: str | None = field(default=None, repr=False)
    path: Path | None = field(default=None, repr=False)
    sha256: str = field(default="", repr=False)
    size: int = 0
    content_type: str = ""
    name: str = ""
    facts: MediaFacts | None = None
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """One line for people: its name and its measures."""
        seen = self.facts
        if seen is None:
            return self.label
        said = [self.label]
        if seen.width:
            said.append(f"{seen.width} x {seen.height}")
        if seen.duration is not None:
            said.append(f"{seen.duration:.4g} s")
        if seen.fps:
            said.append(f"{seen.fps:.4g} fps")
        return ", ".join(said)
