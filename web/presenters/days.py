"""A year of the working calendar in words: every day worked or free, why, and what nobody has
decreed yet.
"""

from __future__ import annotations

import calendar as gregorian
from dataclasses import dataclass
from datetime import date

from web.presenters.office import Posted
from web.presenters.words import day_words
from web.visit import Visit
from workflow.calendar import (
    DEPARTMENT_CALENDAR,
    HOSPITAL_CALENDAR,
    Calendar,
    OwnCalendar,
    Window,
)
from workflow.refusals import Sentence

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
WHOLE_HOSPITAL = Sentence("全院", "The hospital")
AS_HOSPITAL = Sentence("同全院", "as the hospital")
THROUGH_HOLIDAYS = Sentence("节假日照常上班", "works through holidays")


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
class OwnLine:
    """A department's or a shift's calendar, in a line."""

    key: str
    name: str
    department: str
    weekdays: str
    hours: str
    here: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that may be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class OwnForm:
    """The form of a department's or a shift's calendar, as it stands or as it was typed."""

    key: str
    name: str
    departments: tuple[Tick, ...]
    weekdays: tuple[Tick, ...]
    holidays: bool
    hours: str
    known: bool


@dataclass(frozen=True, slots=True)
class CalendarView:
    """The page of one year. `covered` tells up to when holidays are decreed, `uncovered` that this
    year needs them. `own` is the calendar that is shown, "" for the hospital's; `wanted` are the
    calendars that processes count by and that nobody has made; `hours` are the hospital's own.
    """

    own: str
    title: str
    own_lines: tuple[OwnLine, ...]
    own_form: OwnForm
    wanted: tuple[str, ...]
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
    hours: str
    posted: Posted


def calendar_view(
    visit: Visit, year: int, chosen: date | None, posted: Posted, own: str = ""
) -> CalendarView:
    """One year; `chosen` is the day that the form is about, `own` the calendar that is shown."""
    hospital = visit.hospital.calendar
    shown = hospital.own.get(own)
    calendar = hospital if shown is None else hospital.by(own, "")
    known = calendar.covered_until > date.min
    worked = None if chosen is None else not calendar.is_workday(chosen)
    return CalendarView(
        own="" if shown is None else shown.key,
        title=visit.say(WHOLE_HOSPITAL) if shown is None else shown.name,
        own_lines=tuple(_own_line(visit, one, own) for one in hospital.own.values()),
        own_form=_own_form(visit, shown, posted),
        wanted=_wanted(visit),
        year=year,
        earlier=year - 1,
        later=year + 1,
        weekdays=tuple(visit.say(word) for word in WEEKDAYS),
        months=tuple(_month(visit, calendar, year, month) for month in range(1, 13)),
        decided=_decided(visit, calendar, year),
        covered=day_words(calendar.covered_until, visit.language) if known else "",
        uncovered=calendar.covered_until < date(year, 12, 31),
        soon_uncovered=calendar.lacks_next_year(visit.today),
        unfinished=visit.house.administering.calendar.unfinished() is not None,
        day=posted.value("day", "day", chosen.isoformat() if chosen else ""),
        day_name=posted.value("day", "name", calendar.names.get(chosen, "") if chosen else ""),
        day_worked=posted.value(
            "day", "worked", "" if worked is None else "true" if worked else "false"
        ),
        hours=posted.value("hours", "hours", hours_text(hospital.hours)),
        posted=posted,
    )


def _own_line(visit: Visit, own: OwnCalendar, here: str) -> OwnLine:
    departments = visit.hospital.organisation.departments
    place = departments.get(own.department or "")
    weekdays = visit.say(AS_HOSPITAL)
    if own.weekdays is not None:
        weekdays = " ".join(visit.say(WEEKDAYS[day]) for day in own.weekdays)
    if not own.holidays:
        weekdays = f"{weekdays} · {visit.say(THROUGH_HOLIDAYS)}"
    return OwnLine(
        key=own.key,
        name=own.name,
        department="" if place is None else place.name,
        weekdays=weekdays,
        hours=visit.say(AS_HOSPITAL) if own.hours is None else hours_text(own.hours),
        here=own.key == here,
    )


def _own_form(visit: Visit, shown: OwnCalendar | None, posted: Posted) -> OwnForm:
    def value(name: str, kept: str) -> str:
        return posted.value("own", name, kept)

    days = () if shown is None or shown.weekdays is None else shown.weekdays
    weekdays = value("weekdays", " ".join(map(str, days))).split()
    department = value("department", (shown.department or "") if shown else "")
    hours = "" if shown is None or shown.hours is None else hours_text(shown.hours)
    units = visit.hospital.organisation.departments.values()
    return OwnForm(
        key=value("key", shown.key if shown else ""),
        name=value("name", shown.name if shown else ""),
        departments=tuple(Tick(one.id, one.name, one.id == department) for one in units),
        weekdays=tuple(
            Tick(str(day), visit.say(word), str(day) in weekdays)
            for day, word in enumerate(WEEKDAYS)
        ),
        holidays=value("holidays", "yes" if shown is None or shown.holidays else "") == "yes",
        hours=value("hours", hours),
        known=shown is not None,
    )


def hours_text(hours: tuple[Window, ...]) -> str:
    """Working periods as people write them: 08:00-12:00, 14:00-18:00."""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours)


def _wanted(visit: Visit) -> tuple[str, ...]:
    known = {None, HOSPITAL_CALENDAR, DEPARTMENT_CALENDAR, *visit.hospital.calendar.own}
    return tuple(
        f"{visit.say(definition.name)} · {visit.say(rule.name)}: {rule.calendar}"
        for definition in visit.house.catalog().in_force()
        for rule in definition.deadlines.values()
        if rule.calendar not in known
    )


def _month(visit: Visit, calendar: Calendar, year: int, month: int) -> Month:
    weeks = gregorian.Calendar().monthdatescalendar(year, month)
    name = date(year, month, 1)
    return Month(
        f"{month}月" if visit.language == "zh_CN" else f"{name:%B}",
        tuple(
            tuple(_day(visit, calendar, day) if day.month == month else None for day in week)
            for week in weeks
        ),
    )


def _day(visit: Visit, calendar: Calendar, day: date) -> Day:
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
        free = not calendar.is_workday(day)
        return ("weekend", WEEKEND) if free else ("plain-day", WORKED)
    return ("makeup", MAKE_UP) if decided else ("holiday", HOLIDAY)


def _decided(visit: Visit, calendar: Calendar, year: int) -> tuple[DecidedDay, ...]:
    return tuple(
        DecidedDay(
            day.isoformat(), day_words(day, visit.language), worked, calendar.names.get(day, "")
        )
        for day, worked in sorted(calendar.days.items())
        if day.year == year
    )
