"""An engine for benchmarks of the wire: takes about two seconds and draws nothing.

The number at the end of the prompt spreads the lengths evenly over a tenth of a second.
"""

import time

from ltx_widgets.engines.base import Progress, Rendered

FRAMES, SECONDS = 100, 2.0
GOLDEN = 0.618034
CLIP = b"\0\0\0\x18ftypisom" + bytes(4096)


class PacedEngine:
    name = "paced"
    label = "a benchmark's engine"

    def supports(self, endpoint):
        return endpoint.task == "text-to-video"

    def render(self, endpoint, request, to, *, media, report, cancelled):
        number = int(request.prompt.split()[-1])
        seconds = SECONDS + 0.1 * (number * GOLDEN % 1)
        for done in range(1, FRAMES + 1):
            time.sleep(seconds / FRAMES)
            report(Progress(done=done, total=FRAMES))
        to.write_bytes(CLIP)
        return Rendered(to, 1920, 1080, 25, FRAMES, SECONDS, has_audio=False)
