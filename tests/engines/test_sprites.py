"""The drawn figures of the preview."""

import numpy as np
import pytest

from ltx_widgets.engines.preview import sprites

WHITE = (255, 255, 255)
MOVING = {
    "fox": "runs", "horse": "walks", "elephant": "walks", "person": "runs", "woman": "walks",
    "dancer": "dances", "bird": "flies", "butterfly": "flies", "fish": "swims", "car": "drives",
    "bicycle": "drives", "sailboat": "sails", "tree": "sways", "candle": "sways", "rider": "runs",
}  # fmt: skip


def draw(kind, *, height=72, phase=0.0, colour=None, light=WHITE, motion=None):
    """A sprite, small by default."""
    return sprites.draw(kind, height=height, phase=phase, colour=colour, light=light, motion=motion)


def silhouette(kind):
    """The outline of a kind in a square of 32 pixels, as 0 and 1."""
    alpha = draw(kind).rgba[..., 3]
    rows = np.linspace(0, alpha.shape[0] - 1, 32).astype(int)
    columns = np.linspace(0, alpha.shape[1] - 1, 32).astype(int)
    return alpha[np.ix_(rows, columns)] > 127


@pytest.mark.parametrize("kind", sprites.kinds())
def test_a_sprite_is_a_cut_out_with_its_foot_inside(kind):
    """Every kind is drawn as tall as asked, partly transparent, and knows where it stands."""
    sprite = draw(kind)
    alpha = sprite.rgba[..., 3]

    assert sprite.rgba.dtype == np.uint8
    assert sprite.rgba.shape[0] == 72
    assert 0.05 < (alpha > 127).mean() < 0.95
    assert 0 <= sprite.foot[0] <= sprite.rgba.shape[1]
    assert 0 <= sprite.foot[1] <= sprite.rgba.shape[0]


@pytest.mark.parametrize("kind", sprites.kinds())
def test_a_figure_is_not_cut_off(kind):
    """No figure runs out of its picture at the sides or the top, in no phase."""
    for phase in (0.0, 0.3, 0.6, 0.9):
        alpha = draw(kind, phase=phase).rgba[..., 3] > 127
        assert alpha[0].mean() < 0.12
        assert alpha[:, 0].mean() < 0.12
        assert alpha[:, -1].mean() < 0.12


@pytest.mark.parametrize(("kind", "motion"), MOVING.items())
def test_who_moves_looks_different_in_another_phase(kind, motion):
    """A moving figure changes between two phases and comes back after a cycle."""
    start, later, again = (draw(kind, phase=p, motion=motion).rgba for p in (0.0, 0.3, 1.0))

    assert sprites.cycle(kind, motion) > 0
    assert (start != later).any(axis=2).mean() > 0.01
    assert (start == again).all()


def test_who_stands_has_no_gait():
    """A standing fox and a cactus have no gait."""
    assert sprites.cycle("fox", "stands") == 0
    assert sprites.cycle("cactus", "stands") == 0


def test_running_is_faster_than_walking():
    """Whoever can do both takes more steps running."""
    for kind in ("fox", "horse", "person", "elephant"):
        assert sprites.cycle(kind, "runs") > sprites.cycle(kind, "walks")


def test_a_runner_changes_legs():
    """Half a cycle later the other leg is ahead: same outline, darker leg in front."""
    one, other = (draw("man", phase=p, motion="runs", height=120).rgba for p in (0.25, 0.75))
    overlap = ((one[..., 3] > 127) & (other[..., 3] > 127)).sum() / (one[..., 3] > 127).sum()

    assert overlap > 0.6
    assert (one != other).any()


def test_kinds_have_silhouettes_of_their_own():
    """No two kinds share an outline, taxis and cars or people and people apart."""
    outlines = {kind: silhouette(kind) for kind in sprites.kinds()}
    alike = {frozenset({"car", "taxi"}), frozenset({"bus", "truck"})}
    people = {"person", "man", "woman", "child", "cowboy", "robot"}
    for one, shape in outlines.items():
        for other, second in outlines.items():
            if one < other and {one, other} not in alike and not {one, other} <= people:
                assert (shape != second).mean() > 0.01, (one, other)


def test_a_colour_is_worn():
    """A blue car is bluer than a red one."""
    blue, red = (draw("car", colour=c).rgba for c in ((40, 80, 200), (200, 40, 40)))
    inside = blue[..., 3] > 127

    assert blue[inside][:, 2].mean() > red[inside][:, 2].mean() + 30


def test_night_darkens_all_but_the_lamps():
    """Under a weak light a lantern's iron goes dark and its flame does not."""
    day, night = (draw("lantern", light=light).rgba for light in (WHITE, (40, 50, 90)))

    assert night[..., :3].sum() < day[..., :3].sum()
    assert night[..., 0].max() > 250


def test_drawing_is_repeatable():
    """The same call gives the same pixels."""
    assert (draw("fox", phase=0.2).rgba == draw("fox", phase=0.2).rgba).all()


def test_an_unknown_kind_is_a_key_error():
    """A kind that is not in the table is refused."""
    with pytest.raises(KeyError):
        draw("dragon")


@pytest.mark.parametrize("height", [1, 7, 600])
def test_any_height_can_be_asked_for(height):
    """Tiny and large sprites keep their height."""
    assert draw("person", height=height).rgba.shape[0] == height
