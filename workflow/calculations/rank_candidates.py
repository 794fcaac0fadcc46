"""Which institutions are candidates for a visit on site: the first by use of the fund or by growth.

S1-04-B2.1: of a city the first by use and the first by growth together; S1-04-B2.2: of a county the
first by use. The source does not say who breaks a tie: ties at the line are named, and whoever
makes the list says who goes first and why (†).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workflow.calculations.declaring import (
    TWICE,
    Calculation,
    Given,
    Row,
    Slot,
    Type,
    Worked,
    repeated,
)
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution, what it used of the fund (fen) and by how much that grew (0.01 %)."""

    name: str
    used: int
    growth: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """Names: who is a candidate, in the order of use, and who stood equal at the line."""

    by_use: tuple[str, ...]
    candidates: tuple[str, ...]
    tied: tuple[str, ...]


def rank_candidates(
    institutions: Sequence[Institution], top: int, growth_too: bool, first: Sequence[str] = ()
) -> Ranking:
    """The first `top` by use and, with `growth_too`, the first `top` by growth, each once.

    `first` are names that go before others of the same figure, in this order; then by name. The
    order of `institutions` makes no difference.
    """
    preferred = {name: place for place, name in enumerate(first)}

    def order(measure: Callable[[Institution], int]) -> list[Institution]:
        return sorted(
            institutions,
            key=lambda one: (-measure(one), preferred.get(one.name, len(preferred)), one.name),
        )

    measures: list[Callable[[Institution], int]] = [lambda one: one.used]
    if growth_too:
        measures.append(lambda one: one.growth)
    by_use = order(measures[0])
    chosen: set[str] = set()
    tied: set[str] = set()
    for measure in measures:
        ranked = order(measure)
        chosen |= {one.name for one in ranked[:top]}
        tied |= {one.name for one in _at_the_line(ranked, top, measure)}
    return Ranking(
        tuple(one.name for one in by_use),
        tuple(one.name for one in by_use if one.name in chosen),
        tuple(one.name for one in by_use if one.name in tied),
    )


def _at_the_line(
    ranked: Sequence[Institution], top: int, measure: Callable[[Institution], int]
) -> list[Institution]:
    """Those with the figure of the last who got in, when somebody of that figure did not."""
    if not 0 < top < len(ranked) or measure(ranked[top - 1]) != measure(ranked[top]):
        return []
    return [one for one in ranked if measure(one) == measure(ranked[top])]


def _work(given: Given) -> Worked:
    rows = given.rows("institutions")
    twice = repeated(tuple(row.text("institution") for row in rows))
    if twice is not None:
        return TWICE.filled(name=twice)
    institutions = {
        row.text("institution"): Institution(
            row.text("institution"), row.figure("used"), row.figure_or("growth", 0)
        )
        for row in rows
    }
    found = rank_candidates(
        tuple(institutions.values()),
        given.figure("top"),
        given.flag("growth_too"),
        given.texts("first"),
    )
    ranking: tuple[Row, ...] = tuple(
        {
            "place": place,
            "institution": name,
            "used": institutions[name].used,
            "growth": institutions[name].growth,
            "candidate": name in found.candidates,
        }
        for place, name in enumerate(found.by_use, start=1)
    )
    return {"ranking": ranking, "candidates": found.candidates, "tied": found.tied}


_INSTITUTION = Slot("institution", Type.TEXT, Sentence("机构", "Institution"))
_USED = Slot("used", Type.MONEY, Sentence("使用资金", "Used"))

RANK_CANDIDATES = Calculation(
    key="rank_candidates",
    name=Sentence("候选排名", "Ranking of candidates"),
    rule=Sentence(
        "按使用资金从多到少（市本级另按增速）取前几名，合并去重；线上并列的按所写先后，再按名称",
        "The first by use, of a city by growth too, each once; of equals the order written counts, "
        "then the name",
    ),
    inputs=(
        Slot(
            "institutions",
            Type.ROWS,
            Sentence("使用大病资金的机构", "Institutions using the fund"),
            columns=(
                _INSTITUTION,
                _USED,
                Slot("growth", Type.PERCENT, Sentence("增速", "Growth"), optional=True),
            ),
        ),
        Slot("top", Type.INTEGER, Sentence("取前几名", "So many of each")),
        Slot("growth_too", Type.BOOL, Sentence("另按增速", "By growth too")),
        Slot("first", Type.TEXTS, Sentence("并列时的先后", "Order of equals"), optional=True),
    ),
    results=(
        Slot(
            "ranking",
            Type.ROWS,
            Sentence("排名", "Ranking"),
            columns=(
                Slot("place", Type.INTEGER, Sentence("名次", "Place")),
                _INSTITUTION,
                _USED,
                Slot("growth", Type.PERCENT, Sentence("增速", "Growth")),
                Slot("candidate", Type.BOOL, Sentence("候选", "Candidate")),
            ),
        ),
        Slot("candidates", Type.TEXTS, Sentence("候选名单", "Candidates")),
        Slot("tied", Type.TEXTS, Sentence("线上并列", "Equal at the line")),
    ),
    clauses=("S1-04-B2.1", "S1-04-B2.2"),
    work=_work,
)
