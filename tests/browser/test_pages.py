"""A form in each of the three pages that notebooks are opened in."""

from __future__ import annotations

import pytest
from workbench import NARROW

FORM = "import ltx_widgets as ltx\nltx.TextToVideo(prompt='a red fox')"


@pytest.mark.soak
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", ["lab", "notebook", "voila"])
def test_a_form_makes_a_clip(view, dark, show, keep):
    """In a narrow window, by keyboard."""
    with show(FORM, view=view, size=NARROW, dark=dark) as page:
        generate = page.get_by_role("button", name="Generate")
        generate.focus()
        page.keyboard.press("Enter")
        page.get_by_text("Finished in").wait_for()
        page.locator("video").wait_for(state="attached")
        keep(page, f"form-{view}-{'dark' if dark else 'light'}")
