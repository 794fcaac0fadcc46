"""Calculations of anything: sums are whole, order makes no difference, nobody is taken twice."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from workflow.calculations.calendar_periods import calendar_periods
from workflow.calculations.claim_less_irregular import claim_less_irregular
from workflow.calculations.cost_by_department import Costs, cost_by_department
from workflow.calculations.days_left import used_up_on
from workflow.calculations.draw_without_repeats import draw
from workflow.calculations.excess_over_targets import excess_over_targets
from workflow.calculations.payout_on_irregular import Payout, payout_on_irregular
from workflow.calculations.rank_candidates import Institution, rank_candidates
from workflow.calculations.renewal_window import months_before
from workflow.calculations.sharing import hundredths_of_percent, shared
from workflow.calculations.supply_days import supply_days

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


# ---- departments and months


@given(st.dictionaries(NAMES, FEN, max_size=8), FEN)
def test_what_departments_cost_and_what_is_left_make_up_the_whole(
    amounts: dict[str, int], more: int
) -> None:
    whole = sum(amounts.values()) + more
    assert cost_by_department(amounts, whole) == Costs(sum(amounts.values()), more)
    assert cost_by_department(amounts, None).elsewhere is None


@given(st.lists(FEN, max_size=6), FEN)
def test_a_claim_and_its_deduction_make_up_what_was_generated(items: list[int], more: int) -> None:
    found = claim_less_irregular(sum(items) + more, items, None)
    assert found.claimed + found.irregular == sum(items) + more
    assert found.difference == 0
    assert claim_less_irregular(sum(items) + more + 1, items, sum(items) + 1).difference == (
        1 if items else 0
    )


# ---- ratios


@given(FEN, st.integers(1, 10**13))
def test_a_ratio_is_the_nearest_hundredth(part: int, whole: int) -> None:
    ratio = hundredths_of_percent(part, whole)
    assert 2 * abs(part * 10_000 - ratio * whole) <= whole


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_supply_lasts_until_its_last_day_is_begun(quantity: int, daily: int) -> None:
    days = supply_days(quantity, daily)
    assert days * daily >= quantity
    assert (days - 1) * daily < quantity or days == 0


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
