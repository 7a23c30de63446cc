"""Places without a landscape: rooms, space, open sky, under water, and no place at all."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.paint_land import dry_ground, paint_ridge
from ltx_widgets.engines.preview.paint_sky import paint_sky, scatter_stars
from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.plates import Plate
from ltx_widgets.engines.preview.scene import Brief, Scene, cut_out, whole
from ltx_widgets.engines.preview.storyboard import RGB
from ltx_widgets.engines.preview.textures import (
    Floats,
    cloudiness,
    grade,
    mix,
    ramp,
    roughen,
    shade,
    speckle,
)

__all__ = ["paint_abstract", "paint_room", "paint_sky_only", "paint_space", "paint_underwater"]

_AFLOAT = 0.5
_COARSE = 4


def paint_room(brief: Brief) -> Scene:
    """A wall with a window and a picture, above floor boards."""
    canvas = brief.canvas
    rows, columns = canvas.size
    far, near, accent = brief.story.palette[2:]
    light = 0.62 if brief.dark else 1.0
    wall = ramp(
        (rows, columns), [(0, shade(far, light * 0.82)), (0.6, shade(far, light)), (1, far)]
    )
    roughen(wall, speckle(brief.rng("plaster"), (rows, columns), (5, 5)), 0.03)
    _draw_window(brief, wall)
    _draw_frame(brief, wall, accent)
    glow = _lamp_glow(brief, wall.shape[:2])
    grade(wall, (255, 208, 140), glow * (0.6 if brief.dark else 0.25))
    _draw_sofa(brief, wall, shade(accent, 0.75 * light))
    skirting = canvas.skyline
    wall[skirting - round(22 * canvas.unit) : skirting] = shade(
        mix(far, (255, 255, 255), 0.4), light
    )
    stops = [(0, shade(near, light * 0.75)), (1, shade(near, light * 1.1))]
    ground = dry_ground(brief, stops, grain=0.2, stretch=0.4)
    plate = whole(wall, canvas, 0.3, skirting + 8)
    return Scene(canvas, (plate,), ground, floor=0.5)


def _lamp_glow(brief: Brief, size: tuple[int, int]) -> Floats:
    canvas = brief.canvas
    y = np.arange(size[0], dtype=np.float32)[:, None] - (canvas.skyline - 0.3 * canvas.height)
    x = np.arange(size[1], dtype=np.float32)[None, :] - (canvas.margin_x + 0.82 * canvas.width)
    glow: Floats = np.exp(-np.sqrt(x * x + y * y) / (0.28 * min(canvas.width, canvas.height)))
    return glow


def _draw_window(brief: Brief, wall: Bytes) -> None:
    canvas = brief.canvas
    left = canvas.margin_x + round(canvas.width * 0.1)
    right = left + round(min(canvas.width, canvas.height) * 0.5)
    top = canvas.margin_y + round(canvas.horizon * 0.14)
    low = canvas.margin_y + round(canvas.horizon * 0.74)
    sky: dict[str, tuple[RGB, RGB]] = {
        "dawn": ((120, 150, 200), (255, 206, 180)),
        "day": ((120, 182, 240), (226, 240, 252)),
        "golden_hour": ((150, 160, 200), (255, 206, 130)),
        "dusk": ((58, 60, 110), (220, 130, 110)),
        "night": ((12, 18, 44), (34, 44, 84)),
    }
    high, deep = sky[brief.story.time_of_day]
    wall[top:low, left:right] = ramp((low - top, right - left), [(0, high), (1, deep)])
    frame: RGB = shade((240, 236, 228), 0.55 if brief.dark else 1.0)
    thick = max(3, round(12 * canvas.unit))
    cv2.rectangle(wall, (left, top), (right, low), frame, thick)
    cv2.line(wall, ((left + right) // 2, top), ((left + right) // 2, low), frame, thick // 2)
    cv2.line(wall, (left, (top + low) // 2), (right, (top + low) // 2), frame, thick // 2)
    sill = (left - thick * 2, low + thick // 2), (right + thick * 2, low + thick * 2)
    cv2.rectangle(wall, *sill, frame, -1)


def _draw_sofa(brief: Brief, wall: Bytes, colour: RGB) -> None:
    """A sofa against the wall, below the picture, and a lamp beside it."""
    canvas = brief.canvas
    unit, foot = canvas.unit, canvas.skyline
    left = canvas.margin_x + round(canvas.width * 0.5)
    right = left + round(520 * unit)
    back = foot - round(230 * unit)
    seat = foot - round(110 * unit)
    cv2.rectangle(wall, (left, back), (right, foot), shade(colour, 0.8), -1)
    for number in range(3):
        x = left + round((right - left) * number / 3) + round(6 * unit)
        end = left + round((right - left) * (number + 1) / 3) - round(6 * unit)
        cv2.rectangle(wall, (x, back + round(12 * unit)), (end, seat), colour, -1)
    cv2.rectangle(wall, (left, seat), (right, foot), shade(colour, 0.92), -1)
    for x in (left, right):
        arm = round(34 * unit)
        cv2.rectangle(wall, (x - arm, seat - arm), (x + arm, foot), shade(colour, 1.1), -1)
    x, top = canvas.margin_x + round(canvas.width * 0.82), foot - round(0.36 * canvas.height)
    cv2.line(wall, (x, top), (x, foot), (52, 44, 38), max(2, round(7 * unit)))
    wide, tall = round(58 * unit), round(84 * unit)
    cone = [
        (x - wide // 2, top),
        (x + wide // 2, top),
        (x + wide, top + tall),
        (x - wide, top + tall),
    ]
    cv2.fillPoly(wall, [np.array(cone, np.int32)], (255, 226, 170), cv2.LINE_AA)


def _draw_frame(brief: Brief, wall: Bytes, accent: RGB) -> None:
    canvas = brief.canvas
    left = canvas.margin_x + round(canvas.width * 0.68)
    right = left + round(min(canvas.width, canvas.height) * 0.24)
    top = canvas.margin_y + round(canvas.horizon * 0.22)
    low = top + round((right - left) * 0.75)
    light = 0.6 if brief.dark else 1.0
    wall[top:low, left:right] = ramp(
        (low - top, right - left),
        [(0, shade(accent, light)), (1, shade(mix(accent, (255, 255, 255), 0.6), light))],
    )
    cv2.rectangle(
        wall, (left, top), (right, low), shade((70, 48, 34), light), max(3, round(10 * canvas.unit))
    )


def paint_space(brief: Brief) -> Scene:
    """Stars, a nebula and a planet."""
    canvas = brief.canvas
    rows, columns = canvas.size
    zenith, _, far, _, accent = brief.story.palette
    small = rows // _COARSE, columns // _COARSE
    coarse = np.empty((*small, 3), np.uint8)
    coarse[:] = shade(mix(zenith, (4, 5, 14), 0.6), 0.8)
    unit = canvas.unit / _COARSE
    for name, tone, strength in (("a", accent, 0.5), ("b", far, 0.45), ("c", (90, 60, 160), 0.4)):
        noise = cloudiness(
            brief.rng(f"nebula {name}"), small, cell=(420 * unit, 520 * unit), octaves=5
        )
        grade(coarse, tone, np.clip((noise - 0.5) * 3, 0, 1) * strength)
    sky = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    scatter_stars(brief, sky, rows, density=2.4)
    return Scene(canvas, (whole(sky, canvas, 0.12), _planet(brief)), floor=_AFLOAT)


def _planet(brief: Brief) -> Plate:
    canvas = brief.canvas
    rows, columns = canvas.size
    size = 0.27 * min(canvas.width, canvas.height)
    x, y = canvas.margin_x + canvas.width * 0.74, canvas.margin_y + canvas.height * 0.36
    noise = cloudiness(
        brief.rng("planet"), (rows // 2, columns // 2), cell=(26 * canvas.unit, 300 * canvas.unit)
    )
    bands = cv2.resize(noise, (columns, rows))
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[:] = mix(brief.story.palette[4], (226, 190, 150), 0.5)
    grade(picture, shade(brief.story.palette[2], 0.7), np.clip((bands - 0.42) * 5, 0, 1))
    across = (np.arange(columns, dtype=np.float32) - x)[None, :] / size
    down = (np.arange(rows, dtype=np.float32) - y)[:, None] / size
    height = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    dark = np.clip(1.05 - (-0.62 * across - 0.4 * down + 0.66 * height) * 1.35, 0, 0.97)
    grade(picture, (3, 4, 10), dark.astype(np.float32))
    alpha = np.zeros((rows, columns), np.uint8)
    cv2.circle(alpha, (round(x * 8), round(y * 8)), round(size * 8), 255, -1, cv2.LINE_AA, 3)
    return cut_out(picture, alpha, canvas, 0.32)


def paint_sky_only(brief: Brief) -> Scene:
    """High up: sky, and banks of cloud at three distances."""
    canvas = brief.canvas
    back = [whole(paint_sky(brief), canvas, 0.05)]
    for number, (nearness, place) in enumerate(((0.18, 0.68), (0.4, 0.84), (0.75, 1.0))):
        back.append(_cloud_bank(brief, f"bank {number}", nearness, place))
    return Scene(canvas, tuple(back), floor=_AFLOAT)


def _cloud_bank(brief: Brief, name: str, nearness: float, place: float) -> Plate:
    canvas = brief.canvas
    rows, columns = canvas.size
    small = rows // _COARSE, columns // _COARSE
    unit = canvas.unit / _COARSE * (0.5 + nearness)
    noise = cloudiness(brief.rng(name), small, cell=(200 * unit, 340 * unit), octaves=5)
    line = np.arange(small[0], dtype=np.float32)[:, None] / small[0]
    dense = np.clip((noise - 0.5) * 3.4 + (line - place + 0.1) * 9, 0, 1)
    light = mix(brief.story.palette[1], (255, 255, 255), 0.55)
    if brief.story.time_of_day == "night":
        light = mix(brief.story.palette[0], (150, 165, 205), 0.4)
    coarse = np.empty((*small, 3), np.uint8)
    coarse[:] = light
    lower = np.clip(cv2.blur(dense, (5, 31)) * 0.85 - 0.2 + (0.5 - noise) * 0.6, 0, 0.7)
    grade(coarse, mix(light, brief.story.palette[0], 0.55), lower)
    picture = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR)
    alpha = cv2.resize(
        (dense * 255).astype(np.uint8), (columns, rows), interpolation=cv2.INTER_CUBIC
    )
    return cut_out(picture, alpha, canvas, nearness)


def paint_underwater(brief: Brief) -> Scene:
    """Blue depth with rays of light, rocks, and sand."""
    canvas = brief.canvas
    rows, columns = canvas.size
    zenith, horizon, far, near, _ = brief.story.palette
    surface = mix(zenith, (150, 226, 236), 0.45)
    depth = ramp(
        (rows, columns), [(0, surface), (0.45, mix(zenith, horizon, 0.5)), (1, shade(horizon, 0.7))]
    )
    _light_rays(brief, depth)
    back = (
        whole(depth, canvas, 0.06, canvas.skyline + 8),
        paint_ridge(
            brief, "reef far", height=0.2, wave=0.4, colour=mix(far, horizon, 0.4), nearness=0.2
        ),
        paint_ridge(
            brief, "reef", height=0.13, wave=0.25, colour=mix(far, near, 0.3), nearness=0.34
        ),
    )
    stops = [(0, mix(near, horizon, 0.6)), (1, near)]
    return Scene(canvas, back, dry_ground(brief, stops, grain=0.4, stretch=4), floor=0.4)


def _light_rays(brief: Brief, depth: Bytes) -> None:
    rows, columns = depth.shape[:2]
    small = rows // _COARSE, columns // _COARSE
    mask = np.zeros(small, np.uint8)
    rng = brief.rng("rays")
    for place in rng.random(9):
        top = (0.1 + 0.8 * place) * small[1]
        low = top + (place - 0.5) * small[1] * 0.7
        wide = (0.008 + 0.03 * float(rng.random())) * small[1]
        corners = [
            (top - wide, 0),
            (top + wide, 0),
            (low + wide * 3, small[0]),
            (low - wide * 3, small[0]),
        ]
        ray = np.zeros(small, np.uint8)
        cv2.fillPoly(ray, [np.array(corners, np.int32)], 90)
        mask = cv2.add(mask, ray)
    soft = cv2.blur(mask, (9, 9)).astype(np.float32) / 255
    soft *= np.linspace(1, 0, small[0], dtype=np.float32)[:, None] ** 1.3
    grade(depth, (210, 246, 244), soft)


def paint_abstract(brief: Brief) -> Scene:
    """Fields of colour that flow into each other, and soft rings before them."""
    canvas = brief.canvas
    rows, columns = canvas.size
    small = rows // _COARSE, columns // _COARSE
    unit = canvas.unit / _COARSE
    coarse = np.empty((*small, 3), np.uint8)
    coarse[:] = brief.story.palette[0]
    for number, tone in enumerate(brief.story.palette[1:]):
        noise = cloudiness(
            brief.rng(f"field {number}"), small, cell=(360 * unit, 420 * unit), octaves=3
        )
        bands = 0.5 + 0.5 * np.sin(noise * 26 + number)
        grade(coarse, tone, (bands * np.clip((noise - 0.38) * 5, 0, 1) * 0.9).astype(np.float32))
    field = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC)
    return Scene(canvas, (whole(field, canvas, 0.3), _rings(brief)), floor=_AFLOAT)


def _rings(brief: Brief) -> Plate:
    canvas, rng = brief.canvas, brief.rng("rings")
    rows, columns = canvas.size
    alpha = np.zeros((rows, columns), np.uint8)
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[:] = mix(brief.story.palette[4], (255, 255, 255), 0.3)
    for _ in range(14):
        place = round(float(rng.random()) * columns), round(float(rng.random()) * rows)
        size = round(canvas.unit * (25 + 170 * float(rng.random()) ** 2))
        thick = -1 if bool(rng.integers(3)) else max(2, round(7 * canvas.unit))
        cv2.circle(alpha, place, size, round(90 + 120 * float(rng.random())), thick, cv2.LINE_AA)
    return cut_out(picture, alpha, canvas, 0.8)
