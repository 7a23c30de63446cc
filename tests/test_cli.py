"""The command, as a terminal runs it."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys

import pytest
from page_parts import wait_until

from ltx_widgets.cli import TerminalView
from ltx_widgets.errors import JobCancelled
from ltx_widgets.history import History
from ltx_widgets.session import Session
from ltx_widgets.video.probe import probe
from ltx_widgets.wire import LogLine, Running

COMMAND = [sys.executable, "-m", "ltx_widgets.cli"]


def ltx(*words, **options):
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, **options)


def test_run_makes_an_mp4_with_live_logs(tiny, tmp_path):
    """Where it goes, the log, the bar, and the clip in its place."""
    done = ltx("run", "frames=10 pace=0.03", "-o", str(tmp_path / "clip.mp4"))

    assert done.returncode == 0, done.stderr
    assert "embedded local server" in done.stdout
    assert "log    reading the prompt" in done.stdout
    assert "[####" in done.stdout
    assert probe(tmp_path / "clip.mp4").num_frames == 5
    told = ltx("recipe", str(tmp_path / "clip.mp4"))
    assert json.loads(told.stdout)["request"]["prompt"] == "frames=10 pace=0.03"


def test_a_file_without_a_recipe_says_so(tmp_path):
    """One line, and an exit code."""
    (tmp_path / "clip.mp4").write_bytes(b"")
    done = ltx("recipe", str(tmp_path / "clip.mp4"))

    assert (done.returncode, done.stderr) == (1, "ltx-widgets: clip.mp4 carries no recipe\n")


def test_a_terminal_gets_one_redrawn_line(tiny, tmp_path):
    """On a terminal the bar is redrawn in place."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "run", "frames=10 pace=0.05", "-o", str(tmp_path / "clip.mp4")],
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    said = b""
    while True:
        try:
            said += os.read(leader, 4096)
        except OSError:  # how Linux says that the other end is closed
            break
    os.close(leader)

    assert process.wait() == 0
    assert said.count(b"\r\x1b[K") > 3


def test_every_log_line_is_printed_once(make_job):
    """Also after the 200 lines that a snapshot holds, and where lines say the same words."""
    job, out = make_job(), io.StringIO()
    lines = [LogLine(f"step {number % 7}") for number in range(450)]

    with TerminalView(job, out):
        for end in (150, 300, 450):
            job.advance(Running(tuple(lines[end - 150 : end])))
            wait_until(lambda end=end: out.getvalue().count("\n") >= end)

    assert out.getvalue().splitlines() == [f"log    {line.message}" for line in lines]


def test_bad_options_are_one_line():
    """No traceback, and nothing was sent."""
    done = ltx("run", "a fox", "--duration", "7")

    assert done.returncode == 1
    assert done.stderr == "ltx-widgets: duration: 7 is not offered; choose 6, 8 or 10\n"


@pytest.mark.parametrize("words", [("run",), ("run", "a", "--sped", "3"), ("dance",)])
def test_a_wrong_line_is_one_line(words):
    """What argparse refuses is told without a traceback."""
    done = ltx(*words)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1


def test_dry_run_shows_request_and_price():
    """With a key the price is that of this very request; the key is not shown."""
    words = ("run", "a fox", "--duration", "8", "--resolution", "1440p", "--no-audio", "--dry-run")
    done = ltx(*words, env={**os.environ, "FAL_KEY": "id:canary"})

    assert "$1.28" in done.stdout
    assert '"generate_audio": false' in done.stdout
    assert "canary" not in done.stdout + done.stderr


def test_an_interrupt_cancels_at_the_server(tiny, tmp_path):
    """Ctrl-C ends the command and the render."""
    process = subprocess.Popen(
        [*COMMAND, "run", "frames=400 pace=0.05", "-o", str(tmp_path / "clip.mp4")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "running" not in (line := process.stdout.readline()):
        assert line, process.stderr.read()
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)

    assert process.returncode == 130
    # The command does not wait long for the server to confirm it.
    assert re.search("interrupted; the (job was cancelled|server was asked to cancel)", told)
    session = Session(server="local")
    (run,) = session.jobs()
    if run.state != "cancelled":
        with pytest.raises(JobCancelled):
            session.resume(run).result(60)
    session.close()
    assert "cancelled" in ltx("jobs").stdout


def test_a_reader_that_has_enough_is_no_trouble():
    """As in `ltx-widgets endpoints | head -1`: no traceback."""
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.Popen(
        [*COMMAND, "endpoints"], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    _, told = process.communicate(timeout=30)

    assert (process.returncode, told) == (141, "")


def test_a_run_without_an_answer_is_listed_under_our_name_for_it(home):
    """What `resume` takes, also before the server's id is known."""
    History(home / "history.db").begin(
        endpoint="fal-ai/ltx-2.3/text-to-video",
        place="local",
        url="",
        request={"prompt": "a fox"},
        submission="f00dcafe" * 4,
    )

    assert ltx("jobs").stdout.startswith("f00dcafe  ")


def test_endpoints_are_listed_with_their_prices():
    """All nineteen, and which are live."""
    listed = ltx("endpoints").stdout.splitlines()

    assert len(listed) == 19
    assert "1080p $0.08/s" in listed[0]


def test_stop_ends_the_server(tiny):
    """And says so; a second stop finds none."""
    assert ltx("stop").stdout == "the local server has ended\n"
    assert ltx("stop").stdout == "no local server is running\n"
