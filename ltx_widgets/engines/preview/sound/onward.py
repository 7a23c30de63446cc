"""Go on with a sound where it ends, out of itself."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["go_on", "replace_part"]

Samples = NDArray[np.float32]

_JOIN_S: Final = 0.03
_FADE_S: Final = 0.08
_HOP_S: Final = 0.02
_WINDOW_S: Final = 0.4
_SHORTEST_S: Final = 0.8
_LONGEST_S: Final = 8.0
_FLOOR: Final = 1e-4


def go_on(before: Samples, count: int, *, rate: int, loop: int | None = None) -> Samples:
    """What might follow a sound: a stretch of its end again and again, joined softly.

    Args:
        before: (2, n) samples up to the seam.
        count: Samples to make.
        rate: Samples per second.
        loop: Samples of the stretch, where the picture says how long it is; else the place that
            sounds most like the seam is looked for.

    Returns:
        (2, count) float32, faded out at its end; silence where there is next to nothing before.
    """
    have, join = before.shape[1], round(_JOIN_S * rate)
    loop = min(loop or _find_loop(before, rate), have - join)
    if loop < 4 * join or count <= 0:
        return np.zeros((2, max(count, 0)), np.float32)
    cycle = before[:, have - loop :].copy()
    up, down = _ramps(join)
    # The end of the stretch becomes what led up to its start.
    lead = before[:, have - loop - join : have - loop]
    cycle[:, -join:] = cycle[:, -join:] * down + lead * up
    made = np.tile(cycle, -(-count // loop))[:, :count]
    # The seam itself: the sound's own last moment, backwards, so that it has no step.
    first = min(join, count)
    made[:, :first] *= up[:first]
    made[:, :first] += before[:, : -first - 1 : -1] * down[:first]
    fade = min(round(_FADE_S * rate), count)
    made[:, count - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return made


def replace_part(old: Samples, new: Samples, start: int, *, rate: int) -> Samples:
    """A stretch of sound with a part of it replaced; equal-power crossfades lie inside the part.

    Args:
        old: (2, n) samples.
        new: (2, m) samples.
        start: Where `new` begins in `old`, in samples; negative if it began before.
        rate: Samples per second.
    """
    mixed = old.copy()
    join = min(round(_JOIN_S * rate), new.shape[1] // 2)
    up, down = _ramps(join)
    old_part, new_part = np.zeros(new.shape[1], np.float32), np.ones(new.shape[1], np.float32)
    old_part[:join], new_part[:join] = down, up
    old_part[new.shape[1] - join :], new_part[new.shape[1] - join :] = up, down
    first, last = max(0, start), min(old.shape[1], start + new.shape[1])
    if last > first:
        inside = slice(first - start, last - start)
        mixed[:, first:last] *= old_part[inside]
        mixed[:, first:last] += new[:, inside] * new_part[inside]
    return mixed


def _ramps(length: int) -> tuple[Samples, Samples]:
    angle = np.linspace(0, np.pi / 2, length, dtype=np.float32)
    return np.sin(angle), np.cos(angle)


def _find_loop(before: Samples, rate: int) -> int:
    """Samples from the place that sounds most like the end, to the end."""
    hop = round(_HOP_S * rate)
    mono = before[:, -round((_LONGEST_S + _WINDOW_S) * rate) :].mean(axis=0)
    hops = len(mono) // hop
    window = round(_WINDOW_S / _HOP_S)
    shortest = round(_SHORTEST_S / _HOP_S)
    if hops < 2 * window + shortest:
        return max(0, int(before.shape[1]) - 2 * hop)
    mono = mono[len(mono) - hops * hop :]
    blocks = mono.reshape(hops, hop)
    edges = np.diff(mono, prepend=mono[:1]).reshape(hops, hop)
    heard = np.log10(
        np.stack([np.sqrt((part**2).mean(axis=1)) for part in (blocks, edges)], axis=1) + _FLOOR
    )
    ends = np.arange(window, hops - shortest)
    apart = [float(np.abs(heard[end - window : end] - heard[-window:]).mean()) for end in ends]
    end = int(ends[int(np.argmin(apart))]) * hop
    # To the sample: where the wave itself goes up and down as it does at the end.
    last = mono[-hop:]
    near = range(max(hop, end - hop // 2), min(len(mono), end + hop // 2))
    alike = [float(last @ mono[at - hop : at]) for at in near]
    best = int(np.argmax(alike))
    return len(mono) - near[best]
