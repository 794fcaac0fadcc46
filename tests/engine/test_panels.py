"""What votes come to, counted once more on the fingers: every vote of every small panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from workflow.design.panels import OnNo, Panel, Pass, ShareOf, Vote
from workflow.design.voting import Ballot, Result, count, result_of

YES, NO, ABSTAIN = Vote.FOR, Vote.AGAINST, Vote.ABSTAIN
PASSED, FAILED = Result.PASSED, Result.FAILED
Votes = tuple[Vote | None, ...]
MOST = 5
#: One after the other they carry these weights, where weights are counted; the last may veto.
WEIGHTS = (40, 30, 20, 10, 10)


def panel(rule: Pass = Pass.ALL, **keys: object) -> Panel:
    """A panel that votes by a rule."""
    return Panel((), "pass", "fail", rule=rule, **keys)  # type: ignore[arg-type]


def panels() -> Iterator[Panel]:
    """Every kind of panel."""
    rules = [
        (Pass.ANY, 100, ShareOf.VOTES),
        (Pass.ALL, 100, ShareOf.VOTES),
        *((Pass.RATIO, percent, of) for percent in (1, 50, 60, 100) for of in ShareOf),
    ]
    for (rule, percent, of), on_no, quorum, veto in product(
        rules, OnNo, (None, 3), ((), ("last",))
    ):
        yield panel(rule, percent=percent, share_of=of, on_no=on_no, quorum=quorum, veto=veto)


def ballots(votes: Votes, weighted: bool) -> list[Ballot]:
    """The ballots of members who vote so."""
    last = len(votes) - 1
    return [
        Ballot(vote, WEIGHTS[n] if weighted else 1, "last" if n == last else "other")
        for n, vote in enumerate(votes)
    ]


@cache
def every_vote(weighted: bool) -> list[tuple[Votes, list[Ballot]]]:
    """Everything that up to five members may have voted so far, with their ballots."""
    return [
        (votes, ballots(votes, weighted))
        for size in range(1, MOST + 1)
        for votes in product((*Vote, None), repeat=size)
    ]


def verdict(rules: Panel, votes: Sequence[Vote], weighted: bool) -> Result:
    """What everybody's votes come to, told from the words of the rules alone."""
    weights = WEIGHTS if weighted else (1,) * MOST
    yes = sum(weight for weight, vote in zip(weights, votes, strict=False) if vote is YES)
    no = sum(weight for weight, vote in zip(weights, votes, strict=False) if vote is NO)
    everybody = sum(weights[: len(votes)])
    if rules.veto and votes[-1] is NO:
        return FAILED
    if len(votes) < (rules.quorum or 0) or yes == 0:
        return FAILED
    if rules.rule is Pass.ANY:
        return PASSED
    if rules.rule is Pass.ALL:
        return PASSED if list(votes) == [YES] * len(votes) else FAILED
    base = everybody if rules.share_of is ShareOf.MEMBERS else yes + no
    return PASSED if 100 * yes >= rules.percent * base else FAILED


@cache
def outlook(rules: Panel, weighted: bool) -> Callable[[Votes], frozenset[Result]]:
    """Of a panel: everything that a vote can still come to."""

    @cache
    def possible(votes: Votes) -> frozenset[Result]:
        if None not in votes:
            known = [vote for vote in votes if vote is not None]
            return frozenset({verdict(rules, known, weighted)})
        at = votes.index(None)
        return frozenset().union(*(possible((*votes[:at], v, *votes[at + 1 :])) for v in Vote))

    return possible


def expected(
    rules: Panel, votes: Votes, possible: Callable[[Votes], frozenset[Result]]
) -> Result | None:
    """What a vote has come to so far."""
    open_ = None in votes
    voted = [vote for vote in votes if vote is not None]
    if rules.veto and votes[-1] is NO:
        return FAILED
    if open_ and (rules.on_no is OnNo.GATHER or len(voted) < (rules.quorum or 0)):
        return None
    if rules.rule is Pass.ANY and YES not in voted and NO in voted:
        return FAILED  # the first who says anything has decided
    ends = possible(votes)
    return next(iter(ends)) if len(ends) == 1 else None


