"""The public API as a typed program uses it. Never run; `make lint` checks its types."""

from __future__ import annotations

import asyncio
from pathlib import Path

import ltx_widgets as ltx
from ltx_widgets.config import Target
from ltx_widgets.wire import CancelAnswer


def blocking() -> Path:
    clip: ltx.Clip = ltx.run("a fox", duration=8, resolution="1440p")
    width: int = clip.width
    seconds: float = clip.duration
    assert width
    assert seconds
    return clip.save("fox.mp4")


def in_the_background() -> CancelAnswer:
    job: ltx.Job = ltx.submit("a fox", endpoint="fal-ai/ltx-2.3/text-to-video/fast")
    progress: float | None = job.snapshot().progress
    stop = job.watch(lambda now: print(now.phase, now.position, progress))
    stop()
    return job.cancel()


async def awaited() -> ltx.Clip:
    return await ltx.resume("0f8c")


def settings() -> Target:
    session: ltx.Session = ltx.configure(key="id:secret", server=None)
    runs: list[str] = [run.endpoint for run in session.jobs(limit=5)]
    assert runs == [run.endpoint for run in ltx.jobs()]
    return ltx.where()


def failing() -> str:
    try:
        return asyncio.run(awaited()).summary
    except ltx.LTXError as error:
        return str(error)


def called_back(headers: dict[str, str], body: bytes) -> bool:
    with ltx.WebhookReceiver() as hooks:
        ltx.submit("a fox", options=ltx.SubmitOptions(webhook_url=hooks.url))
        event: ltx.WebhookEvent | None = hooks.wait(60)
    ltx.webhook_app(print, verifier=ltx.WebhookVerifier(jwks_url="https://example.com"))
    return event is not None and event.ok and ltx.WebhookVerifier().verify(headers, body).ok


def shown() -> ltx.TextToVideo:
    return ltx.TextToVideo(prompt="a fox", duration=8)


def scrubbed(clip: ltx.Clip) -> ltx.Clip:
    player = ltx.Player(clip)
    player.position = 1.5
    player.section = (1, 3.5)
    still: ltx.Still = player.still
    player.show(ltx.run("it looks up", image=still))
    return player.clip


def in_part() -> ltx.Clip:
    return ltx.run("a fox dances", audio=ltx.Excerpt("song.mp3", 12, 20))


def swept() -> ltx.Compare:
    sheet: ltx.ContactSheet = ltx.sweep(["a fox", "a cat"], duration=[6, 8], most=4)
    clips: list[ltx.Clip] = sheet.result(600)
    assert ltx.resume_sweep(sheet.sweep.id).clips == clips
    return ltx.compare(*clips, titles=["one", "two"])


def in_one_place() -> ltx.Clip | None:
    studio = ltx.studio("image-to-video", duration=8)
    studio.open_form("extend-video", {"duration": 5})
    jobs: list[ltx.Job] = ltx.job_board().board.jobs
    print([line.message for job in jobs for line in job.log()])
    return studio.stage.clip
