"""How limits are counted, against a count on the fingers that knows the holidays from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.calendar import Calendar, Length, Unit, parse_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
FILE = Path(__file__).parents[2] / "definitions" / "calendars" / "statutory.csv"
HALF_HOUR = timedelta(minutes=30)
#: The hours that are worked, by the half hours that begin in them.
WORKED = (8, 9, 10, 11, 14, 15, 16, 17)

starts = st.integers(0, 2 * 365 * 48).map(
    lambda n: datetime(2024, 1, 1, tzinfo=SHANGHAI) + n * HALF_HOUR
)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return parse_calendar(FILE.read_text(encoding="utf-8"))


@cache
def worked(day: date) -> tuple[datetime, ...]:
    """The half hours of a day that are worked, by their beginnings."""
    if not chinese_calendar.is_workday(day):
        return ()
    hours = (datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI) for hour in WORKED)
    return tuple(moment for hour in hours for moment in (hour, hour + HALF_HOUR))


def worked_from(start: datetime) -> Iterator[datetime]:
    """Every half hour that is worked, from a moment on."""
    day = start.date()
    while True:
        yield from (moment for moment in worked(day) if moment >= start)
        day += timedelta(days=1)


@settings(max_examples=1000, deadline=None)
@given(start=starts, amount=st.integers(0, 60))
def test_counting_day_by_day_gives_the_same(
    calendar: Calendar, start: datetime, amount: int
) -> None:
    day, left = start.date(), amount
    while left:
        day += timedelta(days=1)
        left -= 1 if worked(day) else 0
    limit = calendar.due(start, Length(amount, Unit.WORKDAYS))
    assert limit == datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
    assert calendar.workdays_between(start.date(), calendar.last_day(limit)) == amount
    plain = calendar.due(start, Length(amount, Unit.DAYS))
    assert (calendar.last_day(plain) - start.date()).days == amount


@settings(max_examples=1000, deadline=None)
@given(start=starts, amount=st.integers(1, 40))
def test_counting_half_hour_by_half_hour_gives_the_same(
    calendar: Calendar, start: datetime, amount: int
) -> None:
    (last,) = islice(worked_from(start), 2 * amount - 1, 2 * amount)
    limit = calendar.due(start, Length(amount, Unit.WORKING_HOURS))
    assert limit == last + HALF_HOUR
    assert calendar.working_hours_left(start, limit) == timedelta(hours=amount)
