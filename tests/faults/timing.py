"""Four workers on the clocks of one hospital, while somebody kills them, stops them, and sets the
time.

Run as `python -m tests.faults.timing URL CASES`: opens so many cases, with CLOCKS clocks each, lets
the workers at them, and says as JSON what was done to whom. Every worker asks the same hand-set
clock for the time, as all do of a PostgreSQL server.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from storage.database import open_database
from storage.unit_of_work import DatabaseStore, DatabaseTransaction
from tests.faults.serving import settle_in
from tests.workflow.hospital import (
    FILLED,
    MONDAY,
    PURCHASE,
    rulebooks_of,
    small_register,
)
from workflow.nouns import Actor, Decision, Opening
from workflow.service.catalog import Catalog
from workflow.service.clockwork import Clockwork
from workflow.service.deciding import LEASE, Service

WORKERS = 4
CLOCKS = 10
#: The last clock runs out so many minutes after the first day began.
MINUTE = timedelta(minutes=1)
_CLOCK = """\
  c{n}:
    name: {{zh: 限, en: Clock}}
    while: [dept]
    length: {{minutes: {n}}}
    overdue: true
    effects: [{{notify: applicant}}]
"""
TEXT = PURCHASE + "deadlines:\n" + "".join(_CLOCK.format(n=n) for n in range(1, CLOCKS + 1))
_ids = count(1)


class Wall:
    """A clock that all processes look at and one of them sets: real time, and what was added."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 16)
        self._shared[:16] = struct.pack("dd", time.time(), 0.0)

    def now(self) -> datetime:
        """The time by it."""
        began, added = struct.unpack("dd", self._shared[:16])
        return MONDAY + timedelta(seconds=time.time() - began + added)

    def jump(self, by: timedelta) -> None:
        """It goes wrong, or is set right."""
        began, added = struct.unpack("dd", self._shared[:16])
        self._shared[:16] = struct.pack("dd", began, added + by.total_seconds())


class WalledStore(DatabaseStore):
    """A store whose clock is the wall's; one that is `sleepy` stops itself between taking clocks
    and working on the first.
    """

    def __init__(self, url: str, wall: Wall, *, sleepy: bool = False) -> None:
        super().__init__(open_database(url))
        self._wall = wall
        self._begun = 0
        self._sleepy = sleepy

    def now(self, here: datetime) -> datetime:
        """The time on the wall, whatever this process believes."""
        assert here is not None
        return self._wall.now()

    def begin(self) -> DatabaseTransaction:
        """A transaction; before the second a sleepy worker stands still."""
        self._begun += 1
        if self._sleepy and self._begun == 2:
            os.kill(os.getpid(), signal.SIGSTOP)
        return super().begin()


def serve(store: DatabaseStore) -> Service:
    """The service, with ids that no other process gives."""
    catalog = Catalog.of(small_register(), rulebooks_of((TEXT,)))
    return Service(store, lambda: catalog, lambda: f"{os.getpid():08x}{next(_ids):024x}")


def submit_all(url: str, cases: int) -> None:
    """So many purchases wait for the head of surgery, and their clocks run."""
    store = DatabaseStore(open_database(url))
    settle_in(store)
    service, amy = serve(store), Actor("amy", "Amy")
    for n in range(cases):
        opened = service.open(Opening(amy, "purchase", MONDAY, f"{n}:open", dict(FILLED)))
        assert opened.number is not None
        service.decide(opened.number, Decision(amy, "submit", MONDAY, f"{n}:submit"))
    store.database.close()


def work(url: str, wall: Wall, *, sleepy: bool, once: bool = False) -> None:
    """Look at the clocks until somebody kills this process; `once`: until nothing is due."""
    store = WalledStore(url, wall, sleepy=sleepy)
    name = f"worker {os.getpid()}"
    clockwork = Clockwork(store, wall.now, time.monotonic, name)
    service = serve(store)
    while True:
        fired = service.tick(clockwork.now(), limit=8, worker=name)
        if once and not fired:
            return
        time.sleep(0 if fired else 0.02)


@dataclass
class Gang:
    """The workers that are alive, and what was done to them."""

    url: str
    wall: Wall
    dice: random.Random
    alive: list[int] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def hire(self, *, sleepy: bool = False) -> int:
        """A new worker."""
        child = os.fork()
        if child == 0:
            try:
                work(self.url, self.wall, sleepy=sleepy)
            finally:
                os._exit(1)
        self.alive.append(child)
        return child

    def kill(self) -> None:
        """One dies on the spot, and another takes its place."""
        child = self.alive.pop(self.dice.randrange(len(self.alive)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        self.done["killed"] += 1
        self.hire()

    def stop_one(self) -> None:
        """One stands still wherever it is, for less than others wait for a lock."""
        child = self.dice.choice(self.alive)
        os.kill(child, signal.SIGSTOP)
        self.wall.jump(2 * LEASE)
        self.done["stopped"] += 1
        time.sleep(0.2)
        os.kill(child, signal.SIGCONT)

    def oversleep(self) -> None:
        """One takes clocks and sleeps past its lease; others have done its work when it wakes."""
        child = self.hire(sleepy=True)
        stopped, status = os.waitpid(child, os.WUNTRACED)
        assert stopped == child
        assert os.WIFSTOPPED(status)
        self.wall.jump(2 * LEASE)
        self.done["overslept"] += 1
        time.sleep(0.3)
        os.kill(child, signal.SIGCONT)
        time.sleep(0.1)
        self.alive.remove(child)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

    def jump(self, by: timedelta) -> None:
        """The time is another."""
        self.wall.jump(by)
        self.done["jumps"] += 1

    def end(self) -> None:
        """All die; whoever failed before that is told."""
        for child in self.alive:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            self.done["failed"] += not os.WIFSIGNALED(status)


def main(url: str, cases: int) -> None:
    """Open the cases, let everything go wrong, and see to what is left."""
    submit_all(url, cases)
    wall = Wall()
    gang = Gang(url, wall, random.Random(7))
    for _ in range(WORKERS):
        gang.hire()
    trouble: tuple[Callable[[], None], ...] = (gang.kill, gang.stop_one, gang.oversleep)
    for n in range(1, CLOCKS):
        gang.jump(MINUTE)
        time.sleep(0.1)
        trouble[n % len(trouble)]()
        if n == CLOCKS // 2:
            gang.jump(-timedelta(hours=2))
            time.sleep(0.2)
            gang.jump(timedelta(hours=2))
    gang.jump(timedelta(days=1))
    time.sleep(0.2)
    gang.kill()
    gang.jump(2 * LEASE)
    work(url, wall, sleepy=False, once=True)
    gang.end()
    wall.jump(2 * LEASE)
    work(url, wall, sleepy=False, once=True)
    print(json.dumps(gang.done), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
