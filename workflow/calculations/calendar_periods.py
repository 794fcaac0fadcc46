"""The month, half-year and year that contain a day, with the day on which each ends.

S1-04-B2.1, S1-04-B2.2: inspections are half-yearly; S0-05-B2: liaison officers are trained every
month; S0-05-A2a: quizzes are held in a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of a day; `month` as 2026-07."""

    year: int
    month: str
    month_end: date
    half_year: str
    half_year_end: date
    year_end: date


def calendar_periods(day: date) -> Periods:
    """The periods that contain `day`."""
    first_half = day.month <= 6
    return Periods(
        year=day.year,
        month=f"{day.year:04d}-{day.month:02d}",
        month_end=last_of_month(day),
        half_year=f"{day.year}年{'上' if first_half else '下'}半年",
        half_year_end=date(day.year, 6, 30) if first_half else date(day.year, 12, 31),
        year_end=date(day.year, 12, 31),
    )


def last_of_month(day: date) -> date:
    """The last day of the month that contains `day`."""
    if day.month == 12:
        return day.replace(day=31)
    return day.replace(month=day.month + 1, day=1) - timedelta(days=1)


def _work(given: Given) -> Worked:
    found = calendar_periods(given.day("day"))
    return {
        "year": found.year,
        "month": found.month,
        "month_end": found.month_end,
        "half_year": found.half_year,
        "half_year_end": found.half_year_end,
        "year_end": found.year_end,
    }


CALENDAR_PERIODS = Calculation(
    key="calendar_periods",
    name=Sentence("所属期间", "Periods of a day"),
    rule=Sentence("月、半年、年都按公历", "Month, half-year and year of the calendar"),
    inputs=(Slot("day", Type.DATE, Sentence("日期", "Day")),),
    results=(
        Slot("year", Type.INTEGER, Sentence("年度", "Year")),
        Slot("month", Type.TEXT, Sentence("月份", "Month")),
        Slot("month_end", Type.DATE, Sentence("月末", "End of the month")),
        Slot("half_year", Type.TEXT, Sentence("半年期", "Half-year")),
        Slot("half_year_end", Type.DATE, Sentence("半年末", "End of the half-year")),
        Slot("year_end", Type.DATE, Sentence("年末", "End of the year")),
    ),
    clauses=("S0-05-A2a", "S0-05-B2", "S1-04-B2.1", "S1-04-B2.2"),
    work=_work,
)
