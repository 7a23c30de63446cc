"""No room: for a clip, for the history, for the server's queue. The system itself refuses to write.

A limit on the size of files stands in for a full disk: it needs no rights, and can be lifted.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from mortal_server import KEY, MortalServer, environment_of_a_kernel

from ltx_widgets.errors import JobFailed, ServerFault
from ltx_widgets.history import History
from ltx_widgets.session import Session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="another process's limits are Linux's"),
]

KERNEL = """
import resource, sys, ltx_widgets as ltx
from ltx_widgets.errors import ConfigError, JobLost

def room(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

session = ltx.configure(server=sys.argv[1], key=sys.argv[2])
room(1)
try: session.run("never sent")
except ConfigError as error: print(error)
room(resource.RLIM_INFINITY)
job = session.submit("frames=9 pace=0.1")
job.watch(lambda now: now.progress and not now.over and room(600))
try: job.result()
except JobLost as error: print(error)
room(resource.RLIM_INFINITY)
print(ltx.resume(session.jobs()[0].id).result().frames)
"""


@pytest.fixture
def server(tmp_path):
    with MortalServer(tmp_path / "state") as made:
        yield made


@pytest.fixture
def session(server):
    made = Session(server=server.url, key=KEY)
    yield made
    made.close()


def test_a_kernel_without_room_says_what_it_knows(server, home):
    """Nothing is sent that cannot be noted; a clip that finds no room is fetched later."""
    ran = subprocess.run(
        [sys.executable, "-c", KERNEL, server.url, KEY],
        env=environment_of_a_kernel(home),
        capture_output=True,
        text=True,
        timeout=60,
    )

    unsent, lost, frames = ran.stdout.splitlines()
    assert "cannot be written" in unsent
    assert "so nothing was sent" in unsent
    assert "ltx_widgets.resume(" in lost
    assert frames == "5"
    assert len(server.jobs()) == 1
    assert [run.state for run in History(home / "history.db").recent()] == ["finished"]
    assert [path.suffix for path in (home / "clips").iterdir()] == [".mp4"]


def test_a_server_without_room_takes_nothing_on(server, session):
    """Said at once, as a refusal: nothing runs, and the history says failed."""
    session.run("a tiny clip")
    server.limit_files(1)

    with pytest.raises(ServerFault, match="make room on the server"):
        session.run("another")

    server.limit_files(None)
    assert session.run("a third").frames == 5
    assert [run.state for run in session.jobs()] == ["finished", "failed", "finished"]
    assert len(server.jobs()) == 2


def test_a_clip_that_finds_no_room_fails_its_job_in_plain_words(server, session):
    """The job is over, its half a file is gone, and the next one is rendered."""
    session.run("a tiny clip")
    server.limit_files(400, server=False)

    with pytest.raises(JobFailed, match="disk is full"):
        session.run("another")

    server.limit_files(None)
    assert session.run("a third").frames == 5
    assert len(list((server.folder / "files").iterdir())) == 2
