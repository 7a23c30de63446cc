"""How much a clip's output adds to a notebook's file."""

import nbformat

MOST_GROWN = 1_500_000
"""Bytes that a clip may add by default: the copy, the still, the caption, all escaped."""


def grown_by(clip):
    """What it adds, in bytes."""
    output = nbformat.v4.new_output("execute_result", clip._repr_mimebundle_())
    cells = [nbformat.v4.new_code_cell(outputs=[output])]
    return len(nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode())
