"""What a sound does from frame to frame: how loud, how low, how bright, and where it strikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Beat", "beat_of"]

Curve = NDArray[np.float32]

_WINDOW = 2048
# Hertz: what one feels, and what one hears as sparkle.
_BASS, _TREBLE = (30.0, 180.0), (3500.0, 14_000.0)
# Quieter than this, in parts of full scale, is silence whatever else the sound does.
_SILENCE = 2e-3
# Seconds in which a strike dies away: a light goes out about as fast as a drum.
_DECAY_S = 0.22
_SMOOTH_S = 0.12


@dataclass(frozen=True, slots=True)
class Beat:
    """A sound as curves over the frames of a clip, each from 0 to 1.

    Attributes:
        energy: (n,) loudness, evened out a little.
        bass: (n,) loudness of what is low.
        treble: (n,) loudness of what is high.
        onset: (n,) how much begins in a frame: 1 at the hardest strike, 0 between.
        pulse: (n,) `onset` dying away, for what moves and shines with a strike.
        way: (n,) the sound's energy added up, 0 in the first frame and 1 in the last: how far what
            it drives has gone.
    """

    energy: Curve
    bass: Curve
    treble: Curve
    onset: Curve
    pulse: Curve
    way: Curve


def beat_of(samples: NDArray[np.float32], *, rate: int, fps: int, num_frames: int) -> Beat:
    """Listen to a sound.

    Args:
        samples: (2, n) float32, -1 to 1.
        rate: Samples per second.
        fps: Frames per second of the picture.
        num_frames: How many frames the curves have.
    """
    spectra = _spectra(samples.mean(axis=0), rate=rate, fps=fps, num_frames=num_frames)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / rate)
    loud = np.sqrt((spectra**2).sum(axis=1)) / _WINDOW
    energy = _levelled(loud)
    onset = _onsets(spectra, loud)
    return Beat(
        energy=_smooth(energy, fps),
        bass=_smooth(_levelled(_band(spectra, hertz, _BASS)), fps),
        treble=_levelled(_band(spectra, hertz, _TREBLE)),
        onset=onset,
        pulse=_dying(onset, fps),
        way=_way(energy),
    )


def _spectra(
    mono: NDArray[np.float32], *, rate: int, fps: int, num_frames: int
) -> NDArray[np.float32]:
    """(num_frames, bins) magnitudes; each window is centred on the middle of its frame."""
    middle = ((np.arange(num_frames) + 0.5) * rate / fps).astype(int)
    padded = np.pad(mono, (_WINDOW // 2, _WINDOW + rate // fps))
    starts = np.minimum(middle, padded.size - _WINDOW)
    window = np.hanning(_WINDOW).astype(np.float32)
    found = [np.abs(np.fft.rfft(padded[at : at + _WINDOW] * window)) for at in starts]
    return np.asarray(found, np.float32)


def _band(spectra: NDArray[np.float32], hertz: NDArray[Any], band: tuple[float, float]) -> Curve:
    inside = (hertz >= band[0]) & (hertz < band[1])
    loud: Curve = np.sqrt((spectra[:, inside] ** 2).sum(axis=1)) / _WINDOW
    return loud


def _levelled(loud: Curve) -> Curve:
    """0 to 1, by what is loud in this sound; silence stays 0."""
    top = max(float(np.percentile(loud, 98)), _SILENCE)
    level: Curve = np.clip(loud / top, 0, 1).astype(np.float32)
    return level


def _onsets(spectra: NDArray[np.float32], loud: Curve) -> Curve:
    """Spectral flux, peaks only: what grows in any band, and more than just before."""
    bands = np.log1p(40 * spectra / _WINDOW)
    grown = np.diff(bands, axis=0, prepend=np.zeros_like(bands[:1]))
    flux = np.clip(grown, 0, None).sum(axis=1)
    around = np.pad(flux, 3, mode="edge")
    usual = np.median(np.lib.stride_tricks.sliding_window_view(around, 7), axis=1)
    sharp = np.clip(flux - 1.3 * usual, 0, None) * (loud > _SILENCE)
    top = float(np.percentile(sharp, 99.5)) if sharp.any() else 0.0
    if top <= 0:
        return np.zeros(len(flux), np.float32)
    onset: Curve = np.clip(sharp / top, 0, 1).astype(np.float32)
    return onset


def _dying(onset: Curve, fps: int) -> Curve:
    left, keep, pulse = 0.0, float(np.exp(-1 / (_DECAY_S * fps))), np.zeros_like(onset)
    for number, struck in enumerate(onset):
        left = max(left * keep, float(struck))
        pulse[number] = left
    return pulse


def _smooth(curve: Curve, fps: int) -> Curve:
    width = max(1, round(_SMOOTH_S * fps))
    padded = np.pad(curve, (width // 2, width - 1 - width // 2), mode="edge")
    even: Curve = np.convolve(padded, np.ones(width) / width, "valid").astype(np.float32)
    return even


def _way(energy: Curve) -> Curve:
    """Silence hardly moves it on; it never stands quite still."""
    steps = 0.08 + energy
    done = np.cumsum(steps) - steps[0]
    way: Curve = (done / max(float(done[-1]), 1e-6)).astype(np.float32)
    return way
