"""LTX-2 video generation in Jupyter: forms, live logs, inline clips, and ``%%ltx``.

::

    import ltx_widgets as ltx

    ltx.TextToVideo()                                   # a form
    clip = ltx.run("a red fox runs through falling snow at dawn, slow pan left")

Everything is loaded when it is first used, so that importing this package stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ltx_widgets.client import LTXClient
    from ltx_widgets.clip import Clip
    from ltx_widgets.errors import LTXError
    from ltx_widgets.job import Job
    from ltx_widgets.media.excerpt import Excerpt
    from ltx_widgets.schema import ENDPOINTS
    from ltx_widgets.session import Session, configure
    from ltx_widgets.shared import clips, jobs, lineage, resume, run, submit, where
    from ltx_widgets.shared import open as open  # noqa: A004 - as in PIL's Image.open
    from ltx_widgets.still import Still
    from ltx_widgets.submission import SubmitOptions
    from ltx_widgets.webhooks import (
        WebhookEvent,
        WebhookReceiver,
        WebhookVerifier,
        webhook_app,
    )
    from ltx_widgets.widgets import (
        AudioToVideo,
        ExtendVideo,
        Gallery,
        ImageToVideo,
        Player,
        Reframe,
        RetakeVideo,
        TextToVideo,
        form_for,
    )
    from ltx_widgets.widgets.compare import Compare, compare
    from ltx_widgets.widgets.contact_sheet import ContactSheet, resume_sweep, sweep
    from ltx_widgets.widgets.gallery import gallery
    from ltx_widgets.widgets.job_board import job_board
    from ltx_widgets.widgets.studio import studio

# "open" is left out: a star import must not hide Python's own.
__all__ = [
    "ENDPOINTS",
    "AudioToVideo",
    "Clip",
    "Compare",
    "ContactSheet",
    "Excerpt",
    "ExtendVideo",
    "Gallery",
    "ImageToVideo",
    "Job",
    "LTXClient",
    "LTXError",
    "Player",
    "Reframe",
    "RetakeVideo",
    "Session",
    "Still",
    "SubmitOptions",
    "TextToVideo",
    "WebhookEvent",
    "WebhookReceiver",
    "WebhookVerifier",
    "clips",
    "compare",
    "configure",
    "form_for",
    "gallery",
    "job_board",
    "jobs",
    "lineage",
    "resume",
    "resume_sweep",
    "run",
    "studio",
    "submit",
    "sweep",
    "webhook_app",
    "where",
]

_HOMES = {
    "ENDPOINTS": "schema",
    "AudioToVideo": "widgets",
    "Clip": "clip",
    "Compare": "widgets.compare",
    "ContactSheet": "widgets.contact_sheet",
    "Excerpt": "media.excerpt",
    "ExtendVideo": "widgets",
    "Gallery": "widgets",
    "ImageToVideo": "widgets",
    "Job": "job",
    "LTXClient": "client",
    "LTXError": "errors",
    "Player": "widgets",
    "Reframe": "widgets",
    "RetakeVideo": "widgets",
    "Session": "session",
    "Still": "still",
    "SubmitOptions": "submission",
    "TextToVideo": "widgets",
    "WebhookEvent": "webhooks",
    "WebhookReceiver": "webhooks",
    "WebhookVerifier": "webhooks",
    "clips": "shared",
    "compare": "widgets.compare",
    "configure": "session",
    "form_for": "widgets",
    "gallery": "widgets.gallery",
    "job_board": "widgets.job_board",
    "jobs": "shared",
    "lineage": "shared",
    "open": "shared",
    "resume": "shared",
    "resume_sweep": "widgets.contact_sheet",
    "run": "shared",
    "studio": "widgets.studio",
    "submit": "shared",
    "sweep": "widgets.contact_sheet",
    "webhook_app": "webhooks",
    "where": "shared",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("ltx-widgets")
    if name not in _HOMES:
        raise AttributeError(f"module 'ltx_widgets' has no attribute {name!r}")
    value = getattr(import_module(f"ltx_widgets.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "open", "__version__"])


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext ltx_widgets``: register the magics ``%%ltx`` and ``%ltx``."""
    from ltx_widgets.magic import LTXMagics

    ipython.register_magics(LTXMagics)
