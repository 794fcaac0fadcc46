"""Work that nobody can do: open tasks whose post nobody holds, or whose every holder may not
decide on this case, those for one person who may not, and those that were given to the
administrators to find somebody for.

An administrator mends the cause (a post, a person) or gives the task to somebody else; they never
decide it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.design.register import Account, Register
from workflow.nouns import Address, Case, Task
from workflow.people.eligibility import WENT_ELSEWHERE, Because
from workflow.people.organisation import ADMINISTRATOR, Organisation, Person
from workflow.people.rosters import DUTY
from workflow.ports.reading import InboxQuery, InboxRow, Readings
from workflow.refusals import Sentence

#: So many stuck tasks are shown at most, and so many tasks of a post looked through.
MOST_SHOWN = 100
_MOST_READ = 500
#: Addresses that are asked for in one question.
_AT_ONCE = 200
#: Posts with more holders than this are not looked through: not all of them can be excluded.
_FEW = 3

NOBODY = Sentence(
    "没有人担任{role}，请在“人员与岗位”中安排", "Nobody is {role}; give somebody the post"
)
NOBODY_THERE = Sentence(
    "{department}没有人担任{role}，请在“人员与岗位”中安排",
    "Nobody in {department} is {role}; give somebody the post",
)
NOBODY_ON_DUTY = Sentence(
    "{roster}今天没有人值班，请补排值班表", "Nobody is on duty today ({roster}); mend the roster"
)
FIND_SOMEBODY = Sentence("{why}。请改派给能办理的人", "{why}. Give it to somebody who can decide")
LEFT = Sentence("指定由{person}办理，此人已停用", "This is for {person}, who is no longer active")
BARRED = Sentence(
    "指定由{person}办理，但按职责分离此人不能办理本案（是申请人，或已在别的环节签署），"
    "请改派给能办理的人",
    "This is for {person}, who asked for it themselves or signed elsewhere; give it to somebody "
    "who can decide",
)
ALL_EXCLUDED = Sentence(
    "能办的只有{people}，但按职责分离不能办理本案（是申请人，或已在别的环节签署），"
    "请另行安排一人任此岗位",
    "Only {people} could, but they asked for it themselves or signed elsewhere; give somebody "
    "else the post",
)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A task that nobody can do, with its case and the reason; `role` and `department` of the post
    to fill, if it is one.
    """

    task: Task
    case: Case
    because: Sentence
    role: str | None = None
    department: str | None = None


def stuck_tasks(
    readings: Readings, register: Register, organisation: Organisation, day: date
) -> tuple[Stuck, ...]:
    """Tasks that nobody can do on that day, the most urgent first; at most MOST_SHOWN."""
    empty, few = _posts(register, organisation, day)
    found = [
        _to_be_given(row, register, organisation)
        for row in _waiting(readings, [Address(role=ADMINISTRATOR).key])
    ]
    empty += _rosters_without_anybody(organisation, day)
    empty += [f"p:{person.id}" for person in organisation.people.values() if not person.active]
    found += [_without_holder(row, register, organisation) for row in _waiting(readings, empty)]
    found += [
        _barred(row, organisation)
        for row in readings.barred(_MOST_READ)
        if row.task.address.key not in empty  # who has left is named above
    ]
    for row in _waiting(readings, few):
        holders = organisation.reached_by(row.task.address, day)
        if all(holder.id in row.task.excluded for holder in holders):
            found.append(_all_excluded(row, holders))
    return tuple(found[:MOST_SHOWN])


def _posts(
    register: Register, organisation: Organisation, day: date
) -> tuple[list[str], list[str]]:
    """The address keys of posts that nobody holds, and of those that only a few hold."""
    empty: list[str] = []
    few: list[str] = []
    held = (Account.LOGIN, Account.EXTERNAL)
    roles = (one for one in register.roles.values() if one.account in held)
    for role in (one for one in roles if one.key != ADMINISTRATOR):
        for department in (None, *organisation.departments):
            holders = len(organisation.holders(role.key, department, day))
            if holders <= _FEW:
                key = Address(role=role.key, department=department).key
                (few if holders else empty).append(key)
    return empty, few


def _rosters_without_anybody(organisation: Organisation, day: date) -> list[str]:
    return [
        Address(role=roster.role).key
        for roster in organisation.rosters.values()
        if not organisation.on_duty(roster.key, day)
    ]


def _waiting(readings: Readings, addresses: Sequence[str]) -> Iterator[InboxRow]:
    for first in range(0, len(addresses), _AT_ONCE):
        some = tuple(addresses[first : first + _AT_ONCE])
        # Nobody's own view: the empty name is on no list of excluded people.
        yield from readings.inbox(InboxQuery("", some, limit=_MOST_READ)).rows


def _without_holder(row: InboxRow, register: Register, organisation: Organisation) -> Stuck:
    address = row.task.address
    if address.person is not None:
        because = LEFT.filled(person=organisation.person_name(address.person))
        return Stuck(row.task, row.case, because)
    if (address.role or "").startswith(DUTY):
        because = NOBODY_ON_DUTY.filled(roster=_name(address, register, organisation).zh)
        return Stuck(row.task, row.case, because)
    role = register.roles[address.role or ""].name
    pattern = NOBODY if address.department is None else NOBODY_THERE
    department = organisation.department_name(address.department or "")
    because = Sentence(
        pattern.zh.format(role=role.zh, department=department),
        pattern.en.format(role=role.en, department=department),
    )
    return Stuck(row.task, row.case, because, address.role, address.department)


def _barred(row: InboxRow, organisation: Organisation) -> Stuck:
    person = organisation.person_name(row.task.address.person or "")
    return Stuck(row.task, row.case, BARRED.filled(person=person))


def _to_be_given(row: InboxRow, register: Register, organisation: Organisation) -> Stuck:
    """What waits for an administrator to find somebody, with why it is not where it was meant."""
    handling = row.task.handling
    meant = None if handling.meant is None else Address.of(handling.meant)
    name = Sentence("", "") if meant is None else _name(meant, register, organisation)
    known = handling.because in WENT_ELSEWHERE
    why = WENT_ELSEWHERE[Because(handling.because) if known else Because.UNNAMED]
    because = Sentence(
        FIND_SOMEBODY.zh.format(why=why.zh.format(meant=name.zh)),
        FIND_SOMEBODY.en.format(why=why.en.format(meant=name.en)),
    )
    return Stuck(
        row.task,
        row.case,
        because,
        None if meant is None else meant.role,
        None if meant is None else meant.department,
    )


def _name(address: Address, register: Register, organisation: Organisation) -> Sentence:
    """An address as people say it."""
    if address.person is not None:
        name = organisation.person_name(address.person)
        return Sentence(name, name)
    key = address.role or ""
    if key.startswith(DUTY):
        roster = organisation.rosters.get(key.removeprefix(DUTY))
        name = key if roster is None else roster.name
        return Sentence(name, name)
    role = register.roles[key].name if key in register.roles else Sentence(key, key)
    if address.department is None:
        return role
    department = organisation.department_name(address.department)
    return Sentence(f"{department}的{role.zh}", f"{role.en} of {department}")


def _all_excluded(row: InboxRow, holders: Iterable[Person]) -> Stuck:
    names = [holder.name for holder in holders]
    because = Sentence(
        ALL_EXCLUDED.zh.format(people="、".join(names)),
        ALL_EXCLUDED.en.format(people=", ".join(names)),
    )
    return Stuck(row.task, row.case, because, row.task.address.role, row.task.address.department)
