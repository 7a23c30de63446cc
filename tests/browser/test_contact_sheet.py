"""A sweep in a real JupyterLab: started, played in step, one kept, its settings taken."""

from __future__ import annotations

import pytest
from axe import serious
from workbench import NARROW

FILMS = ".ltx-sheet video"
CELL = """
import ltx_widgets as ltx
ltx.sweep(["a red fox runs {0}", "a white cat sleeps {0}"], resolution=["1080p", "1440p"])
"""

# All of them stand, and on the same frame; between two seeks they stand, too.
MET = f"""() => {{
    const films = [...document.querySelectorAll('{FILMS}')];
    return films.every((video) => video.paused && !video.seeking)
        && new Set(films.map((video) => video.currentTime * 25 | 0)).size === 1;
}}"""


def made(page):
    """Start the sweep and wait for its clips."""
    start = page.get_by_role("button", name="Start: 4 clips, free")
    start.focus()
    page.keyboard.press("Enter")
    page.get_by_text("4 of 4 clips are there").wait_for()
    page.get_by_role("button", name="Keep this one").first.wait_for()


@pytest.mark.soak
def test_a_sweep_is_started_played_and_one_is_kept(show, keep):
    """By keyboard, from the price on the button to a form with the settings of the best one."""
    with show(CELL.format("in snow")) as page:
        made(page)
        page.get_by_role("button", name="Play all").click()
        page.wait_for_function(
            f"() => [...document.querySelectorAll('{FILMS}')].filter((v) => v.src).length === 4"
        )
        page.get_by_role("button", name="Pause").wait_for()
        page.get_by_role("button", name="Pause").click()
        page.wait_for_function(MET)
        third = page.get_by_role("button", name="Keep this one: a white cat sleeps in snow, 1080p")
        third.focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Take out all others").wait_for()
        assert third.get_attribute("aria-pressed") == "true"
        use = page.get_by_role(
            "button", name="Use these settings: a white cat sleeps in snow, 1440p"
        )
        use.focus()
        page.keyboard.press("Enter")
        prompt = page.locator(".ltx-form textarea").first
        prompt.wait_for()
        assert prompt.input_value() == "a white cat sleeps in snow"
        page.get_by_text("The sheet for readers without a kernel").wait_for()
        keep(page, "sweep-wide")
        assert serious(page, ".ltx-sheet") == []


@pytest.mark.soak
@pytest.mark.parametrize("view", ["notebook", "voila"])
def test_a_sweep_in_other_pages(view, show, keep):
    """Narrow and dark, the others taken out at the end."""
    with show(CELL.format(f"at night in {view}"), view=view, size=NARROW, dark=True) as page:
        made(page)
        page.get_by_role("button", name="Larger").first.click()
        page.get_by_role("button", name="Keep this one").first.click()
        keep(page, f"sweep-{view}-narrow-dark")
        page.get_by_role("button", name="Take out all others").click()
        page.get_by_text("1 of 4 clips are there").wait_for()
        page.get_by_role("button", name="Retry all that failed").wait_for()


@pytest.mark.soak
def test_only_films_in_sight_hold_a_decoder(show, keep):
    """Of twenty-four, those far below are stills; they play once they are scrolled to."""
    cell = (
        "import ltx_widgets as ltx\n"
        "sheet = ltx.sweep([f'many films {n}' for n in range(24)])\n"
        "sheet.result(120)\n"
        "sheet"
    )
    with show(cell, size=NARROW) as page:
        page.get_by_text("24 of 24 clips are there").wait_for()
        page.get_by_role("button", name="Play all").click()
        page.get_by_role("button", name="Pause").wait_for()
        loaded = f"() => [...document.querySelectorAll('{FILMS}')].filter((v) => v.src).length"
        assert 0 < page.evaluate(loaded) < 16
        page.get_by_role("button", name="Keep this one: many films 23").scroll_into_view_if_needed()
        page.wait_for_function(f"() => [...document.querySelectorAll('{FILMS}')].at(-1).src")
        assert page.evaluate(loaded) < 16
        keep(page, "sweep-many")
