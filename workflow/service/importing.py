"""Many changes to the house from one table: seen first, then made as they were seen, all or none.

What a row may do is what an administrator may do by hand: the rules are those of
`workflow.service.staffing`, and nobody is ever deleted by being left out of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256

from workflow.design.register import Register
from workflow.people.organisation import Person
from workflow.ports.hospital import Hospital
from workflow.ports.house import Account, Deed, HouseChange, SaveAccount, SavePerson
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.housework import Done, Housework, keeper_problem, one
from workflow.service.staffing import Staffing, permits
from workflow.service.tables_in import Column, Fault, Table

#: The event of a ledger line that tells that a list was handed out.
HANDED_OUT = "list_exported"

CHANGED_SINCE = Sentence(
    "预览之后，人员或科室的记录有了变化，还没有导入。请核对新的预览，再确认。",
    "The records changed after the preview and nothing was imported. Look at the new preview, "
    "then confirm.",
)
AT_LINE = Sentence("第 {line} 行：{because}", "Row {line}: {because}")


class How(StrEnum):
    """What a row of an import does."""

    NEW = "new"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one person or department, and the row that says so."""

    line: int
    id: str
    name: str
    how: How
    details: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a table is judged against: the house as it stands, on a day, and who brings the
    table.
    """

    hospital: Hospital
    day: date
    by: str
    accounts: Mapping[str, Account]  # by person
    register: Register
    permits: Mapping[str, bool] = field(default_factory=dict)  # who may work, by the exam


@dataclass(frozen=True, slots=True)
class Draft:
    """What a table asks for: changes with their description, or what is wrong with it.

    `same`: how many people or departments already are as the table says.
    """

    planned: tuple[Planned, ...] = ()
    changes: tuple[HouseChange, ...] = ()
    faults: tuple[Fault, ...] = ()
    same: int = 0

    @property
    def digest(self) -> str:
        """Names exactly these changes: what is confirmed is what was seen."""
        return sha256(repr((self.planned, self.changes)).encode()).hexdigest()

    def count(self, how: How) -> int:
        """How many rows do this."""
        return sum(one.how is how for one in self.planned)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: its columns, examples of rows, how it is judged, and what it would say now:
    a list that is handed out and comes back unchanged changes nothing.
    """

    key: str
    columns: tuple[Column, ...]
    examples: tuple[tuple[str, ...], ...]
    judge: Callable[[Table, Scene], Draft]
    current: Callable[[Scene], list[tuple[str, ...]]]


@dataclass(frozen=True)
class Importing:
    """Tables that change the house. `kinds` are those that there are, by key."""

    work: Housework
    staff: Staffing
    register: Callable[[], Register]
    kinds: Mapping[str, Kind]
    #: Looks at the clocks of running cases after a list has changed the calendar.
    recount: Callable[[Deed], int] = lambda _: 0

    def preview(self, kind: str, deed: Deed, table: Table) -> Draft:
        """What a table would do now. Nothing is kept. Raises KeyError for an unknown kind."""
        return self._drafted(kind, deed, table, self.work.store.readings.hospital())

    def carry_out(self, kind: str, deed: Deed, table: Table, seen: str) -> Done | Refused:
        """Make all changes of a table, if they still are those that were `seen` (a digest)."""
        leavers: tuple[str, ...] = ()

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            nonlocal leavers
            draft = self._drafted(kind, deed, table, hospital)
            if draft.faults:
                return _refused(draft.faults)
            if draft.digest != seen:
                return one(Code.CONFLICT, CHANGED_SINCE, "changed_since")
            leavers = tuple(_leavers(draft.changes, hospital))
            return *draft.changes, *self.staff.keys_of_leavers(leavers, deed)

        asked = {"kind": kind, "rows": len(table.rows), "digest": seen}
        done = self.work.do(deed, "import", asked, plan)
        if isinstance(done, Done):
            for person in leavers:
                self.work.store.door.end_sessions_of(person, deed.at)
            self.recount(deed)
        return done

    def hand_out(self, kind: str, deed: Deed) -> list[tuple[str, ...]] | Refused:
        """The rows of a list as things stand, for a file; that it left the house is recorded."""
        hospital = self.work.store.readings.hospital()
        refused = keeper_problem(deed, hospital)
        if refused is not None:
            return self.work.refuse(deed, "hand_out", {"kind": kind}, refused)
        rows = self.kinds[kind].current(self._scene(deed, hospital))
        self.work.store.house.record(deed, HANDED_OUT, {"kind": kind, "rows": len(rows)})
        return rows

    def _drafted(self, kind: str, deed: Deed, table: Table, hospital: Hospital) -> Draft:
        return self.kinds[kind].judge(table, self._scene(deed, hospital))

    def _scene(self, deed: Deed, hospital: Hospital) -> Scene:
        accounts = {account.person: account for account in self.work.store.house.accounts()}
        day = hospital.calendar.local_day(deed.at)
        known = permits(self.work.store.readings)
        return Scene(hospital, day, deed.by.id, accounts, self.register(), known)


def _refused(faults: Iterable[Fault]) -> Refused:
    return Refused.of(
        Refusal(
            Code.INVALID_FORM,
            Sentence(
                AT_LINE.zh.format(line=fault.line, because=fault.because.zh),
                AT_LINE.en.format(line=fault.line, because=fault.because.en),
            ),
            field=fault.column or None,
            rule=f"import.{fault.line}",
        )
        for fault in faults
    )


def _leavers(changes: Iterable[HouseChange], hospital: Hospital) -> Iterable[str]:
    """Who was active and will not be."""
    known = hospital.organisation.people
    for change in changes:
        match change:
            case SavePerson(Person(id=id, active=False)) if id in known and known[id].active:
                yield id


def account_change(person: str, login: str) -> SaveAccount:
    """An account without a password: the first one is given on the page of the person."""
    return SaveAccount(Account(person, login, None))
