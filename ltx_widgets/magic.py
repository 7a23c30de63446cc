"""``%%ltx`` makes a clip from the prompt in its cell; ``%ltx`` tells how things stand."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class

from ltx_widgets.cells import MAGIC, cell_parser, prompt_of, read_words, split_line
from ltx_widgets.clip import Clip
from ltx_widgets.draft import Draft
from ltx_widgets.errors import BudgetExceeded, InvalidRequest, LTXError
from ltx_widgets.job import Job
from ltx_widgets.options import field_values
from ltx_widgets.overview import DryRun, Page, Table, endpoints_table, jobs_table
from ltx_widgets.schema import Endpoint, describe
from ltx_widgets.session import Session, default_session

__all__ = ["LTXMagics", "fill_in"]

# One pair of braces around a name, and not a doubled pair.
_NAMED = re.compile(r"(?<!\{)\{([^\W\d]\w*)\}(?!\})")
_FEW = 5


@magics_class
class LTXMagics(Magics):
    """The magics of ltx_widgets."""

    @line_cell_magic
    def ltx(self, line: str, cell: str | None = None) -> Clip | DryRun | Page | Table | None:
        """Make a clip from the prompt in the cell; ``%ltx`` lists endpoints and jobs.

        Usage::

            %%ltx --duration 8 --resolution 1440p -o fox
            a red fox runs through falling snow at dawn, slow pan left

        ``{name}`` in the prompt is replaced where a variable has that name. All options and their
        values: ``%ltx --help``.
        """
        with _in_one_line():
            words = split_line(line)
            if cell is None:
                return _tell(words)
            options, endpoint = read_words(words)
        if options.help:
            _print_help(endpoint)
            return None
        session = default_session()
        draft = _draft(session, cell, self._variables(), options, endpoint)
        if options.dry_run:
            return _dry_run(session, draft)
        clip = _make(session, draft)
        if options.output:
            self.shell.user_ns[options.output] = clip
        return clip

    def _variables(self) -> Mapping[str, Any]:
        """The user's variables, without what IPython itself put there."""
        hidden = self.shell.user_ns_hidden
        space = self.shell.user_ns
        return {name: v for name, v in space.items() if name not in hidden or v is not hidden[name]}


def fill_in(prompt: str, variables: Mapping[str, Any]) -> str:
    """Replace ``{name}`` where a variable has that name; every other brace stays as it is."""
    return _NAMED.sub(
        lambda found: str(variables[found[1]]) if found[1] in variables else found[0], prompt
    )


def _tell(words: list[str]) -> Page | Table | None:
    match words:
        case []:
            session = default_session()
            tables = (endpoints_table(), jobs_table(session.jobs(_FEW)))
            return Page(f"Calls go to: {session.target.label}", tables)
        case ["endpoints"]:
            return endpoints_table()
        case ["jobs"]:
            return jobs_table(default_session().jobs())
        case _ if "-h" in words or "--help" in words:
            _print_help(read_words(words)[1])
            return None
    raise UsageError(
        f"%ltx knows endpoints, jobs and --help, not {' '.join(words)!r}; "
        "to make a clip, put the prompt below %%ltx in a cell"
    )


@contextmanager
def _in_one_line() -> Iterator[None]:
    """IPython shows a `UsageError` without a traceback."""
    try:
        yield
    except (BudgetExceeded, InvalidRequest) as refused:
        raise UsageError(f"{MAGIC}: {refused}") from None


def _print_help(endpoint: Endpoint) -> None:
    print(cell_parser(endpoint).format_help())  # noqa: T201 - the answer to --help


def _dry_run(session: Session, draft: Draft) -> DryRun:
    price = session.estimate(draft)
    where = str(price) if price else f"free: {session.target.label}"
    return DryRun(draft.endpoint.id, draft.told(), where)


def _draft(
    session: Session,
    cell: str,
    variables: Mapping[str, Any],
    options: Namespace,
    endpoint: Endpoint,
) -> Draft:
    fields = field_values(options, endpoint)
    for spec in describe(endpoint.model):
        given = fields.get(spec.name)
        # A media option may name a variable: --image sketch, --video clip.
        if spec.media and isinstance(given, str) and given.isidentifier() and given in variables:
            fields[spec.name] = variables[given]
    with _in_one_line():
        prompt = prompt_of(cell, endpoint)
    if prompt is not None:
        fields["prompt"] = fill_in(prompt, variables)
    try:
        return session.request(endpoint=endpoint.id, **fields)
    except InvalidRequest as refused:
        raise UsageError(f"{MAGIC}: {refused}{_as_options(refused)}") from None


def _as_options(refused: InvalidRequest) -> str:
    """The fixes, as they would be typed."""
    fixes = {name: value for problem in refused.problems for name, value in problem.fix.items()}
    typed = " ".join(f"--{name.replace('_', '-')} {value}" for name, value in fixes.items())
    return f" (try {typed})" if typed else ""


def _make(session: Session, draft: Draft) -> Clip:
    with _in_one_line():
        job = session.send(draft)
    try:
        return _wait(session, job)
    except LTXError as error:
        _shorten(error, str(error), job)
        raise
    except KeyboardInterrupt as error:
        _shorten(error, job.interrupted(error), job)
        raise


def _wait(session: Session, job: Job) -> Clip:
    from ltx_widgets.widgets import job_panel

    with job_panel(session, job, magic=MAGIC):
        return job.result()


def _shorten(error: BaseException, message: str, job: Job) -> None:
    """Show one line in place of our own frames, which say nothing to the cell's author."""
    request = f" (request {job.request_id})" if job.request_id else ""
    line = f"{type(error).__name__}: {message}{request}"
    # IPython asks the exception itself for what to show.
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]
