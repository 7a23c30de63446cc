"""The place where one clip is shown at a time."""

from __future__ import annotations

import threading

import ipywidgets as w

from ltx_widgets.clip import Clip
from ltx_widgets.widgets.handoff import Handoff
from ltx_widgets.widgets.player import Player

__all__ = ["Stage"]


class Stage(w.VBox):
    """Empty until a clip is shown; then a player that goes from clip to clip.

    Args:
        handoff: Where the player's ways on lead.
    """

    def __init__(self, handoff: Handoff | None = None) -> None:
        self._handoff = handoff
        # Clips come from the session's loop and from clicks.
        self._lock = threading.Lock()
        self._player: Player | None = None
        super().__init__()
        self.add_class("ltx-stage")

    def __repr__(self) -> str:
        return "Stage()"

    @property
    def clip(self) -> Clip | None:
        """The clip that is shown; None before the first."""
        return self._player.clip if self._player is not None else None

    def show(self, clip: Clip) -> None:
        """Show this one instead."""
        with self._lock:
            if self._player is None:
                self._player = Player(clip, handoff=self._handoff)
                self.children = (self._player,)
            elif self._player.clip is not clip:
                self._player.show(clip)

    def close(self) -> None:
        """Take it off the page, with its player."""
        if self._player is not None:
            self._player.close()
        super().close()
