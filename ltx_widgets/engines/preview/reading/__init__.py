"""From a prompt to a storyboard, by a hand-written lexicon and a few rules; no model, no I/O."""

from ltx_widgets.engines.preview.reading.plan import read_prompt
from ltx_widgets.engines.preview.reading.report import read_as

__all__ = ["read_as", "read_prompt"]
