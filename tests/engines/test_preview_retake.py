"""Retake: a section of the clip anew, all else as it was."""

import numpy as np
import pytest
from moving_clips import RATE, decibels, film, hum, lumas, panning, preview, steps

from ltx_widgets.engines.preview.sound.onward import go_on, replace_part
from ltx_widgets.errors import InvalidRequest
from ltx_widgets.video.probe import probe
from ltx_widgets.video.sound import read_sound

PROMPT = "a neon city at night, push in"
CLIP = 100
FIRST, LAST = 25, 75


@pytest.fixture(scope="module")
def pan(tmp_path_factory):
    return film(tmp_path_factory.mktemp("pan") / "pan.mp4", panning(CLIP), sound=True)


@pytest.fixture(scope="module")
def silent(tmp_path_factory):
    return film(tmp_path_factory.mktemp("silent") / "pan.mp4", panning(CLIP))


def retake(source, folder, **fields):
    asked = {"prompt": PROMPT, "start_time": 1, "duration": 2, **fields}
    return preview("retake-video", source, folder / "out.mp4", **asked)


def apart(frames, others):
    return [float(np.abs(a - b).mean()) for a, b in zip(frames, others, strict=True)]


def test_only_the_section_changes(pan, tmp_path):
    """Frames outside it stay the clip's; those in its middle are visibly others."""
    rendered = retake(pan, tmp_path)
    frames, source = lumas(rendered.path), lumas(pan)
    assert rendered.num_frames == len(frames) == CLIP
    assert decibels(frames[:FIRST], source[:FIRST]) > 40
    assert decibels(frames[LAST:], source[LAST:]) > 40
    assert min(apart(frames[FIRST + 15 : LAST - 15], source[FIRST + 15 : LAST - 15])) > 15
    assert any("picture" in note and "1.00 s to 3.00 s" in note for note in rendered.notes)


def test_both_seams_are_smooth(pan, tmp_path):
    """Over either seam the picture changes no more than it does within the clip."""
    own, whole = steps(lumas(pan)), steps(lumas(retake(pan, tmp_path).path))
    assert max(whole[FIRST - 1], whole[LAST - 1]) <= max(own) * 1.1


def test_prompts_differ_in_the_picture(pan, tmp_path):
    """What is asked for is seen."""
    night = lumas(retake(pan, tmp_path).path)[50]
    snow = lumas(retake(pan, tmp_path, prompt="heavy snow on a bright day").path)[50]
    assert snow.mean() > night.mean() + 20


def test_sound_alone_is_replaced(pan, tmp_path):
    """Every frame stays the clip's; the section sounds otherwise, the rest does not."""
    rendered = retake(pan, tmp_path, retake_mode="replace_audio")
    assert decibels(lumas(rendered.path), lumas(pan)) > 40
    sound, own = read_sound(rendered.path)[0], read_sound(pan)[0]
    alike = [
        abs(np.corrcoef(sound[second * RATE :][:RATE], own[second * RATE :][:RATE])[0, 1])
        for second in range(4)
    ]
    assert min(alike[0], alike[3]) > 0.99
    assert max(alike[1:3]) < 0.3


def test_picture_alone_is_replaced(pan, tmp_path):
    """The sound stays the clip's from beginning to end."""
    rendered = retake(pan, tmp_path, retake_mode="replace_video")
    sound, own = read_sound(rendered.path)[0], read_sound(pan)[0]
    count = min(len(sound), len(own))
    assert np.corrcoef(sound[:count], own[:count])[0, 1] > 0.99
    assert apart(lumas(rendered.path), lumas(pan))[50] > 15


def test_silent_clip_gets_sound_in_the_section_only(silent, tmp_path):
    """New sound is heard where it was asked for, with silence around it."""
    rendered = retake(silent, tmp_path, retake_mode="replace_audio", prompt="waves on a beach")
    seconds = np.array_split(read_sound(rendered.path)[0], 4)
    loud = [float(np.sqrt(np.mean(second**2))) for second in seconds]
    assert rendered.has_audio
    assert min(loud[1:3]) > 0.01
    assert max(loud[0], loud[3]) < 0.003


def test_silent_clip_stays_silent_with_a_new_picture(silent, tmp_path):
    """Replacing the picture adds no sound track."""
    rendered = retake(silent, tmp_path, retake_mode="replace_video")
    assert not rendered.has_audio
    assert not probe(rendered.path).has_audio


def test_section_is_cut_at_the_end(silent, tmp_path):
    """A section beyond the end changes the last frame, and adds none."""
    rendered = retake(silent, tmp_path, start_time=2, duration=20)
    frames, source = lumas(rendered.path), lumas(silent)
    assert len(frames) == CLIP
    assert apart(frames, source)[-1] > 15
    assert decibels(frames[:50], source[:50]) > 40


def test_section_at_the_start_has_one_seam(silent, tmp_path):
    """The first frame is new at once."""
    frames = lumas(retake(silent, tmp_path, start_time=0).path)
    assert apart(frames, lumas(silent))[0] > 15


def test_section_after_the_end_is_refused(silent, tmp_path):
    """The field that is wrong is named."""
    with pytest.raises(InvalidRequest) as refused:
        retake(silent, tmp_path, start_time=4.5)
    assert [problem.field for problem in refused.value.problems] == ["start_time"]
    assert list(tmp_path.iterdir()) == []


def test_replaced_sound_leaves_the_rest_as_it_was():
    """Outside the part no sample changes, inside all do."""
    old, new = hum(2), np.full((2, RATE), 0.5, np.float32)
    mixed = replace_part(old, new, RATE // 2, rate=RATE)
    half = RATE // 2
    assert np.array_equal(mixed[:, :half], old[:, :half])
    assert np.array_equal(mixed[:, 3 * half :], old[:, 3 * half :])
    assert np.array_equal(mixed[:, half + 2000 : 3 * half - 2000], new[:, 2000:-2000])


def test_pieces_are_replaced_as_the_whole_is():
    """A sound that comes in pieces gets the same samples."""
    old, new = hum(2), np.full((2, RATE), 0.5, np.float32)
    whole = replace_part(old, new, 30_000, rate=RATE)
    pieces = [
        replace_part(old[:, at : at + 7000], new, 30_000 - at, rate=RATE)
        for at in range(0, old.shape[1], 7000)
    ]
    assert np.array_equal(np.concatenate(pieces, axis=1), whole)


@pytest.mark.parametrize("loop", [None, 36_000])
def test_sound_goes_on_without_a_click(loop):
    """From sample to sample it never jumps further than the sound itself does."""
    before = hum(3)[:, :-77]
    after = go_on(before, RATE * 4, rate=RATE, loop=loop)
    assert after.shape == (2, RATE * 4)
    whole = np.concatenate([before, after], axis=1)
    assert np.abs(np.diff(whole)).max() < np.abs(np.diff(before)).max() * 1.5


def test_silence_goes_on_as_silence():
    """Nothing is made of nothing."""
    assert not go_on(np.zeros((2, RATE), np.float32), 1000, rate=RATE).any()
    assert not go_on(np.zeros((2, 10), np.float32), 1000, rate=RATE).any()
