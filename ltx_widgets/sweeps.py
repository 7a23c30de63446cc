"""A sweep on its way: which cells have their clip, which are under way, which are still to pay.

What was made stands in the history: each run of a cell carries the batch "<sweep>/<cell>", so that
any kernel finds it by the cell's key, also for another sweep that asks the same.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from weakref import WeakValueDictionary

from ltx_widgets.clip import Clip
from ltx_widgets.contact import Card, contact_html
from ltx_widgets.draft import Draft
from ltx_widgets.errors import JobFailed
from ltx_widgets.folder_lock import SharedLock
from ltx_widgets.grid import MOST_CELLS, Plan, plan_grid
from ltx_widgets.history import Run
from ltx_widgets.schema import Estimate
from ltx_widgets.session import Session, default_session
from ltx_widgets.sweep_cells import CellNow, Quote, Slot, counts, incomplete, note_of

__all__ = ["Sweep", "open_sweep", "plan_sweep"]

_AT_ONCE = 4
_TICK_S = 0.1


class Sweep:
    """A grid of requests, made cell by cell. Nothing is sent before `start` or `result`.

    Args:
        plan: What to make.
        session: Where, and on whose loop.
        at_once: Jobs under way at a time.

    Attributes:
        id: Its name; `open_sweep` takes it in any kernel.
        plan: What it makes.
        session: Where.
    """

    def __init__(self, plan: Plan, session: Session, *, at_once: int = _AT_ONCE) -> None:
        self.id = plan.id
        self.plan = plan
        self.session = session
        self._folder = session.folder / "sweeps"
        self._slots = {cell.key: Slot(cell) for cell in plan.cells}
        self._lock = threading.Lock()
        self._room = asyncio.Semaphore(at_once)
        self._crew: set[asyncio.Task[None]] = set()
        self._pending = 0
        self._quiet = threading.Event()
        self._quiet.set()
        self._alone = SharedLock(self._folder / f"{plan.id}.lock", self.refresh)
        self.refresh()

    def __repr__(self) -> str:
        done = sum(now.phase == "finished" for now in self.cells)
        return f"Sweep({len(self._slots)} cells, {done} finished)"

    @property
    def cells(self) -> tuple[CellNow, ...]:
        """How each cell stands. Cheap; callable from any thread."""
        return tuple(slot.now() for slot in self._slots.values())

    @property
    def clips(self) -> list[Clip]:
        """The clips that are there, in the cells' order."""
        return [clip for slot in self._slots.values() if (clip := self._clip(slot)) is not None]

    @property
    def quote(self) -> Quote:
        """What `start` would send, and what that costs."""
        wanted = [slot for slot in self._slots.values() if slot.wanted]
        if self.session.free:
            return Quote(len(wanted), None)
        prices = self._prices(wanted)
        known = [price.usd for price in prices if price is not None and price.usd is not None]
        return Quote(len(wanted), sum(known, Decimal(0)), len(wanted) - len(known))

    @property
    def over(self) -> bool:
        """Whether nothing of it is under way here."""
        return self._quiet.is_set()

    def clip(self, key: str) -> Clip:
        """The clip of a cell.

        Raises:
            KeyError: there is no such cell, or it has no clip yet.
        """
        clip = self._clip(self._slots[key])
        if clip is None:
            raise KeyError(key)
        return clip

    @property
    def waits(self) -> bool:
        """Whether another kernel is making it, which is waited for."""
        return self._alone.waits

    def settings(self, key: str) -> tuple[str, dict[str, Any]]:
        """The endpoint of a cell and its fields, media among them, as a form takes them."""
        cell = self._slots[key].cell
        return cell.endpoint, {**cell.fields, **cell.media}

    def refresh(self) -> None:
        """Look in the history for what any kernel has made of the cells."""
        seen: set[str] = set()
        for run in self.session.history.in_batch("sweep-%"):
            key = (run.batch or "").rpartition("/")[2]
            slot = self._slots.get(key)
            # Newest first: the first one of a cell that counts is its own.
            if slot is None or slot.job is not None or key in seen or not counts(run, self.id):
                continue
            seen.add(key)
            slot.know(run)

    def start(self) -> Sweep:
        """Send what is missing and go on with what was sent; returns at once.

        Raises:
            BudgetExceeded: the whole of it goes beyond the day's budget; nothing was sent.
            InvalidRequest: a file that goes with a request is not what it was.
            ConfigError: the plan cannot be written down, so nothing was sent.
        """
        self.refresh()
        self._afford([slot for slot in self._slots.values() if slot.wanted])
        self.plan.keep(self._folder)
        return self._begin(self._slots.values(), pay=True)

    def follow(self) -> Sweep:
        """Go on with what was sent already, and send nothing."""
        sent = [slot for slot in self._slots.values() if slot.phase == "running"]
        return self._begin(sent, pay=False)

    def retry(self, *keys: str) -> Sweep:
        """Make cells again that failed, were cancelled, or whose clips were removed.

        One that is known to be running still is followed, not paid once more.

        Args:
            keys: Which ones; all of them if none is named.
        """
        ended = ("failed", "cancelled", "removed")
        again = [slot for slot in self._slots.values() if slot.phase in ended and not slot.busy]
        again = [slot for slot in again if not keys or slot.cell.key in keys]
        self._afford(again)
        for slot in again:
            slot.forget()
        self.plan.keep(self._folder)
        return self._begin(again, pay=True)

    def cancel(self) -> None:
        """Send nothing more, and ask the server to cancel what is under way; returns at once."""
        for slot in self._slots.values():
            slot.stopped = slot.busy
            if slot.job is not None:
                slot.job.cancel_soon()

    def result(self, timeout_s: float | None = None) -> list[Clip]:
        """Start it, and block until every cell has its clip; an interrupt cancels it.

        Raises:
            SweepIncomplete: some have none; the others' are in `clips`.
            TimeoutError: not done in time; it goes on.
        """
        self.start()
        try:
            waited = 0.0
            # On Windows a wait without an end cannot be interrupted.
            while not self._quiet.wait(_TICK_S):
                waited += _TICK_S
                if timeout_s is not None and waited >= timeout_s:
                    raise TimeoutError(
                        f"the sweep is not done after {timeout_s:g} s; it goes on: wait again"
                    )
        except KeyboardInterrupt:
            self.cancel()
            raise
        missing = [slot for slot in self._slots.values() if slot.phase != "finished"]
        if missing:
            raise incomplete(missing, len(self._slots))
        return self.clips

    @property
    def html(self) -> str:
        """The sheet as plain HTML, at most 1.5 MB. Takes about a second for each new clip."""
        cells = self.cells
        done = sum(now.phase == "finished" for now in cells)
        cards = [
            Card(cell.title, note_of(now), now.path)
            for cell, now in zip(self.plan.cells, cells, strict=True)
        ]
        title = f"Sweep: {done} of {len(cells)} clips"
        return contact_html(title, cards)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self.html}

    def keep(self, key: str, *, kept: bool = True) -> None:
        """Mark a cell's clip in the history as one to keep, or take the mark away."""
        slot = self._slots[key]
        self.session.library.keep(self._numbers([slot]), on=kept)
        slot.kept = kept

    def remove_others(self) -> int:
        """Take the clips out of the gallery that are not marked to be kept; how many those were.

        Their files wait in the bin for 30 days; the gallery puts them back.

        Raises:
            MediaError: a file cannot be moved; that clip and those after it stay.
        """
        others = [s for s in self._slots.values() if s.phase == "finished" and not s.kept]
        self.session.library.remove(self._numbers(others))
        for slot in others:
            slot.job = slot.clip = slot.run = None
            slot.there = False
        self.refresh()
        return len(others)

    def _numbers(self, slots: Iterable[Slot]) -> list[int]:
        """The numbers of their runs in the history."""
        ids = [id_ for slot in slots if (id_ := slot.now().request_id)]
        runs = map(self.session.history.of_request, ids)
        return [run.number for run in runs if run is not None]

    def _prices(self, slots: Iterable[Slot]) -> list[Estimate | None]:
        return [self.session.estimate(self._draft(slot)) for slot in slots]

    def _afford(self, slots: Iterable[Slot]) -> None:
        """Refuse to begin what the day's budget does not allow to end."""
        if self.session.spending.budget is not None and not self.session.free:
            self.session.spending.check(self._prices(slots))

    def _clip(self, slot: Slot) -> Clip | None:
        if slot.clip is None and slot.there and slot.run is not None:
            slot.clip = self.session.resume(slot.run).result()
        return slot.clip

    def _draft(self, slot: Slot) -> Draft:
        if slot.draft is None:
            slot.draft = slot.cell.draft(self.session.request, self.plan.salt)
        return slot.draft

    def _begin(self, slots: Iterable[Slot], *, pay: bool) -> Sweep:
        with self._lock:
            chosen = [slot for slot in slots if not slot.busy and slot.job is None]
            chosen = [slot for slot in chosen if slot.phase in ("waiting", "running", "finished")]
            for slot in chosen:
                slot.busy, slot.stopped = True, False
            self._pending += len(chosen)
            if chosen:
                self._quiet.clear()
        self.session.start(self._set_out(chosen, pay=pay))
        return self

    async def _set_out(self, slots: Sequence[Slot], *, pay: bool) -> None:
        for slot in slots:
            task = asyncio.create_task(self._see_through(slot, pay=pay))
            self._crew.add(task)
            task.add_done_callback(self._left)

    def _left(self, task: asyncio.Task[None]) -> None:
        with self._lock:
            self._crew.discard(task)
            self._pending -= 1
            if not self._pending:
                self._quiet.set()

    async def _see_through(self, slot: Slot, *, pay: bool) -> None:
        try:
            async with self._room:
                if not slot.stopped:
                    slot.clip = await self._made(slot, pay=pay)
        except Exception as error:  # noqa: BLE001 - it is shown at the cell, and raised by result
            slot.error = error
        finally:
            slot.busy = False

    async def _made(self, slot: Slot, *, pay: bool) -> Clip | None:
        """The clip of a cell: found, waited for, or paid."""
        if not pay:
            return await self._found(slot)
        # Other kernels could pay for the same cell.
        async with self._alone:
            found = await self._found(slot)
            if found is not None:
                return found
            draft = await asyncio.to_thread(self._draft, slot)
            if slot.stopped:
                return None
            batch = f"{self.id}/{slot.cell.key}"
            slot.job = job = await asyncio.to_thread(self.session.send, draft, batch=batch)
            if slot.stopped:
                job.cancel_soon()
            return await job

    async def _found(self, slot: Slot) -> Clip | None:
        """The clip of a request that was sent before; None where one must be sent."""
        run = await asyncio.to_thread(self._newest, slot)
        if run is None:
            return None
        slot.job = await asyncio.to_thread(self.session.resume, run)
        try:
            return await slot.job
        except JobFailed:
            # A submit that certainly never arrived is as good as never tried.
            if run.state != "sending":
                raise
            slot.job = None
            return None

    def _newest(self, slot: Slot) -> Run | None:
        """The run to go on with."""
        for run in self.session.history.in_batch(f"sweep-%/{slot.cell.key}"):
            if run.removed is None and (
                run.state == "running" or (not slot.again and counts(run, self.id))
            ):
                return run
        return None


