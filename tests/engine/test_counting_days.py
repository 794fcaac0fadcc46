"""How limits are counted: register convention V1, on the real holidays of 2024 to 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from workflow.calendar import Calendar, CalendarUnreadable, Length, Unit, parse_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
FILE = Path(__file__).parents[2] / "definitions" / "calendars" / "statutory.csv"


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return parse_calendar(FILE.read_text(encoding="utf-8"))


def at(text: str) -> datetime:
    """A moment on the hospital's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due(calendar: Calendar, start: str, amount: int, unit: Unit) -> datetime:
    return calendar.due(at(start), Length(amount, unit))


# The table of holidays


def test_the_file_agrees_with_the_state_council_on_every_day_it_covers(calendar: Calendar) -> None:
    day = date(2024, 1, 1)
    while day <= calendar.covered_until:
        assert calendar.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)
    assert day == date(2027, 1, 1)


def test_the_file_lists_only_days_that_differ_from_monday_to_friday(calendar: Calendar) -> None:
    assert [day for day, works in calendar.days.items() if works == (day.weekday() < 5)] == []


def test_a_holiday_and_its_make_up_day_say_why(calendar: Calendar) -> None:
    assert calendar.names[date(2026, 2, 17)] == "春节"
    assert calendar.names[date(2026, 2, 14)] == "春节调休上班"


def test_beyond_the_decreed_days_monday_to_friday_is_assumed_and_said_to_be_provisional(
    calendar: Calendar,
) -> None:
    assert not calendar.is_provisional(due(calendar, "2026-12-24T09:00", 5, Unit.WORKDAYS))
    beyond = due(calendar, "2026-12-24T09:00", 6, Unit.WORKDAYS)
    assert beyond == at("2027-01-02T00:00")  # in truth New Year, but nobody has decreed it yet
    assert calendar.is_provisional(beyond)


def test_only_working_days_and_hours_follow_the_calendar() -> None:
    assert {unit for unit in Unit if unit.follows_calendar} == {
        Unit.WORKDAYS,
        Unit.WORKING_HOURS,
    }


# Days


def test_the_day_of_the_event_is_day_zero_and_the_last_day_counts_until_midnight(
    calendar: Calendar,
) -> None:
    three_days = due(calendar, "2026-03-02T23:59", 3, Unit.DAYS)
    assert three_days == at("2026-03-06T00:00")
    assert calendar.last_day(three_days) == date(2026, 3, 5)


def test_a_limit_of_no_days_ends_with_the_same_day(calendar: Calendar) -> None:
    assert due(calendar, "2026-03-02T08:00", 0, Unit.DAYS) == at("2026-03-03T00:00")
    assert due(calendar, "2026-03-02T08:00", 0, Unit.WORKDAYS) == at("2026-03-03T00:00")


def test_the_hospital_has_its_own_midnight_and_not_that_of_greenwich(calendar: Calendar) -> None:
    just_after_midnight = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    assert calendar.local_day(just_after_midnight) == date(2026, 3, 2)
    assert calendar.due(just_after_midnight, Length(1, Unit.DAYS)) == at("2026-03-04T00:00")


def test_every_due_is_said_in_utc(calendar: Calendar) -> None:
    for unit in Unit:
        assert due(calendar, "2026-03-02T10:00", 1, unit).tzinfo is UTC


def test_five_working_days_skip_the_spring_festival_and_count_the_make_up_saturday(
    calendar: Calendar,
) -> None:
    # 12 February is day 0; 13 Fri, 14 Sat (made up), 24 Tue, 25 Wed, 26 Thu.
    five = due(calendar, "2026-02-12T15:00", 5, Unit.WORKDAYS)
    assert calendar.last_day(five) == date(2026, 2, 26)


def test_plain_days_run_through_holidays(calendar: Calendar) -> None:
    assert due(calendar, "2026-02-12T15:00", 5, Unit.DAYS) == at("2026-02-18T00:00")


