"""Sweeps: read whole, priced whole, made once, and found again by any kernel."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from mortal_server import environment_of_a_kernel
from page_parts import wait_until

from ltx_widgets import session as sessions
from ltx_widgets.errors import (
    BudgetExceeded,
    ConfigError,
    InvalidRequest,
    JobFailed,
    SweepIncomplete,
)
from ltx_widgets.server.local import ensure_server, stop_server
from ltx_widgets.session import configure
from ltx_widgets.sweep_cells import Slot
from ltx_widgets.sweeps import open_sweep, plan_sweep

TINY = f"{Path(__file__).with_name('tiny_engine.py')}:TinyEngine"


@pytest.fixture
def ledger(tmp_path):
    """What the engine rendered: the first words of the prompts, counted."""
    path = tmp_path / "ledger"

    class Ledger:
        def prompt(self, word, more=""):
            return f"{word} ledger={path} {more}"

        @property
        def renders(self):
            return Counter(path.read_text().split()) if path.exists() else Counter()

    return Ledger()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A home with a server, shared by the tests that only need clips."""
    folder = tmp_path_factory.mktemp("sweeps")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LTX_ENGINE", TINY)
        ensure_server(folder / "server")
    yield folder
    stop_server(folder / "server")


@pytest.fixture
def again(shared, monkeypatch):
    """Another kernel, as far as this process can be one: a session that knows nothing."""
    monkeypatch.setenv("LTX_WIDGETS_HOME", str(shared))

    def make():
        if sessions._default is not None:
            sessions._default.close()
        return configure(server="local")

    make()
    return make


@pytest.fixture
def desk(home):
    """A session that has made nothing yet; its server is not needed for planning."""
    return configure(server="local")


def test_a_grid_of_two_lists(desk):
    """Crossed in the order given, the last list changing fastest; labels name what differs."""
    sweep = plan_sweep(["a fox", "a cat"], duration=[6, 8], resolution="1080p")

    assert [dict(now.label) for now in sweep.cells] == [
        {"Prompt": "a fox", "Duration": "6 s"},
        {"Prompt": "a fox", "Duration": "8 s"},
        {"Prompt": "a cat", "Duration": "6 s"},
        {"Prompt": "a cat", "Duration": "8 s"},
    ]
    assert {now.phase for now in sweep.cells} == {"waiting"}
    assert repr(sweep) == "Sweep(4 cells, 0 finished)"


def test_equal_cells_are_one(desk):
    """Also where they are only spelled differently."""
    sweep = plan_sweep(["a fox", " a fox "], duration=[6, "6", 6.0], resolution=["1080p"])

    assert len(sweep.cells) == 1
    assert sweep.plan.cells[0].title == "the only one"


def test_a_range_is_a_list_of_values(desk):
    """As people write 6, 8, 10."""
    assert len(plan_sweep("a fox", duration=range(6, 11, 2)).cells) == 3


def test_an_array_is_one_picture(desk):
    """A list of arrays is a list of pictures; each is read once for all of its cells."""
    one, two = np.zeros((360, 640, 3), np.uint8), np.full((360, 640, 3), 200, np.uint8)

    assert len(plan_sweep("it moves", image=one).cells) == 1
    sweep = plan_sweep("it moves", image=[one, two], duration=[6, 8])
    assert [now.label["Image"] for now in sweep.cells] == ["image 1"] * 2 + ["image 2"] * 2
    assert len({cell.media["image_url"] for cell in sweep.plan.cells}) == 2
    drafts = [cell.ready.media["image_url"] for cell in sweep.plan.cells]
    assert drafts[0] is drafts[1]


def test_endpoints_can_be_compared(desk):
    """The same request at two models."""
    fast = "ltx-2.3/text-to-video/fast"
    sweep = plan_sweep("a fox", endpoint=["ltx-2.3/text-to-video", fast])

    assert [cell.endpoint.removeprefix("fal-ai/") for cell in sweep.plan.cells] == [
        "ltx-2.3/text-to-video",
        fast,
    ]
    assert sweep.cells[1].label == {"Endpoint": fast}


def test_fields_of_a_form_with_lists_on_top(desk):
    """What is named goes before what the form has."""
    sweep = plan_sweep(base={"prompt": "a fox", "duration": 6}, duration=[8, 10])

    assert [cell.fields["duration"] for cell in sweep.plan.cells] == [8, 10]


def test_every_problem_of_every_cell_at_once(desk):
    """Each is told once, with the cells that it is in; nothing is kept and nothing sent."""
    with pytest.raises(InvalidRequest) as refused:
        plan_sweep(["a fox", "a cat"], duration=[6, 7], resolution=["1080p", "8K"])

    told = [str(problem) for problem in refused.value.problems]
    assert len(told) == 2
    assert any(
        "7" in text and "in 4 of 8 cells: Prompt: a fox, Duration: 7" in text for text in told
    )
    assert any("8K" in text for text in told)
    assert not (sessions.default_session().folder / "sweeps").exists()


