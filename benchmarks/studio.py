"""Twenty jobs running in the studio while a cell computes: what the cell notices of them.

    python benchmarks/studio.py [JOBS] [ROUNDS]

One real kernel with the studio shown in it and a page that listens. A cell counts in plain Python
for about a second, in turn with no job and with twenty that run, each logging five lines a second
as our engines do; the server is another process, and its engines only sleep. The ratio is the
median of the rounds'; `studio_messages` counts what the page is told of the jobs in a second.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager
from sides import running_server

from ltx_widgets.server.local import RunningServer

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 1_000_000
ENGINE = f"{ROOT / 'tests' / 'tiny_engine.py'}:TinyEngine"
SETUP = """
import time
import ltx_widgets as ltx
studio = ltx.studio()
def count(rounds):
    total, began = 0, (time.perf_counter(), time.thread_time(), time.process_time())
    for number in range(rounds):
        total += number * number % 7
    ended = time.perf_counter(), time.thread_time(), time.process_time()
    return [b - a for a, b in zip(began, ended)]
def start(jobs):
    sent = [ltx.submit(f"clip {n} frames=1000 pace=0.1") for n in range(jobs)]
    while any(job.snapshot().phase != "running" for job in sent):
        time.sleep(0.05)
    return sent
def stop(sent):
    for job in sent:
        job.cancel()
    while not all(job.done for job in sent):
        time.sleep(0.05)
    time.sleep(0.5)
studio
"""


class Kernel:
    """A kernel with somebody who listens, as a page does."""

    def __init__(self, server: RunningServer, home: str) -> None:
        self.manager = KernelManager(kernel_name="python3")
        environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": home}
        named = {"LTX_SERVER": server.url, "LTX_SERVER_KEY": server.key.reveal()}
        self.manager.start_kernel(env={**environ, **named, "LTX_WIDGETS_HOME": home})
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code: str, ask: str = "None") -> tuple[Any, int]:
        """Run a cell; what `ask` then is, and the widget messages that came meanwhile."""
        msg_id = self.client.execute(code, user_expressions={"it": ask})
        messages, until = 0, time.monotonic() + 120
        while time.monotonic() < until:
            try:
                message = self.client.get_iopub_msg(timeout=0.5)
            except Empty:
                continue
            messages += message["msg_type"] == "comm_msg"
            idle = message["content"].get("execution_state") == "idle"
            if idle and message["parent_header"].get("msg_id") == msg_id:
                break
        reply = self._reply(msg_id)
        if reply["status"] != "ok":
            raise SystemExit("\n".join(reply["traceback"]))
        found = reply["user_expressions"]["it"]
        return eval(found["data"]["text/plain"]), messages

    def _reply(self, msg_id: str) -> dict[str, Any]:
        while True:
            message = self.client.get_shell_msg(timeout=10)
            if message["parent_header"].get("msg_id") == msg_id:
                content: dict[str, Any] = message["content"]
                return content

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def main(jobs: int, rounds: int) -> None:
    workers = ("--workers", str(jobs))
    with tempfile.TemporaryDirectory() as home, running_server(*workers, engine=ENGINE) as server:
        kernel = Kernel(server, home)
        try:
            compare(kernel, jobs, rounds)
        finally:
            kernel.stop()


def compare(kernel: Kernel, jobs: int, rounds: int) -> None:
    kernel.run(SETUP)
    (_, once, _), _ = counted(kernel, ROUNDS)
    size = round(ROUNDS / once)
    alone, beside, rates = [], [], []
    for _ in range(rounds):
        alone.append(counted(kernel, size)[0])
        kernel.run(f"sent = start({jobs})")
        figures, messages = counted(kernel, size)
        kernel.run("stop(sent)")
        beside.append(figures)
        rates.append(messages / figures[0])
    for name, found in (("alone", alone), (f"beside {jobs} jobs", beside)):
        wall = statistics.median(wall for wall, *_ in found)
        # What the machine does besides makes a cell slower, and not this figure.
        others = statistics.median((process - own) / wall for wall, own, process in found)
        print(
            f"{name:16} {wall:6.3f} s; all else in the kernel takes {100 * others:.1f} % of a core"
        )
    print(f"studio_messages {statistics.median(rates):.1f} a second, {max(rates):.1f} at most")
    ratios = [b[0] / a[0] for a, b in zip(alone, beside, strict=True)]
    print(f"RATIO studio_slowdown {statistics.median(ratios):.3f}")


def counted(kernel: Kernel, rounds: int) -> tuple[list[float], int]:
    """Wall, own and process seconds of a cell that counts, and the messages meanwhile."""
    return kernel.run(f"it = count({rounds})", "it")


if __name__ == "__main__":
    main(*(int(word) for word in (sys.argv[1:] + ["20", "9"][len(sys.argv[1:]) :])[:2]))
