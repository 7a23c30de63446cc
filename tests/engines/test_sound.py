"""The sound of the preview."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ltx_widgets.engines.preview.lexicon.camera import SOUNDS as NAMED_SOUNDS
from ltx_widgets.engines.preview.reading import read_prompt
from ltx_widgets.engines.preview.sound import SOUNDS, sound_track
from ltx_widgets.engines.preview.sound.mix import loudness

RATE = 48000
FOX = read_prompt("a red fox runs through falling snow at dawn", duration_s=6)


def play(*sounds, seconds=2.0, story=FOX):
    """A track of certain sounds."""
    return sound_track(replace(story, sounds=sounds), seconds)


def centroid(samples):
    """Middle of the spectrum, Hz."""
    power = np.abs(np.fft.rfft(samples[0])) ** 2
    return float((power * np.fft.rfftfreq(samples.shape[1], 1 / RATE)).sum() / power.sum())


@pytest.mark.parametrize("key", sorted(SOUNDS))
def test_every_sound_can_be_played(key):
    """Every sound gives clean stereo that does not clip."""
    samples = play(key)

    assert samples.shape == (2, 2 * RATE)
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() < 0.95
    assert np.abs(samples).max() > 0


def test_every_sound_of_the_lexicon_is_playable():
    """The reading names no sound that the mix does not know."""
    assert set(NAMED_SOUNDS) <= SOUNDS


@settings(max_examples=25, deadline=None)
@given(
    st.floats(min_value=0, max_value=1.5),
    st.sampled_from([8000, 22050, 44100, 48000]),
    st.sets(st.sampled_from(sorted(SOUNDS)), max_size=4),
)
def test_the_length_is_exact(seconds, rate, sounds):
    """Any length at any rate is met to the sample."""
    story = replace(FOX, sounds=tuple(sorted(sounds)))

    samples = sound_track(story, seconds, rate=rate)

    assert samples.shape == (2, round(seconds * rate))
    assert np.isfinite(samples).all()
    assert np.abs(samples).max(initial=0) <= 1


def test_the_loudness_is_about_minus_twenty():
    """A mix is about as loud as television: -20 LUFS."""
    assert loudness(sound_track(FOX, 6), RATE) == pytest.approx(-20, abs=1)


def test_rain_is_brighter_than_wind():
    """Rain hisses, wind hums."""
    assert centroid(play("rain")) > 3 * centroid(play("wind"))


def test_silence_is_far_below_hearing():
    """Silence is a floor of noise, not a level."""
    assert np.abs(play("silence", "music")).max() < 0.003


def test_a_track_fades_in_and_out():
    """The first and last samples are near zero, so that nothing clicks."""
    samples = play("rain")

    assert np.abs(samples[:, :8]).max() < 0.005
    assert np.abs(samples[:, -8:]).max() < 0.005


def test_the_same_storyboard_sounds_the_same():
    """The seed decides the take: same seed, same samples."""
    other = replace(FOX, seed=FOX.seed ^ 1)

    assert (sound_track(FOX, 1) == sound_track(FOX, 1)).all()
    assert (sound_track(FOX, 1) != sound_track(other, 1)).any()


def test_a_runner_steps_faster_than_a_walker():
    """Footsteps keep the pace of the picture."""
    walk, run = (
        read_prompt(f"a man {verb} along the street", duration_s=6) for verb in ("walks", "runs")
    )

    assert _beats(play("footsteps", seconds=6, story=run)) > _beats(
        play("footsteps", seconds=6, story=walk)
    )


def test_music_follows_the_hour():
    """Day and night have different chords."""
    night = replace(FOX, time_of_day="night")

    assert (play("music") != play("music", story=night)).any()


def test_an_unknown_sound_is_left_out():
    """A sound without a recipe does not stop the others."""
    assert (play("wind", "kazoo") == play("wind")).all()


def _beats(samples):
    """How often the level rises from calm to loud."""
    blocks = np.abs(samples[0][: samples.shape[1] // 1200 * 1200]).reshape(-1, 1200).max(axis=1)
    loud = blocks > 0.4 * blocks.max()
    return int((loud[1:] & ~loud[:-1]).sum())
