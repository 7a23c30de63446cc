"""From what a media field was given to material, in the words of somebody who fills in a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ltx_widgets.clip import Clip
from ltx_widgets.errors import MediaError
from ltx_widgets.media.material import Material
from ltx_widgets.schema import MediaKind
from ltx_widgets.session import default_session
from ltx_widgets.widgets.given import Variable, is_file
from ltx_widgets.widgets.upload import Uploaded

__all__ = ["is_web", "read_given"]


def is_web(value: Any) -> bool:
    """Whether somebody typed an address."""
    return isinstance(value, str) and value.lower().startswith(("https://", "http://"))


def read_given(given: Any, kind: MediaKind) -> tuple[Material, str]:
    """What was given as material, and a small picture of it as HTML. Takes its time.

    Args:
        given: What a person chose, an `Uploaded`, or a `Variable`.
        kind: What is wanted.

    Raises:
        MediaError: it cannot be used.
    """
    # Only now: a form without media loads no readers of pictures and films.
    from ltx_widgets.media.taking import material
    from ltx_widgets.widgets.media_preview import preview

    session = default_session()
    try:
        found = material(
            _value_of(given, kind),
            kind=kind,
            folder=session.folder / "media",
            hosted=session.target.place == "hosted",
        )
    except MediaError as error:
        raise _in_a_form(error, given) from error
    if isinstance(given, Uploaded):
        found = replace(found, label=given.name)
    elif isinstance(given, Variable):
        found = replace(found, label=f"variable {given.name}: {found.label}")
    return found, preview(found)


def _value_of(given: Any, kind: MediaKind) -> Any:
    if isinstance(given, Uploaded):
        return given.path
    if not isinstance(given, Variable):
        return given
    if kind == "image" and isinstance(given.value, Clip):
        raise MediaError(f"it is a clip; write {given.name}.last_frame or {given.name}.first_frame")
    return given.value


def _in_a_form(error: MediaError, given: Any) -> MediaError:
    """An error in the words of somebody who typed into a field."""
    if isinstance(given, Variable):
        said = f"variable {given.name}: {_said_of(error, given.value)}"
    elif isinstance(given, str) and given.isidentifier():
        said = f"there is neither a file nor a variable {given!r} here"
    else:
        return error
    return MediaError(said, type=error.type, context=error.context)


def _said_of(error: MediaError, value: Any) -> str:
    # A text that is no medium may be a key, which has no place in a saved notebook.
    if isinstance(value, str) and not is_web(value) and not is_file(value):
        return "it is a text, but neither the path of a file nor an https address"
    return str(error)
