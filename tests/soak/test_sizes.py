"""How much a notebook grows by clips of real sizes and lengths."""

import av
import pytest
from moving_clips import film, panning
from notebook_sizes import MOST_GROWN, grown_by

from ltx_widgets.clip import Clip

LOOP_S = 1
SIZES = {"1080p": (1920, 1080), "2160p": (3840, 2160)}


@pytest.fixture(scope="module", params=SIZES)
def loop(request, tmp_path_factory):
    """A second of a camera that pans over structure everywhere, with sound."""
    size = SIZES[request.param]
    path = tmp_path_factory.mktemp("loop") / f"{request.param}.mp4"
    return film(path, panning(25 * LOOP_S, step=6, size=size), size=size, sound=True)


def repeated(path, to, times):
    """The same film again and again: its packets, later each time."""
    with av.open(str(path)) as source, av.open(str(to), "w") as copy:
        streams = {s.index: copy.add_stream_from_template(s) for s in source.streams}
        for number in range(times):
            source.seek(0)
            for packet in source.demux():
                if packet.dts is None:
                    continue
                later = round(number * LOOP_S / packet.time_base)
                packet.pts, packet.dts = packet.pts + later, packet.dts + later
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    return to


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [6, 10, 20])
def test_a_notebook_grows_by_little_whatever_the_clip(seconds, loop, tmp_path):
    """The copy, the still three times, the caption, all in base64 and JSON."""
    path = repeated(loop, tmp_path / "long.mp4", seconds // LOOP_S)
    clip = Clip.from_file(path, url="", endpoint="e", request={}, request_id="")
    grown = grown_by(clip)
    print(f"{clip!r}, {path.stat().st_size:,} bytes: {grown:,} bytes of notebook")

    assert clip.duration == pytest.approx(seconds, abs=0.1)
    assert grown < MOST_GROWN
