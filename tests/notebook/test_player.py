"""The player without a browser: what its page is told and asks, and where its buttons lead."""

import base64
import threading

import numpy as np
import pytest
from ipywidgets.widgets import widget
from numbered_clips import number_of, numbered
from page_parts import wait_until

import ltx_widgets as ltx
from ltx_widgets.clip import Clip
from ltx_widgets.errors import InvalidRequest, MediaError
from ltx_widgets.widgets.feed import PIECE


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return numbered(tmp_path_factory.mktemp("player") / "first.mp4", 150, request_id="job-1")


@pytest.fixture
def handed():
    return []


@pytest.fixture
def player(local, clip, handed):
    made = ltx.Player(clip, handoff=lambda what, fields: handed.append((what, fields)))
    wait_until(lambda: made.children[0].poster)
    yield made
    made.close()


def page(player, **said):
    """What the page says of the clip that it shows."""
    screen = player.children[0]
    whole = {"kind": "do", "serial": screen.clip["serial"], "marks": screen.marks, **said}
    screen._handle_custom_msg(whole, [])


def note(player):
    return player.children[0].note.get("text", "")


def test_its_first_picture_comes_at_once(player):
    """A small one of the first frame, which may be saved with a notebook."""
    poster = player.children[0].poster

    assert poster.startswith("data:image/jpeg;base64,")
    assert len(poster) < 20_000
    assert base64.b64decode(poster.partition(",")[2])[:2] == b"\xff\xd8"


def test_its_state_has_no_path_and_no_film(player, clip):
    """A saved notebook tells what the clip is, not where it lies."""
    state = repr([part.get_state() for part in (player, player.children[0])])

    assert str(clip.path.parent) not in state
    assert len(repr(player.children[0].get_state(drop_defaults=True))) < 65_000
    assert repr(player) == f"Player({clip.summary})"


def test_places_in_python(player):
    """Frame, seconds and part say the same, and are set alike."""
    player.frame = 37
    assert (player.position, player.still.frame) == (1.48, 37)
    player.position = 5.999
    assert player.frame == 149

    assert player.section is None
    player.section = (1.2, 3.4)
    assert player.children[0].marks == [30, 84]
    assert player.section == (1.2, 3.4)
    player.section = None
    assert player.section is None


@pytest.mark.parametrize("part", [(3, 2), (1, 7), (-1, 2), (1, 1)])
def test_a_part_that_is_none(player, part):
    """The error says what there is."""
    with pytest.raises(MediaError, match="from 0 to 6 s"):
        player.section = part


def test_a_frame_that_is_none(player):
    """Nothing changes."""
    with pytest.raises(MediaError, match="from 0 to 149"):
        player.frame = 150
    assert player.frame == 0


@pytest.mark.parametrize(
    ("what", "field"), [("first image", "image_url"), ("last image", "end_image_url")]
)
def test_a_frame_begins_or_ends_a_new_clip(player, handed, what, field):
    """The frame that the message names, which may have overtaken the trait; at the same rate."""
    page(player, what=what, frame=37)

    (task, fields) = handed[0]
    assert task == "image-to-video"
    assert number_of(np.asarray(fields[field])) == 37
    assert fields[field].request_id == "job-1"
    assert fields["fps"] == 25
    assert "resolution" not in fields  # 180p is not offered
    assert f"Frame 37 is the {what}" in note(player)


def test_extending_from_the_last_frame_takes_the_clip(player, handed, clip):
    """Nothing is encoded."""
    page(player, what="extend", frame=149)

    assert handed == [("extend-video", {"video_url": clip})]


def test_extending_from_another_frame_takes_what_is_before_it(player, handed):
    """A copy to the very frame, with its sound, whose lineage is the clip's."""
    page(player, what="extend", frame=90)
    wait_until(lambda: handed)
    (task, fields) = handed[0]
    part = fields["video_url"]
    there = Clip.from_file(part.path, url="", endpoint="", request={}, request_id="")

    assert task == "extend-video"
    assert [number_of(frame) for frame in part] == list(range(91))
    assert (part.frames, part.duration) == (there.frames, there.duration) == (91, 3.64)
    assert part.audio().shape[1] == pytest.approx(3.64 * 48_000, abs=1100)
    assert (part.request_id, part.url) == ("job-1", "")
    wait_until(lambda: "up to frame 90, 3.64 s" in note(player))


def test_a_double_click_cuts_once(player, handed, local):
    """One form, not two; later on, the cut that was made serves again."""
    both = threading.Event()

    async def keep_busy():
        both.wait(20)

    local.start(keep_busy())
    page(player, what="extend", frame=80)
    page(player, what="extend", frame=80)
    both.set()
    wait_until(lambda: "up to frame 80" in note(player))
    assert len(handed) == 1
    made = handed[0][1]["video_url"].path.stat().st_mtime_ns
    page(player, what="extend", frame=80)
    wait_until(lambda: len(handed) == 2)

    assert handed[1][1]["video_url"].path.stat().st_mtime_ns == made


