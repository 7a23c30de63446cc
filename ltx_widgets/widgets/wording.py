"""What a form says: of its model, of what is wrong, of the price. Texts and HTML, no widget."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ltx_widgets.errors import Problem
from ltx_widgets.schema import Endpoint, Estimate, FieldSpec
from ltx_widgets.schema.prompting import Advice
from ltx_widgets.spending import Spending

__all__ = [
    "EMPTY",
    "name_fix",
    "quiet",
    "say_advice",
    "say_day",
    "say_price",
    "say_reason",
    "say_refusal",
    "say_state",
    "shorten",
    "title_of",
]

EMPTY = ("string_too_short", "ltx_blank", "missing")
"""Types of problems that only say that nothing is there yet."""

_CHOOSE = {"image": "choose an image", "audio": "choose a sound file", "video": "choose a video"}


def quiet(text: str) -> str:
    """A text of second rank, as HTML."""
    return f'<span class="ltx-quiet">{escape(text)}</span>'


def title_of(row: Endpoint) -> str:
    """A model's name in the list of models."""
    name = row.title.partition(":")[0]
    return name if row.state == "live" else f"{name} ({row.state})"


def say_state(row: Endpoint) -> str:
    """Its id, and what to take instead of one that is gone."""
    if row.twin is None:
        return row.id
    return f"{row.id} is {row.state}; its live twin is {row.twin}"


def say_price(price: Estimate | None, place: str) -> str:
    """What a request costs, as HTML.

    Args:
        price: None where calls are free.
        place: "hosted", "server" or "local".
    """
    if place == "local":
        return quiet("free: preview drawn on this computer")
    if place == "server":
        return quiet("not charged by fal: made by your own server")
    if price is None:
        return quiet("price unknown")
    if price.usd is None:
        return quiet(f"the price goes by the length, which is not known here: {price}")
    amount, _, how = str(price).partition(" (")
    return f"<strong>{amount}</strong> {quiet(f'({how}')}"


def say_day(spending: Spending) -> str:
    """What the day has cost so far, and of how much: "today so far $1.20 of $5.00".

    Raises:
        ConfigError: the history cannot be read.
    """
    bound = f" of ${spending.budget.usd:.2f}" if spending.budget else ""
    return f"today so far ${spending.of_today:.2f}{bound}"


def say_advice(advice: Advice, seconds: float | None) -> str:
    """What a prompt has and could have, as HTML; hints on lines of their own.

    Args:
        advice: Of it.
        seconds: The length that it was looked at with.
    """
    counts = f"{_count(advice.words, 'word')}, {_count(advice.sentences, 'sentence')}"
    if advice.suits and seconds:
        counts += f" ({advice.suits[0]} to {advice.suits[1]} suit {seconds:g} s)"
    said = [f"✓ {part}" for part in advice.said]
    could = [f"could say: {', '.join(advice.unsaid)}"] if advice.unsaid else []
    lines = [f"<span>{escape(' · '.join([counts, *said, *could]))}</span>"]
    hints = (f'<span class="ltx-hint">{escape(hint)}</span>' for hint in advice.hints)
    return "<br>".join([*lines, *hints])


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def say_reason(row: Endpoint, specs: Mapping[str, FieldSpec], problems: tuple[Problem, ...]) -> str:
    """Why a request cannot be sent yet, as HTML."""
    if all(_is_blank(problem) for problem in problems):
        wanted = " and ".join(dict.fromkeys(_wanted(specs[p.field]) for p in problems))
        first = f"{wanted[:1].upper()}{wanted[1:]}"
        if any(specs[p.field].kind == "text" for p in problems):
            return quiet(f"{first} first: say what the clip should show.")
        return quiet(f"{first} first.")
    texts = [_sentence(row, specs, p) for p in problems if not _is_blank(p)]
    sentences = "; ".join(dict.fromkeys(texts))
    return f'<span role="status">{escape(sentences[:1].upper() + sentences[1:])}.</span>'


def say_refusal(error: Exception) -> str:
    """Why a whole request is not sent, as HTML."""
    text = str(error)
    return f'<span role="alert" class="ltx-bad">{escape(text[:1].upper() + text[1:])}.</span>'


def shorten(spec: FieldSpec, problem: Problem) -> str:
    """What is wrong, short enough for a narrow column."""
    if "expected" not in problem.context or "rule" not in problem.context:
        return problem.message
    unit = f" {spec.unit}" if spec.unit else ""
    return f"must be {problem.context['expected']}{unit} here"


def name_fix(fix: Mapping[str, Any], specs: Mapping[str, FieldSpec]) -> str:
    """A fix as the text of its button: "Set 1080p and 25 fps"."""
    words = []
    for name, value in fix.items():
        spec = specs[name]
        if spec.kind == "flag":
            words.append(f"{spec.title.lower()} {'on' if value else 'off'}")
        elif spec.kind == "number":
            words.append(f"{spec.title.lower()} {value:g} {spec.unit}".strip())
        else:
            words.append(f"{value} {spec.unit}".strip())
    return f"Set {' and '.join(words)}"


def _is_blank(problem: Problem) -> bool:
    return problem.type in EMPTY and "rule" not in problem.context


def _wanted(spec: FieldSpec) -> str:
    return _CHOOSE.get(spec.media, f"write a {spec.title.lower()}")


def _sentence(row: Endpoint, specs: Mapping[str, FieldSpec], problem: Problem) -> str:
    """What is wrong, in one sentence with the field's name for people."""
    named = {rule.name: rule.text for rule in row.model.rules}
    rule = named.get(str(problem.context.get("rule")))
    if rule is not None:
        return rule
    spec = specs.get(problem.field)
    return f"{spec.title.lower()}: {problem.message}" if spec else str(problem)
