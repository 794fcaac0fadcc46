"""The hospital's calendar: which days are worked. A change moves the deadlines of running cases,
with a line in each (E9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from workflow.calendar import Calendar, CalendarUnreadable, parse_calendar
from workflow.nouns import Entry
from workflow.ports import (
    AuditQuery,
    CaseFile,
    CaseQuery,
    Change,
    Deed,
    Hospital,
    HouseChange,
    SaveCalendar,
    StaleWrite,
    Transaction,
)
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running.recounting import follows_calendar, recount
from workflow.service.catalog import Catalog
from workflow.service.gathering import situation_of, with_facts
from workflow.service.housework import (
    Done,
    Housework,
    at_field,
    one,
    problems,
    reason_problem,
    text_problem,
    tidy,
)

#: Recorded when every running case has been looked at after a change of the calendar.
DEADLINES_MOVED = "deadlines_moved"
#: How many cases are read at once while looking for those with a clock.
_AT_ONCE = 500
#: How often a case is counted again when somebody decides on it at the same moment.
_ATTEMPTS = 5
LONGEST_NAME = 30

NO_DAYS = Sentence("请选择要改的日期", "Choose the days to change")
TOO_MANY_DAYS = Sentence("一次最多改 {most} 天", "At most {most} days can be changed at once")
SAME = Sentence(
    "这些日子本来就是这样，没有改动", "These days are like that already; nothing has been changed"
)
COVERED_BACKWARDS = Sentence(
    "放假安排已公布到 {day}，不能提前", "Holidays are decreed up to {day}; that cannot move back"
)
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class DayChange:
    """What one day shall be: worked, free, or (`worked` None) as its weekday has it."""

    worked: bool | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a change of the calendar left: the lines in the house's ledger, and how many cases
    moved.
    """

    entries: tuple[Entry, ...]
    cases: int


