"""An engine for benchmarks of the wire: draws nothing, at once or after some ms."""

import re
import time

from ltx_widgets.engines.base import Rendered

CLIP = b"\0\0\0\x18ftypisom" + bytes(1024)


class InstantEngine:
    name = "instant"
    label = "a benchmark's engine"

    def supports(self, endpoint):
        return endpoint.task == "text-to-video"

    def render(self, endpoint, request, to, *, media, report, cancelled):
        pause = re.search(r"\bms=(\d+)", request.prompt)
        time.sleep(int(pause[1]) / 1000 if pause else 0)
        to.write_bytes(CLIP)
        return Rendered(to, 1920, 1080, 25, 150, 6.0, has_audio=False)
