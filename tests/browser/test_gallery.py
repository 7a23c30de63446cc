"""The gallery, used as a person would."""

from __future__ import annotations

import itertools
import zipfile

import numpy as np
import pytest
from axe import serious
from lab import WIDE
from library_scene import EXTEND, RETAKE, Scene
from moving_clips import circling, film
from workbench import NARROW

PROMPTS = [
    "a red fox runs through falling snow at dawn, slow pan left",
    "waves roll onto a beach at golden hour",
    "a lighthouse in a storm, the camera circles it once",
    "a market street in the rain, neon signs",
    "a paper boat on a lake",
    "steam over a cup of tea by the window, a cat sleeps beside it",
]
CHAIN = [("the fox stops and looks up", EXTEND), ("it runs on", EXTEND), ("at night", RETAKE)]
COLUMN = "import ipywidgets as w\nw.Box([ltx.gallery()], layout=w.Layout(width='316px'))"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Six small films in colours."""
    folder = tmp_path_factory.mktemp("films")
    frames = list(circling(20))
    return [
        film(folder / f"{number}.mp4", [np.ascontiguousarray(f[..., order]) for f in frames])
        for number, order in enumerate(itertools.permutations(range(3)))
    ]


@pytest.fixture
def scene(tmp_path, films):
    """A home with a dozen clips and a chain of four."""
    made = Scene(tmp_path / "home")
    for prompt in [*PROMPTS, *PROMPTS]:
        made.add(prompt, film=films)
    before = 1
    for prompt, endpoint in CHAIN:
        parents = {"video_url": made.id_of(before)}
        before = made.add(prompt, endpoint=endpoint, parents=parents, film=films)
    return made


@pytest.fixture
def visit(show, scene):
    """Show the gallery of that home, or what else a cell makes."""

    def visit(code="ltx.gallery()", **options):
        home = f"import os\nos.environ['LTX_WIDGETS_HOME'] = {str(scene.folder)!r}"
        return show(f"{home}\nimport ltx_widgets as ltx\n{code}", **options)

    return visit


def cards(page, count):
    """Wait until so many clips are listed."""
    page.wait_for_function(f"document.querySelectorAll('.ltx-card').length === {count}")
    return page.locator(".ltx-card")


def tab_to(page, selector):
    """Go on with the Tab key until the focus is there."""
    for _ in range(80):  # It may go round all of JupyterLab.
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    pytest.fail(f"Tab does not lead to {selector}")


@pytest.mark.soak
def test_by_keyboard_alone(visit, scene):
    """Search, go about, select, delete, undo, open: the notebook's own keys do nothing."""
    with visit() as page:
        cards(page, 15)
        page.get_by_role("searchbox").focus()
        page.keyboard.type("Fox")
        cards(page, 3)
        tab_to(page, ".ltx-card")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        page.get_by_text("2 selected", exact=True).wait_for()
        page.keyboard.press("Delete")
        page.get_by_text("2 clips are in the bin").wait_for()
        cards(page, 1)
        tab_to(page, ".ltx-line button")
        page.keyboard.press("Enter")
        page.get_by_text("2 clips are back").wait_for()
        cards(page, 3)
        tab_to(page, ".ltx-card")
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        page.locator(".ltx-player").wait_for()
        page.get_by_role("button", name="Use these settings").focus()
        page.keyboard.press("Enter")
        page.locator(".ltx-form").wait_for()
        assert page.locator(".ltx-form").get_by_label("Prompt").input_value() == PROMPTS[0]
        assert page.locator(".jp-Notebook .jp-Cell").count() == 1
    assert scene.library.count() == 15


@pytest.mark.soak
def test_by_mouse(visit):
    """A click opens, the mark in the corner and the modifiers select; a rest on a card plays it."""
    with visit() as page:
        found = cards(page, 15)
        found.nth(1).hover()
        video = found.nth(1).locator("video")
        video.wait_for()
        assert video.evaluate("video => video.muted")
        found.nth(1).locator(".ltx-tick").click()
        found.nth(4).click(modifiers=["Shift"])
        page.get_by_text("4 selected", exact=True).wait_for()
        found.nth(2).click(modifiers=["Control"])
        page.get_by_text("3 selected", exact=True).wait_for()
        assert page.locator(".ltx-card[aria-selected=true]").count() == 3
        assert page.locator(".ltx-player").count() == 0
        page.get_by_role("button", name="Keep", exact=True).click()
        page.get_by_text("3 clips are kept.").wait_for()
        page.get_by_label("Show", exact=True).select_option("kept")
        cards(page, 3).first.click()
        page.locator(".ltx-player").wait_for()


