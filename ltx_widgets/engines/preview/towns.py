"""Towns as scenes: street, skyline, village."""

from __future__ import annotations

import cv2
import numpy as np

from ltx_widgets.engines.preview.ground import Ground
from ltx_widgets.engines.preview.landscape import behind, grassy, pine
from ltx_widgets.engines.preview.paint_city import paint_canyon, paint_houses, paint_towers
from ltx_widgets.engines.preview.paint_land import dry_ground, paint_firs, paint_ridge
from ltx_widgets.engines.preview.paint_sky import paint_sky
from ltx_widgets.engines.preview.paint_water import water
from ltx_widgets.engines.preview.planes import Bytes, yuv_of
from ltx_widgets.engines.preview.plates import Plate, flatten
from ltx_widgets.engines.preview.scene import Brief, Scene
from ltx_widgets.engines.preview.textures import roughen, shade, speckle

__all__ = ["paint_city_street", "paint_skyline", "paint_village"]


def paint_city_street(brief: Brief) -> Scene:
    """A street that runs to the vanishing point between high walls."""
    canvas = brief.canvas
    rows, columns = canvas.size
    picture = paint_sky(brief)
    road = shade(brief.story.palette[3], 0.55 if brief.dark else 0.9)
    picture[canvas.skyline :] = road
    roughen(
        picture[canvas.skyline :],
        speckle(brief.rng("road"), (rows - canvas.skyline, columns), (3, 9)),
        0.12,
    )
    wet = brief.story.weather in ("rain", "storm")
    if wet or brief.dark:
        _wet_road(brief, picture, 0.72 if wet else 0.35)
    else:
        _lane_marks(brief, picture)
    _far_buildings(brief, picture)
    paint_canyon(brief, picture)
    planes = yuv_of(picture)
    back = Plate(planes, canvas, 0.45, top=0, solid=0, bottom=canvas.skyline + 8)
    ground = Ground(
        planes, canvas, ripple=3.5 * canvas.unit if wet else 0, flat=True, nearness=0.45
    )
    return Scene(canvas, (back,), ground, floor=0.66)


def _far_buildings(brief: Brief, picture: Bytes) -> None:
    """Towers in the mist where the street ends."""
    sheet = paint_towers(brief, "street end", height=0.3, nearness=0.05)
    flat = flatten(picture, (sheet,))
    rows = slice(sheet.top, brief.canvas.skyline)
    picture[rows] = flat[rows]


def _wet_road(brief: Brief, picture: Bytes, strength: float) -> None:
    """The walls once more, upside down and drawn out, as in a wet street."""
    skyline = brief.canvas.skyline
    road = picture[skyline:]
    mirrored = picture.copy()
    paint_canyon(brief, mirrored, mirrored=True)
    drawn = cv2.convertScaleAbs(cv2.blur(mirrored[skyline:], (5, 45)), alpha=1.3)
    noise = speckle(brief.rng("wet"), road.shape[:2], (5, 60)).astype(np.float32) / 255
    amount = np.clip(strength * (0.35 + 0.9 * noise), 0, 1)
    road[:] = cv2.blendLinear(drawn, road, amount, 1 - amount)


def _lane_marks(brief: Brief, picture: Bytes) -> None:
    canvas = brief.canvas
    middle, deep = canvas.size[1] / 2, canvas.size[0] - canvas.skyline
    at = 0.05
    while at < 1:
        end = at * 1.35
        corners = [
            (middle + side * canvas.width * 0.012 * part, canvas.skyline + part * deep)
            for side, part in ((-1, at), (1, at), (1, end), (-1, end))
        ]
        cv2.fillPoly(
            picture, [np.rint(np.array(corners) * 8).astype(np.int32)], (226, 222, 206), 16, 3
        )
        at = end * 1.5


def paint_skyline(brief: Brief) -> Scene:
    """High buildings across the water."""
    sky = paint_sky(brief)
    plates = (
        paint_towers(brief, "far", height=0.34, nearness=0.12),
        paint_towers(brief, "near", height=0.5, nearness=0.26),
    )
    mirror = flatten(sky, plates)
    ground = water(brief, mirror, deep=brief.story.palette[3], mirror=0.7, ripple=7, chop=0.22)
    return Scene(brief.canvas, behind(brief, sky, plates), ground)


def paint_village(brief: Brief) -> Scene:
    """Houses at the foot of hills."""
    far = brief.story.palette[2]
    sky = paint_sky(brief)
    back = (
        paint_ridge(brief, "hills", height=0.2, wave=0.8, colour=far, nearness=0.1, roughness=0.35),
        paint_firs(brief, "firs", height=0.1, colour=pine(brief), nearness=0.2),
    )
    ground = dry_ground(brief, grassy(brief), grain=0.4)
    front = (
        paint_houses(brief, "far houses", height=0.12, nearness=0.24),
        paint_houses(brief, "houses", height=0.22, nearness=0.4),
    )
    return Scene(brief.canvas, behind(brief, sky, back), ground, front, floor=0.75)
