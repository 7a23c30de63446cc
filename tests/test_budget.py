"""A bound on what a day may cost, whichever way a request takes."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

import ltx_widgets as ltx
from ltx_widgets import session as sessions
from ltx_widgets.budget import Budget, read_budget, today
from ltx_widgets.errors import BudgetExceeded, ConfigError
from ltx_widgets.history import History

RUN = {"endpoint": "a/b", "place": "hosted", "url": "https://x", "request": {}}
FOX = {"prompt": "a red fox", "duration": 6}  # $0.48 at LTX-2.3 pro
KEY = "canary-key-id:canary-key-secret"


@pytest.fixture
def hosted(tmp_path, monkeypatch):
    """The shared session with a key for fal and five dollars a day; nothing is ever sent by it."""
    monkeypatch.setenv("LTX_WIDGETS_HOME", str(tmp_path))
    monkeypatch.setattr(sessions, "_default", None)
    session = ltx.configure(key=KEY, budget=5)
    yield session
    session.close()


def spend(session, usd):
    """Write a run of today into the history, as another kernel would."""
    session.history.finished(
        session.history.begin(**RUN, price=usd), clip=session.folder / "c.mp4", facts={}
    )


def test_what_fits_is_let_through():
    """Up to the last cent, however a sum of cents is rounded."""
    Budget(0.3).check(0.1 + 0.1, 0.1)
    Budget(0).check(0, 0)

    with pytest.raises(BudgetExceeded):
        Budget(0.3).check(0.1 + 0.1, 0.11)


def test_a_price_that_is_not_known_is_refused():
    """A bound that lets through what it cannot count would be none."""
    with pytest.raises(BudgetExceeded, match="length of its media, which is not known here"):
        Budget(100).check(0, None)


@pytest.mark.parametrize("usd", ["five", "-1", "nan", "inf", -0.01, True])
def test_a_budget_is_an_amount(usd):
    """Anything else is refused where it is set, and named."""
    with pytest.raises(ConfigError, match=r"US dollars a day, such as 5\.00, got"):
        read_budget(usd)


def test_a_budget_is_read_from_the_environment():
    """An argument goes before it; an empty variable is none."""
    assert read_budget(None, environ={"LTX_BUDGET": " 2.50 "}) == Budget(2.5)
    assert read_budget(1, environ={"LTX_BUDGET": "2.50"}) == Budget(1)
    assert read_budget(None, environ={"LTX_BUDGET": ""}) is None


def test_a_day_begins_at_this_computer_s_midnight():
    """Not longer ago than a day, and with its offset."""
    assert timedelta(0) <= datetime.now(UTC) - today() <= timedelta(hours=25)
    assert (today().hour, today().minute) == (0, 0)


def test_a_request_over_the_budget_is_refused_before_it_is_sent(hosted):
    """The error says what was spent, what this costs, and what to do; the history has no run."""
    spend(hosted, 4.6)

    with pytest.raises(BudgetExceeded) as refused:
        hosted.submit(**FOX)

    assert (refused.value.spent, refused.value.price, refused.value.budget) == (4.6, 0.48, 5)
    assert "this may cost $0.48, and $4.60 of today's budget of $5.00" in str(refused.value)
    assert "ltx_widgets.configure(budget=…)" in str(refused.value)
    assert len(hosted.jobs()) == 1


@pytest.mark.parametrize("send", [ltx.run, ltx.submit], ids=["run", "submit"])
def test_every_call_is_bound(hosted, send):
    """Also one that would block."""
    spend(hosted, 5)

    with pytest.raises(BudgetExceeded):
        send(**FOX)


def test_what_failed_leaves_room(hosted):
    """A run that is not charged does not count."""
    hosted.history.ended(hosted.history.begin(**RUN, price=5), "failed", "its fault")

    hosted.spending.check([hosted.estimate(hosted.request(**FOX))])


def test_yesterday_does_not_count(hosted, monkeypatch):
    """The day that counts is this one."""
    spend(hosted, 5)
    monkeypatch.setattr("ltx_widgets.spending.today", lambda: today() + timedelta(days=1))

    assert hosted.spending.of_today == 0


def test_many_are_judged_together(hosted):
    """A sweep of ten at $0.48 fits, one of eleven does not."""
    one = hosted.estimate(hosted.request(**FOX))

    hosted.spending.check([one] * 10)
    with pytest.raises(BudgetExceeded):
        hosted.spending.check([one] * 11)


def test_what_is_free_is_never_refused(hosted):
    """A budget is about money."""
    ltx.configure(server="local", budget=0)

    draft = sessions.default_session().request(**FOX)
    sessions.default_session().spending.check([sessions.default_session().estimate(draft)])


def test_another_key_does_not_lift_it(hosted):
    """A budget stays until it is set anew, and setting it leaves the place as it is."""
    assert ltx.configure(key=KEY).spending.budget == Budget(5)
    assert ltx.configure(budget=7).target.place == "hosted"
    assert ltx.configure(budget=None).spending.budget is None


def test_two_threads_cannot_both_take_what_is_left(tmp_path):
    """The look and the note are one transaction."""
    history = History(tmp_path / "history.db")
    start, refused = threading.Barrier(8), []

    def begin():
        start.wait()
        try:
            history.begin(**RUN, price=1, budget=Budget(3))
        except BudgetExceeded as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(history.recent()) == 3
    assert len(refused) == 5


RACE = """
import sys
from pathlib import Path
from ltx_widgets.budget import Budget
from ltx_widgets.errors import BudgetExceeded
from ltx_widgets.history import History
history = History(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
try:
    for _ in range(10):
        history.begin(endpoint="a/b", place="hosted", url="", request={}, price=1, budget=Budget(6))
except BudgetExceeded as error:
    print(error)
"""


def test_two_kernels_cannot_both_take_what_is_left(tmp_path):
    """Two processes that start at once send no more than the budget between them."""
    path = tmp_path / "history.db"
    command = [sys.executable, "-c", RACE, str(path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as stack:
        kernels = [stack.enter_context(subprocess.Popen(command, **pipes)) for _ in range(2)]
        for kernel in kernels:
            assert kernel.stdout.readline() == "ready\n"
        for kernel in kernels:
            kernel.stdin.write("\n")
            kernel.stdin.flush()
        told = [kernel.communicate()[0] for kernel in kernels]

    assert len(History(path).recent(100)) == 6
    assert all("$6.00 of today's budget of $6.00" in text for text in told)


def test_the_command_says_it(tmp_path):
    """One line, and no traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "ltx_widgets.cli", "run", "a red fox"],
        env={
            "LTX_WIDGETS_HOME": str(tmp_path),
            "FAL_KEY": KEY,
            "LTX_BUDGET": "0.40",
            "PYTHONPATH": ":".join(sys.path),
        },
        capture_output=True,
        text=True,
    )

    assert ended.returncode != 0
    assert "this may cost $0.48" in ended.stderr
    assert "Traceback" not in ended.stderr
