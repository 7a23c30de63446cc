"""Who is in the clip: kinds, motions, headings, counts and colours."""

from __future__ import annotations

import math
from typing import Final, Literal, cast

from ltx_widgets.engines.preview.lexicon.scenes import COLOURS
from ltx_widgets.engines.preview.lexicon.subjects import GROUPS, SUBJECT_COLOURS, TRAITS
from ltx_widgets.engines.preview.reading.camerawork import camera_verbs, find_direction
from ltx_widgets.engines.preview.reading.phrases import Match, Token
from ltx_widgets.engines.preview.storyboard import Subject

__all__ = ["colours_of_cast", "read_cast"]

RGB = tuple[int, int, int]
Heading = Literal["left", "right"]

MOST_SUBJECTS: Final = 3
_REACH_BEFORE: Final = 4
_MOUNTS: Final = frozenset({"rider", "bicycle", "motorcycle", "car", "taxi", "bus", "truck"})
_MOUNT_REACH: Final = 6
_RIDING: Final = frozenset({"drives", "sails"})
_PLURALS: Final = {
    "bird": 5, "seagull": 5, "butterfly": 5, "fish": 6, "jellyfish": 5, "flower": 7,
    "tree": 5, "pine": 6, "palm": 4, "lantern": 5, "balloon": 5, "sheep": 5, "mushroom": 4,
}  # fmt: skip
_SINGULAR_ENDINGS: Final = ("ss", "us", "is")
_PEOPLE_WORDS: Final = {"people": 3, "men": 2, "women": 2, "children": 3, "crowd": 7}
_BOATS: Final = frozenset({"sailboat", "ship", "boat"})
_AIRCRAFT: Final = frozenset({"airplane", "helicopter", "rocket", "spaceship"})
_LIFTED: Final = frozenset({"rocket", "spaceship"})
_SEA: Final = frozenset({"fish", "whale", "dolphin", "turtle", "jellyfish"})
# kinds: (what becomes of a verb, what of all other verbs; "" keeps them)
_HABITS: Final[tuple[tuple[frozenset[str], dict[str, str], str], ...]] = (
    (_BOATS, {"sails": "sails", "floats": "floats", "stands": "floats"}, "sails"),
    (_SEA, {"floats": "floats", "stands": "floats"}, "swims"),
    (GROUPS["motors"] | {"bicycle", "train"}, {"stands": "stands"}, "drives"),
    (_LIFTED, {"floats": "floats", "stands": "stands", "rises": "rises"}, "flies"),
    (_AIRCRAFT, {"floats": "floats", "stands": "stands"}, "flies"),
    (frozenset({"rider"}), {"walks": "walks", "stands": "stands"}, "runs"),
    (frozenset({"balloon"}), {"stands": "stands", "flies": "flies", "rises": "rises"}, "floats"),
    (frozenset({"planet"}), {"stands": "stands", "flies": "flies"}, "floats"),
    (frozenset({"kite"}), {"stands": "stands", "floats": "floats"}, "flies"),
    (frozenset({"ball"}), {"stands": "stands", "floats": "floats", "flies": "flies"}, "runs"),
    (GROUPS["winged"] | {"swan"}, {"drives": "flies", "sails": "flies", "rises": "flies"}, ""),
    (GROUPS["people"], dict.fromkeys(("drives", "sails", "sways", "rises"), "stands"), ""),
)


def read_cast(
    tokens: tuple[Token, ...], matches: tuple[Match, ...], *, otherwise: Heading = "right"
) -> tuple[Subject, ...]:
    """Up to three subjects, the first one first.

    Args:
        tokens: The whole prompt.
        matches: All matches that are not negated.
        otherwise: Heading of who has none in the prompt.
    """
    found = _find_subjects(tokens, matches)
    colours = colours_of_cast(tokens, matches)
    cameras = camera_verbs(matches)
    turns = tuple(
        m for m in matches if (m.value("turning") or m.value("motion")) and m.start not in cameras
    )
    subjects: list[Subject] = []
    for place, match in enumerate(found):
        kind = match.value("subject") or ""
        if any(subject.kind == kind for subject in subjects):
            continue
        if len(subjects) == MOST_SUBJECTS:
            break
        verb = _find_verb(matches, cameras, found, place)
        subjects.append(
            Subject(
                kind=kind,
                word="rider" if kind == "rider" else match.text,
                motion=_settle_motion(kind, verb.value("motion") if verb else None),
                heading=_read_heading(tokens, turns, match, verb, otherwise),
                count=_read_count(tokens, matches, match),
                colour=colours.get(match.start) or SUBJECT_COLOURS.get(match.words),
            )
        )
    return tuple(subjects)


def colours_of_cast(tokens: tuple[Token, ...], matches: tuple[Match, ...]) -> dict[int, RGB]:
    """The colour words that belong to a subject: start of its match → sRGB colour.

    A colour belongs to the subject right after it ("red fox"), or as clothing or after "in" to the
    person before it ("a woman in a red coat").
    """
    colours: dict[int, RGB] = {}
    for match, owner in _owned_colours(tokens, matches):
        colours.setdefault(owner.start, COLOURS[match.value("colour") or ""][0])
    return colours


