"""Go on with one frame as a camera does that was moving: on, slower, and never quite at rest."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.motion import Field, Motion
from ltx_widgets.engines.preview.planes import Bytes, Yuv
from ltx_widgets.engines.preview.storyboard import Camera

__all__ = ["Drift", "Onward", "drift_of"]

# A move runs out within this time, or sooner where the picture would leave the frame: what lies
# beyond its edge was never seen and is a mirror image.
_FADES_S = 1.5
_ROOM = 0.1
_ROOM_IN = 0.4
_ROOM_OUT = 0.08
_ROOM_TURN = 0.1
_SETTLES_S = 2.0
_HIDES_S = 1.6
# A zoom that never slowed down would show a blur after twenty seconds.
_TIRES_S = 14.0
_REST_S = 0.45
_MOST_REST = 0.02
# Frame widths a second below which nothing but the camera moves.
_LEAST_REST = 0.003
_SWAY_S = 3.4
_SWAY = 0.22
_CELL = 8
_DRIFT = 0.003
_DRIFT_IN, _DRIFT_OUT = 0.016, -0.002
# A zoom a second below which the camera goes away.
_PULLING = -0.01


@dataclass(frozen=True, slots=True)
class Drift:
    """The gentle move that a continuation settles into.

    Attributes:
        x: Frame widths a second that the picture moves right.
        y: Frame widths a second that it moves down.
        zoom: Natural logarithm of its magnification a second.
    """

    x: float
    y: float
    zoom: float


def drift_of(motion: Motion, camera: Camera | None) -> Drift:
    """The move to settle into: the prompt's camera, or the clip's own way, gently.

    Args:
        motion: How the clip moves at the seam.
        camera: What the prompt asks for; None without a prompt.
    """
    if camera and camera.move in _DRIFTS:
        x, y, zoom = _DRIFTS[camera.move]
        return Drift(x * camera.pace, y * camera.pace, zoom * camera.pace)
    speed = float(np.hypot(motion.x, motion.y))
    slow = min(_DRIFT, speed) / max(speed, 1e-6)
    return Drift(
        motion.x * slow, motion.y * slow, _DRIFT_OUT if motion.zoom < _PULLING else _DRIFT_IN
    )


class Onward:
    """Draws what follows a frame; the drawing is a function of time alone.

    Args:
        frame: The frame at the seam; kept, not copied.
        motion: How things move there, away from the clip.
        drift: What the move settles into.
    """

    def __init__(self, frame: Yuv, motion: Motion, drift: Drift) -> None:
        self._frame, self._motion, self._drift = frame, motion, drift
        height, width = frame.y.shape
        self._cells = -(-height // _CELL) + 2, -(-width // _CELL) + 2
        rest = cv2.resize(motion.rest, (self._cells[1] - 2, self._cells[0] - 2))
        rest *= np.float32(width / motion.rest.shape[1])
        fastest = float(np.percentile(np.linalg.norm(rest, axis=2), 99.5))
        self._rest = np.pad(rest, ((1, 1), (1, 1), (0, 0)), mode="edge")
        self._reach_s = min(_REST_S, _MOST_REST * width / max(fastest, 1e-6))
        self._moving = fastest > _LEAST_REST * width

    def draw(self, seconds: float, to: Yuv) -> None:
        """Draw one moment.

        Args:
            seconds: From the seam, above 0.
            to: Planes of the frame's size, written.
        """
        inverse = self._inverse(seconds)
        half = inverse.copy()
        half[:, 2] = (inverse[:, :2].sum(axis=1) * 0.5 + inverse[:, 2] - 0.5) / 2
        if not self._moving:
            for index, (plane, target) in enumerate(
                zip(self._frame.planes, to.planes, strict=True)
            ):
                cv2.warpAffine(
                    plane, half if index else inverse, target.shape[::-1], dst=target,
                    flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                    borderMode=cv2.BORDER_REFLECT_101,
                )  # fmt: skip
            return
        whole = self._map(inverse, seconds)
        places = _upsample(whole, _CELL, to.y.shape)
        _remap(self._frame.y, places, to.y)
        # Chroma planes have half the pixels, and half the cell.
        places = _upsample((whole - np.float32(0.5)) * np.float32(0.5), _CELL // 2, to.u.shape)
        _remap(self._frame.u, places, to.u)
        _remap(self._frame.v, places, to.v)

    def _inverse(self, seconds: float) -> NDArray[np.float64]:
        """From the new frame's pixels to those of the frame at the seam."""
        height, width = self._frame.y.shape
        motion, drift = self._motion, self._drift
        # A standing camera starts to move so slowly that the seam is not seen.
        settled = _settle(seconds)
        tiring = _TIRES_S * (1 - exp(-settled / _TIRES_S))
        x = (_run_out(motion.x, seconds, _ROOM) + drift.x * settled) * width
        y = (_run_out(motion.y, seconds, _ROOM) + drift.y * settled) * width
        room = _ROOM_IN if motion.zoom > 0 else _ROOM_OUT
        scale = exp(_run_out(motion.zoom, seconds, room))
        turn = _run_out(motion.turn, seconds, _ROOM_TURN)
        # Drawing near takes the mirrored edge that the move brought in out of the frame again.
        seen = max(abs(x) / width, abs(y) / height) + abs(turn) / 2
        near = 1 + (1 / (1 - 2 * min(seen, 0.3)) - 1) * _ease(seconds / _HIDES_S)
        scale = (max(scale, near) if scale > 1 else scale * near) * exp(drift.zoom * tiring)
        a, b = cos(turn) / scale, sin(turn) / scale
        middle_x, middle_y = (width - 1) / 2, (height - 1) / 2
        from_x, from_y = middle_x + x, middle_y + y
        return np.array(
            [
                [a, b, middle_x - a * from_x - b * from_y],
                [-b, a, middle_y + b * from_x - a * from_y],
            ]
        )

    def _map(self, inverse: NDArray[np.float64], seconds: float) -> Field:
        """Where each cell of the new frame comes from, one cell beyond the frame on each side."""
        rows, columns = self._cells
        x = (np.arange(columns) - 0.5) * _CELL - 0.5
        y = (np.arange(rows) - 0.5) * _CELL - 0.5
        from_x = inverse[0, 0] * x[None, :] + inverse[0, 1] * y[:, None] + inverse[0, 2]
        from_y = inverse[1, 0] * x[None, :] + inverse[1, 1] * y[:, None] + inverse[1, 2]
        reach = self._reach_s
        far = reach * (1 - exp(-seconds / reach))
        swaying = min(1.0, (seconds / _SETTLES_S) ** 2)
        far *= 1 + _SWAY * swaying * sin(2 * pi * seconds / _SWAY_S)
        places: Field = np.stack([from_x, from_y], axis=2).astype(np.float32)
        places -= self._rest * np.float32(far)
        return places


