"""A server process that a test kills and starts again on the same folder, under the same key."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil

from ltx_widgets.server.settings import child_environment

KEY = "a-key-of-this-test"
TINY = f"{Path(__file__).with_name('tiny_engine.py')}:TinyEngine"


class MortalServer:
    """One server at a time, with the tiny engine.

    Args:
        folder: Its state; kept from life to life.
        options: More of its command line.
        environ: More of an environment.
    """

    def __init__(self, folder, *options, environ=None):
        self.folder = folder
        self._command = [
            *(sys.executable, "-m", "ltx_widgets.server"),
            *("--state-dir", str(folder), "--engine", TINY, *options),
        ]
        self._environ = {**child_environment(), **(environ or {}), "LTX_SERVER_KEY": KEY}
        self._process = None
        self.url = ""
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill(signal.SIGTERM)

    @property
    def pid(self):
        return self._process.pid

    def spawn(self):
        """Begin to start, and wait for nothing."""
        self._spoken = False
        self._process = subprocess.Popen(
            self._command,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start(self):
        """Start, and wait until it answers."""
        self.spawn()
        self.said()

    def said(self):
        """Wait until it answers; False where it ended instead."""
        line = self._process.stdout.readline()
        self.url = line.removeprefix("serving at ").strip()
        self._spoken = bool(line)
        return self._spoken

    def keep_port(self):
        """Later lives are at the same address."""
        self._command += ["--port", self.url.rpartition(":")[2]]

    def kill(self, number=signal.SIGKILL):
        """End it; returns when it is gone."""
        self._process.send_signal(number)
        self._process.wait(20)
        self._process.stdout.close()

    def restart(self):
        self.kill()
        self.start()

    def has_spoken(self):
        """Whether it got as far as to say where it is."""
        return self._spoken or bool(select.select([self._process.stdout], [], [], 0)[0])

    def open(self, path, *, method="GET", body=None, headers=None):
        """One call of our own; the reply's bytes as they come."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        for name, value in {"Authorization": f"Key {KEY}", **(headers or {})}.items():
            request.add_header(name, value)
        return urllib.request.urlopen(request, timeout=20)

    def ask(self, path, **how):
        """One call of our own; JSON in and out."""
        with self.open(path, **how) as reply:
            return json.load(reply)

    def jobs(self):
        """Its newest jobs, newest first."""
        return self.ask("/_ltx/jobs?limit=1000")["jobs"]

    def workers(self):
        """Its render processes."""
        return psutil.Process(self.pid).children()

    def limit_files(self, most, *, server=True, workers=True):
        """Let no file of theirs grow beyond so many bytes; None lifts that."""
        pids = [self.pid] * server + [worker.pid for worker in self.workers()] * workers
        for pid in pids:
            _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if most is None else most, hard))


def environment_of_a_kernel(home):
    """Of a process of ours that acts as a kernel does; its data lie in `home`."""
    return {**os.environ, **child_environment(), "LTX_WIDGETS_HOME": str(home)}
