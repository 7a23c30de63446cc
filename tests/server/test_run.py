"""A server process from its start to its end."""

import json
import os
import signal
import stat

import psutil
import pytest

from ltx_widgets.server.store import Store


def test_the_note_is_for_its_owner_only(start):
    """server.json has mode 0600 and everything that it takes to find the server."""
    server = start()
    note = server.state_dir / "server.json"

    facts = json.loads(note.read_text())
    assert stat.S_IMODE(note.stat().st_mode) == 0o600
    assert set(facts) == {"url", "pid", "key", "version", "started"}
    assert facts["pid"] == server.process.pid
    assert len(facts["key"]) >= 40


def test_the_key_is_nowhere_else(start):
    """Not in the log, not in the output, not in any process's arguments."""
    server = start()
    server.wait(server.submit("a fox"))
    key = server.running.key.reveal()
    process = psutil.Process(server.process.pid)
    arguments = [part for p in (process, *process.children()) for part in p.cmdline()]
    server.process.terminate()
    rest = server.process.stdout.read()

    assert key not in server.said + rest
    assert str(server.state_dir / "server.json") in rest
    assert not any(key in part for part in arguments)
    assert key not in (server.state_dir / "server.log").read_text()


def test_prompts_are_not_logged(start):
    """The log is for complaints; what people write is theirs."""
    server = start()
    server.wait(server.submit("burst of a secret plan"))
    server.process.terminate()
    server.ended()

    log = (server.state_dir / "server.log").read_text()
    assert "RuntimeError: a bug" in log
    assert "secret" not in log


def test_a_key_from_the_environment_is_used(start, monkeypatch):
    """So that a server run by hand can be given the key that its users have."""
    monkeypatch.setenv("LTX_SERVER_KEY", "chosen")

    assert start(environ=os.environ).running.key.reveal() == "chosen"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(start, number):
    """Exit code 0, no note left, no worker left, the running job queued again."""
    server = start(engines=("SlowEngine",))
    ticket = server.submit("a frames=5000")
    server.wait_for(ticket, "IN_PROGRESS", lines=2)
    workers = psutil.Process(server.process.pid).children()
    server.process.send_signal(number)

    assert server.ended() == 0
    assert not (server.state_dir / "server.json").exists()
    assert not any(worker.is_running() for worker in workers)
    store = Store(server.state_dir / "queue.db")
    job = store.job(ticket["request_id"])
    store.close()
    assert (job.state, job.attempt) == ("queued", 0)
    assert list((server.state_dir / "files").iterdir()) == []


def test_a_signal_to_the_whole_group_costs_no_attempt(start):
    """Workers leave it to the server what a signal means."""
    server = start(engines=("SlowEngine",))
    ticket = server.submit("a frames=5000")
    server.wait_for(ticket, "IN_PROGRESS", lines=2)
    for process in (*psutil.Process(server.process.pid).children(), server.process):
        process.send_signal(signal.SIGTERM)

    assert server.ended() == 0
    store = Store(server.state_dir / "queue.db")
    assert store.job(ticket["request_id"]).attempt == 0
    store.close()


def test_streams_end_with_the_server(start):
    """A reader is let go; its job goes on with the next server."""
    server = start(engines=("SlowEngine",))
    ticket = server.submit("a frames=5000")
    server.wait_for(ticket, "IN_PROGRESS")
    stream = server.events(ticket)
    next(stream)
    assert server.http.post("/_ltx/shutdown").status_code == 202

    rest = list(stream)

    assert "COMPLETED" not in [event["status"] for event in rest]
    assert server.ended() == 0


def test_it_ends_when_nobody_needs_it(start):
    """After the idle time, cleanly."""
    server = start("--idle", "0.3")

    assert server.ended() == 0
    assert not (server.state_dir / "server.json").exists()


def test_it_stays_while_there_is_work(start):
    """A render that takes longer than the idle time is finished first."""
    first = start(engines=("SlowEngine",))
    ticket = first.submit("a frames=40")
    first.process.terminate()
    first.ended()

    # The job waits already: a server that is idle for 0.2 s before it hears of one may end.
    second = start("--idle", "0.2", engines=("SlowEngine",))
    assert second.ended() == 0

    store = Store(second.state_dir / "queue.db")
    assert store.job(ticket["request_id"]).result is not None
    store.close()


def test_a_folder_has_one_server(start):
    """The second is told where the first is."""
    first, second = start(), start()

    assert second.ended() == 1
    assert first.running.url in second.said
    assert first.http.get("/_ltx/health").status_code == 200


def test_a_taken_port_is_told(start, tmp_path):
    """The message names the address."""
    first = start()
    port = str(first.http.base_url.port)

    second = start("--port", port, state_dir=tmp_path / "other")

    assert second.ended() == 1
    assert f"127.0.0.1:{port}" in second.said


def test_other_computers_are_let_in_on_request_only(start):
    """A public address needs a word more."""
    server = start("--host", "0.0.0.0")

    said = server.said + server.process.stdout.read()
    assert server.ended() == 2
    assert "--allow-remote" in said


def test_a_server_for_others_answers_to_any_name(start):
    """With that word, the Host is not checked, but the key is."""
    server = start("--host", "0.0.0.0", "--allow-remote")
    health = server.http.get("/_ltx/health", headers={"Host": "gpu-box:80"})

    assert health.status_code == 200
    assert server.http.get("/_ltx/health", headers={"Authorization": ""}).status_code == 401


def test_health_says_who_it_is(server):
    """Name, version, process and the queue's length."""
    facts = server.http.get("/_ltx/health").json()

    assert (facts["name"], facts["pid"]) == ("ltx_widgets", server.process.pid)
    assert set(facts["jobs"]) == {"queued", "running", "finished"}
