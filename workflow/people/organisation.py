"""Who works here: people, the posts they hold, departments, and who stands in for whom, as one
frozen picture.

Roles are bound to a post in a department, not to a person: a successor inherits what waits for
the post (S1-01-03). The picture is taken once per revision of the organisation, so a decision
reads it without asking the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow.nouns import Address


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
    """A role held in a department from `start` to the end of `end` (both inclusive; None: open)."""

    role: str
    department: str
    start: date | None = None
    end: date | None = None

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
    of `end`.
    """

    id: str
    principal: str
    delegate: str
    start: date
    end: date
    roles: tuple[str, ...] = ()

    def covers(self, role: str, day: date) -> bool:
        """Whether it is in force on that day for that role."""
        return self.start <= day <= self.end and (not self.roles or role in self.roles)


@dataclass(frozen=True)
class Organisation:
    """The whole picture at one revision. Look-ups by role are indexed when the picture is taken."""

    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    delegations: tuple[Delegation, ...] = ()
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

    def holders(self, role: str, department: str | None, day: date) -> tuple[Person, ...]:
        """The people who hold a role on that day, in one department or (None) anywhere; each
        once.
        """
        found = {
            person.id: person
            for person, post in self._by_role.get(role, ())
            if post.held_on(day) and (department is None or post.department == department)
        }
        return tuple(found.values())

    def principals_of(self, person: str, day: date) -> tuple[Delegation, ...]:
        """The delegations under which a person may act for others on that day."""
        return tuple(
            d for d in self.delegations if d.delegate == person and d.start <= day <= d.end
        )

    def reached_by(self, address: Address, day: date) -> tuple[Person, ...]:
        """The people whom an address means on that day."""
        if address.person is not None:
            known = self.people.get(address.person)
            return (known,) if known is not None and known.active else ()
        return self.holders(address.role or "", address.department, day)

    def addresses_of(self, person: str, day: date) -> tuple[str, ...]:
        """Every address key under which work may wait for a person: their own, their roles, their
        posts.
        """
        keys = [f"p:{person}"]
        for post in self.posts_of(person, day):
            keys += [f"r:{post.role}", f"r:{post.role}@{post.department}"]
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
) -> Organisation:
    """Take the picture from plain lists."""
    return Organisation(
        {p.id: p for p in people}, {d.id: d for d in departments}, tuple(delegations)
    )
