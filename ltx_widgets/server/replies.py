"""What the queue answers, as data: bodies and headers in fal's words. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ltx_widgets.server.failures import reason
from ltx_widgets.server.store import Job, Line
from ltx_widgets.wire import follow_base

__all__ = [
    "clip_name",
    "job_facts",
    "output",
    "output_headers",
    "status_body",
    "status_code",
    "submit_body",
    "wants_logs",
]


def _urls(job: Job, base: str) -> dict[str, str]:
    # The base form without the sub-path, as fal does; full-id forms are served all the same.
    request = f"{base}/{follow_base(job.endpoint)}/requests/{job.request_id}"
    return {
        "response_url": request,
        "status_url": f"{request}/status",
        "cancel_url": f"{request}/cancel",
    }


def submit_body(job: Job, base: str, position: int) -> dict[str, Any]:
    """The reply to a submit.

    Args:
        job: As it was accepted. One that was refused says IN_QUEUE too, as at fal.
        base: Scheme and host that the caller used.
        position: How many jobs wait ahead of it.
    """
    return {
        "status": "IN_QUEUE",
        "request_id": job.request_id,
        "gateway_request_id": job.request_id,
        **_urls(job, base),
        "queue_position": position,
        "logs": None,
        "metrics": {},
    }


def status_code(job: Job) -> int:
    """202 until it is over, then 200: old clients look at nothing else."""
    return 200 if job.state == "finished" else 202


def status_body(
    job: Job, base: str, *, position: int, logs: Sequence[Line] | None
) -> dict[str, Any]:
    """The reply to a status call, and the data of a status event.

    Args:
        job: The job as it is now.
        base: Scheme and host that the caller used.
        position: How many jobs wait ahead of it; only told while it waits.
        logs: Lines to send along; None where they were not asked for.
    """
    body: dict[str, Any] = {"request_id": job.request_id, **_urls(job, base)}
    if job.state == "queued":
        return {"status": "IN_QUEUE", "queue_position": position, **body}
    body["logs"] = None if logs is None else [_log_entry(line) for line in logs]
    if job.state == "running":
        return {"status": "IN_PROGRESS", **body}
    took = job.finished - job.started if job.finished and job.started else None
    body["metrics"] = {"inference_time": took}
    if job.failure is not None:
        body["error"] = reason(job.failure.body)
        body["error_type"] = job.failure.error_type
    return {"status": "COMPLETED", **body}


def _log_entry(line: Line) -> dict[str, Any]:
    return {
        "timestamp": line.timestamp,
        "message": line.message,
        "level": line.level,
        "source": "USER",
        "labels": {},
    }


def wants_logs(asked: str | None) -> bool:
    """Python clients ask with ``true``, JavaScript ones with ``1``."""
    return (asked or "").lower() in ("1", "true")


def clip_name(job: Job) -> str:
    """A file name that says who made it: never the model's name alone."""
    engine = (job.result or {}).get("engine", "clip")
    return f"{engine}-{job.request_id[:8]}.mp4"


def output(job: Job, base: str) -> dict[str, Any]:
    """The output of a job that went well.

    Args:
        job: A finished job with a result.
        base: Scheme and host that the caller used.
    """
    result = job.result or {}
    name = clip_name(job)
    video = {"url": f"{base}/files/{job.file_id}/{name}", "file_name": name, **result["video"]}
    return {**result, "video": video}


def output_headers(job: Job) -> dict[str, str]:
    """Headers of a result, good or bad. Nothing is ever billed here."""
    headers = {"x-fal-request-id": job.request_id, "x-fal-billable-units": "0"}
    if job.result is not None:
        headers["x-ltx-engine"] = job.result["engine"]
    if job.failure is not None:
        headers["x-fal-error-type"] = job.failure.error_type
        # What can be tried again was tried again here already; under both names in use.
        headers["x-fal-retryable"], headers["x-fal-needs-retry"] = "false", "0"
        if job.failure.error_type == "request_timeout":
            headers["x-fal-request-timeout-type"] = "user"
    return headers


def job_facts(job: Job) -> Mapping[str, Any]:
    """One row of our own list of jobs."""
    return {
        "request_id": job.request_id,
        "endpoint": job.endpoint,
        "state": job.state,
        "attempt": job.attempt,
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "error_type": job.failure.error_type if job.failure else None,
    }
