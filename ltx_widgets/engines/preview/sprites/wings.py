"""What flies by beating wings, and swans."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, Pose, mix, place, shade

__all__ = ["BIRDS", "draw_bird", "draw_butterfly", "draw_swan"]


@dataclass(frozen=True, slots=True)
class Bird:
    """A bird's build: colours, length and width of a wing, and its bill.

    Attributes:
        back: Main colour.
        breast: Colour below.
        tip: Colour of the wing tips.
        bill: Colour of the bill.
        span: Length of a wing in body lengths.
        chord: Width of a wing.
        hook: Whether the bill is hooked.
        head: Colour of the head, None for the back's.
    """

    back: RGB
    breast: RGB
    tip: RGB
    bill: RGB
    span: float
    chord: float
    hook: bool = False
    head: RGB | None = None


BIRDS: Final[dict[str, Bird]] = {
    "bird": Bird((74, 104, 148), (226, 178, 132), (44, 62, 96), (60, 54, 50), 0.72, 0.34),
    "eagle": Bird((92, 64, 44), (108, 76, 52), (52, 36, 28), (240, 184, 60), 1.15, 0.42, hook=True,
                  head=(240, 238, 230)),
    "seagull": Bird((238, 240, 242), (246, 248, 250), (70, 74, 82), (240, 176, 56), 1.1, 0.25),
}  # fmt: skip


def draw_bird(canvas: Canvas, kind: str, pose: Pose) -> None:
    """A bird that beats its wings, or one that stands with them folded."""
    bird = BIRDS[kind]
    back = pose.paint(bird.back)
    if pose.motion in {"stands", "walks", "runs"}:
        _perched(canvas, bird, back, pose)
        return
    beat = pose.wave()
    rise = -0.05 * beat
    # Seen a little from above, the far wing stands higher and the near one hangs lower.
    _wing(canvas, bird, (0.1, 0.06 + rise), (beat, 0.62), shade(back, 0.68))
    _body(canvas, bird, (0.0, rise), back, 0.06 + 0.03 * beat)
    _wing(canvas, bird, (0.06, 0.05 + rise), (beat, -0.5), back)


def _wing(canvas: Canvas, bird: Bird, root: Point, beat: tuple[float, float], colour: RGB) -> None:
    """One wing in two parts; the hand lags behind the arm. `beat` is (stroke, lift at rest)."""
    lift = beat[1] + 0.8 * beat[0]
    fold = lift - 0.3 + 0.5 * beat[0]
    arm, hand = bird.span * 0.42, bird.span * 0.62
    wrist = (root[0] + 0.04 * arm, root[1] + arm * math.sin(lift))
    tip = (wrist[0] - hand * 0.6, wrist[1] + hand * math.sin(fold))
    width = bird.chord * (0.75 + 0.25 * abs(math.cos(lift)))
    outline = [
        (root[0] + width * 0.45, root[1]),
        (wrist[0] + width * 0.5, wrist[1]),
        (mix_x(wrist, tip, 0.6) + width * 0.2, mix_y(wrist, tip, 0.6) + 0.03),
        tip,
        (mix_x(wrist, tip, 0.45) - width * 0.4, mix_y(wrist, tip, 0.45) - 0.03),
        (wrist[0] - width * 0.75, wrist[1] - 0.02),
        (root[0] - width * 0.95, root[1] - 0.01),
    ]
    canvas.fill(outline, colour)
    dark = mix(colour, bird.tip, 0.85)
    canvas.patch([(tip[0] - 0.2, tip[1]), outline[2], outline[4]], dark, curved=False)
    canvas.patch([outline[4], outline[5], outline[6], (root[0] - width * 0.5, root[1]),
                  (wrist[0] - width * 0.25, wrist[1])], shade(colour, 0.84))  # fmt: skip


def mix_x(one: Point, other: Point, share: float) -> float:
    """Abscissa of a point between two."""
    return one[0] + (other[0] - one[0]) * share


def mix_y(one: Point, other: Point, share: float) -> float:
    """Ordinate of a point between two."""
    return one[1] + (other[1] - one[1]) * share


def _body(canvas: Canvas, bird: Bird, at: Point, back: RGB, turn: float) -> None:
    tail = [(-0.34, 0.03), (-0.72, 0.1), (-0.76, 0.0), (-0.7, -0.08), (-0.34, -0.05)]
    canvas.fill(place(tail, at, turn=turn), shade(back, 0.78))
    outline = [(-0.46, 0.0), (-0.2, 0.12), (0.14, 0.14), (0.38, 0.13), (0.5, 0.06), (0.48, -0.03),
               (0.28, -0.12), (-0.05, -0.16), (-0.32, -0.08)]  # fmt: skip
    canvas.fill(place(outline, at, turn=turn), back)
    breast = [(-0.4, -0.04), (-0.05, -0.04), (0.3, 0.02), (0.6, 0.0), (0.4, -0.3), (-0.3, -0.3)]
    canvas.patch(place(breast, at, turn=turn), bird.breast)
    if bird.head:
        hood = [(0.26, 0.3), (0.24, -0.2), (0.7, -0.2), (0.7, 0.3)]
        canvas.patch(place(hood, at, turn=turn), bird.head)
    _bill(canvas, bird, place([(0.48, 0.04)], at, turn=turn)[0], turn)
    canvas.oval(place([(0.39, 0.07)], at, turn=turn)[0], (0.02, 0.022), (22, 20, 22))


def _bill(canvas: Canvas, bird: Bird, at: Point, turn: float) -> None:
    if bird.hook:
        bill = [(-0.04, 0.05), (0.08, 0.04), (0.13, -0.06), (0.08, -0.03), (-0.04, -0.05)]
    else:
        bill = [(-0.03, 0.035), (0.14, -0.015), (-0.03, -0.04)]
    canvas.shape(place(bill, at, turn=turn), bird.bill)


def _perched(canvas: Canvas, bird: Bird, back: RGB, pose: Pose) -> None:
    hop = 0.04 * abs(pose.wave()) if pose.motion != "stands" else 0.0
    at = (0.0, hop + 0.2)
    for x in (-0.04, 0.06):
        canvas.limb(
            [(x, at[1] + 0.1), (x + 0.02, at[1] - 0.2)], [0.03, 0.025], shade(bird.bill, 0.8)
        )
    _body(canvas, bird, (at[0], at[1] + 0.2), back, 0.45)
    folded = [(0.2, 0.1), (-0.1, 0.12), (-0.66, 0.02), (-0.3, -0.1), (0.08, -0.08)]
    canvas.fill(place(folded, (at[0], at[1] + 0.2), turn=0.35), shade(back, 0.8))


def draw_butterfly(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """Two pairs of wings that close and open over a slim body."""
    colour = pose.paint((240, 130, 40))
    beat = pose.wave()
    upper = [(0.0, 0.0), (-0.02, 0.4), (-0.26, 0.78), (-0.6, 0.84), (-0.7, 0.52), (-0.4, 0.12)]
    lower = [(0.0, 0.0), (-0.36, 0.06), (-0.62, -0.1), (-0.58, -0.44), (-0.3, -0.5), (-0.06, -0.16)]
    for wide, tone in ((-0.55 - 0.35 * beat, shade(colour, 0.76)), (0.72 + 0.28 * beat, colour)):
        for wing in (lower, upper):
            _panel(canvas, [(x * wide, y) for x, y in wing], tone)
    canvas.limb([(-0.22, -0.2), (0.06, 0.02), (0.2, 0.16)], [0.04, 0.08, 0.06], (46, 36, 36))
    for lift in (0.22, 0.3):
        canvas.limb(
            [(0.2, 0.18), (0.3, 0.28), (0.3 + lift * 0.5, 0.26 + lift)],
            [0.016, 0.014, 0.02],
            (46, 36, 36),
        )


def _panel(canvas: Canvas, wing: list[Point], tone: RGB) -> None:
    """One wing of a butterfly: dark rim, coloured field, a light spot."""
    at, turn = (0.06, 0.0), -0.3
    canvas.fill(place(wing, at, turn=turn), (44, 32, 34))
    middle = (sum(x for x, _ in wing) / len(wing), sum(y for _, y in wing) / len(wing))
    field = [(x + (middle[0] - x) * 0.2, y + (middle[1] - y) * 0.2) for x, y in wing]
    canvas.fill(place(field, at, turn=turn), tone)
    spot = place([(wing[3][0] * 0.86, wing[3][1] * 0.86)], at, turn=turn)[0]
    canvas.oval(spot, (0.045, 0.045), (252, 240, 214))


def draw_swan(canvas: Canvas, _kind: str, pose: Pose) -> None:
    """A swan on the water with its neck in an S."""
    white = pose.paint((244, 244, 240))
    nod = 0.02 * pose.wave()
    tail = [(-0.5, 0.14), (-0.82, 0.34), (-0.6, 0.3), (-0.4, 0.32)]
    canvas.fill(tail, shade(white, 0.86))
    neck = [(0.36, 0.12), (0.52, 0.3), (0.44, 0.55), (0.4 + nod, 0.8), (0.56 + nod, 0.93)]
    canvas.limb(neck, [0.26, 0.17, 0.12, 0.11, 0.12], white)
    body = [
        (-0.6, 0.12),
        (-0.5, 0.3),
        (-0.1, 0.38),
        (0.3, 0.3),
        (0.52, 0.14),
        (0.4, -0.02),
        (-0.4, -0.03),
    ]
    canvas.fill(body, white)
    canvas.patch(
        [(-0.7, 0.06), (0.0, 0.1), (0.6, 0.08), (0.5, -0.1), (-0.6, -0.1)], shade(white, 0.76)
    )
    wing = [
        (0.24, 0.22),
        (-0.1, 0.36),
        (-0.5, 0.42),
        (-0.76, 0.4),
        (-0.56, 0.26),
        (-0.3, 0.12),
        (0.08, 0.08),
    ]
    canvas.fill(wing, shade(white, 0.92))
    canvas.patch([(-0.2, 0.14), (-0.5, 0.3), (-0.8, 0.36), (-0.5, 0.1)], shade(white, 0.74))
    head = (0.6 + nod, 0.93)
    canvas.oval(head, (0.1, 0.075), white)
    canvas.shape(
        [(head[0] + 0.06, 0.97), (head[0] + 0.26, 0.88), (head[0] + 0.07, 0.87)], (238, 132, 48)
    )
    canvas.shape(
        [(head[0] + 0.05, 0.97), (head[0] + 0.12, 0.94), (head[0] + 0.06, 0.87)], (34, 30, 30)
    )
    canvas.oval((head[0] + 0.02, 0.95), (0.016, 0.018), (20, 20, 22))
