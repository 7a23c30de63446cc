"""The server's OpenAPI document, made from the endpoints' own schemas and the table of operations.

Pure data. Like every route it needs the key: what goes without one is only what a player fetches
by an unguessable address, and a rule without exceptions is easier to hold than one for documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from ltx_widgets.config import package_version
from ltx_widgets.schema import ENDPOINTS, Endpoint, VideoResult
from ltx_widgets.server.operations import OPERATIONS, PARAMETERS, Operation
from ltx_widgets.server.shapes import SHAPES

__all__ = ["document", "endpoint_document"]

# JSON schema as of 2020-12, which is what pydantic writes, came with 3.1.
_VERSION = "3.1.0"
_REF = "#/components/schemas/{model}"
_WHOLE_PATHS = re.compile(r"\{(endpoint|app):path\}")
_NAMES = re.compile(r"\{(\w+)(?::path)?\}")
# The guard's own, and that the queue cannot be written.
_ALWAYS = {401: "Refusal", 403: "Refusal", 507: "Refusal"}
_SCHEMES = {
    "apiKeyAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Key <key>; the key is in server.json",
    },
    "uploadToken": {"type": "http", "scheme": "bearer"},
}
_MEANINGS = {
    200: "Done",
    202: "Accepted, or not over yet",
    206: "The range that was asked for",
    400: "Not possible like this, or not yet",
    401: "The key is missing or wrong",
    403: "Not for this caller",
    404: "No such thing here",
    413: "Larger than this server takes",
    416: "No such range",
    422: "The input is refused",
    429: "Too many already",
    499: "The caller cancelled it, or hung up",
    507: "The disk or the storage is full",
}


@cache
def document() -> dict[str, Any]:
    """The document of the whole server. One value for all callers: not to be changed."""
    return _document(
        "ltx_widgets local server",
        "fal's queue protocol on this computer. Requests are followed under owner/alias; the full "
        "endpoint id in its place, and a slash at the end, are understood as well.",
        ENDPOINTS.values(),
        OPERATIONS,
    )


@cache
def endpoint_document(endpoint_id: str) -> dict[str, Any]:
    """The document of one endpoint's queue, as fal has one for each of its models.

    Raises:
        KeyError: there is no such endpoint.
    """
    endpoint = ENDPOINTS[endpoint_id]
    queue = [row for row in OPERATIONS if _WHOLE_PATHS.match(row.path.removeprefix("/"))]
    made = _document(
        f"Queue OpenAPI for {endpoint.id}",
        f"The OpenAPI schema for the {endpoint.id} queue.",
        (endpoint,),
        queue,
    )
    made["info"]["x-fal-metadata"] = {"endpointId": endpoint.id, "category": endpoint.task}
    return made


def _document(
    title: str, description: str, endpoints: Iterable[Endpoint], rows: Iterable[Operation]
) -> dict[str, Any]:
    endpoints = tuple(endpoints)
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        for path, endpoint in _spelled_out(row, endpoints):
            operation = _operation(row, path, endpoint)
            paths.setdefault(_NAMES.sub(r"{\1}", path), {})[row.method.lower()] = operation
    return {
        "openapi": _VERSION,
        "info": {"title": title, "version": package_version(), "description": description},
        "security": [{"apiKeyAuth": []}],
        "paths": paths,
        "components": {
            "securitySchemes": _SCHEMES,
            "schemas": SHAPES | _result_shapes() | dict(map(_input_shape, endpoints)),
        },
    }


def _spelled_out(
    row: Operation, endpoints: tuple[Endpoint, ...]
) -> Iterator[tuple[str, Endpoint | None]]:
    """A route's path as OpenAPI can say it, whose own parameters hold no slash."""
    found = _WHOLE_PATHS.search(row.path)
    if found is None:
        yield row.path, None
    elif found[1] == "endpoint":
        for endpoint in endpoints:
            yield row.path.replace(found[0], endpoint.id), endpoint
    else:
        for app in dict.fromkeys(endpoint.app for endpoint in endpoints):
            yield row.path.replace(found[0], app), None


def _operation(row: Operation, path: str, endpoint: Endpoint | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": f"{endpoint.title}: {row.summary}" if endpoint else row.summary,
        "operationId": f"{row.method.lower()} {path}",
        "parameters": [*_in_path(path), *({"name": n} | PARAMETERS[n] for n in row.takes)],
        "responses": {
            str(code): {"description": _MEANINGS.get(code, "It failed")} | _content(shape)
            for code, shape in sorted({**_ALWAYS, **row.answers}.items())
        },
    }
    if row.opened_by != "key":
        described["security"] = [{"uploadToken": []}] if row.opened_by == "token" else []
    if row.body:
        shape = endpoint.model.__name__ if endpoint and row.body == "input" else row.body
        # No body at all is an empty object, as fal's JavaScript client sends it.
        described["requestBody"] = {"required": False} | _content(shape)
    return described


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _NAMES.findall(path)
    ]


def _content(shape: str) -> dict[str, Any]:
    if "/" in shape:
        return {"content": {shape: {}}}
    return {"content": {"application/json": {"schema": {"$ref": _REF.format(model=shape)}}}}


def _result_shapes() -> dict[str, Any]:
    shape = VideoResult.model_json_schema(ref_template=_REF, mode="serialization")
    inner: dict[str, Any] = shape.pop("$defs")
    return {**inner, "VideoResult": shape}


def _input_shape(endpoint: Endpoint) -> tuple[str, dict[str, Any]]:
    shape = endpoint.model.model_json_schema(ref_template=_REF)
    # Rules between fields are not JSON schema's; they are told in words.
    rules = "".join(f" {rule.text[:1].upper()}{rule.text[1:]}." for rule in endpoint.model.rules)
    shape["description"] = f"{endpoint.title}.{rules}"
    shape["properties"]["sync_mode"] = {
        "type": "boolean",
        "default": False,
        "title": "Sync mode",
        "description": "Put the clip into the result as a data URI.",
    }
    shape["x-fal-order-properties"] = list(shape["properties"])
    return endpoint.model.__name__, shape
