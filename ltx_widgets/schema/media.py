"""What is known of given media, and the rules that go by it.

A request names its media by address only; these rules can hold once somebody looked at the files:
the client before anything is sent, the local server after it fetched them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from ltx_widgets.errors import Problem
from ltx_widgets.schema.endpoints import Endpoint

__all__ = [
    "LONGEST_AUDIO_S",
    "MOST_FRAMES",
    "SHORTEST_AUDIO_S",
    "SLACK_S",
    "MediaFacts",
    "MediaKind",
    "advise_on_media",
    "check_media",
]

MediaKind = Literal["image", "audio", "video"]

MOST_FRAMES = 505
"""Frames that an extension and its context may have together (seeds)."""

SHORTEST_AUDIO_S, LONGEST_AUDIO_S = 2.0, 20.0
"""Seconds of sound that are taken (seeds)."""

_LONG_AUDIO_S = 10.0
_LONGEST_REFRAME_S = 60.0
_SHORTEST_SECTION_S = 2.0
_FEWEST_FRAMES = 73
_WIDEST, _TALLEST = 3840, 2160
# A codec's padding and a container's rounding: an audio of "20 s" is often 20.04 s.
SLACK_S = 0.05
"""Seconds that a length may be off."""


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What is known of one file.

    Attributes:
        kind: "image", "audio" or "video".
        content_type: By its content, such as "image/png".
        bytes: Size of the file.
        width: Pixels, upright; None for sound.
        height: Pixels, upright; None for sound.
        fps: Frames per second; None but for video.
        frames: Frames in all; None but for video.
        duration: Seconds; None for pictures.
        has_audio: Whether there is sound; None for pictures.
    """

    kind: MediaKind
    content_type: str = ""
    bytes: int = 0
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    frames: int | None = None
    duration: float | None = None
    has_audio: bool | None = None


Facts = Mapping[str, MediaFacts]
Check = Callable[[Mapping[str, Any], MediaFacts], list[Problem]]


def check_media(endpoint: Endpoint, body: Mapping[str, Any], facts: Facts) -> tuple[Problem, ...]:
    """What is wrong with a request in the light of its media.

    Args:
        endpoint: Where it goes.
        body: Its validated fields.
        facts: What is known, by field name; a field nobody looked at is not judged.
    """
    found: list[Problem] = []
    for name, seen in facts.items():
        if seen.kind == "video":
            found += _too_large(name, seen)
        if seen.kind == "audio" and seen.duration is not None:
            found += _bounds(name, seen.duration, "audio", SHORTEST_AUDIO_S, LONGEST_AUDIO_S)
    source = facts.get("video_url")
    check = _CHECKS.get(endpoint.task)
    if source is not None and check is not None:
        found += check(body, source)
    return tuple(found)


def advise_on_media(endpoint: Endpoint, body: Mapping[str, Any], facts: Facts) -> tuple[str, ...]:
    """What may surprise, though it is no error; one sentence each."""
    said = []
    audio, video = facts.get("audio_url"), facts.get("video_url")
    if audio and audio.duration and audio.duration > _LONG_AUDIO_S and endpoint.family == "ltx-2.3":
        said.append(
            f"newer texts of fal limit the sound to 10 s here; this is {audio.duration:g} s"
        )
    if video is None:
        return tuple(said)
    if video.frames and video.frames < _FEWEST_FRAMES and endpoint.task != "reframe":
        said.append(f"the service wants 73 frames or more; this clip has {video.frames}")
    if endpoint.task == "extend-video":
        said += _advise_on_extension(body, video)
    if endpoint.task == "retake-video" and video.duration is not None:
        end = body["start_time"] + body["duration"]
        if end > video.duration + SLACK_S:
            said.append(f"the section is cut at the clip's end, {video.duration:g} s")
    return tuple(said)


