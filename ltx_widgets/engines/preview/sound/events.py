"""Sparse sounds: birds, steps, thunder, bells and engines, set into a track at their moments."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grain = NDArray[np.float32]

__all__ = ["EVENTS", "Track"]


class Track:
    """A stereo track that grains are laid into.

    Args:
        count: Samples per channel.
        rate: Samples per second.
        rng: Draws moments, pitches and places.
    """

    def __init__(self, count: int, rate: int, rng: np.random.Generator) -> None:
        self.samples: NDArray[np.float32] = np.zeros((2, count), np.float32)
        self.rate = rate
        self.rng = rng

    @property
    def seconds(self) -> float:
        """Length of the track."""
        return float(self.samples.shape[1]) / self.rate

    def add(self, at: float, grain: Grain, level: float, pan: float = 0.0) -> None:
        """Lay a grain at a moment; pan -1 is left, 1 right. What sticks out is cut off."""
        start = round(at * self.rate)
        if start < 0:
            grain, start = grain[-start:], 0
        grain = grain[: max(0, self.samples.shape[1] - start)]
        if not grain.size:
            return
        stop = start + grain.size
        angle = (pan + 1) * np.pi / 4
        self.samples[0, start:stop] += grain * np.float32(level * np.cos(angle))
        self.samples[1, start:stop] += grain * np.float32(level * np.sin(angle))

    def times(self, apart: float, *, spread: float = 0.6) -> list[float]:
        """Random moments, about `apart` seconds from each other; the first in the first half."""
        found = []
        at = min(apart, self.seconds / 2) * self.rng.random()
        while at < self.seconds:
            found.append(at)
            at += apart * (1 + spread * (2 * self.rng.random() - 1))
        return found

    def clock(self, seconds: float) -> Grain:
        """Seconds since the start of a grain, one value per sample."""
        return np.arange(max(1, round(seconds * self.rate)), dtype=np.float32) / np.float32(
            self.rate
        )

    def hiss(self, seconds: float, smooth: int = 1) -> Grain:
        """White noise, dulled by a running mean over `smooth` samples."""
        noise = self.rng.standard_normal(
            max(1, round(seconds * self.rate)) + smooth, dtype=np.float32
        )
        if smooth > 1:
            sums = np.cumsum(noise, dtype=np.float32)
            noise = (sums[smooth:] - sums[:-smooth]) / np.float32(np.sqrt(smooth))
        return np.asarray(noise[: max(1, round(seconds * self.rate))], np.float32)


def _sweep(track: Track, seconds: float, start: float, stop: float) -> Grain:
    """A sine that glides from one pitch to another, in Hz, under a half-sine envelope."""
    t = track.clock(seconds)
    part = t / np.float32(max(seconds, 1e-6))
    phase = 2 * np.pi * np.cumsum(start + (stop - start) * part) / track.rate
    return np.asarray(np.sin(phase) * np.sin(np.pi * np.minimum(part, 1)), np.float32)


def _birdsong(track: Track, _pace: float) -> None:
    for at in track.times(1.7):
        pitch, pan = 2200 + 2600 * track.rng.random(), 1.6 * track.rng.random() - 0.8
        level = 0.03 + 0.03 * track.rng.random()
        bend = 1 + 0.6 * (track.rng.random() - 0.5)
        for note in range(int(2 + 4 * track.rng.random())):
            length = 0.05 + 0.07 * track.rng.random()
            track.add(at + note * 0.13, _sweep(track, length, pitch, pitch * bend), level, pan)


def _crickets(track: Track, _pace: float) -> None:
    t = track.clock(0.42)
    tone = np.sin(2 * np.pi * 4300 * t) * (np.sin(2 * np.pi * 27 * t) > 0)
    chirp = np.asarray(tone * np.sin(np.pi * t / 0.42), np.float32)
    for pan, apart in ((-0.6, 0.75), (0.5, 0.93), (0.0, 1.37)):
        for at in track.times(apart, spread=0.08):
            track.add(at, chirp, 0.016, pan)


def _step(track: Track, weight: float) -> Grain:
    """A soft footfall: a thump and a scrape."""
    t = track.clock(0.16)
    thump = np.sin(2 * np.pi * (95 - 200 * t) * t) * np.exp(-t * 38)
    scrape = track.hiss(0.16, 6)[: t.size] * np.exp(-t * 30) * np.minimum(t * 160, 1)
    return np.asarray(weight * thump + 0.45 * scrape, np.float32)


def _footsteps(track: Track, pace: float) -> None:
    # A foot lands a little after its leg is furthest ahead: 0.3 and 0.8 of the cycle.
    pace = pace or 0.95
    for number in range(int(track.seconds * pace * 2) + 2):
        pan = 0.15 if number % 2 else -0.15
        track.add((number * 0.5 - 0.2) / pace, _step(track, 0.8), 0.1, pan)


def _gallop(track: Track, pace: float) -> None:
    pace = pace or 2.2
    t = track.clock(0.12)
    for number in range(int(track.seconds * pace) + 1):
        for beat in (0.0, 0.38, 0.5, 0.88):
            tone = 170 + 60 * track.rng.random()
            hoof = np.asarray(
                np.sin(2 * np.pi * tone * t) * np.exp(-t * 55)
                + 0.35 * track.hiss(0.12, 4)[: t.size] * np.exp(-t * 70),
                np.float32,
            )
            track.add((number + beat) / pace, hoof, 0.1, 0.5 * track.rng.random() - 0.25)


def _passes(track: Track, _pace: float) -> None:
    for at in track.times(4.5):
        t = track.clock(3.2)
        body = track.hiss(3.2, 60)[: t.size] * np.exp(-(((t - 1.6) / 0.6) ** 2))
        side = 1 if track.rng.random() > 0.5 else -1  # noqa: PLR2004 - a coin
        track.add(at - 1.0, np.asarray(body, np.float32), 0.045, 0.5 * side)


def _thunder(track: Track, _pace: float) -> None:
    for at in track.times(7.0):
        t = track.clock(4.0)
        roll = track.hiss(4.0, 420)[: t.size] * np.exp(-t * 0.9) * np.minimum(t * 6, 1)
        flutter = 1 + 0.5 * np.sin(2 * np.pi * (2.1 * t + 0.4 * np.sin(5 * t)))
        crack = np.zeros_like(t)
        crack[: t.size // 10] = track.hiss(0.4, 24)[: t.size // 10]
        sound = roll * flutter + 0.35 * crack * np.exp(-t * 12)
        track.add(at * 0.7 + 0.4, np.asarray(sound, np.float32), 0.16, track.rng.random() - 0.5)


def _seagulls(track: Track, _pace: float) -> None:
    for at in track.times(3.4):
        pan = 1.6 * track.rng.random() - 0.8
        for cry in range(int(1 + 4 * track.rng.random())):
            length = 0.24 + 0.12 * track.rng.random()
            high = 1150 + 250 * track.rng.random()
            call = _sweep(track, length, high, high * 0.68)
            call = call + 0.5 * _sweep(track, length, high * 2, high * 1.36)
            track.add(at + cry * 0.36, call, 0.03, pan)


def _bell(track: Track, _pace: float) -> None:
    t = track.clock(4.0)
    parts = ((0.5, 1.0, 0.9), (1.0, 0.8, 1.2), (1.19, 0.5, 1.6), (2.0, 0.4, 2.2), (2.74, 0.25, 3.0))
    strike = sum(
        level * np.sin(2 * np.pi * 392 * ratio * t) * np.exp(-t * decay)
        for ratio, level, decay in parts
    )
    for number in range(int(track.seconds / 3.2) + 1):
        track.add(0.6 + 3.2 * number, np.asarray(strike, np.float32), 0.045, 0.2)


def _engine(track: Track, _pace: float) -> None:
    # One second of harmonics of 40 Hz fits the loop exactly; it is tiled.
    t = track.clock(1.0)
    phase = 2 * np.pi * 40 * t + 0.25 * np.sin(2 * np.pi * t)
    hum = sum(np.sin(k * phase) / k**1.2 for k in range(1, 9))
    rumble = np.asarray(hum * (1 + 0.12 * np.sin(2 * np.pi * 10 * t)), np.float32)
    for second in range(int(track.seconds) + 1):
        track.add(float(second), rumble, 0.035)


def _train(track: Track, _pace: float) -> None:
    t = track.clock(0.12)
    for number in range(int(track.seconds / 0.68) + 1):
        for late in (0.0, 0.16):
            clack = np.sin(2 * np.pi * 310 * t) * np.exp(-t * 60)
            clack = clack + 0.6 * track.hiss(0.12, 5)[: t.size] * np.exp(-t * 45)
            track.add(number * 0.68 + late, np.asarray(clack, np.float32), 0.06)
    long = track.clock(4.0)
    rumble = np.asarray(track.hiss(4.0, 180)[: long.size], np.float32)
    for start in range(0, int(track.seconds) + 1, 4):
        track.add(float(start), rumble, 0.025)


def _beat(track: Track, _pace: float) -> None:
    t = track.clock(0.3)
    kick = np.asarray(
        np.sin(2 * np.pi * (48 * t - 2.6 * np.exp(-t * 30))) * np.exp(-t * 11), np.float32
    )
    for number in range(int(track.seconds * 2) + 1):
        track.add(number * 0.5, kick, 0.12)
        tick = track.hiss(0.05) * np.exp(-np.linspace(0, 6, track.hiss(0.05).size))
        track.add(number * 0.5 + 0.25, np.asarray(tick, np.float32), 0.012, 0.3)


def _crackle(track: Track, _pace: float) -> None:
    for at in track.times(0.11, spread=0.95):
        size = track.rng.random() ** 3
        length = 0.006 + 0.012 * track.rng.random()
        snap = track.hiss(length, 2)
        snap = snap * np.exp(-np.linspace(0, 5, snap.size, dtype=np.float32))
        track.add(at, np.asarray(snap, np.float32), 0.02 + 0.12 * size, track.rng.random() - 0.5)


def _drops(track: Track, _pace: float) -> None:
    for at in track.times(0.09, spread=0.95):
        pitch = 900 + 2200 * track.rng.random()
        track.add(at, _sweep(track, 0.018, pitch, pitch * 1.5), 0.02, 2 * track.rng.random() - 1)


def _bubbles(track: Track, _pace: float) -> None:
    for at in track.times(1.1):
        for bubble in range(int(2 + 5 * track.rng.random())):
            pitch = 260 + 420 * track.rng.random()
            track.add(at + bubble * 0.08, _sweep(track, 0.07, pitch, pitch * 1.9), 0.035,
                      track.rng.random() - 0.5)  # fmt: skip


EVENTS: Final[dict[str, Callable[[Track, float], None]]] = {
    "birdsong": _birdsong,
    "forest": _birdsong,
    "crickets": _crickets,
    "footsteps": _footsteps,
    "gallop": _gallop,
    "traffic": _passes,
    "thunder": _thunder,
    "seagulls": _seagulls,
    "bell": _bell,
    "engine": _engine,
    "train": _train,
    "beat": _beat,
    "fire": _crackle,
    "rain": _drops,
    "river": _bubbles,
    "underwater": _bubbles,
}
