"""What a camera move does to things at every distance.

Distance is told as nearness: 0 is the sky, 1 the ground at the frame's lower edge, and twice as
near is twice the nearness. Turning the camera moves everything alike; travelling moves near things
more, which is what makes a flat painting look deep.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sin

from ltx_widgets.engines.preview.storyboard import Camera, Shot

__all__ = ["FRAMING", "Path", "View", "path_of"]

FRAMING = {"wide": 1.0, "medium": 1.35, "close": 1.8}
"""How much larger the subject is drawn, by framing."""

# Widths, heights or nearness a second, at pace 1.
_TURN = 0.055
_TILT = 0.075
_TRAVEL = 0.07
_CLIMB = 0.1
_PUSH = 0.075
# However long the shot, a move ends here: what lies beyond was not painted.
_MOST_TURN = 0.5
_MOST_TILT = 0.36
_MOST_PUSH = 0.45
_SPARE = 48


@dataclass(frozen=True, slots=True)
class View:
    """Where everything is in one frame.

    Attributes:
        turn: Pixels that everything has moved right.
        tilt: Pixels that everything has moved down.
        travel: Pixels that things at nearness 1 have moved right beside that.
        climb: Pixels that things at nearness 1 have moved down beside that.
        push: Way forward, as a part of the distance to nearness 1.
    """

    turn: float = 0.0
    tilt: float = 0.0
    travel: float = 0.0
    climb: float = 0.0
    push: float = 0.0

    def plus(self, other: View) -> View:
        """Both moves at once."""
        return View(
            self.turn + other.turn,
            self.tilt + other.tilt,
            self.travel + other.travel,
            self.climb + other.climb,
            self.push + other.push,
        )

    def scale(self, nearness: float) -> float:
        """Magnification of things at this nearness."""
        return 1 / (1 - min(self.push * nearness, 0.8))

    def shift(self, nearness: float) -> tuple[float, float]:
        """Pixels that things at this nearness have moved right and down."""
        return self.turn + self.travel * nearness, self.tilt + self.climb * nearness


@dataclass(frozen=True, slots=True)
class Path:
    """One shot's move, from its first frame to its last.

    Attributes:
        start: The view of the first frame.
        end: The view of the last frame.
        sway: Pixels of a hand's unrest.
    """

    start: View
    end: View
    sway: float = 0.0

    def at(self, part: float, seconds: float) -> View:
        """The view at one moment.

        Args:
            part: How much of the shot is over, 0 to 1.
            seconds: Time since the shot began, for the unrest of a hand.
        """
        soft = part * part * (3 - 2 * part)
        eased = 0.75 * part + 0.25 * soft
        a, b = self.start, self.end
        x, y = _unrest(seconds)
        return View(
            _between(a.turn, b.turn, eased) + self.sway * x,
            _between(a.tilt, b.tilt, eased) + self.sway * y,
            _between(a.travel, b.travel, eased),
            _between(a.climb, b.climb, eased),
            _between(a.push, b.push, eased),
        )

    def margins(self, near: float = 1.3) -> tuple[int, int]:
        """Even pixels beyond the frame that this move may show, at the sides and above."""
        shifts = [view.shift(n) for view in (self.start, self.end) for n in (0.0, near)]
        x = max(abs(shift[0]) for shift in shifts) + self.sway * 1.2
        y = max(abs(shift[1]) for shift in shifts) + self.sway * 1.2
        # Beyond the need: a zoom by resizing has more whole-number choices where there is more.
        return _even(x + _SPARE), _even(y + _SPARE)


def path_of(shot: Shot, *, width: int, height: int, seconds: float, lively: bool) -> Path:
    """The move of one shot.

    Args:
        shot: What was asked for.
        width: Of the frame, in pixels.
        height: Of the frame, in pixels.
        seconds: Length of the shot.
        lively: Whether the subject goes somewhere, so that a tracking camera must keep up.
    """
    camera = shot.camera
    if camera.move == "handheld":
        return Path(View(), View(), sway=0.008 * min(width, height) * (0.5 + camera.pace))
    if camera.move in ("push_in", "pull_out"):
        far = View(push=min(_MOST_PUSH, _PUSH * camera.pace * seconds))
        return Path(View(), far) if camera.move == "push_in" else Path(far, View())
    whole = _sideways(camera, width, seconds, 1.5 if lively else 1.0)
    whole = whole or _upwards(camera, height, seconds)
    # Half before and half after the middle, so that the picture is composed when it matters.
    return Path(_times(whole, -0.5), _times(whole, 0.5))


def _sideways(camera: Camera, width: int, seconds: float, haste: float) -> View | None:
    """The whole way of a sideways move; the picture moves right where the camera goes left."""
    name, _, side = camera.move.partition("_")
    sign = 1 if side == "left" else -1
    turn = sign * width * min(_MOST_TURN, _TURN * camera.pace * seconds)
    travel = sign * width * min(_MOST_TURN, _TRAVEL * camera.pace * seconds)
    match name:
        case "pan":
            return View(turn=turn, travel=turn * 0.35 * haste)
        case "track":
            return View(turn=travel * 0.15, travel=travel * haste)
        case "orbit":
            # To the left around the subject: what is behind it goes left, what is before it right.
            return View(turn=-turn * 1.1, travel=turn * 1.5)
    return None


def _upwards(camera: Camera, height: int, seconds: float) -> View:
    """The whole way of an upward move; the picture moves down where the camera looks up."""
    name, _, side = camera.move.partition("_")
    sign = 1 if side == "up" else -1
    tilt = sign * height * min(_MOST_TILT, _TILT * camera.pace * seconds)
    climb = sign * height * min(_MOST_TILT, _CLIMB * camera.pace * seconds)
    match name:
        case "tilt":
            return View(tilt=tilt)
        case "crane":
            return View(tilt=climb * 0.45, climb=climb * 0.55)
    return View()


def _times(view: View, factor: float) -> View:
    return View(
        view.turn * factor,
        view.tilt * factor,
        view.travel * factor,
        view.climb * factor,
        view.push * factor,
    )


def _between(a: float, b: float, part: float) -> float:
    return a + (b - a) * part


def _unrest(seconds: float) -> tuple[float, float]:
    """Two slow wanderings within -1 and 1 whose periods never meet."""
    return (
        0.6 * sin(1.7 * seconds) + 0.4 * sin(4.1 * seconds + 1.0),
        0.6 * sin(2.3 * seconds + 0.5) + 0.4 * sin(5.3 * seconds),
    )


def _even(value: float) -> int:
    return -(-int(value + 1) // 2) * 2
