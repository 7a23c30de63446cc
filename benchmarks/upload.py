"""Uploading a large file: time, and memory beyond what the process had.

    python benchmarks/upload.py [ROUNDS]

Ours (`Storage.upload`) beside fal-client's async `upload_file`, its hosts on loopback, at 95
and 500 MiB, on one server of ours. Each run is a process of its own, in turn. Both sides' time is
mostly the server's, which reads every byte in Python.
"""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from sides import SIDES, Meter, medians, run_side, running_server

SIZES_MIB = (95, 500)


async def ours(path: Path) -> dict:
    from ltx_widgets.client import LTXClient
    from ltx_widgets.config import Secret, Target
    from ltx_widgets.storage import Outgoing

    target = Target("server", os.environ["BENCH_URL"], Secret(os.environ["BENCH_KEY"]))
    async with LTXClient(target) as client:
        await client.files.is_there(f"{target.url}/files/x/y")  # a connection, imports
        meter = Meter()
        url = await client.files.upload(Outgoing(path, "film.mp4", "video/mp4"))
        return {**meter.read(), "url": url}


async def theirs(path: Path) -> dict:
    import fal_client
    from fal_client import client as fal

    server = os.environ["BENCH_URL"]
    fal.REST_URL = fal.CDN_URL = server
    fal.QUEUE_URL_FORMAT = fal.RUN_URL_FORMAT = f"{server}/"
    client = fal_client.AsyncClient(key=os.environ["BENCH_KEY"])
    await (await client._client).get(f"{server}/files/x/y")  # noqa: SLF001 - as above
    meter = Meter()
    url = await client.upload_file(path)
    return {**meter.read(), "url": url}


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, running_server("--upload-quota", "64") as server:
        for size in SIZES_MIB:
            path = Path(folder) / f"{size}.mp4"
            with path.open("wb") as file:
                for _ in range(size):
                    file.write(os.urandom(1 << 20))
            runs: dict[str, list[dict]] = {side: [] for side in SIDES}
            for _ in range(rounds):
                for side in SIDES:
                    found = run_side(__file__, side, server, str(path))
                    assert found.pop("url").startswith(server.url)
                    runs[side].append(found)
            report(size, runs)


def report(size: int, runs: dict[str, list[dict]]) -> None:
    mine, other = (medians(runs[side]) for side in SIDES)
    for side, found in zip(SIDES, (mine, other), strict=True):
        print(
            f"{side:12} {size} MiB: {found['wall']:.2f} s, processor {found['cpu']:.2f} s, memory"
            f" +{found['memory']:.1f} MB (medians of {len(runs[side])})"
        )
    print(f"RATIO upload_{size}_time {mine['wall'] / other['wall']:.3f}")
    print(f"RATIO upload_{size}_memory {mine['memory'] / other['memory']:.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--side"]:
        side = {"ltx_widgets": ours, "fal_client": theirs}[sys.argv[2]]
        print(json.dumps(asyncio.run(side(Path(sys.argv[3])))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
