"""Image to video: the user's pictures at its ends, and a motion with depth between."""

from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from preview_frames import blank, decode

from ltx_widgets.engines.preview.fitting import fit, nearest_shape, relief_of
from ltx_widgets.engines.preview.image import clip_of, draw_image
from ltx_widgets.engines.preview.morph import flows_between
from ltx_widgets.engines.preview.planes import yuv_of
from ltx_widgets.engines.preview.reading import read_prompt
from ltx_widgets.engines.preview.still import Still
from ltx_widgets.engines.preview.task import Task
from ltx_widgets.engines.preview.way import way_between
from ltx_widgets.errors import EngineCancelled
from ltx_widgets.images import encode_png
from ltx_widgets.schema import find_endpoint

SIZE = 320, 180
FRAMES = 50


def scene(seed=1, *, width=480, height=300):
    """A picture with structure everywhere: soft blobs of colour and sharp discs."""
    rng = np.random.default_rng(seed)
    soft = rng.integers(20, 236, (height // 24, width // 24, 3), np.uint8)
    picture = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    for x, y, radius in rng.integers((0, 0, 4), (width, height, 16), (90, 3)):
        colour = tuple(int(part) for part in rng.integers(0, 256, 3))
        cv2.circle(picture, (int(x), int(y)), int(radius), colour, -1, cv2.LINE_AA)
    return picture


def nearer(picture):
    """The same scene after a step forward and to the side."""
    height, width = picture.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), 2, 1.3)
    way[:, 2] += 14, 5
    return cv2.warpAffine(picture, way, (width, height), borderMode=cv2.BORDER_REFLECT)


def frames_of(drawing, numbers=range(FRAMES), size=SIZE):
    """Some frames' planes."""
    drawn = []
    for number in numbers:
        planes = blank(*size)
        drawing.draw(number, planes)
        drawn.append(planes)
    return drawn


def still(prompt, picture=None, size=SIZE):
    picture = scene() if picture is None else picture
    story = read_prompt(prompt, duration_s=FRAMES / 25)
    return Still(picture, story, size=size, fps=25, num_frames=FRAMES)


def way(first, last, prompt):
    story = read_prompt(prompt, duration_s=6)
    return way_between(first, last, story, size=SIZE, fps=25, num_frames=FRAMES)


def psnr(one, other):
    """Decibels between two frames, without the upper quarter, where the badge is."""
    below = one.shape[0] // 4
    error = one[below:].astype(float) - other[below:]
    return 10 * np.log10(255**2 / max(np.mean(error**2), 1e-9))


def flow(one, other):
    return cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(one, other, None)


def render(tmp_path, *, endpoint="fal-ai/ltx-2.3/image-to-video", end=None, **fields):
    """A job drawn whole, and its log."""
    media = {"image_url": tmp_path / "first.png"}
    media["image_url"].write_bytes(encode_png(scene()))
    if end is not None:
        media["end_image_url"] = tmp_path / "last.png"
        media["end_image_url"].write_bytes(encode_png(end))
    asked = {"prompt": "pan left", "duration": 1, "resolution": "720p", "fps": 24, **fields}
    log = []
    cancelled = asked.pop("cancelled", lambda: False)
    to = Path(tmp_path, "clip.mp4")
    task = Task(find_endpoint(endpoint), asked, to, media, log.append, cancelled)
    return draw_image(task), log


def test_first_and_last_frame_of_the_file_are_the_pictures(tmp_path):
    """Decoded, both ends are the fitted pictures but for the badge and the codec's loss."""
    rendered, _ = render(tmp_path, end=scene(2))
    frames = decode(rendered.path)
    assert len(frames) == rendered.num_frames == 24
    for frame, picture in ((frames[0], scene()), (frames[-1], scene(2))):
        fitted = yuv_of(np.ascontiguousarray(fit(picture, (1280, 720))))
        assert psnr(yuv_of(frame).y, fitted.y) > 35


