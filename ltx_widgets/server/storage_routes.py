"""fal's storage, the way its JavaScript client takes: initiate, put, fetch.

The other ways (token, direct post, parts) are routes to be added beside these.
"""

from __future__ import annotations

import hmac
import os
import time
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, StrictStr
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import Request as Fields
from ltx_widgets.schema import check_request
from ltx_widgets.server.failures import refused
from ltx_widgets.server.json_reply import JSONReply, read_object
from ltx_widgets.server.storage import TICKET_S, FileTooLarge, StorageFull, UploadStore
from ltx_widgets.server.uploads import Upload
from ltx_widgets.sniff import UNKNOWN

__all__ = ["storage_routes"]

_STORAGE_TYPE = "fal-cdn-v3"


class _Initiate(Fields):
    """The body of an initiate; what other clients add to it is not ours to refuse."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    content_type: Annotated[StrictStr, Field(max_length=200)]
    file_name: Annotated[StrictStr, Field(max_length=1000)]


def storage_routes() -> list[Route]:
    """The routes; they find the `UploadStore` at the app's `service.storage`."""
    return [
        Route("/storage/upload/initiate", _initiate, methods=["POST"]),
        Route("/uploads/{upload_id}/{name}", _put, methods=["PUT"]),
        Route("/uploads/{upload_id}/{name}", _get),
    ]


def _storage(request: Request) -> UploadStore:
    storage: UploadStore = request.app.state.service.storage
    return storage


async def _initiate(request: Request) -> Response:
    if request.query_params.get("storage_type", _STORAGE_TYPE) != _STORAGE_TYPE:
        return JSONReply({"detail": f"Invalid storage type; use {_STORAGE_TYPE}"}, 400)
    try:
        fields = check_request(_Initiate, await read_object(request))
    except InvalidRequest as error:
        return JSONReply(refused(error.problems).body, 422)
    upload = _storage(request).begin(fields.file_name)
    url = f"{request.url.scheme}://{request.url.netloc}/uploads/{upload.id}/{upload.name}"
    return JSONReply({"upload_url": f"{url}?ticket={upload.ticket}", "file_url": url})


def _find(request: Request) -> Upload:
    upload = _storage(request).find(request.path_params["upload_id"])
    if upload is None or upload.name != request.path_params["name"]:
        raise HTTPException(404, "there is no such upload; it may have been too old")
    return upload


async def _put(request: Request) -> Response:
    upload = _find(request)
    ticket = request.query_params.get("ticket", "").encode("utf-8", "replace")
    if not hmac.compare_digest(ticket, upload.ticket.encode()):
        raise HTTPException(403, "this address is for reading; put to the upload_url")
    if time.time() > upload.created + TICKET_S:
        raise HTTPException(403, "this upload was begun too long ago; begin another one")
    storage = _storage(request)
    try:
        announced = int(request.headers.get("content-length", 0))
        storage.check_room(announced, more=announced)
        came = await storage.receive(upload, request.stream())
    except FileTooLarge as error:
        return _refuse(413, error)
    except StorageFull as error:
        return _refuse(507, error)
    except ClientDisconnect:
        return Response(status_code=499)  # Nobody is there to read it.
    return JSONReply({"size": came})


def _refuse(code: int, error: Exception) -> Response:
    # The rest of the body is still on its way; reading it on would be the attack.
    return JSONReply({"detail": str(error)}, code, {"connection": "close"})


async def _get(request: Request) -> Response:
    upload = _find(request)
    path = _storage(request).path(upload)
    try:
        facts = os.stat(path)  # noqa: PTH116 - one call, on the loop: a local file
    except FileNotFoundError:
        raise HTTPException(404, "nothing was uploaded here yet") from None
    media_type = upload.content_type or UNKNOWN.content_type
    return FileResponse(
        path,
        media_type=media_type,
        filename=upload.name,
        content_disposition_type="attachment" if media_type == UNKNOWN.content_type else "inline",
        stat_result=facts,
        headers={
            # Its bytes may be put once more.
            "cache-control": "private, no-cache",
            "content-security-policy": "sandbox; default-src 'none'",
            "x-content-type-options": "nosniff",
        },
    )
