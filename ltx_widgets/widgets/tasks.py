"""One form for each task; which fields it has is the schema's business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ltx_widgets.clip import Clip
from ltx_widgets.schema import ENDPOINTS, find_endpoint
from ltx_widgets.session import default_session
from ltx_widgets.widgets.form import Form

__all__ = [
    "AudioToVideo",
    "ExtendVideo",
    "ImageToVideo",
    "Reframe",
    "RetakeVideo",
    "TextToVideo",
    "form_for",
]


class _TaskForm(Form):
    """The form of one task.

    Args:
        endpoint: The endpoint chosen at first; the task's live LTX-2.3 one if left out.
        fields: First values, such as ``prompt="…"`` or ``duration=8``. Media take a path, an
            https address, bytes, a picture, an array or a clip, as "image", "end_image", "audio"
            or "video".

    Raises:
        InvalidRequest: no such endpoint or field, or a value that is not offered.
    """

    task: ClassVar[str]

    def __init__(self, endpoint: str | None = None, **fields: Any) -> None:
        # The table has the default family first.
        live = next(row.id for row in ENDPOINTS.values() if row.task == self.task)
        super().__init__(self.task, endpoint or live, fields)


class TextToVideo(_TaskForm):
    """A form that makes video from text, for the six text-to-video endpoints."""

    task = "text-to-video"


class ImageToVideo(_TaskForm):
    """A form that sets a picture in motion, for the six image-to-video endpoints."""

    task = "image-to-video"


class AudioToVideo(_TaskForm):
    """A form that makes video to a sound, for the two audio-to-video endpoints."""

    task = "audio-to-video"


class ExtendVideo(_TaskForm):
    """A form that makes a clip longer, for the two extend-video endpoints."""

    task = "extend-video"


class RetakeVideo(_TaskForm):
    """A form that makes a section of a clip anew, for the two retake-video endpoints."""

    task = "retake-video"


class Reframe(_TaskForm):
    """A form that gives a clip another shape, for the reframe endpoint."""

    task = "reframe"


FORMS: Mapping[str, type[_TaskForm]] = {
    form.task: form
    for form in (TextToVideo, ImageToVideo, AudioToVideo, ExtendVideo, RetakeVideo, Reframe)
}
"""The forms, by the task that each is for."""


def form_for(what: str | Clip, **fields: Any) -> Form:
    """The form for an endpoint, a task, or one more clip like another.

    Args:
        what: An endpoint id, a task such as "extend-video", or a clip, whose request becomes the
            first values; see `Session.settings`.
        fields: First values, before those of a clip.

    Raises:
        InvalidRequest: no such endpoint or field, a value that is not offered, or a clip that does
            not know what it was made from.
    """
    if isinstance(what, Clip):
        settings = default_session().settings(what)
        return form_for(settings.pop("endpoint"), **{**settings, **fields})
    if what in FORMS:
        return FORMS[what](**fields)
    row = find_endpoint(what)
    return FORMS[row.task](row.id, **fields)
