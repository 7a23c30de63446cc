"""The preview engine as the server sees it: a request in, a labelled mp4 and its facts out."""

import json
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import av
import numpy as np
import pytest
from preview_frames import FPS, blank, decode, shoot, story_of

from ltx_widgets.engines.preview.actors import cast, rehearse
from ltx_widgets.engines.preview.camera import Path, View
from ltx_widgets.engines.preview.engine import PreviewEngine
from ltx_widgets.engines.preview.pipeline import Clip
from ltx_widgets.engines.preview.places import paint
from ltx_widgets.engines.preview.planes import Canvas
from ltx_widgets.engines.preview.reading import read_prompt
from ltx_widgets.engines.preview.scene import Brief
from ltx_widgets.engines.preview.task import frame_size
from ltx_widgets.engines.preview.text import clip_of
from ltx_widgets.errors import EngineCancelled, EngineError
from ltx_widgets.schema import ENDPOINTS, find_endpoint
from ltx_widgets.video.probe import probe

ENDPOINT = find_endpoint("fal-ai/ltx-2.3/text-to-video")
PROMPT = "a red fox runs through falling snow at dawn, slow pan left"


def saying_yes_after(times):
    """A question that is answered no so many times, and then yes."""
    asked = count()
    return lambda: next(asked) >= times


def render(to, *, report=lambda _: None, cancelled=lambda: False, **fields):
    request = ENDPOINT.model(prompt=PROMPT, **fields)
    return PreviewEngine().render(
        ENDPOINT, request, to, media={}, report=report, cancelled=cancelled
    )


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    """One real job, 1080p, 6 s, with its log."""
    log = []
    to = tmp_path_factory.mktemp("job") / "clip.mp4"
    return render(to, report=log.append), log


def test_file_is_what_was_asked_for(job):
    """Size, rate, length and sound are the request's, and every frame decodes."""
    rendered, _ = job
    facts = probe(rendered.path)
    assert (facts.width, facts.height, facts.fps, facts.num_frames) == (1920, 1080, 25, 150)
    assert facts.audio_duration == pytest.approx(6, abs=0.001)
    assert rendered.has_audio
    assert (rendered.num_frames, rendered.duration) == (150, 6)
    assert {frame.shape for frame in decode(rendered.path)} == {(1080, 1920, 3)}


def test_log_tells_how_it_was_read_and_what_it_is(job):
    """The log says how the prompt was read, that no model was used, and counts to the end."""
    rendered, log = job
    messages = [progress.message for progress in log if progress.message]
    assert messages[0].startswith("read as:")
    assert "fox" in messages[0]
    assert messages[1:3] == ["preview engine: drawn by rules, not by AI", "painting the scene"]
    assert messages[-1].startswith("encoding finished")
    counts = [progress.done for progress in log]
    assert counts == sorted(counts)
    assert counts[-1] == 150
    assert rendered.notes == (messages[0], PreviewEngine.label)


def test_file_carries_its_recipe(job):
    """Endpoint and request can be read back from the file alone."""
    tags = probe(job[0].path).metadata
    recipe = json.loads(tags["ltx_widgets"])
    assert recipe["endpoint"] == ENDPOINT.id
    assert recipe["engine"] == "preview"
    assert ENDPOINT.model(**recipe["request"]).prompt == PROMPT
    assert tags["comment"].startswith("Preview, not AI.")


def test_same_request_gives_the_same_bytes(job, tmp_path):
    """A second run writes the same file, byte for byte."""
    again = render(tmp_path / "again.mp4")
    assert again.path.read_bytes() == job[0].path.read_bytes()


def test_sound_can_be_heard(job):
    """The decoded sound is no silence, from its first second to its last."""
    with av.open(str(job[0].path)) as file:
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
    for second in np.array_split(samples, 6, axis=1):
        assert np.sqrt(np.mean(second**2)) > 0.01


def test_silent_tall_request_is_met_and_recorded(tmp_path):
    """Shape, rate and silence are the request's, and the recipe holds every field of it."""
    fields = {"aspect_ratio": "9:16", "fps": 24, "generate_audio": False}
    facts = probe(render(tmp_path / "clip.mp4", **fields).path)
    assert (facts.width, facts.height, facts.fps, facts.num_frames) == (1080, 1920, 24, 144)
    assert not facts.has_audio
    recipe = json.loads(facts.metadata["ltx_widgets"])
    assert recipe["request"] == ENDPOINT.model(prompt=PROMPT, **fields).body()


