"""Small clips that move in known ways, for the tests of what goes on with them or changes them."""

from itertools import pairwise

import av
import cv2
import numpy as np

from ltx_widgets.engines.preview.engine import PreviewEngine
from ltx_widgets.engines.preview.planes import yuv_of
from ltx_widgets.schema import find_endpoint
from ltx_widgets.video.encode import Mp4Writer, Picture

WIDTH, HEIGHT, FPS, RATE = 320, 180, 25, 48_000


def scene(width=1000, height=600):
    """A picture with structure everywhere."""
    rng = np.random.default_rng(5)
    soft = rng.integers(20, 236, (height // 20, width // 20, 3), np.uint8)
    picture = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    for x, y, radius in rng.integers((0, 0, 3), (width, height, 14), (260, 3)):
        colour = tuple(int(part) for part in rng.integers(0, 256, 3))
        cv2.circle(picture, (int(x), int(y)), int(radius), colour, -1, cv2.LINE_AA)
    return picture


def panning(count=50, *, step=2.0, size=(WIDTH, HEIGHT)):
    """A camera that turns right: the picture moves left by `step` pixels a frame."""
    world = scene()
    for number in range(count):
        way = np.array([[1, 0, 30 + step * number], [0, 1, 40]], float)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        yield cv2.warpAffine(world, way, size, flags=flags)


def circling(count=100, *, period=36):
    """A ball that goes round and round before a camera that stands."""
    world = scene(WIDTH, HEIGHT)
    for number in range(count):
        angle = 2 * np.pi * number / period
        place = round(160 + 90 * np.cos(angle)), round(90 + 55 * np.sin(angle))
        yield cv2.circle(world.copy(), place, 26, (250, 250, 250), -1, cv2.LINE_AA)


def hum(seconds):
    """A tone that swells four times a second, (2, n) float32."""
    t = np.arange(round(seconds * RATE)) / RATE
    wave = 0.2 * np.sin(2 * np.pi * 330 * t) * (1 + 0.5 * np.sin(8 * np.pi * t))
    return np.stack([wave, wave]).astype(np.float32)


def film(to, frames, *, fps=FPS, size=(WIDTH, HEIGHT), sound=False):
    """An mp4 of (h, w, 3) frames."""
    picture = Picture(*size)
    rate = RATE if sound else None
    with Mp4Writer(
        to, width=size[0], height=size[1], fps=fps, sound_rate=rate, quantiser=14
    ) as file:
        for frame in frames:
            planes = yuv_of(np.ascontiguousarray(frame))
            picture.y[:], picture.u[:], picture.v[:] = planes.planes
            file.write(picture)
        if sound:
            file.write_sound(hum(float(file.num_frames / fps)))
    return to


def preview(task, source, to, *, cancelled=lambda: False, report=lambda _: None, **fields):
    """A job of the preview engine on one clip."""
    row = find_endpoint(f"ltx-2.3/{task}")
    request = row.model.model_validate({"video_url": "https://media.invalid/a.mp4", **fields})
    return PreviewEngine().render(
        row, request, to, media={"video_url": source}, report=report, cancelled=cancelled
    )


def lumas(path):
    """Every frame's luma as an (h, w) int16 array."""
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="gray").astype(np.int16) for frame in file.decode(video=0)]


def steps(frames):
    """Mean difference from each frame to the next, in levels."""
    return [float(np.abs(b - a).mean()) for a, b in pairwise(frames)]


def decibels(frames, others):
    """The worst PSNR of frames against others, one by one."""
    worst = max(
        float(np.square(a - b).astype(float).mean()) for a, b in zip(frames, others, strict=True)
    )
    return 10 * np.log10(255**2 / max(worst, 1e-9))
