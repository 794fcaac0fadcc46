"""What administrators change, in a database: each change with its ledger line, together or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, delete, select, update
from sqlalchemy.sql import ClauseElement

from storage import statements as s
from storage.catalog import ONE_DEFINITION, PUT_DEFINITION, definition_line, definition_of
from storage.changes import (
    HOUSE,
    Subject,
    append,
    carry_out,
    duties_of,
    set_up_facts,
    shifts_of,
)
from storage.database import Database
from storage.hospital import (
    CALENDAR_COLUMNS,
    DELEGATION_COLUMNS,
    DEPARTMENT_COLUMNS,
    PERSON_COLUMNS,
    POST_COLUMNS,
    ROSTER_COLUMNS,
    delegation_of,
    person_of,
    read_hospital,
    roster_of,
)
from storage.mapping import (
    REGISTER_ROW,
    Line,
    entry_line,
    json_text,
    maybe_moment,
    maybe_text,
    register_row_of,
)
from storage.registers import find_rows, lookups_of, row_steps
from storage.schedules import ADD_OCCURRENCE, ONE_OCCURRENCE, occurrence_line, occurrence_of
from storage.wire import Book, Step, Wire
from storage.wires import wire_to
from workflow.calendar import Calendar, day_facts, hours_facts, own_facts
from workflow.ledger import moment_of, moment_text
from workflow.nouns import Entry, RegisterRow
from workflow.people.organisation import Delegation, Department, Person
from workflow.people.rosters import Roster
from workflow.ports.deciding import StaleWrite
from workflow.ports.hospital import Policy
from workflow.ports.house import (
    Account,
    AddRow,
    ApiToken,
    Deed,
    HouseChange,
    MarkMissed,
    Missed,
    PublishDefinition,
    RemoveDelegation,
    RetireDefinition,
    SaveAccount,
    SaveCalendar,
    SaveDelegation,
    SaveDepartment,
    SavePerson,
    SavePolicy,
    SaveRoster,
    SaveToken,
    StoredDefinition,
)

ACCOUNT_COLUMNS = ("person", "login", "password_hash", "demonstration")
TOKEN_COLUMNS = ("id", "token_hash", "person", "name", "created_at", "revoked_at")

T = TypeVar("T")

#: How often a change is tried when servers are at the same stream at once.
_ATTEMPTS = 5


class DatabaseKeeper:
    """See `storage.changes.Keeper`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def present(self, change: HouseChange) -> Subject | None:
        """What the change is about, as it is now."""
        return _PRESENT[type(change)](self._wire, change)

    def put(self, there: Subject) -> None:
        """Make it so. StaleWrite when somebody else took the same name meanwhile."""
        if isinstance(there, RegisterRow):
            self._wire.together(*self._put_row(there))
        else:
            self._wire.together(*_PUT[type(there)](there))

    def _put_row(self, row: RegisterRow) -> Iterator[Step]:
        # A decision that looks the first time by some columns must not pass this row by.
        locks = self._locked(row.register)
        return row_steps((row,), lookups_of(self._wire, [row.register], *locks))

    def rows(self, register: str) -> Sequence[RegisterRow]:
        """The current rows of a register; decisions that look into it or write to it wait."""
        return find_rows(self._wire, register, {}, *self._locked(register))

    def put_rows(self, rows: Sequence[RegisterRow]) -> None:
        """New rows of one register."""
        registers = sorted({row.register for row in rows})
        locks = [lock for register in registers for lock in self._locked(register)]
        self._wire.together(*row_steps(rows, lookups_of(self._wire, registers, *locks)))

    def _locked(self, register: str) -> tuple[Step, ...]:
        return (Step(s.lock_register, (register,)),) if self._wire.locks else ()

    def remove_delegation(self, id: str) -> None:
        """Nobody stands in for anybody by it any more."""
        self._wire.run(_drop_delegation, (id,))

    def stream(self, stream: str) -> tuple[int, str]:
        """How long a stream is and its last digest; others wait for this transaction."""
        line = self._wire.line(_stream, (stream,))
        return (0, "") if line is None else (line[0], line[1])

    def revision(self) -> int:
        """Which picture of the hospital is the present one."""
        line = self._wire.line(_revision)
        return 0 if line is None else int(line[0])

    def append(self, entry: Entry) -> None:
        """Add a line to its stream."""
        self._wire.together(
            Step(_PUT_STREAM, (entry.case, entry.seq, entry.digest)),
            Step(s.INSERT_ENTRY, entry_line(entry)),
        )

    def raise_revision(self) -> None:
        """Let everybody take a new picture of the hospital."""
        self._wire.run(s.raise_revision)


