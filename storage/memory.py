"""The same contract without a database: for scenarios, for tests of the engine, for a first look.

A transaction works on a layer above what is kept; leaving it without `commit` drops the layer.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self

from storage.memory_door import MemoryDesk, MemoryDoor
from storage.memory_house import MemoryHouse
from storage.memory_outbox import MemoryOutbox
from storage.memory_readings import MemoryReadings
from storage.memory_tables import NEW_HOUSE, House, Lease, Tables, add
from storage.picture import NO_CALENDAR
from workflow.nouns import Case, Entry, RegisterRow, Scalar
from workflow.ports.deciding import (
    LONGEST_LEASE,
    CaseFile,
    Change,
    Claim,
    MissingFile,
    StaleWrite,
    Unavailable,
    Watch,
)
from workflow.ports.hospital import Hospital
from workflow.ports.store import Seed

#: How long a transaction waits for another thread's, in seconds.
_PATIENCE_SECONDS = 15


class MemoryTransaction:
    """One unit of work in memory (see `workflow.ports.deciding.Transaction`)."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._void = False
        self._over = False

    def __enter__(self) -> Self:
        if not self._store.turn.acquire(timeout=_PATIENCE_SECONDS):
            raise Unavailable("another transaction holds the store")
        #: What this transaction sees and writes.
        self.now = self._store.kept.layer()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.turn.release()

    def commit(self) -> None:
        """Keep everything. StaleWrite after a failed `write`: half a decision is never kept."""
        if self._void:
            raise StaleWrite("a change of this transaction was not written")
        with self._store.looking:
            self._store.kept.keep(self.now)
        self._over = True

    def hospital(self) -> Hospital:
        """The organisation, calendar and policy as of this transaction."""
        return self._store.hospital()

    def case_file(self, *, number: str | None = None, id: str | None = None) -> CaseFile | None:
        """Read one case, by its number or its id."""
        return self.now.file(id if number is None else self.now.numbers.get(number))

    def case_state(self, id: str) -> Case | None:
        """Read one case without its tasks."""
        return self.now.cases.get(id)

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases whose parent is `parent`, in the order of opening."""
        return self.now.related(parent, process)

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows with these values, newest first."""
        return self.now.find_rows(register, where)

    def has_rows(self, register: str) -> bool:
        """Whether a register has any current row."""
        return bool(self.now.rows.get(register))

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        return self.now.ledger(case)

    def answered(self, key: str) -> Entry | None:
        """The ledger line that a decision with this key left, in whichever case."""
        place = self.now.keys.get(key)
        return None if place is None else self.now.entries[place]

    def next_number(self, prefix: str, year: int) -> int:
        """The next running number of a process in a year, starting at 1."""
        number = self.now.counters.get((prefix, year), 0) + 1
        self.now.counters[prefix, year] = number
        return number

    def write(self, change: Change) -> None:
        """Write one change whole, or leave the transaction void."""
        if self._over:
            raise RuntimeError("the transaction is over; begin another one")
        void, self._void = self._void, True
        self._guard(change)
        self.now.append(change.entry)
        self._put_case(change)
        self._put_tasks(change)
        self._put_deadlines(change)
        for notice in change.notices:
            self.now.notices[notice.id] = notice
        for past in change.superseded:
            self.now.supersede(past)
        for row in change.rows:
            add(self.now.rows, row.register, row)
        for attachment in change.attachments:
            add(self.now.attachments, change.case.id, attachment)
        if change.policy:
            self._put_policy(change)
        self._void = void

    def claim(
        self, now: datetime, worker: str, until: datetime, limit: int, process: str | None = None
    ) -> Sequence[Claim]:
        """Take clocks that have something to do and that no other worker has, earliest first."""
        due = sorted(
            (at, number, clock)
            for number, (at, clock) in enumerate(self._ahead())
            if at <= now and self._is_free(clock, now) and self._is_of(clock, process)
        )
        claims: list[Claim] = []
        for _, _, clock in due[:limit]:
            lease = Lease(until, worker, self._lease(clock).attempts + 1)
            self.now.leases[clock] = lease
            claims.append(Claim(self.now.deadlines[clock], worker, lease.attempts))
        return claims

    def hold(self, claim: Claim) -> bool:
        """Whether a claim still stands; then it is done with."""
        stands = self._stands(claim)
        if stands:
            self.now.leases[claim.deadline.id] = Lease()
        return stands

    def put_off(self, claim: Claim, until: datetime | None) -> None:
        """Nobody takes the clock before then, if the claim still stands."""
        if self._stands(claim):
            self.now.leases[claim.deadline.id] = Lease(until, None, claim.attempts)

    def next_due(self) -> datetime | None:
        """When the next clock does something."""
        return min((at for at, _ in self._ahead()), default=None)

    def keep_watch(self, watch: Watch) -> None:
        """Keep how far a schedule has been looked at."""
        self.now.watches[watch.process, watch.schedule] = watch

    def drop_watch(self, process: str, schedule: str) -> None:
        """A schedule is not looked at any more."""
        self.now.watches[process, schedule] = None

    def _ahead(self) -> Iterator[tuple[datetime, str]]:
        for clock in self.now.clocks():
            fires_at = clock.fires_at
            if fires_at is not None:
                yield fires_at, clock.id

    def _is_of(self, clock: str, process: str | None) -> bool:
        case = self.now.deadlines[clock].case
        return process is None or self.now.cases[case].process == process

    def _lease(self, clock: str) -> Lease:
        return self.now.leases.get(clock, Lease())

    def _is_free(self, clock: str, now: datetime) -> bool:
        until = self._lease(clock).until
        return until is None or not now < until <= now + LONGEST_LEASE

    def _stands(self, claim: Claim) -> bool:
        lease = self._lease(claim.deadline.id)
        return (lease.worker, lease.attempts) == (claim.worker, claim.attempts)

    def _guard(self, change: Change) -> None:
        case = self.now.cases.get(change.case.id)
        seen = None if case is None else (case.version, case.seq)
        expected = None if change.seen_version is None else (change.seen_version, change.seen_seq)
        taken = change.seen_version is None and change.case.number in self.now.numbers
        tasks = [self.now.tasks.get(task.id) for task in change.changed]
        ended = any(task is None or not task.is_open for task in tasks)
        undone = [self.now.tasks.get(task.id) for task in change.undone]
        ended = ended or any(task is None or task.is_open for task in undone)
        if seen != expected or taken or ended:
            raise StaleWrite(change.case.number)
        for attachment in change.attachments:
            if self.now.files.get(attachment.digest) is None:
                raise MissingFile(attachment.digest)

    def _put_case(self, change: Change) -> None:
        case = change.case
        if change.seen_version is None:
            self.now.numbers[case.number] = case.id
            if case.parent is not None:
                add(self.now.children, case.parent, case.id)
            if change.occurrence is not None:
                self.now.put_occurrence(change.occurrence)
        if change.entry.refused is None:
            self.now.acted_at[case.id] = change.entry.at
        self.now.cases[case.id] = case

    def _put_deadlines(self, change: Change) -> None:
        for deadline in change.deadlines:
            if deadline.id not in self.now.deadlines:
                add(self.now.deadlines_of, deadline.case, deadline.id)
            self.now.deadlines[deadline.id] = deadline

    def _put_policy(self, change: Change) -> None:
        house = self.now.house.get("", NEW_HOUSE)
        changes = (*house.policy.changes, *change.policy)
        self.now.house[""] = replace(
            house, policy=replace(house.policy, changes=changes), revision=house.revision + 1
        )

    def _put_tasks(self, change: Change) -> None:
        for task in (*change.changed, *change.undone):
            self.now.tasks[task.id] = task
        for task in change.opened:
            self.now.tasks[task.id] = task
            add(self.now.tasks_of, task.case, task.id)


