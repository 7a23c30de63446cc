"""Engines without pictures, plugged in by path as any engine under development is.

What they do is read from the prompt's words, such as ``frames=40 pace=0.02``.
"""

# ruff: noqa: T201 - an engine may print

import hashlib
import os
import re
import time
from pathlib import Path

from ltx_widgets.engines.base import Progress, Rendered
from ltx_widgets.errors import EngineCancelled, EngineError
from ltx_widgets.video.encode import Mp4Writer, Picture

CLIP = bytes(range(256)) * 16


def _word(prompt, name, default):
    found = re.search(rf"\b{name}=(\S+)", prompt)
    return type(default)(found[1]) if found else default


class InstantEngine:
    """Writes a few bytes at once."""

    name = "instant"
    label = "a test's engine"

    def supports(self, endpoint):
        return True

    def render(self, endpoint, request, to, *, media, report, cancelled):
        prompt = getattr(request, "prompt", None) or ""
        if "fail" in prompt:
            raise EngineError("no paint left")
        if "burst" in prompt:
            raise RuntimeError("a bug")
        report(Progress("read as: a test"))
        for name, path in media.items():
            report(
                Progress(
                    f"given: {name} {path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
                )
            )
        print("an engine may print what it likes")
        return _write(to, request)


class TextOnlyEngine(InstantEngine):
    """Knows one task only."""

    def supports(self, endpoint):
        return endpoint.task == "text-to-video"


class ClipEngine(InstantEngine):
    """Writes a real clip of a quarter of a second."""

    name = "clip"

    def render(self, endpoint, request, to, *, media, report, cancelled):
        rendered = super().render(
            endpoint, request, to, media=media, report=report, cancelled=cancelled
        )
        picture = Picture(64, 36)
        with Mp4Writer(to, width=64, height=36, fps=25) as file:
            for _ in range(6):
                file.write(picture)
        return rendered


class SlowEngine(InstantEngine):
    """Takes `frames` steps of `pace` seconds, then waits until the file `until` is there.

    It notes each start in the file `starts`.
    """

    name = "slow"

    def render(self, endpoint, request, to, *, media, report, cancelled):
        for name in media:
            report(Progress(f"given: {name}"))
        frames = _word(request.prompt, "frames", 50)
        pace = _word(request.prompt, "pace", 0.02)
        starts = _word(request.prompt, "starts", "")
        if starts:
            with Path(starts).open("a") as file:
                file.write(f"{request.prompt.split()[0]} {os.getpid()}\n")
        until = _word(request.prompt, "until", "")
        draft = to.with_name(f"draft-{to.name}")
        draft.write_bytes(b"half")
        done = 0
        while done < frames or (until and not Path(until).exists()):
            if cancelled() and "deaf" not in request.prompt:
                draft.unlink()
                raise EngineCancelled("stopped")
            time.sleep(pace)
            if done < frames:
                done += 1
                report(Progress(done=done, total=frames))
        draft.unlink()
        return _write(to, request)


class CrashEngine(InstantEngine):
    """Kills its process, at most `crashes` times: one byte of the file `marks` for each."""

    name = "crash"

    def render(self, endpoint, request, to, *, media, report, cancelled):
        marks = Path(_word(request.prompt, "marks", ""))
        before = marks.stat().st_size if marks.exists() else 0
        if before < _word(request.prompt, "crashes", 0):
            with marks.open("ab") as file:
                file.write(b"x")
            os._exit(11)
        return _write(to, request)


class UnusableEngine:
    """Cannot even be made."""

    def __init__(self):
        raise RuntimeError("no such card in this machine")


def _write(to, request):
    to.write_bytes(CLIP)
    seconds, fps = getattr(request, "duration", 5), getattr(request, "fps", 25)
    return Rendered(
        path=to,
        width=1920,
        height=1080,
        fps=fps,
        num_frames=round(seconds * fps),
        duration=seconds,
        has_audio=getattr(request, "generate_audio", True),
        notes=(f"drawn at {time.time():.6f}",),
    )
