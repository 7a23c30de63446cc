"""How long each task takes beside decoding its source and encoding its result, and its memory.

    python benchmarks/tasks.py [RUNS]

"job" is a whole job of the local server with its worker warm, by the server's own clock: request
accepted → media fetched, looked at, decoded, drawn, encoded, muxed → file in place. "floor" is
decoding the source's frames, and encoding the result's frames, ready-made in memory, by x264 at its
fastest preset; no sound, no drawing. Sources are at 1080p and 25 fps. `benchmarks/render.py` calls
this for the tasks that have media.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from render import encode_seconds
from sources import PROMPT, Sources, render

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Target
from ltx_widgets.storage import Outgoing

FPS = 25
CASES = {
    "image_to_video": (
        "fal-ai/ltx-2.3/image-to-video",
        {"image_url": "image"},
        {"prompt": "slow pan right"},
    ),
    "audio_to_video": (
        "fal-ai/ltx-2.3/audio-to-video",
        {"audio_url": "audio", "image_url": "image"},
        {"prompt": PROMPT},
    ),
    "extend_video": ("fal-ai/ltx-2.3/extend-video", {"video_url": "video"}, {"duration": 5}),
    "retake_video": (
        "fal-ai/ltx-2.3/retake-video",
        {"video_url": "video"},
        {"prompt": "heavy rain at night", "start_time": 2, "duration": 3},
    ),
    "reframe": ("fal-ai/ltx-2.3/reframe", {"video_url": "video"}, {"aspect_ratio": "9:16"}),
}
TYPES = {"image": "image/png", "audio": "audio/mp4", "video": "video/mp4"}


async def job(server, endpoint: str, body: dict, to: Path) -> float:
    """Seconds of one job by the server's clock; its clip is left at `to`."""
    async with LTXClient(Target("local", server.url, server.key)) as client:
        outcome = await client.run(endpoint, body)
        await client.files.download(outcome.result.video.url, to)
    headers = {"Authorization": f"Key {server.key.reveal()}"}
    async with httpx.AsyncClient(headers=headers) as http:
        jobs = (await http.get(f"{server.url}/_ltx/jobs")).json()["jobs"]
    (row,) = (row for row in jobs if row["request_id"] == outcome.ticket.request_id)
    return row["finished"] - row["created"]


async def upload(server, path: Path, kind: str) -> str:
    async with LTXClient(Target("local", server.url, server.key)) as client:
        return await client.files.upload(Outgoing(path, path.name, TYPES[kind]))


def decode_seconds(path: Path) -> float:
    """Seconds for decoding every frame of a source; a picture takes none."""
    import av

    if path.suffix != ".mp4":
        return 0.0
    began = time.perf_counter()
    with av.open(str(path)) as file:
        file.streams.video[0].thread_type = "AUTO"
        for _ in file.decode(video=0):
            pass
    return time.perf_counter() - began


def ready_made(path: Path):
    """The frames of a result, held in memory as yuv420p."""
    import av

    from ltx_widgets.video.encode import Picture

    pictures = []
    with av.open(str(path)) as file:
        for frame in file.decode(video=0):
            picture = Picture(frame.width, frame.height)
            planes = zip((picture.y, picture.u, picture.v), _planes(frame), strict=True)
            for to, plane in planes:
                to[:] = plane
            pictures.append(picture)
    return pictures


def _planes(frame):
    import numpy as np

    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        yield rows[:, : plane.width]


def compare(server, name: str, own: Sources, folder: Path, runs: int) -> None:
    endpoint, media, fields = CASES[name]
    files = {field: getattr(own, kind) for field, kind in media.items()}
    addresses = {
        field: asyncio.run(upload(server, files[field], kind)) for field, kind in media.items()
    }
    clip, ratios = folder / f"{name}.mp4", []
    asyncio.run(job(server, endpoint, {**addresses, **fields}, clip))
    pictures = ready_made(clip)
    for _ in range(runs):
        seconds = asyncio.run(job(server, endpoint, {**addresses, **fields}, clip))
        decode = sum(decode_seconds(path) for path in files.values())
        encode = encode_seconds(pictures, FPS)
        ratios.append(seconds / (decode + encode))
        print(f"{name} job {seconds:5.2f} s, decode {decode:4.2f} s, encode {encode:4.2f} s")
    print(f"RATIO {name} {statistics.median(ratios):.3f}")


def _peak(pipe, name: str, own: Sources, to: Path) -> None:
    endpoint, media, fields = CASES[name]
    render(endpoint, to, {field: getattr(own, kind) for field, kind in media.items()}, **fields)
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def peak_megabytes(name: str, own: Sources, to: Path) -> float:
    """Peak resident memory of a fresh process that renders one job."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_peak, args=(theirs, name, own, to))
    child.start()
    peak = ours.recv()
    child.join()
    return peak


def _made_elsewhere(folder: Path) -> Sources:
    """The sources, made in another process: on Linux a child's peak begins at its parent's size."""
    context = multiprocessing.get_context("spawn")
    child = context.Process(target=Sources.make, args=(folder,))
    child.start()
    child.join()
    return Sources.at(folder)


def measure(runs: int, only: str = "") -> None:
    """Print the figures of every task that has media."""
    from ltx_widgets.server.local import ensure_server, stop_server

    names = [name for name in CASES if name.startswith(only)]
    with tempfile.TemporaryDirectory() as folder:
        own = _made_elsewhere(Path(folder))
        for name in names:
            peak = peak_megabytes(name, own, Path(folder, "peak.mp4"))
            print(f"peak memory of {name}: {peak:.0f} MB")
        server = ensure_server(Path(folder, "server"))
        try:
            for name in names:
                compare(server, name, own, Path(folder), runs)
        finally:
            stop_server(Path(folder, "server"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=5)
    parser.add_argument("--only", default="", help="tasks whose name begins like that")
    options = parser.parse_args()
    measure(options.runs, options.only)
