"""The player as a person uses it: by keyboard and mouse, frame by frame, clip after clip."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from axe import serious
from lab import do
from numbered_clips import READ
from playwright.sync_api import TimeoutError as TookTooLong
from workbench import NARROW

PAINTED_MS = 5000
HEARD_S = 60
MAKE = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from pathlib import Path
from numbered_clips import numbered
import ltx_widgets as ltx
"""
CLIP = f"""{MAKE}
clip = numbered(Path("bars.mp4"), 150)
player = ltx.Player(clip)
player
"""
LARGE = f"""{MAKE}
clip = numbered(Path("large.mp4"), 75, size=(960, 540), noisy=True)
player = ltx.Player(clip)
player
"""

# As many steps, each with the frame that is told and the one that is seen; a busy page paints late.
WALK = f"""async (video, [key, steps]) => {{
    const read = {READ};
    const line = video.closest(".ltx-player").querySelector("[role=slider]");
    const found = [];
    for (let step = 0; step < steps; step += 1) {{
        const there = new Promise((done, fail) => {{
            video.addEventListener("seeked", done, {{ once: true }});
            setTimeout(() => fail(new Error(`no seek to ${{line.ariaValueNow}}`)), 10000);
        }});
        line.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true, composed: true }}));
        await there;
        const told = Number(line.ariaValueNow);
        for (const until = performance.now() + 5000; performance.now() < until;) {{
            if (read(video) === told) {{ break; }}
            await new Promise(requestAnimationFrame);
        }}
        found.push([told, read(video)]);
    }}
    return found;
}}"""
STILL = "(video) => video.readyState >= 2 && !video.seeking && video.paused"
SHOWN = f"([video, frame]) => ({READ})(video) === frame"
# Each frame that is told, in the order of telling.
LISTEN = """() => {
    const told = document.querySelector(".ltx-told");
    window.seen = [];
    const see = () => window.seen.push(parseInt(told.textContent.split("frame ")[1]));
    new MutationObserver(see).observe(told, { childList: true, subtree: true });
}"""
# Where it turned back; a page that was held up for a moment turns late, but not each time.
TURNS = "window.seen.filter((frame, n) => window.seen[n + 1] < frame)"


class Shown:
    """One player on a page."""

    def __init__(self, page, number=0):
        self.page = page
        self.root = page.locator(".ltx-player").nth(number)
        self.video = self.root.locator("video")
        self.line = self.root.get_by_role("slider")

    def ready(self):
        """Wait until its film is there, and give it the keyboard."""
        self.page.wait_for_function("(video) => video.readyState >= 2", arg=self.handle)
        self.line.focus()
        return self

    @property
    def handle(self):
        return self.video.element_handle()

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def told(self):
        """The frame that the timeline tells."""
        return int(self.line.get_attribute("aria-valuenow"))

    @property
    def seen(self):
        """The frame that the picture shows, once it had time to be the one that is told."""
        self.page.wait_for_function(STILL, arg=self.handle)
        with suppress(TookTooLong):
            self.page.wait_for_function(SHOWN, arg=[self.handle, self.told], timeout=PAINTED_MS)
        return self.video.evaluate(READ)

    def button(self, name, **how):
        return self.root.get_by_role("button", name=name, **how)

    def wait_for(self, condition):
        """Wait until something holds for its video."""
        self.page.wait_for_function(f"(video) => {condition}", arg=self.handle)


def test_every_key_goes_where_it_says(show):
    """Steps, leaps, ends and marks, each to the very frame; JupyterLab hears none of them."""
    with show(CLIP) as page:
        player = Shown(page).ready()
        cells = page.locator(".jp-Cell").count()
        for keys, frame in (
            (["ArrowRight"] * 7, 7),
            (["ArrowLeft"] * 2, 5),
            (["Shift+ArrowRight"] * 2, 55),
            (["Shift+ArrowLeft", "ArrowLeft"], 29),
            (["PageUp"], 54),
            (["End"], 149),
            (["ArrowRight"], 149),
            (["Home"], 0),
            (["ArrowLeft"], 0),
        ):
            player.press(*keys)
            assert (player.told, player.seen) == (frame, frame)

        player.press(*["Shift+ArrowRight"] * 3, "i", *["ArrowRight"] * 4, "o")
        page.get_by_text("part: frames 75 to 79, 0.20 s").wait_for()
        assert player.line.get_attribute("aria-valuetext") == "frame 79 of 150, 3.16 s"
        player.press("x", "a", "b", "d", "d", "y", "1")
        page.get_by_text("no part marked").wait_for()

        assert page.locator(".jp-Cell").count() == cells
        player.press("?")
        page.get_by_role("region", name="Keys of the player").wait_for()
        player.press("Escape")
        page.get_by_role("region", name="Keys of the player").wait_for(state="hidden")


