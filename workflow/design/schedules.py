"""Work that recurs, on paper: in which rhythm, and for what each time a case is opened."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from workflow.design.expression import Expression, Place, Span
from workflow.design.seats import Seat
from workflow.making import quick_members
from workflow.refusals import Sentence


@quick_members
class Every(StrEnum):
    """In what a schedule counts: on every working day, once a half-year, and so on."""

    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a schedule is due, in the hospital's local time.

    `times` of a day are fixed, or (`times_from`) the clock times in a parameter. In a week
    `weekday` (Monday is 1). In whatever is longer: in its `month`-th month on `day` (beyond the
    month's end: its last day) or on the `workday`-th working day, counted from the end when
    negative.
    """

    every: Every
    times: tuple[time, ...] = ()
    times_from: Expression | None = None
    weekday: int = 1
    month: int = 1
    day: Expression | None = None
    workday: Expression | None = None


@quick_members
class Each(StrEnum):
    """For what a schedule opens cases: one for the house, for each department, for each row."""

    HOUSE = "house"
    DEPARTMENT = "department"
    ROLE = "role"  # each department in which somebody holds it
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class ForEach:
    """For what a schedule opens a case each: departments of some `types`, those where `role` is
    held, or the current rows of a register (with `where`), told apart by the column `key`.
    """

    each: Each = Each.HOUSE
    types: tuple[str, ...] = ()
    role: str | None = None
    register: str | None = None
    key: str | None = None
    where: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """Cases that the system opens on time, once each, while `when` holds (always, if None).

    What could not be opened within `missed_after` of its moment is marked missed and never opened;
    `tells` hear of it with the next case. `fields` see what is due as `due.…`, a row as `line.…`.
    """

    key: str
    name: Sentence
    rhythm: Rhythm
    missed_after: tuple[Span, ...]
    each: ForEach = ForEach()
    fields: tuple[tuple[str, Expression], ...] = ()
    when: Expression | None = None
    entry: str | None = None
    tells: tuple[Seat, ...] = ()
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything in it that is compiled, but its lengths."""
        rhythm = self.rhythm
        found: list[Expression | None] = [rhythm.times_from, rhythm.day, rhythm.workday, self.when]
        found += [value for _, value in (*self.fields, *self.each.where)]
        return tuple(one for one in found if one is not None)
