"""The same contract without a database: for scenarios, for tests of the engine, for a first look.

A transaction works on a layer above what is kept; leaving it without `commit` drops the layer.
"""

from __future__ import annotations

import threading
from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self, TypeVar

from storage.cells import has_cells
from storage.picture import NO_CALENDAR, organisation
from workflow.calendar import Calendar
from workflow.nouns import (
    Attachment,
    Case,
    Deadline,
    DeadlineState,
    Entry,
    Notice,
    RegisterRow,
    Scalar,
    Task,
)
from workflow.people.organisation import Delegation, Department, Person
from workflow.ports import (
    Account,
    ApiToken,
    CaseFile,
    Change,
    DuplicateKey,
    Hospital,
    MissingFile,
    Policy,
    Seed,
    StaleWrite,
    StoredDefinition,
    Unavailable,
)

T = TypeVar("T")

#: How long a transaction waits for another thread's, in seconds.
_PATIENCE_SECONDS = 15


@dataclass(frozen=True, slots=True)
class House:
    """What is kept once: the policy, the calendar, and how often anything of the house changed."""

    policy: Policy
    calendar: Calendar
    revision: int


NEW_HOUSE = House(Policy(), NO_CALENDAR, revision=0)


class Tables:
    """Everything that is kept. A layer has the same tables, each above the one that is kept."""

    cases: MutableMapping[str, Case]
    numbers: MutableMapping[str, str]
    acted_at: MutableMapping[str, datetime]
    children: MutableMapping[str, tuple[str, ...]]
    tasks: MutableMapping[str, Task]
    tasks_of: MutableMapping[str, tuple[str, ...]]
    deadlines: MutableMapping[str, Deadline]
    deadlines_of: MutableMapping[str, tuple[str, ...]]
    entries: MutableMapping[tuple[str, int], Entry]
    streams: MutableMapping[str, tuple[int, str]]
    keys: MutableMapping[str, tuple[str, int]]
    notices: MutableMapping[str, Notice]
    rows: MutableMapping[str, tuple[RegisterRow, ...]]
    counters: MutableMapping[tuple[str, int], int]
    attachments: MutableMapping[str, tuple[Attachment, ...]]
    files: MutableMapping[str, tuple[bytes, datetime]]
    people: MutableMapping[str, Person]
    departments: MutableMapping[str, Department]
    delegations: MutableMapping[str, Delegation | None]
    accounts: MutableMapping[str, Account]
    tokens: MutableMapping[str, ApiToken]
    definitions: MutableMapping[tuple[str, int], StoredDefinition]
    house: MutableMapping[str, House]

    def __init__(self, below: Tables | None = None) -> None:
        for name in self.__annotations__:
            table = {} if below is None else ChainMap({}, getattr(below, name))
            setattr(self, name, table)

    def layer(self) -> Tables:
        """Tables above these: what is written there is not seen here."""
        return Tables(self)

    def keep(self, layer: Tables) -> None:
        """Take over what was written in a layer."""
        for name in self.__annotations__:
            written = getattr(layer, name).maps[0]
            if written:
                getattr(self, name).update(written)

    def hospital(self) -> Hospital:
        """The picture of people, calendar and policy."""
        house = self.house.get("", NEW_HOUSE)
        delegations = (each for each in self.delegations.values() if each is not None)
        people = organisation(self.people.values(), self.departments.values(), delegations)
        return Hospital(people, house.calendar, house.policy, house.revision)

    def file(self, id: str | None) -> CaseFile | None:
        """A case with its tasks and clocks."""
        case = None if id is None else self.cases.get(id)
        if case is None:
            return None
        return CaseFile(
            case,
            tuple(self.tasks[task] for task in self.tasks_of.get(case.id, ())),
            tuple(self.deadlines[clock] for clock in self.deadlines_of.get(case.id, ())),
        )

    def related(self, parent: str, process: str | None) -> list[Case]:
        """The cases of one parent, in the order of opening."""
        found = (self.cases[id_] for id_ in self.children.get(parent, ()))
        cases = [case for case in found if process is None or case.process == process]
        return sorted(cases, key=lambda case: (case.opened_at, case.number))

    def ledger(self, stream: str) -> list[Entry]:
        """The lines of a case or stream, first line first."""
        length, _ = self.streams.get(stream, (0, ""))
        return [self.entries[stream, seq] for seq in range(1, length + 1)]

    def find_rows(self, register: str, where: Mapping[str, Scalar]) -> list[RegisterRow]:
        """The current rows of a register with these values, newest first."""
        rows = reversed(self.rows.get(register, ()))
        return [row for row in rows if has_cells(row.values, where)]

    def append(self, entry: Entry) -> None:
        """Add a line to a ledger. DuplicateKey when its key stands in one already."""
        if entry.key is not None:
            if entry.key in self.keys:
                raise DuplicateKey(entry.key)
            self.keys[entry.key] = (entry.case, entry.seq)
        self.entries[entry.case, entry.seq] = entry
        self.streams[entry.case] = (entry.seq, entry.digest)


