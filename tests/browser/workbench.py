"""Notebooks of given cells, run in JupyterLab, Notebook or Voilà, light or dark, wide or narrow."""

from __future__ import annotations

import itertools
import json
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
from lab import WIDE, Lab, do, open_page

from ltx_widgets.server.local import stop_server

TINY = f"{Path(__file__).parents[1] / 'tiny_engine.py'}:TinyEngine"
NARROW = {"width": 700, "height": 900}
# Some cells wait for many clips.
RUN_S = 180
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"

# The page's own command waits for the kernel and resolves when the last cell is done. Voilà has
# run everything before it shows anything.
_RUN_ALL = """async (theme) => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = app.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await app.commands.execute("apputils:change-theme", { theme });
    await app.commands.execute("notebook:run-all-cells");
}"""
_THERE = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext"


class Workbench:
    """A Jupyter server with a home of its own, whose clips come from the tiny engine.

    Args:
        folder: Everything goes in here.
        env: Further environment for its kernels; ``LTX_ENGINE`` names another engine.

    Attributes:
        desk: The folder of its notebooks, where kernels run.
        home: The data folder of its kernels.
    """

    def __init__(self, folder, **env):
        self.desk, self.home = folder / "desk", folder / "home"
        self.desk.mkdir()
        self._numbers = itertools.count(1)
        self.lab = Lab(
            self.desk,
            folder / "state",
            env={
                "LTX_SERVER": "local",
                "LTX_WIDGETS_HOME": str(self.home),
                "LTX_ENGINE": TINY,
                **env,
            },
        )

    def write(self, *cells):
        """Make a notebook of code cells; returns its name."""
        name = f"page-{next(self._numbers)}.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata.kernelspec = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        nbformat.write(notebook, self.desk / name)
        return name

    @contextmanager
    def show(self, playwright, chromium, *cells, view="lab", size=WIDE, dark=False, **options):
        """A page on a notebook of these cells, all of them run.

        Args:
            playwright: The running Playwright.
            chromium: Path of the browser.
            cells: Their code.
            view: "lab", "notebook" or "voila".
            size: Of the window.
            dark: Whether in the dark theme; Voilà follows ``?theme=dark``.
            options: For the browser's context, such as ``reduced_motion="reduce"``.
        """
        name = self.write(*cells)
        with open_page(playwright, chromium, size=size, **options) as page:
            if view == "voila":
                address = self.lab.address(name, view) + ("&theme=dark" if dark else "")
                page.goto(address, timeout=RUN_S * 1000)
            else:
                page.goto(self.lab.address(name, view))
                page.wait_for_function(_THERE)
                # The server keeps it: the page before may have had another one.
                do(page, _RUN_ALL, DARK if dark else LIGHT, seconds=RUN_S)
            try:
                yield page
            finally:
                self._end_kernels()

    def _end_kernels(self):
        """A studio in one of them would go on with the next test's jobs."""
        for kernel in json.loads(self._ask("GET")):
            self._ask("DELETE", f"/{kernel['id']}")

    def _ask(self, method, path=""):
        asked = urllib.request.Request(f"{self.lab.url}/api/kernels{path}", method=method)
        asked.add_header("Authorization", f"token {self.lab.token}")
        with urllib.request.urlopen(asked) as answer:
            return answer.read()

    def close(self):
        """End the server, its kernels and the embedded server."""
        self.lab.close()
        stop_server(self.home / "server")
