"""Working days from a table: a new year's holidays and make-up days, or the days of a department or
a shift. Days that the table does not name stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from workflow.calendar import Calendar, OwnCalendar
from workflow.ports.house import SaveCalendar
from workflow.refusals import Refusal, Sentence
from workflow.service.housework import text_problem, tidy
from workflow.service.importing import Draft, How, Kind, Planned, Scene
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
from workflow.service.timekeeping import LONGEST_NAME

COLUMNS = (
    Column("date", Sentence("日期", "Date"), ("日子", "day"), needed=True),
    Column("is_work", Sentence("是否上班", "Worked"), ("上班",), needed=True),
    Column("name", Sentence("名称", "Name"), ("节日", "假日")),
    Column("calendar", Sentence("日历", "Calendar"), ("班次", "科室日历")),
)
EXAMPLES = (
    ("2027-01-01", "放假", "元旦", ""),
    ("2027-02-06", "上班", "春节调休上班", ""),
    ("2027-02-08", "上班", "", "急诊"),
)

WORKED = Sentence("上班", "worked")
FREE = Sentence("放假", "free")
USUAL = Sentence("照常", "as usual")
NO_WORD = Sentence(
    "“{text}”看不懂，请写 上班、放假 或 照常", "“{text}” is unclear; write worked, free or as usual"
)
NO_CALENDAR = Sentence("没有“{text}”这个日历", "There is no calendar “{text}”")
TWICE = Sentence("这一天在第 {line} 行已经写过", "Row {line} tells of this day already")
FAR = Sentence("年份应在 2000 到 2100 之间", "The year must be between 2000 and 2100")
SKIPPED = Sentence(
    "还没有 {year} 年的放假安排，不能跳过；请先补上",
    "The holidays of {year} are missing; they cannot be left out",
)
CHANGE = Sentence("{before} → {after} {name}", "{before} → {after} {name}")
COVERED = Sentence(
    "放假安排公布到 {after}（原为 {before}）；在此之前暂按周一至周五推算的期限将重新计算",
    "Holidays are decreed up to {after} (before: {before}); deadlines that were a guess until now "
    "are counted again",
)
HOSPITAL = Sentence("全院", "the hospital")

_Kept = TypeVar("_Kept", Calendar, OwnCalendar)

_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("上班", "是", "true", "1", "yes", "y", "worked", "work"), True),
    **dict.fromkeys(("放假", "休", "休息", "否", "false", "0", "no", "n", "free"), False),
    **dict.fromkeys(("照常", "asusual", "usual"), None),
}


@dataclass(frozen=True, slots=True)
class _Day:
    """What a row says of a day. `own` None: of the hospital's calendar."""

    line: int
    day: date
    worked: bool | None
    name: str
    own: str | None


def judge(table: Table, scene: Scene) -> Draft:
    """What the days of a table change, or everything that is wrong with them."""
    calendar = scene.hospital.calendar
    records, found = records_of(table, COLUMNS)
    faults = list(found)
    days: dict[tuple[str | None, date], _Day] = {}
    for record in records:
        read = _read(record, calendar)
        if isinstance(read, _Day):
            first = days.setdefault((read.own, read.day), read)
            if first is not read:
                faults.append(Fault(record.line, "date", TWICE.filled(line=first.line)))
        else:
            faults += read
    faults += _skipped(calendar, days.values())
    if faults:
        return Draft(faults=in_order(dict.fromkeys(faults), COLUMNS))
    return _draft(calendar, tuple(days.values()))


def _skipped(calendar: Calendar, days: Iterable[_Day]) -> list[Fault]:
    """A year that is left out would pass for one without holidays."""
    first = {
        one.day.year: one.line
        for one in sorted(days, key=lambda one: -one.line)
        if one.own is None and one.worked is not None
    }
    # A calendar without any days yet begins wherever the table begins.
    bare = calendar.covered_until == date.min
    known = min(first, default=1) - 1 if bare else calendar.covered_until.year
    faults = []
    for year in sorted(year for year in first if year > known):
        if year > known + 1:
            faults.append(Fault(first[year], "date", SKIPPED.filled(year=known + 1)))
        known = year
    return faults


