"""Ten thousand random lengths, pauses and reminders, counted in another way: no difference.

The other way knows nothing of the calendar's code. It reads the table of holidays itself, steps
from day to day and from minute to minute on the wall, and counts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest

from workflow.calendar import Calendar, Length, OwnCalendar, Unit, parse_calendar

TABLE = Path(__file__).parents[2] / "definitions" / "calendars" / "statutory.csv"
CASES = 10_000
SEED = 20260213
#: Long enough for every length that is drawn, before and after.
FIRST, LAST = date(2023, 1, 1), date(2030, 12, 31)
ONE = timedelta(days=1)
MINUTE = timedelta(minutes=1)
EAST = timedelta(hours=8)  # China keeps one time all year

OFFICE = ((8, 12), (14, 18))
WEEKDAYS = {
    "hospital": ("Mon", "Tue", "Wed", "Thu", "Fri"),
    "clinic": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"),
    "emergency": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "night": ("Mon", "Wed", "Fri", "Sun"),
}
#: In hours after the midnight that begins the day.
HOURS = {"hospital": OFFICE, "clinic": ((8, 12),), "emergency": ((0, 24),), "night": ((20, 32),)}
KEEPS_HOLIDAYS = {"hospital", "clinic"}
OWN = (
    OwnCalendar("clinic", "门诊", weekdays=(0, 1, 2, 3, 4, 5), hours=((time(8), time(12)),)),
    OwnCalendar(
        "emergency",
        "急诊",
        weekdays=(0, 1, 2, 3, 4, 5, 6),
        holidays=False,
        hours=((time(0), time(0)),),
    ),
    OwnCalendar(
        "night", "夜班", weekdays=(0, 2, 4, 6), holidays=False, hours=((time(20), time(8)),)
    ),
)


@cache
def calendar() -> Calendar:
    """What is tested."""
    read = parse_calendar(TABLE.read_text("utf-8"))
    own = {one.key: one for one in OWN}
    return Calendar(read.days, read.names, read.covered_until, own=own)


# ---- the other way -------------------------------------------------------------------------------


@cache
def decreed() -> dict[str, bool]:
    """Day by day what the State Council says, as text from the file."""
    lines = [line.split(",") for line in TABLE.read_text("utf-8").splitlines()]
    rows = [line for line in lines if len(line) == 3 and line[0][:2] == "20"]
    return {day: worked == "true" for day, worked, _ in rows}


@cache
def worked(which: str, day: date) -> bool:
    """Whether a day is worked."""
    said = decreed().get(str(day)) if which in KEEPS_HOLIDAYS else None
    return day.strftime("%a") in WEEKDAYS[which] if said is None else said


@cache
def minutes(which: str) -> bytearray:
    """One byte for each minute since FIRST began: whether it is worked."""
    days = (LAST - FIRST).days + 2
    line = bytearray(days * 1440)
    for number in range(days - 1):
        if worked(which, FIRST + number * ONE):
            for opens, closes in HOURS[which]:
                begin, end = number * 1440 + opens * 60, number * 1440 + closes * 60
                line[begin:end] = b"\x01" * (end - begin)
    return line


def minute_of(wall: datetime) -> int:
    return (wall - datetime.combine(FIRST, time())) // MINUTE


def wall_of(minute: int) -> datetime:
    return datetime.combine(FIRST, time()) + minute * MINUTE


def after_work(which: str, wall: datetime, amount: int) -> datetime:
    """The moment when so many worked minutes have passed: minute by minute."""
    line, minute = minutes(which), minute_of(wall)
    for _ in range(amount):
        minute = line.index(1, minute) + 1
    return wall_of(minute)


def before_work(which: str, wall: datetime, amount: int) -> datetime:
    """The moment after which so many worked minutes are left."""
    line, minute = minutes(which), minute_of(wall)
    for _ in range(amount):
        minute = line.rindex(1, 0, minute)
    return wall_of(minute)


def after_workdays(which: str, day: date, amount: int, step: timedelta = ONE) -> date:
    """The day by which so many worked days have come: day by day."""
    while amount:
        day += step
        if worked(which, day):
            amount -= 1
    return day


def after_months(day: date, amount: int) -> date:
    """The same day so many months later, or the last there is: day by day."""
    reached, passed = day, 0
    while passed < amount:
        reached += ONE
        passed += reached.day == 1
    while reached.day < day.day and (reached + ONE).day != 1:
        reached += ONE
    return reached


def midnight_after(day: date) -> datetime:
    return datetime.combine(day + ONE, time())


def end_of(which: str, wall: datetime, amount: int, unit: Unit) -> datetime:
    """When a length that begins then is over."""
    day = wall.date()
    answers: dict[Unit, Callable[[], datetime]] = {
        Unit.MINUTES: lambda: wall + amount * MINUTE,
        Unit.HOURS: lambda: wall + 60 * amount * MINUTE,
        Unit.WORKING_HOURS: lambda: after_work(which, wall, amount * 60),
        Unit.DAYS: lambda: midnight_after(day + amount * ONE),
        Unit.WORKDAYS: lambda: midnight_after(after_workdays(which, day, amount)),
        Unit.WEEKS: lambda: midnight_after(day + 7 * amount * ONE),
        Unit.MONTHS: lambda: midnight_after(after_months(day, amount)),
        Unit.YEARS: lambda: midnight_after(after_months(day, 12 * amount)),
    }
    return answers[unit]()


def put_off(which: str, due: datetime, unit: Unit, since: datetime, until: datetime) -> datetime:
    """When a length is over that stood still for a while."""
    if unit in (Unit.MINUTES, Unit.HOURS):
        return due + (until - since)
    if unit is Unit.WORKING_HOURS:
        line = minutes(which)
        return after_work(which, due, sum(line[minute_of(since) : minute_of(until)]))
    days, day = 0, since.date()
    while day < until.date():
        day += ONE
        days += worked(which, day) if unit is Unit.WORKDAYS else 1
    last = (due - MINUTE).date()
    if unit is Unit.WORKDAYS:
        return midnight_after(after_workdays(which, last, days))
    return midnight_after(last + days * ONE)


def ahead_of(which: str, due: datetime, amount: int, unit: Unit) -> datetime:
    """When a reminder comes that is sent so long before the end of a day, or before a moment."""
    if unit is Unit.WORKING_HOURS:
        return before_work(which, due, amount * 60)
    if unit is Unit.WORKDAYS:
        last = (due - MINUTE).date()
        day = after_workdays(which, last, amount, -ONE)
        return due - (last - day)
    per = {Unit.MINUTES: MINUTE, Unit.HOURS: 60 * MINUTE, Unit.DAYS: ONE, Unit.WEEKS: 7 * ONE}
    return due - amount * per[unit]


# ---- both ----------------------------------------------------------------------------------------

LONGEST = {
    Unit.MINUTES: 5000,
    Unit.HOURS: 500,
    Unit.WORKING_HOURS: 16,
    Unit.DAYS: 200,
    Unit.WORKDAYS: 60,
    Unit.WEEKS: 30,
    Unit.MONTHS: 14,
    Unit.YEARS: 2,
}
REMINDS = (Unit.MINUTES, Unit.HOURS, Unit.WORKING_HOURS, Unit.DAYS, Unit.WORKDAYS, Unit.WEEKS)


def moment(wall: datetime) -> datetime:
    """A wall's moment in UTC."""
    return wall.replace(tzinfo=UTC) - EAST


