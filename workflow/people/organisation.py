"""Who works here: people, the posts they hold, departments, and who stands in for whom, as one
frozen picture.

Roles are bound to a post in a department, not to a person: a successor inherits what waits for
the post (S1-01-03). The picture is taken once per revision of the organisation, so a decision
reads it without asking the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time

from workflow.nouns import Address
from workflow.people.rosters import DUTY, Roster
from workflow.refusals import Sentence

#: The role of whoever runs the house: it finds somebody for work that nobody can do, and never
#: decides.
ADMINISTRATOR = "admin"
#: The roles whose holders head a department; the first that is held there counts.
HEAD_ROLES = ("dept_head", "vice_president")
#: The kinds of department, in the order in which they are offered.
DEPARTMENT_TYPES: Mapping[str, Sentence] = {
    "clinical": Sentence("临床科室", "Clinical"),
    "medical_technology": Sentence("医技科室", "Medical technology"),
    "functional": Sentence("职能科室", "Functional"),
    "leadership": Sentence("院领导", "Leadership"),
    "external": Sentence("院外单位", "External body"),
}


@dataclass(frozen=True, slots=True)
class Department:
    """A unit of the hospital.

    `type`: clinical, medical_technology, functional, leadership or external.
    """

    id: str
    name: str
    type: str = "clinical"
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A role held in a department from `start` to the end of `end` (both inclusive; None: open).

    `limit`: up to how many fen its holder's word suffices (None: no amount was settled).
    """

    role: str
    department: str
    start: date | None = None
    end: date | None = None
    limit: int | None = None

    def covers(self, amount: int) -> bool:
        """Whether its holder's word suffices for that many fen."""
        return self.limit is not None and amount <= self.limit

    def held_on(self, day: date) -> bool:
        """Whether the post is held on that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. A person who is not `active` holds nothing and may do nothing."""

    id: str
    name: str
    department: str
    posts: tuple[Post, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Delegation:
    """`principal` lets `delegate` act in their roles (`roles` empty: all) from `start` to the end
    of `end`, in `processes` (empty: all), up to `max_amount` fen (None: whatever it costs).
    """

    id: str
    principal: str
    delegate: str
    start: date
    end: date
    roles: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    max_amount: int | None = None

    def covers(self, role: str, day: date) -> bool:
        """Whether it is in force on that day for that role."""
        return self.start <= day <= self.end and (not self.roles or role in self.roles)

    def reaches(self, process: str, amount: int | None) -> bool:
        """Whether it holds for a case of that process and amount in fen. With a cap, a case whose
        amount is not known is out of reach.
        """
        if self.processes and process not in self.processes:
            return False
        return self.max_amount is None or (amount is not None and amount <= self.max_amount)

    def overlaps(self, other: Delegation) -> bool:
        """Whether two of them are in force on the same day."""
        return self.start <= other.end and other.start <= self.end

    def is_against(self, other: Delegation) -> bool:
        """Whether it goes the other way between the same two people."""
        return (self.principal, self.delegate) == (other.delegate, other.principal)


@dataclass(frozen=True)
class Organisation:
    """The whole picture at one revision. Look-ups by role are indexed when the picture is taken."""

    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    delegations: tuple[Delegation, ...] = ()
    rosters: Mapping[str, Roster] = field(default_factory=dict)
    _by_role: Mapping[str, tuple[tuple[Person, Post], ...]] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        by_role: dict[str, list[tuple[Person, Post]]] = {}
        for person in self.people.values():
            for post in person.posts if person.active else ():
                by_role.setdefault(post.role, []).append((person, post))
        object.__setattr__(self, "_by_role", {role: tuple(held) for role, held in by_role.items()})

    def posts_of(self, person: str, day: date) -> tuple[Post, ...]:
        """The posts that a person holds on that day; none for unknown and inactive people."""
        known = self.people.get(person)
        if known is None or not known.active:
            return ()
        return tuple(post for post in known.posts if post.held_on(day))

    def holders(
        self, role: str, department: str | None, day: date, clock: time | None = None
    ) -> tuple[Person, ...]:
        """The people who hold a role on that day, in one department or (None) anywhere; each
        once. Of a roster: who is on duty at that time of the hospital's clock, or (None) that day.
        """
        if role.startswith(DUTY):
            return self.on_duty(role.removeprefix(DUTY), day, clock)
        found = {
            person.id: person
            for person, post in self._by_role.get(role, ())
            if post.held_on(day) and (department is None or post.department == department)
        }
        return tuple(found.values())

    def roles_in(self, department: str, day: date) -> tuple[str, ...]:
        """The roles that somebody holds in a department on a day, in their order."""
        return tuple(sorted(role for role in self._by_role if self.holders(role, department, day)))

    def on_duty(self, roster: str, day: date, clock: time | None = None) -> tuple[Person, ...]:
        """The people who are on duty; nobody for a roster that does not exist."""
        known = self.rosters.get(roster)
        rows = () if known is None else known.on_duty(day, clock)
        people = (self.people.get(row.person) for row in rows)
        return tuple(person for person in people if person is not None and person.active)

    def head_of(self, department: str, day: date) -> Address:
        """The post that heads a department: of HEAD_ROLES the first that somebody holds there."""
        held = (role for role in HEAD_ROLES if self.holders(role, department, day))
        return Address(role=next(held, HEAD_ROLES[0]), department=department)

    def upwards(self, department: str) -> tuple[str, ...]:
        """A department and those above it, from the bottom up."""
        way: list[str] = []
        here: str | None = department
        while here is not None and here not in way:
            way.append(here)
            known = self.departments.get(here)
            here = None if known is None else known.parent
        return tuple(way)

    def principals_of(self, person: str, day: date) -> tuple[Delegation, ...]:
        """The delegations under which a person may act for others on that day.

        Of two that go against one another the one that began first holds: nobody stands in for
        whoever stands in for them.
        """
        return tuple(
            d
            for d in self.delegations
            if d.delegate == person
            and d.start <= day <= d.end
            and not any(
                e.is_against(d) and e.start <= day <= e.end and (e.start, e.id) < (d.start, d.id)
                for e in self.delegations
            )
        )

    def reached_by(
        self, address: Address, day: date, clock: time | None = None
    ) -> tuple[Person, ...]:
        """The people whom an address means on that day (of a roster: at that time, if given)."""
        if address.person is not None:
            known = self.people.get(address.person)
            return (known,) if known is not None and known.active else ()
        return self.holders(address.role or "", address.department, day, clock)

    def addresses_of(self, person: str, day: date, clock: time | None = None) -> tuple[str, ...]:
        """Every address key under which work may wait for a person: their own, their roles, their
        posts, the rosters on which they are on duty (at that time, if given).
        """
        keys = [f"p:{person}"]
        for post in self.posts_of(person, day):
            keys += [f"r:{post.role}", f"r:{post.role}@{post.department}"]
        for roster in self.rosters.values():
            if any(row.person == person for row in roster.on_duty(day, clock)):
                keys.append(f"r:{roster.role}")
        return tuple(dict.fromkeys(keys))

    def department_name(self, department: str) -> str:
        """The name that people know a department by; its id when it is unknown."""
        known = self.departments.get(department)
        return department if known is None else known.name

    def person_name(self, person: str) -> str:
        """The name of a person; the id for deeds of the clock and the engine."""
        known = self.people.get(person)
        return person if known is None else known.name


def organisation_of(
    people: Iterable[Person],
    departments: Iterable[Department],
    delegations: Iterable[Delegation] = (),
    rosters: Iterable[Roster] = (),
) -> Organisation:
    """Take the picture from plain lists."""
    return Organisation(
        {p.id: p for p in people},
        {d.id: d for d in departments},
        tuple(delegations),
        {r.key: r for r in rosters},
    )
