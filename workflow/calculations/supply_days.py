"""For how many days a prescribed drug lasts, from its quantity and its daily dose.

S0-01-05a…c, S0-06-04b: an outpatient prescription holds so many days; S0-15-15b: not more than the
limit. A day that is only begun counts whole, so that no limit is passed by a remainder.
"""

from __future__ import annotations

from workflow.calculations.declaring import Calculation, Given, Row, Slot, Type, Worked
from workflow.refusals import Sentence


def supply_days(quantity: int, daily: int) -> int:
    """Days of supply, a day begun counts whole. ValueError without a daily dose."""
    if daily <= 0:
        raise ValueError("a daily dose is more than zero")
    return -(-quantity // daily)


NO_DOSE = Sentence("“{name}”的每日用量须大于0", "The daily dose of “{name}” must be more than 0")


def _work(given: Given) -> Worked:
    supply: list[Row] = []
    wrong: list[str] = []
    longest = 0
    for row in given.rows("drugs"):
        name, written = row.text("drug"), row.figure("days")
        quantity, daily = row.maybe("quantity"), row.maybe("daily")
        if quantity is None or daily is None:
            days = written
        elif daily <= 0:
            return NO_DOSE.filled(name=name)
        else:
            days = supply_days(quantity, daily)
            supply.append({"drug": name, "quantity": quantity, "daily": daily, "days": days})
        if days != written:
            wrong.append(name)
        longest = max(longest, days)
    return {"supply": tuple(supply), "longest": longest, "differing": tuple(wrong)}


_DRUG = Slot("drug", Type.TEXT, Sentence("药品", "Drug"))

SUPPLY_DAYS = Calculation(
    key="supply_days",
    name=Sentence("供药天数", "Days of supply"),
    rule=Sentence(
        "天数＝总量÷每日用量，不足一天按一天；没有写总量和用量的按所写天数",
        "Quantity by daily dose, a day begun counts whole; without them the days as written",
    ),
    inputs=(
        Slot(
            "drugs",
            Type.ROWS,
            Sentence("药品明细", "Drugs"),
            columns=(
                _DRUG,
                Slot("days", Type.INTEGER, Sentence("所写天数", "Days as written")),
                Slot("quantity", Type.INTEGER, Sentence("总量", "Quantity"), optional=True),
                Slot("daily", Type.INTEGER, Sentence("每日用量", "A day"), optional=True),
            ),
        ),
    ),
    results=(
        Slot(
            "supply",
            Type.ROWS,
            Sentence("核算天数", "Days worked out"),
            columns=(
                _DRUG,
                Slot("quantity", Type.INTEGER, Sentence("总量", "Quantity")),
                Slot("daily", Type.INTEGER, Sentence("每日用量", "A day")),
                Slot("days", Type.INTEGER, Sentence("天数", "Days")),
            ),
        ),
        Slot("longest", Type.INTEGER, Sentence("最长天数", "Longest")),
        Slot("differing", Type.TEXTS, Sentence("所写天数不符", "Written otherwise")),
    ),
    clauses=("S0-01-05a", "S0-01-05b", "S0-01-05c", "S0-06-04b", "S0-15-15b"),
    work=_work,
)