def _read(record: Record, calendar: Calendar) -> _Day | list[Fault]:
    faults: list[Fault] = []
    day = day_of(record["date"])
    if isinstance(day, Sentence):
        faults.append(Fault(record.line, "date", day))
    elif not 2000 <= day.year <= 2100:
        faults.append(Fault(record.line, "date", FAR))
    word = folded(record["is_work"])
    if word not in _WORDS:
        faults.append(Fault(record.line, "is_work", NO_WORD.filled(text=record["is_work"])))
    name = tidy(record["name"])
    wrong: Refusal | None = text_problem("name", name, LONGEST_NAME, needed=False)
    if wrong is not None:
        faults.append(Fault(record.line, "name", wrong.because))
    own = _own(record["calendar"], calendar)
    if isinstance(own, Sentence):
        faults.append(Fault(record.line, "calendar", own))
    if faults or isinstance(day, Sentence) or isinstance(own, Sentence):
        # An empty cell is told of already, by its own sentence.
        return [fault for fault in faults if record[fault.column]]
    return _Day(record.line, day, _WORDS[word], name, own)


def _own(text: str, calendar: Calendar) -> str | Sentence | None:
    wanted = folded(text)
    if wanted in ("", folded(HOSPITAL.zh), "hospital", folded(HOSPITAL.en)):
        return None
    for key, own in calendar.own.items():
        if wanted in (folded(key), folded(own.name)):
            return key
    return NO_CALENDAR.filled(text=text)


def _draft(calendar: Calendar, days: tuple[_Day, ...]) -> Draft:
    planned: list[Planned] = []
    for one in days:
        there = calendar if one.own is None else calendar.own[one.own]
        before, called = there.days.get(one.day), there.names.get(one.day, "")
        if before == one.worked and called == one.name:
            continue
        detail = Sentence(
            CHANGE.zh.format(before=_word(before).zh, after=_word(one.worked).zh, name=one.name),
            CHANGE.en.format(before=_word(before).en, after=_word(one.worked).en, name=one.name),
        )
        how = How.NEW if before is None else How.ENDED if one.worked is None else How.CHANGED
        name = HOSPITAL.zh if one.own is None else calendar.own[one.own].name
        planned.append(Planned(one.line, one.day.isoformat(), name, how, (detail,)))
    same = len(days) - len(planned)
    after = _after(calendar, days)
    if after.covered_until != calendar.covered_until:
        covered = COVERED.filled(after=after.covered_until, before=calendar.covered_until)
        id_, line = after.covered_until.isoformat(), days[0].line
        planned.append(Planned(line, id_, HOSPITAL.zh, How.CHANGED, (covered,)))
    changes = (SaveCalendar(after),) if planned else ()
    return Draft(tuple(planned), changes, same=same)


def _word(worked: bool | None) -> Sentence:
    return USUAL if worked is None else WORKED if worked else FREE


def _after(calendar: Calendar, days: Iterable[_Day]) -> Calendar:
    own = dict(calendar.own)
    mine: list[_Day] = []
    for key in dict.fromkeys(one.own for one in days):
        these = [one for one in days if one.own == key]
        if key is None:
            mine = these
        else:
            own[key] = _with(own[key], these)
    ends = [date(one.day.year, 12, 31) for one in mine if one.worked is not None]
    covered = max([calendar.covered_until, *ends])
    return replace(_with(calendar, mine), covered_until=covered, own=own)


def _with(there: _Kept, days: Iterable[_Day]) -> _Kept:
    said = {one.day: one for one in days}
    kept = {day: worked for day, worked in there.days.items() if day not in said}
    names = {day: name for day, name in there.names.items() if day not in said}
    kept.update({day: one.worked for day, one in said.items() if one.worked is not None})
    names.update({day: one.name for day, one in said.items() if day in kept and one.name})
    return replace(there, days=dict(sorted(kept.items())), names=dict(sorted(names.items())))


def current(scene: Scene) -> list[tuple[str, ...]]:
    """The days of this year and of later ones, as the table would tell them."""
    calendar = scene.hospital.calendar
    since = date(scene.day.year, 1, 1)
    kept: list[tuple[str, Calendar | OwnCalendar]] = [("", calendar)]
    kept += [(own.name, own) for own in calendar.own.values()]
    return [
        (day.isoformat(), _word(worked).zh, there.names.get(day, ""), name)
        for name, there in kept
        for day, worked in sorted(there.days.items())
        if day >= since
    ]


CALENDAR = Kind("calendar", COLUMNS, EXAMPLES, judge, current)
