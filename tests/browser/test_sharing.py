"""A clip's output wherever a notebook is opened: it plays to its end, or its still is seen."""

from __future__ import annotations

import nbformat
import pytest
from lab import open_page, play
from moving_clips import film, panning
from nbconvert import HTMLExporter
from nbformat.sign import NotebookNotary

from ltx_widgets.clip import Clip

LINKED = "desk/clips/fox.mp4"
SIZE = 640, 360
FRAMES = 75
# Skipped ones, to keep time on a busy machine, are not counted by every browser.
MOST_FRAMES = 0.8 * FRAMES
ALL_THERE = "n => document.querySelectorAll('.jp-OutputArea-output video').length >= n"
TRUSTED = """() => window.jupyterapp.shell.currentWidget.content.widgets.every(
    (cell) => cell.model.trusted
)"""


@pytest.fixture(scope="module")
def bundles(tmp_path_factory):
    """What a clip with sound leaves in a notebook, in each way; and the folder beside that."""
    folder = tmp_path_factory.mktemp("made")
    path = film(folder / "fox.mp4", panning(FRAMES, step=4, size=SIZE), size=SIZE, sound=True)
    clip = Clip.from_file(
        path,
        url="https://v3.fal.media/files/fox.mp4",
        endpoint="fal-ai/ltx-2.3/text-to-video",
        request={"prompt": 'a red fox <b>& its "cub"</b> run through falling snow at dawn'},
        request_id="r1",
        cost="$0.24",
        notes=("read as: red fox running",),
    )
    desk = folder / "desk"
    desk.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        made = {way: clip.show(way)._repr_mimebundle_() for way in ("small", "full", "link")}
    return made, desk


def write(bundles, folder):
    """A notebook that somebody saved with these outputs, and what lay beside it."""
    made, desk = bundles
    cells = [
        nbformat.v4.new_code_cell("clip", outputs=[nbformat.v4.new_output("display_data", bundle)])
        for bundle in made.values()
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    (folder / "clips").mkdir(parents=True)
    for file in (desk / "clips").iterdir():
        (folder / "clips" / file.name).write_bytes(file.read_bytes())
    nbformat.write(notebook, folder / "shared.ipynb")
    return notebook


def assert_plays(video, *, height=SIZE[1]):
    """To its end, every frame, with its sound."""
    shown = play(video)

    assert shown["ended"]
    assert shown["height"] == height
    assert shown["frames"] >= MOST_FRAMES
    assert shown["sound"]
    assert shown["seconds"] == pytest.approx(FRAMES / 25, abs=0.1)


@pytest.mark.soak
@pytest.mark.parametrize("state", ["trusted", "untrusted", "no-kernel"])
def test_it_plays_in_a_notebook(state, bundles, tmp_path, chromium, playwright, start_lab, keep):
    """Small, whole and linked, in JupyterLab and Notebook: trusted or not, without a kernel."""
    notebook = write(bundles, tmp_path / "desk")
    if state == "trusted":
        (tmp_path / "state" / "data").mkdir(parents=True)
        NotebookNotary(data_dir=str(tmp_path / "state" / "data")).sign(notebook)
    lab = start_lab(tmp_path / "desk", kernels=state != "no-kernel")
    for view in ("lab", "notebook"):
        with open_page(playwright, chromium) as page:
            page.goto(lab.address("shared.ipynb", view))
            assert_all_play(page, len(bundles[0]), trusted=state == "trusted")
            keep(page, f"shared-{view}-{state}")
            # The linked file is whatever the page's own server makes of it.
            linked = page.locator("figcaption a").last.get_attribute("href")
            assert "/files/clips/fox.mp4" in linked
            assert page.request.get(linked).body() == (tmp_path / LINKED).read_bytes()


def assert_all_play(page, count, *, trusted):
    """So many clips, in a notebook of that trust."""
    # Cells below the window are drawn when the page has nothing else to do.
    page.wait_for_function(ALL_THERE, arg=count, timeout=60_000)
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
    assert page.evaluate(TRUSTED) == trusted
    for number in range(count):
        assert_plays(page.locator(".jp-OutputArea-output video").nth(number))


def test_it_plays_in_a_page_from_nbconvert(bundles, tmp_path, chromium, playwright, keep):
    """Opened as a file, without any network."""
    write(bundles, tmp_path / "desk")
    html, _ = HTMLExporter().from_filename(str(tmp_path / "desk" / "shared.ipynb"))
    page_file = tmp_path / "desk" / "shared.html"
    page_file.write_text(html, "utf8")
    with open_page(playwright, chromium, offline=True) as page:
        page.goto(page_file.as_uri(), wait_until="domcontentloaded")
        videos = page.locator("video")
        assert videos.count() == len(bundles[0])
        for number in range(videos.count()):
            assert_plays(videos.nth(number))
        keep(page, "shared-nbconvert")


def test_the_still_is_seen_where_no_film_may_play(bundles, chromium, playwright, keep):
    """As on GitHub: the video element is taken away and media are forbidden."""
    html = bundles[0]["small"]["text/html"]
    with open_page(playwright, chromium, offline=True) as page:
        page.set_content(
            "<meta http-equiv='Content-Security-Policy' content=\"media-src 'none'\">"
            + html.replace("<video", "<span").replace("</video>", "</span>")
        )
        still = page.locator("figure a img")
        assert still.evaluate("img => img.complete && img.naturalWidth") == SIZE[0]
        assert still.is_visible()
        assert page.get_by_role("link").first.get_attribute("href").endswith("/fox.mp4")
        keep(page, "shared-still")
