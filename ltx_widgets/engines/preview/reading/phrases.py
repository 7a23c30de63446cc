"""Find the lexicon's words and phrases in a prompt, longest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ltx_widgets.engines.preview.lexicon import camera, scenes, subjects

__all__ = ["Match", "Token", "find_matches", "normalise", "split_list", "tokenise"]

# A blank line ends a sentence; a single line break is where a prompt was wrapped.
_TOKEN = re.compile(r'[^\W_]+|\n\s*\n|[.!?;:,"“”„«»()]')
_QUOTES = frozenset('"“”„«»')
_APOSTROPHES = frozenset("'`\u2019\u02bc")
_SENTENCE_ENDS = frozenset(".!?;:\n")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the prompt.

    Attributes:
        word: Its base form where the lexicon knows one, else the word itself.
        raw: As typed, folded to lower case without accents.
        sentence: Number of its sentence.
        clause: Number of the stretch between two punctuation marks, over the whole prompt.
    """

    word: str
    raw: str
    sentence: int
    clause: int


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase of the lexicon, found in the prompt.

    Attributes:
        start: Index of its first token.
        end: Index after its last token.
        senses: What it may mean: (slot, value) pairs.
        text: The words as typed.
        words: The words in base form.
        sentence: Number of its sentence.
        clause: Number of its clause.
    """

    start: int
    end: int
    senses: Mapping[str, str]
    text: str
    words: str
    sentence: int
    clause: int

    def value(self, slot: str) -> str | None:
        """The value it gives to a slot, or None."""
        return self.senses.get(slot)


def normalise(text: str) -> str:
    """Fold case, accents and apostrophes: "L'Été" becomes "lete", "Straße" "strasse"."""
    folded = unicodedata.normalize("NFKD", text.casefold()).casefold()
    return "".join(
        mark for mark in folded if not unicodedata.combining(mark) and mark not in _APOSTROPHES
    )


def split_list(entries: str) -> tuple[str, ...]:
    """Split a lexicon line at its commas."""
    return tuple(entry.strip() for entry in entries.split(",") if entry.strip())


def _reductions(word: str) -> Iterator[str]:
    """Possible base forms of an inflected word, the most reduced first."""
    for suffix in ("iest", "ies", "ing", "ed", "es", "er", "y", "s"):
        stem = word[: -len(suffix)]
        if not word.endswith(suffix) or len(stem) < _SHORTEST_STEM:
            continue
        if suffix in {"ies", "iest"}:
            yield stem + "y"
        if suffix in {"ing", "ed", "y", "er"} and stem[-1] == stem[-2]:
            yield stem[:-1]
        if suffix != "er" or stem[-1] == stem[-2]:
            yield stem
        if suffix in {"ing", "ed"}:
            yield stem + "e"


def _entries() -> Iterator[tuple[str, str, str]]:
    """Every phrase of the lexicon as (slot, value, phrase)."""
    tables: Iterable[tuple[str, dict[str, str]]] = (
        ("subject", subjects.SUBJECTS),
        ("motion", subjects.MOTIONS),
        ("turning", subjects.HEADINGS),
        ("count", subjects.COUNTS),
        ("clothes", {"": subjects.CLOTHES}),
        ("place", scenes.PLACES),
        ("weak_place", {"": scenes.WEAK_PLACES}),
        ("time", scenes.TIMES),
        ("weather", scenes.WEATHERS),
        ("style", scenes.STYLES),
        ("surface", scenes.SURFACES),
        ("colour", {name: words for name, (_, words) in scenes.COLOURS.items()}),
        ("move", camera.MOVES),
        ("turn", {name: words for name, (_, words) in camera.TURNS.items()}),
        ("weak_turn", camera.WEAK_TURNS),
        ("direction", camera.DIRECTIONS),
        ("actor", {"": camera.ACTORS}),
        ("pace", camera.PACES),
        ("framing", camera.FRAMINGS),
        ("cut", {"": camera.CUTS}),
        ("negation", {"": camera.NEGATIONS}),
        ("sound", camera.SOUNDS),
        ("no_music", {"": camera.MUTED_MUSIC}),
        ("nothing", {"": camera.NOTHING}),
    )
    for slot, table in tables:
        for value, line in table.items():
            for phrase in split_list(line):
                yield slot, value, phrase


class _Index:
    """The lexicon turned around: from words to senses. Built once, never changed."""

    def __init__(self) -> None:
        phrases = [(slot, value, phrase.split()) for slot, value, phrase in _entries()]
        self.singles = frozenset(words[0] for *_, words in phrases if len(words) == 1)
        self.vocabulary = frozenset(word for *_, words in phrases for word in words)
        self.senses: dict[tuple[str, ...], dict[str, str]] = {}
        for slot, value, words in phrases:
            key = tuple(self.base_form(word) for word in words)
            self.senses.setdefault(key, {}).setdefault(slot, value)
        self.longest: dict[str, int] = {}
        for key in self.senses:
            self.longest[key[0]] = max(self.longest.get(key[0], 0), len(key))
        self.adverbs = frozenset(
            key[0]
            for key, senses in self.senses.items()
            if len(key) == 1 and next(iter(senses)) == "pace"
        )
        self.skipped = frozenset(self.base_form(word) for word in split_list(camera.SKIPPED))

    def base_form(self, word: str) -> str:
        """A single-word entry stays; else the shortest known base form; else the word."""
        if word in self.singles:
            return word
        return next((base for base in _reductions(word) if base in self.vocabulary), word)


_INDEX = _Index()
_base_form = lru_cache(4096)(_INDEX.base_form)
SKIPPED = _INDEX.skipped
"""Words that may stand between a verb and its direction."""


def tokenise(prompt: str) -> tuple[Token, ...]:
    """Cut a prompt into words; speech in double quotes is heard, not seen, and left out."""
    tokens: list[Token] = []
    sentence = clause = 0
    marks = _TOKEN.findall(normalise(prompt))
    closing = sum(mark in _QUOTES for mark in marks) // 2 * 2
    quotes = 0
    for mark in marks:
        if mark in _QUOTES:
            quotes += 1
            clause += 1
        elif not mark[0].isalnum():
            clause += 1
            sentence += mark[0] in _SENTENCE_ENDS
        elif quotes % 2 == 0 or quotes > closing:
            tokens.append(Token(_base_form(mark), mark, sentence, clause))
    return tuple(tokens)


def _match_at(tokens: tuple[Token, ...], start: int) -> Match | None:
    """The longest phrase from a token on; a pace word may stand inside ("push slowly in")."""
    first = tokens[start]
    best: Match | None = None
    words: list[str] = []
    for at in range(start, min(len(tokens), start + _INDEX.longest.get(first.word, 0) + 1)):
        if tokens[at].clause != first.clause:
            break
        if words and tokens[at].word in _INDEX.adverbs:
            continue
        words.append(tokens[at].word)
        senses = _INDEX.senses.get(tuple(words))
        if senses:
            text = " ".join(token.raw for token in tokens[start : at + 1])
            joined = " ".join(words)
            best = Match(start, at + 1, senses, text, joined, first.sentence, first.clause)
    return best


def find_matches(tokens: tuple[Token, ...]) -> tuple[Match, ...]:
    """All phrases in order, without overlap, the longest first at each place."""
    found: list[Match] = []
    at = 0
    while at < len(tokens):
        match = _match_at(tokens, at)
        if match is None:
            at += 1
            continue
        found.append(match)
        # An adverb inside a phrase is a word of its own too: it sets the pace.
        found.extend(
            inner
            for inside in range(match.start + 1, match.end)
            if tokens[inside].word in _INDEX.adverbs
            and tokens[inside].word not in match.words.split()
            and (inner := _match_at(tokens, inside)) is not None
            and inner.end <= match.end
        )
        at = match.end
    return tuple(found)
