"""Everything that a store in memory keeps, and the layers in which a transaction works."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from storage.cells import has_cells
from storage.picture import NO_CALENDAR, organisation
from workflow.calendar import Calendar
from workflow.nouns import (
    Attachment,
    Case,
    Deadline,
    Entry,
    Notice,
    Occurrence,
    RegisterRow,
    Scalar,
    Task,
)
from workflow.people.organisation import Delegation, Department, Person
from workflow.people.rosters import Roster
from workflow.ports.deciding import CaseFile, DuplicateKey, Superseded, Watch
from workflow.ports.doors import Session, UnsentForm
from workflow.ports.hospital import Hospital, Policy
from workflow.ports.house import Account, ApiToken, StoredDefinition
from workflow.ports.outbox import Delivery

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class House:
    """What is kept once: the policy, the calendar, and how often anything of the house changed."""

    policy: Policy
    calendar: Calendar
    revision: int


NEW_HOUSE = House(Policy(), NO_CALENDAR, revision=0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in."""

    login: str
    address: str
    at: datetime
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Underway:
    """A delivery, who has claimed it until when, and whether it has left."""

    delivery: Delivery
    worker: str | None = None
    lease_until: datetime | None = None
    sent_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has still to leave."""
        return self.sent_at is None and self.delivery.dead_at is None


@dataclass(frozen=True, slots=True)
class Lease:
    """Which worker has a clock, until when, and how often it was taken since its last effect."""

    until: datetime | None = None
    worker: str | None = None
    attempts: int = 0


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
    leases: MutableMapping[str, Lease]
    entries: MutableMapping[tuple[str, int], Entry]
    streams: MutableMapping[str, tuple[int, str]]
    keys: MutableMapping[str, tuple[str, int]]
    notices: MutableMapping[str, Notice]
    rows: MutableMapping[str, tuple[RegisterRow, ...]]
    past_rows: MutableMapping[str, tuple[RegisterRow, ...]]
    counters: MutableMapping[tuple[str, int], int]
    attachments: MutableMapping[str, tuple[Attachment, ...]]
    files: MutableMapping[str, tuple[bytes, datetime] | None]
    people: MutableMapping[str, Person]
    departments: MutableMapping[str, Department]
    delegations: MutableMapping[str, Delegation | None]
    rosters: MutableMapping[str, Roster]
    accounts: MutableMapping[str, Account]
    tokens: MutableMapping[str, ApiToken]
    definitions: MutableMapping[tuple[str, int], StoredDefinition]
    house: MutableMapping[str, House]
    sessions: MutableMapping[str, tuple[Session, datetime | None]]
    attempts: MutableMapping[str, tuple[Attempt, ...]]
    unsent: MutableMapping[tuple[str, str], UnsentForm | None]
    notices_read: MutableMapping[str, datetime]
    notices_seen: MutableMapping[tuple[str, str], tuple[str, datetime]]
    notices_handed_on: MutableMapping[str, bool]
    notice_choices: MutableMapping[str, Mapping[str, object]]
    deliveries: MutableMapping[str, Underway]
    occurrences: MutableMapping[str, Occurrence]
    watches: MutableMapping[tuple[str, str], Watch | None]

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
        people = organisation(
            self.people.values(), self.departments.values(), delegations, self.rosters.values()
        )
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

    def clocks(self) -> Iterable[Deadline]:
        """Every clock. They are looked through after each change, and a mapping of several layers
        would look for each of them in all its layers.
        """
        if not isinstance(self.deadlines, ChainMap):
            return self.deadlines.values()
        merged: dict[str, Deadline] = {}
        for table in reversed(self.deadlines.maps):
            merged.update(table)
        return merged.values()

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

    def supersede(self, past: Superseded) -> None:
        """These rows of a register are no longer current."""
        gone = {row.id for row in self.find_rows(past.register, past.columns)}
        rows = self.rows.get(past.register, ())
        self.rows[past.register] = tuple(row for row in rows if row.id not in gone)
        before = tuple(row for row in rows if row.id in gone)
        self.past_rows[past.register] = (*self.past_rows.get(past.register, ()), *before)

    def append(self, entry: Entry) -> None:
        """Add a line to a ledger. DuplicateKey when its key stands in one already."""
        if entry.key is not None:
            if entry.key in self.keys:
                raise DuplicateKey(entry.key)
            self.keys[entry.key] = (entry.case, entry.seq)
        self.entries[entry.case, entry.seq] = entry
        self.streams[entry.case] = (entry.seq, entry.digest)

    def put_occurrence(self, occurrence: Occurrence) -> None:
        """Keep what became of a turn of a schedule. DuplicateKey when that is known already."""
        if occurrence.id in self.occurrences:
            raise DuplicateKey(occurrence.id)
        self.occurrences[occurrence.id] = occurrence


def add(table: MutableMapping[str, tuple[T, ...]], key: str, item: T) -> None:
    """Put an item behind those that stand under a key."""
    table[key] = (*table.get(key, ()), item)
