"""Four-legged animals: one skeleton and gait, many builds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ltx_widgets.engines.preview.sprites.canvas import (
    RGB,
    Canvas,
    Point,
    Pose,
    bend,
    mix,
    place,
    shade,
)
from ltx_widgets.engines.preview.sprites.heads import HEADS, draw_head
from ltx_widgets.engines.preview.sprites.people import draw_rider

__all__ = ["BUILDS", "Build", "draw_quadruped"]

# gait: (stride, lift, part of the cycle on the ground, offsets of near/far hind, near/far fore)
_GAITS: Final[dict[str, tuple[float, float, float, tuple[float, float, float, float]]]] = {
    "walks": (0.34, 0.13, 0.62, (0.0, 0.5, 0.25, 0.75)),
    "runs": (0.78, 0.3, 0.4, (0.0, 0.12, 0.5, 0.62)),
}
_STANDING: Final = (-0.08, 0.08, -0.05, 0.08)
# Legs stay nearly straight in the walk; the run needs longer bones to fold.
_STRAIGHT: Final = 0.89


@dataclass(frozen=True, slots=True)
class Build:
    """Proportions of an animal; lengths in its own units, angles in radians.

    Attributes:
        hip: Height of the leg roots above the ground.
        length: From hip to shoulder.
        depth: Of the chest.
        waist: Depth of the belly before the hind legs.
        leg: Width of a leg at its top; hooves and paws are about a third.
        neck: (length, angle above level, width at the body, width at the head).
        head: Key of `HEADS`.
        head_size: Length of the head.
        tail: (length, angle, width at the middle).
        coat: Main colour.
        belly: Lighter colour below.
        socks: Colour of the lower legs.
        paws: Whether it has paws instead of hooves.
        hump: How much the back rises at the shoulder.
    """

    hip: float
    length: float
    depth: float
    waist: float
    leg: float
    neck: tuple[float, float, float, float]
    head: str
    head_size: float
    tail: tuple[float, float, float]
    coat: RGB
    belly: RGB
    socks: RGB
    paws: bool = True
    hump: float = 0.0


BUILDS: Final[dict[str, Build]] = {
    "fox": Build(0.40, 0.62, 0.26, 0.17, 0.15, (0.2, 0.5, 0.2, 0.15), "fox", 0.27,
                 (0.72, 0.1, 0.2), (214, 104, 40), (246, 232, 214), (58, 38, 34)),
    "dog": Build(0.46, 0.62, 0.3, 0.2, 0.17, (0.2, 0.8, 0.22, 0.16), "dog", 0.27,
                 (0.42, 0.7, 0.055), (190, 134, 78), (232, 204, 164), (190, 134, 78)),
    "wolf": Build(0.52, 0.66, 0.33, 0.21, 0.18, (0.22, 0.42, 0.28, 0.2), "wolf", 0.3,
                  (0.48, -0.65, 0.13), (116, 120, 130), (206, 204, 200), (150, 148, 148)),
    "cat": Build(0.32, 0.54, 0.2, 0.18, 0.12, (0.12, 0.75, 0.16, 0.13), "cat", 0.2,
                 (0.56, 0.8, 0.06), (222, 142, 66), (248, 230, 206), (236, 200, 160)),
    "lion": Build(0.55, 0.8, 0.36, 0.27, 0.2, (0.2, 0.5, 0.3, 0.26), "lion", 0.32,
                  (0.75, -0.5, 0.045), (208, 158, 88), (236, 208, 158), (208, 158, 88)),
    "horse": Build(0.78, 0.8, 0.4, 0.32, 0.22, (0.6, 0.85, 0.34, 0.17), "horse", 0.4,
                   (0.62, -1.0, 0.15), (136, 82, 46), (152, 98, 60), (62, 42, 34), paws=False),
    "deer": Build(0.68, 0.62, 0.31, 0.23, 0.17, (0.42, 0.95, 0.22, 0.12), "deer", 0.28,
                  (0.12, 0.3, 0.09), (168, 112, 66), (236, 216, 186), (128, 84, 52), paws=False),
    "bear": Build(0.5, 0.72, 0.52, 0.46, 0.27, (0.2, 0.2, 0.42, 0.34), "bear", 0.36,
                  (0.08, -0.3, 0.08), (104, 70, 46), (116, 80, 54), (70, 46, 34), hump=0.07),
    "elephant": Build(0.72, 0.88, 0.68, 0.64, 0.34, (0.16, 0.3, 0.5, 0.46), "elephant", 0.52,
                      (0.42, -1.3, 0.035), (136, 138, 146), (150, 152, 160), (118, 120, 128),
                      hump=0.04),
    "rabbit": Build(0.26, 0.3, 0.24, 0.26, 0.14, (0.07, 0.7, 0.15, 0.13), "rabbit", 0.2,
                    (0.07, 0.4, 0.12), (170, 142, 114), (240, 230, 216), (186, 160, 132)),
    "cow": Build(0.56, 0.88, 0.48, 0.46, 0.21, (0.26, 0.35, 0.34, 0.24), "cow", 0.38,
                 (0.55, -1.4, 0.04), (240, 236, 228), (244, 226, 214), (236, 230, 222), paws=False),
    "sheep": Build(0.36, 0.54, 0.46, 0.44, 0.13, (0.16, 0.5, 0.24, 0.18), "sheep", 0.25,
                   (0.08, -0.5, 0.1), (238, 232, 220), (222, 214, 200), (58, 50, 48), paws=False),
}  # fmt: skip


def draw_quadruped(canvas: Canvas, kind: str, pose: Pose) -> None:
    """Draw an animal of `BUILDS` in its gait."""
    ridden, kind = kind == "rider", "horse" if kind == "rider" else kind
    build = BUILDS[kind]
    coat = _coat(kind, build, pose)
    bob, pitch = _body_swing(build, pose)
    hip = (-build.length * 0.5, build.hip + bob - pitch)
    shoulder = (build.length * 0.5, build.hip + bob + pitch)
    feet = _feet(build, pose)
    bones = build.hip * (1.0 if pose.motion == "runs" else _STRAIGHT)
    far = shade(coat, 0.72)
    sock = _socks(build, coat, pose)
    _hind_leg(canvas, build, (hip, bones), feet[1], (far, shade(sock, 0.75)))
    _fore_leg(canvas, build, (shoulder, bones), feet[3], (far, shade(sock, 0.75)))
    _tail(canvas, kind, build, hip, coat, pose)
    _trunk(canvas, kind, build, hip, shoulder, coat, pose)
    _hind_leg(canvas, build, (hip, bones), feet[0], (shade(coat, 0.94), sock))
    _fore_leg(canvas, build, (shoulder, bones), feet[2], (shade(coat, 0.94), sock))
    _front(canvas, kind, build, shoulder, coat, pose)
    if ridden:
        draw_rider(canvas, ((hip[0] + shoulder[0]) / 2 + 0.08, build.hip + bob + 0.24), pose)


def _coat(kind: str, build: Build, pose: Pose) -> RGB:
    """The coat; a "red" animal is rust, not scarlet."""
    if pose.colour is None:
        return build.coat
    red, green, blue = pose.colour
    if kind == "fox" and red > 1.6 * max(green, blue):
        return mix(build.coat, pose.colour, 0.35)
    if red > 1.6 * max(green, blue):
        return mix(pose.colour, (150, 84, 44), 0.6)
    return pose.colour


def _socks(build: Build, coat: RGB, pose: Pose) -> RGB:
    """Lower legs: as built, but they follow a coat that was asked for."""
    if pose.colour is None or build.head == "fox":
        return build.socks
    return shade(coat, 0.8)


def _body_swing(build: Build, pose: Pose) -> Point:
    """Rise of the trunk and of its front end, in units."""
    if pose.motion == "runs":
        return 0.07 * build.hip * (1 + pose.wave(0.15)), 0.1 * build.hip * pose.wave(0.42)
    if pose.motion == "walks":
        return 0.012 * math.sin(4 * math.pi * pose.phase), 0.01 * pose.wave(0.1)
    return 0.0, 0.0


def _feet(build: Build, pose: Pose) -> list[tuple[float, float, float]]:
    """Near hind, far hind, near fore, far fore: (offset ahead, height, swing) of each foot."""
    gait = _GAITS.get(pose.motion)
    if gait is None:
        return [(x * build.hip * 1.4, 0.0, 0.0) for x in _STANDING]
    stride, lift, duty, offsets = gait
    feet = []
    for offset in offsets:
        turn = (pose.phase + offset) % 1.0
        if turn < duty:
            ahead, height, swing = 0.5 - turn / duty, 0.0, 0.0
        else:
            swing = (turn - duty) / (1 - duty)
            ahead, height = -0.5 * math.cos(math.pi * swing), math.sin(math.pi * swing)
            swing = height
        feet.append((ahead * 2 * stride * build.hip, height * lift * build.hip, swing))
    return feet


def _hind_leg(
    canvas: Canvas,
    build: Build,
    hung: tuple[Point, float],
    foot: tuple[float, float, float],
    tones: tuple[RGB, RGB],
) -> None:
    """Thigh, shank and hock; the hock leads when the leg trails. `hung` is (root, bone scale)."""
    hip, bones = hung
    ahead, height, swing = foot
    root = (hip[0] + 0.02, hip[1] + 0.02)
    tip = (hip[0] - 0.02 + ahead, height)
    lean = -0.34 - 0.55 * ahead / build.hip - 0.35 * swing
    low = 0.34 * build.hip
    hock = (tip[0] + low * math.sin(lean), tip[1] + low * math.cos(lean))
    knee, hock = bend(root, hock, (0.44 * bones, 0.44 * bones), 1.0)
    tip = (hock[0] - low * math.sin(lean), hock[1] - low * math.cos(lean))
    w = build.leg
    canvas.limb([root, knee, hock], [w * 1.55, w * 1.05, w * 0.5], tones[0])
    canvas.limb([hock, tip], [w * 0.48, w * 0.36], tones[1])
    _foot(canvas, build, tip, tones[1])


def _fore_leg(
    canvas: Canvas,
    build: Build,
    hung: tuple[Point, float],
    foot: tuple[float, float, float],
    tones: tuple[RGB, RGB],
) -> None:
    """Upper arm, forearm and cannon; the wrist folds in the swing."""
    shoulder, bones = hung
    ahead, height, swing = foot
    root = (shoulder[0] - 0.02, shoulder[1] + 0.04)
    tip = (shoulder[0] - 0.02 + ahead, height)
    lean = 0.03 - 0.35 * ahead / build.hip + 0.75 * swing
    low = 0.33 * build.hip
    wrist = (tip[0] + low * math.sin(lean), tip[1] + low * math.cos(lean))
    elbow, wrist = bend(root, wrist, (0.4 * bones, 0.42 * bones), -1.0)
    tip = (wrist[0] - low * math.sin(lean), wrist[1] - low * math.cos(lean))
    w = build.leg
    canvas.limb([root, elbow, wrist], [w * 1.1, w * 0.85, w * 0.46], tones[0])
    canvas.limb([wrist, tip], [w * 0.46, w * 0.36], tones[1])
    _foot(canvas, build, tip, tones[1])


def _foot(canvas: Canvas, build: Build, tip: Point, colour: RGB) -> None:
    """A paw, or a dark hoof."""
    w = build.leg
    if build.paws:
        canvas.oval((tip[0] + w * 0.14, tip[1] + w * 0.12), (w * 0.36, w * 0.2), colour)
    else:
        hoof = [(-0.2, 0.3), (0.2, 0.3), (0.34, -0.02), (-0.2, -0.02)]
        canvas.shape(place(hoof, tip, scale=w), (42, 34, 32))


def _tail(canvas: Canvas, kind: str, build: Build, hip: Point, coat: RGB, pose: Pose) -> None:
    """Bushy for foxes and wolves, hair for horses, a tuft for lions and cows."""
    length, angle, width = build.tail
    swing = 0.22 * pose.wave(0.2)
    if pose.motion == "runs":
        angle = angle * 0.35 + 0.1
    root = (hip[0] - build.depth * 0.34, hip[1] + build.depth * 0.36)
    curl = {"cat": 0.5, "dog": 0.5, "fox": -0.25}.get(kind, -0.2)
    points = [root]
    for step in range(1, 5):
        at = angle + curl * (step - 1) / 3 + swing * step / 4
        last = points[-1]
        points.append((last[0] - length / 4 * math.cos(at), last[1] + length / 4 * math.sin(at)))
    if kind in {"fox", "wolf"}:
        widths = [width * 0.4, width * 0.85, width * 1.15, width * 0.95, width * 0.12]
        canvas.limb(points, widths, shade(coat, 0.93))
        tip = (248, 242, 232) if kind == "fox" else shade(coat, 0.6)
        middle = mix_points(points[3], points[2], 0.25)
        canvas.limb([middle, points[3], points[4]], [width * 1.02, width * 0.9, width * 0.1], tip)
    elif kind == "horse":
        hair = shade(build.socks if pose.colour is None else mix(coat, (60, 50, 50), 0.5), 0.9)
        canvas.limb(points, [width * 0.35, width, width * 1.15, width * 0.8, width * 0.1], hair)
    else:
        canvas.limb(points, [width * 1.2, width, width * 0.9, width * 0.8], shade(coat, 0.9))
        if kind in {"lion", "cow"}:
            canvas.oval(points[-1], (0.06, 0.06), shade(coat, 0.5))


def mix_points(one: Point, other: Point, share: float) -> Point:
    """A point between two; `share` of the other."""
    return (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)


def _trunk(
    canvas: Canvas, kind: str, build: Build, hip: Point, shoulder: Point, coat: RGB, pose: Pose
) -> None:
    """The barrel of the body with its lighter belly and what grows on it."""
    d, waist = build.depth, build.waist
    middle = ((hip[0] + shoulder[0]) / 2, (hip[1] + shoulder[1]) / 2)
    outline = [
        (hip[0] - d * 0.5, hip[1] + d * 0.12),
        (hip[0] - d * 0.3, hip[1] + d * 0.5),
        (hip[0] + d * 0.2, hip[1] + d * 0.6),
        (middle[0], middle[1] + d * 0.54 + build.hump * 0.4),
        (shoulder[0] - d * 0.05, shoulder[1] + d * 0.62 + build.hump),
        (shoulder[0] + d * 0.45, shoulder[1] + d * 0.38),
        (shoulder[0] + d * 0.52, shoulder[1] + d * 0.02),
        (shoulder[0] + d * 0.2, shoulder[1] - d * 0.34),
        (middle[0], middle[1] + d * 0.5 - (d + waist) * 0.46),
        (hip[0] + d * 0.3, hip[1] + d * 0.5 - waist),
        (hip[0] - d * 0.25, hip[1] - d * 0.2),
    ]
    if kind == "sheep":
        _wool(canvas, middle, build, coat)
        return
    canvas.fill(outline, coat)
    low = min(hip[1], shoulder[1])
    belly = build.belly if pose.colour is None else shade(coat, 1.35)
    canvas.patch(
        [(hip[0] + d * 0.1, low - d), (hip[0] + d * 0.3, middle[1] + d * 0.5 - waist * 0.86),
         (middle[0], middle[1] - d * 0.18), (shoulder[0] + d * 0.1, shoulder[1] - d * 0.12),
         (shoulder[0] + d, shoulder[1] + d * 0.2), (shoulder[0] + d, low - d)], belly)  # fmt: skip
    if kind == "cow" and pose.colour is None:
        for x, y, r in ((-0.3, 0.1, 0.15), (0.05, 0.2, 0.17), (0.36, 0.02, 0.11)):
            spot = [(0.9, 0.2), (0.3, 0.9), (-0.7, 0.7), (-1, -0.2), (-0.2, -0.8), (0.7, -0.6)]
            canvas.patch(place(spot, (middle[0] + x, middle[1] + y), scale=r), (58, 44, 40))


def _wool(canvas: Canvas, middle: Point, build: Build, coat: RGB) -> None:
    """A fleece of curls."""
    for tone, lift, size in ((0.84, -0.03, 1.0), (1.0, 0.02, 0.96)):
        curls = []
        for number in range(44):
            angle = 2 * math.pi * number / 44
            radius = (1 + 0.07 * (number % 4 in {1, 2})) * size
            curls.append(
                (middle[0] + 0.42 * radius * math.cos(angle),
                 middle[1] + 0.05 + lift + build.depth * 0.54 * radius * math.sin(angle))
            )  # fmt: skip
        canvas.fill(curls, shade(coat, tone))


def _front(canvas: Canvas, kind: str, build: Build, shoulder: Point, coat: RGB, pose: Pose) -> None:
    """Neck, bib, mane and head, nodding with the gait."""
    length, angle, thick, thin = build.neck
    running = pose.motion == "runs"
    nod = (0.1 if running else 0.04) * pose.wave(0.1) if pose.motion in _GAITS else 0.0
    angle = (angle * 0.62 if running else angle) + nod
    root = (shoulder[0] + build.depth * 0.12, shoulder[1] + build.depth * 0.26)
    head = (root[0] + length * math.cos(angle), root[1] + length * math.sin(angle))
    if kind != "sheep":
        canvas.limb(
            [root, mix_points(root, head, 0.5), head], [thick, (thick + thin) / 2, thin], coat
        )
    if kind == "fox":
        bib = [(0.02, -0.12), (0.16, -0.02), (0.2, 0.06), (0.06, 0.02), (-0.02, -0.06)]
        canvas.fill(place(bib, (root[0] + 0.04, root[1] + 0.02)), build.belly)
    if kind == "horse":
        _mane(canvas, root, head, build if pose.colour is None else None, coat, pose)
    tilt = (-0.12 if running else -0.3 if kind in {"horse", "cow", "deer"} else -0.1) + nod
    if kind == "horse":
        tilt -= 0.35
    draw_head(canvas, HEADS[build.head], head, (tilt, build.head_size), (coat, build.belly))


def _mane(
    canvas: Canvas, root: Point, head: Point, build: Build | None, coat: RGB, pose: Pose
) -> None:
    """Hair along the crest of a neck, blown back in the run."""
    hair = build.socks if build else mix(coat, (60, 50, 50), 0.5)
    blow = 0.1 if pose.motion == "runs" else 0.04
    up = (-0.11, 0.12)
    crest = [mix_points(root, head, share) for share in (-0.25, 0.1, 0.45, 0.8, 1.15)]
    outer = [
        (x + up[0] - blow * (1 + 0.4 * pose.wave(number / 5)), y + up[1] * 0.8)
        for number, (x, y) in enumerate(crest)
    ]
    canvas.fill(crest + outer[::-1], hair)
