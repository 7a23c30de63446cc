"""A medium's control: what can be given, what is said of it, and what of a change since."""

import math
import os
import wave
from pathlib import Path

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets import widget as widgets
from library_scene import Scene, paint
from page_parts import find, texts, wait_until
from PIL import Image
from traitlets.config import Config

import ltx_widgets as ltx
from ltx_widgets import session as sessions
from ltx_widgets.clip import Clip
from ltx_widgets.schema import ENDPOINTS, describe
from ltx_widgets.still import Still
from ltx_widgets.widgets import media_control
from ltx_widgets.widgets.given import Variable
from ltx_widgets.widgets.media_control import MediaControl
from ltx_widgets.widgets.style import Looks

LIMIT = 20_000


class Field(MediaControl):
    """A control that stands alone."""

    def __init__(self, kind):
        specs = [spec for row in ENDPOINTS.values() for spec in describe(row.model)]
        super().__init__(
            next(spec for spec in specs if spec.media == kind), self._changed, looks=Looks()
        )

    def _changed(self):
        self.show(self.problems[0].message if self.problems else "")

    def type(self, text):
        """As a person types, and waits until it was read."""
        self.widget.value = text
        return self.read()

    def read(self):
        """What stands below it once it was read."""
        wait_until(lambda: not self.waiting)
        self._changed()
        return self._line.value

    def say(self, **message):
        """What the page says of the picker."""
        self._picker._handle_custom_msg(message, [])


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nobody types here, so nobody's pause is waited for."""
    monkeypatch.setattr(media_control, "_TYPING_S", 0.0)


@pytest.fixture
def shell(local, tmp_path, monkeypatch):
    """A notebook's variables, as names of a shell; its folder is the working folder."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    config = Config()
    config.HistoryManager.enabled = False
    yield InteractiveShell.instance(config=config).user_ns
    InteractiveShell.clear_instance()


@pytest.fixture
def image():
    return Field("image")


@pytest.fixture
def clip(tmp_path):
    return Clip.from_file(
        paint(tmp_path / "clip.mp4"), url="", endpoint="x", request={}, request_id="abc123"
    )


def picture(path, colour="red"):
    Image.new("RGB", (64, 36), colour).save(path)
    return path


def change(path, colour):
    """Save it anew, later than before whatever the clock's steps."""
    before = path.stat().st_mtime_ns
    picture(path, colour)
    os.utime(path, ns=(before + 1_000_000_000, before + 1_000_000_000))


def sound(path, seconds=2.5):
    tone = np.sin(np.arange(48_000 * seconds) * (2 * math.pi * 440 / 48_000)) * 20_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(tone.astype("<i2").tobytes())
    return path


def test_a_variable_is_taken_by_its_name(shell, image):
    """Its value is what the request is made with, and what it is stands below."""
    shell["sketch"] = np.zeros((36, 64, 3), np.uint8)

    told = image.type("sketch")

    assert "variable sketch: array 36x64x3, 64 x 36" in told
    assert "looked at again at Generate" in told
    assert image.value is shell["sketch"]
    assert image.given.name == "sketch"


def test_a_clip_of_the_notebook_keeps_its_lineage(shell, clip):
    """The form sees the clip, and so the job that it came from."""
    shell["clip"] = clip
    field = Field("video")

    assert "variable clip: clip clip.mp4, 320 x 180" in field.type("clip")
    assert field.value.request_id == "abc123"


@pytest.mark.parametrize(("name", "frame"), [("first_frame", 0), ("last_frame", 9)])
def test_a_clip_s_first_or_last_frame_can_be_named(shell, image, clip, name, frame):
    """As it would be written in a cell; its clip is the parent."""
    shell["clip"] = clip

    assert f"variable clip.{name}: frame {frame} of clip.mp4" in image.type(f"clip.{name}")
    assert image.value == Still(clip, frame)
    assert image.value.request_id == "abc123"


def test_a_clip_is_no_picture(shell, image, clip):
    """What to write in its place is told."""
    shell["clip"] = clip

    assert "write clip.last_frame or clip.first_frame" in image.type("clip")


def test_a_file_goes_before_a_variable(shell, image):
    """What a name meant yesterday it means today, whatever a cell defines."""
    picture(Path("sketch.png")).rename("sketch")
    shell["sketch"] = 3

    image.type("sketch")

    assert image.given == "sketch"


