"""The hospital's calendar: which days are worked. A change moves the deadlines of running cases,
with a line in each (E9).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from workflow.calendar import (
    DEPARTMENT_CALENDAR,
    HOSPITAL_CALENDAR,
    Calendar,
    CalendarUnreadable,
    OwnCalendar,
    Window,
    days_of_facts,
    hours_facts,
    hours_of_facts,
    own_calendars_of,
    parse_calendar,
    refuse_hours,
)
from workflow.nouns import Entry
from workflow.ports.deciding import CaseFile, Change, StaleWrite, Transaction
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed, HouseChange, SaveCalendar
from workflow.ports.reading import AuditQuery, CaseQuery
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
NO_OWN = Sentence("没有这个日历：{key}", "There is no such calendar: {key}")
NO_KEY = Sentence(
    "请用小写字母开头的小写字母、数字和下划线，且不用 hospital、department",
    "Begin with a small letter; use small letters, digits and underscores; not hospital or "
    "department",
)
NO_DEPARTMENT = Sentence("没有这个科室", "There is no such department")
HAS_ONE = Sentence(
    "这个科室已经有日历“{name}”，一个科室只能有一个",
    "This department has the calendar “{name}” already; there can be only one",
)
NO_WEEKDAY = Sentence("请至少选一个上班的日子", "Choose at least one day of the week")
NO_HOURS = Sentence(
    "上班时间应按先后写、互不重叠，如 08:00-12:00, 14:00-18:00；夜班写 20:00-08:00，全天写 "
    "00:00-00:00",
    "Hours stand in order and apart: 08:00-12:00, 14:00-18:00; a night shift is 20:00-08:00, a "
    "whole day 00:00-00:00",
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class DayChange:
    """What one day shall be: worked, free, or (`worked` None) as its weekday has it."""

    worked: bool | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class OwnWish:
    """What a department's or a shift's calendar shall be but its days (see `OwnCalendar`)."""

    key: str
    name: str
    department: str | None = None
    weekdays: tuple[int, ...] | None = None
    holidays: bool = True
    hours: tuple[Window, ...] | None = None


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
                *_day_problems(days, needed=covered_until is None),
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

    def change_hours(self, deed: Deed, hours: tuple[Window, ...]) -> Moved | Refused:
        """The hospital's own working hours from now on; every calendar that has none of its own
        takes them.
        """
        asked: dict[str, object] = {"hours": hours_facts(hours)}

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            refused = problems(_hours_problem(hours), reason_problem(deed))
            return refused or (SaveCalendar(replace(hospital.calendar, hours=hours)),)

        return self._changed(deed, "change_hours", asked, plan)

    def save_own(self, deed: Deed, wish: OwnWish) -> Moved | Refused:
        """A department's or a shift's calendar as it is from now on; its days stay as they are."""
        asked: dict[str, object] = {"key": wish.key, "department": wish.department}

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            refused = problems(*_own_problems(hospital, wish), reason_problem(deed))
            if refused is not None:
                return refused
            calendar = hospital.calendar
            kept = calendar.own.get(wish.key)
            own = OwnCalendar(
                wish.key,
                tidy(wish.name),
                wish.department,
                wish.weekdays,
                wish.holidays,
                wish.hours,
                {} if kept is None else kept.days,
                {} if kept is None else kept.names,
            )
            return _with_own(calendar, {**calendar.own, own.key: own})

        return self._changed(deed, "save_own_calendar", asked, plan)

    def change_own_days(
        self, deed: Deed, key: str, days: Mapping[date, DayChange]
    ) -> Moved | Refused:
        """Decide some days of a department's or a shift's calendar otherwise."""
        asked: dict[str, object] = {
            "key": key,
            "days": {day.isoformat(): change.worked for day, change in days.items()},
        }

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            own = hospital.calendar.own.get(key)
            if own is None:
                return one(Code.NOT_FOUND, NO_OWN.filled(key=key), "own", field="own")
            refused = problems(*_day_problems(days), reason_problem(deed))
            decided, names = _decided(own.days, own.names, days)
            after = replace(own, days=decided, names=names)
            return refused or _with_own(hospital.calendar, {**hospital.calendar.own, key: after})

        return self._changed(deed, "change_own_calendar", asked, plan)

    def remove_own(self, deed: Deed, key: str) -> Moved | Refused:
        """Whatever counted by this calendar counts by the hospital's from now on."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            if key not in hospital.calendar.own:
                return one(Code.NOT_FOUND, NO_OWN.filled(key=key), "own", field="own")
            rest = {k: own for k, own in hospital.calendar.own.items() if k != key}
            return problems(reason_problem(deed)) or _with_own(hospital.calendar, rest)

        return self._changed(deed, "remove_own_calendar", {"key": key}, plan)

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
            for fact in rulebook.clock_needs[rule.key]
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
    decided, names = _decided(before.days, before.names, days)
    after = replace(
        before, days=decided, names=names, covered_until=covered_until or before.covered_until
    )
    if after == before:
        return one(Code.CONFLICT, SAME, "same", field="day")
    return (SaveCalendar(after),)


