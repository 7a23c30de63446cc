"""Drawn figures for the preview engine: flat-shaded cut-outs that walk, fly, swim and sway."""

from ltx_widgets.engines.preview.sprites.canvas import Sprite
from ltx_widgets.engines.preview.sprites.figures import breadth, cycle, draw, kinds

__all__ = ["Sprite", "breadth", "cycle", "draw", "kinds"]