def test_two_weeks_are_fourteen_days(calendar: Calendar) -> None:
    two_weeks = due(calendar, "2026-03-02T09:00", 2, Unit.WEEKS)
    assert two_weeks == due(calendar, "2026-03-02T09:00", 14, Unit.DAYS)


# Months and years


@pytest.mark.parametrize(
    ("start", "amount", "unit", "last"),
    [
        ("2026-03-15T09:00", 3, Unit.MONTHS, date(2026, 6, 15)),
        ("2026-01-31T09:00", 1, Unit.MONTHS, date(2026, 2, 28)),
        ("2024-01-31T09:00", 1, Unit.MONTHS, date(2024, 2, 29)),
        ("2025-12-31T09:00", 2, Unit.MONTHS, date(2026, 2, 28)),
        ("2026-11-30T09:00", 3, Unit.MONTHS, date(2027, 2, 28)),
        ("2024-02-29T09:00", 1, Unit.YEARS, date(2025, 2, 28)),
        ("2024-02-29T09:00", 4, Unit.YEARS, date(2028, 2, 29)),
        ("2026-05-10T09:00", 15, Unit.YEARS, date(2041, 5, 10)),
    ],
)
def test_months_and_years_go_to_the_same_day_or_the_last_of_the_month(
    calendar: Calendar, start: str, amount: int, unit: Unit, last: date
) -> None:
    assert due(calendar, start, amount, unit) == calendar.end_of_day(last)


# Hours


def test_seventy_two_hours_run_through_nights_and_weekends(calendar: Calendar) -> None:
    assert due(calendar, "2026-03-06T17:30", 72, Unit.HOURS) == at("2026-03-09T17:30")
    assert due(calendar, "2026-03-06T23:50", 30, Unit.MINUTES) == at("2026-03-07T00:20")


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-02-13T16:00", 4, "2026-02-14T10:00"),  # into a Saturday that is made up
        ("2026-03-02T08:00", 4, "2026-03-02T12:00"),  # full at noon, and not only at two
        ("2026-03-02T11:00", 2, "2026-03-02T15:00"),  # lunch does not count
        ("2026-03-02T12:30", 1, "2026-03-02T15:00"),
        ("2026-03-02T03:00", 8, "2026-03-02T18:00"),
        ("2026-03-06T18:00", 1, "2026-03-09T09:00"),  # Friday evening to Monday
        ("2026-03-07T10:00", 0, "2026-03-07T10:00"),
    ],
)
def test_working_hours_run_only_while_the_offices_are_open(
    calendar: Calendar, start: str, amount: int, expected: str
) -> None:
    assert due(calendar, start, amount, Unit.WORKING_HOURS) == at(expected)


def test_working_time_left_shrinks_to_nothing_and_then_says_by_how_much_it_is_overdue(
    calendar: Calendar,
) -> None:
    limit = at("2026-02-14T10:00")
    assert calendar.working_hours_left(at("2026-02-13T16:00"), limit) == timedelta(hours=4)
    assert calendar.working_hours_left(at("2026-02-13T22:00"), limit) == timedelta(hours=2)
    assert calendar.working_hours_left(limit, limit) == timedelta()
    assert calendar.working_hours_left(at("2026-02-14T11:30"), limit) == -timedelta(minutes=90)


def test_working_days_between_two_dates_leave_out_the_first(calendar: Calendar) -> None:
    assert calendar.workdays_between(date(2026, 2, 12), date(2026, 2, 26)) == 5
    assert calendar.workdays_between(date(2026, 2, 26), date(2026, 2, 12)) == -5
    assert calendar.workdays_between(date(2026, 2, 12), date(2026, 2, 12)) == 0


# The hospital's own days


