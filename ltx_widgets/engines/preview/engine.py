"""The preview engine: a table from tasks to the modules that draw them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from ltx_widgets.engines.base import Rendered, Report
from ltx_widgets.engines.preview.task import LABEL, NAME, Draw, Task
from ltx_widgets.errors import EngineError, LTXError
from ltx_widgets.schema import Endpoint, Request

__all__ = ["PreviewEngine"]

_HERE = "ltx_widgets.engines.preview"
# Loaded when first drawn: a worker that only draws text never reads what reframes.
_DRAWN_BY = {
    "text-to-video": "text:draw_text",
    "audio-to-video": "sound_driven:draw_sound",
    "extend-video": "extend:draw_extension",
    "retake-video": "retake:draw_retake",
    "image-to-video": "image:draw_image",
    "reframe": "reframe:draw_reframe",
}


class PreviewEngine:
    """Draws every LTX task by rules. Says so in the log, the file and every frame it drew."""

    name = NAME
    label = LABEL

    def supports(self, endpoint: Endpoint) -> bool:
        """Whether the endpoint's task is one of those it draws."""
        return endpoint.task in _DRAWN_BY

    def render(
        self,
        endpoint: Endpoint,
        request: Request,
        to: Path,
        *,
        media: Mapping[str, Path],
        report: Report,
        cancelled: Callable[[], bool],
    ) -> Rendered:
        """Render one request into a new file; see `ltx_widgets.engines.base.Engine`."""
        if not self.supports(endpoint):
            raise EngineError(f"the preview engine does not draw {endpoint.task}")
        task = Task(endpoint, request.body(), to, media, report, cancelled)
        try:
            return _draw(endpoint)(task)
        except LTXError:
            raise
        except Exception as error:
            raise EngineError(f"the preview could not be drawn: {error}") from error


def _draw(endpoint: Endpoint) -> Draw:
    module, _, name = _DRAWN_BY[endpoint.task].partition(":")
    return cast("Draw", getattr(import_module(f"{_HERE}.{module}"), name))
