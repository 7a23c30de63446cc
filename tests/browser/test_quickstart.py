"""The quickstart as a newcomer meets it: JupyterLab in a real browser."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import nbformat
import pytest
from lab import open_page, play, run_cells

from ltx_widgets.server.local import stop_server
from ltx_widgets.session import Session

NOTEBOOK = "01-quickstart.ipynb"
QUICKSTART = Path(__file__).parents[2] / "notebooks" / NOTEBOOK
MADE_S = 180
CANARY = "11111111-2222-3333:canarycanarycanary"


@pytest.fixture
def desk(tmp_path, home):
    """A folder with the quickstart, without outputs; the embedded server ends with the test."""
    folder = tmp_path / "desk"
    folder.mkdir()
    notebook = nbformat.read(QUICKSTART, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    nbformat.write(notebook, folder / NOTEBOOK)
    yield folder
    stop_server(home / "server")


def fill_in_by_keyboard(page):
    """The prompt, then Tab by Tab to the frame rate, then to Generate."""
    page.get_by_label("Prompt").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("a sailboat on a calm lake at dawn, slow pan right", delay=10)
    for _ in range(12):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused == "Generate":
            break
        if "24\xa0fps" in focused:  # ipywidgets writes options with hard spaces
            page.keyboard.press("ArrowUp")
    else:
        raise AssertionError("Tab does not reach Generate")
    page.keyboard.press("Enter")


@pytest.mark.slow
def test_from_the_form_to_a_clip_that_stays(desk, home, chromium, playwright, start_lab, keep):
    """Filled in and started by keyboard, watched, played, saved, reopened untrusted."""
    lab = start_lab(desk, env={"FAL_KEY": CANARY, "LTX_SERVER": "local"})
    with open_page(playwright, chromium) as page:
        page.goto(lab.address(NOTEBOOK))
        run_cells(page, 4)
        page.get_by_text("embedded local server").first.wait_for()
        page.get_by_role("button", name="Generate").wait_for()
        keep(page, "form")
        fill_in_by_keyboard(page)

        seen = set()
        form = page.locator(".ltx-form")
        videos = page.locator(".jp-OutputArea-output video")
        until = time.monotonic() + MADE_S
        while not videos.count():
            assert time.monotonic() < until, f"no clip within {MADE_S} s: {form.inner_text()}"
            seen.add(form.inner_text())
            page.wait_for_timeout(100)
        text = "\n".join(seen)
        assert "read as: sailboat" in text
        assert len(set(re.findall(r"(\d+) %", text))) > 3
        assert len(seen) > 5

        shown = play(videos.first)
        keep(page, "clip")
        assert "24 fps" in page.locator("figcaption").first.inner_text()
        assert shown["ended"]
        assert shown["width"] > shown["height"] > 200
        assert shown["frames"] > 100
        assert shown["sound"]
        assert shown["seconds"] == pytest.approx(6, abs=0.1)
        page.keyboard.press("Escape")
        page.keyboard.press("Control+S")
        page.wait_for_function(
            "!document.querySelector('.jp-Document.jp-mod-dirty, .jp-mod-dirty')"
        )
    saved = json.loads((desk / NOTEBOOK).read_text("utf8"))
    assert sum("<video" in json.dumps(cell.get("outputs")) for cell in saved["cells"]) == 1
    assert "canary" not in json.dumps(saved)
    lab.close()
    reopen_untrusted(desk, chromium, playwright, start_lab, keep)


def reopen_untrusted(desk, chromium, playwright, start_lab, keep):
    """Somebody else's Lab: no trust in this notebook, and no kernel to run it."""
    stranger = start_lab(desk, "stranger", kernels=False)
    with open_page(playwright, chromium) as page:
        page.goto(stranger.address(NOTEBOOK))
        video = page.locator(".jp-OutputArea-output video").first
        video.wait_for(state="attached")
        dialog = page.get_by_role("dialog")
        if dialog.count():
            page.keyboard.press("Escape")
        page.locator('.jp-StatusItem-trust[title^="Notebook not trusted"]').wait_for()
        shown = play(video)
        keep(page, "untrusted")
    assert shown["ended"]
    assert shown["width"] > 200
    assert shown["frames"] > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "size", "frames"),
    [
        ({}, (1920, 1080), 150),
        ({"resolution": "2160p", "fps": 50, "aspect_ratio": "9:16"}, (2160, 3840), 300),
    ],
)
def test_full_clips_play_and_seek(fields, size, frames, home, chromium, playwright):
    """The file itself, from the server that made it: every frame decoded, seeking by Range."""
    session = Session(server="local")
    clip = session.run("waves roll onto a beach at golden hour, slow pan right", **fields)
    with open_page(playwright, chromium) as page:
        page.goto(f"{session.target.url}/files/none/none.mp4")  # a page of the same origin
        page.set_content(f'<video src="{clip.url}" muted></video>')
        video = page.locator("video")
        shown = play(video)
        seekable = video.evaluate("v => v.seekable.end(0)")
    session.close()
    stop_server(home / "server")

    assert shown["ended"]
    assert (shown["width"], shown["height"]) == size
    assert shown["frames"] >= 0.9 * frames  # those skipped to keep time are not counted
    assert shown["sound"]
    assert shown["seconds"] == pytest.approx(6, abs=0.05)
    assert seekable == pytest.approx(6, abs=0.05)
