"""Mix the sounds of a storyboard into one track of a set loudness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ltx_widgets.engines.preview.sound.events import EVENTS, Track
from ltx_widgets.engines.preview.sound.music import PAD_LEVEL, add_piano, choose_chords, make_pad
from ltx_widgets.engines.preview.sound.noise import BEDS, make_bed
from ltx_widgets.engines.preview.sprites import cycle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["SOUNDS", "loudness", "sound_track"]

SOUNDS: Final = frozenset(BEDS) | frozenset(EVENTS) | {"music", "piano"}
"""Every key that can be played; others are ignored."""

_TARGET_LUFS: Final = -20.0
_FADE_S: Final = 0.05
_CEILING: Final = 0.89
_KNEE: Final = 0.6
_BLOCK: Final = 1 << 15
# Pace of the picture's own steps; only these sounds keep time with it.
_IN_STEP: Final = {"footsteps", "gallop"}


def sound_track(
    storyboard: Storyboard, seconds: float, *, rate: int = 48000
) -> NDArray[np.float32]:
    """Sound for a clip.

    Args:
        storyboard: Its `sounds` say what is heard, its seed which take of it.
        seconds: Length.
        rate: Samples per second.

    Returns:
        (2, round(seconds * rate)) float32 within -1 and 1, about -20 LUFS, faded in and out over
        50 ms. "silence" gives a floor of noise far below hearing.
    """
    count = round(seconds * rate)
    if count <= 0:
        return np.zeros((2, 0), np.float32)
    keys = [key for key in storyboard.sounds if key in SOUNDS]
    if "silence" in keys:
        mixed = make_bed("silence", count, rate, _draws(storyboard, "silence"))
    else:
        mixed = _mix(storyboard, keys or ["room"], count, rate)
        mixed = _limit(mixed * np.float32(10 ** ((_TARGET_LUFS - loudness(mixed, rate)) / 20)))
    return _fade(mixed, rate)


def loudness(samples: NDArray[np.float32], rate: int) -> float:
    """Integrated loudness in LUFS without gating: ITU-R BS.1770 weighting, taken from spectra.

    Args:
        samples: (channels, count) float32.
        rate: Samples per second.
    """
    block = min(_BLOCK, samples.shape[1])
    blocks = samples.shape[1] // block
    cut = samples[:, : blocks * block].reshape(samples.shape[0], blocks, block)
    power = np.square(np.abs(np.fft.rfft(cut, axis=2))).mean(axis=1)
    frequencies = np.fft.rfftfreq(block, 1 / rate).astype(np.float64)
    weighted = float((power * _ear(frequencies)).sum()) * 2 / block**2
    return -0.691 + 10 * float(np.log10(max(weighted, 1e-12)))


def _draws(storyboard: Storyboard, key: str) -> np.random.Generator:
    """Random numbers of one sound; adding a sound leaves the others as they were."""
    return np.random.default_rng([storyboard.seed, *key.encode()])


def _mix(storyboard: Storyboard, keys: list[str], count: int, rate: int) -> NDArray[np.float32]:
    """All layers added up."""
    total = np.zeros((2, count), np.float32)
    chords = choose_chords(storyboard)
    for key in keys:
        rng = _draws(storyboard, key)
        if key in BEDS:
            total += make_bed(key, count, rate, rng)
        if key == "music":
            total += make_pad(chords, count, rate, rng) * np.float32(PAD_LEVEL)
        if key in EVENTS or key == "piano":
            track = Track(count, rate, rng)
            if key == "piano":
                add_piano(track, chords)
            else:
                EVENTS[key](track, _pace(storyboard, key))
            total += track.samples
    return total


def _pace(storyboard: Storyboard, key: str) -> float:
    """Gait cycles per second of who makes the steps, 0 if nobody does."""
    if key not in _IN_STEP:
        return 0.0
    paces = (cycle(s.kind, s.motion) for s in storyboard.subjects if s.motion in {"walks", "runs"})
    return next((pace for pace in paces if pace), 0.0)


def _ear(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power weighting of BS.1770: a high-pass at 38 Hz and a shelf of +4 dB above 1.7 kHz."""
    squared = np.square(frequencies)
    high_pass = np.square(squared / (squared + 38.0**2))
    shelf = 1 + (10**0.4 - 1) * squared / (squared + 1700.0**2)
    return np.asarray(high_pass * shelf)


def _limit(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bend what exceeds the knee so that nothing reaches the ceiling."""
    size = np.abs(samples)
    if float(size.max(initial=0.0)) <= _KNEE:
        return samples
    room = np.float32(_CEILING - _KNEE)
    bent = _KNEE + room * np.tanh((size - np.float32(_KNEE)) / room)
    return np.asarray(np.where(size > _KNEE, np.sign(samples) * bent, samples), np.float32)


def _fade(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Rise and fall over 50 ms, or half of a shorter track."""
    length = min(round(_FADE_S * rate), samples.shape[1] // 2)
    ramp = np.linspace(0, 1, max(length, 1), endpoint=False, dtype=np.float32)[:length]
    faded = samples.copy()
    faded[:, :length] *= ramp
    faded[:, samples.shape[1] - length :] *= ramp[::-1]
    return faded
