"""Clips against each other in a real browser: in step while they play, exact where they stand."""

from __future__ import annotations

import pytest
from axe import serious
from numbered_clips import READ_ALL, numbered
from workbench import NARROW

FILMS = ".ltx-compare video"
CELL = """
from pathlib import Path
import ltx_widgets as ltx
from ltx_widgets.clip import Clip
def clip(name, prompt):
    facts = {{"url": "", "endpoint": "test", "request": {{"prompt": prompt}}, "request_id": ""}}
    return Clip.from_file(Path(name), **facts)
ltx.compare({})
"""


def compare(*films):
    """A cell that compares films of the desk, by their names."""
    return CELL.format(", ".join(f"clip({name!r}, {name!r})" for name in films))


# Notes, at each refresh of the page, which frame each film has on screen.
WATCH = """(selector) => {
    const films = [...document.querySelectorAll(selector)];
    window.shown = films.map(() => -1);
    window.seen = [];
    window.clocks = [];
    films.forEach((video, n) => {
        const hear = (_, { mediaTime }) => {
            window.shown[n] = mediaTime;
            video.requestVideoFrameCallback(hear);
        };
        video.requestVideoFrameCallback(hear);
    });
    const look = () => {
        if (films.every((video) => !video.paused && !video.seeking)) {
            window.clocks.push(films.map((video) => video.currentTime));
            if (!window.shown.includes(-1)) { window.seen.push([...window.shown]); }
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


# In step for a while, and far from both ends: paused there and then, before the film goes on.
PAUSED_IN_STEP = """() => {
    const { clocks, seen } = window;
    const met = (times) => {
        const last = times.slice(-60);
        // Half a frame of tolerance: two clocks of the page are not read at one moment.
        const apart = last.filter(([one, two]) => Math.abs(one - two) * 25 > 1.5);
        return last.length === 60 && apart.length <= last.length / 4;
    };
    const [now] = seen.at(-1) ?? [0];
    const there = seen.length > 100 && now > 1 && now < 3 && met(clocks) && met(seen);
    if (there) { document.querySelector(".ltx-play").click(); }
    return there;
}"""


@pytest.fixture
def films(workbench):
    """Two alike, a slow one, a short one of another shape."""
    desk = workbench.desk
    if not (desk / "one.mp4").exists():
        numbered(desk / "one.mp4", 150)
        numbered(desk / "two.mp4", 150, sound=False)
        numbered(desk / "slow.mp4", 75, fps=12.5, sound=False)
        numbered(desk / "short.mp4", 50, size=(180, 320), sound=False)
    return desk


def ready(page):
    """Wait until the films are there."""
    play = page.get_by_role("button", name="Play all")
    play.wait_for()
    page.wait_for_function("() => !document.querySelector('.ltx-play').disabled")
    page.wait_for_function(
        f"() => [...document.querySelectorAll('{FILMS}')].every((v) => v.readyState >= 2)"
    )
    return play


def settled(page):
    """Wait until every film stands where it was sent."""
    page.wait_for_function(
        f"() => [...document.querySelectorAll('{FILMS}')]"
        ".every((v) => v.paused && !v.seeking && v.readyState >= 2)"
    )


def shows(page, *numbers):
    """Wait until the films stand and show these frames: a busy page paints late."""
    settled(page)
    seen = f"({READ_ALL})(films).slice(0, wanted.length).join()"
    page.wait_for_function(f"([films, wanted]) => {seen} === wanted.join()", arg=[FILMS, numbers])


def at_rest(page):
    """The frames that stand there after a pause, once the first two films have met."""
    settled(page)
    page.wait_for_function(
        f"films => {{ const [one, two] = ({READ_ALL})(films); return one === two; }}", arg=FILMS
    )
    return page.evaluate(READ_ALL, FILMS)


@pytest.mark.soak
def test_two_films_play_in_step(films, show, keep):
    """Within a frame of each other while they play; where they stand, on the same frame.

    A busy machine holds one film up now and then; a quarter of the time is for catching up.
    """
    with show(compare("one.mp4", "two.mp4")) as page:
        play = ready(page)
        page.evaluate(WATCH, FILMS)
        play.click()
        page.get_by_role("button", name="Pause").wait_for()
        page.wait_for_function(PAUSED_IN_STEP)
        numbers = at_rest(page)
        assert 20 < numbers[0] < 100
        page.locator(".ltx-films").focus()
        for step in (1, 2, 3):
            page.keyboard.press("ArrowRight")
            shows(page, numbers[0] + step, numbers[0] + step)
        page.keyboard.press("ArrowLeft")
        shows(page, numbers[0] + 2, numbers[0] + 2)
        keep(page, "compare-wipe")
        assert serious(page, ".ltx-compare") == []


@pytest.mark.soak
def test_the_line_moves_by_keyboard_and_by_drag(films, show, keep):
    """An ARIA slider; what is left of it shows the first film."""
    with show(compare("one.mp4", "short.mp4"), size=NARROW, dark=True) as page:
        ready(page)
        line = page.get_by_role("slider", name="Line between 1 and 2")
        line.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowLeft")
        assert line.get_attribute("aria-valuenow") == "41"
        page.keyboard.press("End")
        assert line.get_attribute("aria-valuenow") == "100"
        page.keyboard.press("Home")
        box = page.locator(".ltx-films").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40)
        page.mouse.up()
        assert line.get_attribute("aria-valuenow") == "75"
        keep(page, "compare-wipe-narrow-dark")
        page.get_by_role("button", name="Side by side").click()
        assert line.count() == 0
        keep(page, "compare-side-narrow-dark")
        page.get_by_text("The shorter ones hold their last frame").wait_for()


@pytest.mark.soak
def test_films_that_differ_go_by_time(films, show, keep):
    """Of half the rate: each frame for two; a shorter one holds its last frame and says so."""
    with show(compare("one.mp4", "slow.mp4", "short.mp4"), view="notebook") as page:
        ready(page)
        page.locator(".ltx-films").focus()
        for _ in range(7):
            page.keyboard.press("ArrowRight")
        shows(page, 7, 3)
        page.keyboard.press("End")
        shows(page, 149, 74)
        page.get_by_text("over: its last frame").last.wait_for()
        keep(page, "compare-three")
        page.keyboard.press("Home")
        shows(page, 0, 0)


@pytest.mark.soak
def test_three_films_loop_in_step_and_one_is_heard(films, show):
    """Through the end and from the start again, at double speed, the heard one leading."""
    with show(compare("one.mp4", "two.mp4", "slow.mp4"), view="voila") as page:
        play = ready(page)
        page.get_by_label("Speed").select_option("2")
        page.get_by_role("button", name="Sound of 1").click()
        page.evaluate(WATCH, FILMS)
        play.click()
        page.wait_for_function("() => window.seen.some(([one]) => one > 5)")
        page.wait_for_function("() => window.seen.at(-1)[0] < 2")
        page.get_by_role("button", name="Pause").click()
        settled(page)

        muted = page.evaluate(
            f"() => [...document.querySelectorAll('{FILMS}')].map((v) => v.muted)"
        )
        assert muted == [False, True, True]
        at_rest(page)
        page.wait_for_function(
            f"films => {{ const [one, , slow] = ({READ_ALL})(films); return slow === one >> 1; }}",
            arg=FILMS,
        )
