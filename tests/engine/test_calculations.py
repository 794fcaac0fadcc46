"""Calculations are exact: to the fen, without chance, whatever the order of what goes in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from workflow.calculations.add_up import add_up
from workflow.calculations.allocate_overrun import NOBODY, TOO_MUCH, allocate_overrun
from workflow.calculations.claim_less_irregular import claim_less_irregular
from workflow.calculations.declaring import Datum, Given, Slot, Type
from workflow.calculations.draw_without_repeats import draw
from workflow.calculations.end_of_year import end_of_year
from workflow.calculations.excess_over_targets import excess_over_targets
from workflow.calculations.month_reconciliation import reconcile_month
from workflow.calculations.months_of_period import months_of_period
from workflow.calculations.payable_amount import payable_amount
from workflow.calculations.payout_on_irregular import Payout, payout_on_irregular
from workflow.calculations.quota_ratio import quota_ratio
from workflow.calculations.rank_candidates import Institution, rank_candidates
from workflow.calculations.renewal_window import renewal_window
from workflow.calculations.score_summary import score_summary
from workflow.calculations.sharing import hundredths_of_percent, percent_words, shared
from workflow.calculations.stock_balance import stock_balance
from workflow.calculations.table import CALCULATIONS
from workflow.design.register_files import load_register
from workflow.refusals import Sentence

# ---- sharing


def test_one_fen_left_over_goes_to_the_first_name_of_equals() -> None:
    assert shared(100, {"丙": 1, "乙": 1, "甲": 1}) == {"丙": 34, "乙": 33, "甲": 33}
    assert shared(1, {"甲": 1, "乙": 2}) == {"甲": 0, "乙": 1}


def test_nothing_is_shared_by_nobody() -> None:
    assert shared(0, {"内": 0}) == {"内": 0}
    with pytest.raises(ValueError, match="nobody"):
        shared(1, {"内": 0})
    with pytest.raises(ValueError, match="never negative"):
        shared(1, {"内": -1})


def test_the_overrun_of_the_register_is_shared_by_excess() -> None:
    """40,000 by 10,000 and 30,000; with 15,000 compensated 25,000 remains (S0-15-38b)."""
    weights = {"内科": 1_000_000, "外科": 3_000_000, "放射科": 0}
    whole = allocate_overrun(4_000_000, 0, weights)
    assert whole.shares == weights
    rest = allocate_overrun(4_000_000, 1_500_000, weights)
    assert rest.to_share == 2_500_000
    assert rest.shares == {"内科": 625_000, "外科": 1_875_000, "放射科": 0}


def test_an_allocation_that_cannot_be_made_says_why() -> None:
    work = CALCULATIONS["allocate_overrun"].work
    row: dict[str, str | int] = {"department": "内科", "weight": 0}
    assert work(Given({"overrun": 1, "departments": (row,)})) == NOBODY
    assert work(Given({"overrun": 1, "compensation": 2, "departments": (row,)})) == TOO_MUCH
    twice = work(Given({"overrun": 0, "departments": (row, row)}))
    assert "内科" in str(twice)


def test_a_department_without_a_target_has_no_excess() -> None:
    with pytest.raises(ValueError, match="财务科"):
        excess_over_targets({"内科": 1}, {"财务科": 1})


# ---- claims


def test_the_month_of_the_register_reconciles_to_the_cent() -> None:
    found = reconcile_month(30_000_000, 29_200_000, 800_000, 29_200_000)
    assert (found.unexplained, found.outstanding, found.recovered) == (0, 0, 9733)
    assert reconcile_month(30_000_000, 29_000_000, 800_000, None).unexplained == 200_000
    assert reconcile_month(30_000_000, 29_200_000, 800_000, 29_199_999).outstanding == 1


def test_a_compensation_is_expected_beside_the_approval_and_no_part_of_the_ratio() -> None:
    found = reconcile_month(30_000_000, 29_200_000, 800_000, 30_700_000, 1_500_000)
    assert (found.unexplained, found.outstanding, found.recovered) == (0, 0, 9733)
    assert reconcile_month(30_000_000, 30_000_000, 0, 30_000_000, 1).outstanding == 1
    assert reconcile_month(30_000_000, 30_000_000, 0, 0, 1).recovered == 0


# ---- critical illness


def test_the_violation_of_the_register_comes_to_six_thousand() -> None:
    assert payout_on_irregular([Payout(1_000_000, 6_000, 4_500_000)]) == 600_000
    assert payout_on_irregular([Payout(1_000_000, 6_000, 599_999)]) == 599_999
    # Half a fen is rounded up.
    assert [Payout(cost, 5_000, 99).overpaid for cost in (1, 2, 3)] == [1, 1, 2]


def test_a_ratio_above_all_is_named_with_its_payout() -> None:
    row: dict[str, str | int] = {"claim": "DB-7", "irregular": 1, "ratio": 10_001, "paid": 1}
    said = CALCULATIONS["payout_on_irregular"].work(Given({"payouts": (row,)}))
    assert isinstance(said, Sentence)
    assert "DB-7" in said.zh


# ---- departments and months


def test_a_department_stands_once_among_the_costs() -> None:
    row: dict[str, str | int] = {"department": "内科", "amount": 1}
    assert "内科" in str(CALCULATIONS["cost_by_department"].work(Given({"lines": (row, row)})))


@pytest.mark.parametrize(
    ("words", "first", "last", "count"),
    [
        ("2026年", "2026-01-01", "2026-12-31", 12),
        ("2026年上半年", "2026-01-01", "2026-06-30", 6),
        ("2026年下半年", "2026-07-01", "2026-12-31", 6),
        ("2026年第1季度", "2026-01-01", "2026-03-31", 3),
        ("2026年四季度", "2026-10-01", "2026-12-31", 3),
        ("2028年2月", "2028-02-01", "2028-02-29", 1),
        (" 2026 年 02 月", "2026-02-01", "2026-02-28", 1),
        ("2026-12", "2026-12-01", "2026-12-31", 1),
    ],
)
def test_a_period_in_words_has_its_months(words: str, first: str, last: str, count: int) -> None:
    found = months_of_period(words)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert len(found.months) == count
    assert (found.months[0], found.months[-1]) == (first[:7], last[:7])
    assert list(found.months) == sorted(set(found.months))


@pytest.mark.parametrize(
    "words", ["", "今年", "2026", "2026年13月", "2026-00", "2026年第5季度", "2026年中", "0000年"]
)
def test_words_that_are_no_period_are_refused_with_how_to_write_one(words: str) -> None:
    said = CALCULATIONS["months_of_period"].work(Given({"period": words}))
    assert isinstance(said, Sentence)
    assert "2026年第1季度" in said.zh


def test_no_more_is_deducted_than_was_generated() -> None:
    with pytest.raises(ValueError, match="more is deducted"):
        claim_less_irregular(100, [101], None)
    assert claim_less_irregular(8_000_000, [350_000], 350_000).claimed == 7_650_000


def test_what_is_payable_counts_everything_once() -> None:
    assert payable_amount(20_000_000, (), None, 0, 5_000_000).payable == 15_000_000
    found = payable_amount(20_000_000, [100, 200], 301, 50, 0)
    assert (found.deducted, found.difference, found.payable) == (301, 1, 19_999_749)


def test_lines_are_added_up() -> None:
    assert add_up([1, 2], 4).difference == 1
    assert add_up([], None).total == 0


# ---- ratios


def test_half_a_hundredth_is_rounded_up_and_the_limit_is_exact() -> None:
    assert hundredths_of_percent(1, 20_000) == 1
    assert percent_words(hundredths_of_percent(32, 100)) == "32.00%"
    assert percent_words(5) == "0.05%"
    barely = quota_ratio(250_001, 1_000_000, 2_500)
    assert (barely.ratio, barely.kept) == (2_500, False)  # 25.0001 % is shown as 25.00 %
    assert quota_ratio(250_000, 1_000_000, 2_500).kept
    assert not quota_ratio(249_999, 1_000_000, 2_500, at_least=True).kept


def test_a_stock_book_of_forty() -> None:
    found = stock_balance(100, 60, 30)
    assert (found.expected, found.difference) == (40, -10)


def test_an_average_of_scores_is_rounded_half_up() -> None:
    assert score_summary([90, 91]).average == 9_050
    assert score_summary([90, 90, 91]).average == 9_033


# ---- ranking


def test_the_five_candidates_of_the_register() -> None:
    """The first three by use are A, B, C, by growth C, D, E; together five."""
    figures = {"A": (90, 1), "B": (80, 2), "C": (70, 9), "D": (10, 8), "E": (9, 7), "F": (8, 0)}
    institutions = [Institution(name, used, growth) for name, (used, growth) in figures.items()]
    assert rank_candidates(institutions, 3, growth_too=True).candidates == tuple("ABCDE")
    assert rank_candidates(institutions, 3, growth_too=False).candidates == tuple("ABC")


def test_equals_at_the_line_go_by_what_was_decided() -> None:
    institutions = [Institution("甲", 5, 0), Institution("乙", 5, 0), Institution("丙", 9, 0)]
    by_name = rank_candidates(institutions, 2, growth_too=False)
    assert set(by_name.tied) == {"甲", "乙"}
    decided = rank_candidates(institutions, 2, growth_too=False, first=("甲",))
    assert decided.candidates == ("丙", "甲")


# ---- drawing


def test_another_seed_draws_others() -> None:
    names = [f"机构{number}" for number in range(20)]
    draws = {draw(names, 3, f"XC2026-{number}", ()).drawn for number in range(20)}
    assert len(draws) > 15


# ---- days


def test_a_window_is_counted_back_and_a_year_ends() -> None:
    found = renewal_window(date(2026, 8, 31), 6, 3)
    assert (found.opens_on, found.apply_by) == (date(2026, 2, 28), date(2026, 5, 31))
    assert end_of_year(2099, 1) == date(2100, 12, 31)


# ---- what is declared


def test_every_calculation_declares_what_it_takes_and_gives() -> None:
    known = load_register(Path(__file__).parents[2] / "definitions").clauses
    for key, one in CALCULATIONS.items():
        assert key == one.key
        assert set(one.clauses) <= set(known), key
        for slot in (*one.inputs, *one.results):
            assert bool(slot.columns) == (slot.type is Type.ROWS), (key, slot.key)


def _some(slot: Slot) -> Datum:
    match slot.type:
        case Type.ROWS:
            return ({column.key: _cell(column) for column in slot.columns},)
        case Type.TEXTS:
            return ("甲",)
        case _:
            return _cell(slot)


def _cell(slot: Slot) -> int | str | bool | date:
    cells: dict[Type, int | str | bool | date] = {
        Type.TEXT: "甲",
        Type.DEPARTMENT: "内科",
        Type.BOOL: True,
        Type.DATE: date(2026, 7, 1),
    }
    return "2026-07" if slot.key == "period" else cells.get(slot.type, 1)


@pytest.mark.parametrize("key", sorted(CALCULATIONS))
def test_every_calculation_gives_what_it_declares(key: str) -> None:
    one = CALCULATIONS[key]
    inputs = {slot.key: _some(slot) for slot in one.inputs}
    for given_ in (inputs, {s.key: inputs[s.key] for s in one.inputs if not s.optional}):
        found = one.work(Given(given_))
        assert isinstance(found, dict), found
        assert set(found) == {slot.key for slot in one.results}
        for slot in one.results:
            if slot.type is Type.ROWS:
                rows = Given(found).rows(slot.key)
                assert all(set(row.values) == {c.key for c in slot.columns} for row in rows)
            assert found[slot.key] is not None or slot.optional


# ---- what is left of a drug


@pytest.mark.parametrize(
    ("today", "oral", "left"),
    [(1, True, 3), (3, True, 1), (4, True, 0), (1, None, 3), (1, False, 0)],
)
def test_what_is_not_oral_is_not_counted(today: int, oral: bool | None, left: int) -> None:
    worked = CALCULATIONS["days_left"].work(
        Given(
            {
                "ordered": ({"drug": "甲", "oral": oral},),
                "dispensed": ("乙", "甲"),
                "supplied": ("30", "3"),
                "since": ("2026-03-01", "2026-03-01"),
                "today": date(2026, 3, today),
            }
        )
    )
    assert not isinstance(worked, Sentence)
    assert worked["remaining"] == left
    assert worked["drugs"] == (("甲",) if left else ())
