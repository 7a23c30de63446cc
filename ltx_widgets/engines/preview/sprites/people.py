"""People and those built like them: one skeleton, many wardrobes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, place, shade

__all__ = ["WARDROBES", "Wardrobe", "draw_person", "draw_rider"]

_SKIN: Final = (224, 172, 136)


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What somebody wears.

    Attributes:
        top: Colour of the garment that takes the prompt's colour.
        legs: Colour of trousers or tights.
        hair: Colour of the hair.
        hat: "", "cowboy", "helmet", "bun", "long", "antenna".
        skirt: Length of a skirt in body heights, 0 for none.
        coat: Whether the top reaches to the knees.
        bulk: Width of limbs, 1 for most.
        head: Radius of the head in body heights.
        shoes: Colour of the shoes.
    """

    top: RGB
    legs: RGB
    hair: RGB = (58, 42, 34)
    hat: str = ""
    skirt: float = 0.0
    coat: bool = False
    bulk: float = 1.0
    head: float = 0.068
    shoes: RGB = (46, 40, 40)


WARDROBES: Final[dict[str, Wardrobe]] = {
    "person": Wardrobe((58, 110, 150), (52, 58, 76)),
    "man": Wardrobe((74, 88, 104), (54, 50, 52), bulk=1.1),
    "woman": Wardrobe(
        (186, 74, 84), (60, 50, 60), hair=(92, 56, 36), hat="long", skirt=0.2, bulk=0.9
    ),
    "child": Wardrobe((240, 184, 60), (66, 104, 160), head=0.096, bulk=1.1),
    "cowboy": Wardrobe((166, 84, 54), (62, 82, 120), hat="cowboy", shoes=(96, 62, 38), bulk=1.05),
    "dancer": Wardrobe(
        (232, 132, 164), (236, 196, 190), hat="bun", skirt=0.12, bulk=0.82, shoes=(240, 170, 180)
    ),
    "astronaut": Wardrobe(
        (232, 234, 240), (220, 224, 232), hat="helmet", bulk=1.75, head=0.095, shoes=(150, 156, 168)
    ),
    "robot": Wardrobe(
        (150, 164, 178), (120, 132, 146), hat="antenna", bulk=1.25, head=0.085, shoes=(84, 92, 104)
    ),
}


@dataclass(frozen=True, slots=True)
class _Joints:
    """Angles from hanging straight down, radians, forward positive."""

    thighs: Point
    knees: Point
    arms: Point
    elbows: Point
    lean: float
    rise: float


def _joints(pose: Pose) -> _Joints:
    swing, counter = pose.wave(), pose.wave(0.5)
    lift = [max(0.0, pose.wave(lag)) for lag in (0.88, 0.38)]
    if pose.motion == "runs":
        return _Joints(
            (0.78 * swing + 0.2, 0.78 * counter + 0.2),
            (0.35 + 1.35 * lift[0], 0.35 + 1.35 * lift[1]),
            (0.85 * counter, 0.85 * swing), (1.5, 1.5), 0.2, 0.035 * abs(pose.wave(0.1)),
        )  # fmt: skip
    if pose.motion == "walks":
        return _Joints(
            (0.44 * swing, 0.44 * counter), (0.1 + 0.75 * lift[0], 0.1 + 0.75 * lift[1]),
            (0.46 * counter, 0.46 * swing), (0.3, 0.3), 0.04, 0.0,
        )  # fmt: skip
    if pose.motion == "dances":
        sway = pose.wave()
        return _Joints(
            (0.02 * sway, -1.15 - 0.35 * sway), (0.02, 0.25 + 0.1 * sway),
            (2.35 + 0.3 * sway, -1.75 + 0.3 * sway), (0.35, 0.25), 0.12 + 0.08 * sway, 0.0,
        )  # fmt: skip
    if pose.motion in {"floats", "flies", "swims"}:
        drift = pose.wave()
        return _Joints(
            (0.35 + 0.12 * drift, -0.15 - 0.1 * drift), (0.5, 0.75),
            (1.15 + 0.2 * drift, -0.7 + 0.2 * drift), (0.6, 0.7), 0.1, 0.06,
        )  # fmt: skip
    breath = 0.03 * pose.wave()
    return _Joints(
        (0.07, -0.09), (0.02, 0.02), (0.06 + breath, -0.1 - breath), (0.14, 0.14), 0.0, 0.0
    )