@pytest.mark.soak
def test_a_zip_for_the_browser(visit, tmp_path):
    """Two selected clips arrive in the browser's downloads, with their settings."""
    with visit() as page:
        cards(page, 15).first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Shift+ArrowRight")
        page.get_by_role("button", name="Export …").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download zip").click()
        download.value.save_as(tmp_path / "clips.zip")
        page.get_by_text("is in your browser's downloads").wait_for()
    with zipfile.ZipFile(tmp_path / "clips.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 4


@pytest.mark.soak
def test_it_stays_as_it_was(visit, scene, films):
    """Another kernel's clip comes in beside what is selected; a reload finds the search again."""
    with visit() as page:
        cards(page, 15).nth(2).focus()
        page.keyboard.press("Space")
        scene.add("a lighthouse by another kernel", film=films)
        cards(page, 16)
        assert page.locator(".ltx-card").first.inner_text().startswith("a lighthouse by another")
        assert page.get_by_text("1 selected", exact=True).is_visible()
        page.get_by_role("searchbox").fill("lighthouse")
        cards(page, 3)
        page.keyboard.press("Control+S")
        page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
        page.reload()
        cards(page, 3)
        assert page.get_by_role("searchbox").input_value() == "lighthouse"


@pytest.mark.soak
def test_many_clips_a_page_at_a_time(visit, scene, films):
    """Going down loads the next; pictures that are out of sight are let go of."""
    for number in range(100):
        scene.add(f"clip {number}", film=films)
    with visit() as page:
        listed = "document.querySelectorAll('.ltx-card').length"
        there = pages = 0
        while there < 115:  # 15 were there before
            page.wait_for_function(f"{listed} > {there}")
            there, pages = page.evaluate(listed), pages + 1
            page.locator(".ltx-card[tabindex='0']").focus()
            page.keyboard.press("End")
        assert pages > 2
        page.wait_for_function("document.querySelectorAll('.ltx-card img[src]').length > 8")
        page.wait_for_function("document.querySelectorAll('.ltx-card img[src]').length < 40")


LOOKS = [
    ("lab", WIDE, False),
    ("lab", NARROW, True),
    ("notebook", NARROW, False),
    ("voila", NARROW, False),
]


@pytest.mark.soak
@pytest.mark.parametrize(("view", "size", "dark"), LOOKS)
def test_it_can_be_seen_by_everyone(visit, keep, view, size, dark):
    """No serious finding of axe, in both themes and each page, with all of it open."""
    with visit(view=view, size=size, dark=dark) as page:
        cards(page, 15).nth(1).focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowLeft")
        page.get_by_role("button", name="Export …").click()
        page.get_by_text("Lineage").wait_for()
        page.locator(".ltx-card img[src]").nth(5).wait_for()
        name = f"gallery-{view}-{size['width']}-{'dark' if dark else 'light'}"
        keep(page, name)
        page.get_by_text("Lineage").scroll_into_view_if_needed()
        keep(page, f"{name}-lineage")
        assert serious(page, ".ltx-gallery") == []


@pytest.mark.soak
def test_in_a_narrow_column(visit, keep):
    """300 pixels are enough; nothing moves where motion is to be reduced."""
    with visit(COLUMN, reduced_motion="reduce") as page:
        found = cards(page, 15)
        found.first.hover()
        found.first.focus()
        page.locator(".ltx-card img[src]").nth(3).wait_for()
        page.get_by_text("Lineage").wait_for()  # That comes later than a film would.
        assert page.locator(".ltx-card video").count() == 0
        page.get_by_role("button", name="Export …").click()
        keep(page, "gallery-column")
        board = page.locator(".ltx-gallery")
        assert board.evaluate("board => board.scrollWidth <= board.clientWidth")