def test_neither_file_nor_variable(shell, image):
    """A word that is nothing says so."""
    assert "neither a file nor a variable &#x27;sketch&#x27;" in image.type("sketch")


def test_what_ipython_defines_is_no_variable(shell, image):
    """Its own names are not the user's."""
    assert "neither a file nor a variable" in image.type("In")


def test_a_variable_that_is_no_medium(shell, image):
    """It is named, and what came."""
    shell["answer"] = 42

    assert "variable answer: cannot take int as image" in image.type("answer")


@pytest.mark.parametrize("secret", ["canary-key-id:canary-key-secret", "canary" * 400])
def test_a_variable_s_text_is_not_told(shell, image, secret):
    """It may be a key; what is told of a field is saved with the notebook."""
    shell["secret"] = secret

    told = image.type("secret")

    assert "variable secret: it is a text, but neither the path of a file" in told
    assert "canary" not in repr(image._line.get_state()) + repr(image.widget.get_state())


def test_a_half_upload_goes_with_its_field(local, image):
    """Nothing of it stays on the disk."""
    folder = local.folder / "uploads"
    image.say(kind="offer", upload="u", name="fox.png", size=99, stamp=0)
    assert list(folder.glob("*.part"))

    image.close()

    assert not list(folder.glob("*.part"))


def test_without_a_notebook_there_are_no_variables(local, image):
    """A script's field takes words as paths."""
    assert "neither a file nor a variable" in image.type("sketch")


def rebound(shell):
    shell["sketch"] = np.full((18, 32, 3), 9, np.uint8)


def painted_over(shell):
    shell["sketch"][:] = 200


@pytest.mark.parametrize("change", [rebound, painted_over])
def test_a_variable_that_changed_is_read_again(shell, image, change):
    """A new value or a painted array: both are seen when somebody looks again."""
    shell["sketch"] = np.zeros((36, 64, 3), np.uint8)
    image.type("sketch")
    before = image.asked.sha256
    assert not image.look_again()

    change(shell)

    assert image.look_again()
    assert "it had changed and was read again" in image.read()
    assert image.asked.sha256 != before
    assert not image.look_again()


def test_an_opened_picture_that_was_drawn_on_is_read_again(shell, image, tmp_path):
    """Its pixels are sent, not the file that it came from."""
    path = tmp_path / "sketch.png"
    Image.new("RGB", (64, 36)).save(path)
    with Image.open(path) as opened:
        shell["sketch"] = opened
        image.type("sketch")
        before = image.asked.sha256
        assert not image.look_again()

        opened.paste((200, 0, 0), (0, 0, 32, 18))

        assert image.look_again()
        image.read()
    assert image.asked.sha256 != before


def test_a_clip_s_frame_is_the_same_the_next_time(shell, image, clip):
    """Nothing changed, so nothing is read again."""
    shell["clip"] = clip
    image.type("clip.last_frame")

    assert not image.look_again()


def test_a_variable_that_is_gone(shell, image):
    """It cannot be sent, and that is said."""
    shell["sketch"] = np.zeros((36, 64, 3), np.uint8)
    image.type("sketch")

    del shell["sketch"]

    assert image.look_again()
    assert "neither a file nor a variable" in image.read()


def test_generate_shows_a_changed_file_before_it_sends_it(local, tmp_path):
    """What was looked at is not what would be sent: it is shown, and the next click sends it."""
    path = picture(tmp_path / "fox.png")
    form = ltx.ImageToVideo(prompt="a fox", image=path)
    wait_until(lambda: not find(form, "Generate").disabled)
    change(path, "blue")

    find(form, "Generate").click()
    assert form.job is None
    wait_until(lambda: "it had changed and was read again" in texts(form))
    wait_until(lambda: not find(form, "Generate").disabled)
    find(form, "Generate").click()

    assert form.job.result(20).request["image_url"].endswith("/fox.png")


def test_a_file_that_is_gone_is_noticed_at_generate(local, tmp_path):
    """Nothing is sent, and the field says what is missing."""
    path = picture(tmp_path / "fox.png")
    form = ltx.ImageToVideo(prompt="a fox", image=path)
    wait_until(lambda: not find(form, "Generate").disabled)
    path.unlink()

    find(form, "Generate").click()
    wait_until(lambda: "expected a file" in texts(form))

    assert form.job is None


