"""A real kernel, driven as a notebook's page drives it."""

import os
import time
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

ROOT = Path(__file__).parents[1]
FOLDERS = ROOT / ".kernels"
CANARY = "canary-1234:canary-5678"


class Kernel:
    """One kernel process; keeps every message that it ever broadcast.

    Args:
        version: An ipykernel in ``.kernels``; "installed" for the one beside the tests.
        home: The data folder of its ltx_widgets.
        environ: What else its environment holds.
        options: Of the process, such as where its own output goes.
    """

    def __init__(self, version, home, *, environ=(), **options):
        self.version = version
        folder = FOLDERS / f"ipykernel-{version}"
        path = [str(ROOT)] if version == "installed" else [str(folder), str(ROOT)]
        env = os.environ | {
            "PYTHONPATH": os.pathsep.join(path),
            "LTX_WIDGETS_HOME": str(home),
            "LTX_SERVER": "local",
            # Nothing may ever show it; calls stay on this computer all the same.
            "FAL_KEY": CANARY,
            **dict(environ),
        }
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=env, **options)
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.heard = []
        self._replies = {}

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()

    def start(self, code, **options):
        """Send a cell and return its message id at once."""
        msg_id = self.client.execute(code, **options)
        self._replies[msg_id] = None
        return msg_id

    def until(self, holds, timeout_s=20, *, after=None):
        """Listen until a message holds; returns it.

        Args:
            holds: Given a message.
            timeout_s: Of listening.
            after: How many messages had been heard when it could first come; later ones only, if
                left out.
        """
        known = [] if after is None else self.heard[after:]
        for message in known:
            if holds(message):
                return message
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                continue
            message["heard_at"] = time.monotonic()
            self.heard.append(message)
            if holds(message):
                return message
        state = "runs" if self.manager.is_alive() else "has ended"
        raise AssertionError(f"not heard within {timeout_s} s; the kernel's process {state}")

    def idle(self, msg_id, timeout_s=20):
        """Listen until the kernel is done with a message; returns when that was.

        Waits for a cell's reply, too, as a page does before it sends the next cell. ipykernel 7.0
        to 7.3 can miss a request that comes while a reply goes out, and every later one with it
        (ipython/ipykernel#1529).
        """
        idle = self.until(
            lambda m: (
                m["parent_header"].get("msg_id") == msg_id
                and m["content"].get("execution_state") == "idle"
            ),
            timeout_s,
            after=0,
        )
        if msg_id in self._replies:
            self.reply(msg_id)
        return idle["heard_at"]

    def run(self, code, **options):
        """Run a cell to its end; returns the messages it caused."""
        msg_id = self.start(code, **options)
        self.idle(msg_id)
        return self.of(msg_id)

    def ask(self, expression):
        """The value of an expression in the kernel."""
        msg_id = self.start("", user_expressions={"it": expression})
        self.idle(msg_id)
        it = self.reply(msg_id)["user_expressions"]["it"]
        assert it["status"] == "ok", it
        return eval(it["data"]["text/plain"])

    def reply(self, msg_id):
        """The shell's answer to a cell."""
        while self._replies[msg_id] is None:
            message = self.client.get_shell_msg(timeout=20)
            self._replies[message["parent_header"].get("msg_id")] = message["content"]
        return self._replies[msg_id]

    def of(self, msg_id):
        """Every broadcast message whose parent is that message."""
        return [m for m in self.heard if m["parent_header"].get("msg_id") == msg_id]

    def make_subshell(self):
        """A shell that is free while a cell runs, as JupyterLab makes one; None on ipykernel 6."""
        if self.version.startswith("6."):
            return None
        session = self.client.session
        self.client.control_channel.send(session.msg("create_subshell_request"))
        return self.client.get_control_msg(timeout=20)["content"]["subshell_id"]

    def click(self, model_id, subshell=None):
        """Click a button, as the page does."""
        data = {"method": "custom", "content": {"event": "click"}}
        message = self.client.session.msg("comm_msg", {"comm_id": model_id, "data": data})
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]
