"""A file as the service takes it: looked at, converted where it would be refused, and measured.

What fal and Lightricks refuse (plain PCM, HE-AAC, odd codecs, files too large) stands in fal's API
pages and in Lightricks' own documentation; fal's list of picture formats wins.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ltx_widgets.config import private_folder
from ltx_widgets.errors import MediaError
from ltx_widgets.images import encode_jpeg, encode_png, image_facts, read_image
from ltx_widgets.media.foreign import WANTED, sniffed_as
from ltx_widgets.media.material import Material
from ltx_widgets.schema import MediaFacts, MediaKind
from ltx_widgets.sniff import Sniffed, sniff
from ltx_widgets.video.convert import film_to_mp4, sound_to_m4a
from ltx_widgets.video.sound import sound_facts
from ltx_widgets.video.source import read_facts

__all__ = ["checked_file"]

_CHUNK = 1 << 20
_LARGEST_IMAGE = 15_000_000
_LONGEST_SIDE = 8192
_LARGEST_PNG = 4_000_000  # bytes; a photograph is ten times smaller as a JPEG
# Quality and longest side to try until a picture is small enough.
_JPEGS = ((95, _LONGEST_SIDE), (88, _LONGEST_SIDE), (85, 4096))
# These endpoints take a minute at most; a conversion of hours would end in a refusal.
_LONGEST_CONVERTED_S = 300.0
_PLAIN_MODES = ("RGB", "L")
_TAKEN_SOUNDS = ("mp3", "vorbis", "opus", "aac")
_UNUSUAL_SOUND_BOXES = ("audio/aac", "video/x-matroska", "video/webm", "video/quicktime")
_TAKEN_FILMS = ("h264", "hevc")
_TAKEN_BOXES = ("video/mp4", "video/quicktime", "video/x-matroska")
_SUFFIXES = {"audio/mp4": ".m4a", "video/mp4": ".mp4"}
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class _Look:
    """A file that the service takes, and what is known of it."""

    path: Path
    content_type: str
    facts: MediaFacts
    notes: tuple[str, ...] = ()


def checked_file(path: Path, *, kind: MediaKind, folder: Path, label: str) -> Material:
    """A material of a local file; of a converted copy where the service would refuse the file.

    Args:
        path: The file; its name says nothing of what it is.
        kind: What is wanted.
        folder: Where a converted copy goes; made if missing.
        label: Its name for people.

    Raises:
        MediaError: it is something else, or cannot be read; with fal's type.
    """
    stat = path.stat()
    asked = path.absolute(), stat.st_mtime_ns, stat.st_size, kind, folder
    look = _looked_at(*asked)
    if not look.path.is_file():
        # The copy was swept away since.
        _looked_at.cache_clear()
        look = _looked_at(*asked)
    sha256, size = _hashed(look.path.absolute(), look.path.stat().st_mtime_ns)
    stem = _SAFE.sub("-", Path(label).stem)[:40].strip("-.") or kind
    suffix = _SUFFIXES.get(look.content_type) or sniff(look.path).suffix
    return Material(
        kind=kind,
        label=label,
        path=look.path,
        sha256=sha256,
        size=size,
        content_type=look.content_type,
        name=f"{stem}{suffix}",
        facts=replace(look.facts, bytes=size),
        notes=look.notes,
    )


@lru_cache(maxsize=64)
def _looked_at(path: Path, _changed: int, size: int, kind: MediaKind, folder: Path) -> _Look:
    """As `checked_file` looks; a form asks again at each keystroke, a changed file is looked at."""
    if not size:
        raise MediaError(f"expected {WANTED[kind]}, but the file is empty")
    return _LOOKS[kind](path, sniffed_as(path, kind), folder)


def _image(path: Path, found: Sniffed, folder: Path) -> _Look:
    seen = image_facts(path)
    reasons = [
        text
        for text, holds in (
            ("turned upright", seen.rotated),
            (f"its {seen.mode} pixels made RGB", seen.mode not in _PLAIN_MODES),
            ("its 16 bits made 8", seen.deep),
            ("its transparent parts made black", seen.transparent),
            # Whoever knows the address of an uploaded file can read it.
            ("the place where it was taken left out", seen.located),
            ("its first picture taken", seen.frames > 1),
            ("scaled down", max(seen.width, seen.height) > _LONGEST_SIDE),
            ("encoded again, being over 15 MB", path.stat().st_size > _LARGEST_IMAGE),
        )
        if holds
    ]
    facts = MediaFacts("image", found.content_type, width=seen.width, height=seen.height)
    if not reasons:
        return _Look(path, found.content_type, facts)
    content, suffix, facts = _encoded(path)
    to = _copy_of(path, folder, "image", suffix)
    to.write_bytes(content)
    return _Look(to, facts.content_type, facts, (", ".join(reasons),))


def _encoded(path: Path) -> tuple[bytes, str, MediaFacts]:
    """A picture anew: a PNG, or a JPEG where that would be long."""
    pixels = read_image(path, max_side=_LONGEST_SIDE)
    content, suffix, kind = encode_png(pixels), ".png", "image/png"
    if len(content) > _LARGEST_PNG:
        suffix, kind = ".jpg", "image/jpeg"
        for quality, side in _JPEGS:
            if side < max(pixels.shape):
                pixels = read_image(path, max_side=side)
            content = encode_jpeg(pixels, quality)
            if len(content) <= _LARGEST_IMAGE:
                break
    height, width = pixels.shape[:2]
    return content, suffix, MediaFacts("image", kind, width=width, height=height)


def _audio(path: Path, found: Sniffed, folder: Path) -> _Look:
    seen = sound_facts(path)
    facts = MediaFacts("audio", found.content_type, duration=seen.duration, has_audio=True)
    reason = ""
    if seen.has_picture:
        reason = "its sound taken"
    elif seen.codec not in _TAKEN_SOUNDS:
        reason = f"its {seen.codec} made AAC"
    elif seen.codec == "aac" and seen.profile not in ("", "LC"):
        reason = f"its {seen.profile} made AAC-LC"
    elif found.content_type in _UNUSUAL_SOUND_BOXES:
        reason = "put into an m4a"
    if not reason:
        # An mp4 or webm without a picture is a sound file.
        kind = found.content_type.replace("video/", "audio/")
        return _Look(path, kind, replace(facts, content_type=kind))
    _refuse_too_long(path, seen.duration)
    to = _copy_of(path, folder, "audio", ".m4a")
    if not to.exists():
        sound_to_m4a(path, to)
    kind = "audio/mp4"
    return _Look(
        to, kind, replace(facts, content_type=kind), (f"{reason}, since fal takes no other",)
    )


def _video(path: Path, found: Sniffed, folder: Path) -> _Look:
    seen = read_facts(path)
    facts = MediaFacts(
        "video",
        found.content_type,
        width=seen.width,
        height=seen.height,
        fps=float(seen.fps),
        frames=seen.num_frames,
        duration=seen.duration,
        has_audio=seen.has_audio,
    )
    reasons = [
        text
        for text, holds in (
            ("turned upright", seen.rotation),
            (f"its {seen.video_codec} made H.264", seen.video_codec not in _TAKEN_FILMS),
            ("put into an mp4", found.content_type not in _TAKEN_BOXES),
            ("its high dynamic range toned down", seen.hdr),
        )
        if holds
    ]
    if not reasons:
        return _Look(path, found.content_type, facts)
    _refuse_too_long(path, seen.duration)
    to = _copy_of(path, folder, "video", ".mp4")
    if not to.exists():
        film_to_mp4(path, to)
    return _Look(to, "video/mp4", replace(facts, content_type="video/mp4"), (", ".join(reasons),))


def _refuse_too_long(path: Path, seconds: float) -> None:
    if seconds > _LONGEST_CONVERTED_S:
        raise MediaError(
            f"{path.name} lasts {seconds:.0f} s; up to {_LONGEST_CONVERTED_S:.0f} s are "
            "converted, so cut it first"
        )


_LOOKS: dict[str, Callable[[Path, Sniffed, Path], _Look]] = {
    "image": _image,
    "audio": _audio,
    "video": _video,
}


def _copy_of(path: Path, folder: Path, kind: str, suffix: str) -> Path:
    """Where the converted copy of a content is kept, so that it is made once."""
    digest, _ = _hashed(path, path.stat().st_mtime_ns)
    return private_folder(folder) / f"{digest[:32]}-{kind}{suffix}"


@lru_cache(maxsize=256)
def _hashed(path: Path, _changed: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size
