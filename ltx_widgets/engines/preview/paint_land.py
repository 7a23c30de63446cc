"""Land: ridges, dunes, tree lines, trunks, and ground in perspective."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ltx_widgets.engines.preview.ground import Ground
from ltx_widgets.engines.preview.planes import Bytes, yuv_of
from ltx_widgets.engines.preview.plates import Plate
from ltx_widgets.engines.preview.scene import Brief, cut_out
from ltx_widgets.engines.preview.storyboard import RGB
from ltx_widgets.engines.preview.textures import (
    Floats,
    grade,
    mix,
    ramp,
    ridge_line,
    roughen,
    shade,
    speckle,
)

__all__ = [
    "below_outline",
    "dry_ground",
    "ground_picture",
    "hazed",
    "paint_dunes",
    "paint_firs",
    "paint_ridge",
    "paint_trunks",
]

_TILE = 512


def hazed(brief: Brief, colour: RGB, nearness: float) -> RGB:
    """A colour as it looks through the air between."""
    return mix(colour, brief.story.palette[1], brief.haze * (1 - nearness) ** 1.5)


def below_outline(shape: tuple[int, int], line: Floats) -> Bytes:
    """Opacity of everything below an outline.

    Args:
        shape: Rows and columns.
        line: (columns,) float32, the row of the outline at each column.
    """
    alpha = np.zeros(shape, np.uint8)
    columns = np.arange(0, shape[1], 2)
    points = np.stack([columns * 8, np.rint(line[columns] * 8)], -1).astype(np.int32)
    last = shape[1] * 8
    around = [[last, points[-1, 1]], [last, shape[0] * 8], [0, shape[0] * 8]]
    cv2.fillPoly(alpha, [np.concatenate([points, np.array(around, np.int32)])], 255, cv2.LINE_AA, 3)
    return alpha


def paint_ridge(
    brief: Brief,
    name: str,
    *,
    height: float,
    wave: float,
    colour: RGB,
    nearness: float,
    snow: float = 0.0,
    roughness: float = 0.5,
) -> Plate:
    """A ridge on the horizon.

    Args:
        brief: The scene.
        name: Of its random numbers.
        height: Of the highest summit, as a part of the frame's height.
        wave: From summit to summit, as a part of the frame's shorter side.
        colour: Before haze.
        nearness: Its distance.
        snow: Part of its height that is white.
        roughness: 0.3 for hills, 0.55 for rock.
    """
    canvas, rng = brief.canvas, brief.rng(name)
    rows, columns = canvas.size
    tall = height * canvas.height
    line = ridge_line(
        rng, columns, height=tall, wave=wave * canvas.unit * 1000, roughness=roughness
    )
    outline = canvas.skyline + 6 * canvas.unit - line
    top = int(max(0, outline.min()))
    near, far = hazed(brief, colour, nearness), hazed(brief, colour, nearness * 0.3)
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[top : canvas.skyline + 2] = ramp(
        (canvas.skyline + 2 - top, columns), [(0, near), (1, far)]
    )
    picture[canvas.skyline + 2 :] = far
    slope = picture[top : canvas.skyline + 2]
    if snow:
        _lay_snow(brief, slope, line, top, snow)
    # Slopes that fall to the right lie in the shade.
    _shade_slopes(rng, slope, line)
    return cut_out(
        picture, below_outline((rows, columns), outline.astype(np.float32)), canvas, nearness
    )


def _shade_slopes(rng: np.random.Generator, slope: Bytes, line: Floats) -> None:
    rows, columns = slope.shape[:2]
    coarse = speckle(rng, (rows, columns), (26, 14))
    roughen(slope, coarse, 0.16)
    falling = cv2.blur(np.gradient(line)[None, :].astype(np.float32), (41, 1))
    dark = np.clip(-falling * 0.5, 0, 0.32)
    grade(slope, (20, 24, 40), np.repeat(dark, rows, axis=0))


def _lay_snow(brief: Brief, slope: Bytes, line: Floats, top: int, part: float) -> None:
    rows, columns = slope.shape[:2]
    canvas = brief.canvas
    up = canvas.skyline - top - np.arange(rows, dtype=np.float32)[:, None]
    jag = speckle(brief.rng("snow line"), (rows, columns), (30, 18)).astype(np.float32) / 255 - 0.5
    limit = float(line.max()) * (1 - part)
    amount = np.clip((up - limit) / (float(line.max()) * 0.12) + jag * 2.4, 0, 1)
    white = hazed(brief, mix((246, 248, 255), brief.story.palette[1], 0.2), 0.6)
    if brief.story.time_of_day == "night":
        white = shade(white, 0.45)
    grade(slope, white, amount * 0.92)


def paint_dunes(brief: Brief, name: str, *, height: float, colour: RGB, nearness: float) -> Plate:
    """A dune line with a lit and a shaded side."""
    canvas, rng = brief.canvas, brief.rng(name)
    rows, columns = canvas.size
    wave = canvas.unit * 1000 * (0.5 + nearness)
    line = ridge_line(rng, columns, height=height * canvas.height, wave=wave, roughness=0.25)
    outline = (canvas.skyline + 4 * canvas.unit - line).astype(np.float32)
    lit = hazed(brief, colour, nearness)
    picture = ramp((rows, columns), [(0, shade(lit, 1.1)), (1, lit)])
    crest = below_outline((rows, columns), outline)
    # The shaded side begins at a second line that meets the crest and swings away below it.
    drift = cv2.blur(np.gradient(outline)[None, :], (61, 1))[0] * 220 * canvas.unit
    shadow = below_outline((rows, columns), outline + np.clip(30 - drift, 0, 400))
    top, end = int(outline.min()), min(rows, canvas.skyline + 8)
    dark = cv2.subtract(crest, shadow)[top:end].astype(np.float32) / 255
    grade(picture[top:end], mix(shade(lit, 0.62), brief.story.palette[0], 0.08), dark * 0.8)
    return cut_out(picture, crest, canvas, nearness)


def paint_firs(
    brief: Brief, name: str, *, height: float, colour: RGB, nearness: float, snow: bool = False
) -> Plate:
    """A line of conifers, each different, `height` as a part of the frame's height."""
    canvas, rng = brief.canvas, brief.rng(name)
    rows, columns = canvas.size
    foot = canvas.skyline + nearness * 0.12 * (canvas.height - canvas.horizon) + 3
    tall = height * canvas.height
    alpha = np.zeros((rows, columns), np.uint8)
    dark = hazed(brief, colour, nearness)
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[:] = dark
    x = -tall * 0.2
    while x < columns + tall * 0.2:
        size = tall * (0.55 + 0.45 * float(rng.random()))
        _draw_fir(
            picture, alpha, x, foot, size, shade(dark, 0.82 + 0.3 * float(rng.random())), snow
        )
        x += size * (0.16 + 0.3 * float(rng.random()))
    band = np.zeros(columns, np.float32) + (foot - tall * 0.12)
    cv2.max(alpha, below_outline((rows, columns), band), dst=alpha)
    alpha[round(foot) :] = 0
    return cut_out(picture, alpha, canvas, nearness)


