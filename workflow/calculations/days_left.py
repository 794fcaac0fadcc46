"""For how many days what was dispensed of the same drugs still lasts.

S0-06-04c: in a stay the next oral drug is ordered when the last bottle is used up; until then
another counts as over-quantity. The day on which a drug is dispensed is its first day. A later
bottle begins when the one before is used up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.refusals import Sentence


def used_up_on(bottles: Iterable[tuple[date, int]]) -> date | None:
    """The last day that bottles (dispensed on, days of supply) of one drug last; None of none."""
    last: date | None = None
    for since, days in sorted(bottles):
        first = since if last is None or last < since else last + timedelta(days=1)
        last = first + timedelta(days=days - 1)
    return last


def _bottle(since: str, days: str) -> tuple[date, int] | None:
    """A dispensing; None for one without its day or its days, which lasts for nothing."""
    try:
        return date.fromisoformat(since), int(days)
    except ValueError:
        return None


def _work(given: Given) -> Worked:
    dispensed = given.texts("dispensed"), given.texts("supplied"), given.texts("since")
    ordered = {
        row.text("drug") for row in given.rows("ordered") if row.values.get("oral") is not False
    }
    bottles: dict[str, list[tuple[date, int]]] = {}
    for drug, days, since in zip(*dispensed, strict=True):
        bottle = _bottle(since, days)
        if drug in ordered and bottle is not None:
            bottles.setdefault(drug, []).append(bottle)
    today = given.day("today")
    ends = {drug: used_up_on(of_drug) or today for drug, of_drug in bottles.items()}
    left = sorted(drug for drug, end in ends.items() if end >= today)
    if not left:
        return {"remaining": 0, "until": None, "drugs": ()}
    last = max(ends[drug] for drug in left)
    return {"remaining": (last - today).days + 1, "until": last, "drugs": tuple(left)}


_DRUG = Slot("drug", Type.TEXT, Sentence("药品", "Drug"))

DAYS_LEFT = Calculation(
    key="days_left",
    name=Sentence("余量天数", "Days left"),
    rule=Sentence(
        "按配药记录，同一药品配药当天起一天一份，后一瓶接在前一瓶之后；到今天还剩几天，几种药取最长的；"
        "写明不是口服的不算",
        "By the dispensings: the day of dispensing is the first, a later bottle follows the one "
        "before; of several drugs the longest counts, and what is said not to be oral does not",
    ),
    inputs=(
        Slot(
            "ordered",
            Type.ROWS,
            Sentence("本次所开", "Ordered now"),
            columns=(
                _DRUG,
                Slot("oral", Type.BOOL, Sentence("口服", "Oral"), optional=True),
            ),
        ),
        Slot("dispensed", Type.TEXTS, Sentence("已配药品", "Dispensed"), optional=True),
        Slot("supplied", Type.TEXTS, Sentence("已配天数", "Days dispensed"), optional=True),
        Slot("since", Type.TEXTS, Sentence("配药日期", "Dispensed on"), optional=True),
        Slot("today", Type.DATE, Sentence("今天", "Today")),
    ),
    results=(
        Slot("remaining", Type.INTEGER, Sentence("余量天数", "Days left")),
        Slot("until", Type.DATE, Sentence("吃完的日期", "Used up on"), optional=True),
        Slot("drugs", Type.TEXTS, Sentence("还有余量的药品", "Drugs left")),
    ),
    clauses=("S0-06-04c",),
    work=_work,
)
