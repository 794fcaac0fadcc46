"""Calculations are exact: to the fen, without chance, whatever the order of what goes in."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calculations.add_up import add_up
from workflow.calculations.allocate_overrun import NOBODY, TOO_MUCH, allocate_overrun
from workflow.calculations.calendar_periods import calendar_periods
from workflow.calculations.claim_less_irregular import claim_less_irregular
from workflow.calculations.cost_by_department import Costs, cost_by_department
from workflow.calculations.days_left import used_up_on
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
from workflow.calculations.renewal_window import months_before, renewal_window
from workflow.calculations.score_summary import score_summary
from workflow.calculations.sharing import hundredths_of_percent, percent_words, shared
from workflow.calculations.stock_balance import stock_balance
from workflow.calculations.supply_days import supply_days
from workflow.calculations.table import CALCULATIONS
from workflow.design.register_files import load_register
from workflow.refusals import Sentence

FEN = st.integers(0, 10**13)
#: So few that some come twice; to choose one takes a third of the time of spelling one.
NAMES = st.sampled_from(
    ["".join(name) for size in (1, 2) for name in product("甲乙丙丁内外妇儿", repeat=size)]
)
WORDS = st.text(max_size=8)
WEIGHTS = st.dictionaries(NAMES, FEN, min_size=1, max_size=12)


T = TypeVar("T")


def shuffled(things: list[T], seed: int) -> list[T]:
    return Random(seed).sample(things, len(things))


# ---- sharing


@given(FEN, WEIGHTS)
def test_what_is_shared_adds_up_to_the_fen(amount: int, weights: dict[str, int]) -> None:
    if not any(weights.values()):
        weights = {**weights, "内": 1}
    parts = shared(amount, weights)
    total = sum(weights.values())
    assert sum(parts.values()) == amount
    for name, part in parts.items():
        assert amount * weights[name] // total <= part <= -(-amount * weights[name] // total)
        assert weights[name] or part == 0


@given(FEN, WEIGHTS, st.integers(0, 999))
def test_the_order_of_departments_makes_no_difference(
    amount: int, weights: dict[str, int], seed: int
) -> None:
    weights = {**weights, "内": 7}
    other = dict(shuffled(list(weights.items()), seed))
    assert shared(amount, weights) == shared(amount, other)


@given(FEN, WEIGHTS)
def test_a_larger_weight_never_gets_less(amount: int, weights: dict[str, int]) -> None:
    weights = {**weights, "内": 3}
    parts = shared(amount, weights)
    by_weight = sorted(weights, key=lambda name: weights[name])
    for less, more in pairwise(by_weight):
        assert weights[less] == weights[more] or parts[less] <= parts[more]


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


@given(st.dictionaries(NAMES, FEN, min_size=1, max_size=8), st.data())
def test_excess_is_never_negative_and_the_sums_are_whole(
    targets: dict[str, int], data: st.DataObject
) -> None:
    actuals = data.draw(st.dictionaries(st.sampled_from(sorted(targets)), FEN, max_size=8))
    found = excess_over_targets(targets, actuals)
    assert found.actual_total == sum(actuals.values())
    assert found.overrun == max(0, found.actual_total - sum(targets.values()))
    assert all(one >= 0 for one in found.by_department.values())
    assert sum(found.by_department.values()) >= found.overrun


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

RATIOS = st.integers(0, 10_000)


@given(FEN, RATIOS, FEN)
def test_no_more_is_overpaid_than_was_paid_or_was_irregular(
    cost: int, ratio: int, paid: int
) -> None:
    one = Payout(cost, ratio, paid)
    assert 0 <= one.overpaid <= min(cost, paid)
    if one.overpaid < paid:
        assert abs(one.overpaid * 10_000 - cost * ratio) * 2 <= 10_000


@given(st.lists(st.builds(Payout, FEN, RATIOS, FEN), max_size=6))
def test_each_payout_counts_by_itself(payouts: list[Payout]) -> None:
    assert payout_on_irregular(payouts) == sum(one.overpaid for one in payouts)


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


@given(st.dictionaries(NAMES, FEN, max_size=8), FEN)
def test_what_departments_cost_and_what_is_left_make_up_the_whole(
    amounts: dict[str, int], more: int
) -> None:
    whole = sum(amounts.values()) + more
    assert cost_by_department(amounts, whole) == Costs(sum(amounts.values()), more)
    assert cost_by_department(amounts, None).elsewhere is None


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


@given(st.lists(FEN, max_size=6), FEN)
def test_a_claim_and_its_deduction_make_up_what_was_generated(items: list[int], more: int) -> None:
    found = claim_less_irregular(sum(items) + more, items, None)
    assert found.claimed + found.irregular == sum(items) + more
    assert found.difference == 0
    assert claim_less_irregular(sum(items) + more + 1, items, sum(items) + 1).difference == (
        1 if items else 0
    )


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


@given(FEN, st.integers(1, 10**13))
def test_a_ratio_is_the_nearest_hundredth(part: int, whole: int) -> None:
    ratio = hundredths_of_percent(part, whole)
    assert 2 * abs(part * 10_000 - ratio * whole) <= whole


def test_half_a_hundredth_is_rounded_up_and_the_limit_is_exact() -> None:
    assert hundredths_of_percent(1, 20_000) == 1
    assert percent_words(hundredths_of_percent(32, 100)) == "32.00%"
    assert percent_words(5) == "0.05%"
    barely = quota_ratio(250_001, 1_000_000, 2_500)
    assert (barely.ratio, barely.kept) == (2_500, False)  # 25.0001 % is shown as 25.00 %
    assert quota_ratio(250_000, 1_000_000, 2_500).kept
    assert not quota_ratio(249_999, 1_000_000, 2_500, at_least=True).kept


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_supply_lasts_until_its_last_day_is_begun(quantity: int, daily: int) -> None:
    days = supply_days(quantity, daily)
    assert days * daily >= quantity
    assert (days - 1) * daily < quantity or days == 0


def test_a_stock_book_of_forty() -> None:
    found = stock_balance(100, 60, 30)
    assert (found.expected, found.difference) == (40, -10)


def test_an_average_of_scores_is_rounded_half_up() -> None:
    assert score_summary([90, 91]).average == 9_050
    assert score_summary([90, 90, 91]).average == 9_033


# ---- ranking


INSTITUTIONS = st.lists(
    st.builds(Institution, NAMES, st.integers(0, 5), st.integers(-5, 5)),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one.name,
)


@given(INSTITUTIONS, st.integers(1, 6), st.booleans(), st.integers(0, 999))
def test_a_ranking_does_not_hang_on_the_order_of_the_list(
    institutions: list[Institution], top: int, growth_too: bool, seed: int
) -> None:
    found = rank_candidates(institutions, top, growth_too)
    assert rank_candidates(shuffled(institutions, seed), top, growth_too) == found
    assert len(set(found.candidates)) == len(found.candidates)
    most = top * (2 if growth_too else 1)
    assert min(top, len(institutions)) <= len(found.candidates) <= min(most, len(institutions))


@given(INSTITUTIONS, st.integers(1, 6))
def test_nobody_who_used_more_is_left_out(institutions: list[Institution], top: int) -> None:
    found = rank_candidates(institutions, top, growth_too=False)
    used = {one.name: one.used for one in institutions}
    least = min(used[name] for name in found.candidates)
    out = set(used) - set(found.candidates)
    assert all(used[name] <= least for name in out)
    assert set(found.tied) == (
        {name for name in used if used[name] == least}
        if any(used[name] == least for name in out)
        else set()
    )


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


@given(st.sets(NAMES, max_size=15), st.sets(NAMES, max_size=15), st.integers(0, 10), WORDS)
def test_a_draw_takes_nobody_twice(
    names: set[str], earlier: set[str], count: int, seed: str
) -> None:
    found = draw(names, count, seed, earlier)
    assert len(set(found.drawn)) == len(found.drawn) == min(count, len(names - earlier))
    assert set(found.drawn) <= names - earlier
    assert set(found.left_out) == names & earlier
    assert not found.again


@given(st.lists(NAMES, max_size=15), st.integers(0, 10), WORDS, st.integers(0, 999))
def test_the_same_seed_draws_the_same_whatever_the_order(
    names: list[str], count: int, seed: str, order: int
) -> None:
    assert draw(names, count, seed, ()) == draw(shuffled(names, order), count, seed, ())


@given(st.sets(NAMES, max_size=15), st.sets(NAMES, max_size=15), st.integers(0, 10), WORDS)
def test_repeats_only_fill_up(names: set[str], earlier: set[str], count: int, seed: str) -> None:
    found = draw(names, count, seed, earlier, repeats=True)
    fresh = names - earlier
    assert len(found.drawn) == min(count, len(names))
    assert set(found.again) == set(found.drawn) & earlier
    assert not found.again or fresh <= set(found.drawn)


def test_another_seed_draws_others() -> None:
    names = [f"机构{number}" for number in range(20)]
    draws = {draw(names, 3, f"XC2026-{number}", ()).drawn for number in range(20)}
    assert len(draws) > 15


# ---- days


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_periods_contain_their_day_and_end_the_day_before_the_next(day: date) -> None:
    found = calendar_periods(day)
    assert found.month == day.isoformat()[:7]
    assert found.month_end >= day
    assert (found.month_end + timedelta(days=1)).day == 1
    assert found.half_year_end in (date(day.year, 6, 30), date(day.year, 12, 31))
    assert found.half_year_end >= day > found.half_year_end - timedelta(days=184)
    assert found.year_end == date(day.year, 12, 31)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)), st.integers(0, 120))
def test_months_before_keep_the_day_or_end_the_month(day: date, months: int) -> None:
    found = months_before(day, months)
    assert (day.year - found.year) * 12 + day.month - found.month == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


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


MARCH = date(2026, 3, 1)
BOTTLES = st.lists(
    st.tuples(st.integers(0, 20).map(lambda n: MARCH + timedelta(days=n)), st.integers(1, 9)),
    max_size=6,
)


@given(BOTTLES)
def test_a_bottle_follows_the_one_before(bottles: list[tuple[date, int]]) -> None:
    """Counted a second time, day by day: on each day one of the bottles at hand is eaten from."""
    left, eaten_on = 0, []
    for n in range(200):
        day = MARCH + timedelta(days=n)
        left += sum(days for since, days in bottles if since == day)
        if left:
            left -= 1
            eaten_on.append(day)
    assert used_up_on(bottles) == (eaten_on[-1] if eaten_on else None)


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