@pytest.mark.soak
def test_each_frame_is_exact(show):
    """Forward and backward at every rate, in the small copy and in the file itself."""
    rates = (24, 25, 48, 50)
    code = f"""{MAKE}
for fps in {rates}:
    path = Path(f"at{{fps}}.mp4")
    display(ltx.Player(numbered(path, 30, fps=fps, size=(640, 360), noisy=True)))
"""
    with show(code) as page:
        for number, _ in enumerate(rates):
            player = Shown(page, number)
            player.root.scroll_into_view_if_needed()
            player.ready()
            for quality in ("small", "full"):
                if quality == "full":
                    # Both are 360 pixels high.
                    small = player.video.evaluate("(video) => video.src")
                    player.button("Full quality").click()
                    page.wait_for_function(
                        "([video, small]) => video.src !== small && video.readyState >= 2",
                        arg=[player.handle, small],
                    )
                    assert player.button("Full quality").get_attribute("aria-pressed") == "true"
                forth = player.video.evaluate(WALK, ["ArrowRight", 29])
                back = player.video.evaluate(WALK, ["ArrowLeft", 29])
                assert forth == [[frame, frame] for frame in range(1, 30)]
                assert back == [[frame, frame] for frame in range(28, -1, -1)]


@pytest.mark.soak
def test_a_held_key_does_not_wait_for_the_decoder(show):
    """However fast the keys come, the picture ends at the frame that is told."""
    with show(CLIP) as page:
        player = Shown(page).ready()
        player.press(*["ArrowRight"] * 80, *["ArrowLeft"] * 30)

        assert (player.told, player.seen) == (50, 50)


@pytest.mark.soak
def test_it_plays_loops_and_goes_back(show):
    """Space, L, J, K, the speeds, and a part again and again."""
    with show(CLIP) as page:
        player = Shown(page).ready()
        page.evaluate(LISTEN)
        player.press(" ")
        page.wait_for_function("new Set(window.seen).size > 20")
        player.press("k")
        assert player.told == player.seen > 10

        player.press("j")
        player.wait_for("document.querySelector('[role=slider]').ariaValueNow === '0'")
        assert player.seen == 0
        player.button("Play").wait_for()

        player.press(*["ArrowRight"] * 10, "i", *["ArrowRight"] * 9, "o", "p", "l", "l", "l")
        page.evaluate("window.seen.length = 0")
        page.wait_for_function(f"{TURNS}.filter((frame) => frame >= 18 && frame <= 21).length >= 3")
        assert player.root.get_by_label("Speed").input_value() == "1.5"
        player.press(" ")
        assert 9 <= min(page.evaluate("window.seen")) <= 11

        player.press("[", "<", "<", "<", "<", "<", "<")
        assert player.root.get_by_label("Speed").input_value() == "0.25"

        player.press("p", "x", "]", "]", "]", "End", "ArrowLeft", "ArrowLeft", " ")
        player.wait_for(
            "video.paused && document.querySelector('[role=slider]').ariaValueNow === '149'"
        )
        assert player.seen == 149


@pytest.mark.soak
def test_full_quality_is_one_click_away(show, keep):
    """The place stays, and a second click goes back; Save gives the file itself."""
    with show(LARGE) as page:
        player = Shown(page).ready()
        player.press("Shift+ArrowRight", "ArrowRight", "ArrowRight")
        assert player.seen == 27
        player.button("Full quality").click()
        player.wait_for("video.videoHeight === 540 && video.readyState >= 2")
        assert (player.told, player.seen) == (27, 27)
        assert player.button("Full quality").get_attribute("aria-pressed") == "true"

        with page.expect_download() as download:
            player.button("Save").click()
        assert download.value.suggested_filename == "large.mp4"
        assert Path(download.value.path()).stat().st_size > 2_000_000

        player.button("Full quality").click()
        player.wait_for("video.videoHeight === 480 && video.readyState >= 2")
        assert player.seen == 27


