"""A slow chord pad in the mood of the clip, and single piano notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ltx_widgets.engines.preview.sound.noise import loop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ltx_widgets.engines.preview.sound.events import Track
    from ltx_widgets.engines.preview.storyboard import Storyboard

__all__ = ["PAD_LEVEL", "add_piano", "choose_chords", "make_pad"]

PAD_LEVEL: Final = 0.035
_CHORD_S: Final = 5.0
_CROSSFADE_S: Final = 1.6
_LOOP: Final = 1 << 17
_TONIC_HZ: Final = 110.0
Chord = tuple[int, ...]
# Semitones above A2; each mood has four chords that lead back to the first.
_MOODS: Final[dict[str, tuple[Chord, ...]]] = {
    "bright": ((3, 10, 15, 19), (8, 15, 20, 24), (10, 14, 17, 22), (3, 10, 15, 22)),
    "hopeful": ((5, 12, 16, 21), (0, 12, 16, 19), (2, 9, 17, 21), (-2, 10, 14, 17)),
    "dark": ((0, 7, 12, 15), (-4, 8, 12, 15), (3, 10, 15, 19), (-2, 10, 14, 17)),
    "wistful": ((2, 9, 17, 21), (7, 14, 17, 23), (0, 12, 16, 19), (2, 12, 17, 21)),
    "open": ((0, 7, 14, 19), (-2, 5, 12, 17), (0, 7, 12, 21), (-4, 3, 10, 17)),
}


def choose_chords(storyboard: Storyboard) -> tuple[Chord, ...]:
    """Four chords for the light and weather of a storyboard."""
    if storyboard.place in {"space", "underwater", "abstract"}:
        return _MOODS["open"]
    if storyboard.weather == "storm" or "noir" in storyboard.style:
        return _MOODS["dark"]
    by_hour = {
        "dawn": "hopeful", "day": "bright", "golden_hour": "bright", "dusk": "wistful",
        "night": "dark",
    }  # fmt: skip
    mood = by_hour[storyboard.time_of_day]
    return _MOODS["wistful" if mood == "bright" and storyboard.weather == "rain" else mood]


def make_pad(
    chords: tuple[Chord, ...], count: int, rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Chords that melt into each other, (2, count) float32, RMS about 1.

    Every note is a narrow band of noise instead of a line; that is what makes a choir of it.
    """
    total = np.zeros((2, count), np.float32)
    loops: dict[Chord, NDArray[np.float32]] = {}
    fade = round(_CROSSFADE_S * rate)
    length = round(_CHORD_S * rate)
    for number, start in enumerate(range(-fade, count, length)):
        chord = chords[number % len(chords)]
        if chord not in loops:
            loops[chord] = loop(_chord_spectrum(chord, rate), rng)
        stop = start + length + fade
        first, last = max(start, 0), min(stop, count)
        at = np.arange(first - start, last - start, dtype=np.float32)
        gain = np.minimum(np.minimum(at / fade, (stop - start - at) / fade), 1)
        sound = np.take(loops[chord], np.arange(first, last) % _LOOP, axis=1)
        total[:, first:last] += sound * np.sin(gain * np.float32(np.pi / 2))
    return total


def _chord_spectrum(chord: Chord, rate: int) -> NDArray[np.float32]:
    """Amplitudes of a chord with a few soft overtones."""
    frequencies = np.fft.rfftfreq(_LOOP, 1 / rate)
    spectrum = np.zeros(frequencies.size, np.float32)
    step = float(frequencies[1])
    for note in chord:
        pitch = _TONIC_HZ * 2 ** (note / 12)
        for overtone in range(1, 6):
            centre = pitch * overtone
            width = 0.35 + centre * 0.0022
            low = max(0, int((centre - 4 * width) / step))
            high = min(frequencies.size, int((centre + 4 * width) / step) + 1)
            shape = np.exp(-(((frequencies[low:high] - centre) / width) ** 2))
            spectrum[low:high] += (shape / overtone**1.9 / np.sqrt(width)).astype(np.float32)
    return spectrum


def add_piano(track: Track, chords: tuple[Chord, ...]) -> None:
    """Single notes of the chords, one every second or so, left to ring."""
    t = track.clock(3.0)
    at = 0.3
    while at < track.seconds:
        chord = chords[int(at / _CHORD_S) % len(chords)]
        note = chord[int(track.rng.random() * len(chord))] + 12
        pitch = _TONIC_HZ * 2 ** (note / 12)
        ringing = sum(
            np.sin(2 * np.pi * pitch * k * (1 + 0.0004 * k * k) * t)
            * np.exp(-t * (0.9 + 0.9 * k))
            / k**1.4
            for k in range(1, 6)
        )
        key = np.asarray(ringing * np.minimum(t * 250, 1), np.float32)
        track.add(at, key, 0.06 + 0.03 * track.rng.random(), 0.5 * track.rng.random() - 0.25)
        at += (0.55, 1.1, 1.1, 1.65)[int(track.rng.random() * 4)]
