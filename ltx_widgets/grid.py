"""A grid of requests: each field that was given a list of values, crossed with all others.

All of it is read and checked before anything is sent, and becomes a `Plan`, which is kept as a
file: whoever opens it later makes the same requests, and only those that are missing.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from ltx_widgets.config import private_folder
from ltx_widgets.draft import Draft
from ltx_widgets.errors import ConfigError, InvalidRequest, Problem
from ltx_widgets.media.material import Material
from ltx_widgets.schema import SHORT_NAMES, FieldSpec, choose_endpoint, describe, find_endpoint
from ltx_widgets.submission import SubmitOptions

__all__ = ["MOST_CELLS", "Cell", "Plan", "Read", "plan_grid"]

MOST_CELLS = 64
"""A grid of more cells than these is probably a mistake, and has to be asked for."""

_VERSION = 1
_MOST_NAMED = 3
_ID = "sweep-"

Read = Callable[..., Draft]
"""`Session.request`: reads a request with all its media, and raises InvalidRequest."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One request of a grid.

    Attributes:
        key: What is asked, as a hash: the same in every grid that asks it at the same place.
        label: What sets it apart from the other cells, for people: texts by the field's title.
        endpoint: Where it goes.
        fields: Its plain fields, by the wire's names.
        media: Its media by the wire's names: an address, or a file's path.
        parents: The request ids of the clips that media came from, by field.
        options: How the queue is to handle it.
        ready: The request as it was read; None for a plan that was kept in a file.
    """

    key: str
    label: Mapping[str, str]
    endpoint: str
    fields: Mapping[str, Any]
    media: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    options: SubmitOptions | None = None
    ready: Draft | None = field(default=None, repr=False, compare=False)

    @property
    def title(self) -> str:
        """The label in one line."""
        return ", ".join(f"{name}: {text}" for name, text in self.label.items()) or "the only one"

    def draft(self, read: Read, salt: str) -> Draft:
        """The request, ready to be sent; media are read again where a file held the plan.

        Raises:
            InvalidRequest: a file is gone, or is not what it was.
        """
        if self.ready is not None:
            return self.ready
        draft = read(
            endpoint=self.endpoint,
            parents=self.parents,
            options=self.options,
            **self.fields,
            **{
                name: given if given.startswith(("http:", "https:", "data:")) else Path(given)
                for name, given in self.media.items()
            },
        )
        if _key(draft, salt) != self.key:
            problem = Problem(
                next(iter(self.media), ""),
                f"a file of the cell {self.title!r} is not what it was when the sweep was planned; "
                "put the old one back, or make a new sweep",
            )
            raise InvalidRequest((problem,))
        return draft


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a sweep is to make.

    Attributes:
        id: Its name; the same for the same cells at the same place.
        salt: Part of every key: where calls go and, for a sweep that shall use no clip of before,
            a number drawn by chance.
        cells: In the order of the lists, the last list changing fastest.
    """

    id: str
    salt: str
    cells: tuple[Cell, ...]

    def keep(self, folder: Path) -> None:
        """Write it down; nothing may be sent before.

        Raises:
            ConfigError: it cannot be written.
        """
        path = private_folder(folder) / f"{self.id}.json"
        draft = path.with_suffix(f".{secrets.token_hex(4)}.part")
        told = {"version": _VERSION, "id": self.id, "salt": self.salt}
        cells = [_told(cell) for cell in self.cells]
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
                json.dump({**told, "cells": cells}, out)
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise ConfigError(
                f"the plan of the sweep cannot be written to {folder} ({error}), so nothing was "
                "sent; make room there, or name another folder in LTX_WIDGETS_HOME"
            ) from error

    @classmethod
    def kept(cls, folder: Path, name: str = "") -> Plan:
        """The newest plan whose id begins like that, with or without its "sweep-".

        Raises:
            InvalidRequest: there is none, or more than one.
            ConfigError: its file cannot be read.
        """
        wanted = name.removeprefix(_ID)
        found = sorted(folder.glob(f"{_ID}*.json"), key=lambda path: path.stat().st_mtime)
        found = [path for path in found if path.stem.removeprefix(_ID).startswith(wanted)]
        if not found or (wanted and len(found) > 1):
            what = "more than one sweep" if found else "no sweep"
            raise InvalidRequest((Problem("id", f"{what} was planned here with an id {name!r}…"),))
        try:
            told = json.loads(found[-1].read_text("utf8"))
            cells = tuple(
                Cell(**{**cell, "options": _options(cell["options"])}) for cell in told["cells"]
            )
            return cls(told["id"], told["salt"], cells)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"the plan {found[-1]} cannot be read ({error}); make the sweep again: what it "
                "has made already is found"
            ) from error


