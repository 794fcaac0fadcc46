"""A share of a whole against the share that was agreed.

S0-16-B7: the share that insured patients bear; S0-16-D2b: the share of class A and B drugs; both as
the agreement says. The comparison is exact: it is made before anything is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.calculations.declaring import Calculation, Given, Slot, Type, Worked
from workflow.calculations.sharing import hundredths_of_percent, percent_words
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Ratio:
    """`ratio` in hundredths of a percent, rounded half up; `kept`: the limit is kept exactly."""

    ratio: int
    kept: bool


def quota_ratio(part: int, whole: int, limit: int | None, at_least: bool = False) -> Ratio:
    """`part` of `whole` against a limit in hundredths of a percent: at most it, or at least it.

    Without a limit it is kept. ValueError when the whole is not more than zero.
    """
    if whole <= 0:
        raise ValueError("a share needs a whole")
    if limit is None:
        return Ratio(hundredths_of_percent(part, whole), True)
    exact, bound = part * 10_000, whole * limit
    kept = exact >= bound if at_least else exact <= bound
    return Ratio(hundredths_of_percent(part, whole), kept)


NO_WHOLE = Sentence("合计为0，算不出比例", "The whole is zero, so there is no share of it")


def _work(given: Given) -> Worked:
    if given.figure("whole") <= 0:
        return NO_WHOLE
    found = quota_ratio(
        given.figure("part"), given.figure("whole"), given.maybe("limit"), given.flag("at_least")
    )
    return {"ratio": found.ratio, "words": percent_words(found.ratio), "kept": found.kept}


QUOTA_RATIO = Calculation(
    key="quota_ratio",
    name=Sentence("定额比例", "Share against the agreed limit"),
    rule=Sentence(
        "比例＝部分÷合计，四舍五入到0.01%；与约定比较时不先舍入",
        "Part of whole, rounded half up to 0.01%; the limit is compared before rounding",
    ),
    inputs=(
        Slot("part", Type.MONEY, Sentence("部分", "Part")),
        Slot("whole", Type.MONEY, Sentence("合计", "Whole")),
        Slot("limit", Type.PERCENT, Sentence("约定", "Agreed"), optional=True),
        Slot("at_least", Type.BOOL, Sentence("约定为下限", "At least"), optional=True),
    ),
    results=(
        Slot("ratio", Type.PERCENT, Sentence("比例", "Share")),
        Slot("words", Type.TEXT, Sentence("写作", "In words")),
        Slot("kept", Type.BOOL, Sentence("符合约定", "Within what was agreed")),
    ),
    clauses=("S0-16-B7", "S0-16-D2b"),
    work=_work,
)
