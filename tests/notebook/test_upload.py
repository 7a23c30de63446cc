"""The upload's protocol, as the kernel's side of it hears and answers a page."""

import os
import time

import pytest

from ltx_widgets.widgets.upload import UploadPicker

PIECE = 1024 * 1024
# What an mp4 begins with: the first piece is looked at.
FILM = b"\0\0\0\x18ftypmp42"


def film(size, fill=b"\0"):
    """The first bytes of a film, and as many more as are wanted."""
    return (FILM + fill * size)[:size]


class Browser:
    """Says what a page says to a picker, and keeps the answers."""

    def __init__(self, folder, **options):
        self.answers, self.files = [], []
        self.picker = UploadPicker("video", lambda: folder, self.files.append, **options)
        self.picker.send = self.answers.append

    def say(self, kind, *buffers, **more):
        """One message; returns the answers to it."""
        before = len(self.answers)
        self.picker._handle_custom_msg({"kind": kind, **more}, [memoryview(b) for b in buffers])
        return self.answers[before:]

    def offer(self, size, name="fox.mp4", upload="u1"):
        return self.say("offer", upload=upload, name=name, size=size, stamp=7)

    def piece(self, at, data, upload="u1"):
        return self.say("piece", data, upload=upload, at=at)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "uploads"


@pytest.fixture
def browser(folder, heard):
    return Browser(folder)


def left_behind(folder):
    return sorted(path.suffix for path in folder.iterdir())


def test_pieces_make_the_file(browser):
    """Every piece is acknowledged, and the file has the bytes that were sent."""
    data = FILM + os.urandom(2 * PIECE + 5)
    assert browser.offer(len(data)) == [{"kind": "go", "upload": "u1", "at": 0}]

    for at in range(0, len(data), PIECE):
        told = browser.piece(at, data[at : at + PIECE])
        assert told[0]["kind"] == "taken"

    assert told[-1] == {"kind": "done", "upload": "u1"}
    assert browser.files[0].path.read_bytes() == data
    assert browser.files[0].name == "fox.mp4"
    assert browser.picker.state == {"phase": "idle"}


def test_a_page_says_hello_first(browser):
    """A message sent before anybody listens would be lost: the page waits for the welcome."""
    assert browser.say("hello") == [{"kind": "welcome"}]


def test_a_missing_piece_is_asked_for(browser):
    """A piece that comes too early is not taken; the page is told where to go on."""
    browser.offer(3 * PIECE)
    browser.piece(0, film(PIECE))

    told = browser.piece(2 * PIECE, bytes(PIECE))

    assert told == [{"kind": "go", "upload": "u1", "at": PIECE}]


def test_a_piece_that_comes_twice_counts_once(browser):
    """What is there already is passed over and acknowledged."""
    browser.offer(2 * PIECE)
    browser.piece(0, film(PIECE))

    told = browser.piece(0, film(PIECE))

    assert told == [{"kind": "taken", "upload": "u1", "at": PIECE}]


def test_a_silent_page_is_told_where_to_go_on(browser):
    """A lost acknowledgement costs a question, not the upload."""
    browser.offer(2 * PIECE)
    browser.piece(0, film(PIECE))

    assert browser.say("where", upload="u1") == [{"kind": "go", "upload": "u1", "at": PIECE}]


def test_cancel_leaves_nothing_behind(browser, folder):
    """The half file is gone, and pieces that were under way are refused."""
    browser.offer(2 * PIECE)
    browser.piece(0, film(PIECE))

    browser.say("cancel", upload="u1")

    assert left_behind(folder) == []
    assert browser.picker.state == {"phase": "idle"}
    assert browser.piece(PIECE, bytes(PIECE))[0]["kind"] == "refused"


def test_a_reloaded_page_goes_on_with_the_same_file(browser):
    """The new page learns of the half file; choosing the file again sends only the rest."""
    browser.offer(2 * PIECE)
    browser.piece(0, film(PIECE, b"a"))
    browser.say("hello")
    assert browser.picker.state["phase"] == "left"
    assert browser.picker.state["done"] == PIECE

    assert browser.offer(2 * PIECE, upload="u2") == [{"kind": "go", "upload": "u2", "at": PIECE}]
    browser.piece(PIECE, b"b" * PIECE, upload="u2")

    assert browser.files[0].path.read_bytes() == film(PIECE, b"a") + b"b" * PIECE


def test_another_file_takes_the_place_of_a_half_one(browser, folder):
    """A second choice starts at nothing, and the first one's bytes are deleted."""
    browser.offer(2 * PIECE)
    browser.piece(0, film(PIECE))

    told = browser.offer(PIECE, name="cat.mp4", upload="u2")

    assert told == [{"kind": "go", "upload": "u2", "at": 0}]
    assert left_behind(folder) == [".part"]


@pytest.mark.parametrize(
    ("size", "reason"), [(0, "is empty"), (101, "at most"), (2**60, "at most")]
)
def test_sizes_are_refused_before_a_byte_is_sent(folder, heard, size, reason):
    """The page says why, in words that say what to do."""
    browser = Browser(folder, largest=100)

    told = browser.offer(size)

    assert [answer["kind"] for answer in told] == ["refused"]
    assert reason in told[0]["reason"]
    assert left_behind(folder) == []


def test_a_file_that_grows_is_refused(browser, folder):
    """More bytes than were announced are not taken."""
    browser.offer(10)

    assert "changed while it was sent" in browser.piece(0, bytes(11))[0]["reason"]
    assert left_behind(folder) == []


@pytest.mark.parametrize("name", ["../../evil.mp4", "/etc/passwd", "C:\\boot.ini", "a\nb", ""])
def test_a_name_never_decides_a_place(browser, folder, name):
    """Whatever the browser calls the file, it lies in the folder under a name of ours."""
    browser.offer(len(FILM), name=name)
    browser.piece(0, FILM)

    assert browser.files[0].path.parent == folder
    assert browser.files[0].path.name.isalnum()
    assert not {"/", "\\", "\n"} & set(browser.files[0].name)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"kind": "piece"},
        {"kind": "piece", "upload": "u1", "at": "0"},
        {"kind": "offer", "upload": "u1", "name": 3, "size": 3},
    ],
)
def test_nonsense_is_passed_over(browser, said):
    """A message of no known form changes nothing."""
    browser.picker._handle_custom_msg(said, [])

    assert browser.files == []
    assert browser.picker.state == {"phase": "idle"}


def test_no_path_and_no_bytes_are_in_the_page_s_state(browser, heard):
    """A saved notebook tells the name and the size, and nothing else of the file."""
    browser.offer(2 * PIECE)
    browser.piece(0, film(PIECE, b"canary"))

    told = repr(heard) + repr(browser.picker.get_state())

    assert "fox.mp4" in told
    assert "canary" not in told
    assert "uploads" not in told


def test_old_uploads_are_deleted(browser, folder):
    """Files of the week before make room when the next one comes."""
    folder.mkdir()
    old, new = folder / "old", folder / "new"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    week_ago = time.time() - 8 * 24 * 3600
    os.utime(old, (week_ago, week_ago))

    browser.offer(5)

    assert not old.exists()
    assert new.exists()


def test_closing_leaves_nothing_behind(browser, folder):
    """A form that goes away takes its half uploads with it."""
    browser.offer(5)

    browser.picker.close()

    assert left_behind(folder) == []


def test_its_repr_is_stable(browser):
    """Running a notebook again shows no difference."""
    assert repr(browser.picker) == "UploadPicker(video/*)"
