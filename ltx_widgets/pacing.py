"""How often many streams are read: each look costs a kernel that computes, whatever it brings."""

from __future__ import annotations

import asyncio

__all__ = ["Streams"]

# Looks in a second, at all streams together. A look takes about 0.4 ms of the interpreter, most of
# it in the layers below; forty of them slow a cell that computes by less than 2 %.
_LOOKS_PER_S = 40
# So few are read as fast as they come.
_FEW = 4


class Streams(asyncio.Semaphore):
    """Counts the streams that are open, and paces who reads them.

    Args:
        most: How many may be open at once.
    """

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._most = most

    async def rest(self) -> None:
        """Let some of what comes next gather, when many others are open."""
        is_open = self._most - self._value
        if is_open > _FEW:
            await asyncio.sleep(is_open / _LOOKS_PER_S)
