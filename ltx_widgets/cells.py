"""A ``%%ltx`` cell as text: its options and its prompt, for the magic and for the form."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Sequence

from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.options import LineParser, add_field_options, read_endpoint
from ltx_widgets.schema import Endpoint

__all__ = ["MAGIC", "cell_parser", "prompt_of", "read_words", "split_line"]

MAGIC = "%%ltx"


def split_line(line: str) -> list[str]:
    """The words of an option line, quoted as in a shell.

    Raises:
        InvalidRequest: a quotation mark is left open.
    """
    try:
        return shlex.split(line)
    except ValueError as error:
        raise InvalidRequest((Problem("", f"{error} in {line!r}"),)) from None


def read_words(words: Sequence[str]) -> tuple[Namespace, Endpoint]:
    """The options and the endpoint of a line.

    Raises:
        InvalidRequest: an option that the endpoint does not have, or no such endpoint.
    """
    endpoint = read_endpoint(words)
    options = cell_parser(endpoint).parse_args(list(words))
    if options.output is not None and not options.output.isidentifier():
        problem = Problem("", f"-o expects the name of a variable, got {options.output!r}")
        raise InvalidRequest((problem,))
    return options, endpoint


def cell_parser(endpoint: Endpoint) -> LineParser:
    """What reads the option line for an endpoint."""
    # Named %ltx: IPython refuses a bare "%%ltx --help" before it gets here, for its empty cell.
    parser = LineParser(
        prog="%ltx",
        add_help=False,
        allow_abbrev=False,
        description="%%ltx makes a clip from the prompt in the cell. {name} in the prompt is "
        "replaced where a variable has that name.",
    )
    parser.add_argument("-o", "--output", metavar="NAME", help="bind the clip to this variable")
    parser.add_argument("--dry-run", action="store_true", help="show request and price, send none")
    parser.add_argument("-h", "--help", action="store_true", help="show this, send nothing")
    add_field_options(parser, endpoint)
    return parser


def prompt_of(cell: str, endpoint: Endpoint) -> str | None:
    """The cell's text; None where the endpoint can do without and there is none.

    IPython wants something below ``%%ltx``, so a comment stands for nothing there.

    Raises:
        InvalidRequest: the endpoint takes no prompt, and there is one.
    """
    field = endpoint.model.model_fields.get("prompt")
    if field is not None and field.is_required():
        return cell.strip()
    lines = [line for line in cell.strip().splitlines() if not line.lstrip().startswith("#")]
    text = "\n".join(lines).strip()
    if text and field is None:
        problem = Problem(
            "", f"{endpoint.id} takes no prompt; put only a comment below, such as # reframe"
        )
        raise InvalidRequest((problem,))
    return text or None
