"""The render process's parts that need no process."""

from pathlib import Path

import pytest

from ltx_widgets.engines.base import Progress
from ltx_widgets.errors import ConfigError, InvalidRequest
from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.server.loading import choose_engine, engines_for, load_engine
from ltx_widgets.server.worker import Reporter

ENGINES = Path(__file__).with_name("engines_for_tests.py")


def reported(*steps):
    """The lines for steps of (seconds, progress)."""
    now, lines = [0.0], []
    report = Reporter(lambda news: lines.append(news["message"]), clock=lambda: now[0])
    for seconds, progress in steps:
        now[0] = seconds
        report(progress)
    return lines


def test_messages_are_never_held_back():
    """What an engine says to people is told at once."""
    steps = [(0, Progress("one")), (0, Progress("two"))]

    assert reported(*steps) == ["one", "two"]


def test_counts_come_five_times_a_second_at_most():
    """In between they are dropped, but the last one always comes."""
    steps = [(frame / 100, Progress(done=frame, total=100)) for frame in range(1, 101)]

    lines = reported(*steps)

    assert len(lines) == 6
    assert lines[-1] == "rendering: 100% 100/100 frames"


def test_the_same_count_is_told_once():
    """Progress is a line only when it moved."""
    steps = [(seconds, Progress(done=3, total=9)) for seconds in range(5)]

    assert reported(*steps) == ["rendering: 33% 3/9 frames"]


def test_engines_load_from_files():
    """The way to plug in an engine under development."""
    assert load_engine(f"{ENGINES}:InstantEngine").name == "instant"


@pytest.mark.parametrize("spec", ["nothing.like.it:Engine", "json:Nothing", "x", "no.py:Engine"])
def test_an_engine_that_is_none_is_told_by_name(spec):
    """The message has the spec and the reason."""
    with pytest.raises(ConfigError, match="cannot be used"):
        load_engine(spec)


def test_unusable_engines_do_not_hide_the_others():
    """The rest is loaded, and the trouble is told."""
    engines, troubles = engines_for([f"{ENGINES}:UnusableEngine", f"{ENGINES}:InstantEngine"])

    assert [engine.name for engine in engines] == ["instant"]
    assert "no such card" in troubles[0]


def test_a_task_that_no_engine_can_do_is_refused_by_name():
    """The message says what cannot be made."""
    engines, _ = engines_for([f"{ENGINES}:TextOnlyEngine"])

    with pytest.raises(InvalidRequest, match="no engine here can make image-to-video yet"):
        choose_engine(engines, ENDPOINTS["fal-ai/ltx-2.3/image-to-video"])