def drawn() -> Iterator[tuple[str, Unit, random.Random]]:
    """The cases: every unit and every calendar as often."""
    dice = random.Random(SEED)
    for number in range(CASES):
        yield sorted(WEEKDAYS)[number % 4], list(Unit)[number // 4 % 8], dice


def test_ten_thousand_random_cases_are_counted_alike() -> None:
    counted = 0
    for which, unit, dice in drawn():
        tested = calendar().by(which, "")
        wall = datetime(2024, 1, 1) + dice.randrange(3 * 365 * 1440) * MINUTE  # noqa: DTZ001
        amount = dice.randint(0, LONGEST[unit])
        end = end_of(which, wall, amount, unit)
        due = tested.due(moment(wall), Length(amount, unit))
        assert due == moment(end), (which, wall, amount, unit)

        since = wall + dice.randrange(20 * 1440) * MINUTE
        until = since + dice.randrange(2 * 1440) * MINUTE
        later = put_off(which, end, unit, since, until)
        resumed = tested.resumed(due, unit, moment(since), moment(until))
        assert resumed == moment(later), (which, end, unit, since, until)

        reminder = dice.choice(REMINDS)
        amount = dice.randint(0, min(20, LONGEST[reminder]))
        told = tested.moved(due, Length(amount, reminder), back=True)
        assert told == moment(ahead_of(which, end, amount, reminder)), (which, end, reminder)
        counted += 1
    assert counted == CASES


def test_the_other_way_counts_the_holidays_of_the_spring_festival() -> None:
    """The count that everything is held against is held against the calendar on the wall."""
    friday = datetime(2026, 2, 13, 16)  # noqa: DTZ001
    assert after_work("hospital", friday, 4 * 60) == datetime(2026, 2, 14, 10)  # noqa: DTZ001
    assert after_workdays("hospital", date(2026, 2, 14), 1) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("which", "start", "hours", "end"),
    [
        ("hospital", "2026-02-13T16:00", 4, "2026-02-14T10:00"),
        ("clinic", "2026-02-13T16:00", 4, "2026-02-14T12:00"),
        ("emergency", "2026-02-13T16:00", 4, "2026-02-13T20:00"),
        ("emergency", "2026-02-16T22:00", 30, "2026-02-18T04:00"),
        ("night", "2026-02-13T16:00", 4, "2026-02-14T00:00"),
        ("night", "2026-02-14T02:00", 7, "2026-02-15T21:00"),
    ],
)
def test_each_calendar_counts_its_own_hours(which: str, start: str, hours: int, end: str) -> None:
    """Friday 13 February 2026, 16:00: the office closes at 18:00, and Saturday is made up."""
    due = (
        calendar()
        .by(which, "")
        .due(moment(datetime.fromisoformat(start)), Length(hours, Unit.WORKING_HOURS))
    )
    assert due == moment(datetime.fromisoformat(end))
