"""Rules that go by the media themselves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ltx_widgets.schema import (
    MediaFacts,
    advise_on_media,
    check_media,
    estimate,
    find_endpoint,
)

EXTEND, RETAKE = find_endpoint("ltx-2.3/extend-video"), find_endpoint("ltx-2.3/retake-video")
REFRAME, AUDIO = find_endpoint("ltx-2.3/reframe"), find_endpoint("ltx-2.3/audio-to-video")


def video(seconds, fps=25, width=1920, height=1080):
    frames = round(seconds * fps)
    return {
        "video_url": MediaFacts(
            "video", width=width, height=height, fps=fps, frames=frames, duration=seconds
        )
    }


def audio(seconds):
    return {"audio_url": MediaFacts("audio", duration=seconds, has_audio=True)}


@pytest.mark.parametrize(
    ("seconds", "kind", "bound"),
    [(1.5, "too_short", {"min_duration": 2.0}), (21, "too_long", {"max_duration": 20.0})],
)
def test_sound_lasts_2_to_20_seconds(seconds, kind, bound):
    """Shorter and longer sound is refused with fal's own types and context."""
    (wrong,) = check_media(AUDIO, {}, audio(seconds))

    assert (wrong.field, wrong.type) == ("audio_url", f"audio_duration_{kind}")
    assert wrong.context == {**bound, "provided_duration": seconds}


@pytest.mark.parametrize("seconds", [2, 1.96, 20, 20.04])
def test_a_codecs_padding_is_no_reason_to_refuse(seconds):
    """What was cut to 20 s may be a few hundredths longer in its file."""
    assert check_media(AUDIO, {}, audio(seconds)) == ()


def test_long_sound_gets_advice_on_the_newer_family_only():
    """Fal's newer text speaks of 10 s for LTX-2.3."""
    assert advise_on_media(AUDIO, {}, audio(12))
    assert not advise_on_media(AUDIO, {}, audio(9))
    assert not advise_on_media(find_endpoint("ltx-2/audio-to-video"), {}, audio(12))


@pytest.mark.parametrize(
    ("fps", "context", "duration", "cure"),
    [(25, 5, 16, 15.2), (50, 4, 7, 6.1), (50, None, 12, 9.1)],
)
def test_an_extension_has_505_frames_with_its_context(fps, context, duration, cure):
    """The fix is the longest addition that fits."""
    body = {"duration": duration, **({"context": context} if context else {})}

    (wrong,) = check_media(EXTEND, body, video(10, fps))

    assert wrong.field == "duration"
    assert wrong.fix == {"duration": cure}
    assert check_media(EXTEND, body | wrong.fix, video(10, fps)) == ()


def test_an_addition_that_leaves_less_than_a_second_of_context_is_said():
    """20 s at 25 fps are 500 frames: allowed, with next to no context."""
    assert check_media(EXTEND, {"duration": 20}, video(10)) == ()
    assert any("context" in line for line in advise_on_media(EXTEND, {"duration": 20}, video(10)))


@pytest.mark.parametrize(("start", "cure"), [(7, 6), (9, 6), (6.5, 6)])
def test_a_section_begins_two_seconds_before_the_end(start, cure):
    """A start too late for 2 s, or behind the end, comes with the latest that works."""
    (wrong,) = check_media(RETAKE, {"start_time": start, "duration": 2}, video(8))

    assert (wrong.field, wrong.fix) == ("start_time", {"start_time": cure})


def test_a_section_beyond_the_end_is_cut_and_said():
    """The default of 5 s may be longer than what is left."""
    body = {"start_time": 5, "duration": 5}

    assert check_media(RETAKE, body, video(8)) == ()
    assert advise_on_media(RETAKE, body, video(8)) == ("the section is cut at the clip's end, 8 s",)


def test_a_clip_too_short_for_a_section_is_refused():
    """There is no section of 2 s in a clip of 1."""
    (wrong,) = check_media(RETAKE, {"start_time": 0, "duration": 2}, video(1))

    assert wrong.type == "video_duration_too_short"


def test_a_minute_can_be_reframed():
    """Longer sources are refused."""
    assert check_media(REFRAME, {}, video(60)) == ()
    assert check_media(REFRAME, {}, video(61))[0].type == "video_duration_too_long"


@pytest.mark.parametrize("task", [EXTEND, RETAKE, REFRAME])
def test_a_video_is_4k_at_most(task):
    """In either direction."""
    body = {"duration": 5, "start_time": 0}

    assert check_media(task, body, video(8, width=2160, height=3840)) == ()
    assert check_media(task, body, video(8, width=4096))[0].type == "image_too_large"


def test_what_nobody_looked_at_is_not_judged():
    """A remote file's facts are not known before it is sent."""
    assert check_media(EXTEND, {"duration": 20}, {"video_url": MediaFacts("video")}) == ()


@pytest.mark.parametrize(
    ("row", "body", "seen", "low", "high"),
    [
        (AUDIO, {}, audio(7.5), "0.75", "0.75"),
        (RETAKE, {"start_time": 1, "duration": 3}, video(6), "0.3", "0.6"),
        (EXTEND, {"duration": 5, "context": 2}, video(8), "0.5", "0.7"),
        (EXTEND, {"duration": 5}, video(8), "0.5", "1.3"),
        (EXTEND, {"duration": 15}, video(20), "1.5", "2.02"),
        (REFRAME, {"resolution": "720p"}, video(10), "1", "1"),
    ],
)
def test_a_price_goes_by_the_media(row, body, seen, low, high):
    """Where fal's text leaves open what is counted, the estimate is a span."""
    price = estimate(row, body, media=seen)

    assert price.usd == Decimal(high)
    assert price.per_second * Decimal(str(price.least_seconds)) == Decimal(low)
