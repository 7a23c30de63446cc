"""Which clip came from which."""

from __future__ import annotations

import pytest
from library_scene import EXTEND, RETAKE, Scene

from ltx_widgets.library import times_extended


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path / "home")


def shape(kin):
    """A tree as nested prompts."""
    return {kin.run.request["prompt"]: [shape(child) for child in kin.children]}


def chain(scene, prompt, source, endpoint=EXTEND):
    parents = {"video_url": scene.id_of(source)}
    return scene.add(prompt, endpoint=endpoint, parents=parents, film=False)


def test_a_chain_is_a_tree_from_the_first_clip(scene):
    """Ancestors and descendants of the chosen one; its cousins are not told."""
    first = scene.add("first", film=False)
    longer = chain(scene, "longer", first)
    chain(scene, "cousin", first)
    anew = chain(scene, "anew", longer, RETAKE)
    chain(scene, "end", anew)
    scene.add("stranger", film=False)

    (tree,) = scene.library.family(scene.run(longer))
    assert shape(tree) == {"first": [{"longer": [{"anew": [{"end": []}]}]}]}


def test_a_clip_of_two(scene):
    """It stands under each of them, its own only once."""
    one, two = scene.add("one", film=False), scene.add("two", film=False)
    parents = {"image_url": scene.id_of(one), "end_image_url": scene.id_of(two)}
    both = scene.add("both", parents=parents, film=False)
    chain(scene, "after", both)

    trees = scene.library.family(scene.run(both))
    assert [shape(tree) for tree in trees] == [
        {"one": [{"both": [{"after": []}]}]},
        {"two": [{"both": []}]},
    ]


def test_how_often_it_was_extended(scene):
    """Counted on its own way from the first clip."""
    number = scene.add("first", film=False)
    for prompt in ("second", "third"):
        number = chain(scene, prompt, number)
    side = chain(scene, "side", number, RETAKE)

    trees = scene.library.family(scene.run(side))
    assert times_extended(trees, scene.run(side)) == 2
    assert times_extended(trees, scene.run(1)) == 0
