"""Earlier work taken up again: a run of the history, or any video file as a clip."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from ltx_widgets.clip import Clip
from ltx_widgets.config import Secret
from ltx_widgets.echoes import hide_json
from ltx_widgets.errors import InvalidRequest, MediaError, Problem
from ltx_widgets.history import History, Run
from ltx_widgets.recipe import Recipe, read_recipe, shareable, xmp_packet
from ltx_widgets.schema import describe, find_endpoint

__all__ = ["fields_again", "kept_clip", "open_clip", "recipe_of", "write_recipe"]


def write_recipe(clip: Clip, secret: Secret | None = None) -> None:
    """Put into a clip's file what it was made from; every frame and sample stays as it is.

    Args:
        clip: The clip; its file is replaced.
        secret: Taken out, should the request repeat it.

    Raises:
        MediaError: the file is no mp4 that takes a note.
        OSError: there is no room for it.
    """
    from ltx_widgets.video.xmp import add_xmp

    recipe = Recipe(
        endpoint=clip.endpoint,
        request=hide_json(secret, dict(clip.request)),
        request_id=clip.request_id,
        parents=dict(clip.parents),
        cost=clip.cost,
        engine=clip.engine,
        notes=clip.notes,
    )
    add_xmp(clip.path, xmp_packet(recipe))


def recipe_of(path: Path) -> Recipe | None:
    """The recipe that a file carries; None where there is none.

    Raises:
        MediaError: there is no file, or its recipe cannot be used.
    """
    from ltx_widgets.video.xmp import read_xmp

    if not path.is_file():
        raise MediaError(f"expected a video file, but there is none at {path.name}")
    return read_recipe(read_xmp(path))


def open_clip(path: Path, history: History, **facts: Any) -> Clip:
    """Any video file as a clip, with what its recipe says of it.

    Args:
        path: The file.
        history: Where its run is looked up: what was not fit to be handed on is there.
        facts: Further attributes of the clip.

    Raises:
        MediaError: the file is no video.
    """
    try:
        recipe = recipe_of(path)
        lack = "this file carries no recipe: what was asked for is not known"
    except MediaError as error:
        recipe, lack = None, str(error)
    if recipe is None:
        return Clip.from_file(
            path, url="", endpoint="", request={}, request_id="", notes=(lack,), **facts
        )
    run = _run_of(recipe, history)
    return Clip.from_file(
        path,
        url=str((run.facts or {}).get("url", "")) if run else "",
        endpoint=recipe.endpoint,
        request=run.request if run else recipe.request,
        request_id=recipe.request_id,
        cost=recipe.cost,
        engine=recipe.engine,
        notes=recipe.notes,
        parents=recipe.parents,
        **facts,
    )


def kept_clip(run: Run, path: Path | None = None, **facts: Any) -> Clip | None:
    """The clip of a finished run, from its file alone: the service may not have it any more.

    Args:
        run: One of the history.
        path: Where its file is now; where the run says, if None.
        facts: Further attributes of the clip.

    Returns:
        None where there is no file, or a damaged one.
    """
    path = path or run.clip
    if path is None or not path.exists():
        return None
    told = run.facts or {}
    with suppress(MediaError):  # A damaged file is fetched again, as if it were not there.
        return Clip.from_file(
            path,
            url=str(told.get("url", "")),
            endpoint=run.endpoint,
            request=run.request,
            request_id=run.request_id or "",
            cost=str(told.get("cost", "")),
            engine=str(told.get("engine", "")),
            notes=tuple(told.get("notes", ())),
            parents=dict(told.get("parents", {})),
            **facts,
        )
    return None


def fields_again(clip: Clip, history: History) -> dict[str, Any]:
    """A clip's request as first values of a form, or to be sent once more.

    Addresses expire, so a film or sound that came from an earlier clip is that clip's file, as long
    as it is here. Other media stay the addresses that they were.

    Raises:
        InvalidRequest: the clip has no recipe, or is of an endpoint that is not known here.
    """
    if not clip.endpoint:
        raise InvalidRequest((_no_recipe(clip),))
    kinds = {spec.name: spec.media for spec in describe(find_endpoint(clip.endpoint).model)}
    fields = dict(clip.request)
    for name, request_id in clip.parents.items():
        # Of a picture nobody knows any more which frame it was.
        if kinds.get(name) in ("video", "audio") and (file := _file_of(request_id, history)):
            fields[name] = file
    return fields


def _run_of(recipe: Recipe, history: History) -> Run | None:
    """The run that a recipe is of. A stranger may claim any id, so what was asked must fit too."""
    run = history.of_request(recipe.request_id)
    if run is None or run.endpoint != recipe.endpoint:
        return None
    return run if shareable(run.request) == recipe.request else None


def _file_of(request_id: str, history: History) -> Path | None:
    run = history.of_request(request_id)
    return run.clip if run is not None and run.clip is not None and run.clip.exists() else None


def _no_recipe(clip: Clip) -> Problem:
    return Problem(
        "endpoint",
        f"{clip.path.name} does not say what it was made from; name an endpoint, and give the clip "
        "as media",
    )
