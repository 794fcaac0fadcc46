"""The scores of an assessment, added up and averaged.

S0-15-37: designated institutions are assessed by indicators, each scored; the result counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.calculations.declaring import (
    TWICE,
    Calculation,
    Given,
    Slot,
    Type,
    Worked,
    repeated,
)
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Summary:
    """`average` in hundredths of a point, rounded half up."""

    count: int
    total: int
    average: int


def score_summary(scores: Iterable[int]) -> Summary:
    """Add and average scores. ValueError without any."""
    listed = tuple(scores)
    if not listed:
        raise ValueError("nothing was scored")
    total = sum(listed)
    return Summary(len(listed), total, (total * 200 + len(listed)) // (2 * len(listed)))


NOT_SCORED = Sentence(
    "指标“{name}”还没有评分，请补齐", "The indicator “{name}” has no score yet; complete it"
)
NONE_SCORED = Sentence("还没有任何指标评分", "Nothing is scored yet")


def _work(given: Given) -> Worked:
    rows = given.rows("scores")
    if not rows:
        return NONE_SCORED
    twice = repeated(tuple(row.text("indicator") for row in rows))
    if twice is not None:
        return TWICE.filled(name=twice)
    for row in rows:
        if row.maybe("score") is None:
            return NOT_SCORED.filled(name=row.text("indicator"))
    found = score_summary(row.figure("score") for row in rows)
    words = f"{found.average // 100}.{found.average % 100:02d}"
    return {"count": found.count, "total": found.total, "average": words}


SCORE_SUMMARY = Calculation(
    key="score_summary",
    name=Sentence("考核得分", "Scores"),
    rule=Sentence(
        "平均分＝总分÷指标数，四舍五入到0.01分", "The average is rounded half up to 0.01"
    ),
    inputs=(
        Slot(
            "scores",
            Type.ROWS,
            Sentence("指标得分", "Scores"),
            columns=(
                Slot("indicator", Type.TEXT, Sentence("指标", "Indicator")),
                Slot("score", Type.INTEGER, Sentence("得分", "Score"), optional=True),
            ),
        ),
    ),
    results=(
        Slot("count", Type.INTEGER, Sentence("指标数", "Indicators")),
        Slot("total", Type.INTEGER, Sentence("总分", "Total")),
        Slot("average", Type.TEXT, Sentence("平均分", "Average")),
    ),
    clauses=("S0-15-37",),
    work=_work,
)
