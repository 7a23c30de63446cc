"""What may be spent in a day at hosted fal: a bound that refuses.

A day begins at midnight of this computer's own time. What counts is a run's price in the history:
at most what it may cost while it is under way, then what the service counted; failed and
cancelled runs count nothing.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from ltx_widgets.errors import BudgetExceeded, ConfigError

__all__ = ["Budget", "read_budget", "today"]

# Sums of cents as binary fractions differ from cents by less than this.
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Budget:
    """A bound on what the runs of one day may cost.

    Attributes:
        usd: US dollars a day; 0 refuses whatever costs anything.
    """

    usd: float

    def check(self, spent: float, price: float | None) -> None:
        """Refuse what goes beyond it.

        Args:
            spent: US dollars of the day so far.
            price: US dollars that come on top; None where that is not known. A bound that lets
                through what it cannot count would be none, so that is refused.

        Raises:
            BudgetExceeded: it goes beyond, or may.
        """
        if price is None or spent + price > self.usd + _SLACK:
            raise BudgetExceeded(spent=spent, price=price, budget=self.usd)


def read_budget(
    usd: float | str | None, *, environ: Mapping[str, str] | None = None
) -> Budget | None:
    """A budget as a person gives it; None for none.

    Args:
        usd: US dollars a day; LTX_BUDGET of the environment if left out.
        environ: Read instead of the process's environment.

    Raises:
        ConfigError: it is no amount.
    """
    named = (os.environ if environ is None else environ).get("LTX_BUDGET", "").strip() or None
    given = named if usd is None else usd
    if given is None:
        return None
    try:
        amount = float(given)
    except (TypeError, ValueError):
        amount = math.nan
    if isinstance(given, bool) or not 0 <= amount < math.inf:
        raise ConfigError(
            f"a budget is US dollars a day, such as 5.00, got {given!r}; set budget=… or LTX_BUDGET"
        )
    return Budget(amount)


def today() -> datetime:
    """When this day began, by this computer's own time."""
    return datetime.now(UTC).astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
