"""Read the facts of one media file. In the render process only: the decoders are loaded here."""

from __future__ import annotations

from pathlib import Path

from ltx_widgets.schema import MediaFacts, MediaKind

__all__ = ["look_at"]

# Decoded to the end, since a header does not tell that half of the picture is missing.
_GLANCE_SIDE = 256


def look_at(path: Path, kind: MediaKind, content_type: str) -> MediaFacts:
    """What a file is, read from its content.

    Args:
        path: A file of ours, whose name and extension are ours, too.
        kind: What it is to be used as.
        content_type: By its first bytes.

    Raises:
        MediaError: it cannot be used as that.
    """
    look = {"image": _image, "audio": _audio, "video": _video}[kind]
    return look(path, content_type)


def _image(path: Path, content_type: str) -> MediaFacts:
    from ltx_widgets.images import image_facts, read_image

    facts = image_facts(path)
    read_image(path, max_side=_GLANCE_SIDE)
    return MediaFacts(
        "image",
        content_type=content_type,
        bytes=path.stat().st_size,
        width=facts.width,
        height=facts.height,
    )


def _audio(path: Path, content_type: str) -> MediaFacts:
    from ltx_widgets.video.sound import sound_facts

    return MediaFacts(
        "audio",
        content_type=content_type,
        bytes=path.stat().st_size,
        duration=sound_facts(path).duration,
        has_audio=True,
    )


def _video(path: Path, content_type: str) -> MediaFacts:
    from ltx_widgets.video.source import read_facts

    facts = read_facts(path)
    return MediaFacts(
        "video",
        content_type=content_type,
        bytes=path.stat().st_size,
        width=facts.width,
        height=facts.height,
        fps=float(facts.fps),
        frames=facts.num_frames,
        duration=facts.duration,
        has_audio=facts.has_audio,
    )
