"""Five hundred jobs at once: what a client spends on them.

    python benchmarks/many.py [JOBS] [ROUNDS]

Ours (`LTXClient.run`) beside fal-client's async `subscribe`, its hosts patched to loopback, on one
server of ours. Each side runs in a process of its own, in turn. First with an engine that is done
at once: most jobs are over before anybody asks, so three requests a job are all that either side
needs. Then with one that takes 20 ms, which is a queue of ten seconds.
"""

import asyncio
import json
import os
import sys

import httpx
from sides import SIDES, Meter, medians, run_side, running_server

from ltx_widgets.server.local import RunningServer

ENDPOINT = "fal-ai/ltx-2.3/text-to-video"


async def ours(jobs: int, words: str) -> dict:
    from ltx_widgets.client import LTXClient
    from ltx_widgets.config import Secret, Target

    target = Target("server", os.environ["BENCH_URL"], Secret(os.environ["BENCH_KEY"]))
    async with LTXClient(target) as client:
        await client.run(ENDPOINT, body("warm"))  # connections, imports
        before, meter = client.requests, Meter()
        results = await asyncio.gather(
            *(client.run(ENDPOINT, body(f"{n} {words}")) for n in range(jobs))
        )
        figures = meter.read()
        requests = client.requests - before
    assert len({outcome.result.video.url for outcome in results}) == jobs
    return {**figures, "requests": requests}


async def theirs(jobs: int, words: str) -> dict:
    import fal_client
    from fal_client import client as fal

    fal.QUEUE_URL_FORMAT = f"{os.environ['BENCH_URL']}/"
    client = fal_client.AsyncClient(key=os.environ["BENCH_KEY"])
    sent = 0

    async def count(_: httpx.Request) -> None:
        nonlocal sent
        sent += 1

    (await client._client).event_hooks = {"request": [count]}  # noqa: SLF001
    await client.subscribe(ENDPOINT, body("warm"))
    before, meter = sent, Meter()
    results = await asyncio.gather(
        *(client.subscribe(ENDPOINT, body(f"{n} {words}")) for n in range(jobs))
    )
    figures = meter.read()
    assert len({result["video"]["url"] for result in results}) == jobs
    return {**figures, "requests": sent - before}


def body(prompt: str) -> dict:
    return {"prompt": prompt, "duration": 6}


def main(jobs: int, rounds: int) -> None:
    with running_server() as server:
        compare("many", server, jobs, rounds, "")
        compare("many_queued", server, jobs, rounds, "ms=20")


def compare(name: str, server: RunningServer, jobs: int, rounds: int, words: str) -> None:
    runs: dict[str, list[dict]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            runs[side].append(run_side(__file__, side, server, str(jobs), words))
    mine, other = (medians(runs[side]) for side in SIDES)
    for side, found in zip(SIDES, (mine, other), strict=True):
        print(
            f"{side:12} {jobs} jobs {words}: wall {found['wall']:6.2f} s,"
            f" processor {found['cpu']:6.2f} s, {found['requests']:6.0f} requests,"
            f" memory +{found['memory']:5.1f} MB (peak {found['peak']:.0f} MB; medians of {rounds})"
        )
    print(f"RATIO {name}_wall {mine['wall'] / other['wall']:.3f}")
    print(f"RATIO {name}_cpu {mine['cpu'] / other['cpu']:.3f}")
    print(f"RATIO {name}_requests {mine['requests'] / other['requests']:.3f}")
    print(f"RATIO {name}_memory {mine['memory'] / other['memory']:.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        side = {"ltx_widgets": ours, "fal_client": theirs}[sys.argv[2]]
        print(json.dumps(asyncio.run(side(int(sys.argv[3]), sys.argv[4]))))
    else:
        main(*(int(word) for word in (sys.argv[1:] + ["500", "3"][len(sys.argv[1:]) :])[:2]))