def test_a_large_grid_has_to_be_asked_for(desk):
    """Nobody pays for a hundred clips by a slip."""
    prompts = [f"fox {n}" for n in range(33)]

    with pytest.raises(InvalidRequest, match=r"66 cells \(33 prompt x 2 duration\).*most=66"):
        plan_sweep(prompts, duration=[6, 8])
    assert len(plan_sweep(prompts, duration=[6, 8], most=66).cells) == 66


def test_an_empty_list_is_no_value(desk):
    """The message names the field."""
    with pytest.raises(InvalidRequest, match="duration: the list is empty"):
        plan_sweep("a fox", duration=[])


def test_the_price_of_the_whole(home):
    """Before anything is sent: 2 x 6 s and 2 x 8 s at 0.08 dollars."""
    configure(key="id:secret")
    sweep = plan_sweep(["a fox", "a cat"], duration=[6, 8])

    assert str(sweep.quote) == "4 clips, $2.24"
    assert sessions.default_session().history.recent() == []


def test_a_budget_holds_for_the_whole(home):
    """A sweep that the day's budget does not allow to end is not begun."""
    configure(key="id:secret", budget=2.0)
    sweep = plan_sweep(["a fox", "a cat"], duration=[6, 8])

    with pytest.raises(BudgetExceeded, match=r"2\.24"):
        sweep.start()
    assert sessions.default_session().history.recent() == []
    assert {now.phase for now in sweep.cells} == {"waiting"}


def test_a_sweep_is_made_and_found_again(again, ledger):
    """A later kernel has the clips without a request; a longer list pays for what is new."""
    prompts = [ledger.prompt("fox"), ledger.prompt("cat")]
    clips = plan_sweep(prompts).result(60)

    assert [clip.request["prompt"] for clip in clips] == [prompt.strip() for prompt in prompts]
    session = again()
    found = plan_sweep(prompts)
    assert ([now.phase for now in found.cells], found.quote.cells) == (["finished"] * 2, 0)
    assert [clip.path for clip in found.result(60)] == [clip.path for clip in clips]
    assert [clip.path for clip in found.clips] == [clip.path for clip in clips]
    more = plan_sweep([*prompts, ledger.prompt("owl")])
    assert (more.quote.cells, len(more.result(60))) == (1, 3)
    assert ledger.renders == {"fox": 1, "cat": 1, "owl": 1}
    assert [len(session.history.in_batch(f"{made.id}/%")) for made in (found, more)] == [2, 1]


def test_a_fresh_sweep_uses_nothing_of_before(again, ledger):
    """For who wants other clips of the same requests."""
    plan_sweep(ledger.prompt("fox")).result(60)
    plan_sweep(ledger.prompt("fox"), fresh=True).result(60)

    assert ledger.renders == {"fox": 2}


def test_the_same_sweep_is_one_object(desk):
    """So that a cell that is run again shows what is under way."""
    assert plan_sweep(["a", "b"]) is plan_sweep(["a", "b"])


def test_so_many_at_a_time(again, ledger):
    """The others wait here, not in the queue."""
    sweep = plan_sweep(
        [ledger.prompt(f"fox{n}", "pace=0.02 frames=5") for n in range(6)], at_once=2
    )
    sweep.result(60)

    runs = sweep.session.history.in_batch(f"{sweep.id}/%")
    busy = [sum(one.started <= run.started < one.ended for one in runs) for run in runs]
    assert max(busy) == 2
    assert len(sweep.clips) == 6


def test_a_broken_cell_leaves_the_others(again, ledger):
    """What failed is told by its cell; retry sends that one alone."""
    sweep = plan_sweep([ledger.prompt("fox"), "please fail"])

    with pytest.raises(SweepIncomplete, match="1 of 2 cells") as incomplete:
        sweep.result(60)
    assert isinstance(incomplete.value.failures["Prompt: please fail"], JobFailed)
    assert len(sweep.clips) == 1
    (failed,) = [now for now in sweep.cells if now.phase == "failed"]
    assert "no paint left" in failed.message
    sweep.retry(failed.key)
    with pytest.raises(SweepIncomplete):
        sweep.result(60)
    assert len(sweep.session.history.in_batch(f"{sweep.id}/%")) == 3
    assert ledger.renders == {"fox": 1}


def test_a_failed_cell_always_has_its_reason(desk, make_job):
    """Also in the moment in which its job knows it and the sweep does not yet."""
    slot = Slot(plan_sweep("a fox", duration=[6]).plan.cells[0])
    slot.job = make_job()
    slot.job.fail(JobFailed("no paint left", request_id="r1"))

    assert (slot.error, slot.now().phase, slot.now().message) == (None, "failed", "no paint left")


