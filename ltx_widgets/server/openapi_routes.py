"""Where the OpenAPI documents are served."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.server.json_reply import JSONReply
from ltx_widgets.server.openapi import document, endpoint_document
from ltx_widgets.server.service import base_of

__all__ = ["openapi_routes"]


def openapi_routes() -> list[Route]:
    """Ours, and fal's for one endpoint."""
    return [
        Route("/_ltx/openapi.json", _whole),
        Route("/api/openapi/queue/openapi.json", _one),
    ]


async def _whole(request: Request) -> Response:
    return _reply(request, document())


async def _one(request: Request) -> Response:
    endpoint_id = request.query_params.get("endpoint_id", "")
    if endpoint_id not in ENDPOINTS:
        raise HTTPException(404, "no such endpoint; pass endpoint_id=fal-ai/ltx-2.3/text-to-video")
    return _reply(request, endpoint_document(endpoint_id))


def _reply(request: Request, described: dict[str, object]) -> Response:
    return JSONReply({**described, "servers": [{"url": base_of(request)}]})
