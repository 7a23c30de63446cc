"""A request as code, and code as a request: a ``%%ltx`` cell, a Python call, fal's own examples.

Code is read, never run: Python by its syntax tree and for plain values alone.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ltx_widgets.cells import MAGIC, prompt_of, read_words, split_line
from ltx_widgets.errors import InvalidRequest, Problem
from ltx_widgets.options import field_values
from ltx_widgets.schema import ENDPOINTS, SHORT_NAMES, Endpoint, Request, choose_endpoint, describe

__all__ = ["Snippet", "looks_like_code", "read_snippet", "write_call", "write_cell"]

_WIDTH = 88
_LONGEST = 100_000
_WIRE_NAMES = {wire: short for short, wire in SHORT_NAMES.items()}
_TASKS = frozenset(row.task for row in ENDPOINTS.values())
_OURS = ("run", "submit", "request")
_FALS = ("subscribe", "subscribe_async", "run", "run_async", "submit", "submit_async", "stream")
_SCRIPT = re.compile(r"fal\s*\.\s*(?:queue\s*\.\s*)?(?:subscribe|run|submit|stream)\s*\(")
_TOKEN = re.compile(
    r"""\s*(?://[^\n]*\n\s*)*(?:(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\$])*`)"""
    r"""|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_]\w*)|(?P<mark>[{}\[\]:,]))"""
)
_WORDS = {"true": "true", "false": "false", "null": "null", "undefined": "null"}


@dataclass(frozen=True, slots=True)
class Snippet:
    """What some code asks for.

    Attributes:
        endpoint: Its id; None where the code does not say it.
        fields: By the names that the code uses; a variable's name stands for its value.
    """

    endpoint: str | None
    fields: Mapping[str, Any]


def write_cell(endpoint: Endpoint, request: Request, media: Mapping[str, str | None]) -> str:
    """The ``%%ltx`` cell of a request; empty where no cell can say it.

    Args:
        endpoint: Where it goes.
        request: Its fields. Those that have their defaults are left out.
        media: Python text for each of its media; None where the field's own short name is to stand
            for it, as a variable.
    """
    words = [MAGIC]
    if _must_name(endpoint, media):
        words += ["-e", endpoint.id.removeprefix("fal-ai/")]
    for name, value in _told(endpoint, request, media).items():
        if isinstance(value, bool):
            words.append(f"--{'' if value else 'no-'}{name.replace('_', '-')}")
        elif name != "prompt":
            words.append(f"--{name.replace('_', '-')}={shlex.quote(_as_word(name, value))}")
    prompt = getattr(request, "prompt", None)
    cell = f"{' '.join(words)}\n{prompt or f'# {endpoint.task}'}"
    # A line of an optional prompt that begins with # is a comment there, for one.
    return cell if read_snippet(cell).fields.get("prompt") == (prompt or None) else ""


def write_call(endpoint: Endpoint, request: Request, media: Mapping[str, str | None]) -> str:
    """The Python call of a request, as `ltx_widgets.run` takes it.

    Args:
        endpoint: Where it goes.
        request: Its fields. Those that have their defaults are left out.
        media: As for `write_cell`.
    """
    told = _told(endpoint, request, media)
    arguments = [_quoted(told.pop("prompt"))] if "prompt" in told else []
    arguments += [
        f"{name}={value.text if isinstance(value, _Python) else _literal(value)}"
        for name, value in told.items()
    ]
    if _must_name(endpoint, media):
        arguments.append(f"endpoint={_quoted(endpoint.id.removeprefix('fal-ai/'))}")
    line = f"ltx.run({', '.join(arguments)})"
    if len(line) > _WIDTH:
        line = "ltx.run(\n" + "".join(f"    {argument},\n" for argument in arguments) + ")"
    return f"import ltx_widgets as ltx\n\nclip = {line}"


def looks_like_code(text: str) -> bool:
    """Whether a text is more likely code than a prompt."""
    start = text.lstrip()
    if start.startswith((MAGIC, "{", "import ", "from ")):
        return True
    return bool(re.search(r"\b(?:ltx|ltx_widgets|fal_client|fal)\.\w+[\w.]*\(", start))


def read_snippet(text: str) -> Snippet:
    """What some code asks for; nothing of it is run.

    Args:
        text: A ``%%ltx`` cell, a call of this package or a form of it, one of ``fal_client`` or of
            fal's JavaScript client, or a request as JSON.

    Raises:
        InvalidRequest: it is none of these, or has something in place of a plain value.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise _refused(f"{len(text)} characters are more than the {_LONGEST} of any code of ours")
    if text.startswith(MAGIC):
        return _read_cell(text)
    if text.startswith("{"):
        return _from_body(None, _read_object(text))
    found = _SCRIPT.search(text)
    if found and "arguments" not in text:
        return _read_script(text[found.end() :])
    return _read_python(text)


@dataclass(frozen=True, slots=True)
class _Python:
    """Python text, in place of a value."""

    text: str


def _must_name(endpoint: Endpoint, media: Mapping[str, str | None]) -> bool:
    try:
        return choose_endpoint(media) != endpoint.id
    except InvalidRequest:
        return True  # A video: it must be said what to do with it.


def _told(endpoint: Endpoint, request: Request, media: Mapping[str, str | None]) -> dict[str, Any]:
    """The fields to be written: media by their short names, then what has no default."""
    told: dict[str, Any] = {}
    for spec in describe(endpoint.model):
        value = getattr(request, spec.name)
        if spec.media:
            if spec.name in media:
                short = _WIRE_NAMES[spec.name]
                told[short] = _Python(media[spec.name] or short)
        elif value is not None and (spec.required or value != spec.default):
            told[spec.name] = value
    return told


def _as_word(name: str, value: Any) -> str:
    """A value as an option's word: a text itself, a variable its name."""
    if not isinstance(value, _Python):
        return str(_literal(value)) if isinstance(value, float) else str(value)
    try:
        given = ast.literal_eval(value.text)
    except (ValueError, SyntaxError):
        # The magic knows variables by their names, and no expressions.
        return value.text if value.text.isidentifier() else name
    return str(given)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return repr(int(value) if isinstance(value, float) and value.is_integer() else value)