def draw_person(canvas: Canvas, kind: str, pose: Pose) -> None:
    """Draw somebody of `WARDROBES`, one unit tall."""
    wear = WARDROBES[kind]
    joints = _joints(pose)
    top = pose.paint(wear.top)
    legs = top if kind in {"astronaut", "robot"} else wear.legs
    hip = _hip(joints)
    chest = (hip[0] + 0.27 * math.sin(joints.lean), hip[1] + 0.27 * math.cos(joints.lean))
    if kind == "astronaut":
        _backpack(canvas, hip, joints.lean, top)
    _arm(canvas, wear, chest, joints.arms[1], joints.elbows[1], shade(top, 0.68))
    _leg(canvas, wear, hip, joints.thighs[1], joints.knees[1], shade(legs, 0.7))
    _leg(canvas, wear, hip, joints.thighs[0], joints.knees[0], legs)
    _torso(canvas, wear, hip, joints, top)
    _head(canvas, wear, chest, joints, pose)
    _arm(canvas, wear, chest, joints.arms[0], joints.elbows[0], shade(top, 0.9))


def _reach(start: Point, angle: float, length: float) -> Point:
    return (start[0] + length * math.sin(angle), start[1] - length * math.cos(angle))


def _hip(joints: _Joints) -> Point:
    """Height of the hip so that the lower foot stands on the ground."""
    low = max(
        0.245 * math.cos(thigh) + 0.245 * math.cos(thigh - knee) + 0.02
        for thigh, knee in zip(joints.thighs, joints.knees, strict=True)
    )
    return (-0.27 * math.sin(joints.lean) * 0.5, low + joints.rise)


def _leg(
    canvas: Canvas, wear: Wardrobe, hip: Point, thigh: float, bent: float, colour: RGB
) -> None:
    knee = _reach(hip, thigh, 0.245)
    ankle = _reach(knee, thigh - bent, 0.245)
    w = wear.bulk
    canvas.limb([hip, knee], [0.105 * w, 0.08 * w], colour)
    canvas.limb([knee, ankle], [0.08 * w, 0.052 * w], colour)
    sole = [(-0.032, 0.022), (0.02, 0.03), (0.085, 0.002), (0.085, -0.02), (-0.035, -0.02)]
    canvas.fill(place(sole, ankle, turn=(thigh - bent) * 0.9, scale=0.85 + 0.15 * w), wear.shoes)


def _arm(
    canvas: Canvas, wear: Wardrobe, chest: Point, angle: float, bent: float, colour: RGB
) -> None:
    shoulder = (chest[0], chest[1] - 0.01)
    elbow = _reach(shoulder, angle, 0.155)
    hand = _reach(elbow, angle + bent, 0.15)
    w = wear.bulk
    canvas.limb([shoulder, elbow, hand], [0.07 * w, 0.058 * w, 0.045 * w], colour)
    palm = shade(colour, 0.8) if wear.hat in {"helmet", "antenna"} else _SKIN
    canvas.oval(_reach(hand, angle + bent, 0.015), (0.024 * w, 0.026 * w), palm)


def _torso(canvas: Canvas, wear: Wardrobe, hip: Point, joints: _Joints, top: RGB) -> None:
    w = wear.bulk
    outline = [(-0.062, -0.02), (-0.07, 0.08), (-0.074, 0.2), (-0.05, 0.285), (0.03, 0.3),
               (0.075, 0.21), (0.062, 0.1), (0.066, -0.02)]  # fmt: skip
    turn = -joints.lean
    if wear.skirt or wear.coat:
        flare = 0.06 + 0.35 * wear.skirt
        spread = 0.25 * (abs(joints.thighs[0]) + abs(joints.thighs[1]))
        hem = [(-0.06, 0.04), (0.06, 0.04), (0.07 + flare + 0.1 * spread, -wear.skirt),
               (0.0, -wear.skirt - 0.02), (-0.07 - flare - 0.1 * spread, -wear.skirt)]  # fmt: skip
        canvas.fill(place(hem, hip, turn=turn * 0.4), shade(top, 0.92))
        fold = [(0.0, 0.03), (0.05, 0.0), (0.12, -wear.skirt - 0.04), (0.02, -wear.skirt - 0.04)]
        canvas.patch(place(fold, hip, turn=turn * 0.4), shade(top, 0.74))
    body = [(x * (0.5 + 0.5 * w), y) for x, y in outline]
    canvas.fill(place(body, hip, turn=turn), top)
    side = [(-0.14, -0.1), (-0.02, -0.1), (-0.03, 0.15), (-0.02, 0.32), (-0.14, 0.32)]
    canvas.patch(place(side, hip, turn=turn), shade(top, 0.8))
    if wear.hat in {"", "cowboy"}:
        belt = [(-0.1, -0.02), (0.1, -0.02), (0.1, 0.01), (-0.1, 0.01)]
        canvas.patch(place(belt, hip, turn=turn), shade(wear.legs, 0.6), curved=False)


