"""Duty rosters from a table. For every day that it names, a roster says the whole duty of that day;
other days stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time

from workflow.people.organisation import Organisation
from workflow.people.rosters import Duty, Roster, Shift
from workflow.ports.house import SaveRoster
from workflow.refusals import Sentence
from workflow.service.housework import tidy
from workflow.service.importing import Draft, How, Kind, Planned, Scene
from workflow.service.importing_departments import (
    about,
    called,
    departments_by_name,
    named_department,
)
from workflow.service.rostering import roster_problems
from workflow.service.tables_in import (
    Column,
    Fault,
    Record,
    Table,
    day_of,
    folded,
    in_order,
    records_of,
)

COLUMNS = (
    Column("roster", Sentence("值班表编号", "Roster"), ("值班表",), needed=True),
    Column("name", Sentence("值班表名称", "Roster name"), ("名称",)),
    Column("date", Sentence("日期", "Date"), ("日子", "day"), needed=True),
    Column("shift", Sentence("班次", "Shift")),
    Column("start", Sentence("班次开始", "Shift from"), ("开始",)),
    Column("end", Sentence("班次结束", "Shift until"), ("结束",)),
    Column(
        "person", Sentence("值班人", "On duty"), ("人员", "姓名", "工号", "person"), needed=True
    ),
    Column("department", Sentence("科室", "Department")),
)
NO_TIME = Sentence(
    "“{text}”不是时间，请写成 08:00", "“{text}” is no time of day; write it like 08:00"
)
HALF_A_SHIFT = Sentence(
    "班次的开始和结束要一起写", "The hours of a shift are given from and until, or not at all"
)
OTHER_HOURS = Sentence(
    "班次“{shift}”前面写的是另一个时间", "The shift “{shift}” has other hours in a row before"
)
NOBODY = Sentence("没有这个人", "There is no such person")
TWO_OF_A_NAME = Sentence(
    "有几个人都叫这个名字，请写工号", "Several people have this name; give the number"
)
DAYS = Sentence(
    "{first} 至 {last} 共 {days} 天的值班：{after} 人次（原 {before} 人次）",
    "Duty of {days} days from {first} to {last}: {after} rows (before: {before})",
)
SHIFT = Sentence("班次 {name}：{start}—{end}", "Shift {name}: {start}—{end}")
#: Where a rule of rosters points, as a column of the table.
_COLUMN_OF = {"key": "roster", "name": "name", "shifts": "shift", "rows": "person"}
_CLOCK = re.compile(r"(\d{1,2})[:：](\d{2})(?::00)?")


@dataclass
class _Wanted:
    """What the rows of one roster say together."""

    line: int
    name: str = ""
    days: set[date] = field(default_factory=set)
    duties: list[Duty] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    shifts: dict[str, Shift] = field(default_factory=dict)


def judge(table: Table, scene: Scene) -> Draft:
    """What a list of duties asks for, and everything that is wrong with it."""
    records, found = records_of(table, COLUMNS)
    faults = list(found)
    organisation = scene.hospital.organisation
    people = _people_by_name(organisation)
    units = departments_by_name(organisation.departments)
    wanted: dict[str, _Wanted] = {}
    for record in records:
        one = wanted.setdefault(tidy(record["roster"]), _Wanted(record.line))
        one.name = one.name or tidy(record["name"])
        _take_shift(one, record, faults)
        _take_duty(one, record, people, units, faults)
    planned, changes = [], []
    for key, one in wanted.items():
        known = organisation.rosters.get(key)
        faults += _faults(key, one, known, organisation)
        roster = _roster(key, one, known)
        if known is None or not _alike(known, roster):
            planned.append(_planned(one, known, roster))
            changes.append(SaveRoster(roster))
    if faults:
        return Draft(faults=in_order(faults, COLUMNS))
    return Draft(tuple(planned), tuple(changes), same=len(wanted) - len(planned))


def _take_shift(one: _Wanted, record: Record, faults: list[Fault]) -> None:
    name = tidy(record["shift"])
    if not record["start"] and not record["end"]:
        return
    if not name or not record["start"] or not record["end"]:
        faults.append(Fault(record.line, "shift", HALF_A_SHIFT))
        return
    start, end = _clock(record["start"]), _clock(record["end"])
    for key, read in (("start", start), ("end", end)):
        if isinstance(read, Sentence):
            faults.append(Fault(record.line, key, read))
    if isinstance(start, Sentence) or isinstance(end, Sentence):
        return
    shift = Shift(name, start, end)
    if one.shifts.setdefault(name, shift) != shift:
        faults.append(Fault(record.line, "shift", OTHER_HOURS.filled(shift=name)))


def _take_duty(
    one: _Wanted,
    record: Record,
    people: Mapping[str, str | None],
    units: Mapping[str, str | None],
    faults: list[Fault],
) -> None:
    day = day_of(record["date"])
    if isinstance(day, Sentence):
        if record["date"]:
            faults.append(Fault(record.line, "date", day))
        return
    one.days.add(day)
    if record.says_none("person") or not record["person"]:
        return
    unit = named_department(record["department"], units) if record["department"] else None
    if isinstance(unit, Sentence):
        faults.append(Fault(record.line, "department", about(record["department"], unit)))
        return
    name = folded(record["person"])
    person = people.get(name, "")
    if not person:
        because = NOBODY if name not in people else TWO_OF_A_NAME
        faults.append(Fault(record.line, "person", about(record["person"], because)))
        return
    one.duties.append(Duty(day, person, tidy(record["shift"]), unit))
    one.lines.append(record.line)


def _people_by_name(organisation: Organisation) -> dict[str, str | None]:
    """Ids by everything that a cell may call somebody; None where several have the name."""
    found: dict[str, str | None] = {}
    for person in organisation.people.values():
        if person.active:
            name = folded(person.name)
            found[name] = None if name in found else person.id
    return {**found, **{folded(key): key for key in organisation.people}}


def _clock(text: str) -> time | Sentence:
    found = _CLOCK.fullmatch(text.strip())
    if found is not None and int(found[1]) < 24 and int(found[2]) < 60:
        return time(int(found[1]), int(found[2]))
    return NO_TIME.filled(text=text)


def _roster(key: str, one: _Wanted, known: Roster | None) -> Roster:
    """The roster afterwards: days that the list does not name keep their rows."""
    before = known or Roster(key, key)
    kept = [row for row in before.rows if row.date not in one.days]
    shifts = {**{shift.name: shift for shift in before.shifts}, **one.shifts}
    rows = sorted((*kept, *one.duties), key=lambda row: row.date)
    return replace(
        before, name=one.name or before.name, rows=tuple(rows), shifts=tuple(shifts.values())
    )


def _faults(
    key: str, one: _Wanted, known: Roster | None, organisation: Organisation
) -> Sequence[Fault]:
    """What the rules of rosters have against what the list brings; old rows are not its matter."""
    brought = replace(_roster(key, one, known), rows=tuple(one.duties))
    faults = []
    for refusal in roster_problems(brought, organisation):
        if refusal is None:
            continue
        name, _, number = (refusal.field or "").partition(".")
        line = one.lines[int(number) - 1] if number else one.line
        faults.append(Fault(line, _COLUMN_OF.get(name, ""), refusal.because))
    return faults


def _alike(one: Roster, other: Roster) -> bool:
    return (one.name, set(one.shifts), Counter(one.rows)) == (
        other.name,
        set(other.shifts),
        Counter(other.rows),
    )


def _planned(one: _Wanted, known: Roster | None, roster: Roster) -> Planned:
    before = () if known is None else known.rows
    details = [
        DAYS.filled(
            first=min(one.days),
            last=max(one.days),
            days=len(one.days),
            after=len(one.duties),
            before=sum(row.date in one.days for row in before),
        )
    ] * bool(one.days)
    details += [
        SHIFT.filled(name=shift.name, start=f"{shift.start:%H:%M}", end=f"{shift.end:%H:%M}")
        for shift in one.shifts.values()
        if known is None or shift not in known.shifts
    ]
    how = How.NEW if known is None else How.CHANGED
    return Planned(one.line, roster.key, roster.name, how, tuple(details))


def current(scene: Scene) -> list[tuple[str, ...]]:
    """The duties from this day on, as such a list says them."""
    organisation = scene.hospital.organisation
    units, names = organisation.departments, departments_by_name(organisation.departments)
    rows: list[tuple[str, ...]] = []
    for roster in organisation.rosters.values():
        hours = {shift.name: shift for shift in roster.shifts}
        for row in sorted(roster.rows, key=lambda row: row.date):
            if row.date < scene.day:
                continue
            shift = hours.get(row.shift)
            times = ("", "") if shift is None else (f"{shift.start:%H:%M}", f"{shift.end:%H:%M}")
            unit = called(row.department, units, names) if row.department else ""
            head = (roster.key, roster.name, row.date.isoformat(), row.shift)
            rows.append((*head, *times, row.person, unit))
    return rows


ROSTERS = Kind(
    "rosters",
    COLUMNS,
    (
        ("general", "总值班", "2026-03-02", "夜班", "18:00", "08:00", "张丽", "外科"),
        ("general", "总值班", "2026-03-03", "夜班", "", "", "10235", ""),
    ),
    judge,
    current,
)
