"""A form in each of the three pages that notebooks are opened in."""

from __future__ import annotations

import pytest
from workbench import NARROW

FORM = "import ltx_widgets as ltx\nltx.TextToVideo(prompt='a red fox')"


@pytest.mark.soak
@pytest.mark.parametrize("view", ["lab", "notebook", "voila"])
def test_a_form_makes_a_clip_in_the_dark(view, show, keep):
    """In a narrow window, by keyboard; test_forms.py does it with every form in the light."""
    with show(FORM, view=view, size=NARROW, dark=True) as page:
        generate = page.get_by_role("button", name="Generate")
        generate.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Finished in").wait_for()
        page.locator("video").wait_for(state="attached")
        keep(page, f"form-{view}-dark")


@pytest.mark.soak
@pytest.mark.parametrize("view", ["lab", "notebook"])
def test_keys_on_a_choice_are_no_shortcuts(view, show):
    """In command mode, "d d" would delete the cell, an arrow leave it."""
    with show(FORM, view=view) as page:
        choice = page.get_by_label("Duration")
        choice.focus()
        for _ in range(400):  # until the form's script has come, and hears a key that does nothing
            page.keyboard.press("Shift")
            if page.locator(".ltx-form [data-lm-suppress-shortcuts]").count():
                break
            page.wait_for_timeout(100)
        else:
            pytest.fail("the form does not keep its keys")
        for key in ("d", "d", "x", "ArrowDown"):
            page.keyboard.press(key)

        page.wait_for_function("s => s.selectedIndex === 1", arg=choice.element_handle())
        assert page.locator(".jp-CodeCell").count() == 1
