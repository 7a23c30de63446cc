"""JupyterLab and a browser, shared by the tests of one module."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from lab import ARTIFACTS, PATIENCE_MS, Lab, find_browser
from playwright.sync_api import expect, sync_playwright
from workbench import Workbench

expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The browser's path; its tests are skipped without one, and fail where none may be skipped."""
    found = find_browser()
    if found is None:
        says = pytest.fail if os.environ.get("LTX_REQUIRE_ALL") else pytest.skip
        says("no Chromium found: name one in LTX_CHROMIUM")
    return found


@pytest.fixture
def playwright():
    """Not for the whole session: while it is open, its event loop counts as running here."""
    with sync_playwright() as made:
        yield made


@pytest.fixture
def start_lab(tmp_path):
    """Start JupyterLabs; all of them end with the test."""
    labs = []

    def start(root, name="state", **options):
        labs.append(Lab(root, tmp_path / name, **options))
        return labs[-1]

    yield start
    for lab in labs:
        lab.close()


@pytest.fixture(scope="session")
def workbench(tmp_path_factory):
    """One Jupyter server for all tests that need no home of their own."""
    made = Workbench(tmp_path_factory.mktemp("workbench"))
    yield made
    made.close()


@pytest.fixture
def show(workbench, playwright, chromium):
    """As `Workbench.show`, on the shared server."""
    return partial(workbench.show, playwright, chromium)


@pytest.fixture
def keep():
    """Keep a screenshot as an artefact of the test run."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)

    def shoot(page, name):
        page.screenshot(path=ARTIFACTS / f"{name}.png")

    return shoot
