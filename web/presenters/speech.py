"""Names and moments in the words of one visit: who, which department, when, as this person reads
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from web.presenters import words
from web.visit import Visit
from workflow.calendar import Calendar
from workflow.design.form import Field
from workflow.nouns import SYSTEM, TIMER, Address
from workflow.people.organisation import Organisation, Person
from workflow.people.rosters import DUTY
from workflow.ports.hospital import Hospital
from workflow.refusals import Refusal, Sentence
from workflow.service.needing import parameter_of

BY_CLOCK = Sentence("系统计时", "The clock")
BY_ITSELF = Sentence("系统自动", "The system")
NOBODY = Sentence("目前无人担任", "nobody at present")
ON_DUTY = Sentence("{roster}值班", "{roster}, on duty")
#: More people than this share a post: the rest are counted.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something may not be, the clauses it rests on, the cases that stand in the way."""

    text: str
    clauses: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    field: str = ""
    parameter: str = ""  # of the policy, that somebody has to enter first


@dataclass(frozen=True)
class Speech:
    """The language of a visit, the hospital it speaks of, and the moment it happens."""

    language: str
    hospital: Hospital
    now: datetime
    roles: Mapping[str, Sentence] = field(default_factory=dict)

    @property
    def organisation(self) -> Organisation:
        """The people, posts and departments."""
        return self.hospital.organisation

    @property
    def calendar(self) -> Calendar:
        """The hospital's calendar."""
        return self.hospital.calendar

    @cached_property
    def today(self) -> date:
        """The day it is in the hospital."""
        return self.calendar.local_day(self.now)

    def say(self, sentence: Sentence) -> str:
        """A sentence in the language of the visit."""
        return sentence.in_(self.language)

    def list(self, parts: Iterable[str]) -> str:
        """Several things in a row."""
        return (", " if self.language == "en" else "、").join(parts)

    def moment(self, at: datetime) -> str:
        """A moment, as short as it is clear."""
        return words.moment_on(at, self.today, self.language, self.calendar)

    def full_moment(self, at: datetime) -> str:
        """A moment with its whole date."""
        return words.full_moment(at, self.language, self.calendar)

    def day(self, day: date) -> str:
        """A date with its weekday."""
        return words.day_words(day, self.language, self.calendar)

    def due(self, due: datetime, *, overdue: bool = False) -> words.DueWords:
        """A due date in words."""
        return words.due_words(due, self.now, self.language, self.calendar, overdue=overdue)

    def person(self, id: str) -> str:
        """The name of a person, of the clock or of the system."""
        named = {TIMER: BY_CLOCK, SYSTEM: BY_ITSELF}.get(id)
        return self.organisation.person_name(id) if named is None else self.say(named)

    def department(self, id: str) -> str:
        """The name of a department."""
        return self.organisation.department_name(id)

    def role(self, role: str) -> str:
        """The name of a role; being on duty is one for as long as it lasts."""
        if role.startswith(DUTY):
            known = self.organisation.rosters.get(role.removeprefix(DUTY))
            return self.say(ON_DUTY.filled(roster=role if known is None else known.name))
        return self.say(self.roles.get(role, Sentence(role, role)))

    def post(self, role: str | None, department: str | None) -> str:
        """A post as people say it: `骨科 科主任`; an office that is named like its role, once."""
        parts = [self.department(department) if department else "", self.role(role) if role else ""]
        return " ".join(dict.fromkeys(part for part in parts if part))

    def address(self, address: Address) -> str:
        """For whom a task waits."""
        if address.person is not None:
            return self.person(address.person)
        return self.post(address.role, address.department)

    def people(self, people: Iterable[Person]) -> str:
        """The first few names and how many more there are; says so when nobody is there."""
        names = [person.name for person in people]
        if not names:
            return self.say(NOBODY)
        if len(names) <= NAMED:
            return self.list(names)
        more = Sentence(f"等 {len(names)} 人", f" and {len(names) - NAMED} more")
        return self.list(names[:NAMED]) + self.say(more)

    def reasons(self, refusals: Iterable[Refusal]) -> tuple[Reason, ...]:
        """Refusals as reasons."""
        return tuple(
            Reason(self.say(r.because), r.clauses, r.cases, r.field or "", parameter_of(r) or "")
            for r in refusals
        )

    def told_apart(
        self, refusals: Iterable[Refusal], form: Mapping[str, Field]
    ) -> tuple[Reason, ...]:
        """Refusals as reasons for whoever does not see the form beside them: each with the names
        of its fields, and what is said of several told once.
        """
        groups: dict[tuple[str, tuple[str, ...], bool], list[Reason]] = {}
        for reason in self.reasons(refusals):
            at_field = reason.field in form
            groups.setdefault((reason.text, reason.cases, at_field), []).append(reason)
        return tuple(self._at_fields(reasons, form) for reasons in groups.values())

    def _at_fields(self, reasons: Sequence[Reason], form: Mapping[str, Field]) -> Reason:
        first = reasons[0]
        names = self.list(self.say(form[r.field].label) for r in reasons if r.field in form)
        clauses = dict.fromkeys(clause for reason in reasons for clause in reason.clauses)
        told = self.say(Sentence(f"{names}：", f"{names}: ")) if names else ""
        return replace(first, text=told + first.text, clauses=tuple(clauses))


def speech_of(visit: Visit) -> Speech:
    """The words of a visit, with the names of every role."""
    roles = {role.key: role.name for role in visit.house.catalog().register.roles.values()}
    return Speech(visit.language, visit.hospital, visit.now, roles)
