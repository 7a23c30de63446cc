"""A real JupyterLab in a process of its own, and a page of a real browser on it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections import deque
from contextlib import contextmanager, suppress
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARTIFACTS = Path(__file__).parents[2] / ".artifacts" / "screenshots"
WIDE = {"width": 1280, "height": 900}
MOST_ERRORS = 40
PATIENCE_MS = 40_000  # a loaded machine opens a page in ten seconds
# A user's JupyterLab asks about news once; a test's page must not be covered by the question.
SETTINGS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}
VIEWS = {
    "lab": "lab/tree/{}?reset&",
    "notebook": "notebooks/{}?",
    "voila": "voila/render/{}?",
}


def find_browser() -> str | None:
    """The Chromium to use; None where there is none."""
    named = os.environ.get("LTX_CHROMIUM")
    return next(filter(None, map(shutil.which, filter(None, (named, *BROWSERS)))), None)


class Lab:
    """JupyterLab on loopback with settings, trust and data of its own.

    Args:
        root: The folder that it shows.
        state: Where its own files go.
        env: Further environment for it and its kernels.
        kernels: False for a Lab that has no kernel to offer.
    """

    def __init__(self, root: Path, state: Path, *, env=None, kernels=True) -> None:
        self.root = root
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{_free_port()}"
        for name, settings in SETTINGS.items():
            path = state / "settings" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(settings))
        options = [] if kernels else ["--KernelSpecManager.allowed_kernelspecs=none"]
        options += [] if kernels else ["--KernelSpecManager.ensure_native_kernel=False"]
        self._log = (state / "lab.log").open("wb")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={self.url.rpartition(':')[2]}", *options),
                f"--ServerApp.root_dir={root}",
                # For tests that speak to the page's own commands.
                "--LabApp.expose_app_in_browser=True",
                "--JupyterNotebookApp.expose_app_in_browser=True",
            ],
            env={
                **os.environ,
                "JUPYTER_TOKEN": self.token,
                "JUPYTER_CONFIG_DIR": str(state / "config"),
                "JUPYTER_DATA_DIR": str(state / "data"),
                "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
                "JUPYTERLAB_SETTINGS_DIR": str(state / "settings"),
                "JUPYTERLAB_WORKSPACES_DIR": str(state / "workspaces"),
                "IPYTHONDIR": str(state / "ipython"),
                **(env or {}),
            },
            stdout=self._log,
            stderr=self._log,
        )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.close()
            raise

    def address(self, notebook: str, view: str = "lab") -> str:
        """Where a notebook is open: in JupyterLab with an empty workspace, Notebook or Voilà."""
        return f"{self.url}/{VIEWS[view].format(notebook)}token={self.token}"

    def close(self) -> None:
        """End it and its kernels."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        self.process.kill()
        self.process.wait()
        self._log.close()

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/api?token={self.token}"):
                return
            time.sleep(0.1)
        raise RuntimeError(f"JupyterLab does not answer: {Path(self._log.name).read_text()}")


@contextmanager
def open_page(playwright, browser: str, *, size=WIDE, **options):
    """A page of a fresh browser; a failure shows a picture of it, and what its console said."""
    chromium = playwright.chromium.launch(
        executable_path=browser,
        args=[
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--autoplay-policy=no-user-gesture-required",
        ],
    )
    try:
        page = chromium.new_context(viewport=size, **options).new_page()
        page.set_default_timeout(PATIENCE_MS)
        errors = deque(maxlen=MOST_ERRORS)
        page.on("console", lambda told: told.type == "error" and errors.append(told.text))
        page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
        try:
            yield page
        except BaseException:
            print("The page's console:", *errors, sep="\n  ")  # noqa: T201 - shown by pytest
            ARTIFACTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=ARTIFACTS / "failed.png")
            raise
    finally:
        chromium.close()


def do(page, work: str, arg=None, *, seconds=40) -> None:
    """Run an async function on the page; unlike `evaluate` alone, it gives up after some time."""
    start = f"""(arg) => {{
        window.outcome = null;
        ({work})(arg).then(() => "", String).then((end) => {{ window.outcome = [end]; }});
    }}"""
    page.evaluate(start, arg)
    outcome = page.wait_for_function("() => window.outcome", timeout=seconds * 1000)
    [error] = outcome.json_value()
    assert not error, error


def run_cells(page, count: int) -> None:
    """Run the first cells of the open notebook by keyboard."""
    page.get_by_text("| Idle").wait_for()  # What is run before the kernel is there, is not run.
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in range(count):
        page.keyboard.press("Shift+Enter")


PLAY = """async (video) => {
    const late = (ms) => new Promise((done) => setTimeout(done, ms));
    const event = (name) => new Promise((done) => { video[name] = done; });
    if (video.readyState < 1) { await Promise.race([event("onloadedmetadata"), late(40000)]); }
    video.muted = true;
    video.playbackRate = 4;
    const ended = event("onended");
    await Promise.race([video.play(), late(40000)]);
    // Software decodes a large film slower than it plays.
    await Promise.race([ended, late(120000)]);
    const quality = video.getVideoPlaybackQuality();
    return {
        ended: video.ended, width: video.videoWidth, height: video.videoHeight,
        seconds: video.duration, frames: quality.totalVideoFrames,
        sound: video.webkitAudioDecodedByteCount > 0,
    };
}"""


def play(video):
    """Play a video element to its end and say what was seen."""
    video.scroll_into_view_if_needed()
    return video.evaluate(PLAY)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
