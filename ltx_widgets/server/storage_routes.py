"""fal's storage, by all four ways in that its clients take.

- JavaScript: ``initiate`` and one PUT, or ``initiate-multipart``, a PUT a part, ``complete``.
- Python: a token, and one POST with it, or ``multipart`` with it, a PUT a part, ``complete``.

A part is answered with its ETag in the header and as JSON. Files are fetched with Range.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, StrictInt, StrictStr
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import Request as Fields
from ltx_widgets.schema import check_request
from ltx_widgets.server.failures import refused
from ltx_widgets.server.guard import check_access
from ltx_widgets.server.json_reply import JSONReply, read_object
from ltx_widgets.server.options import BadOption, read_lifecycle
from ltx_widgets.server.service import base_of, service_of
from ltx_widgets.server.storage import (
    TICKET_S,
    UNFINISHED_S,
    BadParts,
    FileTooLarge,
    StorageFull,
    UploadStore,
)
from ltx_widgets.server.uploads import Upload
from ltx_widgets.sniff import UNKNOWN

__all__ = ["storage_routes"]

_STORAGE_TYPE = "fal-cdn-v3"
_MOST_PARTS = 10_000
_MOST_DIGITS = len(str(_MOST_PARTS))
_TOKEN_S = 3600


class _Lenient(Fields):
    """What other clients add is not ours to refuse."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")


class _Initiate(_Lenient):
    content_type: Annotated[StrictStr, Field(max_length=200)]
    file_name: Annotated[StrictStr, Field(max_length=1000)]


class _Named(_Lenient):
    partNumber: Annotated[StrictInt, Field(ge=1, le=_MOST_PARTS)]  # noqa: N815 - fal's word
    etag: Annotated[StrictStr, Field(max_length=200)]


class _Complete(_Lenient):
    parts: Annotated[list[_Named], Field(max_length=2 * _MOST_PARTS)]


def storage_routes() -> list[Route]:
    """The routes; they find the `UploadStore` at the app's `service.storage`."""
    file = "/uploads/{upload_id}/{name}"
    return [
        Route("/storage/upload/initiate", _initiate, methods=["POST"]),
        Route("/storage/upload/initiate-multipart", _initiate, methods=["POST"]),
        Route("/storage/auth/token", _token, methods=["POST"]),
        Route("/files/upload", _post, methods=["POST"]),
        Route("/files/upload/multipart", _begin, methods=["POST"]),
        # Python's names for parts hold the ticket in the path, JavaScript's in the query.
        Route(f"{file}/multipart/{{ticket}}/{{number}}", _put_part, methods=["PUT"]),
        Route(f"{file}/multipart/{{ticket}}/complete", _complete, methods=["POST"]),
        Route(f"{file}/{{number}}", _put_part, methods=["PUT"]),
        Route(f"{file}/complete", _complete, methods=["POST"]),
        Route(file, _put, methods=["PUT"]),
        Route(file, _get),
    ]


def _storage(request: Request) -> UploadStore:
    return service_of(request).storage


def _check_type(request: Request) -> None:
    if request.query_params.get("storage_type", _STORAGE_TYPE) != _STORAGE_TYPE:
        raise HTTPException(400, f"Invalid storage type; use {_STORAGE_TYPE}")


async def _initiate(request: Request) -> Response:
    _check_type(request)
    try:
        fields = check_request(_Initiate, await read_object(request))
    except InvalidRequest as error:
        return JSONReply(refused(error.problems).body, 422)
    upload = _begun(request, fields.file_name)
    url = _url(request, upload)
    return JSONReply({"upload_url": f"{url}?ticket={upload.ticket}", "file_url": url})


def _begun(request: Request, name: str) -> Upload:
    headers = request.headers
    wanted = headers.get("x-fal-object-lifecycle") or headers.get(
        "x-fal-object-lifecycle-preference"
    )
    try:
        keep_s, access = read_lifecycle(wanted)
    except BadOption as error:
        raise HTTPException(400, str(error)) from None
    return _storage(request).begin(name, keep_s=keep_s, access=access)


def _url(request: Request, upload: Upload) -> str:
    return f"{base_of(request)}/uploads/{upload.id}/{upload.name}"


async def _token(request: Request) -> Response:
    """A token for the routes that take no key: it ends by itself, and opens nothing else."""
    _check_type(request)
    ends = int(time.time()) + _TOKEN_S
    facts = {
        "token": f"{ends}.{_sign(request, ends)}",
        "token_type": "Bearer",
        "base_url": base_of(request),
        # With an offset in figures: Python's client reads nothing else before 3.11.
        "expires_at": datetime.fromtimestamp(ends, UTC).isoformat(),
    }
    return JSONReply(facts)


def _sign(request: Request, ends: int) -> str:
    key = service_of(request).settings.key.reveal().encode()
    return hmac.digest(key, f"upload until {ends}".encode(), sha256).hex()