class MemoryStore:
    """Cases in memory (see `workflow.ports.store.Store`)."""

    def __init__(self, seed: Seed | None = None) -> None:
        self.kept = Tables()
        self.turn = threading.Lock()
        #: Held while somebody reads what is kept, or adds to it; never while somebody thinks.
        self.looking = threading.Lock()
        self._picture = self.kept.hospital()
        if seed is not None:
            self._plant(seed)

    def begin(self) -> MemoryTransaction:
        """A transaction that will write."""
        return MemoryTransaction(self)

    def now(self, here: datetime) -> datetime:
        """What time it is: there is one machine."""
        return here

    @property
    def readings(self) -> MemoryReadings:
        """The questions of pages."""
        return MemoryReadings(self.kept, self.looking, self.hospital)

    @property
    def house(self) -> MemoryHouse:
        """What administrators change."""
        return MemoryHouse(self._layer)

    @property
    def door(self) -> MemoryDoor:
        """Who comes in."""
        return MemoryDoor(self._layer)

    @property
    def desk(self) -> MemoryDesk:
        """What people leave lying."""
        return MemoryDesk(self._layer)

    @property
    def outbox(self) -> MemoryOutbox:
        """Messages on their way out of the house."""
        return MemoryOutbox(self._layer)

    @contextmanager
    def _layer(self) -> Iterator[Tables]:
        """Tables to write in; leaving them without an error keeps what was written."""
        with self.begin() as transaction:
            yield transaction.now
            transaction.commit()

    def hospital(self) -> Hospital:
        """The hospital as it is now, drawn once for each revision."""
        house = self.kept.house.get("", NEW_HOUSE)
        if self._picture.revision != house.revision:
            self._picture = self.kept.hospital()
        return self._picture

    def _plant(self, seed: Seed) -> None:
        kept = self.kept
        kept.people.update({person.id: person for person in seed.people})
        kept.departments.update({department.id: department for department in seed.departments})
        kept.delegations.update({delegation.id: delegation for delegation in seed.delegations})
        kept.rosters.update({roster.key: roster for roster in seed.rosters})
        for row in seed.rows:
            add(kept.rows, row.register, row)
        kept.house[""] = House(seed.policy, seed.calendar or NO_CALENDAR, revision=1)
