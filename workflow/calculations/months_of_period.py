"""The months of a period that is written in words: a year, a half, a quarter or a month.

S0-01-09a names targets without a period; the register lets a hospital set them by year, quarter or
month, and what departments have cost comes month by month (†).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from workflow.calculations.calendar_periods import last_of_month
from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Period:
    """`months` as 2026-07, in their order; the first day of the first, the last of the last."""

    months: tuple[str, ...]
    first: date
    last: date


_YEAR = r"([0-9]{4})年"
#: How a period is written, and how many months it has; what is counted in it stands in `_PLACES`.
_WRITTEN = (
    (re.compile(_YEAR), 12),
    (re.compile(f"{_YEAR}([上下])半年"), 6),
    (re.compile(f"{_YEAR}第?([1-4一二三四])季度"), 3),
    (re.compile(f"{_YEAR}([0-9]{{1,2}})月"), 1),
    (re.compile("([0-9]{4})-([0-9]{2})"), 1),
)
_PLACES = {"上": 1, "下": 2, "一": 1, "二": 2, "三": 3, "四": 4}


def months_of_period(words: str) -> Period:
    """The months of a period such as 2026年, 2026年上半年, 2026年第1季度, 2026年7月 or 2026-07.

    ValueError when it is written otherwise or there is no such month.
    """
    text = "".join(words.split())
    for pattern, length in _WRITTEN:
        found = pattern.fullmatch(text)
        if found is not None:
            place = found[2] if pattern.groups > 1 else "1"
            number = _PLACES.get(place) or int(place)
            return _period(int(found[1]), (number - 1) * length + 1, length)
    raise ValueError(f"no period: {words}")


def _period(year: int, first: int, length: int) -> Period:
    months = [date(year, month, 1) for month in range(first, first + length)]
    return Period(tuple(f"{month:%Y-%m}" for month in months), months[0], last_of_month(months[-1]))


NO_PERIOD = Sentence(
    "“{words}”看不出是哪几个月，请写成 2026年、2026年上半年、2026年第1季度、2026年7月 或 2026-07",
    "{words}: which months are meant? Write 2026年, 2026年上半年, 2026年第1季度, 2026年7月 or "
    "2026-07",
)


def _work(given: Given) -> Worked:
    words = given.text("period")
    try:
        found = months_of_period(words)
    except ValueError:
        return NO_PERIOD.filled(words=words)
    return {"months": found.months, "first": found.first, "last": found.last}


MONTHS_OF_PERIOD = Calculation(
    key="months_of_period",
    name=Sentence("期间的各月", "Months of a period"),
    rule=Sentence(
        "年、半年、季、月都按公历，写成 2026年、2026年上半年、2026年第1季度、2026年7月 或 2026-07",
        "Years, halves, quarters and months of the calendar, written as 2026年, 2026年上半年, "
        "2026年第1季度, 2026年7月 or 2026-07",
    ),
    inputs=(Slot("period", Type.TEXT, Sentence("期间", "Period")),),
    results=(
        Slot("months", Type.TEXTS, Sentence("各月", "Months")),
        Slot("first", Type.DATE, Sentence("第一天", "First day")),
        Slot("last", Type.DATE, Sentence("最后一天", "Last day")),
    ),
    clauses=("S0-01-09a",),
    work=_work,
)
