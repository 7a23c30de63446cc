"""The gallery, used as a person would."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from library_scene import EXTEND, RETAKE, Scene
from moving_clips import circling, film

GALLERY = "import ltx_widgets as ltx\nltx.gallery()"
PROMPTS = [
    "a red fox runs through falling snow at dawn, slow pan left",
    "waves roll onto a beach at golden hour",
    "a lighthouse in a storm, the camera circles it once",
    "a market street in the rain, neon signs",
    "a paper boat on a lake",
    "steam over a cup of tea by the window, a cat sleeps beside it",
]


def furnish(home):
    """A home with a dozen clips in colours, and a chain of three."""
    scene = Scene(home)
    if scene.library.count():
        return scene
    frames = list(circling(30))
    order = itertools.cycle(itertools.permutations(range(3)))

    def paint(path, shade):
        colours = next(order)
        film(
            path,
            [
                np.ascontiguousarray((frame * shade).astype(np.uint8)[..., colours])
                for frame in frames
            ],
        )

    for number, prompt in enumerate([*PROMPTS, *PROMPTS]):
        scene.add(prompt, film=False)
        paint(scene.run(number + 1).clip, 1 - 0.05 * number)
    first = scene.id_of(1)
    chain = [("the fox stops and looks up", EXTEND), ("it runs on", EXTEND), ("at night", RETAKE)]
    for prompt, endpoint in chain:
        number = scene.add(prompt, endpoint=endpoint, parents={"video_url": first}, film=False)
        paint(scene.run(number).clip, 0.9)
        first = scene.id_of(number)
    return scene


@pytest.fixture
def scene(workbench):
    return furnish(workbench.home)


def test_look(show, scene, keep):
    with show(GALLERY) as page:
        page.locator(".ltx-card").nth(3).wait_for()
        page.wait_for_timeout(4000)
        keep(page, "gallery-dev")
        page.locator(".ltx-card").first.click()
        page.wait_for_timeout(4000)
        keep(page, "gallery-dev-2")
        print(page.locator(".ltx-gallery").inner_text())