def test_a_part_is_made_anew(player, handed, clip):
    """With the marks as times."""
    player.section = (1.2, 3.4)
    page(player, what="retake", frame=0)

    assert handed == [("retake-video", {"video_url": clip, "start_time": 1.2, "duration": 2.2})]
    assert "1.2 to 3.4 s of the clip" in note(player)


def test_marks_that_came_with_the_click_count(player, handed):
    """What was marked just before may be under way still; frames that are not there are passed.

    Set from here, frame and marks would pull back a page that moved on meanwhile.
    """
    page(player, what="retake", frame=84, marks=[30, 84])
    assert (player.frame, player.section) == (0, None)

    player.section = (2, 5)
    page(player, what="retake", frame=84, marks=[30, 999])
    assert [fields["start_time"] for _, fields in handed] == [1.2, 2]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (None, "Mark a part first"),
        ((1, 2.4), "lasts 1.4 s; a retake takes 2 s or more"),
    ],
)
def test_a_part_that_is_too_short_says_so(player, handed, part, told):
    """And what to do."""
    player.section = part
    page(player, what="retake", frame=0)

    assert told in note(player)
    assert handed == []


def test_a_part_that_is_long_or_late(local, tmp_path, handed):
    """The endpoint's own bounds are told."""
    clip = numbered(tmp_path / "long.mp4", 250, fps=10, size=(64, 36), sound=False)
    player = ltx.Player(clip, handoff=lambda *given: handed.append(given))

    player.section = (0, 21)
    player.retake()
    assert "lasts 21 s; a retake takes 20 s at most" in note(player)
    player.section = (21, 24)
    player.retake()
    assert "begins at 21 s; a retake begins at 20 s at the latest" in note(player)
    assert handed == []


def test_what_a_form_refuses_is_told(local, clip):
    """Not raised into the kernel's log."""

    def refuse(what, fields):
        raise InvalidRequest(())

    player = ltx.Player(clip, handoff=refuse)
    player.use_frame()

    assert player.children[0].note["wrong"]


def test_alone_it_opens_a_form_below_itself(local, clip):
    """The form knows the parent of its picture."""
    player = ltx.Player(clip)
    player.frame = 12
    player.use_frame()
    (form,) = player.children[1].children
    form.fill(prompt="it goes on")
    wait_until(lambda: form._draft)

    assert form._draft.parents == {"image_url": clip.request_id}
    assert form.endpoint == "fal-ai/ltx-2.3/image-to-video"
    assert "form below" in note(player)
    player.close()


def test_another_clip_in_the_same_widget(player, clip, tmp_path):
    """From its beginning, without marks; the film of the one before is not given out any more."""
    player.frame, player.section = 37, (1, 4)
    other = numbered(tmp_path / "other.mp4", 5)

    player.show(other)

    screen = player.children[0]
    assert (player.clip, player.frame, player.section) == (other, 0, None)
    assert (screen.clip["serial"], screen.clip["frames"]) == (2, 5)
    wait_until(lambda: screen.poster)
    assert player._find("2/small") == other.path
    with pytest.raises(KeyError):
        player._find("1/full")


def test_a_late_click_on_the_clip_before_is_passed_over(player, handed, clip):
    """Its frame is not a frame of this clip."""
    player.show(clip)
    page(player, what="first image", frame=37, serial=1)

    assert (handed, player.frame) == ([], 0)


def test_the_page_gets_the_film(local, clip, heard):
    """Piece by piece, over the widget's own messages."""
    player = ltx.Player(clip)
    player.children[0]._handle_custom_msg({"kind": "want", "name": "1/full", "at": 0}, [])

    def pieces():
        return [
            what["content"]
            for _, _, _, what in heard
            if what.get("method") == "custom" and what["content"].get("kind") == "piece"
        ]

    wait_until(pieces)
    size = clip.path.stat().st_size
    assert size < PIECE
    assert pieces()[0]["total"] == size


def test_a_clip_whose_file_is_gone(local, tmp_path, handed):
    """It can be made; the page hears why there is no film, and a cut says the same."""
    clip = numbered(tmp_path / "gone.mp4", 5)
    clip.path.unlink()
    player = ltx.Player(clip, handoff=lambda *given: handed.append(given))

    with pytest.raises(MediaError, match="is gone"):
        player._find("1/small")
    player.extend()
    wait_until(lambda: "cannot be cut: the clip's file is gone" in note(player))


def test_nonsense_is_passed_over(player, handed):
    """A message of no known form does nothing."""
    for said in ({}, {"kind": "do"}, {"kind": "do", "what": 3}, {"kind": "want", "name": 1}):
        player.children[0]._handle_custom_msg(said, [])
    page(player, what="first image", frame="3")

    assert handed == []


def test_closing_leaves_no_model_behind(local, clip):
    """However many players were shown."""
    before = set(widget._instances)
    ltx.Player(clip).close()

    assert set(widget._instances) == before
