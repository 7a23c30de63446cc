"""The media that gallery and benchmarks work on: a clip of our own, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ltx_widgets.engines.preview.engine import PreviewEngine
from ltx_widgets.schema import find_endpoint

PROMPT = "a red fox runs through falling snow at dawn, slow pan left"


def render(endpoint_id: str, to: Path, media: dict[str, Path], say=lambda _: None, **fields):
    """One request through the preview engine, without a server."""
    endpoint = find_endpoint(endpoint_id)
    addresses = {name: f"https://upload.invalid/{path.name}" for name, path in media.items()}
    request = endpoint.model.model_validate({**fields, **addresses})
    return PreviewEngine().render(
        endpoint, request, to, media=media, report=say, cancelled=lambda: False
    )


@dataclass(frozen=True)
class Sources:
    """Files to work on, made in a folder.

    Attributes:
        video: 6 s at 1080p and 25 fps, with sound.
        image: A frame of it, as a PNG.
        audio: Its sound, as an m4a.
    """

    video: Path
    image: Path
    audio: Path

    @classmethod
    def at(cls, folder: Path) -> Sources:
        """Where they are in a folder, made or not."""
        return cls(folder / "fox.mp4", folder / "fox.png", folder / "fox.m4a")

    @classmethod
    def make(cls, folder: Path) -> Sources:
        from ltx_widgets.images import encode_png
        from ltx_widgets.video.frames import frame_at

        made = cls.at(folder)
        render("ltx-2.3/text-to-video", made.video, {}, prompt=PROMPT)
        made.image.write_bytes(encode_png(frame_at(made.video, 3.0)))
        _copy_sound(made.video, made.audio)
        return made


def _copy_sound(video: Path, to: Path) -> None:
    import av

    with av.open(str(video)) as source, av.open(str(to), "w", format="mp4") as copy:
        stream = copy.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
