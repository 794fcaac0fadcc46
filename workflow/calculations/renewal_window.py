"""From when and until when a renewal may be asked for, counted back from the end of an agreement.

S0-15-42a: whoever wants to renew says so at least three months before the end; when the window
opens the source does not say (six months before, †). V1: months go to the same day, or to the last
day of a shorter month.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Window:
    """The first day of the window, and the last on which the institution may ask."""

    opens_on: date
    apply_by: date


def renewal_window(end: date, opens: int, closes: int) -> Window:
    """`opens` and `closes` are months before `end`. ValueError before the year 1."""
    return Window(months_before(end, opens), months_before(end, closes))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


TOO_EARLY = Sentence("日期太早，无法往前推算", "The day is too early to count back from")


def _work(given: Given) -> Worked:
    end, opens, closes = given.day("end"), given.figure("opens"), given.figure("closes")
    if end.year * 12 + end.month - max(opens, closes) < 13:
        return TOO_EARLY
    found = renewal_window(end, opens, closes)
    return {"opens_on": found.opens_on, "apply_by": found.apply_by}


RENEWAL_WINDOW = Calculation(
    key="renewal_window",
    name=Sentence("续签期", "Window of renewal"),
    rule=Sentence(
        "从期满日往前数几个月，到同一日；该月没有这一日的到月底",
        "So many months before the end, on the same day, or the last of a shorter month",
    ),
    inputs=(
        Slot("end", Type.DATE, Sentence("期满日", "Ends on")),
        Slot("opens", Type.INTEGER, Sentence("提前几个月开始", "Opens so many months before")),
        Slot("closes", Type.INTEGER, Sentence("至少提前几个月申请", "Asked so many months before")),
    ),
    results=(
        Slot("opens_on", Type.DATE, Sentence("续签期开始", "Opens on")),
        Slot("apply_by", Type.DATE, Sentence("最迟申请日", "To be asked by")),
    ),
    clauses=("S0-15-42a",),
    work=_work,
)