def _draw_fir(
    picture: Bytes,
    alpha: Bytes,
    x: float,
    foot: float,
    size: float,
    colour: RGB,
    snow: bool,  # noqa: FBT001
) -> None:
    tiers = 5
    for tier in range(tiers):
        top = foot - size * (1 - tier * 0.17)
        low = top + size * 0.34
        wide = size * (0.05 + 0.045 * (tier + 1))
        shape = [(x, top), (x + wide, low), (x + wide * 0.3, low - size * 0.04)]
        shape += [(x - wide * 0.3, low - size * 0.04), (x - wide, low)]
        points = np.rint(np.array(shape) * 8).astype(np.int32)
        cv2.fillPoly(picture, [points], colour, cv2.LINE_AA, 3)
        cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA, 3)
        if snow:
            cap = [
                (x, top),
                (x + wide * 0.4, low - size * 0.15),
                (x - wide * 0.46, low - size * 0.13),
            ]
            lit = mix(colour, (236, 242, 252), 0.72)
            cv2.fillPoly(
                picture, [np.rint(np.array(cap) * 8).astype(np.int32)], lit, cv2.LINE_AA, 3
            )


def paint_trunks(brief: Brief, name: str, *, count: int, colour: RGB, nearness: float) -> Plate:
    """Tree trunks that reach out of the frame, with a canopy above."""
    canvas, rng = brief.canvas, brief.rng(name)
    rows, columns = canvas.size
    foot = canvas.skyline + nearness * (canvas.height - canvas.horizon)
    dark = hazed(brief, colour, nearness)
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[:] = dark
    alpha = np.zeros((rows, columns), np.uint8)
    wide = canvas.unit * (12 + 62 * nearness)
    for place in np.linspace(0.02, 0.98, count):
        x = columns * float(place) + float(rng.normal()) * columns / count * 0.22
        half = wide * (0.6 + 0.7 * float(rng.random())) / 2
        lean = float(rng.normal()) * wide * 0.4
        shape = [(x - half * 0.75 + lean, 0), (x + half * 0.75 + lean, 0), (x + half, foot - half)]
        shape += [(x + half * 1.7, foot), (x - half * 1.7, foot), (x - half, foot - half)]
        points = np.rint(np.array(shape) * 8).astype(np.int32)
        cv2.fillPoly(alpha, [points], 255, cv2.LINE_AA, 3)
        lit = [(x - half * 0.75 + lean, 0), (x - half * 0.2 + lean, 0), (x - half * 0.3, foot)]
        lit += [(x - half * 1.2, foot)]
        bright = mix(dark, brief.story.palette[1], 0.22)
        cv2.fillPoly(picture, [np.rint(np.array(lit) * 8).astype(np.int32)], bright, cv2.LINE_AA, 3)
    bark = speckle(rng, (rows, columns), (60 * canvas.unit, 7 * canvas.unit))
    roughen(picture, bark, 0.14)
    _hang_leaves(brief, rng, picture, alpha, nearness)
    return cut_out(picture, alpha, canvas, nearness)