def _backpack(canvas: Canvas, hip: Point, lean: float, top: RGB) -> None:
    pack = [(-0.2, 0.06), (-0.06, 0.04), (-0.06, 0.34), (-0.2, 0.34), (-0.22, 0.2)]
    canvas.fill(place(pack, hip, turn=-lean), shade(top, 0.72))


def _head(canvas: Canvas, wear: Wardrobe, chest: Point, joints: _Joints, pose: Pose) -> None:
    r = wear.head
    turn = -joints.lean * 0.6
    neck = _reach(chest, math.pi - joints.lean, 0.05)
    skull = _reach(chest, math.pi - joints.lean * 0.8, 0.045 + r)
    if wear.hat == "helmet":
        _helmet(canvas, skull, r, pose.paint(wear.top))
        return
    if wear.hat == "antenna":
        _robot_head(canvas, skull, r, pose.paint(wear.top))
        return
    if wear.hat == "long":
        blow = 0.35 * (pose.motion == "runs") + 0.1 * pose.wave()
        locks = [
            (0.2, 1.0),
            (-0.7, 0.9),
            (-1.15, 0.0),
            (-1.2 - blow, -1.3),
            (-0.75 - blow * 2, -2.0),
            (-0.1, -1.1),
        ]
        canvas.fill(place(locks, skull, turn=turn, scale=r), shade(wear.hair, 0.9))
    canvas.limb([chest, neck], [0.055, 0.05], shade(_SKIN, 0.82))
    face = [(-0.85, 0.1), (-0.6, 0.85), (0.2, 1.0), (0.75, 0.55), (0.84, 0.15), (1.02, -0.1),
            (0.82, -0.25), (0.76, -0.7), (0.35, -1.0), (-0.2, -0.85), (-0.7, -0.5)]  # fmt: skip
    canvas.fill(place(face, skull, turn=turn, scale=r), _SKIN)
    hair = [(0.85, 0.6), (0.5, 0.62), (0.1, 0.42), (-0.1, -0.05), (-0.4, -0.6), (-0.95, -0.4),
            (-1.05, 0.3), (-0.7, 1.0), (0.1, 1.2), (0.7, 0.95)]  # fmt: skip
    canvas.fill(place(hair, skull, turn=turn, scale=r), wear.hair)
    if wear.hat == "bun":
        canvas.oval(
            place([(-0.7, 1.0)], skull, turn=turn, scale=r)[0], (r * 0.5, r * 0.5), wear.hair
        )
    eye = place([(0.55, 0.12)], skull, turn=turn, scale=r)[0]
    canvas.oval(eye, (r * 0.09, r * 0.13), (40, 30, 30))
    if wear.hat == "cowboy":
        _cowboy_hat(canvas, skull, r, turn)


def _cowboy_hat(canvas: Canvas, skull: Point, r: float, turn: float) -> None:
    felt = (120, 82, 50)
    crown = [
        (-0.95, 0.5),
        (-0.85, 1.4),
        (-0.5, 1.75),
        (0.0, 1.55),
        (0.5, 1.75),
        (0.85, 1.4),
        (0.95, 0.5),
    ]
    brim = [
        (-2.0, 0.85),
        (-1.5, 0.55),
        (-0.7, 0.42),
        (0.6, 0.42),
        (1.5, 0.5),
        (2.1, 0.8),
        (1.5, 0.8),
        (0.6, 0.72),
        (-0.8, 0.72),
        (-1.5, 0.85),
    ]
    canvas.fill(place(crown, skull, turn=turn, scale=r), felt)
    canvas.patch(
        place([(-2, 0.6), (2, 0.6), (2, 0.9), (-2, 0.9)], skull, turn=turn, scale=r), (60, 40, 28)
    )
    canvas.fill(place(brim, skull, turn=turn, scale=r), shade(felt, 0.85))


