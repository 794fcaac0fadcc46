"""A schedule with its figures: when it is due, for what, what its cases begin with, or why nothing
is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property

from workflow.calendar import Calendar, Length
from workflow.conditions.language import Unevaluable, Value
from workflow.conditions.values import View, stored, typed
from workflow.design.definition import RegisterDeclaration
from workflow.design.expression import Expression
from workflow.design.form import Field, FieldType
from workflow.design.schedules import Each, Every, ScheduleRule
from workflow.nouns import SYSTEM, Actor, Opening, ParameterValue, Scalar
from workflow.people.organisation import Organisation
from workflow.ports.hospital import Hospital
from workflow.ports.reading import Readings
from workflow.refusals import Sentence
from workflow.running.deadlines import length_of
from workflow.running.occasions import Beat, Occasion, next_occasion, occasions
from workflow.running.rulebook import Rulebook
from workflow.service.beginning import blank_case
from workflow.service.catalog import Catalog

ENGINE = Actor(SYSTEM, SYSTEM)
_OF_POLICY = ("param", "given_param")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

NOT_NOW = Sentence("目前不满足立案条件", "Its condition does not hold at present")
NO_TIME = Sentence("参数里没有写钟点", "Its parameter names no time of the day")
NO_FIGURE = Sentence("参数“{label}”还没有设置", "The parameter “{label}” is not set")
NOBODY = Sentence("目前没有要立案的对象", "There is nothing to open a case for at present")


@dataclass(frozen=True, slots=True)
class Subject:
    """For what a turn opens a case: its key, the department of the case, the row if it has one."""

    key: str
    department: str = ""
    line: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One occasion for one subject."""

    occasion: Occasion
    subject: Subject


