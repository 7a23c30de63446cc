"""A mixed load on a server that is killed now and then: several callers, each a thread.

What a caller was promised is written down; `Promises.kept` looks at the end whether it was kept.
"""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import random
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field

PRO = "/fal-ai/ltx-2.3/text-to-video"
_DOWN = (OSError, http.client.HTTPException, ValueError)


@dataclass
class Promises:
    """What the server said it has.

    Attributes:
        jobs: Prompt's first word by request id, of accepted submits.
        unsure: Submission names whose answer never came, with the prompt's first word.
        files: Digest of each upload that was acknowledged, by path.
    """

    jobs: dict[str, str] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    answers: int = 0
    broken: int = 0


class Callers:
    """Threads that submit, cancel, upload, download and stream until they are told to end.

    Args:
        server: A `MortalServer` that keeps its port.
        ledger: Where whole renders are noted.
        seed: Of what they do.
    """

    def __init__(self, server, ledger, *, seed, count=4):
        self.promises = Promises()
        self._server = server
        self._ledger = ledger
        self._numbers = itertools.count()
        self._end = threading.Event()
        self._lock = threading.Lock()
        self._pace = threading.Semaphore(0)
        self._threads = [
            threading.Thread(target=self._call, args=(random.Random(f"{seed} {n}"),))
            for n in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def go_on(self, calls):
        """Let so many more calls be made: the queue must not outgrow what is rendered."""
        self._pace.release(calls)

    def end(self):
        self._end.set()
        self._pace.release(1000)
        for thread in self._threads:
            thread.join(60)

    def _call(self, dice):
        acts = [self._submit] * 4 + [self._upload, self._look] * 2 + [self._cancel, self._stream]
        while not self._end.is_set():
            self._pace.acquire()
            try:
                dice.choice(acts)(dice)
                self.promises.answers += 1
            except urllib.error.HTTPError as error:
                error.close()
                self.promises.answers += 1
            except _DOWN:
                self.promises.broken += 1
                self._end.wait(0.05)
                self._pace.release()

    def _submit(self, dice):
        name = f"n{next(self._numbers)}"
        kind = dice.choice(["", "", "", "please fail"])
        pace = dice.choice([0, 0.005, 0.02])
        body = {"prompt": f"{name} {kind} frames=5 pace={pace} ledger={self._ledger}"}
        with self._lock:
            self.promises.unsure[name] = kind
        reply = self._server.ask(
            PRO, method="POST", body=body, headers={"x-ltx-submission": submission(name)}
        )
        with self._lock:
            self.promises.jobs[reply["request_id"]] = name

    def _some_job(self, dice):
        with self._lock:
            newest = list(self.promises.jobs)[-20:]
        return f"/fal-ai/ltx-2.3/requests/{dice.choice(newest)}" if newest else "/_ltx/health"

    def _cancel(self, dice):
        self._server.ask(f"{self._some_job(dice)}/cancel", method="PUT")

    def _look(self, dice):
        result = self._server.ask(self._some_job(dice))
        if "video" in result:
            check_clip(self._server, result["video"])

    def _stream(self, dice):
        with self._server.open(f"{self._some_job(dice)}/status/stream?logs=1") as events:
            for _, line in zip(range(8), events, strict=False):
                if line.startswith(b"data: "):
                    json.loads(line[6:])

    def _upload(self, dice):
        content = b"\x89PNG\r\n\x1a\n" + dice.randbytes(dice.randrange(1 << 18))
        begin = {"content_type": "image/png", "file_name": "a.png"}
        slot = self._server.ask("/storage/upload/initiate", method="POST", body=begin)
        put = urllib.request.Request(slot["upload_url"], data=content, method="PUT")
        urllib.request.urlopen(put, timeout=20).close()
        with self._lock:
            self.promises.files[slot["file_url"]] = hashlib.sha256(content).hexdigest()


def submission(name):
    """The name under which a submit can be looked for."""
    return f"a-submit-of-the-soak-{name}"


def check_clip(server, video):
    """Whatever is served is whole."""
    with urllib.request.urlopen(video["url"], timeout=20) as reply:
        announced = int(reply.headers["content-length"])
        clip = reply.read()
    # A server killed in between cuts the line; it never says less than the file has.
    assert announced == video["file_size"]
    return clip


def wait_until_idle(server, seconds=150):
    """Until nothing waits or runs any more."""
    deadline = time.monotonic() + seconds
    while any(server.ask("/_ltx/health")["jobs"][state] for state in ("queued", "running")):
        assert time.monotonic() < deadline, "the queue does not empty"
        with suppress(TimeoutError):
            threading.Event().wait(0.1)
