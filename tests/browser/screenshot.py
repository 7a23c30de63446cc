"""Take the README's picture: the quickstart's form in JupyterLab, with the clip that it made.

python tests/browser/screenshot.py docs/quickstart.png
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from lab import Lab, find_browser, open_page, run_cells
from playwright.sync_api import sync_playwright

from ltx_widgets.server.local import stop_server

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01-quickstart.ipynb"
PROMPT = "a red fox runs through falling snow at dawn, slow pan left"


def take(page, lab: Lab, to: Path) -> None:
    page.goto(lab.address(NOTEBOOK.name))
    run_cells(page, 4)
    page.keyboard.press("Control+B")  # the file browser, out of the picture
    page.get_by_label("Prompt").fill(PROMPT)
    page.get_by_role("button", name="Generate").click()
    video = page.locator(".jp-Cell:has(.ltx-form) video")
    video.wait_for()
    video.evaluate("async (v) => { v.currentTime = 2.4; await new Promise(r => v.onseeked = r); }")
    page.locator(".ltx-form").evaluate("form => form.closest('.jp-Cell').scrollIntoView()")
    page.wait_for_timeout(3000)  # until the player has hidden its spinner
    page.screenshot(path=to)


def main(to: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder, "desk")
        desk.mkdir()
        shutil.copy(NOTEBOOK, desk)
        os.environ.update(LTX_WIDGETS_HOME=f"{folder}/home", LTX_SERVER="local")
        lab = Lab(desk, Path(folder))
        try:
            with (
                sync_playwright() as playwright,
                open_page(playwright, find_browser(), size={"width": 1180, "height": 1200}) as page,
            ):
                take(page, lab, to)
        finally:
            lab.close()
            stop_server(Path(folder, "home", "server"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
