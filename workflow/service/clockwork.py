"""What time it is for whoever lets deadlines have their effect: the store's clock, and a watch over
it.

Several machines may work on one database, and each has a clock of its own; the store's counts for
all of them. That one may jump too, and whoever reads the ledger later has to know when it did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflow.nouns import SYSTEM, Actor
from workflow.ports.house import Deed
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store

#: Recorded when the clock has gone another way than time: by how many seconds, and who noticed.
CLOCK_JUMPED = "clock_jumped"
#: Recorded when this machine's clock is not the store's: by how many milliseconds, and whose it is.
CLOCKS_DIFFER = "clocks_differ"
#: What clocks that are set right every few minutes may differ by.
TOLERANCE = timedelta(seconds=5)
#: By how much two machines may be apart before somebody should see to it; how often that is told.
APART = timedelta(seconds=1)
_AGAIN_AFTER = timedelta(hours=6)
#: A jump that several workers notice is told once.
_ONCE_IN = timedelta(minutes=1)
#: Whoever needs longer to ask for the time was stopped in between; the answer tells nothing.
_SLOW_SECONDS = 1.0
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True)
class _Look:
    at: datetime
    steady: float


@dataclass
class Clockwork:
    """Asks the store for the time, and notes in the house's ledger when it has jumped, or when this
    machine is apart from it.

    `here` is this machine's clock, which counts where the store has none of its own. `steady`
    gives seconds that only ever run on, whatever happens to the clock on the wall.
    """

    store: Store
    here: Callable[[], datetime]
    steady: Callable[[], float]
    worker: str
    _last: _Look | None = field(default=None, init=False)
    _told_apart: datetime | None = field(default=None, init=False)

    def now(self) -> datetime:
        """The time by the store's clock."""
        before, here = self.steady(), self.here()
        now = self.store.now(here)
        after = self.steady()
        if after - before > _SLOW_SECONDS:
            self._last = None
            return now
        self._compare(now, here, timedelta(seconds=after - before))
        last, self._last = self._last, _Look(now, after)
        if last is not None:
            jump = (now - last.at) - timedelta(seconds=after - last.steady)
            if abs(jump) > TOLERANCE:
                self._tell(now, jump)
        return now

    def _compare(self, now: datetime, here: datetime, asking: timedelta) -> None:
        """The store answered at some moment while it was asked."""
        if here - APART <= now <= here + asking + APART:
            return
        if self._told_apart is not None and now - self._told_apart < _AGAIN_AFTER:
            return
        self._told_apart = now
        facts = {"milliseconds": round((here - now) / _MILLISECOND), "worker": self.worker}
        self.store.house.record(Deed(Actor(SYSTEM, SYSTEM), now), CLOCKS_DIFFER, facts)

    def _tell(self, now: datetime, jump: timedelta) -> None:
        around = AuditQuery(event=CLOCK_JUMPED, since=now - _ONCE_IN, until=now + _ONCE_IN, limit=1)
        if self.store.readings.audit(around).rows:
            return
        facts = {"seconds": round(jump.total_seconds()), "worker": self.worker}
        self.store.house.record(Deed(Actor(SYSTEM, SYSTEM), now), CLOCK_JUMPED, facts)
