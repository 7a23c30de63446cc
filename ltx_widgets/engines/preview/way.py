"""The way from one picture to another: their own motion where they are related, else a journey."""

from __future__ import annotations

import cv2

from ltx_widgets.engines.preview.crossing import Crossing
from ltx_widgets.engines.preview.fitting import relief_of
from ltx_widgets.engines.preview.morph import Morph, flows_between
from ltx_widgets.engines.preview.pipeline import Drawing
from ltx_widgets.engines.preview.planes import Bytes
from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["way_between"]

# Measured on photographs: above 0.6 for one scene and a moved camera, below 0.1 for two scenes.
_RELATED = 0.35


def way_between(
    first: Bytes,
    last: Bytes,
    story: Storyboard,
    *,
    size: tuple[int, int],
    fps: int,
    num_frames: int,
) -> Drawing:
    """What draws a clip from one picture to another.

    Args:
        first: (h, w, 3) uint8 sRGB, of any size and shape.
        last: The same, for the last frame.
        story: What the prompt asks for.
        size: Width and height of the frames, in pixels, even.
        fps: Frames per second.
        num_frames: Frames in the whole clip.
    """
    # One thread here leaves the other cores to the encoder, and keeps the bytes the same.
    cv2.setNumThreads(1)
    one, other = relief_of(first, size), relief_of(last, size)
    flows = flows_between(one.still().y, other.still().y)
    if flows.agreement >= _RELATED:
        return Morph(one, other, flows, story, fps=fps, num_frames=num_frames)
    return Crossing(one, other, story, fps=fps, num_frames=num_frames)
