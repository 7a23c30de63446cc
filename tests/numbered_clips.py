"""Clips whose frames carry their number, so that a picture tells which one it is."""

import numpy as np

from ltx_widgets.clip import Clip
from ltx_widgets.video.encode import Mp4Writer, Picture

BITS = 8
RATE = 48_000


def numbered(to, count, *, fps=25, size=(320, 180), sound=True, noisy=False, **facts):
    """A clip whose frame n shows n in eight bars, the highest bit first; white is 1.

    With `noisy`, its lower half is noise that no small file can hold.
    """
    width, height = size
    picture, rng = Picture(*size), np.random.default_rng(1)
    noise = rng.integers(16, 236, (height // 2, width * 2), np.uint8)
    picture.u[:] = picture.v[:] = 128
    rate = RATE if sound else None
    quantiser = 8 if noisy else 20
    with Mp4Writer(
        to, width=width, height=height, fps=fps, sound_rate=rate, quantiser=quantiser
    ) as file:
        for number in range(count):
            for bit in range(BITS):
                bar = slice(bit * width // BITS, (bit + 1) * width // BITS)
                picture.y[:, bar] = 220 if number >> (BITS - 1 - bit) & 1 else 30
            if noisy:
                at = 7 * number % width
                picture.y[height // 2 :] = noise[:, at : at + width]
            file.write(picture)
        if sound:
            wave = 0.1 * np.sin(np.arange(round(count / fps * RATE)) / 20)
            file.write_sound(np.stack([wave, wave]).astype(np.float32))
    made = {"url": "", "endpoint": "fal-ai/ltx-2.3/text-to-video", "request_id": "the-first"}
    request = {"prompt": "a row of <b>bars</b>"}
    return Clip.from_file(to, **{**made, "request": request, **facts})


def number_of(frame):
    """The number that a (height, width, 3) picture shows."""
    height, width = frame.shape[:2]
    bars = frame[height // 4, width // BITS // 2 :: width // BITS, 0]
    return int("".join("1" if bar > 128 else "0" for bar in bars[:BITS]), 2)


# Reads the number that a video on a page shows at this moment.
READ = """(video) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(video, 0, 0);
    const bar = canvas.width / 8;
    const bits = [...Array(8).keys()].map((bit) =>
        pen.getImageData((bit + 0.5) * bar, canvas.height / 4, 1, 1).data[0] > 128 ? 1 : 0);
    return parseInt(bits.join(""), 2);
}"""
READ_ALL = f"(selector) => [...document.querySelectorAll(selector)].map({READ})"
