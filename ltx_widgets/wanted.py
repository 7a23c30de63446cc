"""Which finished runs somebody looks for, and how that is said to SQLite."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

__all__ = ["Wanted", "fold"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which finished runs to find.

    Attributes:
        words: All of these stand in the prompt, in any order and in either case.
        endpoints: Full endpoint ids; any of them, where some are given.
        place: "hosted", "server" or "local"; anywhere if empty.
        kept: Whether only those that are marked to be kept.
        removed: Those that were taken out of the gallery, in place of those in there.
    """

    words: str = ""
    endpoints: tuple[str, ...] = ()
    place: str = ""
    kept: bool = False
    removed: bool = False

    def where(self) -> tuple[str, tuple[Any, ...]]:
        """The SQL of what is wanted, and its values; ``has_words`` is the database's to define."""
        clauses = ["state = 'finished'", f"removed IS {'NOT ' if self.removed else ''}NULL"]
        values: list[Any] = []
        if self.endpoints:
            clauses.append("endpoint IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(self.endpoints))
        if self.place:
            clauses.append("place = ?")
            values.append(self.place)
        if self.kept:
            clauses.append("kept = 1")
        if words := fold(self.words):
            clauses.append("has_words(?, json_extract(request, '$.prompt'))")
            values.append(words)
        return f"WHERE {' AND '.join(clauses)}", tuple(values)


def fold(text: str) -> str:
    """Text as it is compared: cases, and the ways to write one letter, do not count."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
