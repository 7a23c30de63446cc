"""The contact sheet, as its page sees it: what it says, what its buttons do, what it hands over."""

from __future__ import annotations

import pytest
from page_parts import wait_until

import ltx_widgets as ltx
from ltx_widgets.errors import MediaError
from ltx_widgets.session import configure
from ltx_widgets.widgets.compare import Compare
from ltx_widgets.widgets.contact_sheet import ContactSheet


def press(sheet, kind, **more):
    """What the page says when somebody presses a button."""
    sheet._page._handle_custom_msg({"kind": kind, **more}, [])


def phases(sheet):
    return [now["phase"] for now in sheet._page.now]


def test_a_sheet_from_start_to_keep(local):
    """Nothing is sent before Start; then each cell has its film, and one can be kept."""
    sheet = ltx.sweep(["sheet one", "sheet two"], resolution="1080p")

    assert sheet._page.words["start"] == "Start: 2 clips, free"
    assert [cell["label"] for cell in sheet._page.cells] == [
        [["Prompt", "sheet one"]],
        [["Prompt", "sheet two"]],
    ]
    assert phases(sheet) == ["waiting"] * 2
    press(sheet, "start")
    wait_until(lambda: all(now["film"] for now in sheet._page.now))
    wait_until(lambda: sheet._page.words["status"] == "2 of 2 clips are there")
    assert sheet._page.now[0]["film"]["width"] == 64
    keys = [cell["key"] for cell in sheet._page.cells]
    press(sheet, "keep", key=keys[1], kept=True)
    wait_until(lambda: sheet._page.words["remove"])
    assert [now["kept"] for now in sheet._page.now] == [False, True]
    press(sheet, "remove")
    wait_until(lambda: phases(sheet) == ["removed", "finished"])
    assert [clip.request["prompt"] for clip in sheet.clips] == ["sheet two"]
    sheet.close()


def test_its_films_are_small_and_its_own(local):
    """The page gets stills and small films by the cells' keys, and no other file."""
    sheet = ltx.sweep("sheet three")
    sheet.result(60)
    key = sheet._page.cells[0]["key"]

    assert sheet._find(f"still/{key}").read_bytes()[:2] == b"\xff\xd8"
    assert sheet._find(f"film/{key}").read_bytes()[4:8] == b"ftyp"
    for name in ("film/other", f"clip/{key}", "/etc/passwd"):
        with pytest.raises(KeyError):
            sheet._find(name)


def test_settings_are_handed_over(local):
    """To whoever embeds the sheet, or into a form below it."""
    handed = []
    sheet = ltx.sweep(["sheet four", "sheet five"], duration=8)
    other = ContactSheet(sheet.sweep, handoff=lambda *what: handed.append(what))
    key = sheet._page.cells[1]["key"]

    press(other, "use", key=key)
    press(sheet, "use", key=key)
    endpoint, fields = handed[0]
    assert endpoint == "fal-ai/ltx-2.3/text-to-video"
    assert (fields["prompt"], fields["duration"]) == ("sheet five", 8)
    (form,) = sheet.children[1].children
    assert form.request["prompt"] == "sheet five"


def test_a_failed_cell_has_its_reason_and_a_retry(local):
    """The others are not touched."""
    sheet = ltx.sweep(["sheet six", "please fail once"])
    sheet.start()
    wait_until(lambda: phases(sheet) == ["finished", "failed"])
    wait_until(lambda: sheet.sweep.over)

    wait_until(lambda: "no paint left" in sheet._page.now[1]["message"])
    wait_until(lambda: "1 failed" in sheet._page.words["status"])
    press(sheet, "retry", key=sheet._page.cells[1]["key"])
    wait_until(lambda: len(local.history.in_batch(f"{sheet.sweep.id}/%")) == 3)
    wait_until(lambda: phases(sheet) == ["finished", "failed"])


def test_a_price_stands_on_the_button(home):
    """The whole of it, before anything is sent."""
    configure(key="id:secret")
    sheet = ltx.sweep(["a fox", "a cat"], duration=[6, 8])

    assert sheet._page.words["start"] == "Start: 4 clips, $2.24"


def test_updates_are_bounded(local, heard):
    """However many cells move: five messages a second for all of them, and no film in them."""
    sheet = ltx.sweep([f"sheet moving {n} frames=10 pace=0.05" for n in range(8)], at_once=8)
    before = len(heard)
    sheet.start()
    sheet.sweep.result(60)

    updates = [
        what["state"]
        for _, who, kind, what in heard[before:]
        if who == sheet._page.comm.comm_id and what.get("method") == "update"
    ]
    times = [when for when, who, _, what in heard[before:] if who == sheet._page.comm.comm_id]
    assert len(updates) <= 5 * (times[-1] - times[0] + 1) + 2
    assert max(len(str(state)) for state in updates) < 8 * 400


def test_a_sheet_without_a_page(local):
    """A script and a batch runner get plain HTML, and no widget."""
    sheet = ltx.sweep(["sheet seven"])
    sheet.result(60)

    bundle = sheet._repr_mimebundle_()
    assert bundle["text/html"].count("<video") == 1
    assert "application/vnd.jupyter.widget-view+json" not in bundle
    assert repr(sheet) == "ContactSheet(1 cells)"


def test_the_newest_sweep_is_resumed(local):
    """From its plan on disk."""
    sheet = ltx.sweep(["sheet eight", "sheet nine"])
    sheet.result(60)

    assert ltx.resume_sweep().sweep.id == sheet.sweep.id
    assert ltx.resume_sweep(sheet.sweep.id).clips[0].path == sheet.clips[0].path


def test_what_is_compared(local):
    """Two clips or more whose files are there."""
    clip = ltx.run("compare me")
    pair = ltx.compare(clip, clip, titles=["before"])

    assert [film["title"] for film in pair._page.films] == ["before", "compare me"]
    assert pair._page.note == ""
    assert pair._find("film/1") == clip.path
    assert pair._find("still/0").read_bytes()[:2] == b"\xff\xd8"
    with pytest.raises(KeyError):
        pair._find("film/2")
    with pytest.raises(MediaError, match="expected 2 to 9 clips to compare, got 1"):
        Compare(clip)
    pair.close()
