"""Files for a page: piece by piece, and no file that the page was not told of."""

import anywidget
import pytest
from page_parts import wait_until

from ltx_widgets.errors import MediaError
from ltx_widgets.widgets.feed import PIECE, Feed


class Listening(anywidget.AnyWidget):
    """A widget that keeps what it sends."""

    _esm = "export default {}"

    def __init__(self):
        super().__init__()
        self.said = []

    def send(self, content, buffers=None):
        self.said.append((content, buffers))

    def hear(self, **content):
        """What the page says, as it comes."""
        self._handle_custom_msg(content, [])


@pytest.fixture
def widget(local):
    return Listening()


def answer(widget, **content):
    """Ask once, and wait for what comes back."""
    before = len(widget.said)
    widget.hear(kind="want", **content)
    wait_until(lambda: len(widget.said) > before)
    return widget.said[-1]


def test_a_file_comes_in_pieces(widget, tmp_path):
    """Each as it was asked for, with the size of the whole."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(range(256)) * 6000)
    Feed(widget, {"one": path}.__getitem__)

    said, buffers = answer(widget, name="one", at=0)
    assert said == {
        "kind": "piece",
        "name": "one",
        "at": 0,
        "total": 1_536_000,
        "type": "video/mp4",
    }
    rest = answer(widget, name="one", at=PIECE)[1]
    assert buffers[0] + rest[0] == path.read_bytes()


def test_a_name_that_was_never_given_out(widget):
    """A page cannot name a file of its own choice."""
    Feed(widget, {}.__getitem__)

    said, buffers = answer(widget, name="/etc/passwd", at=0)
    assert said["reason"] == "there is no such file"
    assert buffers is None


def test_a_file_that_cannot_be_made(widget):
    """The page hears why."""

    def refuse(name):
        raise MediaError("the clip's file is gone")

    Feed(widget, refuse)

    assert answer(widget, name="one", at=0)[0]["reason"] == "the clip's file is gone"
