"""The studio as a person has it: in three pages, wide and narrow, by keyboard, after a reload."""

from __future__ import annotations

import pytest
from axe import serious
from lab import do
from playwright.sync_api import expect
from workbench import NARROW, RUN_S, Workbench

STUDIO = "import ltx_widgets as ltx\nstudio = ltx.studio(prompt={!r})\nstudio"
FOX = "a red fox runs through falling snow at dawn, slow pan left"
# Always cancelled, so it may be longer than any page takes.
SLOW = "a lighthouse above a stormy sea frames=6000 pace=0.1"
WIDE = {"width": 1500, "height": 1100}
# A cell may be narrow in a wide window: a sidecar, two notebooks side by side.
SIDECAR = """from sidecar import Sidecar
from IPython.display import display
with Sidecar(title="Studio"): display(studio)"""
TO_DARK = """async () => {
    const { commands } = window.jupyterapp;
    await commands.execute("apputils:change-theme", { theme: "JupyterLab Dark" });
}"""
CONNECTED = """() => {
    const { session } = window.jupyterapp.shell.currentWidget?.sessionContext ?? {};
    return session?.kernel?.connectionStatus === "connected" && session.kernel.status === "idle";
}"""
RESTART = """async () => {
    await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart();
    await window.jupyterapp.commands.execute("notebook:run-all-cells");
}"""
TO_VIEW = """async () => {
    const { commands } = window.jupyterapp;
    await commands.execute("notebook:create-output-view");
}"""

# Ask again and again until none is under way: a job that is just being sent has no Cancel yet.
CANCEL_ALL = """() => {
    const buttons = [...document.querySelectorAll(".ltx-job button")];
    buttons.filter((one) => one.textContent === "Cancel" && one.offsetParent && !one.disabled)
        .forEach((one) => one.click());
    return !document.querySelector(".ltx-job [role=progressbar]:not([hidden])");
}"""
SPIN = """async (code) => {
    const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
    window.spun = false;
    kernel.requestExecute({ code }).done.then(() => { window.spun = true; });
}"""
INTERRUPT = """async () => {
    await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt();
}"""


@pytest.fixture(scope="module")
def drawing(tmp_path_factory):
    """A server whose clips are worth looking at: those of the preview engine."""
    made = Workbench(tmp_path_factory.mktemp("drawing"), LTX_ENGINE="")
    yield made
    made.close()


def press_generate(page):
    """By keyboard; the clip comes into the player."""
    page.get_by_role("button", name="Generate").focus()
    page.keyboard.press("Enter")


def test_a_clip_is_made_by_keyboard_alone(show, keep):
    """The task by arrow keys, the prompt, Generate; the clip plays in the studio's own player."""
    with show(STUDIO.format("a fox"), size=NARROW) as page:
        page.get_by_role("radiogroup", name="What to make").wait_for()
        page.get_by_role("radio", name="Text to video").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_label("Image", exact=True).wait_for()
        page.keyboard.press("ArrowLeft")
        prompt = page.locator(".ltx-task-text-to-video").get_by_label("Prompt", exact=True)
        # A form is shown, and the other one hidden, once the kernel has heard of the choice.
        prompt.wait_for()
        page.locator(".ltx-task-image-to-video").wait_for(state="hidden")
        prompt.focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(FOX)
        press_generate(page)
        row = page.locator(".ltx-job", has_text=FOX)
        row.filter(has_text="Finished in").wait_for()
        page.locator(".ltx-shown video").first.wait_for()
        assert "Finished in" in page.locator(".ltx-aloud").first.inner_text()
        assert serious(page, ".ltx-studio") == []
        keep(page, "studio-700")


@pytest.mark.soak
@pytest.mark.parametrize("view", ["lab", "notebook", "voila"])
def test_it_looks_the_same_in_every_page(view, drawing, playwright, chromium, keep):
    """With a clip, a job that runs and one that waits; nothing for axe to find, light or dark."""
    # Another prompt each: the same one twice within a second is a double click.
    first, *others = [f"{view}, take {number}" for number in (1, 2, 3)]
    cell = STUDIO.format(f"{first}: {FOX}")
    how = {"view": view, "size": WIDE, "dark": view == "voila"}
    with drawing.show(playwright, chromium, cell, **how) as page:
        press_generate(page)
        row = page.locator(".ltx-job", has_text=first)
        row.filter(has_text="Finished in").wait_for(timeout=90_000)
        page.locator(".ltx-shown video").first.wait_for()
        for take in others:
            page.locator(".ltx-task-text-to-video").get_by_label("Prompt", exact=True).fill(
                f"{take}: {FOX}"
            )
            press_generate(page)
            page.locator(".ltx-job", has_text=take).wait_for()
        keep(page, f"studio-{view}")
        assert serious(page, ".ltx-studio") == []
        if view != "voila":
            do(page, TO_DARK)
            page.locator("[data-jp-theme-light=false]").first.wait_for(state="attached")
            keep(page, f"studio-{view}-dark")
            assert serious(page, ".ltx-studio") == []
        page.locator(".ltx-seeing > .ltx-shown").scroll_into_view_if_needed()
        keep(page, f"studio-{view}-below")
        # JupyterLab's own side bars leave some 330 of 700 pixels.
        page.set_viewport_size({"width": 700 if view == "lab" else 400, "height": 900})
        body = page.locator(".ltx-studio-body")
        body.scroll_into_view_if_needed()
        keep(page, f"studio-{view}-narrow")
        assert body.evaluate("e => e.scrollWidth - e.clientWidth") <= 1
        # The server makes one clip at a time: the next page's would wait behind these.
        page.wait_for_function(CANCEL_ALL, polling=500)