class DatabaseHouse:
    """See `workflow.ports.house.HouseBook`."""

    def __init__(self, database: Database, book: Book) -> None:
        self._database = database
        self._book = book

    def change(
        self, deed: Deed, *changes: HouseChange, planned_at: int | None = None
    ) -> Sequence[Entry]:
        """Make all changes or none. Those of other administrators wait, for all share a ledger."""
        return self._written(lambda keeper: carry_out(keeper, deed, changes, planned_at))

    def record(
        self,
        deed: Deed,
        event: str,
        facts: Mapping[str, object],
        *,
        refused: str | None = None,
        stream: str = HOUSE,
    ) -> Entry:
        """A ledger line about what changes nothing here."""
        return self._written(
            lambda keeper: append(keeper, deed, event, facts, refused=refused, stream=stream)
        )

    def accounts(self) -> Sequence[Account]:
        """All accounts, by person."""
        with self._wire() as wire:
            return [account_of(line) for line in wire.lines(_accounts)]

    def account_of(self, person: str) -> Account | None:
        """How a person signs in."""
        with self._wire() as wire:
            return _present_account(wire, person)

    def tokens(self) -> Sequence[ApiToken]:
        """All keys of programs, revoked ones too, in the order of their making."""
        with self._wire() as wire:
            return [token_of(line) for line in wire.lines(_tokens)]

    def _written(self, write: Callable[[DatabaseKeeper], T]) -> T:
        """Write in one transaction, again if another server was faster with the same stream."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return self._once(write)
            except StaleWrite:
                continue
        return self._once(write)

    def _once(self, write: Callable[[DatabaseKeeper], T]) -> T:
        with self._wire(writes=True) as wire:
            written = write(DatabaseKeeper(wire))
            wire.commit()
        return written

    def _wire(self, *, writes: bool = False) -> Wire:
        return wire_to(self._database, self._book, writes=writes)


# ---- what is there -------------------------------------------------------------------------------


def account_of(line: Line) -> Account:
    """An account from the columns in ACCOUNT_COLUMNS."""
    return Account(line[0], line[1], line[2], bool(line[3]))


def token_of(line: Line) -> ApiToken:
    """A key from the columns in TOKEN_COLUMNS."""
    id_, token_hash, person, name, created_at, revoked_at = line
    return ApiToken(id_, token_hash, person, name, moment_of(created_at), maybe_moment(revoked_at))


def _present_person(wire: Wire, person: str) -> Person | None:
    line = wire.line(_PERSON, (person,))
    return None if line is None else person_of(line, wire.lines(_POSTS, (person,)))


def _present_department(wire: Wire, department: str) -> Department | None:
    line = wire.line(_DEPARTMENT, (department,))
    return None if line is None else Department(line[0], line[1], line[2], line[3])


def _present_delegation(wire: Wire, delegation: str) -> Delegation | None:
    line = wire.line(_DELEGATION, (delegation,))
    return None if line is None else delegation_of(line)


def _present_roster(wire: Wire, roster: str) -> Roster | None:
    line = wire.line(_ROSTER, (roster,))
    return None if line is None else roster_of(line)


def _present_account(wire: Wire, person: str) -> Account | None:
    line = wire.line(_ACCOUNT, (person,))
    return None if line is None else account_of(line)


def _present_row(wire: Wire, row: str) -> RegisterRow | None:
    line = wire.line(_ROW, (row,))
    return None if line is None else register_row_of(line)


def _present_definition(wire: Wire, key: str, version: int) -> StoredDefinition | None:
    line = wire.line(ONE_DEFINITION, (key, version))
    return None if line is None else definition_of(line)


def _present_token(wire: Wire, token: str) -> ApiToken | None:
    line = wire.line(_TOKEN, (token,))
    return None if line is None else token_of(line)


def _present_missed(wire: Wire, change: MarkMissed) -> Missed | None:
    lines = (wire.line(ONE_OCCURRENCE, (one.id,)) for one in change.missed.occurrences)
    known = tuple(occurrence_of(line) for line in lines if line is not None)
    return Missed(known) if known else None


_PRESENT: Mapping[type, Callable[[Wire, Any], Subject | None]] = {
    SavePerson: lambda wire, change: _present_person(wire, change.person.id),
    SaveDepartment: lambda wire, change: _present_department(wire, change.department.id),
    SaveDelegation: lambda wire, change: _present_delegation(wire, change.delegation.id),
    RemoveDelegation: lambda wire, change: _present_delegation(wire, change.id),
    SaveRoster: lambda wire, change: _present_roster(wire, change.roster.key),
    SaveAccount: lambda wire, change: _present_account(wire, change.account.person),
    SavePolicy: lambda wire, _: read_hospital(wire).policy,
    SaveCalendar: lambda wire, _: read_hospital(wire).calendar,
    AddRow: lambda wire, change: _present_row(wire, change.row.id),
    PublishDefinition: lambda wire, change: _present_definition(
        wire, change.definition.key, change.definition.version
    ),
    RetireDefinition: lambda wire, change: _present_definition(wire, change.key, change.version),
    SaveToken: lambda wire, change: _present_token(wire, change.token.id),
    MarkMissed: _present_missed,
}


# ---- what there shall be -------------------------------------------------------------------------


def _put_person(person: Person) -> Iterator[Step]:
    yield Step(_PUT_PERSON, (person.id, person.name, person.department, person.active))
    yield Step(_drop_posts, (person.id,))
    if person.posts:
        lines = [
            (
                person.id,
                post.role,
                post.department,
                _maybe_day(post.start),
                _maybe_day(post.end),
                post.limit,
            )
            for post in person.posts
        ]
        yield Step(_INSERT_POST, lines, many=True)


def _put_department(department: Department) -> Iterator[Step]:
    line = (department.id, department.name, department.type, department.parent)
    yield Step(_PUT_DEPARTMENT, line)


def _put_delegation(delegation: Delegation) -> Iterator[Step]:
    line = (
        delegation.id,
        delegation.principal,
        delegation.delegate,
        delegation.start.isoformat(),
        delegation.end.isoformat(),
        json_text(delegation.roles),
        json_text(delegation.processes),
        delegation.max_amount,
    )
    yield Step(_PUT_DELEGATION, line)


def _put_roster(roster: Roster) -> Iterator[Step]:
    line = (
        roster.key,
        roster.name,
        json_text(shifts_of(roster)),
        json_text(duties_of(roster)),
    )
    yield Step(_PUT_ROSTER, line)


def _put_account(account: Account) -> Iterator[Step]:
    line = (account.person, account.login, account.password_hash, account.demonstration)
    yield Step(_PUT_ACCOUNT, line)


def _put_policy(policy: Policy) -> Iterator[Step]:
    set_up = None if policy.set_up is None else json_text(set_up_facts(policy.set_up))
    yield Step(_UPDATE_POLICY, (policy.profile, json_text(dict(policy.overrides)), set_up))


def _put_calendar(calendar: Calendar) -> Iterator[Step]:
    covered_until = calendar.covered_until.isoformat()
    hours, own = json_text(hours_facts(calendar.hours)), json_text(own_facts(calendar.own))
    yield Step(_UPDATE_CALENDAR, (covered_until, str(calendar.zone), hours, own))
    yield Step(_drop_days)
    days = day_facts(calendar.days, calendar.names)
    lines = [(day, worked, name) for day, (worked, name) in days.items()]
    if lines:
        yield Step(_INSERT_DAY, lines, many=True)


def _put_definition(definition: StoredDefinition) -> Iterator[Step]:
    yield Step(PUT_DEFINITION, definition_line(definition))


def _put_missed(missed: Missed) -> Iterator[Step]:
    yield Step(ADD_OCCURRENCE, [occurrence_line(one) for one in missed.occurrences], many=True)


def _put_token(token: ApiToken) -> Iterator[Step]:
    line = (
        token.id,
        token.token_hash,
        token.person,
        token.name,
        moment_text(token.created_at),
        maybe_text(token.revoked_at),
    )
    yield Step(_PUT_TOKEN, line)


_PUT: Mapping[type, Callable[[Any], Iterator[Step]]] = {
    Person: _put_person,
    Department: _put_department,
    Delegation: _put_delegation,
    Roster: _put_roster,
    Account: _put_account,
    Policy: _put_policy,
    Calendar: _put_calendar,
    StoredDefinition: _put_definition,
    ApiToken: _put_token,
    Missed: _put_missed,
}


def _maybe_day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# ---- statements ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, slots=True)
class _Find:
    """The lines of a table with one value in one column."""

    table: Table
    columns: tuple[str, ...]
    by: str

    def __call__(self) -> ClauseElement:
        found = select(*s.of(self.table, self.columns))
        found = found.where(self.table.c[self.by] == bindparam("it"))
        return found.order_by(self.table.c.no) if "no" in self.table.c else found


class _UpdateHospital:
    """Some of the one line about the hospital."""

    def __init__(self, *columns: str) -> None:
        self.order = columns

    def __call__(self) -> ClauseElement:
        return update(s.HOSPITAL).ordered_values(*((name, bindparam(name)) for name in self.order))


_PUT_PERSON = s.Put(s.PERSON, PERSON_COLUMNS, ("id",))
_INSERT_POST = s.Insert(s.POST, POST_COLUMNS)
_PUT_DEPARTMENT = s.Put(s.DEPARTMENT, DEPARTMENT_COLUMNS, ("id",))
_PUT_DELEGATION = s.Put(s.DELEGATION, DELEGATION_COLUMNS, ("id",))
_PUT_ROSTER = s.Put(s.ROSTER, ROSTER_COLUMNS, ("key",))
_PUT_ACCOUNT = s.Put(s.ACCOUNT, ACCOUNT_COLUMNS, ("person",))
_PUT_TOKEN = s.Put(s.API_TOKEN, TOKEN_COLUMNS, ("id",))
_PUT_STREAM = s.Put(s.STREAM, ("id", "seq", "head"), ("id",))
_INSERT_DAY = s.Insert(s.CALENDAR_DAY, CALENDAR_COLUMNS)
_UPDATE_POLICY = _UpdateHospital("profile", "overrides", "set_up")
_UPDATE_CALENDAR = _UpdateHospital("covered_until", "zone", "hours", "own_calendars")
_PERSON = _Find(s.PERSON, PERSON_COLUMNS, "id")
_POSTS = _Find(s.POST, POST_COLUMNS, "person")
_DEPARTMENT = _Find(s.DEPARTMENT, DEPARTMENT_COLUMNS, "id")
_DELEGATION = _Find(s.DELEGATION, DELEGATION_COLUMNS, "id")
_ROSTER = _Find(s.ROSTER, ROSTER_COLUMNS, "key")
_ACCOUNT = _Find(s.ACCOUNT, ACCOUNT_COLUMNS, "person")
_ROW = _Find(s.REGISTER_ROW, REGISTER_ROW, "id")
_TOKEN = _Find(s.API_TOKEN, TOKEN_COLUMNS, "id")


def _stream() -> Select[Any]:
    found = select(s.STREAM.c.seq, s.STREAM.c.head).where(s.STREAM.c.id == bindparam("it"))
    return found.with_for_update()


def _revision() -> Select[Any]:
    return select(s.HOSPITAL.c.revision)


def _accounts() -> Select[Any]:
    return select(*s.of(s.ACCOUNT, ACCOUNT_COLUMNS)).order_by(s.ACCOUNT.c.person)


def _tokens() -> Select[Any]:
    token = s.API_TOKEN.c
    return select(*s.of(s.API_TOKEN, TOKEN_COLUMNS)).order_by(token.created_at, token.id)


def _drop_delegation() -> ClauseElement:
    return delete(s.DELEGATION).where(s.DELEGATION.c.id == bindparam("it"))


def _drop_posts() -> ClauseElement:
    return delete(s.POST).where(s.POST.c.person == bindparam("it"))


def _drop_days() -> ClauseElement:
    return delete(s.CALENDAR_DAY)
