"""What benchmarks of the wire share: a server, both sides as processes, and what they use up.

Each side runs in a process of its own, so that its processor time and memory are its own; the
server and the machine are the same, and the sides take turns.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ltx_widgets.server.local import RunningServer, find_server, stop_server

SIDES = ("ltx_widgets", "fal_client")
ENGINE = f"{Path(__file__).with_name('instant_engine.py')}:InstantEngine"


@contextmanager
def running_server(
    *options: str, folder: Path | None = None, engine: str = ENGINE
) -> Iterator[RunningServer]:
    """A server of ours with one engine, the instant one if left out; ended afterwards."""
    with tempfile.TemporaryDirectory() as made:
        state = folder or Path(made)
        command = [sys.executable, "-m", "ltx_widgets.server", "--state-dir", str(state)]
        server = subprocess.Popen(
            [*command, "--engine", engine, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _answering(state)
        finally:
            stop_server(state)
            server.wait(20)


def _answering(state: Path) -> RunningServer:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        running = find_server(state)
        if running is not None:
            return running
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def run_side(script: str, side: str, server: RunningServer, *more: str) -> dict:
    """One run of one side in a process of its own; what it printed."""
    environ = {"PATH": "/usr/bin:/bin", "BENCH_URL": server.url, "BENCH_KEY": server.key.reveal()}
    root = str(Path(__file__).resolve().parent.parent)
    done = subprocess.run(
        [sys.executable, script, "--side", side, *more],
        env={**environ, "PYTHONPATH": root},
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    facts: dict = json.loads(done.stdout.splitlines()[-1])
    return facts


class Meter:
    """Wall, processor time and the growth of peak memory of this process, from now on."""

    def __init__(self) -> None:
        self._memory = _peak_mb()
        self._cpu = time.process_time()
        self._wall = time.monotonic()

    def read(self) -> dict:
        return {
            "wall": time.monotonic() - self._wall,
            "cpu": time.process_time() - self._cpu,
            "memory": _peak_mb() - self._memory,
            "peak": _peak_mb(),
        }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def medians(runs: list[dict]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
