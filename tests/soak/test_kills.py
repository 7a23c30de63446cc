"""`kill -9` at two hundred random moments of a mixed load: what the server promised, it keeps."""

from __future__ import annotations

import hashlib
import random
import threading
import time
import urllib.error
import urllib.request
from collections import Counter

import pytest
from mixed_load import PRO, Callers, check_clip, submission, wait_until_idle
from mortal_server import MortalServer

from ltx_widgets.video.probe import probe

pytestmark = pytest.mark.soak

SEED = 20_260_101
KILLS = 200
# Of five lives, four end some time after the first answer.
STARTED = 0.8
# Long enough for a job to be made in many a life: at the twentieth death one is given up.
LONGEST_LIFE_S = 0.9
LONGEST_IN_JOBS = 1.6
LONGEST_START_S = 0.7


def test_two_hundred_kills_lose_nothing(tmp_path):
    """Server 17: no accepted job lost, none rendered twice to completion, no half file served."""
    dice, ledger = random.Random(SEED), tmp_path / "ledger"
    ledger.touch()
    longest_s = max(LONGEST_LIFE_S, LONGEST_IN_JOBS * first_job_s(tmp_path / "measured"))
    with MortalServer(tmp_path / "state") as server:
        server.keep_port()
        server.kill()
        callers = Callers(server, ledger, seed=SEED)
        began = time.monotonic()
        try:
            early = sum(live_and_die(server, callers, dice, longest_s) for _ in range(KILLS))
            server.start()
        finally:
            callers.end()
        killing_s = time.monotonic() - began
        wait_until_idle(server)
        promises = callers.promises
        told = promises_kept(server, promises)
        server.restart()
        files = files_kept(server, promises, told, tmp_path)
    # All of this says something only where much was asked for.
    assert min(len(told), len(promises.files)) > KILLS
    rendered = Counter(ledger.read_text().split())
    print(
        f"\nseed {SEED}: {KILLS} kills in {killing_s:.0f} s, lives of {longest_s:.1f} s at most, "
        f"{early} ended before an answer; "
        f"{promises.answers} calls answered, {promises.broken} broken; {len(told)} jobs: "
        f"{dict(Counter(told.values()))}; {rendered.total()} whole renders of {len(rendered)} "
        f"jobs; {files} files served whole"
    )
    assert {name: n for name, n in rendered.items() if n > 1} == {}
    assert {name for name, ended in told.items() if ended == "finished"} <= set(rendered)


def first_job_s(folder):
    """How long after its first answer a server has made the longest of the jobs."""
    with MortalServer(folder) as server:
        server.restart()
        began = time.monotonic()
        server.ask(PRO, method="POST", body={"prompt": "frames=5 pace=0.02"})
        wait_until_idle(server)
        return time.monotonic() - began


def live_and_die(server, callers, dice, longest_s):
    """One life of the server; whether it ended before the first answer."""
    callers.go_on(8)
    server.spawn()
    if dice.random() < STARTED:
        server.said()
        threading.Event().wait(dice.uniform(0, longest_s))
    else:
        threading.Event().wait(dice.uniform(0, LONGEST_START_S))
    early = not server.has_spoken()
    server.kill()
    return early


def promises_kept(server, promises):
    """How each job ended, by name; one that was accepted is there."""
    told = {}
    for name, kind in promises.unsure.items():
        try:
            ticket = server.ask(f"/_ltx/submissions/{submission(name)}")
        except urllib.error.HTTPError as error:
            error.close()
            assert name not in promises.jobs.values(), f"{name} was accepted and is lost"
            continue
        told[name] = ended(server, ticket["request_id"])
        allowed = {"failed", "cancelled"} if kind else {"finished", "cancelled"}
        assert told[name] in allowed, name
    assert set(promises.jobs.values()) <= set(told)
    return told


def ended(server, request_id):
    status = server.ask(f"/fal-ai/ltx-2.3/requests/{request_id}/status")
    assert status["status"] == "COMPLETED"
    if "error" not in status:
        return "finished"
    assert status["error_type"] != "internal_error", status["error"]
    return "cancelled" if status["error_type"] == "client_cancelled" else "failed"


def files_kept(server, promises, told, tmp_path):
    """Clips decode, uploads are as they were sent, and nothing half-written lies about."""
    clips = 0
    for job in server.jobs():
        if job["error_type"]:
            continue
        result = server.ask(f"/fal-ai/ltx-2.3/requests/{job['request_id']}")
        clip = tmp_path / "clip.mp4"
        clip.write_bytes(check_clip(server, result["video"]))
        assert probe(clip).num_frames == 5
        clips += 1
    for url, digest in promises.files.items():
        with urllib.request.urlopen(url, timeout=20) as reply:
            assert hashlib.sha256(reply.read()).hexdigest() == digest
    kept = sorted(path.suffix for path in (server.folder / "files").iterdir())
    assert kept == [".mp4"] * Counter(told.values())["finished"] == [".mp4"] * clips
    assert not list((server.folder / "uploads").glob("*.part"))
    assert not list((server.folder / "media").iterdir())
    return clips + len(promises.files)