@pytest.mark.parametrize("generate_audio", [True, False])
def test_sound_is_there_only_if_asked_for(tmp_path, generate_audio):
    """The sound track is as long as the picture, or absent."""
    rendered, _ = render(tmp_path, generate_audio=generate_audio)
    with av.open(str(rendered.path)) as file:
        assert bool(file.streams.audio) is generate_audio is rendered.has_audio


def test_job_says_what_it_is_and_how_it_was_read(tmp_path):
    """Log and notes name the preview, the reading and the count of frames."""
    rendered, log = render(tmp_path)
    lines = [entry.message for entry in log]
    assert "preview engine: drawn by rules, not by AI" in lines
    assert rendered.notes[0] in lines
    assert "pan left" in rendered.notes[0]
    assert (log[-1].done, log[-1].total) == (24, 24)


def test_same_request_gives_the_same_bytes(tmp_path):
    """A second run writes the same file."""
    first = render(tmp_path, end=scene(2))[0].path.read_bytes()
    assert render(tmp_path, end=scene(2))[0].path.read_bytes() == first


def test_cancelling_leaves_nothing(tmp_path):
    """A cancelled job ends by saying so and leaves no file."""
    with pytest.raises(EngineCancelled):
        render(tmp_path, cancelled=lambda: True)
    assert not list(tmp_path.glob("*.mp4*"))


@pytest.mark.parametrize(
    ("shape", "fields", "wide_only", "size"),
    [
        ((300, 480), {}, False, (1920, 1080)),
        ((480, 300), {}, False, (1080, 1920)),
        ((480, 300), {"aspect_ratio": "auto"}, False, (1080, 1920)),
        ((480, 300), {"aspect_ratio": "16:9"}, False, (1920, 1080)),
        ((300, 480), {"aspect_ratio": "9:16"}, False, (1080, 1920)),
        ((480, 300), {}, True, (1920, 1080)),
    ],
)
def test_shape_is_the_pictures_or_the_one_asked_for(shape, fields, wide_only, size):
    """Auto goes by the picture on LTX-2.3; the family before it knows 16:9 only."""
    asked = {"duration": 6, "resolution": "1080p", "fps": 25, **fields}
    clip = clip_of(asked, np.zeros((*shape, 3), np.uint8), wide_only=wide_only)
    assert (clip.width, clip.height) == size


def test_square_picture_is_shown_wide():
    """A square is as far from both shapes; it becomes wide, as most screens are."""
    assert nearest_shape(np.zeros((64, 64, 3), np.uint8)) == "16:9"


@pytest.mark.parametrize("shape", [(1, 1), (5, 900), (900, 5), (181, 321), (2000, 2000)])
def test_picture_of_any_shape_fills_the_frame(shape):
    """Fitting never leaves a gap, whatever the picture's sides, and agrees with what is drawn."""
    picture = np.full((*shape, 3), 90, np.uint8)
    assert fit(picture, SIZE).shape == (180, 320, 3)
    assert relief_of(picture, SIZE).still().y.shape == (180, 320)


def test_fit_keeps_what_matters():
    """A subject near the edge of a tall picture is inside the wide frame."""
    picture = np.full((960, 320, 3), 120, np.uint8)
    cv2.circle(picture, (160, 260), 40, (255, 20, 20), -1)
    fitted = fit(picture, SIZE)
    assert (fitted[..., 0] > 200).sum() > 0.95 * np.pi * 40**2


@pytest.mark.parametrize(
    "prompt", ["pan left", "push in", "pull out", "orbit right", "handheld", "static, snow", "rain"]
)
def test_clip_begins_at_the_picture_and_starts_softly(prompt):
    """Frame 0 is the picture to the bit, and the next frame is nearer to it than later ones."""
    drawn = frames_of(still(prompt), (0, 1, 20))
    picture = relief_of(scene(), SIZE).still()
    assert np.array_equal(drawn[0].y[60:], picture.y[60:])
    assert psnr(drawn[1].y, picture.y) > psnr(drawn[2].y, picture.y) + 3