def _helmet(canvas: Canvas, skull: Point, r: float, top: RGB) -> None:
    canvas.oval(skull, (r * 1.1, r * 1.1), top)
    visor = (skull[0] + r * 0.32, skull[1] + r * 0.02)
    canvas.oval(visor, (r * 0.78, r * 0.7), (48, 60, 92))
    canvas.oval((visor[0] + r * 0.12, visor[1] - r * 0.14), (r * 0.58, r * 0.46), (214, 160, 70))
    canvas.oval(
        (visor[0] + r * 0.3, visor[1] + r * 0.24), (r * 0.2, r * 0.12), (250, 238, 200), turn=-0.6
    )


def _robot_head(canvas: Canvas, skull: Point, r: float, top: RGB) -> None:
    box = [(-0.9, -0.8), (0.95, -0.8), (1.0, 0.75), (0.7, 0.95), (-0.7, 0.95), (-0.95, 0.75)]
    canvas.shape(
        place([(-0.3, -1.3), (0.3, -1.3), (0.3, -0.7), (-0.3, -0.7)], skull, scale=r),
        shade(top, 0.5),
    )
    canvas.limb(
        place([(-0.1, 0.9), (-0.1, 1.6)], skull, scale=r), [r * 0.12, r * 0.12], shade(top, 0.6)
    )
    canvas.oval(
        place([(-0.1, 1.7)], skull, scale=r)[0], (r * 0.2, r * 0.2), (255, 92, 72), glow=True
    )
    canvas.shape(place(box, skull, scale=r), top)
    canvas.shape(
        place([(0.0, -0.1), (1.0, -0.1), (1.0, 0.45), (0.0, 0.45)], skull, scale=r), (36, 44, 58)
    )
    canvas.oval(
        place([(0.55, 0.18)], skull, scale=r)[0], (r * 0.2, r * 0.2), (96, 232, 255), glow=True
    )
    canvas.shape(
        place([(0.2, -0.55), (0.9, -0.55), (0.9, -0.4), (0.2, -0.4)], skull, scale=r),
        shade(top, 0.5),
    )


def draw_rider(canvas: Canvas, saddle: Point, pose: Pose) -> None:
    """Somebody with a wide hat in a saddle, reins in hand; one unit is half a horse's length."""
    shirt, jeans, size = (166, 84, 54), (62, 82, 120), 1.35
    lean = 0.3 if pose.motion == "runs" else 0.05
    lift = 0.03 * pose.wave(0.3) if pose.motion == "runs" else 0.0
    hip = (saddle[0], saddle[1] + 0.06 + lift)
    seat = [(-0.24, 0.1), (-0.12, 0.03), (0.12, 0.03), (0.24, 0.12), (0.16, -0.08), (-0.16, -0.08)]
    canvas.fill(place(seat, saddle), (92, 54, 36))
    chest = (hip[0] + 0.36 * math.sin(lean), hip[1] + 0.36 * math.cos(lean))
    knee, ankle = (hip[0] + 0.24, hip[1] - 0.24), (hip[0] + 0.1, hip[1] - 0.56)
    canvas.limb([hip, knee], [0.17, 0.13], jeans)
    canvas.limb([knee, ankle], [0.12, 0.1], shade(jeans, 0.9))
    canvas.fill(
        place([(-0.06, 0.06), (0.04, 0.06), (0.14, -0.02), (-0.06, -0.04)], ankle), (84, 54, 34)
    )
    canvas.limb(
        [hip, ((hip[0] + chest[0]) / 2, (hip[1] + chest[1]) / 2), chest], [0.19, 0.23, 0.19], shirt
    )
    hand = (chest[0] + 0.32, chest[1] - 0.2)
    canvas.limb(
        [chest, (chest[0] + 0.1, chest[1] - 0.2), hand], [0.11, 0.09, 0.07], shade(shirt, 0.85)
    )
    canvas.oval(hand, (0.04, 0.04), _SKIN)
    skull = (chest[0] + 0.05, chest[1] + 0.17)
    radius = WARDROBES["cowboy"].head * size
    face = [
        (-0.85, 0.1),
        (-0.6, 0.85),
        (0.2, 1.0),
        (0.8, 0.55),
        (1.02, -0.1),
        (0.76, -0.7),
        (0.35, -1.0),
        (-0.6, -0.7),
    ]
    canvas.fill(place(face, skull, scale=radius), _SKIN)
    _cowboy_hat(canvas, skull, radius, 0.0)
