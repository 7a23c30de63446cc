"""The guarded kernel tricks, in one place: each leans on something ipykernel does not promise.

Every one of them does nothing where what it leans on is missing, and `tests/notebook` says on
which ipykernel it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from IPython import get_ipython

__all__ = ["Cell", "in_voila", "let_clicks_through", "somebody_there", "variables"]


def _running_kernel() -> Any | None:
    """The kernel this code runs in; None in a terminal, a script or a test."""
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel if hasattr(kernel, "iopub_socket") else None


def somebody_there() -> bool:
    """Whether a person is likely to be watching.

    nbclient, papermill and nbval run cells with ``allow_stdin=False``, JupyterLab with True; no
    environment variable tells them apart.
    """
    return bool(getattr(_running_kernel(), "_allow_stdin", False))


def in_voila() -> bool:
    """Whether Voilà runs the cells: nobody is there yet, and a person will see what is shown."""
    # It says so to its kernels, as a web server says it to its scripts.
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def let_clicks_through(widget: Any) -> None:
    """Let the page's messages to this widget be handled while a cell is running.

    ipykernel 7.4 answers them on the shell that last sent to the widget, which is the busy one;
    without that rule they go to the subshell that JupyterLab names.
    """
    if hasattr(widget.comm, "_reply_subshell_for"):
        widget.comm._reply_subshell_for = None  # noqa: SLF001 - there is no public way


def variables() -> dict[str, Any]:
    """The user's variables as they are now, without what IPython put there; none outside of it."""
    shell = get_ipython()
    if shell is None:
        return {}
    # A copy: a cell may be running, and set one meanwhile.
    space, hidden = dict(shell.user_ns), shell.user_ns_hidden
    return {name: v for name, v in space.items() if name not in hidden or v is not hidden[name]}


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell that is running, remembered so that a later output lands in its output area.

    Attributes:
        kernel: The kernel it runs in.
        parent: Its execute request, as the kernel keeps it.
    """

    kernel: Any = field(repr=False)
    parent: Mapping[str, Any] = field(repr=False)

    @classmethod
    def here(cls) -> Self | None:
        """The running cell; None where there is no kernel or no cell."""
        kernel = _running_kernel()
        if kernel is None:
            return None
        parent = kernel.get_parent("shell")
        if parent.get("header", {}).get("msg_type") != "execute_request":
            return None
        return cls(kernel, parent)

    @property
    def code(self) -> str:
        """The text of the cell."""
        return str(self.parent.get("content", {}).get("code", ""))

    def publish(self, bundle: Mapping[str, str]) -> None:
        """Add an output to this cell, also after it ended. Callable from any thread.

        JupyterLab keeps listening for a cell until it is run again.
        """
        self.kernel.session.send(
            self.kernel.iopub_socket,
            "display_data",
            {"data": dict(bundle), "metadata": {}, "transient": {}},
            parent=self.parent,
            ident=self.kernel.shell.display_pub.topic,
        )
