"""What administrators change, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from storage.changes import HOUSE, Subject, append, carry_out
from storage.memory_tables import NEW_HOUSE, House, Tables, add
from workflow.calendar import Calendar
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

#: Opens a layer to write in; leaving it without an error keeps what was written.
Layer = Callable[[], AbstractContextManager[Tables]]


class MemoryKeeper:
    """See `storage.changes.Keeper`."""

    def __init__(self, now: Tables) -> None:
        self._now = now

    def present(self, change: HouseChange) -> Subject | None:
        """What the change is about, as it is now."""
        return _PRESENT[type(change)](self._now, change)

    def put(self, there: Subject) -> None:
        """Make it so."""
        _PUT[type(there)](self._now, there)

    def rows(self, register: str) -> Sequence[RegisterRow]:
        """The current rows of a register."""
        return self._now.rows.get(register, ())

    def put_rows(self, rows: Sequence[RegisterRow]) -> None:
        """New rows of one register."""
        for register in {row.register for row in rows}:
            self._now.rows[register] = (*self._now.rows.get(register, ()), *rows)

    def remove_delegation(self, id: str) -> None:
        """Nobody stands in for anybody by it any more."""
        self._now.delegations[id] = None

    def stream(self, stream: str) -> tuple[int, str]:
        """How long a stream is and its last digest."""
        return self._now.streams.get(stream, (0, ""))

    def revision(self) -> int:
        """Which picture of the hospital is the present one."""
        return _house(self._now).revision

    def append(self, entry: Entry) -> None:
        """Add a line to its stream."""
        self._now.append(entry)

    def raise_revision(self) -> None:
        """Let everybody take a new picture of the hospital."""
        house = _house(self._now)
        self._now.house[""] = replace(house, revision=house.revision + 1)


def _house(now: Tables) -> House:
    return now.house.get("", NEW_HOUSE)


def _present_row(now: Tables, change: AddRow) -> RegisterRow | None:
    rows = now.rows.get(change.row.register, ())
    return next((kept for kept in rows if kept.id == change.row.id), None)


def _present_missed(now: Tables, change: MarkMissed) -> Missed | None:
    ids = [one.id for one in change.missed.occurrences]
    known = [one for id_ in ids if (one := now.occurrences.get(id_)) is not None]
    return Missed(tuple(known)) if known else None


_PRESENT: Mapping[type, Callable[[Tables, Any], Subject | None]] = {
    SavePerson: lambda now, change: now.people.get(change.person.id),
    SaveDepartment: lambda now, change: now.departments.get(change.department.id),
    SaveDelegation: lambda now, change: now.delegations.get(change.delegation.id),
    RemoveDelegation: lambda now, change: now.delegations.get(change.id),
    SaveRoster: lambda now, change: now.rosters.get(change.roster.key),
    SaveAccount: lambda now, change: now.accounts.get(change.account.person),
    SavePolicy: lambda now, _: _house(now).policy,
    SaveCalendar: lambda now, _: _house(now).calendar,
    AddRow: _present_row,
    PublishDefinition: lambda now, change: now.definitions.get(place_of(change.definition)),
    RetireDefinition: lambda now, change: now.definitions.get((change.key, change.version)),
    SaveToken: lambda now, change: now.tokens.get(change.token.id),
    MarkMissed: _present_missed,
}


def _put_person(now: Tables, person: Person) -> None:
    now.people[person.id] = person


def _put_department(now: Tables, department: Department) -> None:
    now.departments[department.id] = department


def _put_delegation(now: Tables, delegation: Delegation) -> None:
    now.delegations[delegation.id] = delegation


def _put_roster(now: Tables, roster: Roster) -> None:
    now.rosters[roster.key] = roster


def _put_account(now: Tables, account: Account) -> None:
    others = (other for other in now.accounts.values() if other.person != account.person)
    if any(other.login == account.login for other in others):
        raise StaleWrite(account.login)
    now.accounts[account.person] = account


def _put_policy(now: Tables, policy: Policy) -> None:
    now.house[""] = replace(_house(now), policy=policy)


def _put_calendar(now: Tables, calendar: Calendar) -> None:
    now.house[""] = replace(_house(now), calendar=calendar)


def _put_row(now: Tables, row: RegisterRow) -> None:
    add(now.rows, row.register, row)


def _put_definition(now: Tables, definition: StoredDefinition) -> None:
    now.definitions[place_of(definition)] = definition


def _put_missed(now: Tables, missed: Missed) -> None:
    for one in missed.occurrences:
        if one.id not in now.occurrences:
            now.put_occurrence(one)


def _put_token(now: Tables, token: ApiToken) -> None:
    now.tokens[token.id] = token


_PUT: Mapping[type, Callable[[Tables, Any], None]] = {
    Person: _put_person,
    Department: _put_department,
    Delegation: _put_delegation,
    Roster: _put_roster,
    Account: _put_account,
    Policy: _put_policy,
    Calendar: _put_calendar,
    RegisterRow: _put_row,
    StoredDefinition: _put_definition,
    ApiToken: _put_token,
    Missed: _put_missed,
}


def place_of(definition: StoredDefinition) -> tuple[str, int]:
    """Where a definition is found."""
    return definition.key, definition.version


class MemoryHouse:
    """See `workflow.ports.house.HouseBook`."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def change(
        self, deed: Deed, *changes: HouseChange, planned_at: int | None = None
    ) -> Sequence[Entry]:
        """Make all changes or none."""
        with self._layer() as now:
            return carry_out(MemoryKeeper(now), deed, changes, planned_at)

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
        with self._layer() as now:
            return append(MemoryKeeper(now), deed, event, facts, refused=refused, stream=stream)

    def accounts(self) -> Sequence[Account]:
        """All accounts, by person."""
        with self._layer() as now:
            return [account for _, account in sorted(now.accounts.items())]

    def account_of(self, person: str) -> Account | None:
        """How a person signs in."""
        with self._layer() as now:
            return now.accounts.get(person)

    def tokens(self) -> Sequence[ApiToken]:
        """All keys of programs, revoked ones too, in the order of their making."""
        with self._layer() as now:
            return sorted(now.tokens.values(), key=lambda token: (token.created_at, token.id))
