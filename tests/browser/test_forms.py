"""Every form on a page: for people who do not see it, and without a mouse."""

from __future__ import annotations

import pytest
from axe import serious

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
