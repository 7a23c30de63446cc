"""Steady sounds as shaped noise: wind, rain, waves, rooms.

Noise is made in the frequency domain as a loop of a few seconds, which is cheap and has no seam;
slow swells that never repeat lie over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BEDS", "Bed", "Signal", "loop", "make_bed", "swell"]

Signal = "NDArray[np.float32]"
_LOOP: Final = 1 << 17
"""Samples of a noise loop: 2.7 s at 48 kHz."""


@dataclass(frozen=True, slots=True)
class Bed:
    """One layer of noise.

    Attributes:
        low: Lower corner in Hz.
        high: Upper corner in Hz.
        slope: Fall of the spectrum, as a power of the frequency: 0 white, 1 brown.
        level: Loudness in the mix, RMS of full scale.
        swell: (changes per second, depth 0 to 1) of its rise and fall.
    """

    low: float
    high: float
    slope: float
    level: float
    swell: tuple[float, float] = (0.3, 0.2)


BEDS: Final[dict[str, tuple[Bed, ...]]] = {
    "wind": (Bed(60, 420, 0.6, 0.07, (0.45, 0.7)), Bed(480, 900, 0.2, 0.018, (0.6, 0.95))),
    "rain": (Bed(1400, 11000, 0.15, 0.05, (0.5, 0.12)), Bed(250, 900, 0.5, 0.014, (0.4, 0.2))),
    "waves": (Bed(90, 900, 0.5, 0.06, (0.0, 0.0)), Bed(900, 7000, 0.4, 0.03, (0.0, 0.0))),
    "river": (Bed(350, 2600, 0.3, 0.045, (5.0, 0.3)), Bed(2600, 8000, 0.3, 0.012, (8.0, 0.4))),
    "city": (Bed(35, 180, 0.6, 0.06, (0.25, 0.3)), Bed(300, 1100, 0.8, 0.014, (0.5, 0.4))),
    "traffic": (Bed(50, 320, 0.7, 0.045, (0.4, 0.45)), Bed(500, 1800, 0.9, 0.012, (0.35, 0.6))),
    "forest": (Bed(1800, 6500, 0.3, 0.012, (0.7, 0.7)), Bed(90, 320, 0.6, 0.02, (0.3, 0.5))),
    "fire": (Bed(40, 170, 0.5, 0.045, (3.0, 0.4)), Bed(900, 4200, 0.3, 0.01, (7.0, 0.7))),
    "room": (Bed(40, 240, 0.9, 0.016, (0.2, 0.1)), Bed(400, 3000, 0.9, 0.003, (0.2, 0.1))),
    "underwater": (Bed(30, 260, 0.6, 0.08, (0.35, 0.5)), Bed(300, 620, 0.5, 0.012, (0.7, 0.7))),
    "space": (Bed(28, 95, 0.3, 0.07, (0.15, 0.5)), Bed(180, 420, 0.8, 0.01, (0.2, 0.8))),
    "voices": (Bed(220, 780, 0.4, 0.03, (3.6, 0.75)), Bed(1100, 2300, 0.6, 0.012, (4.4, 0.85))),
    "silence": (Bed(40, 400, 0.9, 0.00015, (0.1, 0.1)),),
}


def loop(spectrum: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """A stereo noise loop with a given spectrum, RMS 1.

    Args:
        spectrum: (bins,) amplitude of each bin from 0 Hz to half the rate.
        rng: Draws the phases.

    Returns:
        (2, 2 * (bins - 1)) float32.
    """
    phases = rng.random((2, spectrum.size), dtype=np.float32) * np.float32(2 * np.pi)
    bins = spectrum * np.exp(1j * phases).astype(np.complex64)
    wave = np.fft.irfft(bins, axis=1).astype(np.float32)
    rms = np.sqrt(np.mean(np.square(wave), axis=1, keepdims=True))
    return np.asarray(wave / np.maximum(rms, np.float32(1e-9)), np.float32)


def swell(
    count: int, rate: int, shape: tuple[float, float], rng: np.random.Generator
) -> NDArray[np.float32]:
    """A slow random gain, 1 at most.

    Args:
        count: Samples.
        rate: Samples per second.
        shape: (changes per second, depth 0 to 1).
        rng: Draws the heights.
    """
    speed, depth = shape
    if not speed or not depth:
        return np.ones(count, np.float32)
    knots = rng.random(int(count / rate * speed) + 4, dtype=np.float32)
    # Coarse steps, then lines: a cosine per sample would cost more than the noise.
    fine = np.linspace(0, knots.size - 2, max(8, (knots.size - 1) * 8), dtype=np.float32)
    whole = fine.astype(np.int64)
    ease = (1 - np.cos(np.pi * (fine - whole))) / 2
    curve = knots[whole] * (1 - ease) + knots[whole + 1] * ease
    at = np.linspace(0, min(count / rate * speed, knots.size - 2), count, dtype=np.float32)
    return np.asarray(1 - depth * (1 - np.interp(at, fine, curve)), np.float32)


def make_bed(key: str, count: int, rate: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The steady part of a sound, (2, count) float32 at its level in the mix.

    Raises:
        KeyError: `key` is not in `BEDS`.
    """
    frequencies = np.fft.rfftfreq(_LOOP, 1 / rate).astype(np.float32)
    total = np.zeros((2, count), np.float32)
    for bed in BEDS[key]:
        spectrum = _shape(frequencies, bed)
        noise = loop(spectrum, rng)
        gain = swell(count, rate, bed.swell, rng) * np.float32(bed.level)
        if key == "waves":
            gain = gain * _breakers(count, rate, rng, late=bed.low > 500)  # noqa: PLR2004 - the hiss
        _add_tiled(total, noise, gain)
    return total


def _shape(frequencies: NDArray[np.float32], bed: Bed) -> NDArray[np.float32]:
    """Band with soft corners and a slope."""
    safe = np.maximum(frequencies, 1.0)
    band = 1 / (1 + (bed.low / safe) ** 4) / (1 + (safe / bed.high) ** 4)
    return np.asarray(band * (safe / 1000) ** (-bed.slope), np.float32)


def _breakers(
    count: int, rate: int, rng: np.random.Generator, *, late: bool
) -> NDArray[np.float32]:
    """Waves that come in quickly and run out slowly, every six seconds or so."""
    seconds = count / rate
    coarse = np.arange(0, seconds + 0.1, 0.05, dtype=np.float32)
    total = np.full(coarse.size, 0.25, np.float32)
    at = -4.0
    while at < seconds:
        age = coarse - np.float32(at + (0.7 if late else 0.0))
        size = 0.6 + 0.4 * rng.random()
        rise = np.clip(age / 1.3, 0, 1)
        total += np.where(age > 0, size * rise * rise * np.exp(-np.maximum(age, 0) / 2.2), 0)
        at += 4.8 + 2.4 * rng.random()
    x = np.arange(count, dtype=np.float32) / np.float32(rate)
    return np.asarray(np.interp(x, coarse, total), np.float32)


def _add_tiled(
    total: NDArray[np.float32], noise: NDArray[np.float32], gain: NDArray[np.float32]
) -> None:
    """Add a loop as often as it fits, under a gain."""
    length = noise.shape[1]
    for start in range(0, total.shape[1], length):
        stop = min(start + length, total.shape[1])
        total[:, start:stop] += noise[:, : stop - start] * gain[start:stop]
