"""Where and when a clip plays, its weather, looks and sounds."""

from __future__ import annotations

from typing import Final, cast

from ltx_widgets.engines.preview.lexicon.scenes import WEAK_PLACES
from ltx_widgets.engines.preview.lexicon.subjects import GROUPS, TRAITS
from ltx_widgets.engines.preview.reading.phrases import Match, split_list
from ltx_widgets.engines.preview.storyboard import Place, Subject, TimeOfDay, Weather

__all__ = ["is_snowy", "read_place", "read_sounds", "read_style", "read_time", "read_weather"]

MOST_SOUNDS: Final = 6
# The strongest weather in the prompt wins: a stormy sky is cloudy too.
_STRENGTH: Final[tuple[Weather, ...]] = ("storm", "snow", "rain", "fog", "wind", "cloudy", "clear")
_PLACE_SOUNDS: Final[dict[Place, tuple[str, ...]]] = {
    "sea": ("waves",), "lake": ("waves",), "river": ("river",), "forest": ("forest",),
    "mountains": ("wind",), "desert": ("wind",), "meadow": ("wind",), "snowfield": ("wind",),
    "city_street": ("city", "traffic"), "skyline": ("city",), "village": ("wind",),
    "room": ("room",), "space": ("space",), "sky": ("wind",), "underwater": ("underwater",),
    "abstract": (),
}  # fmt: skip
_WEATHER_SOUNDS: Final[dict[Weather, tuple[str, ...]]] = {
    "storm": ("wind", "rain", "thunder"), "snow": ("wind",), "rain": ("rain",),
    "wind": ("wind",), "fog": (), "cloudy": (), "clear": (),
}  # fmt: skip
_OPEN: Final = frozenset({"sea", "lake", "river", "forest", "meadow", "village", "mountains"})
_GREEN: Final = frozenset({"forest", "meadow", "village", "lake", "river"})
_BEDS: Final = frozenset(
    {"wind", "rain", "waves", "river", "city", "traffic", "forest", "fire", "room"}
    | {"underwater", "space", "crickets", "birdsong"}
)
_LAUNCH_SITES: Final[dict[str, Place]] = {"rocket": "desert", "spaceship": "desert"}
_LIT_BY_NIGHT: Final = frozenset({"candle", "campfire", "lantern"})


def is_snowy(matches: tuple[Match, ...]) -> bool:
    """Whether snow lies on the ground or falls on it."""
    return read_weather(matches) == "snow" or any(
        m.value("place") == "snowfield" or "snowy" in m.words.split() for m in matches
    )


def read_place(matches: tuple[Match, ...], subjects: tuple[Subject, ...]) -> Place:
    """Where it plays; what would be green is a snowfield where snow lies."""
    place = _find_place(matches, subjects)
    if place in {"sky", "space"} and subjects and subjects[0].motion == "rises":
        # Whatever rises into the sky leaves the ground.
        place = _LAUNCH_SITES.get(subjects[0].kind, "meadow")
    return "snowfield" if place == "meadow" and is_snowy(matches) else place


def _find_place(matches: tuple[Match, ...], subjects: tuple[Subject, ...]) -> Place:
    """The first place named, else where the weather or the main subject belongs."""
    weak = frozenset(split_list(WEAK_PLACES))
    named = [m for m in matches if m.value("place")]
    strong = [m for m in named if m.words not in weak and m.value("weak_place") is None]
    if strong:
        return cast("Place", strong[0].value("place"))
    if named:
        return cast("Place", named[0].value("place"))
    if read_weather(matches) == "snow":
        return "snowfield"
    if any(m.value("style") == "neon" for m in matches):
        return "city_street"
    if subjects:
        return cast("Place", TRAITS[subjects[0].kind][1])
    hinted = any(m.value("time") or m.value("weather") for m in matches)
    return "meadow" if hinted else "abstract"


def read_time(matches: tuple[Match, ...], place: Place, subjects: tuple[Subject, ...]) -> TimeOfDay:
    """The first time of day named; night for lamps, neon and space; else day."""
    for match in matches:
        if match.value("time"):
            return cast("TimeOfDay", match.value("time"))
    if place == "space" or any(s.kind in _LIT_BY_NIGHT for s in subjects):
        return "night"
    if any(m.value("style") in {"neon", "noir"} for m in matches):
        return "night"
    return "day"


def read_weather(matches: tuple[Match, ...]) -> Weather:
    """The strongest weather named, else clear."""
    named = {m.value("weather") for m in matches}
    return next((weather for weather in _STRENGTH if weather in named), "clear")


def read_style(matches: tuple[Match, ...]) -> tuple[str, ...]:
    """The looks named, each once, in order."""
    return tuple(dict.fromkeys(style for m in matches if (style := m.value("style"))))


def read_sounds(
    prompt: str,
    matches: tuple[Match, ...],
    place: Place,
    when: TimeOfDay,
    weather: Weather,
    subjects: tuple[Subject, ...],
) -> tuple[str, ...]:
    """What is heard: sounds named first, then what weather, place and subjects bring."""
    named = list(dict.fromkeys(sound for m in matches if (sound := m.value("sound"))))
    if "silence" in named:
        return ("silence",)
    if any(mark in prompt for mark in '"“„«'):
        named.append("voices")
    heard = [*named, *_WEATHER_SOUNDS[weather]]
    # A prompt that names its own ambience gets no other.
    if not _BEDS & set(heard) or place in {"underwater", "space"}:
        heard += _PLACE_SOUNDS[place]
    if not named and weather == "clear":
        heard += _wildlife(place, when)
    for subject in subjects:
        heard += _noises(subject, place)
    if not any(m.value("no_music") is not None for m in matches):
        heard.append("music")
    else:
        heard = [sound for sound in heard if sound != "music"]
    ordered = list(dict.fromkeys(heard))
    if len(ordered) > MOST_SOUNDS and "music" in ordered:
        return (*[s for s in ordered if s != "music"][: MOST_SOUNDS - 1], "music")
    return tuple(ordered[:MOST_SOUNDS])


def _wildlife(place: Place, when: TimeOfDay) -> list[str]:
    """Small animals one would hear in fair weather."""
    if place == "sea" and when != "night":
        return ["seagulls"]
    if place not in _GREEN:
        return []
    return ["crickets"] if when in {"night", "dusk"} else ["birdsong"]


def _noises(subject: Subject, place: Place) -> list[str]:
    """What a subject adds by being there and moving."""
    if place in {"space", "underwater"}:
        return []
    moving = subject.motion in {"walks", "runs"}
    if subject.kind in GROUPS["hoofed"] and moving:
        return ["gallop"]
    if (subject.kind in GROUPS["people"] or subject.kind == "robot") and moving:
        return ["footsteps"]
    if subject.kind in GROUPS["motors"] and subject.motion == "drives":
        return ["engine"]
    own = {
        "train": ["train"], "airplane": ["engine"], "helicopter": ["engine"], "rocket": ["engine"],
        "campfire": ["fire"], "seagull": ["seagulls"], "piano": ["piano"], "bird": ["birdsong"],
    }  # fmt: skip
    return own.get(subject.kind, [])
