"""axe-core on a page: what hinders people who do not see it, or see it otherwise.

One line in a browser test: ``assert serious(page, ".ltx-form") == []``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "js" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")

# JupyterLab's body is 0 pixels high and hides what overflows, with all of the page overflowing: axe
# would take every text for invisible and measure no contrast.
_LOOK = """async (selector) => {
    document.body.style.minHeight = "100vh";
    const late = new Promise((_, fail) => setTimeout(() => fail(new Error("axe hangs")), 120000));
    const looked = axe.run({ include: [selector] }, { resultTypes: ["violations"] });
    const found = await Promise.race([looked, late]);
    return found.violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => ({
        id, impact, html: node.html.slice(0, 200), why: node.failureSummary,
    })));
}"""


def serious(page, selector):
    """The serious and critical findings below a selector, one line for each element.

    The page's own frame is not looked at; colours are measured as they are shown.

    Args:
        page: A page of Playwright.
        selector: CSS of what to look at; all that it fits.
    """
    return [
        f"{found['id']} ({found['impact']}): {found['html']}\n    {found['why']}"
        for found in findings(page, selector)
        if found["impact"] in GRAVE
    ]


def findings(page, selector):
    """Everything that axe has to say, as it comes: id, impact, html and why."""
    if not SCRIPT.exists():
        says = pytest.fail if os.environ.get("LTX_REQUIRE_ALL") else pytest.skip
        says("axe-core is not installed: sh .ci/javascript python")
    assert page.locator(selector).count(), f"nothing on the page fits {selector}"
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(SCRIPT.read_text("utf8"))
    return page.evaluate(_LOOK, selector)
