"""Parts of films and sounds chosen as a person would: by hand, by keys, by numbers."""

from __future__ import annotations

import pytest

PICKER = """
import numpy as np
from pathlib import Path
from ltx_widgets.schema import MediaFacts
from ltx_widgets.schema.sections import Reach
from ltx_widgets.video.encode import Mp4Writer, Picture
from ltx_widgets.widgets.section_picker import SectionPicker, glimpse
picture = Picture(320, 180)
picture.u[:], picture.v[:] = 110, 140
t = np.arange(48_000 * 10) / 48_000
wave = 0.5 * np.sin(2 * np.pi * 220 * t) * np.sin(2 * np.pi * 0.4 * t) ** 2
with Mp4Writer(Path("film.mp4"), width=320, height=180, fps=25, sound_rate=48_000) as file:
    for number in range(250):
        picture.y[:] = 40 + number // 25 * 18
        picture.y[60:120, number:number + 60] = 235
        file.write(picture)
    file.write_sound(np.stack([wave, wave]).astype(np.float32))
facts = MediaFacts("video", width=320, height=180, fps=25, duration=10.0, has_audio=True)
reach = Reach(length=10.0, least=2, most=20, latest=8, step=0.04)
picked = []
picker = SectionPicker("Section to make anew", reach, lambda *said: picked.append(said))
picker.section = (2, 7)
picker.draw(glimpse(Path("film.mp4"), facts))
picker
"""


def test_look(show, keep):
    with show(PICKER) as page:
        page.locator(".ltx-section canvas").wait_for()
        page.wait_for_timeout(1500)
        keep(page, "section-look")
