"""How a change of the house becomes a line of its ledger: the same for every store.

A store says what is there and puts what shall be there; what is written about it is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from storage.mapping import json_text
from workflow.calendar import Calendar, day_facts, hours_facts, own_facts
from workflow.ledger import Heading, moment_text, seal
from workflow.nouns import Entry, Occurrence, RegisterRow
from workflow.people.organisation import Delegation, Department, Person
from workflow.people.rosters import Roster
from workflow.ports.hospital import Policy, SetUp
from workflow.ports.house import (
    Account,
    AddRow,
    AlreadyPublished,
    ApiToken,
    BringRows,
    Deed,
    HouseChange,
    KeyTaken,
    MarkMissed,
    Missed,
    PlanOutdated,
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

#: The stream of everything that administrators change.
HOUSE = "sys:house"

#: What a change is about.
Subject = (
    Person
    | Department
    | Delegation
    | Roster
    | Account
    | Policy
    | Calendar
    | RegisterRow
    | StoredDefinition
    | ApiToken
    | Missed
)
Facts = dict[str, Any]


class Keeper(Protocol):
    """A store inside one transaction, as far as the house is concerned."""

    def present(self, change: HouseChange) -> Subject | None:
        """What the change is about, as it is now; None if it is not there."""
        ...

    def put(self, there: Subject) -> None:
        """Make it so. StaleWrite when somebody else took the same name meanwhile."""
        ...

    def rows(self, register: str) -> Sequence[RegisterRow]:
        """The current rows of a register, which others leave as it is until this ends."""
        ...

    def put_rows(self, rows: Sequence[RegisterRow]) -> None:
        """New rows of one register."""
        ...

    def remove_delegation(self, id: str) -> None:
        """Nobody stands in for anybody by it any more."""
        ...

    def stream(self, stream: str) -> tuple[int, str]:
        """How long a stream is and its last digest, locked until the transaction ends."""
        ...

    def revision(self) -> int:
        """Which picture of the hospital is the present one."""
        ...

    def append(self, entry: Entry) -> None:
        """Add a line to its stream."""
        ...

    def raise_revision(self) -> None:
        """Let everybody take a new picture of the hospital."""
        ...


def carry_out(
    keeper: Keeper, deed: Deed, changes: tuple[HouseChange, ...], planned_at: int | None = None
) -> list[Entry]:
    """Make every change that changes something, each with its line.

    Raises AlreadyPublished, and PlanOutdated when the hospital is no longer at `planned_at`.
    """
    if planned_at is not None:
        keeper.stream(HOUSE)  # whoever is before us finishes first
        if keeper.revision() != planned_at:
            raise PlanOutdated
    entries = [
        append(keeper, deed, change.event, facts)
        for change in changes
        if (facts := _made(keeper, change)) is not None
    ]
    if entries:
        keeper.raise_revision()
    return entries


def append(
    keeper: Keeper,
    deed: Deed,
    event: str,
    facts: Mapping[str, object],
    *,
    refused: str | None = None,
    stream: str = HOUSE,
) -> Entry:
    """Write the next line of a stream of the house."""
    length, head = keeper.stream(stream)
    heading = Heading(
        case=stream,
        process="",
        at=deed.at,
        event=event,
        actor=deed.by.id,
        acting_for=deed.by.acting_for,
        refused=refused,
    )
    entry = seal(heading, length + 1, head, {"facts": facts, "reason": deed.reason})
    keeper.append(entry)
    return entry


def after(change: HouseChange, before: Subject | None) -> Subject | None:
    """What there shall be after a change; None for what shall be gone.

    Raises AlreadyPublished, and LookupError when there is no such definition to retire.
    """
    match change:
        case SavePerson(it) | SaveDepartment(it) | SaveDelegation(it) | SaveAccount(it):
            return it
        case SavePolicy(it):
            # What cases have put in force is not the administrators' to change.
            return replace(it, changes=before.changes if isinstance(before, Policy) else ())
        case SaveCalendar(it) | AddRow(it) | SaveToken(it) | SaveRoster(it):
            return it
        case RemoveDelegation() | BringRows():
            return None
        case PublishDefinition(it):
            return _published(it, before)
        case RetireDefinition():
            return _retired(change, before)
        case MarkMissed(it):
            return _with_missed(it, before)


def _published(new: StoredDefinition, before: Subject | None) -> Subject:
    if isinstance(before, StoredDefinition) and before.digest != new.digest:
        raise AlreadyPublished(new.key, new.version)
    return before or new


def _retired(change: RetireDefinition, before: Subject | None) -> Subject:
    if isinstance(before, StoredDefinition):
        return replace(before, retired=change.retired)
    raise LookupError(f"{change.key} {change.version}")


def _with_missed(new: Missed, before: Subject | None) -> Subject:
    """What is known of a turn already stays as it is."""
    known = {one.id: one for one in before.occurrences} if isinstance(before, Missed) else {}
    return Missed(tuple(known.get(one.id, one) for one in new.occurrences))


def _made(keeper: Keeper, change: HouseChange) -> Facts | None:
    """Make one change; the facts for its line, or None when all was so already."""
    if isinstance(change, BringRows):
        return _brought(keeper, change)
    before = keeper.present(change)
    there = after(change, before)
    if before == there:
        return None
    if isinstance(change, RemoveDelegation):
        keeper.remove_delegation(change.id)
    elif there is not None:
        keeper.put(there)
    facts: Facts = {
        "before": None if before is None else facts_of(before),
        "after": None if there is None else facts_of(there),
    }
    if isinstance(there, Account):
        hashed = before.password_hash if isinstance(before, Account) else None
        facts["password_changed"] = hashed != there.password_hash
    return facts


def _brought(keeper: Keeper, change: BringRows) -> Facts | None:
    """Write rows that nobody has written yet. Raises KeyTaken where somebody has."""
    if not change.rows:
        return None

    def key(row: RegisterRow) -> str:
        return json_text([row.values.get(column) for column in change.by])

    length, _ = keeper.stream(HOUSE)
    standing = {key(row): row for row in keeper.rows(change.register)}
    for row in change.rows:
        if key(row) in standing:
            raise KeyTaken(standing[key(row)])
    keeper.put_rows([replace(row, case=None, seq=length + 1) for row in change.rows])
    return {
        "key": change.register,
        "file": change.name,
        "sha256": change.digest,
        "proposed_by": change.proposed_by,
        "count": len(change.rows),
        "rows": [{"id": row.id, "values": dict(row.values)} for row in change.rows],
    }


# ---- what a line tells ---------------------------------------------------------------------------


def facts_of(subject: Subject) -> Facts:
    """What the ledger tells about something: all but secrets and the text of definitions."""
    return dict(_FACTS[type(subject)](subject))


def _person(person: Person) -> Facts:
    return {
        "id": person.id,
        "name": person.name,
        "department": person.department,
        "active": person.active,
        "posts": [
            {
                "role": post.role,
                "department": post.department,
                "start": None if post.start is None else post.start.isoformat(),
                "end": None if post.end is None else post.end.isoformat(),
                **({} if post.limit is None else {"limit": post.limit}),
            }
            for post in person.posts
        ],
    }


def _department(department: Department) -> Facts:
    return {
        "id": department.id,
        "name": department.name,
        "type": department.type,
        "parent": department.parent,
    }


def _delegation(delegation: Delegation) -> Facts:
    return {
        "id": delegation.id,
        "principal": delegation.principal,
        "delegate": delegation.delegate,
        "start": delegation.start.isoformat(),
        "end": delegation.end.isoformat(),
        "roles": list(delegation.roles),
        "processes": list(delegation.processes),
        "max_amount": delegation.max_amount,
    }


def _roster(roster: Roster) -> Facts:
    return {
        "id": roster.key,
        "name": roster.name,
        "shifts": shifts_of(roster),
        "duties": duties_of(roster),
    }


def shifts_of(roster: Roster) -> list[list[str]]:
    """The shifts of a roster as text: name, start, end."""
    return [[one.name, one.start.isoformat(), one.end.isoformat()] for one in roster.shifts]


def duties_of(roster: Roster) -> list[list[str | None]]:
    """The rows of a roster as text, in the order of `Duty`."""
    return [[row.date.isoformat(), row.person, row.shift, row.department] for row in roster.rows]


def _account(account: Account) -> Facts:
    return {
        "person": account.person,
        "login": account.login,
        "password": account.password_hash is not None,
        "demonstration": account.demonstration,
    }


def _policy(policy: Policy) -> Facts:
    facts: Facts = {"profile": policy.profile, "overrides": dict(policy.overrides)}
    if policy.set_up is not None:
        facts["set_up"] = set_up_facts(policy.set_up)
    return facts


def set_up_facts(set_up: SetUp) -> Facts:
    """A set-up as a line and a column hold it."""
    return {
        "profile": set_up.profile,
        "overrides": dict(set_up.overrides),
        "by": list(set_up.by),
        "reasons": dict(set_up.reasons),
        "agreed_by": set_up.agreed_by,
        "agreed_at": None if set_up.agreed_at is None else moment_text(set_up.agreed_at),
    }


def _calendar(calendar: Calendar) -> Facts:
    return {
        "covered_until": calendar.covered_until.isoformat(),
        "zone": str(calendar.zone),
        "hours": hours_facts(calendar.hours),
        "days": day_facts(calendar.days, calendar.names),
        **({"own": own_facts(calendar.own)} if calendar.own else {}),
    }


def _row(row: RegisterRow) -> Facts:
    return {"id": row.id, "register": row.register, "values": dict(row.values)}


def _definition(definition: StoredDefinition) -> Facts:
    return {
        "key": definition.key,
        "version": definition.version,
        "digest": definition.digest,
        "published_at": moment_text(definition.published_at),
        "published_by": definition.published_by,
        "retired": definition.retired,
    }


def _token(token: ApiToken) -> Facts:
    return {
        "id": token.id,
        "person": token.person,
        "name": token.name,
        "created_at": moment_text(token.created_at),
        "revoked_at": None if token.revoked_at is None else moment_text(token.revoked_at),
    }


def _missed(missed: Missed) -> Facts:
    return {"occurrences": [occurrence_facts(one) for one in missed.occurrences]}


def occurrence_facts(one: Occurrence) -> Facts:
    """What is told of a turn of a schedule."""
    return {
        "process": one.process,
        "schedule": one.schedule,
        "subject": one.subject,
        "slot": one.slot,
        "due_at": moment_text(one.due_at),
        "state": one.state.value,
        "number": one.number,
        "why": list(one.why),
    }


_FACTS: Mapping[type, Callable[..., Facts]] = {
    Person: _person,
    Department: _department,
    Delegation: _delegation,
    Roster: _roster,
    Account: _account,
    Policy: _policy,
    Calendar: _calendar,
    RegisterRow: _row,
    StoredDefinition: _definition,
    ApiToken: _token,
    Missed: _missed,
}