def _hang_leaves(
    brief: Brief, rng: np.random.Generator, picture: Bytes, alpha: Bytes, nearness: float
) -> None:
    """A canopy along the upper edge, thinning out downwards."""
    reach = max(8, round((0.34 + 0.2 * nearness) * brief.canvas.skyline))
    size, unit = (reach, alpha.shape[1]), brief.canvas.unit * (0.5 + nearness)
    broad = speckle(rng, size, (70 * unit, 120 * unit)).astype(np.float32)
    fine = speckle(rng, size, (11 * unit, 15 * unit)).astype(np.float32)
    limit = np.linspace(40, 250, reach, dtype=np.float32)[:, None]
    crown = np.clip((broad * 0.6 + fine * 0.4 - limit) * 14, 0, 255).astype(np.uint8)
    green = hazed(brief, mix((50, 78, 44), brief.story.palette[3], 0.3), nearness)
    leaves = np.empty((*size, 3), np.uint8)
    leaves[:] = shade(green, 0.5 if brief.dark else 0.9)
    roughen(leaves, fine.astype(np.uint8), 0.3)
    cv2.copyTo(leaves, crown, picture[:reach])
    cv2.max(alpha[:reach], crown, dst=alpha[:reach])


def ground_picture(
    brief: Brief, stops: Sequence[tuple[float, RGB]], *, grain: float, stretch: float = 3.0
) -> Bytes:
    """A ground as large as the canvas: a gradient, roughened in perspective.

    Args:
        brief: The scene.
        stops: Colours from the horizon (0) to the viewer's feet (1).
        grain: Strength of the texture, 0 to 1.
        stretch: How much wider than deep its blobs are.
    """
    canvas = brief.canvas
    rows, columns = canvas.size
    deep = rows - canvas.skyline
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[canvas.skyline :] = ramp((deep, columns), list(stops))
    if grain:
        noise = _perspective_noise(brief, (deep // 2, columns // 2), stretch)
        noise = cv2.resize(noise, (columns, deep), interpolation=cv2.INTER_LINEAR)
        roughen(picture[canvas.skyline :], noise, grain)
    return picture


def _perspective_noise(brief: Brief, size: tuple[int, int], stretch: float) -> Bytes:
    rng = brief.rng("ground")
    fine = rng.integers(0, 256, (_TILE, _TILE), dtype=np.uint8)
    broad = cv2.resize(_wrapped(rng.integers(0, 256, (32, 32), dtype=np.uint8)), (_TILE, _TILE))
    tile = cv2.addWeighted(cv2.blur(fine, (3, 3)), 0.55, broad, 0.45, 0)
    below = (np.arange(size[0], dtype=np.float32) + 1) / size[0]
    depth = 1 / (below + 0.03)
    across = np.arange(size[1], dtype=np.float32) - size[1] / 2
    scale = 320 / (stretch * brief.canvas.unit * 1000)
    map_x = np.multiply.outer(depth * scale, across) + np.float32(7.3)
    map_y = np.repeat((depth * 60)[:, None], size[1], axis=1)
    noise = cv2.remap(tile, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    calm = np.clip(below * 4, 0.15, 1)[:, None]
    calmed: Bytes = (128 + (noise.astype(np.float32) - 128) * calm).astype(np.uint8)
    return calmed


def _wrapped(blobs: Bytes) -> Bytes:
    """The same blobs with an edge that fades into the opposite one, so that tiles show no seam."""
    blobs[-1], blobs[:, -1] = blobs[0], blobs[:, 0]
    return blobs


def dry_ground(
    brief: Brief, stops: Sequence[tuple[float, RGB]], *, grain: float = 0.5, stretch: float = 3.0
) -> Ground:
    """Solid ground of these colours, from the horizon to the viewer's feet."""
    picture = ground_picture(brief, stops, grain=grain, stretch=stretch)
    return Ground(yuv_of(picture), brief.canvas)