def _with_own(
    before: Calendar, own: Mapping[str, OwnCalendar]
) -> tuple[HouseChange, ...] | Refused:
    after = replace(before, own=own)
    if after == before:
        return one(Code.CONFLICT, SAME, "same", field="own")
    return (SaveCalendar(after),)


def _decided(
    days: Mapping[date, bool], names: Mapping[date, str], changes: Mapping[date, DayChange]
) -> tuple[dict[date, bool], dict[date, str]]:
    """The days that differ from their weekday, and their names, after some changes."""
    kept = {day: worked for day, worked in days.items() if day not in changes}
    called = {day: name for day, name in names.items() if day not in changes}
    for day, change in changes.items():
        if change.worked is not None:
            kept[day] = change.worked
            if tidy(change.name):
                called[day] = tidy(change.name)
    return dict(sorted(kept.items())), called


def _day_problems(
    days: Mapping[date, DayChange], *, needed: bool = True
) -> Iterator[Refusal | None]:
    yield at_field("day", NO_DAYS) if needed and not days else None
    if len(days) > MOST_DAYS:
        yield at_field("day", TOO_MANY_DAYS.filled(most=MOST_DAYS))
    for change in days.values():
        yield text_problem("name", tidy(change.name), LONGEST_NAME, needed=False)


def _department_problems(hospital: Hospital, wish: OwnWish) -> Iterator[Refusal]:
    if wish.department is None:
        return
    if wish.department not in hospital.organisation.departments:
        yield at_field("department", NO_DEPARTMENT)
    for key, own in hospital.calendar.own.items():
        if key != wish.key and own.department == wish.department:
            yield at_field("department", HAS_ONE.filled(name=own.name))


def _own_problems(hospital: Hospital, wish: OwnWish) -> Iterator[Refusal | None]:
    if not _KEY.fullmatch(wish.key) or wish.key in (HOSPITAL_CALENDAR, DEPARTMENT_CALENDAR):
        yield at_field("key", NO_KEY)
    yield text_problem("name", tidy(wish.name), LONGEST_NAME)
    yield from _department_problems(hospital, wish)
    if wish.weekdays is not None and not wish.weekdays:
        yield at_field("weekdays", NO_WEEKDAY)
    if wish.hours is not None:
        yield _hours_problem(wish.hours)


def _hours_problem(hours: tuple[Window, ...]) -> Refusal | None:
    if not hours:
        return at_field("hours", NO_HOURS)
    try:
        refuse_hours(hours)
    except ValueError:
        return at_field("hours", NO_HOURS)
    return None


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
    days, names = days_of_facts(kept["days"])
    return Calendar(
        days,
        names,
        date.fromisoformat(kept["covered_until"]),
        ZoneInfo(kept["zone"]),
        hours_of_facts(kept["hours"]),
        own=own_calendars_of(kept.get("own", {})),
    )
