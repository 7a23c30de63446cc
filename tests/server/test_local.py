"""The embedded server from a kernel's side."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import psutil
import pytest

from ltx_widgets.errors import ConfigError, TransportTimeout
from ltx_widgets.server.local import ensure_server, find_server, stop_server
from ltx_widgets.server.settings import child_environment

ENGINES = Path(__file__).with_name("engines_for_tests.py")
KERNEL = """
import sys
from pathlib import Path
from ltx_widgets.server.local import ensure_server
input()
print(ensure_server(Path(sys.argv[1]), idle_s=60).pid)
"""

# A note whose process is alive and whose address is not.
NOTE = '{"url": "%s", "pid": 1, "key": "k", "version": "0", "started": 0}'
BROKEN_NOTES = [
    *("", "{", "[]", '{"url": 1}'),
    *(NOTE % url for url in ("", "http://127.0.0.1:1", "http://[", "http://127.0.0.1:x")),
]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "state"
    yield folder
    if folder.exists():
        stop_server(folder)


def test_it_is_started_and_found_again(folder):
    """The second call returns the first one's server."""
    first = ensure_server(folder, idle_s=60)

    assert ensure_server(folder) == first
    assert find_server(folder) == first
    assert first.url.startswith("http://127.0.0.1:")
    assert "key" not in repr(first).lower().replace("key=secret(…)", "")


def test_stopping_waits_for_the_end(folder):
    """Afterwards nothing is found, nothing runs, and a new one can start."""
    first = ensure_server(folder, idle_s=60)
    process = psutil.Process(first.pid)

    assert stop_server(folder)
    assert find_server(folder) is None
    # On a busy machine its last moment may take a while. A number may soon be another's.
    psutil.wait_procs([process], timeout=10)
    assert not process.is_running()
    assert not stop_server(folder)
    assert ensure_server(folder, idle_s=60) != first


def test_two_kernels_get_one_server(folder):
    """Starting at the same moment makes no second one."""
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", KERNEL, str(folder)],
            env=child_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for kernel in kernels:
        kernel.stdin.write("\n")
        kernel.stdin.flush()
    pids = [kernel.communicate()[0].strip() for kernel in kernels]

    assert pids == [str(find_server(folder).pid)] * 4


def test_it_outlives_the_kernel_that_started_it(folder):
    """A restarted kernel finds its jobs where they were."""
    done = subprocess.run(
        [sys.executable, "-c", KERNEL, str(folder)],
        env=child_environment(),
        input="\n",
        capture_output=True,
        text=True,
        check=True,
    )

    assert find_server(folder).pid == int(done.stdout)


def test_a_killed_one_is_replaced(folder):
    """Its note is still there and does no harm."""
    first = ensure_server(folder, idle_s=60)
    os.kill(first.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first.pid)], 5)

    assert (folder / "server.json").exists()
    assert ensure_server(folder, idle_s=60).pid != first.pid


@pytest.mark.parametrize("note", [*BROKEN_NOTES])
def test_a_broken_note_is_no_server(folder, note):
    """Whatever is in it, nobody is found and nothing is raised."""
    folder.mkdir()
    (folder / "server.json").write_text(note)

    assert find_server(folder) is None


def test_the_hosted_key_stays_with_the_kernel(folder, monkeypatch):
    """A server that draws previews has no business with it."""
    for name in ("FAL_KEY", "FAL_KEY_ID", "FAL_KEY_SECRET", "LTX_SERVER_KEY"):
        monkeypatch.setenv(name, "hush")

    server = ensure_server(folder, idle_s=60)

    assert "hush" not in psutil.Process(server.pid).environ().values()
    assert server.key.reveal() != "hush"


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be paused there")
def test_one_that_is_too_busy_to_answer_is_waited_for(folder, monkeypatch):
    """It is neither taken for none nor replaced; and where it stays silent, that is said."""
    first = ensure_server(folder, idle_s=60)
    monkeypatch.setattr("ltx_widgets.server.local._ANSWER_S", 0.1)
    os.kill(first.pid, signal.SIGSTOP)
    try:
        with pytest.raises(TransportTimeout, match=f"{first.pid}.* runs and does not answer"):
            stop_server(folder, timeout_s=0.3)
        goes_on = threading.Timer(0.5, os.kill, (first.pid, signal.SIGCONT))
        goes_on.start()

        assert ensure_server(folder, idle_s=60) == first
    finally:
        os.kill(first.pid, signal.SIGCONT)


def of_another_version(folder):
    """Make the running server look like that of an older installation."""
    note = folder / "server.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "version": "0.0.1"}))


def test_an_older_one_is_replaced(folder):
    """After an update, the next kernel gets a server of its own version."""
    first = ensure_server(folder, idle_s=60)
    process = psutil.Process(first.pid)
    of_another_version(folder)

    second = ensure_server(folder, idle_s=60)

    assert second.pid != first.pid
    psutil.wait_procs([process], timeout=10)
    assert not process.is_running()


def test_an_older_one_with_work_is_kept(folder, monkeypatch):
    """An update interrupts no render."""
    monkeypatch.setenv("LTX_ENGINE", f"{ENGINES}:SlowEngine")
    first = ensure_server(folder, idle_s=60)
    httpx.post(
        f"{first.url}/fal-ai/ltx-2.3/text-to-video",
        json={"prompt": "a frames=5000"},
        headers={"Authorization": f"Key {first.key.reveal()}"},
    ).raise_for_status()
    of_another_version(folder)

    assert ensure_server(folder) == first


def test_a_failed_start_shows_the_log(folder):
    """The message has the reason, not only an exit code."""
    folder.mkdir()
    (folder / "queue.db").write_bytes(b"something else entirely " * 99)

    with pytest.raises(ConfigError, match=r"(?s)exit code 1.*no queue of ours") as caught:
        ensure_server(folder)

    assert "Traceback" not in str(caught.value)


def test_a_kernel_pays_for_no_web_framework():
    """Importing this side costs neither starlette, uvicorn nor httpx."""
    code = "import ltx_widgets.server.local, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=child_environment(),
        capture_output=True,
        text=True,
        check=True,
    )

    assert not {"starlette", "uvicorn", "httpx", "h11"} & set(done.stdout.split())
