"""The near bank of water: what those stand on who neither swim nor sail."""

from __future__ import annotations

from dataclasses import replace
from math import tau

import cv2
import numpy as np
from numpy.typing import NDArray

from ltx_widgets.engines.preview.ground import Ground
from ltx_widgets.engines.preview.landscape import grassy, lit
from ltx_widgets.engines.preview.paint_land import ground_picture
from ltx_widgets.engines.preview.planes import Bytes, yuv_of
from ltx_widgets.engines.preview.scene import Brief, Scene
from ltx_widgets.engines.preview.storyboard import RGB, Place, Storyboard, Subject
from ltx_widgets.engines.preview.textures import mix, shade

__all__ = ["AFLOAT", "ON_WATER", "add_bank", "bends_away", "is_at_skyline", "needs_bank"]

ON_WATER: tuple[Place, ...] = ("sea", "lake", "river", "skyline")
"""Places whose ground is water."""
AFLOAT = ("swims", "sails", "floats")
"""Motions of who is in the water."""

_Rows = NDArray[np.float32]
_ALOFT = ("flies",)
# These bring their own rock.
_ON_A_ROCK = ("lighthouse",)
_SHORE = 0.56
_FLOOR = 0.7
# Waves die out before they reach the bank, which must not sway with them.
_CALM = 0.03
_SAND: RGB = (222, 198, 152)
_GRASS: RGB = (92, 128, 64)
_STONE: RGB = (134, 130, 126)
_SNOW: RGB = (238, 243, 250)
_FOAM: RGB = (244, 248, 248)
_SOIL: RGB = (92, 80, 58)


def is_at_skyline(story: Storyboard, subject: Subject) -> bool:
    """Whether a subject is one of the buildings across the water."""
    return subject.kind == "tower" and story.place == "skyline"


def needs_bank(story: Storyboard) -> bool:
    """Whether somebody in it must stand on dry ground beside the water."""
    return any(_stands(story, subject) for subject in story.subjects)


def bends_away(story: Storyboard) -> bool:
    """Whether a river leaves the middle of the picture to those on its bank."""
    return needs_bank(story) and all(s.motion not in AFLOAT for s in story.subjects)


def add_bank(brief: Brief, scene: Scene) -> Scene:
    """The same scene with dry ground before its water, if anybody needs some to stand on."""
    if scene.ground is None or not needs_bank(brief.story):
        return scene
    if brief.story.place == "river":
        # It has banks of its own, to either side.
        return replace(scene, shore=_SHORE)
    ground = replace(scene.ground, shore=_SHORE - _CALM)
    _lay(brief, ground)
    return replace(scene, ground=ground, floor=_FLOOR, shore=_SHORE)


def _stands(story: Storyboard, subject: Subject) -> bool:
    return (
        subject.motion not in (*AFLOAT, *_ALOFT)
        and subject.kind not in _ON_A_ROCK
        and not is_at_skyline(story, subject)
    )


def _lay(brief: Brief, ground: Ground) -> None:
    """Blend the bank into the planes of the water."""
    edge = _edge_of(brief)
    bank = yuv_of(_paint_bank(brief, edge))
    rows = np.arange(brief.canvas.size[0], dtype=np.float32)[:, None]
    amount = np.clip((rows - edge) / max(1.0, 3 * brief.canvas.unit) + 0.5, 0, 1)
    half = cv2.resize(amount, bank.u.shape[::-1], interpolation=cv2.INTER_AREA)
    for plane, dry, part in zip(
        ground.picture.planes, bank.planes, (amount, half, half), strict=True
    ):
        plane[:] = cv2.blendLinear(dry, plane, part, 1 - part)


def _edge_of(brief: Brief) -> _Rows:
    """The painted row at which the bank begins, for each column; a quay is straight."""
    canvas = brief.canvas
    columns = canvas.size[1]
    across = np.arange(columns, dtype=np.float32) / canvas.width
    bend = 0.0 if brief.story.place == "skyline" else 0.014
    start = float(brief.rng("bank").random())
    wave = np.sin((across * 0.7 + start) * tau) + 0.5 * np.sin((across * 1.9 + 2 * start) * tau)
    edge = canvas.skyline + (canvas.height - canvas.horizon) * (_SHORE + bend * wave)
    return edge.astype(np.float32)


def _paint_bank(brief: Brief, edge: _Rows) -> Bytes:
    place = brief.story.place
    own = {"sea": _SAND, "skyline": _STONE}.get(place, _GRASS)
    if brief.story.weather == "snow":
        own = _SNOW
    near = lit(brief, own)
    stops = grassy(brief, near) if own == _GRASS else [(0.0, near), (1.0, shade(near, 0.9))]
    grain = {_GRASS: 0.55, _SAND: 0.28}.get(own, 0.2)
    picture = ground_picture(brief, stops, grain=grain, stretch=4)
    unit = brief.canvas.unit
    if place == "sea":
        _stroke(picture, edge + 16 * unit, lit(brief, shade(own, 0.82)), 34 * unit)
        _stroke(picture, edge + 3 * unit, lit(brief, _FOAM), 9 * unit)
    elif place == "skyline":
        _pave(brief, picture)
        _stroke(picture, edge + 9 * unit, lit(brief, mix(own, (255, 255, 255), 0.35)), 20 * unit)
        _stroke(picture, edge + 20 * unit, lit(brief, shade(own, 0.6)), 3 * unit)
    else:
        _stroke(picture, edge, lit(brief, mix(own, _SOIL, 0.7)), 10 * unit)
    return picture


def _stroke(picture: Bytes, rows: _Rows, colour: RGB, thick: float) -> None:
    """Draw a line along a row for each column."""
    points = np.stack([np.arange(rows.size), rows], axis=1)
    at = np.rint(points * 8).astype(np.int32)
    cv2.polylines(picture, [at], False, colour, max(1, round(thick)), cv2.LINE_AA, 3)


def _pave(brief: Brief, picture: Bytes) -> None:
    """Joints between the flagstones, towards the vanishing point and across."""
    canvas = brief.canvas
    joint = lit(brief, shade(_STONE, 0.84))
    deep = canvas.height - canvas.horizon
    middle, rows = canvas.size[1] // 2, canvas.size[0]
    thick = max(1, round(2 * canvas.unit))
    for step in range(-24, 25):
        foot = round(middle + step * 0.16 * canvas.width), canvas.skyline + deep * 2
        cv2.line(picture, (middle, canvas.skyline), foot, joint, thick, cv2.LINE_AA)
    for number in range(6):
        row = round(canvas.skyline + deep * (_SHORE + 0.07) * 1.16**number)
        if row < rows:
            cv2.line(picture, (0, row), (canvas.size[1], row), joint, thick, cv2.LINE_AA)
