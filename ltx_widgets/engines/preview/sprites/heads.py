# ruff: noqa: E501 - an outline reads best in few rows
"""Heads of four-legged animals, in units of the head's length, facing right, skull at (0, 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ltx_widgets.engines.preview.sprites.canvas import RGB, Canvas, Point, place, shade

__all__ = ["HEADS", "Head", "draw_head"]

Outline = tuple[Point, ...]
_DARK: Final = (34, 28, 28)


@dataclass(frozen=True, slots=True)
class Head:
    """One head.

    Attributes:
        outline: Skull and muzzle.
        light: The lighter part of the face, clipped to the outline.
        ears: Near ear; the far one is the same, moved ahead and darker.
        eye: Where it looks from.
        nose: Middle of the nose tip.
        nose_size: Its radius.
        behind: Extra parts under the head: (outline, shade of the coat).
        front: Extra parts over it: (outline, shade of the coat, or 0 for horn).
        mask: Shade of the coat on the whole head (sheep are dark, most are 1).
    """

    outline: Outline
    light: Outline
    ears: Outline
    eye: Point
    nose: Point
    nose_size: float = 0.07
    behind: tuple[tuple[Outline, float], ...] = ()
    front: tuple[tuple[Outline, float], ...] = ()
    mask: float = 1.0


HEADS: Final[dict[str, Head]] = {
    "fox": Head(
        outline=((-0.42, 0.05), (-0.25, 0.33), (0.08, 0.32), (0.32, 0.12), (0.62, 0.02), (0.8, -0.06),
                 (0.76, -0.15), (0.5, -0.2), (0.2, -0.3), (-0.1, -0.4), (-0.36, -0.26)),
        light=((0.85, -0.1), (0.5, -0.06), (0.25, -0.06), (0.02, 0.02), (-0.2, -0.1), (-0.5, -0.2),
               (-0.3, -0.6), (0.4, -0.5), (0.9, -0.3)),
        ears=((-0.34, 0.18), (-0.36, 0.5), (-0.24, 0.84), (-0.04, 0.58), (0.06, 0.28)),
        eye=(0.14, 0.1), nose=(0.8, -0.08), nose_size=0.065,
    ),
    "dog": Head(
        outline=((-0.4, 0.0), (-0.26, 0.34), (0.1, 0.34), (0.26, 0.16), (0.6, 0.12), (0.74, 0.0),
                 (0.7, -0.16), (0.4, -0.24), (0.1, -0.32), (-0.25, -0.36)),
        light=((0.9, 0.0), (0.45, -0.02), (0.2, -0.14), (0.0, -0.4), (0.8, -0.4)),
        ears=((-0.26, 0.32), (-0.02, 0.24), (-0.04, -0.12), (-0.2, -0.4), (-0.38, -0.1)),
        eye=(0.16, 0.14), nose=(0.72, 0.06), nose_size=0.09,
    ),
    "wolf": Head(
        outline=((-0.44, 0.0), (-0.28, 0.32), (0.08, 0.32), (0.3, 0.14), (0.66, 0.08), (0.8, 0.0),
                 (0.76, -0.14), (0.5, -0.22), (0.15, -0.34), (-0.15, -0.46), (-0.42, -0.3)),
        light=((0.9, -0.05), (0.5, -0.04), (0.15, -0.02), (-0.1, -0.2), (-0.4, -0.5), (0.8, -0.5)),
        ears=((-0.3, 0.22), (-0.26, 0.48), (-0.16, 0.68), (-0.02, 0.48), (0.06, 0.28)),
        eye=(0.15, 0.12), nose=(0.78, 0.02), nose_size=0.075,
    ),
    "cat": Head(
        outline=((-0.46, 0.0), (-0.34, 0.34), (0.0, 0.42), (0.3, 0.28), (0.48, 0.04), (0.5, -0.16),
                 (0.3, -0.34), (-0.05, -0.4), (-0.38, -0.28)),
        light=((0.6, -0.02), (0.36, 0.0), (0.2, -0.12), (0.0, -0.45), (0.6, -0.4)),
        ears=((-0.3, 0.26), (-0.3, 0.56), (-0.22, 0.78), (-0.04, 0.6), (0.08, 0.38)),
        eye=(0.24, 0.1), nose=(0.5, -0.06), nose_size=0.05,
    ),
    "lion": Head(
        outline=((-0.42, 0.0), (-0.28, 0.34), (0.06, 0.38), (0.3, 0.24), (0.56, 0.1), (0.64, -0.1),
                 (0.5, -0.3), (0.15, -0.38), (-0.25, -0.36)),
        light=((0.7, -0.05), (0.4, 0.0), (0.2, -0.2), (0.2, -0.5), (0.7, -0.5)),
        ears=((-0.26, 0.26), (-0.2, 0.46), (-0.02, 0.46), (0.02, 0.28)),
        eye=(0.22, 0.14), nose=(0.62, 0.03), nose_size=0.08,
        behind=((((0.2, 0.52), (-0.1, 0.7), (-0.5, 0.62), (-0.84, 0.26), (-0.96, -0.2), (-0.86, -0.66),
                  (-0.5, -0.98), (-0.08, -0.98), (0.22, -0.62), (0.3, -0.2)), 0.52),
                (((0.18, 0.44), (-0.1, 0.56), (-0.42, 0.46), (-0.66, 0.14), (-0.7, -0.24), (-0.54, -0.62),
                  (-0.14, -0.72), (0.16, -0.5)), 0.68)),
    ),
    "horse": Head(
        outline=((-0.32, 0.02), (-0.2, 0.26), (0.04, 0.24), (0.4, 0.1), (0.72, 0.02), (0.84, -0.08),
                 (0.8, -0.22), (0.62, -0.24), (0.36, -0.2), (0.08, -0.28), (-0.2, -0.24)),
        light=((0.95, 0.1), (0.66, 0.1), (0.64, -0.3), (0.95, -0.3)),
        ears=((-0.22, 0.2), (-0.2, 0.36), (-0.1, 0.5), (-0.02, 0.34), (0.0, 0.2)),
        eye=(0.1, 0.1), nose=(0.78, -0.06), nose_size=0.03,
    ),
    "deer": Head(
        outline=((-0.36, 0.0), (-0.22, 0.28), (0.08, 0.26), (0.42, 0.08), (0.74, 0.0), (0.8, -0.1),
                 (0.7, -0.2), (0.3, -0.2), (0.0, -0.3), (-0.26, -0.24)),
        light=((0.95, -0.06), (0.6, -0.06), (0.2, -0.1), (-0.1, -0.4), (0.9, -0.4)),
        ears=((-0.24, 0.16), (-0.52, 0.36), (-0.62, 0.52), (-0.32, 0.46), (-0.1, 0.24)),
        eye=(0.1, 0.1), nose=(0.78, -0.04), nose_size=0.07,
        behind=((((-0.1, 0.2), (-0.28, 0.6), (-0.42, 1.0), (-0.36, 1.4), (-0.3, 1.38), (-0.33, 1.02),
                  (-0.24, 0.86), (0.02, 1.12), (0.08, 1.44), (0.14, 1.42), (0.08, 1.08), (-0.15, 0.74),
                  (-0.1, 0.56), (0.26, 0.76), (0.42, 1.06), (0.48, 1.02), (0.32, 0.68), (-0.03, 0.44),
                  (0.02, 0.22)), 0.0),),
    ),
    "bear": Head(
        outline=((-0.46, 0.0), (-0.34, 0.36), (0.02, 0.4), (0.26, 0.2), (0.56, 0.06), (0.64, -0.1),
                 (0.54, -0.26), (0.2, -0.36), (-0.3, -0.4)),
        light=((0.8, 0.06), (0.44, 0.04), (0.3, -0.12), (0.34, -0.4), (0.8, -0.4)),
        ears=((-0.3, 0.28), (-0.28, 0.48), (-0.12, 0.54), (0.0, 0.4)),
        eye=(0.2, 0.14), nose=(0.6, 0.0), nose_size=0.09,
    ),
    "elephant": Head(
        outline=((-0.4, 0.0), (-0.26, 0.36), (0.04, 0.44), (0.3, 0.3), (0.44, 0.0), (0.54, -0.5),
                 (0.52, -0.9), (0.66, -1.14), (0.84, -1.08), (0.86, -1.2), (0.64, -1.32), (0.38, -1.1),
                 (0.32, -0.7), (0.16, -0.42), (-0.2, -0.38)),
        light=((0.5, -0.9), (1.0, -0.9), (1.0, -1.4), (0.3, -1.4)),
        ears=(), eye=(0.2, 0.08), nose=(0.2, 0.08), nose_size=0.001,
        front=((((0.14, -0.3), (0.3, -0.5), (0.6, -0.62), (0.8, -0.52), (0.6, -0.74), (0.22, -0.62)), 1.9),
               (((-0.02, 0.3), (-0.34, 0.46), (-0.7, 0.3), (-0.82, -0.1), (-0.66, -0.5), (-0.4, -0.6),
                 (-0.14, -0.3), (0.02, 0.0)), 0.84)),
    ),
    "rabbit": Head(
        outline=((-0.42, 0.0), (-0.28, 0.32), (0.06, 0.36), (0.36, 0.16), (0.5, -0.06), (0.4, -0.26),
                 (0.06, -0.36), (-0.3, -0.3)),
        light=((0.6, -0.08), (0.36, -0.1), (0.1, -0.2), (0.0, -0.5), (0.6, -0.5)),
        ears=((-0.26, 0.2), (-0.62, 0.66), (-0.72, 1.12), (-0.52, 1.2), (-0.26, 0.84), (-0.06, 0.3)),
        eye=(0.14, 0.1), nose=(0.5, -0.04), nose_size=0.05,
    ),
    "cow": Head(
        outline=((-0.36, 0.02), (-0.24, 0.3), (0.08, 0.3), (0.44, 0.1), (0.72, 0.04), (0.82, -0.12),
                 (0.74, -0.3), (0.4, -0.3), (0.0, -0.32), (-0.28, -0.24)),
        light=((1.0, 0.2), (0.6, 0.2), (0.56, -0.4), (1.0, -0.4)),
        ears=((-0.22, 0.2), (-0.56, 0.24), (-0.66, 0.1), (-0.5, 0.02), (-0.2, 0.06)),
        eye=(0.14, 0.1), nose=(0.76, -0.04), nose_size=0.05,
        front=((((-0.16, 0.26), (-0.1, 0.48), (0.1, 0.6), (0.06, 0.44), (0.02, 0.28)), 0.0),),
    ),
    "sheep": Head(
        outline=((-0.36, 0.0), (-0.24, 0.32), (0.1, 0.3), (0.46, 0.04), (0.6, -0.16), (0.46, -0.32),
                 (0.1, -0.3), (-0.26, -0.26)),
        light=((0.8, 0.0), (0.5, -0.1), (0.4, -0.4), (0.8, -0.4)),
        ears=((-0.2, 0.14), (-0.5, 0.1), (-0.6, -0.06), (-0.36, -0.1), (-0.14, 0.0)),
        eye=(0.14, 0.08), nose=(0.56, -0.14), nose_size=0.05,
        mask=0.27,
    ),
}  # fmt: skip


def draw_head(
    canvas: Canvas, head: Head, at: Point, stance: tuple[float, float], tones: tuple[RGB, RGB]
) -> None:
    """Draw a head.

    Args:
        canvas: Where to.
        head: Its shape.
        at: Where the skull sits, in the figure's units.
        stance: Turn in radians and length in the figure's units.
        tones: Coat and lighter face.
    """
    turn, size = stance
    coat, light = shade(tones[0], head.mask), tones[1]
    horn = (206, 184, 148)

    def put(points: Outline) -> list[Point]:
        return place(points, at, turn=turn, scale=size)

    for outline, tone in head.behind:
        canvas.fill(put(outline), shade(tones[0], tone) if tone else shade(horn, 0.66))
    if head.ears:
        canvas.fill(put(tuple((x + 0.16, y + 0.02) for x, y in head.ears)), shade(coat, 0.66))
    canvas.fill(put(head.outline), coat)
    canvas.patch(put(head.light), shade(light, 1.0 if head.mask == 1.0 else 0.5))
    if head.ears:
        canvas.fill(put(head.ears), shade(coat, 0.86))
        canvas.patch(
            put(tuple((x * 0.7 - 0.02, y * 0.72 + 0.1) for x, y in head.ears)), shade(coat, 0.55)
        )
    for outline, tone in head.front:
        canvas.fill(put(outline), shade(tones[0], tone) if tone else horn)
    nose = put((head.nose,))[0]
    canvas.oval(nose, (head.nose_size * size, head.nose_size * size * 0.8), _DARK)
    canvas.oval(put((head.eye,))[0], (0.055 * size, 0.06 * size), (24, 18, 18))
    canvas.oval(
        put(((head.eye[0] + 0.015, head.eye[1] + 0.025),))[0],
        (0.018 * size, 0.02 * size),
        (250, 250, 250),
    )
