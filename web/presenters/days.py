"""A year of the working calendar in words: every day worked or free, why, and what nobody has
decreed yet.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, timedelta

from web.presenters.office import Posted
from web.presenters.words import day_words
from web.visit import Visit
from workflow.calendar import Calendar
from workflow.refusals import Sentence

_SATURDAY = 5
WEEKDAYS = (
    Sentence("一", "Mo"),
    Sentence("二", "Tu"),
    Sentence("三", "We"),
    Sentence("四", "Th"),
    Sentence("五", "Fr"),
    Sentence("六", "Sa"),
    Sentence("日", "Su"),
)
HOLIDAY = Sentence("放假", "free")
MAKE_UP = Sentence("调休上班", "make-up workday")
WORKED = Sentence("上班", "worked")
WEEKEND = Sentence("周末", "weekend")


@dataclass(frozen=True, slots=True)
class Day:
    """One day. `mark` is its style class; `words` say the same to whoever does not see colours."""

    iso: str
    number: int
    mark: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month by weeks; None before its first and after its last day."""

    name: str
    weeks: tuple[tuple[Day | None, ...], ...]


@dataclass(frozen=True, slots=True)
class DecidedDay:
    """A day that differs from its weekday, in the list beside the year."""

    iso: str
    words: str
    worked: bool
    name: str


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The page of one year. `covered` tells up to when holidays are decreed, `uncovered` that this
    year needs them.
    """

    year: int
    earlier: int
    later: int
    weekdays: tuple[str, ...]
    months: tuple[Month, ...]
    decided: tuple[DecidedDay, ...]
    covered: str
    uncovered: bool
    soon_uncovered: bool
    unfinished: bool
    day: str
    day_name: str
    day_worked: str
    posted: Posted


def calendar_view(visit: Visit, year: int, chosen: date | None, posted: Posted) -> CalendarView:
    """One year; `chosen` is the day that the form is about."""
    calendar = visit.hospital.calendar
    known = calendar.covered_until > date.min
    worked = None if chosen is None else not calendar.is_workday(chosen)
    return CalendarView(
        year=year,
        earlier=year - 1,
        later=year + 1,
        weekdays=tuple(visit.say(word) for word in WEEKDAYS),
        months=tuple(_month(visit, year, month) for month in range(1, 13)),
        decided=_decided(visit, year),
        covered=day_words(calendar.covered_until, visit.language) if known else "",
        uncovered=calendar.covered_until < date(year, 12, 31),
        soon_uncovered=calendar.covered_until < visit.today + timedelta(days=60),
        unfinished=visit.house.administering.calendar.unfinished() is not None,
        day=posted.value("day", "day", chosen.isoformat() if chosen else ""),
        day_name=posted.value("day", "name", calendar.names.get(chosen, "") if chosen else ""),
        day_worked=posted.value(
            "day", "worked", "" if worked is None else "true" if worked else "false"
        ),
        posted=posted,
    )


def _month(visit: Visit, year: int, month: int) -> Month:
    weeks = gregorian.Calendar().monthdatescalendar(year, month)
    name = date(year, month, 1)
    return Month(
        f"{month}月" if visit.language == "zh_CN" else f"{name:%B}",
        tuple(
            tuple(_day(visit, day) if day.month == month else None for day in week)
            for week in weeks
        ),
    )


def _day(visit: Visit, day: date) -> Day:
    calendar = visit.hospital.calendar
    mark, said = _mark(calendar, day)
    classes = [mark]
    if day > calendar.covered_until:
        classes.append("unknown")
    if day == visit.today:
        classes.append("today")
    name = calendar.names.get(day, "")
    words = f"{day_words(day, visit.language)} {visit.say(said)} {name}".strip()
    return Day(day.isoformat(), day.day, " ".join(classes), name, words)


def _mark(calendar: Calendar, day: date) -> tuple[str, Sentence]:
    decided = calendar.days.get(day)
    if decided is None:
        free = day.weekday() >= _SATURDAY
        return ("weekend", WEEKEND) if free else ("plain-day", WORKED)
    return ("makeup", MAKE_UP) if decided else ("holiday", HOLIDAY)


def _decided(visit: Visit, year: int) -> tuple[DecidedDay, ...]:
    calendar = visit.hospital.calendar
    return tuple(
        DecidedDay(
            day.isoformat(), day_words(day, visit.language), worked, calendar.names.get(day, "")
        )
        for day, worked in sorted(calendar.days.items())
        if day.year == year
    )
