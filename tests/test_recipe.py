"""What a clip was made from, as its file tells it: nothing that is nobody's business, no trust."""

from __future__ import annotations

import html
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.config import package_version
from ltx_widgets.errors import MediaError
from ltx_widgets.recipe import Recipe, read_recipe, shareable, xmp_packet

REQUEST = {"prompt": 'a "fox" <b>& hound</b>, ein Füchslein]]>', "duration": 6, "fps": 25.0}


def packet_of(text):
    return (f"<x:xmpmeta><ltx:recipe>{html.escape(text, quote=False)}</ltx:recipe></x:xmpmeta>",)


def packet_with(**fields):
    whole = {"format": 1, "endpoint": "e", "request": {"prompt": "a fox"}}
    return packet_of(json.dumps({**whole, **fields}))


def test_it_comes_back_as_it_went_in():
    """Every field, whatever is in the prompt."""
    recipe = Recipe(
        endpoint="fal-ai/ltx-2.3/extend-video",
        request=REQUEST,
        request_id="r-1",
        parents={"video_url": "r-0"},
        cost="$0.48",
        engine="preview",
        notes=("read as: fox",),
    )

    assert read_recipe((xmp_packet(recipe),)) == recipe
    assert recipe.version == package_version()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", recipe.made)


@given(st.text(max_size=300))
def test_any_prompt_comes_back(prompt):
    """Control characters, half surrogates and markup do not break the packet."""
    recipe = Recipe(endpoint="e", request={"prompt": prompt})

    assert read_recipe((xmp_packet(recipe),)).request == {"prompt": prompt}


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://v3.fal.media/files/a/fox.png", "https://v3.fal.media/files/a/fox.png"),
        ("https://s3.amazonaws.com/a.png?X-Amz-Signature=1#t", "https://s3.amazonaws.com/a.png"),
        ("data:image/png;base64,AAAA", None),
        ("http://127.0.0.1:8123/files/1-2-3/a.png", None),
        ("https://10.0.0.7/a.png", None),
        ("https://nas.local/a.png", None),
        ("https://me:word@example.com/a.png", None),
        ("file:///home/me/a.png", None),
        ("/home/me/.ssh/id_ed25519", None),
        ("~/a.png", None),
        (7, None),
    ],
)
def test_what_is_handed_on_is_public(address, kept):
    """No signature, no content, nothing of this computer, on the way out and on the way in."""
    told = {"prompt": "x"} if kept is None else {"prompt": "x", "image_url": kept}
    request = {"prompt": "x", "image_url": address}

    assert shareable(request) == told
    assert read_recipe((xmp_packet(Recipe(endpoint="e", request=request)),)).request == told
    assert read_recipe(packet_with(request=request)).request == told


def test_files_of_other_programs_have_none():
    """Their XMP says other things."""
    assert read_recipe(()) is None
    assert read_recipe(("<x:xmpmeta><dc:title>a film</dc:title></x:xmpmeta>", "")) is None


def test_the_last_one_counts():
    """What a service left in the file stands before what we put behind it."""
    first, last = packet_with(endpoint="a"), packet_with(endpoint="b")

    assert read_recipe(first + last).endpoint == "b"


DEEP = "[" * 40_000 + "]" * 40_000


@pytest.mark.parametrize(
    ("packets", "says"),
    [
        (packet_of("{"), "it is damaged"),
        (packet_of(DEEP), "it is damaged"),
        (packet_of('{"format": NaN}'), "it is damaged"),
        (packet_of("9" * 90_000), "it is damaged"),
        (packet_of("[]"), "an object was expected, and list of 0 came"),
        (packet_of(" " * 100_001), "100000 at most"),
        (packet_with(format=2), "another format than 1"),
        (packet_with(endpoint=None), "as 'endpoint', and NoneType came"),
        (packet_with(endpoint="e" * 400), "as 'endpoint', and str of 400 came"),
        (packet_with(request=[1]), "named fields was expected, and list of 1 came"),
        (packet_with(request={"Not a name": 1}), "named fields"),
        (packet_with(request={f"f{i}": 1 for i in range(99)}), "named fields"),
        (packet_with(request={"prompt": {"a": 1}}), "as prompt, and dict of 1 came"),
        (packet_with(parents="r"), "parents by field"),
        (packet_with(parents={"video_url": 1}), "as 'video_url', and int came"),
        (packet_with(notes="n"), "a list of notes"),
    ],
)
def test_what_cannot_be_used_says_why(packets, says):
    """Damaged, foreign, hostile: one kind of error, and what was expected."""
    with pytest.raises(MediaError, match=re.escape(says)):
        read_recipe(packets)


def test_a_recipe_has_a_limit():
    """A request that is longer than a file should carry is refused."""
    with pytest.raises(MediaError, match="too long"):
        xmp_packet(Recipe(endpoint="e", request={"prompt": "x" * 100_000}))