@pytest.mark.soak
def test_views_beside_the_notebook_show_the_same(show, keep):
    """In a sidecar and in JupyterLab's own view of an output: laid out by their own width."""
    with show(STUDIO.format(SLOW), SIDECAR, size={"width": 1500, "height": 900}) as page:
        studios = page.locator(".ltx-studio")
        page.wait_for_function("document.querySelectorAll('.ltx-studio').length == 2")
        press = page.get_by_role("button", name="Generate").last
        press.focus()
        page.keyboard.press("Enter")
        for number in range(2):
            studios.nth(number).locator(".ltx-job", has_text="Running").wait_for()
        keep(page, "studio-sidecar")
        page.locator(".jp-Notebook .jp-CodeCell").first.click(position={"x": 5, "y": 5})
        do(page, TO_VIEW)
        page.wait_for_function("document.querySelectorAll('.ltx-studio').length == 3")
        page.locator(".ltx-job", has_text="Running").last.wait_for()
        keep(page, "studio-output-view")
        page.get_by_role("button", name="Cancel: ").last.click()
        page.locator(".ltx-job", has_text="Cancelled").first.wait_for()


@pytest.mark.soak
def test_nothing_is_lost_by_a_reload_or_a_restart(show):
    """A page that is loaded again has the job at once, a kernel that is restarted goes on."""
    with show(STUDIO.format(SLOW)) as page:
        press_generate(page)
        page.locator(".ltx-job", has_text="Running").wait_for()

        do(page, "() => window.jupyterapp.commands.execute('docmanager:save')")
        page.reload()
        page.locator(".jp-Notebook").wait_for()
        do(page, "async () => { await window.jupyterapp.restored; }")
        # A restart amid the handshake leaves page and server with two dialects of one protocol.
        page.wait_for_function(CONNECTED)
        do(page, RESTART, seconds=RUN_S)

        row = page.locator(".ltx-job", has_text="Running")
        row.wait_for()
        page.get_by_role("button", name="Cancel: ").first.click()
        page.locator(".ltx-job", has_text="Cancelled").wait_for()


@pytest.mark.soak
def test_a_log_unfolds_and_a_cancel_works_while_a_cell_computes(show, keep):
    """Both by keyboard, with the kernel's main thread busy all the while."""
    busy = "import time\nuntil = time.monotonic() + 120\nwhile time.monotonic() < until: pass"
    start = f"job = ltx.submit({SLOW!r})\nwhile job.request_id is None: time.sleep(0.1)"
    with show(f"import time\n{STUDIO.format('a fox')}", start, size=NARROW) as page:
        page.locator(".ltx-job", has_text="Running").wait_for()
        do(page, SPIN, busy)
        page.get_by_role("button", name="Log: ").focus()
        page.keyboard.press("Enter")
        page.get_by_text("reading the prompt").wait_for()
        keep(page, "studio-log")
        page.get_by_role("button", name="Cancel: ").focus()
        page.keyboard.press("Enter")
        page.locator(".ltx-job", has_text="Cancelled").wait_for(timeout=60_000)
        assert not page.evaluate("window.spun")
        do(page, INTERRUPT)
        page.wait_for_function("window.spun")


HAND = "studio.open_form('image-to-video', {'prompt': 'it turns its head'})"


@pytest.mark.soak
@pytest.mark.parametrize(
    "cells",
    [
        (STUDIO.format("a fox"), HAND),
        (f"import ltx_widgets as ltx\nstudio = ltx.studio()\n{HAND}\nstudio",),
    ],
    ids=["after-it-is-shown", "before"],
)
def test_settings_of_a_clip_lead_to_its_form(cells, show):
    """The keyboard's place moves there, and it is said aloud."""
    with show(*cells) as page:
        prompt = page.locator(".ltx-task-image-to-video textarea").first
        page.wait_for_function("document.activeElement?.closest('.ltx-task-image-to-video')")
        expect(prompt).to_have_value("it turns its head")
        expect(page.get_by_role("radio", name="Image to video")).to_be_checked()
        expect(page.locator(".ltx-aloud").first).to_contain_text("Image to video")
