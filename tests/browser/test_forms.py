"""Every form on a page: for people who do not see it, and without a mouse."""

from __future__ import annotations

import moving_clips
import numpy as np
import pytest
from axe import serious
from PIL import Image
from workbench import NARROW

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.session import Session

EVERY_FORM = """
import ipywidgets
from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.widgets.tasks import form_for
ipywidgets.VBox([form_for(name) for name in ENDPOINTS])
"""


@pytest.mark.soak
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_form_hinders_anybody(dark, show, keep):
    """There is nothing that axe takes seriously in any endpoint's form, in either theme."""
    with show(EVERY_FORM, dark=dark) as page:
        page.locator(".ltx-form").nth(18).wait_for()
        keep(page, f"forms-{'dark' if dark else 'light'}")

        assert serious(page, ".ltx-form") == []

        near = "#555" if dark else "#999"
        page.locator(".ltx-quiet").first.evaluate(f"text => {{ text.style.color = '{near}'; }}")
        assert "color-contrast" in "".join(serious(page, ".ltx-form"))


ONE_EACH = """
import ipywidgets
import numpy as np
from ltx_widgets.widgets.tasks import FORMS
picture = np.full((90, 160, 3), 90, np.uint8)
ipywidgets.VBox([form() for form in FORMS.values()])
"""

_PARTS = ":is(button, input, select, textarea, summary):visible:enabled"
# Marks where the keyboard is, and says what that part is called.
_FOCUSED = """() => {
    document.activeElement.dataset.had = "its turn";
    return document.activeElement.textContent.trim();
}"""


@pytest.mark.soak
def test_the_keyboard_reaches_everything(show, keep):
    """Tab by Tab through the six tasks' forms: every control that can be used has its turn."""
    with show(ONE_EACH) as page:
        page.locator(".ltx-form").nth(5).wait_for()
        for number in range(6):
            form = page.locator(".ltx-form").nth(number)
            form.locator("summary").last.focus()
            page.keyboard.press("Enter")
            form.get_by_text("Paste code").wait_for()
            form.locator(_PARTS).first.focus()
            while page.evaluate(_FOCUSED) != "Fill the form":
                page.keyboard.press("Tab")
                assert page.evaluate("document.activeElement.closest('.ltx-form') !== null")
            missed = form.locator(f"{_PARTS}:not([data-had])")
            assert missed.evaluate_all("all => all.map(part => part.outerHTML)") == []
        keep(page, "form-code")

        assert serious(page, ".ltx-form") == []


@pytest.mark.soak
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_code_is_copied_and_pasted_by_keyboard(dark, show, keep):
    """From one form's fold into the other's; a hint, the counts and both codes are seen."""
    cell = (
        "import ipywidgets\nimport ltx_widgets as ltx\n"
        "prompt = 'A sign that reads OPEN, static shot'\n"
        "ipywidgets.VBox([ltx.TextToVideo(prompt=prompt, duration=8), ltx.TextToVideo()])"
    )
    with show(cell, dark=dark, permissions=["clipboard-read", "clipboard-write"]) as page:
        first, second = page.locator(".ltx-form").nth(0), page.locator(".ltx-form").nth(1)
        first.locator("summary").last.focus()
        page.keyboard.press("Enter")
        first.get_by_text("ltx.run(").wait_for()
        keep(page, f"form-prompt-{'dark' if dark else 'light'}")
        first.get_by_role("button", name="Copy the Python call").focus()
        page.keyboard.press("Enter")
        first.get_by_text("The Python call is copied.").wait_for()

        second.locator("summary").last.focus()
        page.keyboard.press("Enter")
        second.get_by_label("Paste code").focus()
        page.keyboard.press("Control+V")

        second.get_by_text("The form is filled from the code.").wait_for()
        assert second.get_by_label("Prompt").input_value() == "A sign that reads OPEN, static shot"
        assert serious(page, ".ltx-form") == []


SLOW_TO_HEAR = """
import time
import ipywidgets
import ltx_widgets as ltx
form = ltx.TextToVideo()
def parts(box):
    yield box
    for part in getattr(box, "children", ()):
        yield from parts(part)
prompt = next(part for part in parts(form) if isinstance(part, ipywidgets.Textarea))
prompt.observe(lambda _: time.sleep(1.5), "value")
form
"""


@pytest.mark.soak
def test_generate_never_sends_a_half_typed_prompt(workbench, show):
    """A kernel that takes long to hear of each change is told all of them before the click."""
    with show(SLOW_TO_HEAR) as page:
        form = page.locator(".ltx-form")
        form.get_by_label("Prompt", exact=True).focus()
        page.keyboard.type("a")
        form.get_by_role("button", name="Generate", disabled=False).wait_for()
        page.keyboard.type(" red fox that runs")
        form.get_by_role("button", name="Generate").click()
        form.get_by_text("Finished in").wait_for()

    session = Session(server="local", folder=workbench.home)
    assert session.jobs(1)[0].request["prompt"] == "a red fox that runs"
    session.close()


MEDIA = {"Image": "forms.png", "Video": "forms.mp4", "Audio": "forms.mp4"}


@pytest.mark.soak
@pytest.mark.parametrize("view", ["lab", "notebook", "voila"])
def test_every_form_is_run_by_keyboard(view, workbench, show, keep):
    """What it needs is typed, Generate pressed, and the clip comes, for all 19 endpoints."""
    Image.fromarray(np.full((90, 160, 3), 90, np.uint8)).save(workbench.desk / "forms.png")
    moving_clips.film(workbench.desk / "forms.mp4", moving_clips.panning(60), sound=True)
    with show(EVERY_FORM, view=view, size=NARROW) as page:
        page.get_by_role("button", name="Generate").nth(18).wait_for()
        for number, endpoint in enumerate(ENDPOINTS):
            form = page.locator(".ltx-form").nth(number)
            for title, typed in {"Prompt": f"{view} {endpoint}", **MEDIA}.items():
                control = form.get_by_label(title, exact=True)
                if control.count():
                    control.focus()
                    page.keyboard.type(typed)
                    page.keyboard.press("Tab")
            generate = form.get_by_role("button", name="Generate", disabled=False)
            generate.focus()
            page.keyboard.press("Enter")
            form.get_by_text("Finished in").wait_for()
            page.locator("video").nth(number).wait_for(state="attached")
        keep(page, f"forms-run-{view}")