class MemoryTransaction:
    """One unit of work in memory (see `workflow.ports.Transaction`)."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self._void = False

    def __enter__(self) -> Self:
        if not self._store.turn.acquire(timeout=_PATIENCE_SECONDS):
            raise Unavailable("another transaction holds the store")
        self._now = self._store.kept.layer()
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
            self._store.kept.keep(self._now)
        self._now = self._store.kept.layer()

    def hospital(self) -> Hospital:
        """The organisation, calendar and policy as of this transaction."""
        return self._store.hospital()

    def case_file(self, *, number: str | None = None, id: str | None = None) -> CaseFile | None:
        """Read one case, by its number or its id."""
        return self._now.file(id if number is None else self._now.numbers.get(number))

    def case_state(self, id: str) -> Case | None:
        """Read one case without its tasks."""
        return self._now.cases.get(id)

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases whose parent is `parent`, in the order of opening."""
        return self._now.related(parent, process)

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows with these values, newest first."""
        return self._now.find_rows(register, where)

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        return self._now.ledger(case)

    def answered(self, key: str) -> Entry | None:
        """The ledger line that a decision with this key left, in whichever case."""
        place = self._now.keys.get(key)
        return None if place is None else self._now.entries[place]

    def next_number(self, prefix: str, year: int) -> int:
        """The next running number of a process in a year, starting at 1."""
        number = self._now.counters.get((prefix, year), 0) + 1
        self._now.counters[prefix, year] = number
        return number

    def write(self, change: Change) -> None:
        """Write one change whole, or leave the transaction void."""
        void, self._void = self._void, True
        self._guard(change)
        self._now.append(change.entry)
        self._put_case(change)
        self._put_tasks(change)
        for deadline in change.deadlines:
            if deadline.id not in self._now.deadlines:
                _add(self._now.deadlines_of, deadline.case, deadline.id)
            self._now.deadlines[deadline.id] = deadline
        for notice in change.notices:
            self._now.notices[notice.id] = notice
        for past in change.superseded:
            gone = {row.id for row in self._now.find_rows(past.register, past.columns)}
            rows = self._now.rows.get(past.register, ())
            self._now.rows[past.register] = tuple(row for row in rows if row.id not in gone)
        for row in change.rows:
            _add(self._now.rows, row.register, row)
        for attachment in change.attachments:
            _add(self._now.attachments, change.case.id, attachment)
        self._void = void

    def due(self, now: datetime, limit: int) -> Sequence[Deadline]:
        """Running clocks that have run out, earliest first."""
        found = [clock for clock in self._running() if clock.due_at <= now]
        return sorted(found, key=lambda clock: clock.due_at)[:limit]

    def next_due(self) -> datetime | None:
        """When the next running clock fires."""
        return min((clock.due_at for clock in self._running()), default=None)

    def _running(self) -> list[Deadline]:
        clocks = self._now.deadlines.values()
        return [clock for clock in clocks if clock.state is DeadlineState.RUNNING]

    def _guard(self, change: Change) -> None:
        case = self._now.cases.get(change.case.id)
        seen = None if case is None else (case.version, case.seq)
        expected = None if change.seen_version is None else (change.seen_version, change.seen_seq)
        taken = change.seen_version is None and change.case.number in self._now.numbers
        tasks = [self._now.tasks.get(task.id) for task in change.changed]
        ended = any(task is None or not task.is_open for task in tasks)
        if seen != expected or taken or ended:
            raise StaleWrite(change.case.number)
        for attachment in change.attachments:
            if attachment.digest not in self._now.files:
                raise MissingFile(attachment.digest)

    def _put_case(self, change: Change) -> None:
        case = change.case
        if change.seen_version is None:
            self._now.numbers[case.number] = case.id
            if case.parent is not None:
                _add(self._now.children, case.parent, case.id)
        if change.entry.refused is None:
            self._now.acted_at[case.id] = change.entry.at
        self._now.cases[case.id] = case

    def _put_tasks(self, change: Change) -> None:
        for task in change.changed:
            self._now.tasks[task.id] = task
        for task in change.opened:
            self._now.tasks[task.id] = task
            _add(self._now.tasks_of, task.case, task.id)


def _add(table: MutableMapping[str, tuple[T, ...]], key: str, item: T) -> None:
    table[key] = (*table.get(key, ()), item)


class MemoryStore:
    """Cases in memory (see `workflow.ports.Store`)."""

    def __init__(self, seed: Seed | None = None) -> None:
        self.kept = Tables()
        self.turn = threading.Lock()
        #: Held while somebody reads what is kept, or adds to it; never while somebody thinks.
        self.looking = threading.Lock()
        self._picture = Hospital(organisation((), (), ()), NO_CALENDAR, Policy())
        if seed is not None:
            self._plant(seed)

    def begin(self) -> MemoryTransaction:
        """A transaction that will write."""
        return MemoryTransaction(self)

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
        for row in seed.rows:
            _add(kept.rows, row.register, row)
        kept.house[""] = House(seed.policy, seed.calendar or NO_CALENDAR, revision=1)
