"""When what recurs is due: pure counting on the calendar, with every figure already known.

A period has one slot (a day one for each of its times), and a slot is used once: a changed day or
holiday moves what is still to come and repeats nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.calendar import Calendar
from workflow.conditions.language import Value
from workflow.conditions.values import day_number
from workflow.design.schedules import Every

#: How many months the longer rhythms have.
MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}
_DAY = timedelta(days=1)
#: A rhythm that is not due within so long is not due at all.
_HORIZON = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Beat:
    """A rhythm with its figures: see `workflow.design.schedules.Rhythm`."""

    every: Every
    times: tuple[time, ...]
    weekday: int = 1
    month: int = 1
    day: int | None = None
    workday: int | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment at which something is due, and which turn of its rhythm that is.

    `period` and `last_period` are the names of the turn and of the one before, as people write
    them; `ends` are the last days of both.
    """

    at: datetime
    day: date
    time: time
    slot: str
    period: str
    last_period: str
    ends: tuple[date, date]

    def values(self) -> dict[str, Value]:
        """What expressions see as `due.…`."""
        return {
            "at": self.at,
            "on": day_number(self.day),
            "time": f"{self.time:%H:%M}",
            "year": self.day.year,
            "month": self.day.month,
            "period": self.period,
            "last_period": self.last_period,
            "period_end": day_number(self.ends[0]),
            "last_period_end": day_number(self.ends[1]),
        }


def occasions(
    beat: Beat, calendar: Calendar, since: datetime, until: datetime
) -> Iterator[Occasion]:
    """What is due after `since` up to and including `until`, earliest first."""
    for day in _days(beat, calendar, calendar.local_day(since), calendar.local_day(until)):
        for at in beat.times:
            moment = calendar.moment(day, at)
            if since < moment <= until:
                yield _occasion(beat, moment, day, at)


def next_occasion(beat: Beat, calendar: Calendar, after: datetime) -> Occasion | None:
    """What is due next; None when nothing ever is."""
    return next(occasions(beat, calendar, after, after + _HORIZON), None)


def _days(beat: Beat, calendar: Calendar, first: date, last: date) -> Iterator[date]:
    if beat.every in MONTHS:
        for start in _periods(MONTHS[beat.every], first, last):
            day = _day_in(beat, calendar, _first_of(start, beat.month - 1))
            if first <= day <= last:
                yield day
        return
    day = first
    while day <= last:
        if _is_due(beat, calendar, day):
            yield day
        day += _DAY


def _is_due(beat: Beat, calendar: Calendar, day: date) -> bool:
    match beat.every:
        case Every.WORKDAY:
            return calendar.is_workday(day)
        case Every.WEEK:
            return day.isoweekday() == beat.weekday
        case _:
            return True


def _periods(months: int, first: date, last: date) -> Iterator[date]:
    """The first days of the periods that touch these days."""
    start = _period_of(months, first)
    while start <= last:
        yield start
        start = _first_of(start, months)


def _period_of(months: int, day: date) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _first_of(start: date, months: int) -> date:
    """The first of the month so many months later (or earlier)."""
    count = start.year * 12 + start.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _day_in(beat: Beat, calendar: Calendar, first: date) -> date:
    """The day of the month that begins with `first`; what it lacks, its last day stands for."""
    end = _first_of(first, 1) - _DAY
    if beat.workday is None:
        return min(first + (max(beat.day or 1, 1) - 1) * _DAY, end)
    every = [first + n * _DAY for n in range(end.day)]
    worked = [day for day in every if calendar.is_workday(day)] or every
    place = beat.workday - 1 if beat.workday > 0 else beat.workday
    return worked[max(min(place, len(worked) - 1), -len(worked))]


def _occasion(beat: Beat, moment: datetime, day: date, at: time) -> Occasion:
    every = beat.every
    starts, ends = _turns(every, day)
    daily = every in (Every.DAY, Every.WORKDAY)
    period, before = (_name(every, start) for start in starts)
    slot = f"{day.isoformat()}T{at:%H:%M}" if daily else period
    return Occasion(moment, day, at, slot, period, before, ends)


def _turns(every: Every, day: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """The first days of the turn and of the one before, and their last days."""
    if every in MONTHS:
        months = MONTHS[every]
        start = _period_of(months, day)
        return (start, _first_of(start, -months)), (_first_of(start, months) - _DAY, start - _DAY)
    if every is Every.WEEK:
        monday = day - (day.isoweekday() - 1) * _DAY
        return (monday, monday - 7 * _DAY), (monday + 6 * _DAY, monday - _DAY)
    return (day, day - _DAY), (day, day - _DAY)


def _name(every: Every, day: date) -> str:
    match every:
        case Every.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year}年第{week}周"
        case Every.MONTH:
            return f"{day:%Y-%m}"
        case Every.QUARTER:
            return f"{day.year}年第{(day.month + 2) // 3}季度"
        case Every.HALF_YEAR:
            return f"{day.year}年{'上' if day.month == 1 else '下'}半年"
        case Every.YEAR:
            return f"{day.year}年"
        case _:
            return day.isoformat()