def plan_sweep(
    prompt: str | list[str] | None = None,
    *,
    endpoint: str | list[str] | None = None,
    base: Mapping[str, Any] | None = None,
    at_once: int = _AT_ONCE,
    most: int = MOST_CELLS,
    fresh: bool = False,
    **fields: Any,
) -> Sweep:
    """Read a grid of requests on the shared session; nothing is sent yet.

    The same grid gives the same sweep, in this kernel and in any later one: what it has made is
    there, and is not paid again. So is what another sweep made of the same cells.

    Args:
        prompt: What the clips should show.
        endpoint: Where they are made; as for `run`.
        base: More fields, such as a form's ``form.request``; those given by name go before.
        at_once: Jobs under way at a time.
        most: A grid of more cells is refused.
        fresh: Make new clips, whatever was made before.
        fields: As for `run`. Each may be a list of values (a ``list`` or a ``range``).

    Raises:
        InvalidRequest: with every problem of every cell, before anything is sent.
    """
    session = default_session()
    given = {"prompt": prompt, "endpoint": endpoint, **fields}
    told = {name: value for name, value in given.items() if value is not None}
    target = session.target
    where = f"{target.place} {'' if target.place == 'local' else target.url}".strip()
    merged = {**(base or {}), **told}
    plan = plan_grid(merged, session.request, where=where, most=most, fresh=fresh)
    return _known(plan, session, at_once)


def open_sweep(name: str = "", *, at_once: int = _AT_ONCE) -> Sweep:
    """A sweep of this or another kernel, as it stands; nothing is sent yet.

    Args:
        name: Its id, or a unique beginning of it; the newest one if left out.
        at_once: Jobs under way at a time.

    Raises:
        InvalidRequest: there is no such sweep.
        ConfigError: its plan cannot be read.
    """
    session = default_session()
    return _known(Plan.kept(session.folder / "sweeps", name), session, at_once)


# Two objects of one sweep would each show half of what is under way.
_open: WeakValueDictionary[tuple[int, str], Sweep] = WeakValueDictionary()


def _known(plan: Plan, session: Session, at_once: int) -> Sweep:
    made = _open.get((id(session), plan.id))
    if made is not None and made.session is session:
        made.refresh()
        return made
    made = _open[id(session), plan.id] = Sweep(plan, session, at_once=at_once)
    return made
