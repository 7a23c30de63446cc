"""Each item of the two conformance lists has a test that names it: "Client 7: …", its docstring."""

import ast
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ITEMS = json.loads((TESTS / "facts" / "conformance.json").read_text("utf8"))
REFERENCE = TESTS.parent.parent / "shared" / "reference" / "fal-protocol.md"
_NAMED = re.compile(r"(Client|Server)((?: \d+,?)+)")


def named():
    """The tests that name an item, by item."""
    found = defaultdict(list)
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                head = (ast.get_docstring(node) or "").partition(": ")[0]
                for side, numbers in _NAMED.findall(head) if _NAMED.match(head) else ():
                    for number in re.findall(r"\d+", numbers):
                        found[side, number].append(f"{path.name}::{node.name}")
    return found


@pytest.mark.parametrize(
    ("side", "number"), [(side, number) for side in ITEMS for number in ITEMS[side]]
)
def test_every_item_has_a_test(side, number):
    """What is promised is tried."""
    assert named()[side, number], f"{side} {number}: {ITEMS[side][number]}"


def test_no_test_names_an_item_that_there_is_not():
    """A typing error would hide a test."""
    assert [key for key in named() if key[1] not in ITEMS[key[0]]] == []


def test_the_lists_are_as_long_as_the_reference():
    """Skipped where the reference is not at hand."""
    if not REFERENCE.exists():
        pytest.skip("the reference is not beside this checkout")
    text = REFERENCE.read_text("utf8")
    for side, title in (("Client", "our client"), ("Server", "our server")):
        part = re.split(f"# Conformance checklist . {title}", text)[1].partition("\n# ")[0]
        assert re.findall(r"^(\d+)\. ", part, re.MULTILINE) == list(ITEMS[side])
