"""What a session spends: of the day so far, and whether a request still fits the budget."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ltx_widgets.budget import Budget, today
from ltx_widgets.history import History
from ltx_widgets.job import Job
from ltx_widgets.schema import Estimate

__all__ = ["Spending"]


class Spending:
    """The money side of a session. Safe for any thread.

    Args:
        history: Of all kernels.
        budget: What the runs of one day may cost; None for no bound.

    Attributes:
        budget: As given; may be set anew.
    """

    def __init__(self, history: History, budget: Budget | None) -> None:
        self.budget = budget
        self._history = history
        self._lock = threading.Lock()
        # Sent, but not in the history yet: their files are still going up.
        self._promised: list[Job] = []

    def __repr__(self) -> str:
        return f"Spending({self.budget})"

    @property
    def of_today(self) -> float:
        """US dollars of the day so far, by every kernel; jobs under way at what they may cost.

        Raises:
            ConfigError: the history cannot be read.
        """
        # In this order: a job that is written down in between is counted again when it is, and
        # not twice now. `History.begin` looks once more, with the file locked.
        spent = self._history.spent(today())
        return spent + sum(_usd(job.estimate) or 0.0 for job in self._still_promised())

    def check(self, estimates: Sequence[Estimate | None]) -> None:
        """Refuse requests that together go beyond the budget.

        Args:
            estimates: Of each; None for what costs nothing.

        Raises:
            BudgetExceeded: they do, or one of them has a price that is not known.
            ConfigError: the history cannot be read.
        """
        budget = self.budget
        charged = [estimate for estimate in estimates if estimate is not None]
        if budget is None or not charged:
            return
        prices = [_usd(estimate) for estimate in charged]
        known = [price for price in prices if price is not None]
        budget.check(self.of_today, None if len(known) < len(prices) else sum(known))

    def admit(self, job: Job) -> None:
        """As `check`, for a job that is about to be sent; it counts from now on.

        Raises:
            BudgetExceeded: it goes beyond the budget.
            ConfigError: the history cannot be read.
        """
        with self._lock:
            self.check([job.estimate])
            if job.estimate is not None:
                self._promised = [*self._still_promised(), job]

    def _still_promised(self) -> list[Job]:
        return [job for job in self._promised if job.run is None and not job.done]


def _usd(estimate: Estimate | None) -> float | None:
    return None if estimate is None or estimate.usd is None else float(estimate.usd)