def _quoted(text: str) -> str:
    # JSON's texts are Python's as well, in the quotes that people write.
    return json.dumps(text, ensure_ascii=False)


def _read_cell(text: str) -> Snippet:
    line, _, cell = text.removeprefix(MAGIC).partition("\n")
    options, endpoint = read_words(split_line(line))
    fields = field_values(options, endpoint)
    prompt = prompt_of(cell, endpoint)
    return Snippet(endpoint.id, fields if prompt is None else {**fields, "prompt": prompt})


def _read_python(text: str) -> Snippet:
    try:
        calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        calls = []
    for call in calls:
        *before, name = ast.unparse(call.func).split(".")
        if "fal" in "".join(before) and name in _FALS:
            values = dict(_arguments(call, ("endpoint", "arguments")))
            arguments = values.get("arguments")
            return _from_body(values.get("endpoint"), arguments)
        task = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
        if task in _TASKS or name == "form_for":
            values = {"endpoint": f"ltx-2.3/{task}", **dict(_arguments(call, ("endpoint",)))}
            return _ours(values)
        if name in _OURS:
            return _ours(dict(_arguments(call, ("prompt",))))
    raise _refused(
        "expected a %%ltx cell, a call such as ltx.run(…) or fal_client.subscribe(…), or a "
        "request as JSON, and found none of these"
    )


def _ours(values: dict[str, Any]) -> Snippet:
    endpoint = values.pop("endpoint", None) or choose_endpoint(values)
    return Snippet(str(endpoint), values)


def _arguments(call: ast.Call, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, node in zip(names, call.args, strict=False):
        yield name, _plain(name, node)
    for keyword in call.keywords:
        if keyword.arg is None:
            unfolded = _plain("**", keyword.value)
            yield from unfolded.items() if isinstance(unfolded, dict) else ()
        elif keyword.arg not in ("on_queue_update", "with_logs", "options", "client_timeout"):
            yield keyword.arg, _plain(keyword.arg, keyword.value)


def _plain(name: str, node: ast.expr) -> Any:
    """A plain value, or the text that names one: ``clip``, ``clip.last_frame``."""
    if isinstance(node, ast.Name | ast.Attribute):
        return ast.unparse(node)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Path") and node.args:
        return _plain(name, node.args[0])
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError, MemoryError):
        raise _refused(
            f"{name} is {ast.unparse(node)[:80]}; code is not run here, so write its value", name
        ) from None


def _read_script(text: str) -> Snippet:
    """The rest of a call of fal's JavaScript client, from its first argument on."""
    named = re.match(r"""\s*["'`]([^"'`]+)["'`]\s*,\s*""", text)
    if named is None:
        raise _refused("the first argument of fal's call is no endpoint id in quotation marks")
    return _from_body(named[1], _read_object(text[named.end() :]))


def _read_object(text: str) -> Any:
    """A JSON or JavaScript object of plain values at the beginning of a text."""
    pieces: list[str] = []
    depth, at = 0, 0
    while found := _TOKEN.match(text, at):
        at = found.end()
        mark = found["mark"] or ""
        if mark in ("}", "]") and pieces and pieces[-1] == ",":
            pieces.pop()
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(mark, 0)
        if found["text"]:
            pieces.append(_quoted(_unquoted(found["text"])))
        elif found["word"]:
            word = found["word"]
            is_key = text[at:].lstrip().startswith(":")
            pieces.append(_quoted(word) if is_key else _WORDS.get(word, _quoted(word)))
        else:
            pieces.append(found["number"] or mark)
        if depth == 0:
            break
        # Options beside the input may be functions; what came before is enough.
        if depth == 1 and mark == "}" and pieces[1:2] == ['"input"']:
            pieces.append("}")
            break
    try:
        return json.loads("".join(pieces))
    except (ValueError, RecursionError):
        raise _refused("it begins like an object of plain values and is none") from None


def _unquoted(text: str) -> str:
    inside = text[1:-1]
    if text[0] != '"':
        inside = inside.replace("\\'", "'").replace("\\`", "`")
        inside = re.sub(r'(?<!\\)"', r"\"", inside).replace("\n", "\\n")
    try:
        return str(json.loads(f'"{inside}"'))
    except ValueError:
        raise _refused(f"{text[:80]} has a sign that a text of JSON cannot have") from None


def _from_body(endpoint: Any, body: Any) -> Snippet:
    if isinstance(body, dict) and isinstance(body.get("input"), dict):
        body = body["input"]
    if not isinstance(body, dict):
        raise _refused("the call has no object of plain values for its fields")
    return Snippet(endpoint if isinstance(endpoint, str) else None, body)


def _refused(message: str, field: str = "") -> InvalidRequest:
    return InvalidRequest((Problem(field, message),))