def plan_grid(
    given: Mapping[str, Any],
    read: Read,
    *,
    where: str,
    most: int = MOST_CELLS,
    fresh: bool = False,
) -> Plan:
    """Read a whole grid; cells that ask the same are one.

    Args:
        given: Fields, "endpoint", "parents" and "options" among them. A ``list`` or a ``range`` is
            a list of values; an array, a tuple or bytes are one value, such as a picture.
        read: `Session.request`.
        where: Where calls go: a preview of this computer is no substitute for a real clip.
        most: More cells than these are refused.
        fresh: Whether no clip of before shall count.

    Raises:
        InvalidRequest: with every problem of every cell.
    """
    lists = {n: _values(v) for n, v in given.items() if isinstance(v, list | range)}
    count = 1
    for values in lists.values():
        count *= len(values)
    _check_size(lists, count, most)
    salt = f"{where} {secrets.token_hex(8)}" if fresh else where
    cells, troubles = _read_all(given, lists, read, salt)
    if troubles:
        raise InvalidRequest(tuple(_told_once(troubles, count)))
    unique: dict[str, Cell] = {}
    for cell in cells:
        unique.setdefault(cell.key, cell)
    name = sha256(" ".join(unique).encode()).hexdigest()[:10]
    return Plan(f"{_ID}{name}", salt, tuple(_set_apart(list(unique.values()))))


def _set_apart(cells: list[Cell]) -> Iterator[Cell]:
    """The cells without labels that all of them share."""
    texts: dict[str, set[str]] = {}
    for cell in cells:
        for title, text in cell.label.items():
            texts.setdefault(title, set()).add(text)
    for cell in cells:
        yield replace(cell, label={t: text for t, text in cell.label.items() if len(texts[t]) > 1})


def _values(given: list[Any] | range) -> list[Any]:
    """The values of a list, plain ones only once."""
    seen: set[Any] = set()
    values = []
    for value in given:
        plain = value.strip() if isinstance(value, str) else value
        if isinstance(plain, str | int | float):
            if plain in seen:
                continue
            seen.add(plain)
        values.append(plain)
    return values


def _check_size(lists: Mapping[str, list[Any]], count: int, most: int) -> None:
    empty = [name for name, values in lists.items() if not values]
    problems = [
        Problem(name, "the list is empty; give it values, or leave it out") for name in empty
    ]
    if count > most:
        sizes = " x ".join(f"{len(values)} {name}" for name, values in lists.items())
        text = f"the grid has {count} cells ({sizes}); to make that many, pass most={count}"
        problems.append(Problem("most", text, fix={"most": count}))
    if problems:
        raise InvalidRequest(tuple(problems))


def _read_all(
    given: Mapping[str, Any], lists: Mapping[str, list[Any]], read: Read, salt: str
) -> tuple[list[Cell], list[tuple[str, InvalidRequest]]]:
    cells: list[Cell] = []
    troubles: list[tuple[str, InvalidRequest]] = []
    # A medium is read once, however many cells it is in.
    known: dict[int, tuple[Material, str]] = {}
    for picks in product(*(range(len(values)) for values in lists.values())):
        chosen = {name: lists[name][n] for name, n in zip(lists, picks, strict=True)}
        label = _label({**given, **chosen}, lists, picks)
        try:
            cells.append(_cell({**given, **chosen}, label, read, salt, known))
        except InvalidRequest as refused:
            troubles.append((Cell("", label, "", {}).title, refused))
    return cells, troubles


