"""The record of every run."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ltx_widgets.errors import ConfigError
from ltx_widgets.history import History

REQUEST = {"prompt": "é {x}", "duration": 6}


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history.db")


def begin(history):
    return history.begin(endpoint="a/b", place="hosted", url="https://x", request=REQUEST)


def test_a_run_is_on_disk_before_it_is_sent(history):
    """A kernel killed between sending and the reply leaves a trace."""
    begin(history)

    (run,) = History(history.path).recent()
    assert (run.state, run.request_id, run.request) == ("sending", None, REQUEST)


def test_a_run_from_begin_to_end(history):
    """Id, clip and facts are kept."""
    number = begin(history)
    history.accepted(number, "r1")
    history.finished(number, clip=Path("/c.mp4"), facts={"cost": "free"})

    (run,) = history.matching("r1")
    assert (run.state, run.clip, run.facts) == ("finished", Path("/c.mp4"), {"cost": "free"})
    assert run.ended >= run.started


def test_a_beginning_of_the_id_finds_the_run(history):
    """As many as begin like that, and no pattern is read into it."""
    for request_id in ("abc-1", "abd-2"):
        history.accepted(begin(history), request_id)

    assert [run.request_id for run in history.matching("abd")] == ["abd-2"]
    assert len(history.matching("ab")) == 2
    assert history.matching("%") == history.matching("zzz") == []


def test_a_finished_run_stays_finished(history):
    """A later failure to look at it again does not change that its clip is here."""
    number = begin(history)
    history.accepted(number, "r1")
    history.finished(number, clip=Path("/c.mp4"), facts={})
    history.ended(number, "failed", "not found any more")

    assert history.matching("r1")[0].state == "finished"


def test_a_damaged_history_is_a_clear_error(tmp_path):
    """It names the file and what to do."""
    (tmp_path / "history.db").write_bytes(b"no database")

    with pytest.raises(ConfigError, match="cannot be opened"):
        History(tmp_path / "history.db")


def test_the_newest_come_first(history):
    """And no more than asked for."""
    numbers = [begin(history) for _ in range(5)]

    assert [run.number for run in history.recent(3)] == numbers[:1:-1]


def test_it_is_for_its_owner(history):
    """Prompts are private."""
    assert stat.S_IMODE(history.path.stat().st_mode) == 0o600


def test_two_kernels_at_once_lose_nothing(history):
    """Several processes write to one history."""
    code = (
        "import sys; from pathlib import Path; from ltx_widgets.history import History\n"
        "h = History(Path(sys.argv[1]))\n"
        "for n in range(25):\n"
        "    h.accepted(h.begin(endpoint='a/b', place='local', url='', request={}),"
        " f'{sys.argv[2]}-{n}')\n"
    )
    kernels = [
        subprocess.Popen([sys.executable, "-c", code, str(history.path), name]) for name in "xyz"
    ]

    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0]
    assert len(history.recent(1000)) == 75


def test_a_request_that_cannot_be_noted_is_not_sent(history):
    """What nobody could find again must not cost money."""
    history.path.write_bytes(b"no database")

    with pytest.raises(ConfigError, match="nothing was sent"):
        begin(history)


def test_a_note_that_fails_loses_no_job(history, caplog):
    """The id is in the log instead."""
    number = begin(history)
    history.path.write_bytes(b"no database")
    history.accepted(number, "r1")

    assert "r1" in caplog.text


def test_many_kernels_may_be_the_first(tmp_path):
    """However many make the file at once, each gets a whole one."""
    ready = threading.Barrier(8)

    def make(_):
        ready.wait(20)
        return History(tmp_path / "history.db").begin(
            endpoint="e", place="local", url="", request={}, submission="s"
        )

    with ThreadPoolExecutor(8) as kernels:
        numbers = list(kernels.map(make, range(8)))

    assert sorted(numbers) == list(range(1, 9))


def test_a_file_of_before_gets_what_it_lacks(tmp_path):
    """Its runs stay, and new ones have everything."""
    path = tmp_path / "history.db"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TABLE runs (number INTEGER PRIMARY KEY, request_id TEXT UNIQUE, endpoint TEXT,"
            " place TEXT, url TEXT, request TEXT, state TEXT, started TEXT, ended TEXT, clip TEXT,"
            " facts TEXT, error TEXT)"
        )
        db.execute(
            "INSERT INTO runs VALUES (1, 'r1', 'a/b', 'hosted', '', '{}', 'finished',"
            " '2026-11-01T10:00:00.000+00:00', NULL, NULL, NULL, NULL)"
        )
    history = History(path)
    history.begin(endpoint="a/b", place="local", url="", request={}, batch="b1", price=0.5)

    new, old = history.recent()
    assert (old.request_id, old.batch, old.price, old.removed) == ("r1", None, None, None)
    assert (new.batch, new.price) == ("b1", 0.5)


def test_what_was_spent_counts_the_service_s_own_count(history):
    """Expected dollars until the service has told its own; nothing for what failed."""
    now = datetime.now(UTC)
    prices = {"endpoint": "a/b", "place": "hosted", "url": "", "request": {}, "price": 0.48}
    history.begin(**prices)
    history.ended(history.begin(**prices), "failed", "its fault")
    history.finished(history.begin(**prices), clip=Path("/c.mp4"), facts={}, price=0.4)
    begin(history)

    assert history.spent(now - timedelta(seconds=1)) == pytest.approx(0.88)
    assert history.spent(now + timedelta(hours=1)) == 0


FIRST = """
import sys
from pathlib import Path
from ltx_widgets.history import History
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    History(Path(sys.argv[1]) / f"{number}.db")
"""


def test_kernels_that_make_it_at_once(tmp_path):
    """SQLite refuses a file's first change of mode while another process is at it; we wait."""
    command = [sys.executable, "-c", FIRST, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with ExitStack() as stack:
        kernels = [stack.enter_context(subprocess.Popen(command, **pipes)) for _ in range(4)]
        for kernel in kernels:
            assert kernel.stdout.readline() == "ready\n"
        for kernel in kernels:
            kernel.stdin.write("\n")
            kernel.stdin.close()

    assert [kernel.returncode for kernel in kernels] == [0] * 4


def test_a_whole_id_is_no_beginning(history):
    """A clip without an id is of no run, and neither is one with the beginning of another's."""
    history.accepted(begin(history), "abc-1")

    assert history.of_request("abc-1").request_id == "abc-1"
    assert history.of_request("abc") is history.of_request("") is None
