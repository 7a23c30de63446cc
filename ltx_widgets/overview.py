"""What `%ltx` shows: small tables, as text and as HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from ltx_widgets.history import Run
from ltx_widgets.schema import DEFAULT_ENDPOINT, ENDPOINTS, Endpoint, estimate

__all__ = ["DryRun", "Page", "Table", "endpoints_table", "jobs_table"]

_PROMPT = 40


@dataclass(frozen=True)
class Table:
    """Rows of text under a heading.

    Attributes:
        title: One line.
        heads: What the columns are.
        rows: Cells of text, as many as heads.
        empty: Told in place of a table without rows.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "none"

    def __repr__(self) -> str:
        if not self.rows:
            return f"{self.title}: {self.empty}"
        lines = [self.heads, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.heads))]
        told = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        return "\n".join([self.title, *(f"  {line}" for line in told)])

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p><strong>{escape(self.title)}</strong>: {escape(self.empty)}</p>"
        left = ' style="text-align:left"'
        heads = "".join(f"<th{left}>{escape(head)}</th>" for head in self.heads)
        rows = "".join(
            f"<tr>{''.join(f'<td{left}>{escape(cell)}</td>' for cell in row)}</tr>"
            for row in self.rows
        )
        return (
            f"<p><strong>{escape(self.title)}</strong></p>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


@dataclass(frozen=True)
class Page:
    """A line and tables below it."""

    line: str
    tables: Sequence[Table]

    def __repr__(self) -> str:
        return "\n\n".join([self.line, *map(repr, self.tables)])

    def _repr_html_(self) -> str:
        tables = "".join(table._repr_html_() for table in self.tables)
        return f"<p>{escape(self.line)}</p>{tables}"


@dataclass(frozen=True)
class DryRun:
    """A request that was read and not sent.

    Attributes:
        endpoint: Where it would go.
        request: What would be sent.
        price: What it would cost, for people.
    """

    endpoint: str
    request: Mapping[str, Any]
    price: str

    def __repr__(self) -> str:
        body = json.dumps(dict(self.request), indent=2, ensure_ascii=False)
        return f"{self.endpoint}\n{body}\n{self.price}\nNot sent."


def endpoints_table() -> Table:
    """Every endpoint that requests can be made of, with its price per second at 1080p."""
    return Table(
        "Endpoints",
        ("id", "model", "state", "1080p"),
        tuple(_endpoint_row(row) for row in ENDPOINTS.values()),
    )


def jobs_table(runs: Sequence[Run]) -> Table:
    """Runs of the history, newest first."""
    return Table("Jobs", ("id", "state", "place", "prompt"), tuple(map(_run_row, runs)))


def _endpoint_row(row: Endpoint) -> tuple[str, ...]:
    rate = estimate(row, {"resolution": "1080p", "duration": 1}).per_second
    state = "default" if row.id == DEFAULT_ENDPOINT else row.state
    return row.id.removeprefix("fal-ai/"), row.title.partition(":")[0], state, f"${rate:.2f}/s"


def _run_row(run: Run) -> tuple[str, ...]:
    prompt = " ".join(str(run.request.get("prompt", "")).split())
    short = f"{prompt[:_PROMPT]}…" if len(prompt) > _PROMPT else prompt
    return run.id[:8], run.state, run.place, short
