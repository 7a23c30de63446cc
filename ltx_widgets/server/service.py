"""What the routes work with, in one value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import Request

from ltx_widgets.server.activity import Activity
from ltx_widgets.server.changes import Changes
from ltx_widgets.server.crew import Crew
from ltx_widgets.server.settings import ServerSettings
from ltx_widgets.server.storage import UploadStore
from ltx_widgets.server.store import Store
from ltx_widgets.server.webhook_key import KeyFile
from ltx_widgets.server.webhooks import Deliveries

__all__ = ["Service", "base_of", "media_base_of", "service_of"]

_MEDIA_HOST = "v3.fal.media"


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of one server.

    Attributes:
        settings: As the server was started.
        store: The queue.
        storage: Uploaded files.
        changes: Wakes streams.
        crew: Renders.
        deliveries: Calls webhooks.
        signing: The key that it signs with.
        activity: When there was last something to do.
        end: Makes the server end, cleanly and soon.
    """

    settings: ServerSettings
    store: Store
    storage: UploadStore
    changes: Changes
    crew: Crew
    deliveries: Deliveries
    signing: KeyFile
    end: Callable[[], None]
    activity: Activity = field(default_factory=Activity)


def service_of(request: Request) -> Service:
    """The parts of the server that a request came to."""
    service: Service = request.app.state.service
    return service


def base_of(request: Request) -> str:
    """Scheme and host that the caller used: a proxy's client cannot reach our own."""
    return f"{request.url.scheme}://{request.url.netloc}"


def media_base_of(request: Request) -> str:
    """The same for files. fal has a host of their own for them; where it leads here, so have we."""
    names = {name.lower() for name in service_of(request).settings.answer_to}
    host = request.url.hostname or ""
    if not {host, _MEDIA_HOST} <= names or host.endswith(".fal.media"):
        return base_of(request)
    url = request.url.replace(hostname=_MEDIA_HOST)
    return f"{url.scheme}://{url.netloc}"
