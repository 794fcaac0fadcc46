"""When what recurs is due: on the hospital's clock, in its months, on its working days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import Calendar
from workflow.design.schedules import Every
from workflow.running.occasions import Beat, next_occasion, occasions

CALENDAR = Calendar({date(2026, 5, 1): False, date(2026, 5, 9): True}, {}, date(2026, 12, 31))
EIGHT = (time(8),)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def due(beat: Beat, since: str, until: str) -> list[str]:
    found = occasions(beat, CALENDAR, at(since), at(until))
    return [f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for one in found]


def test_every_day_at_each_of_its_times_after_one_moment_and_up_to_another() -> None:
    beat = Beat(Every.DAY, (time(8, 30), time(17)))

    assert due(beat, "2026-03-02 08:30", "2026-03-03 17:00") == [
        "2026-03-02 17:00",
        "2026-03-03 08:30",
        "2026-03-03 17:00",
    ]


def test_working_days_skip_holidays_and_count_make_up_saturdays() -> None:
    beat = Beat(Every.WORKDAY, EIGHT)

    assert due(beat, "2026-04-30 09:00", "2026-05-05 00:00") == ["2026-05-04 08:00"]
    assert due(beat, "2026-05-08 09:00", "2026-05-10 00:00") == ["2026-05-09 08:00"]


def test_once_a_week_on_its_day() -> None:
    beat = Beat(Every.WEEK, EIGHT, weekday=5)

    assert due(beat, "2026-03-01 00:00", "2026-03-15 00:00") == [
        "2026-03-06 08:00",
        "2026-03-13 08:00",
    ]


def test_a_month_without_that_day_has_its_last_one() -> None:
    beat = Beat(Every.MONTH, EIGHT, day=31)

    assert due(beat, "2026-01-15 00:00", "2026-05-01 00:00") == [
        "2026-01-31 08:00",
        "2026-02-28 08:00",
        "2026-03-31 08:00",
        "2026-04-30 08:00",
    ]


def test_working_days_of_a_month_are_counted_from_either_end() -> None:
    first = Beat(Every.MONTH, EIGHT, workday=1)
    last = Beat(Every.MONTH, EIGHT, workday=-1)

    assert due(first, "2026-05-01 00:00", "2026-05-31 00:00") == ["2026-05-04 08:00"]
    assert due(last, "2026-05-01 00:00", "2026-05-31 00:00") == ["2026-05-29 08:00"]


@pytest.mark.parametrize(
    ("every", "month", "expected"),
    [
        (Every.QUARTER, 1, ["2026-01-05", "2026-04-05", "2026-07-05", "2026-10-05"]),
        (Every.QUARTER, 3, ["2026-03-05", "2026-06-05", "2026-09-05", "2026-12-05"]),
        (Every.HALF_YEAR, 1, ["2026-01-05", "2026-07-05"]),
        (Every.YEAR, 12, ["2026-12-05"]),
    ],
)
def test_longer_rhythms_have_their_month(every: Every, month: int, expected: list[str]) -> None:
    beat = Beat(every, EIGHT, month=month, day=5)

    found = due(beat, "2025-12-31 00:00", "2026-12-31 00:00")
    assert [one[:10] for one in found] == expected


def test_a_turn_has_the_name_of_its_period_and_of_the_one_before() -> None:
    def names(beat: Beat) -> tuple[str, str]:
        (one,) = occasions(beat, CALENDAR, at("2026-01-01 00:00"), at("2026-01-08 00:00"))
        return one.period, one.last_period

    assert names(Beat(Every.MONTH, EIGHT, day=5)) == ("2026-01", "2025-12")
    assert names(Beat(Every.QUARTER, EIGHT, day=5)) == ("2026年第1季度", "2025年第4季度")
    assert names(Beat(Every.HALF_YEAR, EIGHT, day=5)) == ("2026年上半年", "2025年下半年")
    assert names(Beat(Every.YEAR, EIGHT, day=5)) == ("2026年", "2025年")
    assert names(Beat(Every.WEEK, EIGHT, weekday=1)) == ("2026年第2周", "2026年第1周")


def test_a_period_and_the_one_before_have_their_last_days() -> None:
    def ends(beat: Beat) -> list[str]:
        (one,) = occasions(beat, CALENDAR, at("2026-03-01 00:00"), at("2026-03-08 00:00"))
        return [day.isoformat() for day in one.ends]

    assert ends(Beat(Every.MONTH, EIGHT, day=5)) == ["2026-03-31", "2026-02-28"]
    assert ends(Beat(Every.QUARTER, EIGHT, month=3, day=5)) == ["2026-03-31", "2025-12-31"]
    assert ends(Beat(Every.HALF_YEAR, EIGHT, month=3, day=5)) == ["2026-06-30", "2025-12-31"]
    assert ends(Beat(Every.WEEK, EIGHT, weekday=5)) == ["2026-03-08", "2026-03-01"]


def test_a_period_has_one_slot_whichever_day_it_falls_on() -> None:
    (fifth,) = occasions(
        Beat(Every.MONTH, EIGHT, day=5), CALENDAR, at("2026-03-01"), at("2026-03-09")
    )
    (tenth,) = occasions(
        Beat(Every.MONTH, EIGHT, day=10), CALENDAR, at("2026-03-09"), at("2026-03-30")
    )

    assert fifth.slot == tenth.slot
    assert fifth.at != tenth.at


def test_what_is_due_next_may_be_years_away_but_not_never() -> None:
    ahead = next_occasion(Beat(Every.YEAR, EIGHT, month=1, day=1), CALENDAR, at("2026-01-01 08:00"))

    assert ahead is not None
    assert ahead.at == at("2027-01-01 08:00")
    assert next_occasion(Beat(Every.DAY, ()), CALENDAR, at("2026-01-01")) is None


BEATS = st.builds(
    Beat,
    st.sampled_from(Every),
    st.sets(st.times(), min_size=1, max_size=3).map(lambda some: tuple(sorted(some))),
    st.integers(1, 7),
    st.just(1),
    st.integers(1, 31),
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(BEATS, st.lists(MOMENTS, min_size=2, max_size=4))
def test_however_often_one_looks_each_turn_is_seen_once(beat: Beat, looks: list[datetime]) -> None:
    """A look from one moment to another sees what several looks between them see together."""
    looks = sorted(looks)
    if (looks[-1] - looks[0]).days > 500:
        looks = [looks[0], *(one for one in looks if (one - looks[0]).days <= 500)]
    whole = list(occasions(beat, CALENDAR, looks[0], looks[-1]))
    parts = [
        one for since, until in pairwise(looks) for one in occasions(beat, CALENDAR, since, until)
    ]

    assert parts == whole
    assert [one.at for one in whole] == sorted(one.at for one in whole)
