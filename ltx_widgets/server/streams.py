"""A job's status as server-sent events, written the moment something changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from ltx_widgets.server.changes import Changes
from ltx_widgets.server.replies import status_body
from ltx_widgets.server.store import Store

__all__ = ["status_events"]

KEEP_ALIVE_S = 15.0


async def status_events(
    store: Store,
    changes: Changes,
    request_id: str,
    base: str,
    *,
    logs: bool,
    keep_alive_s: float = KEEP_ALIVE_S,
) -> AsyncIterator[str]:
    """The events of one stream, up to and with COMPLETED.

    The first comes at once; log lines are deltas. Ends early when the server ends.

    Args:
        store: Where the job is.
        changes: Says when to look again.
        request_id: An existing job.
        base: Scheme and host that the caller used.
        logs: Whether log lines were asked for.
        keep_alive_s: Seconds of silence after which a comment is sent.
    """
    sent, last = 0, None
    with changes.watch(request_id) as changed:
        while True:
            changed.clear()
            job = store.job(request_id)
            if job is None:
                return
            # Lines of the time before a restart come along with the next IN_PROGRESS.
            lines = store.lines(request_id, after=sent) if logs and job.state != "queued" else []
            position = store.position(job) if job.state == "queued" else 0
            facts = (job.state, job.attempt, position)
            if lines or facts != last:
                shown = lines if logs else None
                yield _event(status_body(job, base, position=position, logs=shown))
                sent, last = sent + len(lines), facts
            if job.state == "finished" or changes.closed:
                return
            try:
                await asyncio.wait_for(changed.wait(), keep_alive_s)
            except TimeoutError:
                yield ": keep-alive\n\n"


def _event(body: dict[str, Any]) -> str:
    return f"data: {json.dumps(body, separators=(',', ':'))}\n\n"
