"""Duty rosters, as an administrator keeps them: saved whole, every wrong row named at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflow.people.organisation import Organisation
from workflow.people.rosters import Duty, Roster
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed, HouseChange, SaveRoster
from workflow.refusals import Refusal, Refused, Sentence
from workflow.service.housework import Done, Housework, at_field, problems, text_problem, tidy

LONGEST_NAME = 50
MOST_ROWS = 5000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")

BAD_KEY = Sentence(
    "请用小写字母开头的小写字母、数字或下划线，如 general",
    "Use small letters, digits and underscores, beginning with a letter, such as general",
)
TOO_MANY = Sentence("最多 {most} 行", "At most {most} rows")
NO_PERSON = Sentence("没有“{person}”这个人，或已停用", "There is no “{person}” here, or no longer")
NO_DEPARTMENT = Sentence("没有“{department}”这个科室", "There is no department “{department}”")
NO_SHIFT = Sentence(
    "没有“{shift}”这个班次，请先写明它的起止时间",
    "There is no shift “{shift}”; give its hours first",
)
TWICE = Sentence(
    "{person} {date} 同一班次写了两次", "{person} is in the same shift of {date} twice"
)
SHIFT_TWICE = Sentence("班次“{shift}”写了两次", "The shift “{shift}” is given twice")


@dataclass(frozen=True)
class Rostering:
    """Changes to duty rosters; each is `Done` or `Refused`."""

    work: Housework

    def save(self, deed: Deed, roster: Roster) -> Done | Refused:
        """A roster as it is from now on, with all its rows. A problem of a row has the field
        `rows.<number>`, from 1; nothing is saved while there is one.
        """
        roster = replace(roster, key=tidy(roster.key), name=tidy(roster.name))

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            refused = problems(
                *roster_problems(roster, hospital.organisation),
            )
            return refused or (SaveRoster(roster),)

        asked = {"roster": roster.key, "rows": len(roster.rows)}
        return self.work.do(deed, "save_roster", asked, plan)


def roster_problems(roster: Roster, organisation: Organisation) -> Iterator[Refusal | None]:
    """Everything that is wrong with a roster, at `key`, `name`, `shifts`, `rows` or `rows.<n>`."""
    yield None if _KEY.fullmatch(roster.key) else at_field("key", BAD_KEY)
    yield text_problem("name", roster.name, LONGEST_NAME)
    yield from _shift_problems(roster)
    yield from _row_problems(roster, organisation)


def _shift_problems(roster: Roster) -> Iterator[Refusal | None]:
    for shift in roster.shifts:
        yield text_problem("shifts", shift.name, LONGEST_NAME)
    for name, times in Counter(shift.name for shift in roster.shifts).items():
        if times > 1:
            yield at_field("shifts", SHIFT_TWICE.filled(shift=name))


def _row_problems(roster: Roster, organisation: Organisation) -> Iterator[Refusal | None]:
    if len(roster.rows) > MOST_ROWS:
        yield at_field("rows", TOO_MANY.filled(most=MOST_ROWS))
        return
    shifts = {shift.name for shift in roster.shifts}
    seen: set[tuple[object, str, str]] = set()
    for number, row in enumerate(roster.rows, start=1):
        because = _wrong_with(row, shifts, organisation)
        same = (row.date, row.person, row.shift)
        if because is None and same in seen:
            name = organisation.person_name(row.person)
            because = TWICE.filled(person=name, date=row.date.isoformat())
        seen.add(same)
        yield None if because is None else at_field(f"rows.{number}", because)


def _wrong_with(row: Duty, shifts: set[str], organisation: Organisation) -> Sentence | None:
    known = organisation.people.get(row.person)
    if known is None or not known.active:
        return NO_PERSON.filled(person=row.person)
    if row.department is not None and row.department not in organisation.departments:
        return NO_DEPARTMENT.filled(department=row.department)
    if row.shift and row.shift not in shifts:
        return NO_SHIFT.filled(shift=row.shift)
    return None