def owned_colour_starts(tokens: tuple[Token, ...], matches: tuple[Match, ...]) -> frozenset[int]:
    """Starts of the colour words that a subject wears; the others tint the picture."""
    return frozenset(match.start for match, _ in _owned_colours(tokens, matches))


def _owned_colours(
    tokens: tuple[Token, ...], matches: tuple[Match, ...]
) -> list[tuple[Match, Match]]:
    """Pairs of a colour and the subject it belongs to."""
    pairs = []
    person: Match | None = None
    for number, match in enumerate(matches):
        kind = match.value("subject")
        if kind in GROUPS["people"] or kind in {"robot", "rider"}:
            person = match
        if not match.value("colour"):
            continue
        following = [
            other
            for other in matches[number + 1 : number + 4]
            if other.start - match.end < _REACH_BEFORE - 1
            and other.clause == match.clause
            and (other.value("subject") or other.value("clothes") is not None
                 or other.value("surface"))
        ]  # fmt: skip
        worn = match.start > 0 and tokens[match.start - 1].word in {"in", "wear", "wearing"}
        if following and following[0].value("clothes") is not None:
            owner = person
        elif following and following[0].value("subject"):
            owner = following[0]
        elif following:
            owner = None
        else:
            # French puts the colour after its noun: "un renard rouge".
            named = [m for m in matches[max(0, number - 1) : number] if m.value("subject")]
            owner = next((m for m in named if m.end == match.start), person if worn else None)
        if owner is not None:
            pairs.append((match, owner))
    return pairs


def _find_subjects(tokens: tuple[Token, ...], matches: tuple[Match, ...]) -> list[Match]:
    """The matches that are somebody: not what is only heard, nor who sits in the vehicle."""
    heard = {
        tokens[at].clause
        for at in range(len(tokens) - 1)
        if tokens[at].word in {"sound", "noise", "sounds"} and tokens[at + 1].word == "of"
    }
    seen = [m for m in matches if m.value("subject") and m.clause not in heard]
    kept = []
    for number, match in enumerate(seen):
        mount = seen[number + 1] if number + 1 < len(seen) else None
        if (
            mount is not None
            and match.value("subject") in GROUPS["people"]
            and mount.value("subject") in _MOUNTS | _BOATS
            and mount.start - match.end <= _MOUNT_REACH
            and (
                mount.value("subject") == "rider"
                or any(
                    m.value("motion") in _RIDING and match.end <= m.start < mount.start
                    for m in matches
                )
            )
        ):
            continue
        kept.append(match)
    return kept


def _find_verb(
    matches: tuple[Match, ...], cameras: frozenset[int], found: list[Match], place: int
) -> Match | None:
    """The verb of a subject: after it in its sentence, right before it, or a companion's."""
    subject = found[place]
    verbs = [m for m in matches if m.value("motion") and m.start not in cameras]
    sentence = subject.sentence
    following = [m for m in verbs if m.start >= subject.end]
    before_next = found[place + 1].start if place + 1 < len(found) else math.inf
    own = [m for m in following if m.start < before_next and m.sentence == sentence]
    just_before = [m for m in verbs if 0 <= subject.start - m.end <= 1]
    companions = [m for m in following if m.sentence == sentence]
    inside = [subject] if subject.value("motion") else []
    later = following if place == 0 else []
    for choice in (just_before, own, inside, companions, later):
        if choice:
            return choice[0]
    return None


def _settle_motion(kind: str, motion: str | None) -> str:
    """What a kind really does when a verb says so: cars drive, houses stay."""
    own = TRAITS[kind][0]
    if motion is None or kind in GROUPS["rooted"]:
        return own
    for kinds, settled, otherwise in _HABITS:
        if kind in kinds:
            return settled.get(motion, otherwise or motion)
    return {"drives": "walks", "sails": "walks", "rises": own}.get(motion, motion)


def _read_heading(
    tokens: tuple[Token, ...],
    turns: tuple[Match, ...],
    subject: Match,
    verb: Match | None,
    otherwise: Heading,
) -> Heading:
    """Where somebody faces: the direction after their own verb, never the camera's."""
    own = [m for m in turns if m.sentence == subject.sentence and m.start >= subject.end]
    for turn in ([verb] if verb else []) + own:
        direction = find_direction(tokens, turn)
        if direction in {"left", "right"}:
            return cast("Heading", direction)
    return otherwise


def _read_count(tokens: tuple[Token, ...], matches: tuple[Match, ...], subject: Match) -> int:
    """How many: a number word before it, else a guess from the plural."""
    named = [
        int(m.value("count") or 1)
        for m in matches
        if m.value("count")
        and 0 <= subject.start - m.end < _REACH_BEFORE
        and m.clause == subject.clause
        and not any(
            other.value("subject") and m.end <= other.start < subject.start for other in matches
        )
    ]
    if named:
        return max(named)
    last = tokens[subject.end - 1]
    if last.raw in _PEOPLE_WORDS:
        return _PEOPLE_WORDS[last.raw]
    plural = last.raw != last.word and last.raw.endswith("s")
    if plural and not last.word.endswith(_SINGULAR_ENDINGS):
        return _PLURALS.get(subject.value("subject") or "", 3)
    return 1
