"""Webhooks, received: who is called when a job is over checks that it was fal, or our server.

::

    hooks = ltx.WebhookReceiver(print).start()          # in a notebook, for a server on it
    app.mount("/fal", ltx.webhook_app(on_event))        # under Starlette or FastAPI
    event = ltx.WebhookVerifier().verify(headers, body) # anywhere else

The hosted service calls public addresses only, never a notebook on localhost: for that there are
tunnels. The local server calls both.
"""

from ltx_widgets.webhooks.asgi import webhook_app
from ltx_widgets.webhooks.events import WebhookEvent
from ltx_widgets.webhooks.receiver import WebhookReceiver
from ltx_widgets.webhooks.verify import WebhookVerifier

__all__ = ["WebhookEvent", "WebhookReceiver", "WebhookVerifier", "webhook_app"]
