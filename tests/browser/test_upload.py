"""A browser's file reaches the kernel whole, whatever its size, and becomes a clip."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from pathlib import Path

import nbformat
import pytest
from lab import open_page, run_cells
from page_parts import wait_until
from PIL import Image

from ltx_widgets.server.local import stop_server

NOTEBOOK = "upload.ipynb"
TINY = f"{Path(__file__).parents[1] / 'tiny_engine.py'}:TinyEngine"
MIB = 1024 * 1024
ARRIVES_S = 120
# What an mp4 begins with; what follows is none.
FILM = b"\0\0\0\x18ftypmp42"

PICKER = """
import hashlib, psutil
from pathlib import Path
import ltx_widgets as ltx
from ltx_widgets.session import default_session
from ltx_widgets.widgets.upload import UploadPicker
def done(upload):
    digest = hashlib.sha256()
    with upload.path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    grown = psutil.Process().memory_info().rss - before
    Path("done.txt").write_text(f"{upload.size} {digest.hexdigest()} {grown}")
before = psutil.Process().memory_info().rss
UploadPicker("video", lambda: default_session().folder / "uploads", done)
"""
FORM = "import ltx_widgets as ltx\nltx.ImageToVideo(prompt='a red fox frames=20 pace=0.05')"


@pytest.fixture
def desk(tmp_path, home):
    """An empty folder for notebooks; the embedded server ends with the test."""
    folder = tmp_path / "desk"
    folder.mkdir()
    yield folder
    stop_server(home / "server")


def write(desk, code):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, desk / NOTEBOOK)


def choose(page, path, button="Upload a"):
    """Choose a file with the browser's own dialog."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile(f"^{button}")).first.click()
    chooser.value.set_files(path)


@pytest.mark.slow
def test_a_large_file_arrives_whole(desk, tmp_path, chromium, playwright, start_lab):
    """30 MiB, three times what one message may have: progress is seen, memory stays flat."""
    data = FILM + os.urandom(30 * MIB)
    (tmp_path / "film.mp4").write_bytes(data)
    write(desk, PICKER)
    with open_page(playwright, chromium) as page:
        page.goto(start_lab(desk).address(NOTEBOOK))
        run_cells(page, 1)
        choose(page, tmp_path / "film.mp4")

        seen = set()
        bar = page.locator(".ltx-upload [role=progressbar]")
        until = time.monotonic() + ARRIVES_S
        while not ((desk / "done.txt").exists() and (desk / "done.txt").read_text()):
            assert time.monotonic() < until, f"not there within {ARRIVES_S} s: {seen}"
            seen.add(bar.get_attribute("aria-valuenow"))
            page.wait_for_timeout(20)
        bar.wait_for(state="hidden")
    size, digest, grown = (desk / "done.txt").read_text().split()

    assert int(size) == len(data)
    assert digest == hashlib.sha256(data).hexdigest()
    assert int(grown) < 20 * MIB
    assert len(seen) > 3


@pytest.mark.soak
def test_cancel_ends_it_and_a_reload_can_go_on(
    desk, home, tmp_path, chromium, playwright, start_lab
):
    """The half file is gone after Cancel; after a reload, choosing it again sends the rest."""
    (tmp_path / "film.mp4").write_bytes(FILM + os.urandom(200 * MIB))
    write(desk, PICKER)
    with open_page(playwright, chromium) as page:
        page.goto(start_lab(desk).address(NOTEBOOK))
        run_cells(page, 1)
        choose(page, tmp_path / "film.mp4")
        sent = "+document.querySelector('.ltx-upload [role=progressbar]').ariaValueNow"
        page.wait_for_function(f"{sent} > 0")  # Before that, there may be no half file yet.
        page.get_by_role("button", name="Cancel the upload").click()
        page.get_by_text("or drop or paste it here").wait_for()
        wait_until(lambda: not list((home / "uploads").iterdir()))

        choose(page, tmp_path / "film.mp4")
        page.wait_for_function(f"{sent} > 5")
        page.keyboard.press("Control+S")
        page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
        page.reload()
        page.get_by_text("Choose the same file once more").wait_for()
        choose(page, tmp_path / "film.mp4")
        page.get_by_text("or drop or paste it here").wait_for(timeout=120_000)
        # The page hears of the end before the file was read for its hash.
        wait_until(lambda: (desk / "done.txt").exists() and (desk / "done.txt").read_text())
    assert (desk / "done.txt").read_text().startswith(f"{200 * MIB + len(FILM)} ")


@pytest.fixture
def dark_lab(tmp_path, start_lab):
    """A JupyterLab in its dark theme, with the tiny engine."""
    theme = tmp_path / "state" / "settings" / "@jupyterlab" / "apputils-extension"
    theme.mkdir(parents=True)
    settings = theme / "themes.jupyterlab-settings"
    settings.write_text(json.dumps({"theme": "JupyterLab Dark"}))
    return lambda desk: start_lab(desk, env={"LTX_SERVER": "local", "LTX_ENGINE": TINY})


@pytest.mark.soak
def test_an_upload_can_be_watched_in_the_dark(desk, tmp_path, chromium, playwright, dark_lab, keep):
    """The picker of a film form, half way, in the dark theme; no prompt is needed to choose."""
    (tmp_path / "film.mp4").write_bytes(FILM + bytes(300 * MIB))
    write(desk, "import ltx_widgets as ltx\nltx.ExtendVideo()")
    with open_page(playwright, chromium) as page:
        page.goto(dark_lab(desk).address(NOTEBOOK))
        run_cells(page, 1)
        choose(page, tmp_path / "film.mp4")
        page.get_by_text(re.compile(r"film.mp4: [1-9]\d? %")).wait_for()
        keep(page, "upload-dark")
        page.locator(".ltx-form [role=alert]").wait_for(timeout=180_000)
        keep(page, "upload-refused-dark")


@pytest.mark.slow
def test_from_the_picker_to_a_clip(desk, home, tmp_path, chromium, playwright, start_lab, keep):
    """A picture is chosen in the browser, seen in the form, and set in motion."""
    Image.radial_gradient("L").convert("RGB").resize((640, 360)).save(tmp_path / "fox.png")
    write(desk, FORM)
    lab = start_lab(desk, env={"LTX_SERVER": "local", "LTX_ENGINE": TINY})
    with open_page(playwright, chromium) as page:
        page.goto(lab.address(NOTEBOOK))
        run_cells(page, 1)
        choose(page, tmp_path / "fox.png", "Upload an image")
        page.get_by_text("fox.png, 640 x 360").wait_for()
        keep(page, "image-form")
        page.set_viewport_size({"width": 700, "height": 900})
        keep(page, "image-form-narrow")

        page.get_by_role("button", name="Generate").click()
        video = page.locator(".jp-OutputArea-output video")
        video.wait_for(state="attached")
        video.scroll_into_view_if_needed()
        keep(page, "image-clip")
        page.keyboard.press("Control+S")
        page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
    saved = (desk / NOTEBOOK).read_text("utf8")
    assert "<video" in saved
    assert str(home) not in saved