@pytest.mark.parametrize(
    ("fields", "clip"),
    [
        ({}, Clip(1920, 1080, 25, 150, 48_000)),
        ({"fps": 24, "duration": 8}, Clip(1920, 1080, 24, 192, 48_000)),
        ({"fps": 50, "generate_audio": False}, Clip(1920, 1080, 50, 300, None)),
        ({"aspect_ratio": "9:16", "duration": 10}, Clip(1080, 1920, 25, 250, 48_000)),
        ({"resolution": "1440p", "fps": 48}, Clip(2560, 1440, 48, 288, 48_000)),
        ({"resolution": "2160p", "aspect_ratio": "9:16"}, Clip(2160, 3840, 25, 150, 48_000)),
    ],
)
def test_clip_is_measured_by_the_request(fields, clip):
    """Resolution, shape, rate, length and sound all count."""
    assert clip_of(ENDPOINT.model(prompt=PROMPT, **fields).body()) == clip


def test_cancelled_job_leaves_no_file(tmp_path):
    """A job cancelled on its way leaves nothing behind."""
    with pytest.raises(EngineCancelled):
        render(tmp_path / "clip.mp4", cancelled=saying_yes_after(30))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("first", [0, 25])
def test_cancel_while_painting_stops_at_once(first, tmp_path):
    """Cancelled at its first frame or at a cut, a job draws neither frame nor pose any more."""
    done = []
    cancelled = saying_yes_after(3)
    with pytest.raises(EngineCancelled, match="painted"):
        shoot(
            read_prompt("seven horses gallop, then cut to a close-up", duration_s=6),
            tmp_path / "clip.mp4",
            report=lambda progress: done.append(progress.done),
            cancelled=lambda: done[-1] >= first and cancelled(),
        )
    assert done[-1] == first
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("poses")]
    assert list(tmp_path.iterdir()) == []


def test_cancel_is_heard_while_a_pose_is_awaited():
    """Waiting for a pose that takes long ends when it is no longer wanted."""
    story = story_of(PROMPT)
    scene = paint(Brief(story, Canvas(320, 180, 48, 48, 100)))

    def check():
        raise EngineCancelled("no longer wanted")

    (fox,) = cast(story, scene, story.shots[0], Path(View(), View()), check=check)
    with ThreadPoolExecutor(1) as busy:
        released = threading.Event()
        busy.submit(released.wait)
        rehearse([fox], busy)
        with pytest.raises(EngineCancelled):
            fox.draw(blank(320, 180), View(), (160, 100), 0.5, 1.0)
        released.set()


def test_unwritable_target_is_an_engine_error(tmp_path):
    """What goes wrong below is reported as our own error."""
    with pytest.raises(EngineError):
        render(tmp_path / "no" / "such" / "folder" / "clip.mp4")


def test_every_task_is_drawn():
    """No endpoint is without a drawing."""
    engine = PreviewEngine()
    for endpoint in ENDPOINTS.values():
        assert engine.supports(endpoint)


@pytest.mark.parametrize(
    ("resolution", "wide"),
    [("1080p", (1920, 1080)), ("1440p", (2560, 1440)), ("2160p", (3840, 2160))],
)
def test_frame_sizes(resolution, wide):
    """Sizes are exact, and swapped for tall clips."""
    assert frame_size(resolution) == wide
    assert frame_size(resolution, "9:16") == wide[::-1]


def test_memory_does_not_grow_with_length(tmp_path):
    """A clip four times as long needs no more Python memory, but for its sound."""
    peaks = []
    for seconds in (2, 8):
        tracemalloc.start()
        shoot(story_of(PROMPT), tmp_path / "clip.mp4", num_frames=seconds * FPS)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.25


def test_sound_of_a_small_clip_is_exact(tmp_path):
    """Sound ends with the last frame where a second is not full."""
    path = shoot(story_of(PROMPT), tmp_path / "clip.mp4", num_frames=33, sound_rate=48_000)
    assert probe(path).audio_duration == pytest.approx(33 / FPS, abs=0.001)
