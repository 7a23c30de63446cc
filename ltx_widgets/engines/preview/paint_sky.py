"""Skies: gradient, glow, sun or moon, stars and clouds."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.scene import Brief
from ltx_widgets.engines.preview.storyboard import RGB
from ltx_widgets.engines.preview.textures import Floats, cloudiness, grade, mix, ramp, shade

__all__ = ["paint_sky", "sun_place"]

_GREY_SKY = {"rain": 0.2, "storm": 0.3, "snow": 0.1, "fog": 0.3, "cloudy": 0.2}
_CLOUDS = {"clear": 0.3, "wind": 0.45, "cloudy": 0.85, "rain": 0.8, "storm": 0.95, "snow": 0.55}
# Sky is smooth: painted at a quarter of the size and enlarged, it costs a sixteenth.
_COARSE = 4


def sun_place(brief: Brief) -> tuple[float, float]:
    """Column and row of the sun or moon in the painted world."""
    canvas = brief.canvas
    side = 0.3 + 0.4 * float(brief.rng("sun").random())
    height = {"dawn": 0.14, "golden_hour": 0.2, "dusk": 0.07, "day": 0.62, "night": 0.66}
    up = height[brief.story.time_of_day] * canvas.horizon
    return canvas.margin_x + canvas.width * side, canvas.skyline - up


def paint_sky(brief: Brief) -> Bytes:
    """The whole canvas as sky, (h, w, 3) uint8 sRGB; below the horizon it stays hazy."""
    rows, columns = (side // _COARSE for side in brief.canvas.size)
    zenith, horizon = brief.story.palette[:2]
    grey = _GREY_SKY.get(brief.story.weather, 0.0)
    zenith, horizon = (_greyed(colour, grey) for colour in (zenith, horizon))
    edge = brief.canvas.skyline / brief.canvas.size[0]
    stops = [(0.0, zenith), (edge * 0.55, mix(zenith, horizon, 0.45)), (edge, horizon)]
    coarse = ramp((rows, columns), [*stops, (1.0, horizon)])
    _glow(brief, coarse)
    _clouds(brief, coarse)
    sky: Bytes = cv2.resize(coarse, brief.canvas.size[::-1], interpolation=cv2.INTER_CUBIC)
    if brief.story.weather in ("clear", "wind", "snow"):
        _draw_sun_or_moon(brief, sky)
    if brief.story.time_of_day == "night" and brief.story.weather in ("clear", "wind"):
        scatter_stars(brief, sky, brief.canvas.skyline)
    return sky


def scatter_stars(brief: Brief, picture: Bytes, rows: int, density: float = 1.0) -> None:
    """Stars in the first `rows` rows of a painting."""
    rng = brief.rng("stars")
    count = int(density * 420 * picture.shape[1] / picture.shape[0])
    unit = brief.canvas.unit
    for x, y, bright in rng.random((count, 3)):
        place = round(x * picture.shape[1] * 8), round(y * rows * 8)
        light = 90 + round(165 * bright**3)
        size = max(5, round((0.6 + 1.3 * bright**4) * unit * 8))
        cv2.circle(picture, place, size, (light, light, min(255, light + 14)), -1, cv2.LINE_AA, 3)


def _greyed(colour: RGB, amount: float) -> RGB:
    light = round(0.3 * colour[0] + 0.55 * colour[1] + 0.15 * colour[2])
    return mix(colour, (light, light, min(255, light + 6)), amount)


def _distance(shape: tuple[int, int], x: float, y: float, flatten: float) -> Floats:
    rows = (np.arange(shape[0], dtype=np.float32) - y) * flatten
    columns = np.arange(shape[1], dtype=np.float32) - x
    return np.sqrt(rows[:, None] ** 2 + columns[None, :] ** 2)


def _glow(brief: Brief, coarse: Bytes) -> None:
    """Light around the sun, wide and low at dawn and dusk."""
    x, y = (value / _COARSE for value in sun_place(brief))
    time = brief.story.time_of_day
    reach = {"dawn": 0.5, "golden_hour": 0.55, "dusk": 0.42, "day": 0.3, "night": 0.22}[time]
    strength = {"dawn": 0.75, "golden_hour": 0.85, "dusk": 0.7, "day": 0.35, "night": 0.3}[time]
    strength *= 1 - 0.7 * _GREY_SKY.get(brief.story.weather, 0.0)
    far = _distance(coarse.shape[:2], x, y, 1.8 if time != "night" else 1.0)
    amount = strength * np.exp(-far / (reach * min(coarse.shape[:2])))
    warm: RGB = (176, 196, 236) if time == "night" else mix(brief.story.palette[1], _SUN[time], 0.7)
    grade(coarse, warm, amount)


_SUN: dict[str, RGB] = {
    "dawn": (255, 206, 160),
    "day": (255, 252, 240),
    "golden_hour": (255, 214, 130),
    "dusk": (255, 150, 104),
    "night": (214, 224, 246),
}


def _draw_sun_or_moon(brief: Brief, sky: Bytes) -> None:
    x, y = sun_place(brief)
    time = brief.story.time_of_day
    size = {"day": 30, "night": 34}.get(time, 44) * brief.canvas.unit
    place = round(x * 8), round(y * 8)
    disc = mix(_SUN[time], (255, 255, 250), 0.55)
    cv2.circle(sky, place, round(size * 8), disc, -1, cv2.LINE_AA, 3)
    if time == "night":
        dim = shade(disc, 0.86)
        for dx, dy, part in ((-0.3, -0.2, 0.22), (0.25, 0.15, 0.28), (-0.1, 0.45, 0.16)):
            spot = round((x + dx * size) * 8), round((y + dy * size) * 8)
            cv2.circle(sky, spot, round(size * part * 8), dim, -1, cv2.LINE_AA, 3)


def _clouds(brief: Brief, coarse: Bytes) -> None:
    cover = _CLOUDS.get(brief.story.weather, 0.5)
    rows = max(8, brief.canvas.skyline // _COARSE)
    unit = brief.canvas.unit / _COARSE
    noise = cloudiness(
        brief.rng("clouds"), (rows, coarse.shape[1]), cell=(130 * unit, 520 * unit), octaves=5
    )
    dense = np.clip((noise - (0.72 - 0.42 * cover)) * 4.2, 0, 1)
    dense *= np.linspace(1.0, 0.35, rows, dtype=np.float32)[:, None]
    lit = mix(brief.story.palette[1], (255, 255, 255), 0.35)
    if brief.story.time_of_day == "night":
        lit = mix(brief.story.palette[1], brief.story.palette[0], 0.3)
    if brief.story.weather == "storm":
        lit = shade(lit, 0.55)
    top = coarse[:rows]
    grade(top, lit, dense * 0.75)
    # The same blobs a little lower, darker: clouds with a lit upper edge and a shaded belly.
    belly = np.roll(dense, max(1, rows // 28), axis=0) * dense
    grade(top, shade(mix(lit, brief.story.palette[0], 0.5), 0.85), belly * 0.5)
