"""A test's engine: a real but tiny mp4, at once or as slowly as the prompt says.

Words such as ``frames=40 pace=0.05`` in the prompt set the pace; "fail" makes it fail. Each whole
render is a line of the file ``ledger=…``: the prompt's first word.
"""

import re
import time
from pathlib import Path

from ltx_widgets.engines.base import Progress, Rendered
from ltx_widgets.errors import EngineCancelled, EngineError
from ltx_widgets.video.encode import Mp4Writer, Picture

_WIDTH, _HEIGHT, _FRAMES = 64, 36, 5
_FPS = 25  # where the request has no frame rate of its own


class TinyEngine:
    """Makes a grey clip of five frames, whatever the task; tells which media came."""

    name = "tiny"
    label = "a test's engine"

    def supports(self, endpoint):
        return True

    def render(self, endpoint, request, to, *, media, report, cancelled):
        prompt, fps = getattr(request, "prompt", None) or "", getattr(request, "fps", _FPS)
        report(Progress("reading the prompt"))
        for name, path in media.items():
            report(Progress(f"{name}: {path.stat().st_size} bytes"))
        if "fail" in prompt:
            raise EngineError("no paint left <b>& no brush</b>")
        frames, pace = _word(prompt, "frames", 1), _word(prompt, "pace", 0.0)
        for done in range(1, frames + 1):
            if cancelled():
                raise EngineCancelled("stopped")
            time.sleep(pace)
            report(Progress(done=done, total=frames))
        _paint(to, fps)
        if ledger := _word(prompt, "ledger", ""):
            with Path(ledger).open("a") as file:
                file.write(f"{prompt.split()[0]}\n")
        return Rendered(to, _WIDTH, _HEIGHT, fps, _FRAMES, _FRAMES / fps, False)


def _paint(to, fps):
    picture = Picture(_WIDTH, _HEIGHT)
    picture.u[:] = picture.v[:] = 128
    with Mp4Writer(to, width=_WIDTH, height=_HEIGHT, fps=fps) as file:
        for shade in range(_FRAMES):
            picture.y[:] = 60 + 20 * shade
            file.write(picture)


def _word(prompt, name, default):
    found = re.search(rf"\b{name}=(\S+)", prompt)
    return type(default)(found[1]) if found else default
