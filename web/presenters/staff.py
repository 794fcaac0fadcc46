"""The hospital's people in words: departments, who works where, which posts they hold, how they
sign in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from web.presenters.office import Posted, address
from web.presenters.words import moment_words, short_day
from web.visit import Visit
from workflow.design.register import Account as Reach
from workflow.people.organisation import DEPARTMENT_TYPES, Department, Person, Post
from workflow.service.staffing import CLOSED, CLOSED_NAME

#: People on one page of the list.
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list to choose from."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list of people is narrowed to: text in name, number or login, department, role,
    those who left.
    """

    text: str = ""
    department: str = ""
    role: str = ""
    left: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in the list."""

    id: str
    name: str
    department: str
    posts: tuple[str, ...]
    login: str
    active: bool


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department in the list. `heads`: who leads it, for a glance at what is missing."""

    id: str
    name: str
    type: str
    parent: str
    people: int
    closed: bool


@dataclass(frozen=True, slots=True)
class OrgView:
    """The page of people and departments."""

    filters: Filters
    departments: tuple[DepartmentLine, ...]
    people: tuple[PersonLine, ...]
    total: int
    earlier: str
    later: str
    department_choices: tuple[Choice, ...]
    role_choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post that a person holds, held or will hold. The plain values travel back in the form that
    ends it.
    """

    role: str
    department: str
    since: str
    until: str
    held: bool
    ended: bool
    role_key: str
    department_key: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A task that waits for somebody by name; `claimed`: a shared one, which becomes free again."""

    number: str
    process: str
    step: str
    since: str
    claimed: bool


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """Work of theirs that has been moved to a colleague, with the numbers of the cases."""

    at: str
    by: str
    to: str
    reason: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkView:
    """What waits for somebody by name, and the form that moves it; `closed`: why it cannot be."""

    lines: tuple[WorkLine, ...] = ()
    past: tuple[HandoverLine, ...] = ()
    closed: str = ""
    colleagues: tuple[Choice, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """The page of one person."""

    id: str
    name: str
    department: str
    active: bool
    login: str
    sessions: tuple[str, ...]
    posts: tuple[PostLine, ...]
    standing_in: tuple[str, ...]
    me: bool
    today: str
    department_choices: tuple[Choice, ...]
    post_departments: tuple[Choice, ...]
    role_choices: tuple[Choice, ...]
    password: str
    posted: Posted
    work: WorkView = WorkView()


@dataclass(frozen=True, slots=True)
class DepartmentView:
    """The page of one department, or of a new one."""

    id: str
    name: str
    type: str
    parent: str
    closed: bool
    types: tuple[Choice, ...]
    parents: tuple[Choice, ...]
    people: tuple[PersonLine, ...]
    posted: Posted


@dataclass(frozen=True, slots=True)
class NewPersonView:
    """The form for somebody who joins. `password` is what they sign in with first."""

    department_choices: tuple[Choice, ...]
    posted: Posted


def org_view(visit: Visit, filters: Filters) -> OrgView:
    """People that the filters choose, and all departments."""
    organisation = visit.organisation
    logins = {one.person: one.login for one in visit.house.store.house.accounts()}
    wanted = folded(filters.text)
    found = [
        person
        for person in organisation.people.values()
        if person.active is not filters.left
        and (not wanted or wanted in _searched(person, logins))
        and _works_in(person, filters.department)
        and (not filters.role or any(post.role == filters.role for post in _held(visit, person)))
    ]
    found.sort(key=lambda person: (person.department, person.name))
    first = (filters.page - 1) * AT_ONCE
    return OrgView(
        filters=filters,
        departments=_departments(visit),
        people=_people(visit, found[first : first + AT_ONCE], logins),
        total=len(found),
        earlier=_page(filters, -1) if first else "",
        later=_page(filters, 1) if first + AT_ONCE < len(found) else "",
        department_choices=department_choices(visit, filters.department, closed=True),
        role_choices=role_choices(visit, filters.role, every=True),
    )


def _page(filters: Filters, step: int) -> str:
    return address(
        "/admin/org",
        q=filters.text,
        department=filters.department,
        role=filters.role,
        left="1" if filters.left else "",
        page=str(filters.page + step),
    )


def folded(text: str) -> str:
    """Text as it is compared in a search: width and case do not matter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _searched(person: Person, logins: dict[str, str]) -> str:
    return folded(f"{person.name}\n{person.id}\n{logins.get(person.id, '')}")


def _works_in(person: Person, department: str) -> bool:
    return not department or department in (
        person.department,
        *(post.department for post in person.posts),
    )


def _held(visit: Visit, person: Person) -> tuple[Post, ...]:
    return tuple(post for post in person.posts if post.held_on(visit.today))


def _people(
    visit: Visit, people: Iterable[Person], logins: dict[str, str]
) -> tuple[PersonLine, ...]:
    return tuple(
        PersonLine(
            id=person.id,
            name=person.name,
            department=visit.organisation.department_name(person.department),
            posts=tuple(post_words(visit, person, post) for post in _held(visit, person)),
            login=logins.get(person.id, ""),
            active=person.active,
        )
        for person in people
    )


def post_words(visit: Visit, person: Person, post: Post) -> str:
    """A post in short: the department only where it is not the person's own."""
    role = visit.say(visit.house.role_name(post.role))
    if post.department == person.department:
        return role
    between = "" if visit.language == "zh_CN" else " "
    return f"{visit.organisation.department_name(post.department)}{between}{role}"


def _departments(visit: Visit) -> tuple[DepartmentLine, ...]:
    organisation = visit.organisation
    counts: dict[str, int] = {}
    for person in organisation.people.values():
        if person.active:
            counts[person.department] = counts.get(person.department, 0) + 1
    lines = [
        DepartmentLine(
            id=unit.id,
            name=unit.name,
            type=_type(visit, unit),
            parent="" if unit.parent is None else organisation.department_name(unit.parent),
            people=counts.get(unit.id, 0),
            closed=unit.type == CLOSED,
        )
        for unit in organisation.departments.values()
    ]
    return tuple(sorted(lines, key=lambda line: (line.closed, line.type, line.name)))


def _type(visit: Visit, unit: Department) -> str:
    name = CLOSED_NAME if unit.type == CLOSED else DEPARTMENT_TYPES.get(unit.type)
    return unit.type if name is None else visit.say(name)


def department_choices(
    visit: Visit, chosen: str, *, closed: bool = False, but: str = ""
) -> tuple[Choice, ...]:
    """Departments to choose from, by name; closed ones only where old posts are looked for."""
    units = [
        unit
        for unit in visit.organisation.departments.values()
        if (closed or unit.type != CLOSED or unit.id == chosen) and unit.id != but
    ]
    units.sort(key=lambda unit: unit.name)
    return tuple(Choice(unit.id, unit.name, unit.id == chosen) for unit in units)


def role_choices(visit: Visit, chosen: str, *, every: bool = False) -> tuple[Choice, ...]:
    """Roles that somebody may hold, in the order of the catalogue; `every`: only those that are
    held.
    """
    held = {post.role for person in visit.organisation.people.values() for post in person.posts}
    return tuple(
        Choice(role.key, visit.say(role.name), role.key == chosen)
        for role in visit.house.catalog().register.roles.values()
        if role.account in (Reach.LOGIN, Reach.EXTERNAL) and (not every or role.key in held)
    )


def person_view(visit: Visit, person: Person, posted: Posted, password: str = "") -> PersonView:
    """One person with everything that an administrator may change about them."""
    account = visit.house.store.house.account_of(person.id)
    sessions = visit.house.store.door.sessions_of(person.id)
    return PersonView(
        id=person.id,
        name=person.name,
        department=visit.organisation.department_name(person.department),
        active=person.active,
        login="" if account is None else account.login,
        sessions=tuple(
            moment_words(one.seen_at, visit.now, visit.language, visit.hospital.calendar)
            for one in sessions
        ),
        posts=tuple(_post_line(visit, post) for post in person.posts),
        standing_in=tuple(
            visit.organisation.person_name(grant.principal)
            for grant in visit.organisation.principals_of(person.id, visit.today)
        ),
        me=person.id == visit.person.id,
        today=visit.today.isoformat(),
        department_choices=department_choices(
            visit, posted.value("person", "department", person.department)
        ),
        post_departments=department_choices(
            visit, posted.value("post", "department", person.department)
        ),
        role_choices=role_choices(visit, posted.value("post", "role")),
        password=password,
        posted=posted,
    )


def _post_line(visit: Visit, post: Post) -> PostLine:
    return PostLine(
        role=visit.say(visit.house.role_name(post.role)),
        department=visit.organisation.department_name(post.department),
        since=_day(visit, post.start),
        until=_day(visit, post.end),
        held=post.held_on(visit.today),
        ended=post.end is not None and post.end < visit.today,
        role_key=post.role,
        department_key=post.department,
        start="" if post.start is None else post.start.isoformat(),
        end="" if post.end is None else post.end.isoformat(),
    )


def _day(visit: Visit, day: date | None) -> str:
    return "" if day is None else short_day(day, visit.today, visit.language)


def department_view(visit: Visit, unit: Department | None, posted: Posted) -> DepartmentView:
    """One department; None: the form for a new one."""
    unit = unit or Department("", "", "clinical")
    logins = {one.person: one.login for one in visit.house.store.house.accounts()}
    here = [
        one
        for one in visit.organisation.people.values()
        if one.active and unit.id == one.department
    ]
    type_ = posted.value("department", "type", unit.type)
    return DepartmentView(
        id=unit.id,
        name=unit.name,
        type=unit.type,
        parent=unit.parent or "",
        closed=unit.type == CLOSED,
        types=tuple(
            Choice(key, visit.say(name), key == type_) for key, name in DEPARTMENT_TYPES.items()
        ),
        parents=department_choices(
            visit, posted.value("department", "parent", unit.parent or ""), but=unit.id
        ),
        people=_people(visit, here, logins),
        posted=posted,
    )
