"""Forms with media: every task's form is filled, refuses, and runs to a clip."""

import math
from fractions import Fraction

import av
import numpy as np
import pytest
from ipywidgets.widgets import widget
from page_parts import find, labels, parts, texts, wait_until
from PIL import Image

import ltx_widgets as ltx
from ltx_widgets import ENDPOINTS, configure
from ltx_widgets.schema import describe
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.widgets import media_control
from ltx_widgets.widgets.upload import UploadPicker

FORMS = {
    "text-to-video": ltx.TextToVideo,
    "image-to-video": ltx.ImageToVideo,
    "audio-to-video": ltx.AudioToVideo,
    "extend-video": ltx.ExtendVideo,
    "retake-video": ltx.RetakeVideo,
    "reframe": ltx.Reframe,
}
TASKS = {name: form for name, form in FORMS.items() if name != "text-to-video"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A picture, a sound of 3 s and a film of 3 s, made here."""
    folder = tmp_path_factory.mktemp("media")
    Image.linear_gradient("L").convert("RGB").resize((320, 180)).save(folder / "fox.png")
    make_sound(folder / "song.m4a", 3)
    picture = Picture(320, 180)
    picture.u[:] = picture.v[:] = 128
    with Mp4Writer(folder / "film.mp4", width=320, height=180, fps=25) as file:
        for number in range(75):
            picture.y[:] = 60 + number
            file.write(picture)
    return folder


def make_sound(to, seconds):
    """A steady tone as AAC."""
    tone = np.sin(np.arange(48_000 * seconds) * (2 * math.pi * 440 / 48_000)).astype(np.float32)
    with av.open(to, "w") as file:
        stream = file.add_stream("aac", rate=48_000, layout="mono")
        for at in range(0, tone.size, 1024):
            piece = tone[None, at : at + 1024]
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48_000, at, Fraction(1, 48_000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def needed(desk, task):
    """What a form of that task cannot do without."""
    media = {
        "image-to-video": {"image": desk / "fox.png"},
        "audio-to-video": {"audio": desk / "song.m4a"},
    }
    given = {} if task == "text-to-video" else media.get(task, {"video": desk / "film.mp4"})
    return given if task == "reframe" else {"prompt": "a fox", **given}


def ready(form):
    """Wait until its media are read and it can be sent."""
    wait_until(lambda: not find(form, "Generate").disabled)
    return form


@pytest.mark.parametrize("row", ENDPOINTS.values(), ids=lambda row: row.id)
def test_every_field_of_every_endpoint_has_a_control(local, row):
    """Each field is there with its name, its help and its default."""
    form = FORMS[row.task](row.id)

    for spec in describe(row.model):
        unit = f" ({spec.unit})" if spec.kind == "number" and spec.unit else ""
        control = find(form, spec.title + unit)
        assert control.tooltip == spec.help
        plain = spec.kind in ("choice", "flag")
        empty = "" if spec.default is None else str(spec.default)
        assert control.value == (spec.default if plain else empty)


@pytest.mark.parametrize("task", FORMS)
def test_a_form_begins_with_the_live_family(local, task):
    """LTX-2.3 first; those that are gone can be chosen and say so."""
    form = FORMS[task]()
    offered = dict(find(form, "Model").options)

    assert form.endpoint == f"fal-ai/ltx-2.3/{task}"
    assert set(offered.values()) == {row.id for row in ENDPOINTS.values() if row.task == task}


@pytest.mark.parametrize("task", TASKS)
def test_an_empty_form_says_what_to_choose(local, task):
    """It cannot be sent without its medium, and names it."""
    form = FORMS[task]()

    assert find(form, "Generate").disabled
    wanted = {"image-to-video": "Choose an image", "audio-to-video": "Choose a sound file"}
    assert wanted.get(task, "Choose a video") in texts(form)


@pytest.mark.slow
@pytest.mark.parametrize("row", ENDPOINTS.values(), ids=lambda row: row.id)
def test_every_endpoint_runs_to_a_clip(local, desk, row):
    """Filled from Python, sent by a click, through the real server."""
    form = ready(FORMS[row.task](row.id, **needed(desk, row.task)))

    find(form, "Generate").click()
    wait_until(lambda: form.clip is not None)

    assert form.clip.endpoint == row.id
    wait_until(lambda: "Finished in" in texts(form))


def test_a_path_can_be_typed(local, desk):
    """The file is read when the typing stops, and what it is stands below."""
    form = ltx.ImageToVideo(prompt="a fox")

    find(form, "Image").value = str(desk / "fox.png")
    ready(form)

    assert "fox.png, 320 x 180" in texts(form)
    assert form.request["image_url"] == str(desk / "fox.png")


def test_a_half_typed_path_is_not_read(local, desk, monkeypatch):
    """While somebody types, the form waits; nothing is said to be wrong yet."""
    monkeypatch.setattr(media_control, "_TYPING_S", 60.0)
    form = ltx.ImageToVideo(prompt="a fox")

    for end in range(1, len(str(desk / "fox.png")) + 1):
        find(form, "Image").value = str(desk / "fox.png")[:end]
        assert "expected a file" not in texts(form)
        assert find(form, "Generate").disabled


@pytest.mark.parametrize(
    "value",
    [
        Image.new("RGB", (320, 180)),
        np.zeros((180, 320, 3), np.uint8),
        "https://example.com/fox.png",
    ],
    ids=["pil", "array", "address"],
)
def test_python_values_are_taken(local, value):
    """Pictures in memory and addresses are as good as files."""
    form = ready(ltx.ImageToVideo(prompt="a fox", image=value))

    assert form.request["image_url"] is value


def test_an_upload_is_taken(local, desk):
    """A file that came in through the picker is chosen, under the browser's name for it."""
    form = ltx.ImageToVideo(prompt="a fox")
    picker = next(part for part in parts(form) if isinstance(part, UploadPicker))
    data = (desk / "fox.png").read_bytes()

    offer = {"kind": "offer", "upload": "u", "name": "my fox.png", "size": len(data), "stamp": 1}
    picker._handle_custom_msg(offer, [])
    picker._handle_custom_msg({"kind": "piece", "upload": "u", "at": 0}, [memoryview(data)])
    ready(form)

    assert "my fox.png, 320 x 180" in texts(form)
    assert form.request["image_url"].read_bytes() == data


def test_a_chosen_picture_is_seen(local, desk):
    """A small picture of it is shown, small enough to be saved with the notebook."""
    form = ready(ltx.ImageToVideo(prompt="a fox", image=desk / "fox.png"))

    assert 'alt="Preview of fox.png" src="data:image/jpeg;base64,' in texts(form)
    assert len(texts(form)) < 40_000


def test_a_file_of_another_kind_is_refused(local, desk):
    """What was expected and what came stand at the field; Generate stays off."""
    form = ltx.ImageToVideo(prompt="a fox", image=desk / "song.m4a")

    wait_until(lambda: 'role="alert"' in texts(form))

    assert find(form, "Generate").disabled


def test_another_choice_sets_a_refusal_right(local, desk):
    """The next file is judged for itself."""
    form = ltx.ImageToVideo(prompt="a fox", image=desk / "song.m4a")
    wait_until(lambda: 'role="alert"' in texts(form))

    form.fill(image=desk / "fox.png")
    ready(form)

    assert 'role="alert"' not in texts(form)


def test_an_optional_medium_can_be_cleared(local, desk):
    """One click, and the request is without it."""
    form = ready(
        ltx.ImageToVideo(prompt="a fox", image=desk / "fox.png", end_image=desk / "fox.png")
    )
    assert set(form.request) >= {"image_url", "end_image_url"}

    pickers = [part for part in parts(form) if isinstance(part, UploadPicker)]
    pickers[1]._handle_custom_msg({"kind": "clear"}, [])

    assert "end_image_url" not in form.request
    assert not find(form, "Generate").disabled


def test_a_sound_too_short_is_refused_before_sending(local, tmp_path):
    """The rule that goes by the medium shows at the medium."""
    make_sound(tmp_path / "blip.m4a", 1)
    form = ltx.AudioToVideo(prompt="a fox", audio=tmp_path / "blip.m4a")

    wait_until(lambda: "2 s or more are taken" in texts(form))

    assert find(form, "Generate").disabled


def test_a_media_rule_offers_its_fix(local, desk):
    """A section that begins too late is moved by one click."""
    form = ltx.RetakeVideo(prompt="a fox", video=desk / "film.mp4", start_time=2.5)
    wait_until(lambda: "Set start 1 s" in labels(form))
    assert "start at 1 s or earlier" in texts(form)

    find(form, "Set start 1 s").click()

    assert not find(form, "Generate").disabled


def test_a_prompt_or_an_image_will_do(local, desk):
    """Where a rule wants one of two, the form says it in the rule's words."""
    form = ltx.AudioToVideo(audio=desk / "song.m4a")
    wait_until(lambda: "A prompt is needed where no image is given" in texts(form))

    form.fill(image=desk / "fox.png")

    ready(form)


def test_the_price_goes_by_the_medium(local, desk):
    """Once the film is read, its length is in the price."""
    configure(key="canary-key-id:canary-key-secret")
    form = ready(ltx.Reframe(video=desk / "film.mp4"))

    assert "<strong>$0.60</strong>" in texts(form)


def test_a_price_may_be_a_span(local, desk):
    """Where fal's own text leaves open what is counted, both ends are told."""
    configure(key="canary-key-id:canary-key-secret")
    form = ready(ltx.ExtendVideo(video=desk / "film.mp4"))

    assert "<strong>$0.50 to $0.80</strong>" in texts(form)


def test_numbers_may_be_left_empty(local, desk):
    """An optional number without a value is no part of the request; its bounds are told."""
    form = ready(ltx.ExtendVideo(video=desk / "film.mp4", context=2))
    assert "1 to 20 s" in texts(form)

    form.fill(context=None)

    assert "context" not in form.request


def test_a_number_out_of_bounds_is_told(local, desk):
    """The bounds and a button that sets the nearest."""
    form = ltx.ExtendVideo(video=desk / "film.mp4")
    find(form, "Duration (s)").value = "30"

    assert "choose 2 to 20" in texts(form)
    assert find(form, "Set duration 20 s")


def test_media_stay_with_another_model(local, desk):
    """Changing the model loses no file, also not one that the model in between has no use for."""
    form = ready(
        ltx.ImageToVideo(prompt="a fox", image=desk / "fox.png", end_image=desk / "fox.png")
    )

    find(form, "Model").value = "fal-ai/ltx-2/image-to-video"
    assert "end_image_url" not in form.request
    find(form, "Model").value = "fal-ai/ltx-2.3/image-to-video/fast"
    ready(form)

    assert form.request["end_image_url"] == desk / "fox.png"


def test_replaced_media_controls_are_gone_wholly(local, desk):
    """Changing the model to and fro leaves no more models behind than it began with."""
    form = ltx.ImageToVideo(prompt="a fox")
    before = len(widget._instances)

    for model in ("fal-ai/ltx-2/image-to-video", "fal-ai/ltx-2.3/image-to-video"):
        find(form, "Model").value = model

    assert len(widget._instances) == before


def test_no_path_is_told_to_the_page(local, desk, heard):
    """Where a file given from Python lies is nobody's business."""
    form = ready(ltx.ExtendVideo(video=desk / "film.mp4"))
    find(form, "Generate").click()
    wait_until(lambda: form.clip is not None)

    assert "film.mp4" in repr(heard)
    assert str(desk) not in repr(heard)


def test_a_pasted_data_uri_is_not_kept_in_the_page(local, heard):
    """Media bytes have no place in a saved notebook."""
    form = ltx.ImageToVideo(prompt="a fox")

    find(form, "Image").value = "data:image/png;base64,AAAA"

    assert find(form, "Image").value == ""
    wait_until(lambda: 'role="alert"' in texts(form))


def test_a_clips_file_fills_a_form(local, tmp_path):
    """One that was saved elsewhere, too; what is given besides comes first."""
    clip = configure(server="local").run("a red fox", duration=8, fps=24)
    opened = ltx.open(clip.save(tmp_path / "fox.mp4"))

    form = ltx.form_for(opened, fps=25)

    assert repr(form) == "TextToVideo(fal-ai/ltx-2.3/text-to-video)"
    assert form.request == {**clip.request, "fps": 25}
