"""Which clip came from which: the chains of extend, retake and the like, as small trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from ltx_widgets.history import History, Run

__all__ = ["Kin", "family_of", "times_extended"]

_MOST = 200


@dataclass(frozen=True, slots=True)
class Kin:
    """A clip and what was made from it.

    Attributes:
        run: The clip's run.
        children: What came from it, oldest first.
    """

    run: Run
    children: tuple[Kin, ...] = ()

    def __len__(self) -> int:
        return 1 + sum(map(len, self.children))


def family_of(history: History, run: Run) -> tuple[Kin, ...]:
    """The trees of a clip: its ancestors, itself and its descendants, from the first ones on.

    A clip that came from two others stands under each, the second time without what came from it.
    At most 200 are told, those nearest in time.
    """
    down: dict[int, set[int]] = defaultdict(set)
    up: dict[int, set[int]] = defaultdict(set)
    for made, source in history.parents():
        down[source].add(made)
        up[made].add(source)
    reached = _reached(run.number, up) | _reached(run.number, down)
    near = sorted(reached, key=lambda number: abs(number - run.number))[:_MOST]
    runs = {found.number: found for found in history.numbered(near)}
    told: set[int] = set()
    roots = [number for number in sorted(runs) if not up[number] & runs.keys()]
    return tuple(_tree(number, runs, down, told) for number in roots)


def times_extended(trees: tuple[Kin, ...], run: Run) -> int:
    """How many times a clip was made longer on its way, this time included."""
    return max((_extensions(tree, run.number, 0) for tree in trees), default=0)


def _reached(start: int, ways: Mapping[int, set[int]]) -> set[int]:
    seen, ahead = {start}, [start]
    while ahead:
        new = ways.get(ahead.pop(), set()) - seen
        seen |= new
        ahead.extend(new)
    return seen


def _tree(
    number: int, runs: Mapping[int, Run], down: Mapping[int, set[int]], told: set[int]
) -> Kin:
    if number in told:
        return Kin(runs[number])
    told.add(number)
    children = sorted(down.get(number, set()) & runs.keys())
    return Kin(runs[number], tuple(_tree(child, runs, down, told) for child in children))


def _extensions(tree: Kin, number: int, before: int) -> int:
    own = before + ("extend-video" in tree.run.endpoint)
    if tree.run.number == number:
        return own
    return max((_extensions(child, number, own) for child in tree.children), default=0)