def _check_token(request: Request) -> None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    ends, _, signature = token.partition(".")
    known = ends.isascii() and ends.isdigit() and len(ends) < len("1" * 12)
    good = _sign(request, int(ends) if known else 0).encode()
    right = hmac.compare_digest(signature.encode("latin-1", "replace"), good)
    if kind != "Bearer" or not (known and right) or int(ends) < time.time():
        raise HTTPException(401, "expected a token of /storage/auth/token that has not ended")


async def _post(request: Request) -> Response:
    _check_token(request)
    upload = _begun(request, request.headers.get("x-fal-file-name", "file"))
    return await _answered(request, lambda: _received(request, upload))


async def _received(request: Request, upload: Upload) -> Response:
    size = await _storage(request).receive(upload, request.stream())
    url = _url(request, upload)
    return JSONReply({"access_url": url, "file_url": url, "size": size})


async def _begin(request: Request) -> Response:
    _check_token(request)
    upload = _begun(request, request.headers.get("x-fal-file-name", "file"))
    return JSONReply({"access_url": _url(request, upload), "uploadId": upload.ticket})


async def _put(request: Request) -> Response:
    upload = _open(request)
    return await _answered(request, lambda: _received(request, upload))


async def _put_part(request: Request) -> Response:
    upload, text = _open(request), request.path_params["number"]
    # Read here: a path's own whole numbers may have more digits than Python takes.
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
    if not 1 <= number <= _MOST_PARTS:
        raise HTTPException(400, f"expected a part number from 1 to {_MOST_PARTS}")
    if "content-length" not in request.headers:
        raise HTTPException(411, "expected a part with its Content-Length")
    return await _answered(request, lambda: _received_part(request, upload, number))


async def _received_part(request: Request, upload: Upload, number: int) -> Response:
    size = int(request.headers["content-length"])
    part = await _storage(request).receive_part(upload, number, size, request.stream())
    etag = f'"{part.etag}"'
    return JSONReply({"partNumber": number, "etag": etag}, headers={"etag": etag})


async def _complete(request: Request) -> Response:
    upload = _open(request)
    try:
        fields = check_request(_Complete, await read_object(request))
    except InvalidRequest as error:
        return JSONReply(refused(error.problems).body, 422)
    named: dict[int, str] = {}
    for part in fields.parts:
        if named.setdefault(part.partNumber, part.etag) != part.etag:
            raise HTTPException(400, f"part {part.partNumber} is named twice, with two ETags")
    return await _answered(request, lambda: _completed(request, upload, named))


async def _completed(request: Request, upload: Upload, named: dict[int, str]) -> Response:
    size = await _storage(request).complete(upload, named)
    url = _url(request, upload)
    return JSONReply({"access_url": url, "file_url": url, "size": size})


async def _answered(request: Request, act: Callable[[], Awaitable[Response]]) -> Response:
    """Do what a request asks of the storage, after a look at the room that it needs."""
    try:
        announced = int(request.headers.get("content-length", 0))
        _storage(request).check_room(announced, more=announced)
        return await act()
    except BadParts as error:
        return JSONReply({"detail": str(error)}, 400)
    except FileTooLarge as error:
        return _refuse(413, error)
    except StorageFull as error:
        return _refuse(507, error)
    except ClientDisconnect:
        return Response(status_code=499)  # Nobody is there to read it.


def _refuse(code: int, error: Exception) -> Response:
    # The rest of the body is still on its way; reading it on would be the attack.
    return JSONReply({"detail": str(error)}, code, {"connection": "close"})


def _find(request: Request) -> Upload:
    upload = _storage(request).find(request.path_params["upload_id"])
    if upload is None or upload.name != request.path_params["name"]:
        raise HTTPException(404, "there is no such upload; it may have been too old")
    return upload


def _open(request: Request) -> Upload:
    """The upload in the path, if the ticket opens it for writing."""
    upload = _find(request)
    given = request.path_params.get("ticket") or request.query_params.get("ticket", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), upload.ticket.encode()):
        raise HTTPException(403, "this address is for reading; put to the upload_url")
    if time.time() > upload.created + (UNFINISHED_S if upload.size is None else TICKET_S):
        raise HTTPException(403, "this upload was begun too long ago; begin another one")
    return upload


async def _get(request: Request) -> Response:
    upload = _find(request)
    check_access(request, upload.access)
    if upload.expires is not None and upload.expires < time.time():
        raise HTTPException(404, "this file was kept for as long as was asked; it is gone")
    path = _storage(request).path(upload)
    try:
        facts = os.stat(path)  # noqa: PTH116 - one call, on the loop: a local file
    except FileNotFoundError:
        raise HTTPException(404, "nothing was uploaded here yet") from None
    media_type = upload.content_type or UNKNOWN.content_type
    headers: dict[str, Any] = {
        # Its bytes may be put once more.
        "cache-control": "private, no-cache",
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
    }
    return FileResponse(
        path,
        media_type=media_type,
        filename=upload.name,
        content_disposition_type="attachment" if media_type == UNKNOWN.content_type else "inline",
        stat_result=facts,
        headers=headers,
    )