@pytest.mark.soak
def test_python_and_page_say_the_same(show):
    """A frame set in a cell is shown; a frame gone to on the page is known in the next cell."""
    cells = [CLIP, "player.frame = 37; player.section = (1, 3)"]
    with show(*cells) as page:
        player = Shown(page).ready()
        page.get_by_text("part: frames 25 to 74, 2.00 s").wait_for()
        assert (player.told, player.seen) == (37, 37)

        player.press("ArrowRight", "ArrowRight")
        hears(page, "print('at', player.frame, player.still.seconds)", "at 39 1.56")


def hears(page, code, text):
    """Run code until it prints that: the page tells its place a few times a second at most."""
    until = time.monotonic() + HEARD_S
    while not page.get_by_text(text).count():
        assert time.monotonic() < until, f"not within {HEARD_S} s: {text}"
        run(page, code)


def run(page, code):
    """Run code in the notebook's kernel, in a cell of its own at the end, the same each time."""
    do(
        page,
        """async (code) => {
            const app = window.jupyterapp;
            const notebook = app.shell.currentWidget.content;
            notebook.activeCellIndex = notebook.widgets.length - 1;
            if (!window.ours) { await app.commands.execute("notebook:insert-cell-below"); }
            window.ours = true;
            notebook.activeCell.model.sharedModel.setSource(code);
            await app.commands.execute("notebook:run-cell");
        }""",
        code,
    )


@pytest.mark.soak
def test_a_frame_becomes_a_new_clip(show, keep):
    """By keyboard from the player to the finished clip, whose parent is the first one."""
    with show(CLIP) as page:
        player = Shown(page).ready()
        player.press(*["ArrowRight"] * 3)
        player.button("Use this frame").focus()
        player.press("Enter", "Tab", "Enter")
        page.get_by_text("Frame 3 is the first image in the form below.").wait_for()
        page.get_by_text("frame 3 of bars.mp4, 320 x 180").wait_for()
        page.get_by_label("Prompt").fill("it goes on")
        page.get_by_role("button", name="Generate").click()
        page.get_by_text("Finished in").wait_for()
        page.locator(".jp-OutputArea figure video").wait_for(state="attached")
        run(page, "print(dict(player.children[1].children[0].clip.parents))")
        page.get_by_text("{'image_url': 'the-first'}").wait_for()
        keep(page, "player-frame")


@pytest.mark.soak
def test_extend_and_retake_open_their_forms(show):
    """With the clip up to this frame, and with the marked part."""
    with show(CLIP) as page:
        player = Shown(page).ready()
        player.press(*["Shift+ArrowRight"] * 4)
        player.button("Extend from here").click()
        page.get_by_text("The clip up to frame 100, 4.04 s, is in the form below.").wait_for()
        page.get_by_text("320 x 180, 25 fps, 4.04 s, with sound").wait_for()

        player.button("Retake this part").click()
        page.get_by_text("Mark a part first").wait_for()
        player.line.focus()
        player.press("o", *["Shift+ArrowLeft"] * 3, "i")
        player.button("Retake this part").click()
        page.get_by_text("1 to 4.04 s of the clip are in the form below.").wait_for()
        assert page.get_by_label("Start (s)").input_value() == "1.0"


@pytest.mark.soak
def test_after_a_reload_it_is_there_again(show):
    """With its place and its marks."""
    with show(CLIP) as page:
        player = Shown(page).ready()
        player.press(*["ArrowRight"] * 12, "i")
        page.get_by_text("part: frames 12 to 149").wait_for()
        hears(page, "print('marked', player.frame, player.section)", "marked 12 (0.48, 6.0)")
        page.keyboard.press("Control+S")
        page.wait_for_function("!document.querySelector('.jp-mod-dirty')")
        page.reload()

        player = Shown(page).ready()
        page.get_by_text("part: frames 12 to 149").wait_for()
        assert (player.told, player.seen) == (12, 12)


