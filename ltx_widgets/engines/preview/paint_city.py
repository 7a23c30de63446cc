"""Streets, skylines, villages and rooms: straight edges and lit windows."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.paint_land import hazed
from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.plates import Plate
from ltx_widgets.engines.preview.scene import Brief, cut_out
from ltx_widgets.engines.preview.storyboard import RGB
from ltx_widgets.engines.preview.textures import mix, shade

__all__ = ["NEON", "paint_canyon", "paint_houses", "paint_towers"]

NEON: tuple[RGB, ...] = (
    (255, 60, 150),
    (40, 220, 255),
    (255, 190, 40),
    (150, 90, 255),
    (70, 255, 160),
)
_LAMP: RGB = (255, 214, 140)
# Nearness beyond which a wall would be behind the viewer's back.
_NEAREST = 1.5


def fill(picture: Bytes, corners: list[tuple[float, float]], colour: RGB) -> None:
    """Fill a polygon with smooth edges; corners are columns and rows."""
    points = np.rint(np.array(corners) * 8).astype(np.int32)
    cv2.fillPoly(picture, [points], colour, cv2.LINE_AA, 3)


def paint_towers(brief: Brief, name: str, *, height: float, nearness: float) -> Plate:
    """A row of high buildings with windows; `height` is a part of the frame's height."""
    canvas, rng = brief.canvas, brief.rng(name)
    rows, columns = canvas.size
    alpha = np.zeros((rows, columns), np.uint8)
    wall = hazed(brief, brief.story.palette[2], nearness)
    wall = shade(wall, 0.5) if brief.dark else wall
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[:] = wall
    foot, x = canvas.skyline + 2, 0
    while x < columns:
        wide = round(canvas.unit * (50 + 90 * float(rng.random())) * (0.6 + nearness))
        tall = round(canvas.height * height * (0.3 + 0.7 * float(rng.random()) ** 1.4))
        top = max(2, foot - tall)
        tone = shade(wall, 0.85 + 0.35 * float(rng.random()))
        cv2.rectangle(picture, (x, top), (x + wide, foot), tone, -1)
        cv2.rectangle(alpha, (x, top), (x + wide - 2, foot), 255, -1)
        if rng.integers(4) == 0:
            mast = round(tall * 0.18)
            cv2.line(alpha, (x + wide // 2, top), (x + wide // 2, max(0, top - mast)), 255, 2)
        _windows(brief, rng, picture, (x, top, x + wide, foot), nearness)
        x += wide + (round(8 * canvas.unit) if rng.integers(3) == 0 else 0)
    return cut_out(picture, alpha, canvas, nearness)


def _windows(
    brief: Brief,
    rng: np.random.Generator,
    picture: Bytes,
    box: tuple[int, int, int, int],
    nearness: float,
) -> None:
    left, top, right, foot = box
    step = max(5, round(brief.canvas.unit * (9 + 14 * nearness)))
    lit_part = 0.42 if brief.dark else 0.06
    wall = picture[min(top + 1, picture.shape[0] - 1), min(left + 1, picture.shape[1] - 1)]
    plain: RGB = (int(wall[0]), int(wall[1]), int(wall[2]))
    for y in range(top + step, foot - step // 2, step):
        for x in range(left + step // 2, right - step // 2, step):
            lit = rng.random() < lit_part
            lamp = mix(_LAMP, plain, 0.15 + 0.4 * float(rng.random()) + 0.2 * (1 - nearness))
            glass = shade(plain, 0.72) if brief.dark else mix(plain, brief.story.palette[0], 0.3)
            low = (x + max(1, step // 2), y + max(2, round(step * 0.6)))
            cv2.rectangle(picture, (x, y), low, lamp if lit else glass, -1)


def paint_houses(brief: Brief, name: str, *, height: float, nearness: float) -> Plate:
    """Small houses with pitched roofs and warm windows."""
    canvas, rng = brief.canvas, brief.rng(name)
    rows, columns = canvas.size
    alpha = np.zeros((rows, columns), np.uint8)
    picture = np.zeros((rows, columns, 3), np.uint8)
    foot = canvas.skyline + nearness * 0.3 * (canvas.height - canvas.horizon)
    light = 0.35 if brief.story.time_of_day == "night" else 0.62 if brief.dark else 1.0
    walls: tuple[RGB, ...] = ((226, 208, 178), (204, 172, 140), (188, 190, 184), (214, 184, 150))
    x = -40.0
    while x < columns:
        tall = canvas.height * height * (0.7 + 0.5 * float(rng.random()))
        wide = tall * (0.9 + 0.7 * float(rng.random()))
        wall = hazed(brief, shade(walls[int(rng.integers(4))], light), nearness)
        roof_tone: RGB = (150, 78, 58) if brief.story.weather != "snow" else (236, 240, 248)
        roof = hazed(brief, shade(roof_tone, light), nearness)
        body = [(x, foot), (x, foot - tall * 0.6), (x + wide, foot - tall * 0.6), (x + wide, foot)]
        lid = [(x - wide * 0.07, foot - tall * 0.58), (x + wide * 0.18, foot - tall)]
        lid += [(x + wide * 0.82, foot - tall), (x + wide * 1.07, foot - tall * 0.58)]
        for corners, tone in ((body, wall), (lid, roof)):
            fill(picture, corners, tone)
            cv2.fillPoly(alpha, [np.rint(np.array(corners) * 8).astype(np.int32)], 255, 16, 3)
        _house_windows(brief, picture, (x, foot, wide, tall), wall)
        x += wide * (1.1 + 0.9 * float(rng.random()))
    return cut_out(picture, alpha, canvas, nearness)


def _house_windows(
    brief: Brief, picture: Bytes, house: tuple[float, float, float, float], wall: RGB
) -> None:
    x, foot, wide, tall = house
    for number in range(3):
        left = x + wide * (0.12 + 0.29 * number)
        top, low = foot - tall * 0.46, foot - tall * 0.22
        if number == 1:
            low = foot
        tone = _LAMP if brief.dark and number != 1 else shade(wall, 0.5)
        right = left + wide * 0.17
        fill(picture, [(left, top), (right, top), (right, low), (left, low)], tone)


def paint_canyon(brief: Brief, picture: Bytes, *, mirrored: bool = False) -> None:
    """Street walls that run to the vanishing point, over a painted sky, in place.

    Args:
        brief: The scene.
        picture: (h, w, 3) uint8 sRGB, painted over.
        mirrored: Whether to paint what a wet road shows of them, upside down.
    """
    canvas = brief.canvas
    columns = canvas.size[1]
    middle = columns / 2
    for side in (-1, 1):
        rng = brief.rng(f"wall {side}")
        far = 0.09
        while far < _NEAREST:
            near = far * (1.35 + 0.35 * float(rng.random()))
            tall = (0.75 + 1.0 * float(rng.random())) * canvas.height * 0.95
            tall = -tall if mirrored else tall
            _paint_facade(brief, rng, picture, (side, far, near, tall, middle))
            far = near


def _paint_facade(
    brief: Brief,
    rng: np.random.Generator,
    picture: Bytes,
    at: tuple[int, float, float, float, float],
) -> None:
    """One building from distance ``1 / far`` to ``1 / near``."""
    side, far, near, tall, middle = at
    canvas = brief.canvas
    reach = max(canvas.width, canvas.height) * 0.5 * 0.62
    drop = canvas.height - canvas.horizon

    def corner(nearness: float, up: float) -> tuple[float, float]:
        return (
            middle + side * reach * (0.03 + 1.08 * nearness),
            canvas.skyline + nearness * drop * 0.8 - up * tall * nearness,
        )

    base = mix(brief.story.palette[2], brief.story.palette[0], 0.3 * float(rng.random()))
    tone = shade(base, (0.5 if brief.dark else 0.95) * (0.75 + 0.5 * float(rng.random())))
    tone = hazed(brief, tone, min(1.0, 0.35 + near * 0.6))
    fill(picture, [corner(far, 0), corner(far, 1), corner(near, 1), corner(near, 0)], tone)
    floors, bays = 9, max(2, round((near / far - 1) * 10))
    for bay in range(bays):
        a = far + (near - far) * (bay + 0.22) / bays
        b = far + (near - far) * (bay + 0.78) / bays
        for floor in range(1, floors):
            lit = rng.random() < (0.4 if brief.dark else 0.08)
            glow = mix(_LAMP, NEON[int(rng.integers(5))], 0.35 * float(rng.random()))
            glass = mix(glow, tone, 0.35) if lit else shade(tone, 0.7 if brief.dark else 0.8)
            low, high = (floor + 0.18) / floors, (floor + 0.74) / floors
            fill(picture, [corner(a, low), corner(a, high), corner(b, high), corner(b, low)], glass)
    fill(
        picture,
        [corner(far, 0), corner(far, 0.1), corner(near, 0.1), corner(near, 0)],
        shade(tone, 0.6),
    )
    for bay in range(bays):
        a = far + (near - far) * (bay + 0.1) / bays
        b = far + (near - far) * (bay + 0.9) / bays
        glass = _shop_light(brief, rng, tone)
        fill(picture, [corner(a, 0.008), corner(a, 0.07), corner(b, 0.07), corner(b, 0.008)], glass)
    if brief.dark:
        for sign in range(2):
            at_depth = far + (near - far) * (0.25 + 0.5 * sign)
            low = 0.14 + 0.2 * float(rng.random())
            sign_box = [corner(at_depth, low), corner(at_depth, low + 0.2)]
            wide = side * -1 * canvas.unit * 60 * at_depth
            sign_box += [(x + wide, y) for x, y in reversed(sign_box)]
            _paint_sign(picture, sign_box, NEON[int(rng.integers(5))], canvas.unit * at_depth)


def _shop_light(brief: Brief, rng: np.random.Generator, tone: RGB) -> RGB:
    """The colour of one shop window."""
    if not brief.dark:
        return mix(shade(tone, 1.15), brief.story.palette[0], 0.25)
    if rng.integers(3) == 0:
        return shade(tone, 1.2)
    return mix(mix(NEON[int(rng.integers(5))], _LAMP, 0.55), tone, 0.15)


def _paint_sign(picture: Bytes, box: list[tuple[float, float]], colour: RGB, size: float) -> None:
    points = np.rint(np.array(box) * 8).astype(np.int32)
    fill(picture, box, shade(colour, 0.28))
    cv2.polylines(picture, [points], True, colour, max(2, round(9 * size)), cv2.LINE_AA, 3)
    (x0, y0), (_, y1), (x2, _) = box[0], box[1], box[2]
    for row in range(4):
        y = y1 + (y0 - y1) * (0.2 + 0.2 * row)
        ends = ((x0 * 0.75 + x2 * 0.25, y), (x0 * 0.25 + x2 * 0.75, y))
        start, stop = ((round(a), round(b)) for a, b in ends)
        cv2.line(picture, start, stop, mix(colour, (255, 255, 255), 0.45), max(1, round(7 * size)))