@dataclass(frozen=True)
class Schedule:
    """A schedule of a definition version under given parameters, looked at in a hospital."""

    book: Rulebook
    rule: ScheduleRule
    parameters: Mapping[str, ParameterValue]
    hospital: Hospital
    catalog: Catalog
    now: datetime

    @property
    def process(self) -> str:
        """The process whose cases it opens."""
        return self.book.definition.key

    def why_not(self) -> Sentence | None:
        """Why nothing is ever due under these parameters; None when something is."""
        unset = self.unset()
        if unset is not None:
            known = self.catalog.register.parameters.get(unset)
            label = Sentence(unset, unset) if known is None else known.label
            return Sentence(
                NO_FIGURE.zh.format(label=label.zh), NO_FIGURE.en.format(label=label.en)
            )
        if self.rule.when is not None and self._evaluate(self.rule.when) is not True:
            return NOT_NOW
        return NO_TIME if self.beat() is None else None

    def unset(self) -> str | None:
        """The first parameter that lacks a figure."""
        return next(self._unset(), None)

    def _unset(self) -> Iterator[str]:
        """The parameters without a figure that it needs, or that its condition asks for in vain."""
        rhythm = self.rule.rhythm
        needed = [rhythm.times_from, rhythm.day, rhythm.workday]
        needed += [span.amount for span in self.rule.missed_after]
        if self.rule.when is not None and self._evaluate(self.rule.when) is not True:
            needed.append(self.rule.when)
        for expression in needed:
            for name in () if expression is None else self.book.ready(expression).names:
                family, _, key = name.partition(".")
                if family in _OF_POLICY and self.parameters.get(key) is None:
                    yield key

    def beat(self) -> Beat | None:
        """Its rhythm with every figure; None when one is missing."""
        rhythm = self.rule.rhythm
        times = tuple(sorted({*rhythm.times, *self._times()}))
        day, workday = self._number(rhythm.day), self._number(rhythm.workday)
        known = (rhythm.day is None or day) and (rhythm.workday is None or workday)
        if not times or not known:
            return None
        return Beat(rhythm.every, times, rhythm.weekday, rhythm.month, day, workday)

    def _times(self) -> Iterator[time]:
        written = self.rule.rhythm.times_from
        said = None if written is None else self._evaluate(written)
        for one in said if isinstance(said, tuple) else ():
            match = _TIME.fullmatch(str(one))
            if match is not None:
                yield time(int(match[1]), int(match[2]))

    def _number(self, expression: Expression | None) -> int | None:
        value = None if expression is None else self._evaluate(expression)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    # ---- what is due -----------------------------------------------------------------------------

    def turns(self, subjects: Iterable[Subject], since: datetime, until: datetime) -> list[Turn]:
        """What is due after `since` up to `until`, earliest first."""
        beat = None if self.why_not() is not None else self.beat()
        if beat is None:
            return []
        due = [
            Turn(occasion, subject)
            for subject in subjects
            for occasion in occasions(beat, self.calendar(subject), since, until)
        ]
        return sorted(due, key=lambda turn: (turn.occasion.at, turn.subject.key))

    def is_due(self, since: datetime, until: datetime) -> bool:
        """Whether anything is due then by the hospital's calendar, whoever it is for."""
        return bool(self.turns((Subject(""),), since, until))

    def next_due(self) -> Occasion | None:
        """The next occasion by the hospital's calendar."""
        beat = None if self.why_not() is not None else self.beat()
        return None if beat is None else next_occasion(beat, self.hospital.calendar, self.now)

    def is_provisional(self, occasion: Occasion) -> bool:
        """Whether its day hangs on working days that nobody has decreed yet."""
        rhythm = self.rule.rhythm
        by_workdays = rhythm.workday is not None or rhythm.every is Every.WORKDAY
        return by_workdays and occasion.day > self.hospital.calendar.covered_until

    def calendar(self, subject: Subject) -> Calendar:
        """By which calendar a subject's working days count."""
        return self.hospital.calendar.by(None, subject.department)

    def lost_at(self, turn: Turn) -> datetime | None:
        """From when on a turn counts as missed; None when no figure tells."""
        view = self._view(turn)
        length = length_of(self.book, self.rule.missed_after, view)
        return None if length is None else self._end(turn, length)

    def _end(self, turn: Turn, length: Length) -> datetime:
        return self.calendar(turn.subject).due(turn.occasion.at, length)

    def fields(self, turn: Turn) -> dict[str, Value]:
        """What the case of a turn begins with; what cannot be worked out is left empty."""
        view = self._view(turn)
        found = {key: view.evaluate(self.book.ready(text)) for key, text in self.rule.fields}
        return {
            key: value
            for key, value in found.items()
            if value is not None and not isinstance(value, Unevaluable)
        }

    # ---- for what --------------------------------------------------------------------------------

    def subjects(self, readings: Readings) -> tuple[Subject, ...]:
        """For what it opens cases now, each once."""
        wanted, people = self.rule.each, self.hospital.organisation
        if wanted.each is Each.HOUSE:
            return (Subject(""),)
        if wanted.each is Each.REGISTER:
            return tuple(self._rows(readings))
        if wanted.each is Each.ROLE:
            keys = self._holding(people, wanted.role or "")
        else:
            keys = {one.id for one in people.departments.values() if one.type in wanted.types}
        return tuple(Subject(key, key) for key in sorted(keys))

    def _holding(self, people: Organisation, role: str) -> set[str]:
        day = self.hospital.calendar.local_day(self.now)
        return {
            post.department
            for person in people.people.values()
            if person.active
            for post in people.posts_of(person.id, day)
            if post.role == role
        }

    def _rows(self, readings: Readings) -> Iterator[Subject]:
        wanted = self.rule.each
        declared = self.book.definition.registers[wanted.register or ""]
        columns = {one.key: Field(one.key, one.label, one.type) for one in declared.columns}
        where: dict[str, Scalar] = {}
        for column, expression in wanted.where:
            value = self._evaluate(expression)
            if value is None or isinstance(value, Unevaluable):
                return
            kept = stored(declared.types[column], value)
            where[column] = kept if isinstance(kept, bool | int | str) else None
        seen: set[str] = set()
        for row in readings.rows(declared.key, where):
            key = row.values.get(wanted.key or "")
            if key is None or str(key) in seen:
                continue
            seen.add(str(key))
            line = {name: typed(column, row.values.get(name)) for name, column in columns.items()}
            yield Subject(str(key), _department(declared, row.values), line)

    # ---- looking ---------------------------------------------------------------------------------

    def _evaluate(self, expression: Expression) -> Value | Unevaluable:
        return self._house.evaluate(self.book.ready(expression))

    @cached_property
    def _house(self) -> View:
        """What is seen without a turn: asked for several times at each look."""
        return self._view(None)

    def _view(self, turn: Turn | None) -> View:
        department = "" if turn is None else turn.subject.department
        opening = Opening(ENGINE, self.process, self.now, "", department=department)
        return View(
            definition=self.book.definition,
            case=blank_case(self.book, opening, None, "", "", self.hospital, self.parameters),
            form={},
            actor=ENGINE,
            now=self.now,
            calendar=self.hospital.calendar,
            organisation=self.hospital.organisation,
            line=None if turn is None else turn.subject.line,
            due=None if turn is None else turn.occasion.values(),
        )


def _department(register: RegisterDeclaration, values: Mapping[str, Scalar]) -> str:
    """The department that a row names, in its first column of that type."""
    for column in register.columns:
        named = values.get(column.key)
        if column.type is FieldType.DEPARTMENT and isinstance(named, str):
            return named
    return ""