@pytest.mark.soak
def test_two_views_of_one_player(show):
    """Where one goes, the other follows; the film is fetched once."""
    with show(CLIP, "player") as page:
        first, second = Shown(page), Shown(page, 1)
        second.ready()
        first.ready().press(*["ArrowRight"] * 5)
        second.wait_for(
            "video.closest('.ltx-player').querySelector('[role=slider]').ariaValueNow === '5'"
        )
        assert (first.seen, second.seen) == (5, 5)
        sources = page.eval_on_selector_all("video", "(all) => all.map((video) => video.src)")
        assert len(set(sources)) == 1


COUNTED = """() => {
    window.held = new Set();
    const [make, let_go] = [URL.createObjectURL, URL.revokeObjectURL];
    URL.createObjectURL = (blob) => { const url = make(blob); window.held.add(url); return url; };
    URL.revokeObjectURL = (url) => { window.held.delete(url); let_go(url); };
}"""


@pytest.mark.soak
def test_fifty_clips_one_after_another_leave_one_film(show):
    """And a closed player leaves none."""
    many = """
clips = [numbered(Path(f"{n}.mp4"), 10 + n, size=(64, 36), sound=False) for n in range(50)]
player = ltx.Player(clips[0])
player
"""
    with show(MAKE + many) as page:
        Shown(page).ready()
        page.evaluate(COUNTED)
        for number in range(1, 50):
            run(page, f"player.show(clips[{number}])")
            page.wait_for_function(
                "(last) => document.querySelector('[role=slider]').ariaValueMax === last"
                " && document.querySelector('.ltx-player video').readyState >= 2",
                arg=str(9 + number),
            )
        assert page.evaluate("window.held.size") == 1
        run(page, "player.close()")
        page.wait_for_function("window.held.size === 0")


@pytest.mark.soak
def test_a_film_that_cannot_be_had(show, keep):
    """The reason stands in the picture."""
    with show(CLIP, "clip.path.unlink(); player.show(clip)") as page:
        page.get_by_text("The film cannot be shown: the clip's file is gone: bars.mp4").wait_for()
        keep(page, "player-gone")


@pytest.mark.soak
def test_by_mouse_and_in_full_screen(show, keep):
    """The timeline is dragged past its end; nothing moves by itself, with reduced motion."""
    with show(CLIP, reduced_motion="reduce") as page:
        player = Shown(page).ready()
        assert player.video.evaluate("(video) => video.paused && video.currentTime < 0.04")
        motion = player.button("Play").evaluate("(one) => getComputedStyle(one).transitionDuration")
        assert motion == "0s"

        player.line.scroll_into_view_if_needed()
        box = player.line.bounding_box()
        left, width, middle = box["x"], box["width"], box["y"] + 12
        page.mouse.move(left + 0.1 * width, middle)
        page.mouse.down()
        page.mouse.move(left + 0.5 * width, middle, steps=5)
        assert player.told in (74, 75)
        page.mouse.move(left + 1.2 * width, middle)
        page.mouse.up()
        page.mouse.move(left + 0.3 * width, middle)
        assert (player.told, player.seen) == (149, 149)

        player.press("f")
        page.wait_for_function("document.fullscreenElement?.matches('.ltx-player')")
        player.press("ArrowLeft")
        assert player.seen == 148
        keep(page, "player-large")
        player.press("f")
        page.wait_for_function("!document.fullscreenElement")


@pytest.mark.soak
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", ["lab", "notebook", "voila"])
def test_it_works_in_every_page(view, dark, show, keep):
    """In a narrow window, with a marked part and the keys unfolded."""
    with show(CLIP, view=view, size=NARROW, dark=dark) as page:
        player = Shown(page).ready()
        player.press(*["Shift+ArrowRight"] * 2, "i", *["Shift+ArrowRight"] * 2, "o", "?")
        assert player.seen == 100
        page.get_by_text("part: frames 50 to 100").wait_for()
        assert serious(page, ".ltx-player") == []
        keep(page, f"player-{view}-{'dark' if dark else 'light'}")
