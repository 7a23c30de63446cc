"""An endpoint's fields as command-line options: one table for the magic and for the command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.schema import (
    DEFAULT_ENDPOINT,
    Endpoint,
    FieldSpec,
    choose_endpoint,
    describe,
    find_endpoint,
)

__all__ = ["LineParser", "add_field_options", "field_values", "read_endpoint"]


class LineParser(argparse.ArgumentParser):
    """An argument parser that raises `InvalidRequest` where argparse would end the process."""

    def error(self, message: str) -> NoReturn:
        """Refuse the line with argparse's own words."""
        raise InvalidRequest((Problem("", f"{message}; see {self.prog} --help"),))


def read_endpoint(argv: Sequence[str]) -> Endpoint:
    """The endpoint that a line names, or else the one for the media that it gives.

    Raises:
        InvalidRequest: no such endpoint, or a video without a word on what to do with it.
    """
    parser = LineParser(add_help=False, allow_abbrev=False)
    _add_endpoint(parser)
    known, rest = parser.parse_known_args(list(argv))
    named = [word.partition("=")[0] for word in rest if word.startswith("--")]
    media = [name.removeprefix("--").replace("-", "_") for name in named]
    return find_endpoint(known.endpoint or choose_endpoint(media))


def add_field_options(parser: argparse.ArgumentParser, endpoint: Endpoint) -> None:
    """Give a parser ``--endpoint`` and one option for each field of the endpoint's request.

    The prompt is left out: in a cell it is the text, on a command line the first argument.
    Values are read later, by the request model, so that its messages and fixes are used.
    """
    _add_endpoint(parser)
    group = parser.add_argument_group(f"fields of {endpoint.id}")
    for spec in describe(endpoint.model):
        if spec.name != "prompt":
            _add_field(group, spec)


def field_values(options: argparse.Namespace, endpoint: Endpoint) -> dict[str, Any]:
    """The fields that a parsed line gave, by name, without the prompt and what was left out."""
    given = vars(options)
    names = [spec.name for spec in describe(endpoint.model) if spec.name != "prompt"]
    return {name: given[name] for name in names if given.get(name) is not None}


def _add_endpoint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-e",
        "--endpoint",
        default=None,
        metavar="ID",
        help=f"endpoint id; fal-ai/ may be left out (default: by the media given, and "
        f"{DEFAULT_ENDPOINT} without any)",
    )


def _add_field(group: argparse._ArgumentGroup, spec: FieldSpec) -> None:
    name = "--" + spec.name.replace("_", "-")
    if spec.kind == "flag":
        short = "--" + spec.name.removeprefix("generate_")
        group.add_argument(
            *dict.fromkeys((name, short)),
            dest=spec.name,
            default=None,
            action=argparse.BooleanOptionalAction,
            help=f"{spec.help} (default: {'on' if spec.default else 'off'})",
        )
        return
    offered = ", ".join(map(str, spec.choices))
    if spec.kind == "media":
        # --image is enough; the wire's --image-url is taken as well.
        group.add_argument(
            name.removesuffix("-url"),
            name,
            dest=spec.name,
            default=None,
            metavar="FILE",
            help=f"{spec.help} A path, an https address, or in %%ltx a variable.".replace(
                "%", "%%"
            ),
        )
        return
    default = "" if spec.default is None else f" (default: {spec.default})"
    group.add_argument(
        name,
        dest=spec.name,
        default=None,
        metavar=(spec.unit or spec.name).upper(),
        help=f"{spec.help} {offered}{default}".replace("%", "%%"),
    )
