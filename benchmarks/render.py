"""How long a preview takes beside the mere encoding of its frames, and whether memory stays flat.

    python benchmarks/render.py [--quick] [RUNS]

"job" is a whole job of the local server with its worker warm, by the server's own clock: request
accepted → queued, read, painted, drawn, composed, encoded, muxed → file in place. "encode" is x264
at its fastest preset with its own choice of threads, given the very same frames ready-made in
memory; no sound, no drawing, no faststart pass. All else is left at its defaults (crf 23); the job
encodes at a constant quantiser of 28 with a key frame each second. The tasks that work on media are
measured by `benchmarks/tasks.py`, which runs at the end.
"""

import argparse
import asyncio
import multiprocessing
import resource
import statistics
import tempfile
import time
from fractions import Fraction
from pathlib import Path

PROMPTS = (
    "a red fox runs through falling snow at dawn, slow pan left",
    "neon city street at night in the rain, camera pushes in",
)
ENDPOINT = "fal-ai/ltx-2.3/text-to-video"


def request_for(prompt: str, resolution: str, fps: int, seconds: int):
    from ltx_widgets.schema import find_endpoint

    endpoint = find_endpoint(ENDPOINT)
    fields = {"prompt": prompt, "resolution": resolution, "fps": fps, "duration": seconds}
    return endpoint, endpoint.model(**fields)


def job_seconds(server, prompt: str, resolution: str, fps: int, seconds: int) -> float:
    return asyncio.run(_job_seconds(server, prompt, resolution, fps, seconds))


async def _job_seconds(server, prompt: str, resolution: str, fps: int, seconds: int) -> float:
    import httpx

    from ltx_widgets.client import LTXClient
    from ltx_widgets.config import Target

    endpoint, request = request_for(prompt, resolution, fps, seconds)
    async with LTXClient(Target("local", server.url, server.key)) as client:
        outcome = await client.run(endpoint.id, request.body())
    headers = {"Authorization": f"Key {server.key.reveal()}"}
    async with httpx.AsyncClient(headers=headers) as http:
        jobs = (await http.get(f"{server.url}/_ltx/jobs")).json()["jobs"]
    (job,) = (job for job in jobs if job["request_id"] == outcome.ticket.request_id)
    return job["finished"] - job["created"]


def ready_made(prompt: str, resolution: str, fps: int, seconds: int):
    """The frames of the job, held in memory as yuv420p."""
    from ltx_widgets.engines.preview.planes import Yuv
    from ltx_widgets.engines.preview.reading import read_prompt
    from ltx_widgets.engines.preview.render import Renderer
    from ltx_widgets.engines.preview.task import frame_size
    from ltx_widgets.video.encode import Picture

    width, height = frame_size(resolution)
    story = read_prompt(prompt, duration_s=seconds)
    renderer = Renderer(story, width=width, height=height, fps=fps, num_frames=fps * seconds)
    pictures = [Picture(width, height) for _ in range(fps * seconds)]
    for number, picture in enumerate(pictures):
        renderer.draw(number, Yuv(picture.y, picture.u, picture.v))
    return pictures


def encode_seconds(pictures, fps: int) -> float:
    import av

    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with av.open(str(Path(folder, "plain.mp4")), "w") as file:
            stream = file.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
            first = pictures[0].frame
            stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
            for number, picture in enumerate(pictures):
                picture.frame.pts, picture.frame.time_base = number, Fraction(1, fps)
                file.mux(stream.encode(picture.frame))
            file.mux(stream.encode(None))
        return time.perf_counter() - began


def compare(server, name: str, resolution: str, fps: int, seconds: int, runs: int) -> None:
    ratios = []
    for prompt in PROMPTS:
        pictures = ready_made(prompt, resolution, fps, seconds)
        jobs, encodes = [], []
        for _ in range(runs):
            jobs.append(job_seconds(server, prompt, resolution, fps, seconds))
            encodes.append(encode_seconds(pictures, fps))
        del pictures
        job, encode = statistics.median(jobs), statistics.median(encodes)
        print(f"{name} job {job:6.2f} s, encode {encode:6.2f} s: {job / encode:.2f}  ({prompt})")
        ratios.append(job / encode)
    print(f"RATIO {name} {statistics.mean(ratios):.3f}")


def _peak(pipe, resolution: str, fps: int, num_frames: int) -> None:
    from ltx_widgets.engines.preview.pipeline import Clip
    from ltx_widgets.engines.preview.reading import read_prompt
    from ltx_widgets.engines.preview.task import frame_size
    from ltx_widgets.engines.preview.text import film_story
    from ltx_widgets.video.encode import Mp4Writer

    width, height = frame_size(resolution)
    story = read_prompt(PROMPTS[0], duration_s=num_frames / fps)
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder, "clip.mp4")
        with Mp4Writer(to, width=width, height=height, fps=fps, sound_rate=48_000) as writer:
            clip = Clip(width, height, fps, num_frames, 48_000)
            film_story(story, clip, writer, report=lambda _: None, cancelled=lambda: False)
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def peak_megabytes(resolution: str, fps: int, num_frames: int) -> float:
    """Peak resident memory of a fresh process that renders one clip."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_peak, args=(theirs, resolution, fps, num_frames))
    child.start()
    peak = ours.recv()
    child.join()
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="?", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one short 2160p clip, fewer runs")
    options = parser.parse_args()
    runs = 3 if options.quick else options.runs
    # First, while this process is small: on Linux a child's peak begins at its parent's size.
    short = peak_megabytes("2160p", 50, 100)
    whole = peak_megabytes("2160p", 50, 200 if options.quick else 500)
    with tempfile.TemporaryDirectory() as folder:
        from ltx_widgets.server.local import ensure_server, stop_server

        server = ensure_server(Path(folder))
        try:
            job_seconds(server, PROMPTS[0], "1080p", 25, 6)  # warms the worker up
            compare(server, "render_1080p", "1080p", 25, 6, runs)
            long = 6 if options.quick else 10
            compare(server, "render_2160p", "2160p", 50, long, max(1, runs // 2))
        finally:
            stop_server(Path(folder))
    print(f"peak memory: {short:.0f} MB for 2 s, {whole:.0f} MB for the long clip at 2160p 50 fps")
    print(f"RATIO render_memory {whole / short:.3f}")
    # Here, since it takes the encoder's baseline from this very module.
    from tasks import measure

    measure(runs)


if __name__ == "__main__":
    main()
