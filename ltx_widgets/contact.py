"""A contact sheet as plain HTML: it is seen without a kernel, in an untrusted notebook, anywhere.

Everything is inline: JupyterLab's sanitizer takes ``<style>`` away, and keeps ``style="…"`` and
``<video src="data:…">``.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ltx_widgets.errors import MediaError

__all__ = ["MOST_BYTES", "Card", "contact_html"]

MOST_BYTES = 1_500_000
"""A whole sheet is never longer than this."""

_SIDE = 180
_SMALLER_SIDE = 96
# Below this a film of six seconds is mush.
_LEAST_FILM = 40_000
_TEXT_OF_A_CARD = 1_500


@dataclass(frozen=True, slots=True)
class Card:
    """One clip on the sheet.

    Attributes:
        caption: What sets it apart.
        note: How it stands, such as "kept" or "failed: …"; may be empty.
        path: Its file; None where there is no clip.
    """

    caption: str
    note: str = ""
    path: Path | None = None


def contact_html(title: str, cards: Sequence[Card]) -> str:
    """A grid of the clips: small films where the whole stays small, stills elsewhere.

    Takes about a second for each clip: for a thread.

    Args:
        title: One line above them.
        cards: The clips.
    """
    with_clip = [card for card in cards if card.path is not None]
    room = MOST_BYTES - _TEXT_OF_A_CARD * len(cards) - len(title)
    stills = _stills(with_clip, room)
    room -= sum(map(len, stills.values()))
    films = _films(with_clip, room) if len(stills) == len(with_clip) else {}
    inside = "".join(_card(card, stills.get(card.path), films.get(card.path)) for card in cards)
    return (
        f'<div class="ltx-contact-sheet"><p><strong>{escape(title)}</strong></p>'
        '<div style="display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));'
        f'gap:12px">{inside}</div></div>'
    )


def _stills(cards: Sequence[Card], room: int) -> dict[Path | None, str]:
    """Stills as base64, smaller ones for many clips; as many as there is room for."""
    from ltx_widgets.video.share import poster

    stills: dict[Path | None, str] = {}
    side = _SIDE if room // max(1, len(cards)) > 2 * _LEAST_FILM else _SMALLER_SIDE
    for card in cards:
        if card.path is None:
            continue
        try:
            still = _inline(poster(card.path, max_height=side))
        except (MediaError, OSError):
            continue  # Its caption is there.
        room -= len(still)
        if room < 0:
            break
        stills[card.path] = still
    return stills


def _films(cards: Sequence[Card], room: int) -> dict[Path | None, str]:
    """Films as base64; none at all where some would have to be left out."""
    from ltx_widgets.video.share import small_copy

    each = int(room / max(1, len(cards)) * 3 / 4)
    if each < _LEAST_FILM:
        return {}
    films: dict[Path | None, str] = {}
    for card in cards:
        if card.path is not None:
            try:
                films[card.path] = _inline(small_copy(card.path, max_height=_SIDE, max_bytes=each))
            except (MediaError, OSError):
                return {}
    return films


def _inline(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _card(card: Card, still: str | None, film: str | None) -> str:
    look = "width:100%;border-radius:4px;background:#000;display:block"
    label = escape(card.caption[:200], quote=True)
    if film is not None:
        shown = (
            f'<video controls playsinline loop preload="metadata" style="{look}" '
            f'aria-label="{label}" poster="data:image/jpeg;base64,{still}" '
            f'src="data:video/mp4;base64,{film}"></video>'
        )
    elif still is not None:
        shown = f'<img style="{look}" alt="{label}" src="data:image/jpeg;base64,{still}">'
    else:
        shown = ""
    note = f"<br><strong>{escape(card.note[:300])}</strong>" if card.note else ""
    return (
        f'<figure style="margin:0">{shown}<figcaption style="font-size:90%;'
        f'overflow-wrap:anywhere">{escape(card.caption[:300])}{note}</figcaption></figure>'
    )
