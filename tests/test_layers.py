"""The import map: one direction, one owner for each library, and a light package."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ltx_widgets"

# A part imports only parts of a strictly lower rank. Parts of one rank do not see each other.
RANKS = {
    "errors": 0,
    "config": 1,
    "folder_lock": 1,
    "images": 1,
    "video": 1,
    "schema": 2,
    "wire": 2,
    "storage_wire": 3,
    "retry": 3,
    "lanes": 3,
    "pacing": 3,
    "messages": 3,
    "receiver": 4,
    "echoes": 2,
    "refusals": 4,
    "transport": 4,
    "storage": 5,
    "following": 4,
    "submitting": 5,
    "media": 5,
    "client": 6,
    "blocking": 6,
    "budget": 5,
    "wanted": 5,
    "history": 6,
    "recipe": 6,
    "clip": 6,
    "draft": 6,
    "uploads": 7,
    "job": 7,
    "still": 7,
    "opening": 7,
    "overview": 7,
    "resuming": 7,
    "spending": 8,
    "live": 8,
    "runner": 8,
    "library": 8,
    "session": 9,
    "shared": 10,
    "cells": 4,
    "snippets": 5,
    "contact": 7,
    "grid": 7,
    "sweep_cells": 8,
    "sweeps": 10,
    "webhooks": 10,
    "widgets": 11,
    "magic": 12,
    "cli": 12,
    "figure": 3,
    "options": 3,
    "sniff": 3,
    "signing": 3,
    "submission": 3,
    # Beside the stack: they look down at ranks 0 to 3 only.
    "engines": 3,
    "server": 4,
}
BESIDE = {"engines": 3, "server": 3}

# Upward looks that are meant: inside a function, with their reason.
ALLOWED = {
    ("runner", "server"): "starts the embedded server, through server.local alone",
    ("cli", "server"): "the command that runs a server by hand",
}

OWNERS = {
    # The server's workshop proxy, server/proxy.py alone, hands replies on as they come.
    "httpx": {"transport", "lanes", "server"},
    "anywidget": {"widgets"},
    "ipywidgets": {"widgets"},
    "traitlets": {"widgets"},
    "IPython": {"magic", "widgets"},
    "starlette": {"server"},
    "uvicorn": {"server"},
    "av": {"video"},
    "cv2": {"engines"},
    "PIL": {"images"},
    "pillow_heif": {"images"},
    # Frames and samples are arrays wherever they are handed on.
    "numpy": {"engines", "video", "images", "media", "clip"},
    "platformdirs": {"config"},
    "cryptography": {"signing"},
    "pydantic": {"schema", "client", "server"},
    "pydantic_core": {"schema"},
    "annotated_types": {"schema"},
}

PURE = {"schema", "wire", "storage_wire", "submission", "signing", "retry", "refusals"}
IMPURE_MODULES = {"asyncio", "time", "os", "socket", "pathlib", "random", "subprocess", "threading"}


def part_of(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports():
    """Every import of every module: (file, part, imported name, whether at module level)."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent == PACKAGE and path.name == "__init__.py":
            continue
        tree = ast.parse(path.read_text("utf8"))
        top = {id(node) for node in tree.body}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield path, part_of(path), alias.name, id(node) in top
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: imports are absolute here"
                yield path, part_of(path), node.module, id(node) in top


FIRST_PARTY = [
    (path, part, name.split(".")[1], top)
    for path, part, name, top in imports()
    if name.startswith("ltx_widgets.") and name.split(".")[1] != part
]


def test_every_part_has_a_rank():
    """A new part must say where it stands."""
    parts = {part_of(path) for path in PACKAGE.rglob("*.py")} - {"__init__"}

    assert parts <= set(RANKS)


def test_every_part_is_in_the_picture():
    """ARCHITECTURE.md draws each part that there is."""
    picture = (PACKAGE.parent / "ARCHITECTURE.md").read_text("utf8").split("```")[1]

    assert {part for part in RANKS if not re.search(rf"\b{part}\b", picture)} == set()


def test_imports_point_down():
    """No part imports its own rank or a higher one, but for the looks that are named."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path, part, other, _ in FIRST_PARTY
        if RANKS[other] >= RANKS[part] and (part, other) not in ALLOWED
    ]

    assert wrong == []


def test_named_upward_looks_are_inside_functions():
    """Importing the module alone must not load what lies above."""
    wrong = [
        str(path) for path, part, other, top in FIRST_PARTY if (part, other) in ALLOWED and top
    ]

    assert wrong == []


def test_server_and_engines_stand_beside_the_client():
    """The server must be usable by any fal client, an engine by a script."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {other}"
        for path, part, other, _ in FIRST_PARTY
        if part in BESIDE and RANKS[other] > BESIDE[part]
    ]

    assert wrong == []


def test_each_library_has_one_owner():
    """A library that must be replaced one day is replaced in one place."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path, part, name, _ in imports()
        if name.split(".")[0] in OWNERS and part not in OWNERS[name.split(".")[0]]
    ]

    assert wrong == []


def test_one_module_of_the_server_has_an_http_client():
    """Its other modules ask nobody by name, and pay for no client."""
    users = {path.name for path, part, name, _ in imports() if (part, name) == ("server", "httpx")}

    assert users == {"proxy.py"}


def test_every_library_is_named():
    """Nothing outside the standard library is imported without an owner."""
    foreign = {
        name.split(".")[0]
        for _, _, name, _ in imports()
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("ltx_widgets")
    }

    assert foreign <= set(OWNERS)


def test_pure_parts_do_no_io():
    """Schema, wire and the decisions about replies give the same output for the same input."""
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path, part, name, _ in imports()
        if part in PURE and name.split(".")[0] in IMPURE_MODULES
    ]

    assert wrong == []


HEAVY = (
    "httpx starlette uvicorn av cv2 numpy anywidget ipywidgets IPython pydantic sqlite3 asyncio "
    "cryptography"
)


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("ltx_widgets", HEAVY),
        ("ltx_widgets.session", "starlette uvicorn av cv2 numpy ipywidgets IPython cryptography"),
        # An embedded server that nobody asks for a webhook starts without it.
        ("ltx_widgets.server.run", "httpx cryptography"),
        ("ltx_widgets.server.local", "starlette uvicorn httpx av cv2 numpy ipywidgets IPython"),
        ("ltx_widgets.schema", "httpx starlette av cv2 numpy ipywidgets IPython asyncio sqlite3"),
    ],
)
def test_imports_stay_light(module, banned):
    """Importing a part loads nothing that it does not need at once."""
    code = (
        f"import sys, {module}\nprint([name for name in {banned.split()!r} if name in sys.modules])"
    )

    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()

    assert loaded == "[]"


def test_the_facade_is_what_it_says():
    """Every public name is there, and dir() shows it."""
    import ltx_widgets

    for name in ltx_widgets.__all__:
        assert getattr(ltx_widgets, name) is not None
    assert set(ltx_widgets.__all__) <= set(dir(ltx_widgets))
