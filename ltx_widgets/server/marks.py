"""What a render process leaves beside a clip once it is whole.

A render is complete when its mark is there, and only then: a server that dies before it could write
that down finds the mark when it starts again, and renders nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["MARK", "leave_mark", "read_mark", "remove_mark"]

MARK = ".done"


def leave_mark(clip: Path, result: Mapping[str, Any]) -> None:
    """Say that a clip is whole, and what it is. All or nothing.

    Args:
        clip: The file.
        result: What the server is told of it.
    """
    draft = clip.with_suffix(f"{MARK}.part")
    # Without a mark the render still counts, as long as the server lives.
    with suppress(OSError):
        draft.write_text(json.dumps(result))
        draft.replace(clip.with_suffix(MARK))


def read_mark(clip: Path) -> dict[str, Any] | None:
    """The result of a clip that is whole; None where the render was cut short."""
    try:
        result: dict[str, Any] = json.loads(clip.with_suffix(MARK).read_text())
    except (OSError, ValueError):
        return None
    return result if clip.exists() else None


def remove_mark(clip: Path) -> None:
    """The result is written down elsewhere by now."""
    clip.with_suffix(MARK).unlink(missing_ok=True)
