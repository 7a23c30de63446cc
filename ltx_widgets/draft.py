"""What a person asked for, read and checked, with the media it goes with; nothing is sent yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ltx_widgets.errors import InvalidRequest, MediaError, Problem
from ltx_widgets.media.material import Material
from ltx_widgets.schema import (
    SHORT_NAMES,
    Endpoint,
    FieldSpec,
    MediaFacts,
    Request,
    advise_on_media,
    check_media,
    choose_endpoint,
    describe,
    find_endpoint,
    read_request,
)
from ltx_widgets.submission import SubmitOptions

__all__ = ["Draft", "read_draft"]

# A name that can never be looked up (RFC 2606): what stands in for a file until it is uploaded
# must not be taken for an address by anybody.
_NOT_YET = "https://upload.invalid/"


@dataclass(frozen=True, slots=True)
class Draft:
    """One request, ready to be sent.

    Attributes:
        endpoint: Where it goes.
        request: Its fields; files that are still to be uploaded have a stand-in for an address.
        media: What was given for its media fields, by the wire's names.
        parents: The request ids of the clips that its media came from, by field.
        notes: What was converted, and what may surprise.
        options: How the queue is to handle it.
    """

    endpoint: Endpoint
    request: Request
    media: Mapping[str, Material] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    options: SubmitOptions | None = None

    @property
    def facts(self) -> dict[str, MediaFacts]:
        """What is known of the media, by field; remote ones are missing."""
        return {name: given.facts for name, given in self.media.items() if given.facts}

    @property
    def waiting(self) -> dict[str, Material]:
        """The files that are to be uploaded, by field."""
        return {name: given for name, given in self.media.items() if given.url is None}

    def body(self, addresses: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object that is sent.

        Args:
            addresses: Where files were uploaded to, by field.
        """
        return {**self.request.body(), **(addresses or {})}

    def told(self) -> dict[str, Any]:
        """The body as people read it: files by their names, media bytes left out."""
        labels = {name: given.summary for name, given in self.media.items()}
        return {name: labels.get(name, value) for name, value in self.request.body().items()}


def read_draft(
    fields: Mapping[str, Any],
    *,
    endpoint: str | None,
    folder: Path,
    parents: Mapping[str, str] | None = None,
    options: SubmitOptions | None = None,
    hosted: bool = False,
) -> Draft:
    """Read what a person asked for.

    Args:
        fields: By the wire's names, or "image", "end_image", "audio" and "video" for media. Media
            are whatever `ltx_widgets.media.material` takes.
        endpoint: Its id; by the media that are given, if None.
        folder: Where converted copies are kept.
        parents: The request ids of the clips that media came from, where they do not say it.
        options: How the queue is to handle it.
        hosted: Whether it goes to fal, which cannot fetch from this computer or its network.

    Raises:
        InvalidRequest: with every problem found, each with its fix.
    """
    given = [name for name, value in fields.items() if value is not None]
    row = find_endpoint(endpoint or choose_endpoint(given))
    specs = {spec.name: spec for spec in describe(row.model)}
    named = _by_wire_names(fields, specs)
    media, troubles = _materials(named, specs, folder, hosted=hosted)
    plain = {name: value for name, value in named.items() if name not in troubles}
    request = _request(row, plain | {name: _address(m) for name, m in media.items()}, troubles)
    facts = {name: given.facts for name, given in media.items() if given.facts}
    problems = check_media(row, request.body(), facts)
    if problems:
        raise InvalidRequest(problems)
    said = [f"{given.label}: {note}" for given in media.values() for note in given.notes]
    advice = advise_on_media(row, request.body(), facts)
    came_from = {**_parents(named, media), **(parents or {})}
    return Draft(row, request, media, came_from, (*said, *advice), options)


def _by_wire_names(fields: Mapping[str, Any], specs: Mapping[str, FieldSpec]) -> dict[str, Any]:
    named = {}
    for name, value in fields.items():
        wire = SHORT_NAMES.get(name, name)
        known = wire if name not in specs and wire in specs else name
        blank = isinstance(value, str) and not value.strip()
        # An empty line in a form is no picture.
        named[known] = None if blank and known in specs and specs[known].media else value
    return named


def _materials(
    named: Mapping[str, Any], specs: Mapping[str, FieldSpec], folder: Path, *, hosted: bool
) -> tuple[dict[str, Material], dict[str, Problem]]:
    media, troubles = {}, {}
    for name, value in named.items():
        kind = specs[name].media if name in specs else ""
        if not kind or value is None:
            continue
        try:
            media[name] = (
                value if isinstance(value, Material) else _taken(value, kind, folder, hosted=hosted)
            )
        except MediaError as error:
            troubles[name] = Problem(
                name, str(error), type=error.type or "value_error", context=error.context
            )
    return media, troubles


def _taken(value: Any, kind: str, folder: Path, *, hosted: bool) -> Material:
    # Only now: a call without media loads no readers of pictures and films.
    from ltx_widgets.media.taking import material

    return material(
        value,
        kind=kind,  # type: ignore[arg-type]  # from the schema
        folder=folder,
        hosted=hosted,
    )


def _address(given: Material) -> str:
    return given.url or f"{_NOT_YET}{given.sha256}/{given.name}"


def _request(row: Endpoint, plain: Mapping[str, Any], troubles: Mapping[str, Problem]) -> Request:
    """The request, or every problem at once: those of the media in their fields' places."""
    stand_ins = dict.fromkeys(troubles, f"{_NOT_YET}refused")
    given = {name: value for name, value in plain.items() if value is not None}
    try:
        request = read_request(row.model, {**given, **stand_ins})
    except InvalidRequest as refused:
        order = list(row.model.model_fields)
        both = (*troubles.values(), *refused.problems)
        raise InvalidRequest(
            tuple(sorted(both, key=lambda p: order.index(p.field) if p.field in order else 99))
        ) from None
    if troubles:
        raise InvalidRequest(tuple(troubles.values()))
    return request


def _parents(named: Mapping[str, Any], media: Mapping[str, Material]) -> dict[str, str]:
    """Which of the media are clips with a job of their own."""
    ids = {name: getattr(named[name], "request_id", None) for name in media}
    return {name: id_ for name, id_ in ids.items() if isinstance(id_, str) and id_}
