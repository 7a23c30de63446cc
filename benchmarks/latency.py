"""From the server's completion to the result in the caller's hands, and requests for each job.

    python benchmarks/latency.py [JOBS]

Ours beside fal-client's async `subscribe` (its hosts patched to loopback), on one server of ours
in one run, in turn. The engine in it takes about two seconds and draws nothing, so that only the
wire is measured; each round's length differs by up to a tenth of a second, the same for both
sides, so that no side's polls fall in step with the jobs' ends. The server writes down when
each job was finished, by the clock of this machine, which is also the callers'.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import fal_client
import httpx
from fal_client import client as fal
from sides import running_server

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Target
from ltx_widgets.server.local import RunningServer

ENDPOINT = "fal-ai/ltx-2.3/text-to-video"
ENGINE = f"{Path(__file__).with_name('paced_engine.py')}:PacedEngine"

Run = Callable[[dict], Awaitable[tuple[str, int]]]


def ours(client: LTXClient) -> Run:
    async def run(body: dict) -> tuple[str, int]:
        before = client.requests
        outcome = await client.run(ENDPOINT, body)
        return outcome.ticket.request_id, client.requests - before

    return run


def theirs(server: RunningServer) -> Run:
    fal.QUEUE_URL_FORMAT = f"{server.url}/"
    client = fal_client.AsyncClient(key=server.key.reveal())
    sent = 0

    async def count(_: httpx.Request) -> None:
        nonlocal sent
        sent += 1

    async def run(body: dict) -> tuple[str, int]:
        http = await client._client  # noqa: SLF001 - to count what it sends
        http.event_hooks = {"request": [count]}
        before, ids = sent, []
        await client.subscribe(ENDPOINT, body, on_enqueue=ids.append)
        return ids[0], sent - before

    return run


async def finished_at(server: RunningServer, request_id: str) -> float:
    headers = {"Authorization": f"Key {server.key.reveal()}"}
    async with httpx.AsyncClient(headers=headers) as http:
        jobs = (await http.get(f"{server.url}/_ltx/jobs")).json()["jobs"]
    (job,) = (job for job in jobs if job["request_id"] == request_id)
    return float(job["finished"])


async def measure(server: RunningServer, jobs: int) -> None:
    async with LTXClient(Target("local", server.url, server.key)) as client:
        sides = {"ltx_widgets": ours(client), "fal_client": theirs(server)}
        latency: dict[str, list[float]] = {name: [] for name in sides}
        requests: dict[str, list[int]] = {name: [] for name in sides}
        for number in range(jobs + 1):
            for name, run in sides.items():
                request_id, sent = await run({"prompt": f"job {number}", "duration": 6})
                in_hand = time.time()
                took = in_hand - await finished_at(server, request_id)
                if number:  # the first round warms connections up
                    latency[name].append(took)
                    requests[name].append(sent)
    for name in sides:
        print(
            f"{name:12} latency {statistics.median(latency[name]) * 1000:6.1f} ms,"
            f" {statistics.median(requests[name]):5.1f} requests a job (medians of {jobs})"
        )
    for word, values in (("latency", latency), ("requests", requests)):
        mine, other = (statistics.median(values[name]) for name in sides)
        print(f"RATIO {word} {mine / other:.3f}")


def main(jobs: int) -> None:
    with running_server("--idle", "120", engine=ENGINE) as server:
        asyncio.run(measure(server, jobs))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
