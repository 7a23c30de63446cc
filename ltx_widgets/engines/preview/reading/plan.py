"""Put the slots of a prompt together into a storyboard."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from ltx_widgets.engines.preview.reading import scene
from ltx_widgets.engines.preview.reading.camerawork import read_camera, read_framing
from ltx_widgets.engines.preview.reading.cast import read_cast
from ltx_widgets.engines.preview.reading.palette import read_palette
from ltx_widgets.engines.preview.reading.phrases import (
    Match,
    Token,
    find_matches,
    normalise,
    tokenise,
)
from ltx_widgets.engines.preview.storyboard import Shot, Storyboard, Subject

__all__ = ["read_prompt"]

MOST_SHOTS: Final = 3
SHORTEST_SHOT_S: Final = 2.0
_NEGATED_WORDS: Final = 4
_NEGATION_ENDS: Final = frozenset({"but", "with", "only", "just", "aber", "mais"})
_UNDERSTOOD: Final = frozenset(
    {"subject", "motion", "place", "time", "weather", "style", "colour", "move", "turn"}
    | {"framing", "sound", "no_music"}
)
_STILL: Final = frozenset({"stands", "sways"})


def read_prompt(prompt: str, *, duration_s: float) -> Storyboard:
    """Read a prompt into the plan of a clip.

    Args:
        prompt: Any text; English, with a few German and French words.
        duration_s: Length of the clip in seconds; it limits the number of shots.

    Returns:
        The same storyboard for the same arguments, on every machine.
    """
    tokens = tokenise(prompt)
    matches = _drop_negated(tokens, find_matches(tokens))
    cast = read_cast(tokens, matches)
    shots = _read_shots(tokens, matches, cast, duration_s)
    subjects = _follow_camera(cast, shots, tokens, matches)
    where = scene.read_place(matches, subjects)
    when = scene.read_time(matches, where, subjects)
    weather = scene.read_weather(matches)
    style = scene.read_style(matches)
    return Storyboard(
        place=where,
        time_of_day=when,
        weather=weather,
        subjects=subjects,
        shots=shots,
        palette=read_palette(
            tokens, matches, where, when, weather, style, snowy=scene.is_snowy(matches)
        ),
        style=style,
        sounds=scene.read_sounds(prompt, matches, where, when, weather, subjects),
        seed=int.from_bytes(_digest(prompt)[:8], "big"),
        read=tuple(m.text for m in matches if not _UNDERSTOOD.isdisjoint(m.senses)),
    )


def _digest(prompt: str) -> bytes:
    """Hash of the prompt without case, accents and spacing."""
    return hashlib.sha256(" ".join(normalise(prompt).split()).encode()).digest()


def _drop_negated(tokens: tuple[Token, ...], matches: tuple[Match, ...]) -> tuple[Match, ...]:
    """Leave out what a "no" or "without" stands before, in the same clause."""
    kept = []
    reach = clause = -1
    for match in matches:
        if match.value("negation") is not None:
            reach, clause = match.end + _NEGATED_WORDS, tokens[match.start].clause
            reach = next(
                (at for at in range(match.end, min(reach, len(tokens)))
                 if tokens[at].word in _NEGATION_ENDS),
                reach,
            )  # fmt: skip
        elif match.start >= reach or tokens[match.start].clause != clause:
            kept.append(match)
    return tuple(kept)


def _read_shots(
    tokens: tuple[Token, ...],
    matches: tuple[Match, ...],
    cast: tuple[Subject, ...],
    duration_s: float,
) -> tuple[Shot, ...]:
    """One shot, or up to three where the prompt cuts and the clip is long enough."""
    stretches: list[list[Match]] = [[]]
    room = max(1, min(MOST_SHOTS, int(max(duration_s, 0.0) // SHORTEST_SHOT_S)))
    for match in matches:
        if match.value("cut") is None:
            stretches[-1].append(match)
        elif stretches[-1] and len(stretches) < room:
            stretches.append([])
    stretches = [stretch for stretch in stretches if stretch] or [[]]
    heading = cast[0].heading if cast else "right"
    return tuple(
        Shot(
            share=1.0 / len(stretches),
            camera=read_camera(tokens, tuple(stretch), heading),
            framing=read_framing(tuple(stretch), number, cast),
        )
        for number, stretch in enumerate(stretches)
    )


def _follow_camera(
    cast: tuple[Subject, ...],
    shots: tuple[Shot, ...],
    tokens: tuple[Token, ...],
    matches: tuple[Match, ...],
) -> tuple[Subject, ...]:
    """Let who moves go the way the camera turns, unless the prompt says otherwise."""
    move = shots[0].camera.move
    if move not in {"pan_left", "track_left"}:
        return cast
    named = read_cast(tokens, matches, otherwise="left")
    return tuple(
        subject if subject.motion in _STILL else replace(subject, heading=other.heading)
        for subject, other in zip(cast, named, strict=True)
    )
