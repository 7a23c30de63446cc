"""What a call costs the server as its store grows: submits per second and status latency.

    python benchmarks/server.py [CALLS]

The store is filled with 10, 1,000 and 100,000 finished jobs, each with its log, through the store's
own code; then a server runs on each, with an engine that is done at once. Calls go one after
another over one connection; the three servers take turns, so that the machine's moods are shared.
The last ratio is the mean cost of a submit and a status with the largest store over the smallest.
"""

import statistics
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack, closing
from pathlib import Path

import httpx
from sides import running_server

from ltx_widgets.server.store import Store

ENDPOINT = "fal-ai/ltx-2.3/text-to-video"
SIZES = (10, 1_000, 100_000)
ROUNDS = 5
LINES = 5


def fill(path: Path, jobs: int) -> None:
    result = {"video": {"content_type": "video/mp4", "file_size": 1}, "engine": "x", "notes": []}
    with closing(Store(path)) as store:
        for number in range(jobs):
            store.add(str(uuid.uuid4()), ENDPOINT, {"prompt": f"job {number}", "duration": 6})
            job = store.claim(uuid.uuid4().hex)
            for line in range(LINES):
                store.log(job.request_id, f"line {line}")
            store.finish(job, result)


def calls(http: httpx.Client, count: int) -> tuple[float, float]:
    """Median seconds of a submit, and of a status of a finished job."""
    submits, statuses = [], []
    for number in range(count):
        began = time.perf_counter()
        reply = http.post(f"/{ENDPOINT}", json={"prompt": f"new {number}", "duration": 6})
        submits.append(time.perf_counter() - began)
        path = httpx.URL(reply.json()["status_url"]).path
        began = time.perf_counter()
        http.get(path, params={"logs": 1}).raise_for_status()
        statuses.append(time.perf_counter() - began)
    return statistics.median(submits), statistics.median(statuses)


def main(count: int) -> None:
    with ExitStack() as held:
        clients = {}
        for size in SIZES:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
            fill(folder / "queue.db", size)
            server = held.enter_context(running_server(folder=folder))
            headers = {"Authorization": f"Key {server.key.reveal()}"}
            clients[size] = held.enter_context(httpx.Client(base_url=server.url, headers=headers))
            calls(clients[size], 20)
        found: dict[int, list[tuple[float, float]]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size, http in clients.items():
                found[size].append(calls(http, count))
    costs = {}
    for size in SIZES:
        submit, status = (statistics.median(column) for column in zip(*found[size], strict=True))
        costs[size] = submit + status
        print(
            f"{size:7} finished jobs: {1 / submit:6.0f} submits/s ({submit * 1e3:.2f} ms),"
            f" status {status * 1e3:.2f} ms (medians of {ROUNDS} x {count})"
        )
    print(f"RATIO server_growth {costs[SIZES[-1]] / costs[SIZES[0]]:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
