"""What the camera does in one shot, and how near it is."""

from __future__ import annotations

from typing import Final, Literal, cast

from ltx_widgets.engines.preview.lexicon.camera import DIRECTIONS, TURNS
from ltx_widgets.engines.preview.lexicon.subjects import GROUPS
from ltx_widgets.engines.preview.reading.phrases import SKIPPED, Match, Token, split_list
from ltx_widgets.engines.preview.storyboard import Camera, CameraMove, Subject

__all__ = ["camera_verbs", "find_direction", "read_camera", "read_framing"]

Framing = Literal["wide", "medium", "close"]

_DIRECTIONS: Final = {word: name for name, line in DIRECTIONS.items() for word in split_list(line)}
_DIRECTION_REACH: Final = 8
_ACTOR_REACH: Final = 8
_PACE_REACH: Final = 4
_BARE: Final = frozenset({"move", "pan"})
_VAGUE: Final = ("drone shot", "aerial shot", "fpv", "flyover", "fly over", "crane shot")
_SMALL: Final = frozenset(
    {"butterfly", "flower", "mushroom", "candle", "cup", "teapot", "vase", "book", "clock", "ball"}
)


def find_direction(tokens: tuple[Token, ...], match: Match) -> str | None:
    """The direction a verb takes: the last of "from left to right", or a word just before."""
    found = None
    stop = min(len(tokens), match.end + _DIRECTION_REACH)
    for at in range(match.start, stop):
        token = tokens[at]
        if token.clause != tokens[match.start].clause:
            break
        direction = _DIRECTIONS.get(token.word)
        if direction and at + 1 < len(tokens) and tokens[at + 1].word == "of":
            # "Sits left of a tree" says where, not where to.
            break
        found = direction or found
        if at >= match.end and not direction and token.word not in SKIPPED:
            break
    if found is None and match.start:
        before = tokens[match.start - 1]
        if before.clause == tokens[match.start].clause:
            found = _DIRECTIONS.get(before.word)
    return found


def camera_verbs(matches: tuple[Match, ...]) -> frozenset[int]:
    """Starts of the matches that follow a camera word: what people and cameras both do is its.

    "The camera circles a tower" moves the camera; in "a shot of an eagle circling" a subject stands
    between, and the eagle flies.
    """
    verbs = set()
    actor: Match | None = None
    for match in matches:
        if actor is not None and (
            match.sentence != actor.sentence or match.start - actor.start > _ACTOR_REACH
        ):
            actor = None
        if match.value("actor") is not None or match.words in _VAGUE:
            actor = match
        elif actor is not None:
            verbs.add(match.start)
        if match.value("subject"):
            actor = None
    return frozenset(verbs)


def read_camera(tokens: tuple[Token, ...], matches: tuple[Match, ...], heading: str) -> Camera:
    """The camera of one shot.

    Args:
        tokens: The whole prompt.
        matches: The matches of this shot.
        heading: Where the main subject goes; a tracking camera goes with it.
    """
    verbs = camera_verbs(matches)
    moves = [
        (move, match)
        for match in matches
        if (move := _move_of(tokens, match, verbs, heading)) is not None
    ]
    if not moves:
        return Camera()
    move, match = min(moves, key=lambda pair: (_vagueness(*pair), pair[1].start))
    return Camera(move=move, pace=_read_pace(match, matches))


def read_framing(matches: tuple[Match, ...], number: int, subjects: tuple[Subject, ...]) -> Framing:
    """How near a shot is; without a word, small things are close and later shots nearer."""
    for match in matches:
        framing = match.value("framing")
        if framing:
            return cast("Framing", framing)
    if subjects and subjects[0].kind in _SMALL:
        return "close" if number else "medium"
    order: tuple[Framing, ...] = ("wide", "medium", "close")
    near = bool(subjects) and subjects[0].kind in GROUPS["people"]
    return order[min(number + (near and number == 0), 2)]


def _move_of(
    tokens: tuple[Token, ...], match: Match, verbs: frozenset[int], heading: str
) -> CameraMove | None:
    """The move a match stands for, if any."""
    move = match.value("move")
    if move:
        return cast("CameraMove", move)
    turn = match.value("turn")
    if turn:
        return _turn(turn, find_direction(tokens, match), heading)
    weak = match.value("weak_turn")
    if weak is None or match.start not in verbs:
        return None
    direction = find_direction(tokens, match)
    if weak in _BARE and direction is None:
        return None
    return _turn(weak, direction, heading)


def _turn(turn: str, direction: str | None, heading: str) -> CameraMove:
    """Join a verb and a direction: ("track", "left") is "track_left"."""
    if turn not in {*TURNS, "move"}:
        return cast("CameraMove", turn)
    if turn == "move":
        turn = "crane" if direction in {"up", "down"} else "track"
    if direction is None:
        direction = heading if turn == "track" else TURNS[turn][0]
    if direction in {"up", "down"}:
        turn = {"pan": "tilt", "tilt": "tilt"}.get(turn, "crane")
    elif turn == "tilt":
        turn = "pan"
    return cast("CameraMove", f"{turn}_{direction}")


def _vagueness(move: CameraMove, match: Match) -> int:
    """How little a camera phrase says; a precise one wins over "handheld drone shot"."""
    if move == "handheld":
        return 2
    return int(match.words in _VAGUE)


def _read_pace(match: Match, matches: tuple[Match, ...]) -> float:
    """The pace word nearest to the move, in its clause."""
    near = [
        other
        for other in matches
        if other.value("pace")
        and match.start - _PACE_REACH <= other.start <= match.end + _PACE_REACH
        and other.clause == match.clause
    ]
    if not near:
        return 1.0
    nearest = min(near, key=lambda other: abs(other.start - match.start))
    return float(nearest.value("pace") or 1.0)
