"""Run notebooks from their own folder and keep their outputs in place.

    python tests/keep_outputs.py notebooks/*.ipynb

Widget state is left out: it means nothing without the kernel that made it.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def keep_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        keep_outputs(Path(name))
