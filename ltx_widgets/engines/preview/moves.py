"""How a camera moves through a picture that it did not take: from rest, and not far."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sin

from ltx_widgets.engines.preview.camera import View
from ltx_widgets.engines.preview.storyboard import Camera, Storyboard

__all__ = ["Journey", "eased", "journey_of"]

# Parts of the frame's side a second, at pace 1, and where a move ends however long it is: what
# lies beyond the picture's edge can only be made up.
_SLIDE, _MOST_SLIDE = 0.03, 0.13
_PUSH, _MOST_PUSH = 0.05, 0.26
_PULL, _MOST_PULL = 0.03, 0.14
_RAMP = 0.22
_SWAY = 0.0035
_SETTLE_S = 1.2

# What a move of 1 does: turn and travel right, tilt and climb down.
_MOVES = {
    "pan": (0.6, 0.5, 0.0, 0.0),
    "track": (0.2, 0.95, 0.0, 0.0),
    "orbit": (-0.45, 0.95, 0.0, 0.0),
    "tilt": (0.0, 0.0, 0.65, 0.4),
    "crane": (0.0, 0.0, 0.3, 0.8),
}


@dataclass(frozen=True, slots=True)
class _Leg:
    first: float
    last: float
    whole: View
    restless: float


@dataclass(frozen=True, slots=True)
class Journey:
    """One unbroken way of a camera that begins at rest where the picture was taken.

    Attributes:
        legs: One for each shot of the storyboard; a cut would leave the picture.
        side: Shorter side of the frame in pixels, which unrest is measured in.
    """

    legs: tuple[_Leg, ...]
    side: int

    def at(self, part: float, seconds: float) -> View:
        """The view at one moment.

        Args:
            part: How much of the clip is over, 0 to 1.
            seconds: Time since it began, for the unrest of a hand.
        """
        views = [
            (leg.whole, eased((part - leg.first) / (leg.last - leg.first))) for leg in self.legs
        ]
        restless = sum(
            leg.restless * (leg.first <= part < leg.last or part >= 1 == leg.last)
            for leg in self.legs
        )
        settle = min(1.0, seconds / _SETTLE_S)
        sway = restless * self.side * settle * settle
        x = sin(1.7 * seconds) * 0.6 + sin(4.1 * seconds) * 0.4
        y = sin(2.3 * seconds) * 0.6 + sin(5.3 * seconds) * 0.4
        return View(
            sum(view.turn * done for view, done in views) - sway * x * 0.3,
            sum(view.tilt * done for view, done in views) + sway * y * 0.5,
            sum(view.travel * done for view, done in views) + sway * x,
            sum(view.climb * done for view, done in views),
            sum(view.push * done for view, done in views),
        )


def eased(part: float) -> float:
    """0 to 1 with a soft start and a soft end, and an even pace between."""
    part = min(max(part, 0.0), 1.0)
    if part > 0.5:  # noqa: PLR2004 - the second half mirrors the first
        return 1 - eased(1 - part)
    ramp = min(part, _RAMP)
    # Speed rises as half a cosine over the ramp; the rest is at full speed.
    way = (ramp - _RAMP / pi * sin(pi * ramp / _RAMP)) / 2 + (part - ramp)
    return way / (1 - _RAMP)


def journey_of(story: Storyboard, *, width: int, height: int, seconds: float) -> Journey:
    """The way that a storyboard asks for.

    Args:
        story: Its shots are strung together.
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        seconds: Length of the clip.
    """
    total = sum(shot.share for shot in story.shots)
    legs, first = [], 0.0
    for shot in story.shots:
        share = shot.share / total
        whole, restless = _whole(shot.camera, width, height, seconds * share)
        legs.append(_Leg(first, first + share, whole, restless))
        first += share
    return Journey(tuple(legs), min(width, height))


def _whole(camera: Camera, width: int, height: int, seconds: float) -> tuple[View, float]:
    """The whole of one move, and how restless it is."""
    if camera.move == "handheld":
        return View(push=0.05), _SWAY * (0.6 + camera.pace)
    if camera.move == "static":
        # Nothing is as still as a photograph: a breath forward, and a little sway.
        return View(push=0.035), _SWAY * 0.4
    if camera.move == "push_in":
        return View(push=min(_MOST_PUSH, _PUSH * camera.pace * seconds)), 0.0
    if camera.move == "pull_out":
        return View(push=-min(_MOST_PULL, _PULL * camera.pace * seconds)), 0.0
    name, _, side = camera.move.partition("_")
    way = min(_MOST_SLIDE, _SLIDE * camera.pace * seconds)
    # To the left or upwards, the picture goes right or down.
    way *= 1 if side in ("left", "up") else -1
    turn, travel, tilt, climb = _MOVES[name]
    return View(
        turn * way * width, tilt * way * height, travel * way * width, climb * way * height
    ), 0.0
