"""From a place's name to its painted scene."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ltx_widgets.engines.preview.banks import ON_WATER, add_bank, bends_away
from ltx_widgets.engines.preview.ground import Ground
from ltx_widgets.engines.preview.landscape import behind, grassy, lit, pine
from ltx_widgets.engines.preview.paint_air import (
    paint_abstract,
    paint_room,
    paint_sky_only,
    paint_space,
    paint_underwater,
)
from ltx_widgets.engines.preview.paint_land import (
    dry_ground,
    ground_picture,
    hazed,
    paint_dunes,
    paint_firs,
    paint_ridge,
    paint_trunks,
)
from ltx_widgets.engines.preview.paint_sky import paint_sky
from ltx_widgets.engines.preview.paint_water import water
from ltx_widgets.engines.preview.planes import Bytes, rgb_of, yuv_of
from ltx_widgets.engines.preview.plates import flatten
from ltx_widgets.engines.preview.scene import Brief, Scene
from ltx_widgets.engines.preview.storyboard import Place
from ltx_widgets.engines.preview.textures import grade, mix, shade
from ltx_widgets.engines.preview.towns import paint_city_street, paint_skyline, paint_village

__all__ = ["HORIZON", "paint"]

HORIZON: dict[Place, float] = {
    "sea": 0.5,
    "lake": 0.5,
    "river": 0.46,
    "forest": 0.6,
    "mountains": 0.66,
    "desert": 0.58,
    "meadow": 0.56,
    "snowfield": 0.55,
    "city_street": 0.56,
    "skyline": 0.62,
    "village": 0.55,
    "room": 0.68,
    "space": 0.5,
    "sky": 0.6,
    "underwater": 0.74,
    "abstract": 0.5,
}
"""Row of the horizon as a part of the frame's height."""


def paint(brief: Brief) -> Scene:
    """Paint the storyboard's place."""
    scene = _PAINTERS[brief.story.place](brief)
    return add_bank(brief, scene) if brief.story.place in ON_WATER else scene


def _sea(brief: Brief) -> Scene:
    sky = paint_sky(brief)
    ground = water(brief, sky, deep=brief.story.palette[3], mirror=0.35, ripple=9, chop=0.34)
    return Scene(brief.canvas, behind(brief, sky, ()), ground)


def _lake(brief: Brief) -> Scene:
    far, near = brief.story.palette[2:4]
    sky = paint_sky(brief)
    plates = (
        paint_ridge(brief, "far", height=0.3, wave=0.62, colour=far, nearness=0.12, snow=0.35),
        paint_ridge(
            brief, "hills", height=0.13, wave=0.5, colour=mix(far, near, 0.5), nearness=0.2
        ),
        paint_firs(brief, "firs", height=0.09, colour=pine(brief), nearness=0.28),
    )
    back = behind(brief, sky, plates)
    mirror = flatten(sky, plates)
    ground = water(brief, mirror, deep=near, mirror=0.8, ripple=5, chop=0.12)
    return Scene(brief.canvas, back, ground)


def _river(brief: Brief) -> Scene:
    far = brief.story.palette[2]
    sky = paint_sky(brief)
    plates = (
        paint_ridge(
            brief, "hills", height=0.2, wave=0.6, colour=far, nearness=0.12, roughness=0.35
        ),
        paint_firs(brief, "firs", height=0.12, colour=pine(brief), nearness=0.28),
    )
    banks = lit(brief, (92, 128, 64))
    picture = ground_picture(brief, grassy(brief, banks), grain=0.4)
    _draw_river(brief, picture, sky)
    ground = Ground(yuv_of(picture), brief.canvas, ripple=2.2 * brief.canvas.unit)
    return Scene(brief.canvas, behind(brief, sky, plates), ground, floor=0.7)


