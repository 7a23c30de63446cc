"""The section picker of forms: with their fields, and with what they send."""

import numpy as np
import pytest
from page_parts import find, texts, wait_until

import ltx_widgets as ltx
from ltx_widgets.video.convert import write_sound
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.video.sound import read_sound

RATE = 48_000


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A film of 10 s, one of 1.4 s, and sounds of 4 and 26 s."""
    folder = tmp_path_factory.mktemp("desk")
    for name, frames in (("film", 250), ("short", 35)):
        picture = Picture(160, 90)
        picture.u[:] = picture.v[:] = 128
        with Mp4Writer(folder / f"{name}.mp4", width=160, height=90, fps=25) as file:
            for number in range(frames):
                picture.y[:] = 40 + number // 2
                file.write(picture)
    for name, seconds in (("beep", 4), ("song", 26)):
        t = np.arange(seconds * RATE) / RATE
        wave = (0.4 * np.sin(2 * np.pi * (200 * t + 5 * t**2))).astype(np.float32)
        write_sound(np.stack([wave, wave]), folder / f"{name}.m4a", rate=RATE)
    return folder


def picker_of(form):
    """The form's picker, once it is there and drawn."""
    wait_until(lambda: form.aside.children)
    picker = form.aside.children[0]
    wait_until(lambda: picker.strip or picker.wave)
    return picker


def pick(picker, start, end, *, done=True):
    """As the page says what a hand chose."""
    message = {"kind": "pick", "serial": 1, "start": start, "end": end, "done": done}
    picker._handle_custom_msg(message, [])


def ready(form):
    wait_until(lambda: not find(form, "Generate").disabled)
    return form


def test_a_retakes_section_and_its_fields_follow_each_other(local, desk):
    """Either way, and what is sent is what is shown."""
    form = ltx.RetakeVideo(prompt="a fox", video=desk / "film.mp4", start_time=2)
    picker = picker_of(form)
    assert picker.section == (2, 7)

    pick(picker, 3.04, 6.52)
    assert form.request["start_time"] == "3.04"
    assert form.request["duration"] == "3.48"
    pick(picker, 3, 6.48)
    assert form.request["start_time"] == "3"

    find(form, "Start (s)").value = "1"
    assert picker.section == (1, 4.48)
    ready(form)
    assert form._draft.request.start_time == 1
    assert form._draft.request.duration == 3.48


def test_a_section_past_the_end_is_shown_to_the_end(local, desk):
    """The service cuts it there; the fields stay as they were given."""
    form = ltx.RetakeVideo(prompt="a fox", video=desk / "film.mp4", start_time=6, duration=12)
    assert picker_of(form).section == (6, 10)
    assert form.request["duration"] == "12"


@pytest.mark.parametrize(
    ("mode", "auto", "asked", "context"),
    [("end", (0, 10), (7.2, 10), "2.8"), ("start", (0, 10), (0, 4), "4")],
)
def test_an_extensions_context_is_at_the_end_that_grows(local, desk, mode, auto, asked, context):
    """What is added stands beside it; a longer addition leaves less."""
    form = ltx.ExtendVideo(video=desk / "film.mp4", mode=mode)
    picker = picker_of(form)
    assert (picker.section, picker.added_s, picker.pinned) == (auto, 5, mode)

    pick(picker, *asked)
    assert float(form.request["context"]) == float(context)

    find(form, "Context (s)").value = ""
    find(form, "Duration (s)").value = "16"
    assert picker.added_s == 16
    assert picker.section == ((5.8, 10) if mode == "end" else (0, 4.2))
    assert not picker.said
    ready(form)
    assert form._draft.request.context is None


def test_the_side_can_be_changed(local, desk):
    """The context is then taken from there."""
    form = ltx.ExtendVideo(video=desk / "film.mp4", context=3)
    picker = picker_of(form)
    assert picker.section == (7, 10)
    find(form, "Where").value = "start"
    assert (picker.section, list(picker.limits)) == ((0, 3), ["end"])


def test_a_long_sound_is_cut_and_says_so(local, desk):
    """Its beginning at first; then the part that was chosen, to the sample, is what is sent."""
    form = ready(ltx.AudioToVideo(prompt="a fox", audio=desk / "song.m4a"))
    picker = picker_of(form)
    assert (picker.length_s, picker.section) == (26, (0, 20))
    assert "trimmed to 0 to 20 s of 26 s" in texts(form)

    pick(picker, 12.5, 18)
    wait_until(lambda: "trimmed to 12.5 to 18 s" in texts(form))
    ready(form)
    sent = read_sound(form._draft.media["audio_url"].path)[0]
    assert sent.size == round(5.5 * RATE)
    assert form.request["audio_url"] == ltx.Excerpt(desk / "song.m4a", 12.5, 18)


def test_a_hand_that_still_moves_cuts_nothing(local, desk):
    """A copy is made when it lets go; all of the sound is no copy."""
    form = ready(ltx.AudioToVideo(prompt="a fox", audio=desk / "beep.m4a"))
    picker = picker_of(form)
    pick(picker, 0, 3, done=False)
    assert not find(form, "Generate").disabled
    assert "trimmed" not in texts(form)

    pick(picker, 0, 3)
    ready(form)
    assert "trimmed to 0 to 3 s of 4 s" in texts(form)
    pick(picker, 0, 4)
    ready(form)
    assert "trimmed" not in texts(form)


def test_a_part_given_from_python_is_shown(local, desk):
    """And comes back from the form as it was given."""
    excerpt = ltx.Excerpt(desk / "song.m4a", 14, 23)
    form = ltx.AudioToVideo(prompt="a fox", audio=excerpt)
    assert picker_of(form).section == (14, 23)
    again = ltx.AudioToVideo(prompt="a fox", audio=form.request["audio_url"])
    assert picker_of(again).section == (14, 23)


def test_another_medium_brings_another_strip(local, desk):
    """It is drawn anew; without one there is nothing to pick from."""
    form = ltx.AudioToVideo(prompt="a fox", audio=desk / "song.m4a")
    picker = picker_of(form)
    before = picker.wave
    form.fill(audio=desk / "beep.m4a")
    wait_until(lambda: picker.length_s == 4 and picker.wave != before)
    assert picker.section == (0, 4)
    form.fill(audio=None)
    assert form.aside.children == ()


def test_a_film_too_short_has_no_picker(local, desk):
    """The film's own line says what is wrong."""
    form = ltx.RetakeVideo(prompt="a fox", video=desk / "short.mp4")
    wait_until(lambda: "2 s or more" in texts(form))
    assert form.aside.children == ()


@pytest.mark.parametrize("make", [ltx.TextToVideo, ltx.Reframe, ltx.RetakeVideo, ltx.AudioToVideo])
def test_a_form_without_such_a_medium_has_no_picker(local, make):
    """Nothing is made before it is needed."""
    assert make().aside.children == ()


def test_the_part_can_be_written_as_python(local, desk, monkeypatch):
    """The form's code says what is cut, so that it makes the same clip."""
    monkeypatch.chdir(desk)
    form = ready(ltx.AudioToVideo(prompt="a fox", audio="song.m4a"))
    wait_until(lambda: "trimmed" in texts(form))
    written = form.fields.controls["audio_url"].expression
    assert written == 'ltx.Excerpt("song.m4a", 0, 20)'
    assert eval(written, {"ltx": ltx}) == form.request["audio_url"]