def _cell(
    given: Mapping[str, Any],
    label: Mapping[str, str],
    read: Read,
    salt: str,
    known: dict[int, tuple[Material, str]],
) -> Cell:
    fields = {n: v for n, v in given.items() if n not in ("endpoint", "parents", "options")}
    parents = dict(given.get("parents") or {})
    taken = dict(fields)
    for name, value in fields.items():
        if id(value) in known:
            taken[name], parent = known[id(value)]
            if parent:
                parents.setdefault(SHORT_NAMES.get(name, name), parent)
    draft = read(
        endpoint=given.get("endpoint"), parents=parents, options=given.get("options"), **taken
    )
    for name, value in fields.items():
        material = draft.media.get(SHORT_NAMES.get(name, name))
        if material is not None:
            known[id(value)] = material, draft.parents.get(SHORT_NAMES.get(name, name), "")
    plain = {n: v for n, v in draft.request.body().items() if n not in draft.media}
    media = {n: given.url or str(given.path) for n, given in draft.media.items()}
    return Cell(
        *(_key(draft, salt), dict(label), draft.endpoint.id, plain, media),
        *(dict(draft.parents), draft.options, draft),
    )


def _key(draft: Draft, salt: str) -> str:
    """A hash of all that makes a difference to the clip, and of nothing else."""
    media = {name: given.sha256 or given.url for name, given in draft.media.items()}
    options = draft.options.headers() if draft.options else {}
    asked = [salt, draft.endpoint.id, {**draft.request.body(), **media}, options]
    return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


def _label(
    given: Mapping[str, Any], lists: Mapping[str, list[Any]], picks: Iterable[int]
) -> dict[str, str]:
    specs = _specs(given)
    label = {}
    for (name, values), pick in zip(lists.items(), picks, strict=True):
        if len(values) > 1:
            spec = specs.get(SHORT_NAMES.get(name, name)) or specs.get(name)
            title = spec.title if spec else name.replace("_", " ").capitalize()
            label[title] = _text(values[pick], spec, pick)
    return label


def _specs(given: Mapping[str, Any]) -> dict[str, FieldSpec]:
    try:
        names = [n for n, value in given.items() if value is not None]
        row = find_endpoint(given.get("endpoint") or choose_endpoint(names))
    except InvalidRequest:
        return {}  # Reading it says what is wrong.
    return {spec.name: spec for spec in describe(row.model)}


def _text(value: Any, spec: FieldSpec | None, pick: int) -> str:
    """A value in a few words."""
    if value is None:
        return "none"
    path = getattr(value, "path", value)
    if isinstance(path, Path):
        return path.name
    if spec is not None and spec.media:
        named = isinstance(value, str) and not value.startswith("data:")
        return value.split("?")[0].rsplit("/", 1)[-1] if named else f"{spec.media} {pick + 1}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value).removeprefix("fal-ai/")
    return f"{text} {spec.unit}" if spec is not None and spec.unit else text


def _told_once(troubles: list[tuple[str, InvalidRequest]], count: int) -> Iterator[Problem]:
    """Each problem once, with the cells that it is in."""
    cells: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Problem] = {}
    for title, refused in troubles:
        for problem in refused.problems:
            same = problem.field, problem.message
            first.setdefault(same, problem)
            cells.setdefault(same, []).append(title)
    for same, problem in first.items():
        titles = cells[same]
        where = "; ".join(titles[:_MOST_NAMED]) + (" …" if len(titles) > _MOST_NAMED else "")
        if len(titles) == count:
            where = "in every cell" if count > 1 else ""
        else:
            where = f"in {len(titles)} of {count} cells: {where}"
        message = f"{problem.message} ({where})" if where else problem.message
        yield replace(problem, message=message)


def _told(cell: Cell) -> dict[str, Any]:
    names = ("key", "label", "endpoint", "fields", "media", "parents")
    told = {name: getattr(cell, name) for name in names}
    return {**told, "options": asdict(cell.options) if cell.options else None}


def _options(told: Mapping[str, Any] | None) -> SubmitOptions | None:
    return SubmitOptions(**told) if told else None