def test_cancel_sends_nothing_more(again, ledger):
    """What runs is cancelled at the server, what waits stays unsent and can be started later."""
    sweep = plan_sweep([ledger.prompt("a", "frames=200 pace=0.05"), ledger.prompt("b")], at_once=1)
    sweep.start()
    wait_until(lambda: sweep.cells[0].phase == "running")
    sweep.cancel()
    wait_until(lambda: sweep.over)

    assert [now.phase for now in sweep.cells] == ["cancelled", "waiting"]
    with pytest.raises(SweepIncomplete):
        sweep.result(60)
    assert [now.phase for now in sweep.cells] == ["cancelled", "finished"]


def test_a_sweep_with_media_is_opened_by_its_id(again):
    """From the plan on disk, with the files that it names; one that changed is not sent."""
    picture = np.zeros((360, 640, 3), np.uint8)
    planned = plan_sweep(["it moves", "it turns"], image=picture)
    planned.plan.keep(planned.session.folder / "sweeps")
    again()

    opened = open_sweep(planned.id[6:12])
    assert [now.label for now in opened.cells] == [now.label for now in planned.cells]
    assert len(opened.result(60)) == 2
    changed = Path(planned.plan.cells[0].media["image_url"])
    again()
    changed.write_bytes(changed.read_bytes() + b"\0")
    opened = open_sweep()
    assert {now.phase for now in opened.cells} == {"finished"}
    with pytest.raises(InvalidRequest, match="not what it was"):
        opened.plan.cells[0].draft(opened.session.request, opened.plan.salt)


def test_there_is_no_such_sweep(desk):
    """The message says what was looked for."""
    with pytest.raises(InvalidRequest, match="no sweep was planned here with an id 'nope'"):
        open_sweep("nope")


def test_a_damaged_plan_is_an_error_of_ours(desk):
    """It says that nothing is lost."""
    folder = desk.folder / "sweeps"
    folder.mkdir()
    (folder / "sweep-1234.json").write_text("{")

    with pytest.raises(ConfigError, match="what it has made already is found"):
        open_sweep("1234")


def test_a_clip_to_keep_is_marked_in_the_history(again):
    """Any kernel sees the mark; it can be taken away."""
    sweep = plan_sweep(["a fox to keep", "a cat"])
    sweep.result(60)
    first = sweep.cells[0].key
    sweep.keep(first)

    again()
    found = plan_sweep(["a fox to keep", "a cat"])
    assert [now.kept for now in found.cells] == [True, False]
    found.keep(first, kept=False)
    again()
    assert not any(now.kept for now in plan_sweep(["a fox to keep", "a cat"]).cells)


def test_the_sheet_as_html(again):
    """Films with captions, escaped, within 1.5 MB; what has no clip says why."""
    sweep = plan_sweep(["a <b>fox</b>", "please fail"])
    with pytest.raises(SweepIncomplete):
        sweep.result(60)

    html = sweep._repr_mimebundle_()["text/html"]
    assert html.count("<video") == 1
    assert "a &lt;b&gt;fox&lt;/b&gt;" in html
    assert "failed: " in html
    assert "&lt;b&gt;&amp; no brush" in html
    assert len(html) < 1_500_000


KERNEL = """
import sys, ltx_widgets as ltx
from ltx_widgets.sweeps import plan_sweep
ltx.configure(server="local")
sweep = plan_sweep(sys.argv[1:], at_once=2)
print(sweep.id, flush=True)
print(len(sweep.result(60)), flush=True)
"""


def kernel(home, *prompts):
    environ = {**environment_of_a_kernel(home), "LTX_ENGINE": TINY}
    command = [sys.executable, "-W", "error", "-c", KERNEL, *prompts]
    return subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE)


@pytest.mark.slow
def test_a_killed_kernel_pays_nothing_twice(tiny, home, ledger):
    """Killed with two cells made, one running and one to come: the next one makes the rest."""
    prompts = [
        *(ledger.prompt("a"), ledger.prompt("b")),
        *(ledger.prompt("c", "frames=40 pace=0.05"), ledger.prompt("d", "frames=40 pace=0.05")),
        ledger.prompt("e"),
    ]
    first = kernel(home, *prompts)
    name = first.stdout.readline().strip()
    history = configure(server="local").history
    while [run.state for run in history.in_batch(f"{name}/%")] != ["running"] * 2 + [
        "finished"
    ] * 2:
        assert first.poll() is None
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    first.stdout.close()

    opened = open_sweep(name)
    assert [now.phase for now in opened.cells] == ["finished"] * 2 + ["running"] * 2 + ["waiting"]
    assert len(opened.result(60)) == 5
    assert ledger.renders == dict.fromkeys("abcde", 1)


@pytest.mark.slow
def test_two_kernels_pay_nothing_twice(tiny, home, ledger):
    """Both get every clip of the same sweep; each cell was rendered once."""
    prompts = [ledger.prompt(word, "frames=4 pace=0.05") for word in "abcdef"]
    kernels = [kernel(home, *prompts) for _ in range(2)]

    told = [made.communicate(timeout=90)[0].split() for made in kernels]
    assert told[0] == told[1]
    assert told[0][1] == "6"
    assert ledger.renders == dict.fromkeys("abcdef", 1)
