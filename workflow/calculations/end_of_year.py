"""The last day of a year, or of one that comes so many years later.

S0-15-37: institutions are assessed every year; when the assessment has to be over the source does
not say (the end of the following year, †).
"""

from __future__ import annotations

from datetime import MAXYEAR, date

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


def end_of_year(year: int, later: int = 0) -> date:
    """31 December of `year + later`."""
    return date(year + later, 12, 31)


NO_YEAR = Sentence("没有这一年", "There is no such year")


def _work(given: Given) -> Worked:
    year, later = given.figure("year"), given.figure_or("later", 0)
    if not 1 <= year + later <= MAXYEAR:
        return NO_YEAR
    return {"day": end_of_year(year, later)}


END_OF_YEAR = Calculation(
    key="end_of_year",
    name=Sentence("年末日期", "End of a year"),
    rule=Sentence(
        "该年（或之后几年）的12月31日", "31 December of the year, or so many years later"
    ),
    inputs=(
        Slot("year", Type.INTEGER, Sentence("年度", "Year")),
        Slot("later", Type.INTEGER, Sentence("之后几年", "Years later"), optional=True),
    ),
    results=(Slot("day", Type.DATE, Sentence("日期", "Day")),),
    clauses=("S0-15-37",),
    work=_work,
)