def test_a_film_is_seen_as_a_strip(local, tmp_path):
    """Small pictures in a row, with a text for those who do not see them."""
    field = Field("video")
    field.take(paint(tmp_path / "film.mp4", shade=40, frames=40))

    told = field.read()

    assert 'class="ltx-strip" alt="6 pictures of film.mp4, from its start to its end"' in told
    assert len(told) < LIMIT


def test_a_sound_is_seen_as_a_wave(local, tmp_path):
    """Drawn in the colour of the text, so that it shows in both themes."""
    field = Field("audio")
    field.take(sound(tmp_path / "song.wav"))

    told = field.read()

    assert '<svg class="ltx-wave" role="img" aria-label="Waveform of song.wav"' in told
    assert 'stroke="currentColor"' in told
    assert told.count("M") > 100
    assert len(told) < 4_000


def test_a_name_is_no_markup(local, image, tmp_path):
    """A file may be called what it likes."""
    image.take(picture(tmp_path / '"><b onload=x>.png'))

    assert "<b" not in image.read()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("fox.png", '"fox.png"'),
        ("https://example.com/fox.png", '"https://example.com/fox.png"'),
        ("sketch", "sketch"),
        ("clip.last_frame", "clip.last_frame"),
        ("", None),
        ("data:image/png;base64,AAAA", None),
    ],
)
def test_what_was_typed_as_an_expression(shell, image, clip, given, text):
    """The Python text that names it, for the code that does the same."""
    picture(Path("fox.png"))
    shell.update(sketch=np.zeros((36, 64, 3), np.uint8), clip=clip)

    image.type(given)

    assert image.expression == text


def test_values_from_python_as_expressions(shell, image, clip, tmp_path):
    """A name that is this very object; an earlier clip by its job; a file here by its path."""
    elsewhere = picture(tmp_path.parent / f"{tmp_path.name}.png")
    here = picture(tmp_path / "fox.png")
    pixels = shell["pixels"] = np.zeros((36, 64, 3), np.uint8)

    def written(value):
        image.take(value)
        return image.expression

    assert written(pixels) == "pixels"
    assert written(pixels.copy()) is None
    assert written(here) == '"fox.png"'
    assert written(elsewhere) is None
    assert written(Still(clip, 0)) == 'ltx.resume("abc123").result().first_frame'
    assert written(Still(clip, 5)) == 'ltx.resume("abc123").result().frame(0.2)'
    shell["fox"] = clip
    assert written(Still(clip, 9)) == "fox.last_frame"


def test_a_variable_can_be_given_from_python(shell, image):
    """By its name, as pasted code would give it; the name is seen in the field."""
    shell["sketch"] = np.zeros((36, 64, 3), np.uint8)

    image.take(Variable("sketch", shell["sketch"]))

    assert image.widget.value == "sketch"
    assert "variable sketch" in image.read()


def test_dropped_text_is_as_good_as_typed(shell, image):
    """An address or a path from elsewhere stands in the field, to be corrected there."""
    picture(Path("fox.png"))

    image.say(kind="text", text="fox.png\n")

    assert image.widget.value == "fox.png"
    assert "fox.png, 64 x 36" in image.read()


def test_a_file_of_jupyterlab_s_list_is_found(shell, image, tmp_path, monkeypatch):
    """Its path begins at the server's folder, which lies above the notebook's."""
    (tmp_path / "work" / "media").mkdir(parents=True)
    (tmp_path / "work" / "notes").mkdir()
    picture(tmp_path / "work" / "media" / "fox.png")
    monkeypatch.chdir(tmp_path / "work" / "notes")

    image.say(kind="file", text="work/media/fox.png")

    assert image.widget.value == "../media/fox.png"
    assert "fox.png, 64 x 36" in image.read()


def test_clear_is_there_when_something_is(local, image, tmp_path):
    """And takes it away."""
    assert not image._picker.chosen
    image.take(picture(tmp_path / "fox.png"))
    assert image._picker.chosen

    image.say(kind="clear")

    assert image.value is None
    assert not image._picker.chosen


def test_a_field_is_cheap(local):
    """It is made of few parts, and what is not asked for is not made."""
    before = len(widgets._instances)

    Field("image")

    # Text, line and box; the picker with its layout; what a form's parts share.
    assert len(widgets._instances) - before == 3 + 2 + 3


