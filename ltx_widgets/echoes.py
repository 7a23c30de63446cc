"""What a server repeats of what it was sent: the key is taken out, of replies and of logs.

A careless server, or the error page of a proxy, quotes the request. Replies become messages, and
messages are shown in notebooks, which are saved and sent around.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from ltx_widgets.config import Secret

__all__ = ["hide_json", "hide_text", "keep_from_logs"]

# At DEBUG they quote the headers of replies. A filter does not reach the loggers below its own.
# At INFO httpx writes each address; those of uploads are signed, or hold a ticket in their path.
_TICKETS = re.compile(r"(?<=\?)[^\s\"]+|(?<=/multipart/)[^/\s\"]+")
_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


def hide_text(secret: Secret | None, text: str) -> str:
    """`text` without the secret."""
    if secret is None:
        return text
    return secret.hide(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def hide_json(secret: Secret | None, value: Any) -> Any:
    """A JSON value without the secret, wherever in it that may be."""
    if secret is None or not secret.is_in(text := json.dumps(value).encode()):
        return value
    return json.loads(secret.hide(text))


class _Filter(logging.Filter):
    """Takes secrets out of what is logged; costs nothing where nothing is."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[Secret] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        said = hidden = record.getMessage()
        if record.name == "httpx":
            hidden = _TICKETS.sub("(ticket)", hidden)
        for secret in tuple(self.secrets):
            hidden = hide_text(secret, hidden)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True


_FILTER = _Filter()


def keep_from_logs(secret: Secret | None) -> None:
    """From now on the log of our HTTP library does not show the secret, nor queries and tickets.

    Args:
        secret: Kept for as long as the process runs; None where there is none.
    """
    if secret is not None:
        _FILTER.secrets.add(secret)
    for name in _LOGGERS:
        # Adding it twice changes nothing.
        logging.getLogger(name).addFilter(_FILTER)
