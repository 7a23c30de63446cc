"""Turn decoded frames of any kind into upright 8-bit BT.709 pictures of one size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from ltx_widgets.errors import MediaError
from ltx_widgets.video.encode import Picture
from ltx_widgets.video.tonemap import Curve, curve_of

__all__ = ["MAX_SIZE", "Turn", "Upright", "check_size", "transfer_of", "turn_of"]

MAX_SIZE = (3840, 2160)
"""Longer and shorter side, in pixels, of the largest video that is read."""

_MIN_SIDE = 16
_BT709, _LIMITED, _FULL = 1, 1, 2
# From the matrix a stream names (ITU-T H.273) to the scaler's; what is missing is BT.601.
_MATRICES = {1: 1, 4: 4, 7: 7, 9: 9, 10: 9}
_UNSAID = 2
_TRANSFERS = {16: "pq", 18: "hlg"}
# Without a word in the stream, players take pictures of at least this size to be BT.709.
_HD = (1280, 576)


@dataclass(frozen=True, slots=True)
class Turn:
    """How a stored picture is turned before it is shown: transposed first, then mirrored.

    Attributes:
        transposed: Rows become columns.
        left_right: Mirrored, left for right.
        upside_down: Mirrored, top for bottom.
    """

    transposed: bool = False
    left_right: bool = False
    upside_down: bool = False

    @property
    def degrees(self) -> int:
        """Clockwise rotation from stored to shown: 0, 90, 180 or 270; mirrors left aside."""
        if self.transposed:
            return 90 if self.left_right else 270
        return 180 if self.upside_down else 0

    def apply(self, plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A view of a plane, as it is shown."""
        shown = plane.T if self.transposed else plane
        across = -1 if self.left_right else 1
        down = -1 if self.upside_down else 1
        return shown[::down, ::across]


def turn_of(frame: Any) -> Turn:
    """Read the display matrix of a frame; a slanted one is rounded to quarters."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return Turn()
    a, b, _, c, d = np.frombuffer(data, np.int32)[:5].tolist()
    if abs(b) > abs(a):
        return Turn(transposed=True, left_right=c < 0, upside_down=b < 0)
    return Turn(left_right=a < 0, upside_down=d < 0)


def transfer_of(frame: Any) -> str:
    """``pq`` or ``hlg`` for high dynamic range, else empty."""
    return _TRANSFERS.get(int(frame.color_trc), "")


def check_size(width: int, height: int, name: str) -> None:
    """Refuse pictures that are too large or too small to be worked on.

    Raises:
        MediaError: of type ``image_too_large`` or ``image_too_small``.
    """
    if max(width, height) > MAX_SIZE[0] or min(width, height) > MAX_SIZE[1]:
        raise MediaError(
            f"{name} is {width}x{height}; expected at most {MAX_SIZE[0]}x{MAX_SIZE[1]}, "
            "so make it smaller first",
            type="image_too_large",
            context={"max_height": MAX_SIZE[1], "max_width": MAX_SIZE[0]},
        )
    if min(width, height) < _MIN_SIDE:
        raise MediaError(
            f"{name} is {width}x{height}; expected at least {_MIN_SIDE}x{_MIN_SIDE}",
            type="image_too_small",
            context={"min_height": _MIN_SIDE, "min_width": _MIN_SIDE},
        )


class Upright:
    """Makes pictures of one size from the frames of one stream.

    Args:
        width: Pixels of the upright picture, even.
        height: Pixels, even.
        turn: How the stored frames are turned.
        name: The file's name, for messages.
    """

    def __init__(self, width: int, height: int, turn: Turn, name: str) -> None:
        self._size = width, height
        # The size before turning: that is where the scaler works.
        self._stored = (height, width) if turn.transposed else (width, height)
        self._turn = turn
        self._name = name
        self._scaler = VideoReformatter()
        self._curves: dict[str, Curve] = {}

    def picture(self, frame: Any) -> Picture:
        """The picture that a frame shows; valid as long as it is kept, not to be drawn into.

        Raises:
            MediaError: the frame has grown beyond what is read.
        """
        check_size(frame.width, frame.height, self._name)
        transfer = transfer_of(frame)
        if transfer:
            return self._turned(self._tone_mapped(frame, transfer))
        if not _is_plain(frame):
            frame = self._scaled(frame, "yuv420p", _BT709)
        width, height = self._stored
        if (frame.width - width, frame.height - height) not in ((0, 0), (1, 0), (0, 1), (1, 1)):
            frame = self._scaled(frame, "yuv420p", _BT709)
        picture = Picture.around(frame)
        if (frame.width, frame.height) == self._size and self._turn == Turn():
            frame.colorspace, frame.color_range = _BT709, _LIMITED
            return picture
        return self._turned((picture.y, picture.u, picture.v))

    def _scaled(self, frame: Any, pixels: str, matrix: int) -> Any:
        width, height = self._stored
        smaller = width * 2 <= frame.width
        return self._scaler.reformat(
            frame,
            width,
            height,
            pixels,
            src_colorspace=_matrix_of(frame),
            dst_colorspace=matrix,
            src_color_range=_FULL if _is_full(frame) else _LIMITED,
            dst_color_range=_LIMITED,
            interpolation="AREA" if smaller else "BICUBIC",
        )

    def _turned(self, planes: tuple[NDArray[np.uint8], ...]) -> Picture:
        """A new picture; a column or row too many, from an odd size, falls off."""
        picture = Picture(*self._size)
        width, height = self._stored
        for number, (to, plane) in enumerate(
            zip((picture.y, picture.u, picture.v), planes, strict=True)
        ):
            part = 2 if number else 1
            to[:] = self._turn.apply(plane[: height // part, : width // part])
        return picture

    def _tone_mapped(self, frame: Any, transfer: str) -> tuple[NDArray[np.uint8], ...]:
        deep = self._scaled(frame, "yuv420p10le", _matrix_of(frame))
        curve = self._curves.get(transfer)
        if curve is None:
            curve = self._curves[transfer] = curve_of(transfer)
        planes = [
            np.frombuffer(plane, np.uint16).reshape(plane.height, -1)[:, : plane.width]
            for plane in deep.planes
        ]
        return curve.apply(*planes)


def _is_plain(frame: Any) -> bool:
    """Whether the frame's planes are what is wanted, but for their size and direction."""
    return (
        frame.format.name == "yuv420p"
        and not _is_full(frame)
        and _matrix_of(frame) == _BT709
        and all(plane.line_size > 0 for plane in frame.planes)
    )


def _is_full(frame: Any) -> bool:
    return bool(frame.color_range == _FULL) or frame.format.name.startswith("yuvj")


def _matrix_of(frame: Any) -> int:
    said = int(frame.colorspace)
    if said == _UNSAID:
        return 1 if frame.width >= _HD[0] or frame.height > _HD[1] else 5
    return _MATRICES.get(said, 5)