def _draw_river(brief: Brief, picture: Bytes, sky: Bytes) -> None:
    canvas = brief.canvas
    rows, columns = canvas.size
    deep = rows - canvas.skyline
    below = np.linspace(0, 1, 60) ** 1.5
    middle = columns * 0.5 + np.sin(below * 5.2 + 0.6) * columns * 0.1 * (0.25 + below)
    if bends_away(brief.story):
        middle -= columns * 0.55 * below
    half = (0.02 + 0.3 * below) * canvas.width * 0.8
    y = canvas.skyline + 2 + below * deep
    edge = np.concatenate([np.stack([middle - half, y], 1), np.stack([middle + half, y], 1)[::-1]])
    mask = np.zeros((rows, columns), np.uint8)
    cv2.fillPoly(mask, [np.rint(edge * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    surface = water(brief, sky, deep=brief.story.palette[3], mirror=0.5, ripple=0, chop=0.3)
    river = rgb_of(surface.picture)
    amount = mask.astype(np.float32) / 255
    picture[:] = cv2.blendLinear(river, picture, amount, 1 - amount)


def _forest(brief: Brief) -> Scene:
    far, near = brief.story.palette[2:4]
    sky = paint_sky(brief)
    pale = mix(brief.story.palette[1], far, 0.45)
    grade(sky, pale, np.full(sky.shape[:2], 0.6, np.float32))
    bark = mix((62, 48, 38), near, 0.35)
    back = (
        paint_firs(brief, "deep", height=0.5, colour=mix(far, pale, 0.35), nearness=0.12),
        paint_trunks(brief, "far", count=22, colour=mix(bark, pale, 0.4), nearness=0.2),
    )
    stops = [(0, mix(near, pale, 0.5)), (0.3, near), (1, shade(near, 0.6))]
    ground = dry_ground(brief, stops, grain=0.62, stretch=2.2)
    front = (paint_trunks(brief, "near", count=6, colour=shade(bark, 0.8), nearness=0.5),)
    return Scene(brief.canvas, behind(brief, sky, back), ground, front, floor=0.72)


def _mountains(brief: Brief) -> Scene:
    far, near = brief.story.palette[2:4]
    sky = paint_sky(brief)
    back = (
        paint_ridge(
            brief,
            "peaks",
            height=0.52,
            wave=0.75,
            colour=far,
            nearness=0.1,
            snow=0.5,
            roughness=0.55,
        ),
        paint_ridge(
            brief, "middle", height=0.26, wave=0.5, colour=mix(far, near, 0.35), nearness=0.2
        ),
        paint_ridge(
            brief,
            "hills",
            height=0.12,
            wave=0.6,
            colour=mix(far, near, 0.75),
            nearness=0.3,
            roughness=0.35,
        ),
        paint_firs(brief, "firs", height=0.1, colour=pine(brief), nearness=0.4),
    )
    return Scene(brief.canvas, behind(brief, sky, back), dry_ground(brief, grassy(brief)))


def _desert(brief: Brief) -> Scene:
    far, near = brief.story.palette[2:4]
    sky = paint_sky(brief)
    back = (
        paint_ridge(brief, "mesa", height=0.1, wave=0.9, colour=shade(far, 0.85), nearness=0.1),
        paint_dunes(brief, "far", height=0.16, colour=far, nearness=0.2),
        paint_dunes(brief, "near", height=0.08, colour=mix(far, near, 0.5), nearness=0.32),
    )
    stops = [(0, hazed(brief, mix(far, near, 0.5), 0.4)), (0.4, near), (1, shade(near, 0.86))]
    return Scene(
        brief.canvas, behind(brief, sky, back), dry_ground(brief, stops, grain=0.26, stretch=5)
    )


def _meadow(brief: Brief) -> Scene:
    far, near = brief.story.palette[2:4]
    sky = paint_sky(brief)
    back = (
        paint_ridge(brief, "far", height=0.16, wave=0.8, colour=far, nearness=0.1, roughness=0.35),
        paint_ridge(
            brief,
            "near",
            height=0.08,
            wave=0.7,
            colour=mix(far, near, 0.6),
            nearness=0.2,
            roughness=0.3,
        ),
        paint_firs(brief, "firs", height=0.06, colour=pine(brief), nearness=0.26),
    )
    picture = ground_picture(brief, grassy(brief), grain=0.6)
    _scatter_flowers(brief, picture)
    return Scene(brief.canvas, behind(brief, sky, back), Ground(yuv_of(picture), brief.canvas))


def _scatter_flowers(brief: Brief, picture: Bytes) -> None:
    canvas, rng = brief.canvas, brief.rng("flowers")
    rows, columns = canvas.size
    tones = (brief.story.palette[4], (248, 244, 232), (246, 206, 84), (214, 120, 176))
    light = 0.45 if brief.dark else 1.0
    for _ in range(int(900 * columns / rows)):
        below = 0.06 + 0.94 * float(rng.random())
        place = float(rng.random()) * columns, canvas.skyline + below * (rows - canvas.skyline)
        size = max(6, round(canvas.unit * (0.6 + 5.2 * below) * 8))
        tone = shade(tones[int(rng.integers(4))], light)
        centre = round(place[0] * 8), round(place[1] * 8)
        cv2.ellipse(picture, centre, (size, size // 2 + 3), 0, 0, 360, tone, -1, cv2.LINE_AA, 3)


def _snowfield(brief: Brief) -> Scene:
    far, near = brief.story.palette[2:4]
    sky = paint_sky(brief)
    back = (
        paint_ridge(
            brief,
            "far",
            height=0.22,
            wave=0.7,
            colour=mix(far, brief.story.palette[0], 0.45),
            nearness=0.1,
            snow=0.55,
        ),
        paint_firs(
            brief, "wood", height=0.13, colour=mix(pine(brief), far, 0.3), nearness=0.2, snow=True
        ),
        paint_firs(brief, "firs", height=0.2, colour=pine(brief), nearness=0.34, snow=True),
    )
    stops = [
        (0, hazed(brief, mix(near, far, 0.45), 0.5)),
        (0.3, near),
        (1, mix(near, brief.story.palette[0], 0.3)),
    ]
    ground = dry_ground(brief, stops, grain=0.16, stretch=6)
    return Scene(brief.canvas, behind(brief, sky, back), ground)


_PAINTERS: dict[Place, Callable[[Brief], Scene]] = {
    "sea": _sea,
    "lake": _lake,
    "river": _river,
    "forest": _forest,
    "mountains": _mountains,
    "desert": _desert,
    "meadow": _meadow,
    "snowfield": _snowfield,
    "city_street": paint_city_street,
    "skyline": paint_skyline,
    "village": paint_village,
    "room": paint_room,
    "space": paint_space,
    "sky": paint_sky_only,
    "underwater": paint_underwater,
    "abstract": paint_abstract,
}