def _run_out(speed: float, seconds: float, room: float) -> float:
    """Way of a move that starts with `speed` and comes to rest within `room`."""
    if not speed:
        return 0.0
    lasts = min(_FADES_S, room / abs(speed))
    return speed * lasts * (1 - exp(-seconds / lasts))


def _ease(part: float) -> float:
    part = min(part, 1.0)
    return part * part * (3 - 2 * part)


def _settle(seconds: float) -> float:
    """Way of a move that reaches speed 1 only after a while."""
    if seconds < _SETTLES_S:
        return seconds * seconds / (2 * _SETTLES_S)
    return seconds - _SETTLES_S / 2


def _remap(plane: Bytes, places: Field, to: Bytes) -> None:
    cv2.remap(plane, places, None, cv2.INTER_LINEAR, dst=to, borderMode=cv2.BORDER_REFLECT_101)


def _upsample(cells: Field, step: int, shape: tuple[int, ...]) -> Field:
    """Positions for every pixel. The cells beyond the edge keep it from being stretched."""
    rows, columns = cells.shape[:2]
    large = cv2.resize(cells, (columns * step, rows * step), interpolation=cv2.INTER_LINEAR)
    part: Field = large[step : step + shape[0], step : step + shape[1]]
    return part


# Per second at pace 1; a camera that turns left moves the picture right.
_DRIFTS = {
    "push_in": (0.0, 0.0, 0.02),
    "pull_out": (0.0, 0.0, -0.01),
    "pan_left": (0.012, 0.0, 0.006),
    "pan_right": (-0.012, 0.0, 0.006),
    "track_left": (0.012, 0.0, 0.006),
    "track_right": (-0.012, 0.0, 0.006),
    "orbit_left": (-0.008, 0.0, 0.01),
    "orbit_right": (0.008, 0.0, 0.01),
    "tilt_up": (0.0, 0.008, 0.006),
    "tilt_down": (0.0, -0.008, 0.006),
    "crane_up": (0.0, 0.008, 0.006),
    "crane_down": (0.0, -0.008, 0.006),
}
