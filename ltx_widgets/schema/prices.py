"""What a request costs, from dated data.

fal prints prices as a sentence on each model page and has moved them once (about 2026-04-01), so
every figure here carries the day it holds from. fal does not charge for server faults or for
time in the queue. Amounts are estimates; a result may carry the real count of billed units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ltx_widgets.schema.endpoints import ENDPOINTS, Endpoint
from ltx_widgets.schema.media import MOST_FRAMES, MediaFacts

__all__ = ["PRICES", "Estimate", "Price", "estimate"]


@dataclass(frozen=True, slots=True)
class Price:
    """What one second costs, from one day on.

    Attributes:
        since: The first day it holds.
        per_second: US dollars by resolution; the empty key holds where resolution does not count.
        seconds: What is counted: "clip" (the new clip), "audio" or "video" (what the given media
            last), "extension" (what is added, perhaps with its context), "section" (of a retake,
            perhaps the whole clip).
    """

    since: date
    per_second: Mapping[str, Decimal]
    seconds: str = "clip"


@dataclass(frozen=True, slots=True)
class Estimate:
    """The price of one request.

    Attributes:
        usd: US dollars, at most; None where it goes by media that we do not know the length of.
        seconds: Billed seconds, at most; None likewise.
        per_second: US dollars for each of them.
        as_of: The day from which this price holds.
        least_seconds: Billed seconds by the reading that costs less, where fal's own text ("per
            second") leaves open what is counted; equal to `seconds` elsewhere.
    """

    usd: Decimal | None
    seconds: float | None
    per_second: Decimal
    as_of: date
    least_seconds: float | None = None

    def __str__(self) -> str:
        rate = f"${self.per_second:.2f}/s, price of {self.as_of.isoformat()}"
        if self.usd is None or self.seconds is None:
            return rate
        least = self.seconds if self.least_seconds is None else self.least_seconds
        if round(least, 2) == round(self.seconds, 2):
            return f"${self.usd:.2f} ({round(self.seconds, 2):g} s at {rate})"
        low = self.per_second * Decimal(str(least))
        return (
            f"${low:.2f} to ${self.usd:.2f} ({round(least, 2):g} to {round(self.seconds, 2):g} s "
            f"at {rate})"
        )


def _tiers(p1080: str, p1440: str, p2160: str) -> dict[str, Decimal]:
    return {"1080p": Decimal(p1080), "1440p": Decimal(p1440), "2160p": Decimal(p2160)}


_LAUNCH = date(2025, 10, 23)
_LAUNCH_23 = date(2026, 3, 5)
_RAISED_23 = date(2026, 4, 1)
_PRO, _FAST = _tiers("0.06", "0.12", "0.24"), _tiers("0.04", "0.08", "0.16")
_PRO_23, _FAST_23 = _tiers("0.08", "0.16", "0.32"), _tiers("0.06", "0.12", "0.24")
_FLAT = {"": Decimal("0.10")}
_FLAT_TASKS = {
    "audio-to-video": "audio",
    "extend-video": "extension",
    "retake-video": "section",
}
_REFRAME = {"720p": Decimal("0.10"), "1080p": Decimal("0.20")}


def _history(endpoint: Endpoint) -> tuple[Price, ...]:
    if endpoint.task == "reframe":
        return (Price(date(2026, 7, 16), _REFRAME, "video"),)
    if endpoint.task in _FLAT_TASKS:
        return (Price(_LAUNCH, _FLAT, _FLAT_TASKS[endpoint.task]),)
    old, new = (_PRO, _PRO_23) if endpoint.tier == "pro" else (_FAST, _FAST_23)
    if endpoint.family == "ltx-2.3":
        return (Price(_LAUNCH_23, old), Price(_RAISED_23, new))
    return (Price(_LAUNCH, old),)


PRICES: dict[str, tuple[Price, ...]] = {row.id: _history(row) for row in ENDPOINTS.values()}
"""Prices of every endpoint, oldest first."""


def estimate(
    endpoint: Endpoint,
    body: Mapping[str, Any],
    *,
    media: Mapping[str, MediaFacts] | None = None,
    on: date | None = None,
    prices: Sequence[Price] | None = None,
) -> Estimate:
    """What one request costs.

    Args:
        endpoint: Where it goes.
        body: Its validated fields, as `Request.body` gives them.
        media: What is known of its media, by field name.
        on: The day it is sent; the newest price if left out.
        prices: Other prices than `PRICES`, oldest first.
    """
    history = PRICES[endpoint.id] if prices is None else prices
    price = next((p for p in reversed(history) if on is None or p.since <= on), history[0])
    rate = price.per_second.get(str(body.get("resolution", "")))
    if rate is None:
        rate = max(price.per_second.values())
    billed = _billed_seconds(price.seconds, body, media or {})
    if billed is None:
        return Estimate(None, None, rate, price.since)
    least, most = billed
    return Estimate(rate * Decimal(str(most)), float(most), rate, price.since, float(least))


def _billed_seconds(
    counted: str, body: Mapping[str, Any], media: Mapping[str, MediaFacts]
) -> tuple[float, float] | None:
    """Fewest and most seconds that may be billed; None where a length is not known."""
    if counted == "clip":
        return body["duration"], body["duration"]
    seen = media.get("audio_url" if counted == "audio" else "video_url")
    if seen is None or seen.duration is None:
        return None
    length = round(seen.duration, 3)
    if counted == "extension":
        # Upstream counts the context as well, 505 frames at most.
        most = body["duration"] + min(body.get("context") or length, length, 20)
        if seen.fps:
            most = max(body["duration"], min(most, MOST_FRAMES / seen.fps))
        return body["duration"], round(most, 3)
    if counted == "section":
        # Upstream counts the whole clip.
        return min(body["duration"], max(length - body["start_time"], 0.0)), length
    return length, length
