"""Say in one line how a prompt was read."""

from __future__ import annotations

from typing import Final

from ltx_widgets.engines.preview.lexicon.scenes import COLOURS
from ltx_widgets.engines.preview.storyboard import Camera, Storyboard, Subject

__all__ = ["read_as"]

_NUMBERS: Final = ("", "", "two", "three", "four", "five", "six", "seven")
_DOING: Final = {
    "stands": "", "walks": "walking", "runs": "running", "flies": "flying", "swims": "swimming",
    "drives": "driving", "sails": "sailing", "floats": "floating", "sways": "",
    "dances": "dancing", "rises": "rising",
}  # fmt: skip
_SLOW: Final = 0.55
_GENTLE: Final = 0.8
_FAST: Final = 1.3


def read_as(storyboard: Storyboard) -> str:
    """One line for the log: "read as: red fox running, snowfield, dawn, snow, slow pan left, …".

    Args:
        storyboard: What `read_prompt` gave.
    """
    parts = [_name_subject(subject) for subject in storyboard.subjects]
    parts += [storyboard.place.replace("_", " "), storyboard.time_of_day.replace("_", " ")]
    if storyboard.weather != "clear":
        parts.append(storyboard.weather)
    parts += storyboard.style
    parts.append(" then ".join(_name_camera(shot.camera) for shot in storyboard.shots))
    sounds = [sound for sound in storyboard.sounds if sound != "music"] or list(storyboard.sounds)
    if sounds:
        parts.append("sound: " + " and ".join(sounds))
    known = "" if storyboard.read else "no word understood; "
    return f"read as: {known}" + ", ".join(dict.fromkeys(parts))


def _name_subject(subject: Subject) -> str:
    """Number, colour, the prompt's own word, and what it does: "two red foxes running"."""
    colour = next(
        (
            name
            for name, (rgb, _) in COLOURS.items()
            if rgb == subject.colour and name not in subject.word
        ),
        "",
    )
    words = [_NUMBERS[subject.count], colour, subject.word, _DOING.get(subject.motion, "")]
    return " ".join(word for word in words if word)


def _name_camera(camera: Camera) -> str:
    """Pace and move: "slow pan left"."""
    if camera.move == "static":
        return "static camera"
    pace = "fast " if camera.pace >= _FAST else ""
    if camera.pace < _GENTLE:
        pace = "slow " if camera.pace <= _SLOW else "gentle "
    return pace + camera.move.replace("_", " ")