@pytest.mark.parametrize(("prompt", "sign"), [("pan left", 1), ("camera tracks right", -1)])
def test_sideways_move_has_depth(prompt, sign):
    """What is low and near moves farther than what is high and far, as no shift or zoom does."""
    first, last = (planes.y for planes in frames_of(still(f"slow {prompt}"), (0, FRAMES - 1)))
    moved = flow(first, last)[..., 0] * sign
    middle = slice(100, 220)
    assert np.median(moved[140:, middle]) > np.median(moved[50:90, middle]) + 1.0
    points = np.argwhere(np.ones((180, 320))).astype(np.float32)[::97, ::-1]
    ends = points + flow(first, last)[points[:, 1].astype(int), points[:, 0].astype(int)]
    similar, _ = cv2.estimateAffinePartial2D(points, ends)
    left_over = np.linalg.norm(points @ similar[:, :2].T + similar[:, 2] - ends, axis=1)
    assert np.percentile(left_over, 75) > 0.5


def test_push_and_pull_go_opposite_ways():
    """A push makes what is in the frame larger, a pull smaller."""
    grown = []
    for prompt in ("push in", "pull out"):
        first, last = (planes.y for planes in frames_of(still(prompt), (0, FRAMES - 1)))
        across = flow(first, last)[..., 0]
        grown.append(np.median(across[:, 220:300]) - np.median(across[:, 20:100]))
    assert grown[0] > 1
    assert grown[1] < -1


def test_weather_of_the_prompt_comes_after_the_first_frame():
    """Snow lightens later frames and is absent from the first."""
    snowy, clear = (frames_of(still(f"static{s}"), (0, 49)) for s in (", heavy snow", ""))
    assert np.array_equal(snowy[0].y, clear[0].y)
    assert snowy[1].y.mean() > clear[1].y.mean() + 0.5


def test_related_pictures_are_known():
    """A scene from nearer agrees with itself, another scene does not."""
    luma = [relief_of(p, SIZE).still().y for p in (scene(), nearer(scene()), scene(2))]
    assert flows_between(luma[0], luma[1]).agreement > 0.6
    assert flows_between(luma[0], luma[2]).agreement < 0.2


@pytest.mark.parametrize("last", [nearer(scene()), scene(2)], ids=["related", "unrelated"])
@pytest.mark.parametrize("prompt", ["push in", "pull out", "pan right", "tilt up"])
def test_way_between_two_pictures_is_a_motion_not_a_dissolve(last, prompt):
    """No middle frame is a mixture of the ends, everything flows, and nothing is cut."""
    luma = [planes.y[50:].astype(float) for planes in frames_of(way(scene(), last, prompt))]
    ends = np.stack([luma[0].ravel(), luma[-1].ravel(), np.ones(luma[0].size)], axis=1)
    for number in (12, 25, 37):
        _, squares, _, _ = np.linalg.lstsq(ends, luma[number].ravel(), rcond=None)
        assert squares[0] / luma[0].size > 0.1 * luma[number].var()
    pair = [luma[number].astype(np.uint8) for number in (24, 25)]
    assert np.median(np.linalg.norm(flow(*pair), axis=2)) > 0.2
    steps = [np.abs(b - a).mean() for a, b in pairwise(luma)]
    assert max(steps) < 4 * np.median(steps)


@pytest.mark.parametrize("prompt", ["push in, snow", "pull out", "pan left", "crane down, rain"])
@pytest.mark.parametrize("last", [nearer(scene()), scene(2)], ids=["related", "unrelated"])
def test_way_ends_at_both_pictures(last, prompt):
    """Both ends are the fitted pictures, nearly to the bit."""
    drawn = frames_of(way(scene(), last, prompt), (0, FRAMES - 1))
    for planes, picture in zip(drawn, (scene(), last), strict=True):
        assert psnr(planes.y, relief_of(picture, SIZE).still().y) > 50