class Listening:
    """What a list of earlier clips tells its page."""

    def __init__(self, field):
        field.say(kind="earlier")
        self.list = field._list
        self.told = []
        self.list.send = lambda content, buffers=None: self.told.append(content)

    def say(self, **message):
        before = len(self.told)
        self.list._handle_custom_msg(message, [])
        wait_until(lambda: len(self.told) > before)
        return self.told[-1]

    def rows(self, words="", before=None):
        return self.say(kind="list", ask=1, words=words, before=before)


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """A home of its own, whose history is written by hand."""
    made = Scene(tmp_path / "home")
    monkeypatch.setenv("LTX_WIDGETS_HOME", str(made.folder))
    monkeypatch.setattr(sessions, "_default", None)
    session = sessions.configure(server="local")
    yield made
    session.close()


def test_earlier_clips_are_listed(scene):
    """The newest first, with their prompts; a clip whose file is gone is left out."""
    scene.add("a red fox")
    scene.add("gone", film=False)
    scene.add("a <b>train</b>", resolution="1440p")

    told = Listening(Field("video")).rows()

    assert [row["prompt"] for row in told["rows"]] == ["a <b>train</b>", "a red fox"]
    assert told["rows"][0]["facts"] == "just now, text to video, 1440p"
    assert told["more"] is None


def test_earlier_clips_are_found_by_words(scene):
    """All of them stand in the prompt."""
    for prompt in ("a red fox", "a red train"):
        scene.add(prompt)

    found = Listening(Field("video")).rows("FOX red")["rows"]

    assert [row["prompt"] for row in found] == ["a red fox"]


def test_earlier_clips_come_page_by_page(scene):
    """Twenty-four of them, then the others."""
    for number in range(26):
        scene.add(f"clip {number}", film=False)
    for path in {run.clip for run in scene.history.recent(26)}:
        paint(path, frames=1)
    listed = Listening(Field("video"))

    first = listed.rows()
    rest = listed.rows(before=first["more"])

    assert (len(first["rows"]), len(rest["rows"]), rest["more"]) == (24, 2, None)


def test_an_earlier_clip_is_chosen(scene):
    """The field has the clip itself, with its lineage; the list is gone."""
    number = scene.add("a red fox")
    field = Field("video")
    listed = Listening(field)
    listed.rows()
    assert field._picker.listing

    listed.list._handle_custom_msg({"kind": "choose", "name": str(number), "what": "whole"}, [])
    wait_until(lambda: isinstance(field.value, Clip))

    assert field.value.request_id == scene.id_of(number)
    assert not field._picker.listing
    assert listed.list not in field.box.children
    assert "320 x 180" in field.read()


@pytest.mark.parametrize(("what", "frame"), [("first", 0), ("last", 9)])
def test_an_earlier_clip_gives_a_frame(scene, what, frame):
    """A picture's field offers the first and the last one."""
    number = scene.add("a red fox")
    field = Field("image")
    listed = Listening(field)
    listed.rows()

    assert [choice for choice, _ in listed.list.choices] == ["first", "last"]
    listed.list._handle_custom_msg({"kind": "choose", "name": str(number), "what": what}, [])
    wait_until(lambda: isinstance(field.value, Still))

    assert field.value.frame == frame
    assert field.value.request_id == scene.id_of(number)


def test_a_clip_that_is_gone_meanwhile_is_refused(scene):
    """The list stays and says why."""
    number = scene.add("a red fox")
    listed = Listening(Field("video"))
    listed.rows()
    scene.run(number).clip.unlink()

    told = listed.say(kind="choose", name=str(number), what="whole")

    assert "is gone" in told["reason"]


def test_a_page_cannot_choose_what_it_was_not_told_of(scene):
    """Names that were not given out are nothing."""
    scene.add("a red fox")
    field = Field("video")

    Listening(field).list._handle_custom_msg({"kind": "choose", "name": "1", "what": "whole"}, [])

    assert field.value is None


def test_the_list_goes_and_leaves_nothing(scene):
    """The button opens and closes it, and no part of it stays behind."""
    field = Field("image")
    before = len(widgets._instances)

    field.say(kind="earlier")
    field.say(kind="earlier")

    assert len(widgets._instances) == before
    assert repr(field) == "MediaControl(image_url)"


def test_its_pictures_are_small_and_only_its_own(scene):
    """They go by the feed, under names that the page was told."""
    number = scene.add("a red fox")
    listed = Listening(Field("video"))
    assert listed.say(kind="want", name=str(number), at=0)["kind"] == "trouble"
    listed.rows()

    told = listed.say(kind="want", name=str(number), at=0)

    assert (told["kind"], told["type"]) == ("piece", "image/jpeg")
    assert told["total"] < LIMIT
