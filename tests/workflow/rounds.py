"""Processes that recur, small: wards are looked after twice a day, the store is counted."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, edited, rulebooks_of
from workflow.nouns import Occurrence, OccurrenceState
from workflow.ports.reading import OccurrenceQuery
from workflow.service.catalog import Catalog
from workflow.service.recurring import Looked, Recurring

#: Every clinical department, at half past eight and at five.
ROUND = """\
process: ward-look
version: 1
name: {zh: 巡视, en: Ward look}
summary: {zh: 每天巡视病区。, en: The wards are looked after every day.}
category: {zh: 临床, en: Clinical}
number: XS
title: '{slot}'
parameters: [purchase.answer_days]
open:
  who: [{role: clinician}, system]
  conditions:
    - when: form.slot != "00:00"
      otherwise: {zh: 半夜不巡视, en: Nobody goes round at midnight}
      clauses: [P-1]
form:
  slot: {label: {zh: 时段, en: Time}, type: text, required: opening, max: 10, clauses: [P-1]}
  on: {label: {zh: 日期, en: Day}, type: date}
  ward: {label: {zh: 病区, en: Ward}, type: department}
states:
  planned: {name: {zh: 待巡视, en: Planned}, entry: true}
  done: {name: {zh: 已巡视, en: Done}, final: true}
actions:
  finish:
    name: {zh: 巡视完, en: Finish}
    from: planned
    to: done
    who: {role: clinician, of: case.department, or_anyone: true}
    clauses: [P-1]
schedules:
  rounds:
    name: {zh: 每日巡视, en: Daily rounds}
    when: {every: day, at: ['08:30', '17:00']}
    for: {departments: clinical}
    fields: {slot: due.time, on: due.on, ward: case.department}
    missed_after: {hours: 2}
    tells: dept_head
    clauses: [P-2]
"""

#: The store once a month, on a day that the hospital has to set.
COUNT = edited(
    ROUND,
    ("process: ward-look", "process: stock-count"),
    ("number: XS", "number: PD"),
    ("  rounds:\n", "  counts:\n"),
    (
        "{every: day, at: ['08:30', '17:00']}",
        "{every: month, day: param.purchase.answer_days, at: '08:00'}",
    ),
    ("for: {departments: clinical}", "if: given_param.purchase.answer_days"),
    ("{slot: due.time, on: due.on, ward: case.department}", "{slot: due.last_period, on: due.on}"),
    ("missed_after: {hours: 2}", "missed_after: {days: 3}"),
)


class Ward(Hospital):
    """A hospital in which somebody looks whenever the story says so."""

    @property
    def recurring(self) -> Recurring:
        """Whoever looks."""
        return Recurring(self.service)

    def looks(self) -> Looked:
        """One look, now."""
        return self.recurring.look(self.now)

    def turns(self, state: OccurrenceState | None = None) -> list[Occurrence]:
        """What became of all turns, the earliest first."""
        return list(reversed(self.store.readings.occurrences(OccurrenceQuery(state=state))))

    def told(self) -> list[tuple[str, str, str]]:
        """The same in short: slot, subject, state."""
        return [(one.slot, one.subject, one.state.value) for one in self.turns()]

    def publishes(self, *texts: str) -> None:
        """Further versions are in force from now on, in this catalog alone."""
        known = list(self.catalog.rulebooks.values())
        self.catalog = Catalog.of(self.catalog.register, [*known, *rulebooks_of(texts)])
