"""Another program that makes a test's calls: a JSON line in for each, one out for its outcome."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

_ANSWER_S = 120


class Raised(Exception):
    """The call raised over there; `facts` says what, with "kind" and "text" at least."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(f"{facts['kind']}: {facts['text']}\n{facts.get('trace', '')}")
        self.facts = facts


class LineCaller:
    """A resident program, since starting one for each call would be most of a test's time.

    Args:
        argv: The program. It reads ``{"call": …, "given": {…}}`` and answers ``{"returned": …}``
            or ``{"raised": {"kind": …, "text": …}}``.
        environ: All of its environment.
    """

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            argv, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        try:
            self._process.wait(20)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()

    def __call__(self, call: str, /, **given: Any) -> Any:
        """What the call returns there.

        Raises:
            Raised: what it raises there.
        """
        self._process.stdin.write(json.dumps({"call": call, "given": given}) + "\n")
        self._process.stdin.flush()
        line = self._lines.get(timeout=_ANSWER_S)
        assert line, f"the program ended during {call}"
        outcome = json.loads(line)
        if "raised" in outcome:
            raise Raised(outcome["raised"])
        return outcome["returned"]

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")
