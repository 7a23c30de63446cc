"""How a prompt was read: a small typed plan that picture, motion, sound and log all follow.

A storyboard is plain data. The same prompt always gives the same storyboard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Camera",
    "CameraMove",
    "Place",
    "Shot",
    "Storyboard",
    "Subject",
    "TimeOfDay",
    "Weather",
]

RGB = tuple[int, int, int]

CameraMove = Literal[
    "static",
    "pan_left",
    "pan_right",
    "tilt_up",
    "tilt_down",
    "push_in",
    "pull_out",
    "orbit_left",
    "orbit_right",
    "crane_up",
    "crane_down",
    "track_left",
    "track_right",
    "handheld",
]
Place = Literal[
    "sea",
    "lake",
    "river",
    "forest",
    "mountains",
    "desert",
    "meadow",
    "snowfield",
    "city_street",
    "skyline",
    "village",
    "room",
    "space",
    "sky",
    "underwater",
    "abstract",
]
TimeOfDay = Literal["dawn", "day", "golden_hour", "dusk", "night"]
Weather = Literal["clear", "cloudy", "rain", "snow", "fog", "storm", "wind"]


@dataclass(frozen=True, slots=True)
class Camera:
    """What the camera does.

    Attributes:
        move: Its one move. "pan_left" turns the camera left, so the picture moves right;
            "push_in" makes things grow; "tilt_up" moves the picture down.
        pace: Speed as a factor: about 0.5 slow, 1 plain, 1.8 fast.
    """

    move: CameraMove = "push_in"
    pace: float = 0.6


@dataclass(frozen=True, slots=True)
class Subject:
    """Who or what the shot is about.

    Attributes:
        kind: A key of the sprite table ("fox", "person", "sailboat", …).
        word: The word of the prompt it came from.
        motion: "stands", "walks", "runs", "flies", "swims", "drives", "sails", "floats",
            "rises", "sways", "dances".
        heading: Which way it faces and goes: "left" or "right".
        count: How many of them, 1 to 7.
        colour: Its main colour where the prompt names one; None lets the sprite choose.
    """

    kind: str
    word: str
    motion: str = "stands"
    heading: Literal["left", "right"] = "right"
    count: int = 1
    colour: RGB | None = None


@dataclass(frozen=True, slots=True)
class Shot:
    """One uncut stretch.

    Attributes:
        share: Its part of the clip's length, 0 to 1; the shots of a storyboard add up to 1.
        camera: What the camera does in it.
        framing: How near we are.
    """

    share: float = 1.0
    camera: Camera = Camera()
    framing: Literal["wide", "medium", "close"] = "wide"


@dataclass(frozen=True, slots=True)
class Storyboard:
    """The whole plan of a clip.

    Attributes:
        place: Where it plays.
        time_of_day: Its light.
        weather: What falls or hangs in the air.
        subjects: Who is in it, the main one first; may be empty.
        shots: One to three stretches, in order.
        palette: Five sRGB colours: zenith, horizon, far ground, near ground, accent.
        style: Looks that the prompt asks for ("film grain", "noir", "watercolour", "neon").
        sounds: What is heard, as keys of the sound table ("wind", "rain", "waves", "music", …).
        seed: 64 bits from the prompt; unknown words matter only here.
        read: The words of the prompt that were understood, in their order.
    """

    place: Place
    time_of_day: TimeOfDay
    weather: Weather
    subjects: tuple[Subject, ...]
    shots: tuple[Shot, ...]
    palette: tuple[RGB, RGB, RGB, RGB, RGB]
    style: tuple[str, ...]
    sounds: tuple[str, ...]
    seed: int
    read: tuple[str, ...]
