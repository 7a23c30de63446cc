"""Films whose every frame shows its own number, for eyes that count frames."""

import numpy as np
from moving_clips import film

BITS = 8


def numbered(to, count, *, fps=25, size=(320, 180), sound=False):
    """An mp4 whose frames show their number in black and white bars, the lowest bit at the left."""
    return film(to, map(_bars, range(count), [size] * count), fps=fps, size=size, sound=sound)


def _bars(number, size):
    width, height = size
    frame = np.zeros((height, width, 3), np.uint8)
    for bit in range(BITS):
        left, right = width * bit // BITS, width * (bit + 1) // BITS
        frame[:, left:right] = 235 if number >> bit & 1 else 20
    return frame


# Reads the numbers that the page's films show at this moment.
READ = """(selector) => [...document.querySelectorAll(selector)].map((video) => {
    const canvas = document.createElement("canvas");
    canvas.width = 8; canvas.height = 1;
    const brush = canvas.getContext("2d");
    brush.imageSmoothingEnabled = true;
    brush.drawImage(video, 0, 0, 8, 1);
    const { data } = brush.getImageData(0, 0, 8, 1);
    return [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, bit) => sum + (data[4 * bit] > 127) * 2 ** bit, 0);
})"""

# Notes, at each refresh of the page, which frame each film has on screen.
WATCH = """(selector) => {
    const films = [...document.querySelectorAll(selector)];
    window.shown = films.map(() => -1);
    window.seen = [];
    window.clocks = [];
    films.forEach((video, n) => {
        const hear = (_, { mediaTime }) => {
            window.shown[n] = mediaTime;
            video.requestVideoFrameCallback(hear);
        };
        video.requestVideoFrameCallback(hear);
    });
    const look = () => {
        if (films.every((video) => !video.paused && !video.seeking)) {
            window.clocks.push(films.map((video) => video.currentTime));
            if (!window.shown.includes(-1)) { window.seen.push([...window.shown]); }
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""
