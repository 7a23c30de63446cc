"""Notes at the end of an mp4."""

import resource
import struct

import av
import pytest

from ltx_widgets.errors import MediaError
from ltx_widgets.video.probe import probe
from ltx_widgets.video.xmp import MOST_BYTES, add_xmp, read_xmp

NOTE = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>ein Füchslein</x:xmpmeta>"


@pytest.fixture
def clip(tmp_path):
    from tiny_engine import _paint

    _paint(tmp_path / "a.mp4", 25)
    return tmp_path / "a.mp4"


def test_a_note_leaves_every_byte_where_it_was(clip):
    """The file as it was, and the note behind it; other tags and frames stay."""
    before, facts = clip.read_bytes(), probe(clip)

    add_xmp(clip, NOTE)

    assert clip.read_bytes().startswith(before)
    assert probe(clip) == facts
    assert read_xmp(clip) == (NOTE,)
    assert [file.name for file in clip.parent.iterdir()] == ["a.mp4"]


def test_other_programs_read_it(clip):
    """FFmpeg finds the packet where the standard puts it."""
    add_xmp(clip, NOTE)

    with av.open(str(clip), options={"export_xmp": "1"}) as file:
        assert file.metadata["xmp"] == NOTE


def test_the_newest_note_is_the_last(clip):
    """Those that were there stay."""
    add_xmp(clip, "a")
    add_xmp(clip, "b")

    assert read_xmp(clip) == ("a", "b")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not an mp4"),
        (b"<html></html>", "ends where its last box does"),
        (b"\x1a\x45\xdf\xa3 and so on", "ends where its last box does"),
        (struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 0, b"mdat"), "last box"),
        (struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 900, b"moov"), "last box"),
        (struct.pack(">I4s", 8, b"ftyp") + b"\0\0\0\x01uuid" + b"\xff" * 8, "last box"),
        (struct.pack(">I4s", 8, b"moov"), "not an mp4"),
    ],
)
def test_what_takes_no_note_stays_as_it_is(content, says, tmp_path):
    """No file is made worse: cut ones, ones without an end, other formats."""
    path = tmp_path / "a.mp4"
    path.write_bytes(content)

    with pytest.raises(MediaError, match=says):
        add_xmp(path, NOTE)
    assert path.read_bytes() == content
    assert read_xmp(path) == ()


def test_a_note_has_a_limit(clip):
    """Longer ones are not written, and a stranger's are not read."""
    with pytest.raises(MediaError, match="too long"):
        add_xmp(clip, "x" * (MOST_BYTES + 1))
    add_xmp(clip, "x" * MOST_BYTES)
    whole = clip.read_bytes()
    at = whole.rindex(b"uuid") - 4
    longer = struct.pack(">I", MOST_BYTES + 25) + whole[at + 4 :] + b"x"
    clip.write_bytes(whole[:at] + longer)

    assert read_xmp(clip) == ()


def test_a_note_that_is_no_text_is_left_out(clip):
    """Bytes that are not UTF-8 end the reading."""
    add_xmp(clip, "x")
    clip.write_bytes(clip.read_bytes()[:-1] + b"\xff")

    assert read_xmp(clip) == ()


def test_no_room_for_the_note_leaves_the_file(clip):
    """It is written beside itself first, and the half of that is taken away."""
    before = clip.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            add_xmp(clip, NOTE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert clip.read_bytes() == before
    assert list(clip.parent.iterdir()) == [clip]
