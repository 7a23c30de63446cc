"""The API pages that the project was made from, walked word by word where they are at hand."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ltx_widgets.schema import ENDPOINTS, describe

SEEDS = Path(__file__).parents[3] / "shared" / "reference" / "seeds"
MODELS = {row.model.__name__: row.model for row in ENDPOINTS.values()}

# A section is headed "LTXV23ExtendVideoRequest#"; the page's own request is headed "Input#".
SECTION = re.compile(r"^(\w+)#[ \t]*$", re.MULTILINE)
OWN_ID = re.compile(r'queue\.submit\("([^"]+)"')
# On one page the help follows the type without a space: "fps FramesperSecondEnumThe frames …".
FIELD = re.compile(
    r"^([a-z_]+)\s+(string|boolean|float|integer|[A-Za-z]+?Enum)(?!:)(\s*\*\s*required)?",
    re.MULTILINE,
)
DEFAULT = re.compile(r'Default value: ("[^"]*"|[\w.]+)')
CHOICES = re.compile(r"Possible enum values: (.+)")

pytestmark = pytest.mark.skipif(
    not SEEDS.exists(), reason="needs the API pages beside the checkout"
)


def sections():
    """Name of the request and text, for each request that a page describes."""
    for page in sorted(SEEDS.glob("*.txt")):
        text = page.read_text("utf8")
        heads = list(SECTION.finditer(text))
        ends = [head.start() for head in heads[1:]] + [len(text)]
        for head, end in zip(heads, ends, strict=True):
            body = text[head.end() : end]
            if head[1] == "Input":
                (own,) = set(OWN_ID.findall(text))
                yield page.name, ENDPOINTS[own].model.__name__, body
            elif head[1].endswith("Request"):
                yield page.name, head[1], body


def fields(body):
    """Name, whether required, default and choices of each field, as the page words them."""
    found = list(FIELD.finditer(body))
    ends = [match.start() for match in found[1:]] + [len(body)]
    for match, end in zip(found, ends, strict=True):
        told = body[match.end() : end]
        default, choices = DEFAULT.search(told), CHOICES.search(told)
        yield (
            match[1],
            bool(match[3]),
            default[1].strip('"') if default else None,
            [word.strip() for word in choices[1].split(",")] if choices else None,
        )


CASES = (
    [
        pytest.param(request, field, id=f"{page[:3]}-{request}-{field[0]}")
        for page, request, body in sections()
        for field in fields(body)
    ]
    if SEEDS.exists()
    else []
)


def test_the_walk_finds_every_request_of_the_pages():
    """A page in another form must not pass because nothing was found in it."""
    found = {case.values[0] for case in CASES}

    assert found == MODELS.keys() - {
        "LTXVTextToVideoFastRequest",
        "LTXVImageToVideoFastRequest",
        "Ltx23ReframeInput",
    }
    assert len(CASES) > 150


@pytest.mark.parametrize(("request_name", "field"), CASES)
def test_what_a_page_states_has_its_counterpart(request_name, field):
    """Each field, default and choice of the pages is in our model."""
    name, required, default, choices = field
    specs = {spec.name: spec for spec in describe(MODELS[request_name])}

    assert name in specs
    assert specs[name].required == required
    if default is not None:
        assert default == json.dumps(specs[name].default).strip('"')
    if choices is not None:
        assert {str(choice) for choice in specs[name].choices} == set(choices)