def test_a_day_that_the_hospital_decides_otherwise_moves_the_limit(calendar: Calendar) -> None:
    anniversary = date(2026, 3, 4)
    ours = calendar.with_days({anniversary: False}, names={anniversary: "院庆"})
    assert calendar.last_day(due(calendar, "2026-03-02T09:00", 2, Unit.WORKDAYS)) == anniversary
    assert ours.last_day(due(ours, "2026-03-02T09:00", 2, Unit.WORKDAYS)) == date(2026, 3, 5)
    assert ours.names[anniversary] == "院庆"
    assert calendar.is_workday(anniversary)


def test_a_changed_day_loses_its_old_name(calendar: Calendar) -> None:
    assert date(2026, 2, 17) not in calendar.with_days({date(2026, 2, 17): True}).names


def test_the_notice_of_another_year_ends_what_was_provisional(calendar: Calendar) -> None:
    new_year = date(2027, 1, 1)
    told = calendar.with_days({new_year: False}, covered_until=date(2027, 12, 31))
    limit = due(told, "2026-12-24T09:00", 6, Unit.WORKDAYS)
    assert told.last_day(limit) == date(2027, 1, 4)
    assert not told.is_provisional(limit)


def test_a_calendar_keeps_its_own_copy_of_its_days() -> None:
    days = {date(2026, 3, 4): False}
    calendar = Calendar(days, {}, date(2026, 12, 31))
    days[date(2026, 3, 5)] = False
    assert calendar.is_workday(date(2026, 3, 5))


# What is refused


def test_a_moment_without_a_time_zone_is_refused(calendar: Calendar) -> None:
    naive = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - naive is the point
    for unit in Unit:
        with pytest.raises(ValueError, match="no time zone"):
            calendar.due(naive, Length(1, unit))
    with pytest.raises(ValueError, match="no time zone"):
        calendar.working_hours_left(naive, at("2026-03-02T09:00"))


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("amount", [-1, 10**9, 10**30])
def test_a_negative_or_absurd_length_is_refused(amount: int, unit: Unit) -> None:
    with pytest.raises(ValueError, match="expected 0 to"):
        Length(amount, unit)


@pytest.mark.parametrize(
    "hours",
    [(), ((time(14), time(18)), (time(8), time(12))), ((time(8), time(12)), (time(11), time(18)))],
    ids=["none", "backwards", "overlapping"],
)
def test_impossible_office_hours_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="in order and apart"):
        Calendar({}, {}, date(2026, 12, 31), hours=hours)


def test_a_bad_file_is_refused_with_every_line_that_needs_a_change() -> None:
    text = (
        "# covered_until: 2026-12-31\n"
        "date,is_work,name\n"
        "2026-02-30,false,春节\n"
        "20260217,false,春节\n"
        "2026-02-18,maybe,春节\n"
        "2026-02-19,false\n"
        "2026-02-20,false,春节\n"
        "2026-02-20,true,春节\n"
        "2027-01-01,false,元旦\n"
    )
    with pytest.raises(CalendarUnreadable) as refused:
        parse_calendar(text)
    assert [problem.line for problem in refused.value.problems] == [3, 4, 5, 6, 8, 9]
    assert "2026-02-30" in refused.value.problems[0].zh
    assert "第 7 行" in refused.value.problems[4].zh
    assert "line 7" in refused.value.problems[4].en


def test_a_file_must_say_how_far_it_is_decreed_and_what_its_columns_are() -> None:
    with pytest.raises(CalendarUnreadable) as refused:
        parse_calendar("day,free\n2026-01-01,false,元旦\n")
    assert [problem.line for problem in refused.value.problems] == [1, 1]
    assert "covered_until" in str(refused.value)


def test_a_file_that_a_spreadsheet_has_saved_is_read_all_the_same() -> None:
    calendar = parse_calendar(
        "\ufeff# covered_until: 2026-12-31\r\ndate,is_work,name\r\n2026-01-04,TRUE,元旦调休上班\r\n"
    )
    assert calendar.is_workday(date(2026, 1, 4))
