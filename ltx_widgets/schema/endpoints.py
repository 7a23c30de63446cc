"""The table of endpoints: every LTX id on fal, what it does, and whether it is still offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.schema import audio_to_video as a2v
from ltx_widgets.schema import edit_video as edit
from ltx_widgets.schema import image_to_video as i2v
from ltx_widgets.schema import text_to_video as t2v
from ltx_widgets.schema._request import Request

__all__ = [
    "DEFAULT_ENDPOINT",
    "ENDPOINTS",
    "SHORT_NAMES",
    "Endpoint",
    "State",
    "Task",
    "Tier",
    "choose_endpoint",
    "find_endpoint",
]

Task = Literal[
    "text-to-video", "image-to-video", "audio-to-video", "extend-video", "retake-video", "reframe"
]
Tier = Literal["pro", "fast"]
State = Literal["live", "retired", "legacy"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the table.

    Attributes:
        id: The full endpoint id, as submitted.
        title: Its name for people.
        family: "ltx-2", "ltx-2.3" or "ltxv-2".
        task: What it does.
        tier: "pro" or "fast".
        state: "live"; "retired" (gone from fal's catalogue in August 2026, still sent if asked
            for); "legacy" (the first ids of LTX-2, of October 2025).
        twin: The live id to use instead; None for live ones.
        model: Its request model.
    """

    id: str
    title: str
    family: str
    task: Task
    tier: Tier
    state: State
    twin: str | None
    model: type[Request]

    @property
    def app(self) -> str:
        """``owner/alias``: the part of the id under which a request is followed."""
        return "/".join(self.id.split("/")[:2])


def _twin(family: str, path: str) -> str | None:
    return None if family == "ltx-2.3" else f"fal-ai/ltx-2.3/{path}"


def _row(family: str, path: str, state: State, model: type[Request]) -> tuple[str, Endpoint]:
    task, _, tier = path.partition("/")
    version = {"ltx-2": "LTX-2", "ltx-2.3": "LTX-2.3", "ltxv-2": "LTX-2 (first ids)"}[family]
    row = Endpoint(
        id=f"fal-ai/{family}/{path}",
        title=f"{version} {tier or 'pro'}: {task.replace('-', ' ')}",
        family=family,
        task=task,  # type: ignore[arg-type]  # the ids are spelled with the task's name
        tier="fast" if tier else "pro",
        state=state,
        twin=_twin(family, path),
        model=model,
    )
    return row.id, row


ENDPOINTS: dict[str, Endpoint] = dict(
    (
        _row("ltx-2.3", "text-to-video", "live", t2v.LTXV23TextToVideoRequest),
        _row("ltx-2.3", "text-to-video/fast", "live", t2v.LTXV23TextToVideoFastRequest),
        _row("ltx-2.3", "image-to-video", "live", i2v.LTXV23ImageToVideoRequest),
        _row("ltx-2.3", "image-to-video/fast", "live", i2v.LTXV23ImageToVideoFastRequest),
        _row("ltx-2.3", "audio-to-video", "live", a2v.LTXV23AudioToVideoRequest),
        _row("ltx-2.3", "extend-video", "live", edit.LTXV23ExtendVideoRequest),
        _row("ltx-2.3", "retake-video", "live", edit.LTXV23RetakeVideoRequest),
        _row("ltx-2.3", "reframe", "live", edit.Ltx23ReframeInput),
        _row("ltx-2", "text-to-video", "retired", t2v.LTXV20TextToVideoRequest),
        _row("ltx-2", "text-to-video/fast", "retired", t2v.LTXV20TextToVideoFastRequest),
        _row("ltx-2", "image-to-video", "retired", i2v.LTXV20ImageToVideoRequest),
        _row("ltx-2", "image-to-video/fast", "retired", i2v.LTXV20ImageToVideoFastRequest),
        _row("ltx-2", "audio-to-video", "retired", a2v.LTXV20AudioToVideoRequest),
        _row("ltx-2", "extend-video", "retired", edit.LTXExtendVideoRequest),
        _row("ltx-2", "retake-video", "retired", edit.LTXRetakeVideoRequest),
        _row("ltxv-2", "text-to-video", "legacy", t2v.LTXVTextToVideoRequest),
        _row("ltxv-2", "text-to-video/fast", "legacy", t2v.LTXVTextToVideoFastRequest),
        _row("ltxv-2", "image-to-video", "legacy", i2v.LTXVImageToVideoRequest),
        _row("ltxv-2", "image-to-video/fast", "legacy", i2v.LTXVImageToVideoFastRequest),
    )
)
"""Every endpoint by id, the default family first."""

DEFAULT_ENDPOINT = "fal-ai/ltx-2.3/text-to-video"
"""LTX-2.3 pro: the family that fal lists as live."""


SHORT_NAMES = {
    "image": "image_url",
    "end_image": "end_image_url",
    "audio": "audio_url",
    "video": "video_url",
}
"""What people may call the media fields."""


def choose_endpoint(given: Iterable[str]) -> str:
    """The id of the live endpoint that takes such media, where none was named.

    Args:
        given: The names of the fields that are given, short or as on the wire.

    Raises:
        InvalidRequest: a video can be extended, retaken or reframed.
    """
    names = {SHORT_NAMES.get(name, name) for name in given}
    if "video_url" in names:
        which = "ltx-2.3/extend-video, ltx-2.3/retake-video or ltx-2.3/reframe"
        problem = Problem("endpoint", f"a video is given, so say what to do with it: {which}")
        raise InvalidRequest((problem,))
    if "audio_url" in names:
        return "fal-ai/ltx-2.3/audio-to-video"
    return "fal-ai/ltx-2.3/image-to-video" if "image_url" in names else DEFAULT_ENDPOINT


def find_endpoint(name: str) -> Endpoint:
    """The endpoint of that id; ``fal-ai/`` may be left out.

    Raises:
        InvalidRequest: no such id; the message names the nearest one.
    """
    wanted = name.strip().strip("/")
    for candidate in (wanted, f"fal-ai/{wanted}"):
        if candidate in ENDPOINTS:
            return ENDPOINTS[candidate]
    near = get_close_matches(f"fal-ai/{wanted.removeprefix('fal-ai/')}", ENDPOINTS, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise InvalidRequest((Problem("endpoint", f"{name!r} is not an LTX endpoint{hint}"),))
