"""The section picker, as the kernel's side of it hears and answers a page."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from ltx_widgets.errors import MediaError
from ltx_widgets.schema import MediaFacts
from ltx_widgets.schema.sections import Reach
from ltx_widgets.video.convert import write_sound
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.widgets.section_picker import SectionPicker, glimpse

REACH = Reach(length=30, least=2, most=20, latest=20, step=0.04)


class Page:
    """Says what a page says to a picker, and keeps what it hears."""

    def __init__(self, reach=REACH, **options):
        self.picked, self.answers = [], []
        self.picker = SectionPicker(
            "Section", reach, lambda section, done: self.picked.append((section, done)), **options
        )
        self.picker.send = self.answers.append

    def pick(self, start, end, **more):
        message = {"kind": "pick", "serial": 7, "start": start, "end": end, **more}
        self.picker._handle_custom_msg(message, [])
        return self.picker.section


@pytest.fixture
def page(heard):
    return Page()


def test_what_a_hand_chose_is_taken_and_told(page):
    """The section, what its edges may do now, and whoever asked hears of it."""
    assert page.pick(3, 8.2, done=False) == (3, 8.2)
    assert page.picked == [((3, 8.2), False)]
    assert page.answers == [{"kind": "taken", "serial": 7}]
    assert [at for at, _ in page.picker.limits["end"]] == [5, 23]
    assert [at for at, _ in page.picker.limits["both"]] == [0, 20]


@pytest.mark.parametrize(
    ("asked", "legal"),
    [((-3, 4), (0, 4)), ((5, 5.5), (5, 7)), ((1, 29), (1, 21)), ((29, 30), (20, 30))],
)
def test_what_is_not_legal_becomes_what_comes_nearest(page, asked, legal):
    """From a page as from Python, and it is said."""
    assert page.pick(*asked) == legal
    assert f"{legal[0]:g} to {legal[1]:g} s" in page.picker.said
    page.picker.section = (1, 4)
    assert page.picker.said == ""
    page.picker.section = asked
    assert page.picker.section == legal
    assert (page.picker.start_s, page.picker.end_s) == legal


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "pick", "serial": 1, "start": "2", "end": 5},
        {"kind": "pick", "serial": 1, "start": math.nan, "end": 5},
        {"kind": "pick", "serial": 1, "start": 2, "end": math.inf},
        {"kind": "pick", "start": 2, "end": 5},
        {"kind": "open", "path": "/etc/passwd"},
        {},
    ],
)
def test_what_a_page_cannot_mean_changes_nothing(page, message):
    """It is passed over."""
    before = page.picker.section
    page.picker._handle_custom_msg(message, [])
    assert (page.picker.section, page.picked, page.answers) == (before, [], [])


@pytest.mark.parametrize(("pinned", "moved"), [("start", "end"), ("end", "start")])
def test_a_pinned_edge_stays(heard, pinned, moved):
    """Only the other one has limits, and moves."""
    page = Page(Reach(length=10, least=1, most=8, pinned=pinned))
    assert list(page.picker.limits) == [moved]
    assert page.pick(4, 4) == ((0, 4) if pinned == "start" else (4, 10))


def test_placing_is_no_choice_of_a_person(page):
    """Other sections are shown without a call back."""
    page.picker.place(Reach(length=8, least=1, most=6, pinned="end", added=4), (5, 8))
    assert page.picker.section == (5, 8)
    assert page.picker.added_s == 4
    assert page.picker.span == [2, 8]
    assert page.picked == []


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Four seconds that get brighter, and two of sound."""
    to = tmp_path_factory.mktemp("film") / "film.mp4"
    picture = Picture(160, 90)
    picture.u[:] = picture.v[:] = 128
    tone = np.sin(np.arange(96_000) * 0.06).astype(np.float32) * 0.05
    with Mp4Writer(to, width=160, height=90, fps=25, sound_rate=48_000) as file:
        for number in range(100):
            picture.y[:] = 40 + number
            file.write(picture)
        file.write_sound(np.stack([tone, tone]))
    return to


def test_a_film_is_drawn_with_its_sound(film):
    """Small enough to be saved with a notebook; a quiet sound is drawn as high as there is room."""
    facts = MediaFacts("video", width=160, height=90, duration=4.0, has_audio=True)
    seen = glimpse(film, facts)
    size = Image.open(io.BytesIO(seen.strip)).size
    assert size[0] % seen.pictures == 0
    assert len(seen.strip) < 20_000
    peaks, loudness = seen.wave[:400], seen.wave[400:]
    assert max(peaks) >= 254
    assert len(loudness) == 400
    assert peaks[100] > 200
    assert set(peaks[210:]) == {0}


def test_silence_is_drawn_as_silence(tmp_path):
    """What is next to nothing is not blown up."""
    write_sound(np.full((2, 96_000), 1e-4, np.float32), tmp_path / "a.m4a", rate=48_000)
    seen = glimpse(tmp_path / "a.m4a", MediaFacts("audio", duration=2.0, has_audio=True))
    assert (seen.strip, seen.pictures) == (b"", 0)
    assert max(seen.wave) < 10


def test_a_damaged_film_is_told(tmp_path):
    """As by whoever else reads it."""
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    with pytest.raises(MediaError):
        glimpse(tmp_path / "a.mp4", MediaFacts("video", width=160, height=90, duration=4.0))


def test_its_repr_is_the_same_in_each_run(page):
    """It stands in saved notebooks."""
    assert repr(page.picker) == "SectionPicker(0 to 20 s)"