@dataclass(frozen=True)
class Timekeeping:
    """Changes to the calendar; every one is `Moved` or `Refused`."""

    work: Housework
    catalog: Callable[[], Catalog]

    def change_days(
        self,
        deed: Deed,
        days: Mapping[date, DayChange],
        *,
        covered_until: date | None = None,
    ) -> Moved | Refused:
        """Decide some days otherwise; `covered_until` says up to when holidays are decreed now."""
        asked: dict[str, object] = {
            "days": {day.isoformat(): change.worked for day, change in days.items()},
            "covered_until": None if covered_until is None else covered_until.isoformat(),
        }

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            refused = problems(
                None if days or covered_until else at_field("day", NO_DAYS),
                None
                if len(days) <= MOST_DAYS
                else at_field("day", TOO_MANY_DAYS.filled(most=MOST_DAYS)),
                *(
                    text_problem("name", tidy(change.name), LONGEST_NAME, needed=False)
                    for change in days.values()
                ),
                _backwards(hospital.calendar, covered_until),
                reason_problem(deed),
            )
            return refused or _saved(hospital.calendar, days, covered_until)

        return self._changed(deed, "change_calendar", asked, plan)

    def take_over(self, deed: Deed, written: str) -> Moved | Refused:
        """Take over the lines of a calendar file (see `parse_calendar`): what it names holds, the
        rest stays.
        """

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            try:
                read = parse_calendar(written)
            except CalendarUnreadable as unreadable:
                return Refused.of(
                    at_field("lines", _at_line(p.line, Sentence(p.zh, p.en)))
                    for p in unreadable.problems
                )
            days = {
                day: DayChange(worked, read.names.get(day, "")) for day, worked in read.days.items()
            }
            refused = problems(reason_problem(deed))
            covered = max(read.covered_until, hospital.calendar.covered_until)
            return refused or _saved(hospital.calendar, days, covered)

        return self._changed(deed, "take_over_calendar", {"characters": len(written)}, plan)

    def _changed(
        self,
        deed: Deed,
        act: str,
        asked: Mapping[str, object],
        plan: Callable[[Hospital], tuple[HouseChange, ...] | Refused],
    ) -> Moved | Refused:
        self.finish(deed)
        before = self.work.store.readings.hospital().calendar
        done = self.work.do(deed, act, asked, plan)
        if isinstance(done, Refused):
            return done
        return Moved(done.entries, self._move(deed, before, done))

    # ---- the clocks of running cases -------------------------------------------------------------

    def unfinished(self) -> Entry | None:
        """The line of a calendar change after which not every running case was looked at; None: all
        were.
        """
        readings = self.work.store.readings
        changed = readings.audit(AuditQuery(event=SaveCalendar.event, limit=1)).rows
        if not changed:
            return None
        moved = readings.audit(AuditQuery(event=DEADLINES_MOVED, limit=1)).rows
        done = moved[0].entry.seq if moved else 0
        return changed[0].entry if changed[0].entry.seq > done else None

    def finish(self, deed: Deed) -> int:
        """Look at the cases that an interrupted change has left; how many moved. Safe to repeat."""
        entry = self.unfinished()
        before = None if entry is None else _calendar_before(entry)
        return 0 if before is None else self._move(deed, before, None)

    def _move(self, deed: Deed, before: Calendar, done: Done | None) -> int:
        if done is not None and not done.entries:
            return 0
        moved = sum(self._recount(deed, before, case) for case in self._running())
        self.work.store.house.record(deed, DEADLINES_MOVED, {"cases": moved})
        return moved

    def _running(self) -> Sequence[str]:
        """The ids of running cases of processes that count working time anywhere."""
        catalog, readings = self.catalog(), self.work.store.readings
        found: list[str] = []
        for process in sorted({key for key, _ in catalog.rulebooks}):
            if not _counts_working_time(catalog, process):
                continue
            query = CaseQuery(process=process, open_only=True, limit=_AT_ONCE)
            # All of them are listed before the first is touched: a line changes their order.
            while rows := readings.cases(query).rows:
                found += [row.case.id for row in rows]
                query = replace(query, offset=query.offset + _AT_ONCE)
        return tuple(dict.fromkeys(found))

    def _recount(self, deed: Deed, before: Calendar, id: str) -> bool:
        for attempt in range(_ATTEMPTS):
            try:
                with self.work.store.begin() as tx:
                    moved = self._recounted(tx, deed, before, id)
                    if moved:
                        tx.commit()
                    return moved
            except StaleWrite:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def _recounted(self, tx: Transaction, deed: Deed, before: Calendar, id: str) -> bool:
        file = tx.case_file(id=id)
        if file is None or file.case.closed_at is not None:
            return False
        change = self._change_of(tx, deed, before, file)
        if change is None:
            return False
        tx.write(change)
        return True

    def _change_of(
        self, tx: Transaction, deed: Deed, before: Calendar, file: CaseFile
    ) -> Change | None:
        catalog, case = self.catalog(), file.case
        rulebook = catalog.rulebook(case.process, case.definition_version)
        parent = None if case.parent is None else tx.case_state(case.parent)
        situation = situation_of(catalog, rulebook, file, tx.hospital(), deed.at, parent)
        needed = {
            fact
            for rule in rulebook.definition.deadlines.values()
            if follows_calendar(rule)
            for fact in rulebook.needed[rule.key]
        }
        situation = with_facts(situation, tx, sorted(needed), deed.by)
        return recount(situation, deed.by, before)


def _counts_working_time(catalog: Catalog, process: str) -> bool:
    return any(
        follows_calendar(rule)
        for (key, _), book in catalog.rulebooks.items()
        if key == process
        for rule in book.definition.deadlines.values()
    )


def _saved(
    before: Calendar, days: Mapping[date, DayChange], covered_until: date | None
) -> tuple[HouseChange, ...] | Refused:
    decided = {day: change.worked for day, change in days.items() if change.worked is not None}
    names = {day: tidy(days[day].name) for day in decided if tidy(days[day].name)}
    after = before.with_days(decided, names=names, covered_until=covered_until)
    plain = {day for day, change in days.items() if change.worked is None}
    after = replace(
        after,
        days={day: worked for day, worked in after.days.items() if day not in plain},
        names={day: name for day, name in after.names.items() if day not in plain},
    )
    if after == before:
        return one(Code.CONFLICT, SAME, "same", field="day")
    return (SaveCalendar(after),)


def _backwards(calendar: Calendar, covered_until: date | None) -> Refusal | None:
    if covered_until is None or covered_until >= calendar.covered_until:
        return None
    return at_field("covered_until", COVERED_BACKWARDS.filled(day=calendar.covered_until))


def _at_line(line: int, because: Sentence) -> Sentence:
    return Sentence(f"第 {line} 行：{because.zh}", f"Line {line}: {because.en}")


def _calendar_before(entry: Entry) -> Calendar | None:
    """The calendar that held before a change, as its ledger line tells it."""
    body: Mapping[str, Any] = orjson.loads(entry.body)
    kept = body["facts"]["before"]
    if kept is None:
        return None
    days = {date.fromisoformat(day): bool(worked) for day, (worked, _) in kept["days"].items()}
    return Calendar(days, {}, date.fromisoformat(kept["covered_until"]))