def _too_large(name: str, seen: MediaFacts) -> list[Problem]:
    if not seen.width or not seen.height:
        return []
    if max(seen.width, seen.height) <= _WIDEST and min(seen.width, seen.height) <= _TALLEST:
        return []
    text = (
        f"is {seen.width} x {seen.height}; at most {_WIDEST} x {_TALLEST} are taken, scale it down"
    )
    context = {"max_width": _WIDEST, "max_height": _TALLEST}
    return [Problem(name, text, type="image_too_large", context=context)]


def _bounds(name: str, seconds: float, kind: str, least: float, most: float) -> list[Problem]:
    given = round(seconds, 3)
    if seconds < least - SLACK_S:
        text = f"lasts {given:g} s; {least:g} s or more are taken"
        context = {"min_duration": least, "provided_duration": given}
        return [Problem(name, text, type=f"{kind}_duration_too_short", context=context)]
    if seconds > most + SLACK_S:
        text = f"lasts {given:g} s; at most {most:g} s are taken, cut it"
        context = {"max_duration": most, "provided_duration": given}
        return [Problem(name, text, type=f"{kind}_duration_too_long", context=context)]
    return []


def _check_extension(body: Mapping[str, Any], video: MediaFacts) -> list[Problem]:
    if not video.fps:
        return []
    context = body.get("context") or 0.0
    frames = round((context + body["duration"]) * video.fps)
    if frames <= MOST_FRAMES:
        return []
    room = int((MOST_FRAMES / video.fps - (context or 1.0)) * 10) / 10
    fits = room >= _SHORTEST_SECTION_S
    cure = f"so the duration can be {room:g} s" if fits else "give less context"
    what = "context and duration" if context else "duration"
    text = f"{what} make {frames} frames at {video.fps:g} fps; {MOST_FRAMES} fit, {cure}"
    fix = {"duration": room} if fits else {}
    return [Problem("duration", text, type="value_error", fix=fix, given=body["duration"])]


def _advise_on_extension(body: Mapping[str, Any], video: MediaFacts) -> list[str]:
    said = []
    if video.width and video.height:
        shape = max(video.width, video.height) / min(video.width, video.height)
        if abs(shape - 16 / 9) > 0.02:  # noqa: PLR2004 - a pixel or two are no other shape
            said.append(f"the service wants 16:9 or 9:16; this is {video.width} x {video.height}")
    context = body.get("context")
    if context and video.duration is not None and context > video.duration + SLACK_S:
        said.append(f"the context is the whole clip, {video.duration:g} s")
    if not context and video.fps and (body["duration"] + 1) * video.fps > MOST_FRAMES:
        said.append("so long an addition leaves less than 1 s of context")
    return said


def _check_retake(body: Mapping[str, Any], video: MediaFacts) -> list[Problem]:
    if video.duration is None:
        return []
    start, left = body["start_time"], video.duration - body["start_time"]
    if left >= _SHORTEST_SECTION_S - SLACK_S:
        return []
    last = max(0.0, int((video.duration - _SHORTEST_SECTION_S) * 10) / 10)
    if video.duration < _SHORTEST_SECTION_S - SLACK_S:
        return _bounds("video_url", video.duration, "video", _SHORTEST_SECTION_S, inf)
    text = (
        f"{start:g} s leaves {max(left, 0):.4g} s of a clip of {video.duration:.4g} s; a section "
        f"has 2 s or more, so start at {last:g} s or earlier"
    )
    fix = {"start_time": last}
    return [Problem("start_time", text, type="less_than_equal", fix=fix, context={"le": last})]


def _check_reframe(_: Mapping[str, Any], video: MediaFacts) -> list[Problem]:
    if video.duration is None:
        return []
    return _bounds("video_url", video.duration, "video", 0.0, _LONGEST_REFRAME_S)


_CHECKS: dict[str, Check] = {
    "extend-video": _check_extension,
    "retake-video": _check_retake,
    "reframe": _check_reframe,
}