@pytest.mark.parametrize("weighted", [False, True], ids=["one each", "weighted"])
@pytest.mark.parametrize("rule", Pass)
def test_it_ends_when_and_only_when_no_vote_can_change_it(rule: Pass, *, weighted: bool) -> None:
    for rules in panels():
        if rules.rule is not rule:
            continue
        # When it ends is no question of what it comes to.
        possible = outlook(replace(rules, on_no=OnNo.GATHER), weighted)
        for votes, cast in every_vote(weighted):
            found = result_of(rules, cast)
            assert found is expected(rules, votes, possible), (rules, votes)


@pytest.mark.parametrize(
    ("rules", "votes", "result"),
    [
        (panel(Pass.ANY), (YES, None), PASSED),
        (panel(Pass.ANY), (ABSTAIN, None), None),
        (panel(Pass.ANY), (ABSTAIN, ABSTAIN), FAILED),
        (panel(), (YES, YES, None), None),
        (panel(), (YES, YES, YES), PASSED),
        (panel(), (YES, ABSTAIN, None), FAILED),
        (panel(), (NO, None, None), FAILED),
        (panel(on_no=OnNo.GATHER), (NO, YES, None), None),
        (panel(on_no=OnNo.GATHER), (NO, YES, YES), FAILED),
        (panel(Pass.RATIO, percent=60), (YES, YES, YES, None, None), PASSED),
        (panel(Pass.RATIO, percent=60), (NO, NO, NO, YES, None), FAILED),
        (panel(Pass.RATIO, percent=60), (YES, YES, NO, NO, None), None),
        (panel(Pass.RATIO, percent=60), (ABSTAIN, ABSTAIN, YES, YES, NO), PASSED),
        (
            panel(Pass.RATIO, percent=60, share_of=ShareOf.MEMBERS),
            (ABSTAIN, ABSTAIN, YES, YES, NO),
            FAILED,
        ),
        (panel(Pass.RATIO, percent=50, quorum=4), (YES, YES, YES, None, None), None),
        (panel(Pass.RATIO, percent=50, quorum=6), (YES, YES, YES, YES, YES), FAILED),
        (panel(Pass.RATIO, percent=50, veto=("last",)), (YES, YES, YES, YES, None), None),
        (panel(Pass.RATIO, percent=50, veto=("last",)), (YES, YES, YES, YES, NO), FAILED),
        (panel(Pass.RATIO, percent=50, veto=("last",)), (YES, YES, YES, YES, ABSTAIN), PASSED),
    ],
)
def test_the_examples_of_the_house(rules: Panel, votes: Votes, result: Result | None) -> None:
    assert result_of(rules, ballots(votes, weighted=False)) is result


@pytest.mark.parametrize("votes", [(YES, YES, None), (YES, None, YES), (None, YES, YES)])
def test_it_does_not_matter_who_was_first(votes: Votes) -> None:
    rules = panel(Pass.RATIO, percent=60)
    assert result_of(rules, ballots(votes, weighted=False)) is PASSED


@pytest.mark.parametrize(
    ("votes", "result"),
    [((YES, YES, None), PASSED), ((None, YES, YES), PASSED), ((YES, NO, NO), FAILED)],
)
def test_weights_of_forty_thirty_and_thirty(votes: Votes, result: Result) -> None:
    weighed = [Ballot(vote, weight) for vote, weight in zip(votes, (40, 30, 30), strict=True)]
    assert result_of(panel(Pass.RATIO, percent=60), weighed) is result


def test_a_third_is_no_rounding() -> None:
    """2 of 3 are 66.67 %: no share of 67, and more than one of 66."""
    votes = ballots((YES, YES, NO), weighted=False)
    assert result_of(panel(Pass.RATIO, percent=66), votes) is PASSED
    assert result_of(panel(Pass.RATIO, percent=67), votes) is FAILED


def test_the_count_tells_people_and_weights_apart() -> None:
    tally = count(panel(Pass.RATIO), ballots((YES, NO, None, ABSTAIN, YES), weighted=True))
    assert (tally.yes, tally.no, tally.waiting, tally.total) == (50, 30, 20, 110)
    assert (tally.members, tally.took_part, tally.abstained) == (5, 4, 1)
