"""The reply that a finished job has at its result URL and on the direct host."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response

from ltx_widgets.server import replies
from ltx_widgets.server.json_reply import JSONReply
from ltx_widgets.server.store import Job

__all__ = ["output_of", "result_reply"]

# A reply is held whole, by us and by who reads it.
_LARGEST_INLINE = 32 << 20


async def result_reply(job: Job, base: str, files: Path) -> Response:
    """The output, or the error that took its place.

    Args:
        job: A finished one.
        base: Scheme and host that the caller used.
        files: The folder of finished clips.
    """
    headers = replies.output_headers(job)
    if job.failure is not None:
        return JSONReply(job.failure.body, job.failure.status, headers)
    return JSONReply(await output_of(job, base, files), headers=headers)


async def output_of(job: Job, base: str, files: Path) -> dict[str, Any]:
    """The output of a job that went well, with its clip inside where that was asked for.

    Args:
        job: A finished one.
        base: Scheme and host that addresses in it begin with.
        files: The folder of finished clips.
    """
    output = replies.output(job, base)
    if job.inline:
        return await asyncio.to_thread(_inlined, output, files / f"{job.file_id}.mp4")
    return output


def _inlined(output: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The output with its clip inside; with a remark where that is too large, or gone."""
    if not path.is_file() or path.stat().st_size > _LARGEST_INLINE:
        remark = f"sync_mode: no clip above {_LARGEST_INLINE >> 20} MiB is put into a result"
        return {**output, "notes": [*output.get("notes", ()), remark]}
    clip = base64.b64encode(path.read_bytes()).decode("ascii")
    video = {**output["video"], "url": f"data:{output['video']['content_type']};base64,{clip}"}
    return {**output, "video": video}
