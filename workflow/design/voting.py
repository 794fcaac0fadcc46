"""What votes come to: a pure function of ballots.

So the checks can walk through every combination of votes before a definition is published, and the
engine asks the same function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workflow.design.panels import OnNo, Panel, Pass, ShareOf, Vote
from workflow.making import quick

#: A look into the class each time would take as long as the rest of the counting.
_FOR, _AGAINST = Vote.FOR, Vote.AGAINST


class Result(StrEnum):
    """What a panel has come to."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One member's vote; None while it is waited for."""

    vote: Vote | None
    weight: int = 1
    role: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Tally:
    """What has been counted: weights for, against and waited for; people who abstained, who took
    part, and who sit. `vetoed` by a role whose word ends it; `veto_waits`: it may still be.
    """

    yes: int
    no: int
    waiting: int
    abstained: int
    took_part: int
    members: int
    vetoed: bool
    veto_waits: bool
    total: int


def count(panel: Panel, ballots: Sequence[Ballot]) -> Tally:
    """Count the ballots of everybody who sits."""
    yes = no = waiting = abstained = unheard = total = 0
    vetoes: list[Vote | None] = []
    # Once through and without a table: the checks of one definition count thousands of votes.
    for ballot in ballots:
        vote, weight = ballot.vote, ballot.weight
        total += weight
        if vote is None:
            waiting += weight
            unheard += 1
        elif vote is _FOR:
            yes += weight
        elif vote is _AGAINST:
            no += weight
        else:
            abstained += 1
        if panel.veto and ballot.role in panel.veto:
            vetoes.append(vote)
    return Tally(
        yes=yes,
        no=no,
        waiting=waiting,
        abstained=abstained,
        took_part=len(ballots) - unheard,
        members=len(ballots),
        vetoed=_AGAINST in vetoes,
        veto_waits=None in vetoes,
        total=total,
    )


def result_of(panel: Panel, ballots: Sequence[Ballot]) -> Result | None:
    """What the votes come to; None while it is open.

    A veto ends it at once. With `on_no: stop` the result stands as soon as no vote that is still
    to come can change it (for `any`: with the first vote); with `gather` when nobody is waited
    for. Abstaining counts for the quorum and not for a share; where all must agree it is no
    agreement. Without a quorum in the end, and where nobody has voted for or against, it fails.
    """
    tally = count(panel, ballots)
    if tally.vetoed:
        return Result.FAILED
    everybody = tally.took_part == tally.members
    quorate = tally.took_part >= (panel.quorum or 0)
    if not everybody and (panel.on_no is OnNo.GATHER or not quorate):
        return None
    if not quorate:
        return Result.FAILED
    result = _RULES[panel.rule](panel, tally, everybody=everybody)
    # Whoever may veto is heard before it passes: their vote can still change it.
    return None if result is Result.PASSED and tally.veto_waits else result


def _any(_: Panel, tally: Tally, *, everybody: bool) -> Result | None:
    if tally.yes:
        return Result.PASSED
    return Result.FAILED if tally.no or everybody else None


def _all(_: Panel, tally: Tally, *, everybody: bool) -> Result | None:
    if tally.no or tally.abstained:
        return Result.FAILED
    return Result.PASSED if everybody and tally.yes else (Result.FAILED if everybody else None)


def _ratio(panel: Panel, tally: Tally, *, everybody: bool) -> Result | None:
    # At worst all who are waited for vote against, at best for; an abstention lies between.
    of_votes = tally.yes + tally.no + tally.waiting
    whole = tally.total if panel.share_of is ShareOf.MEMBERS else of_votes
    needed = panel.percent * whole
    if tally.yes and 100 * tally.yes >= needed:
        return Result.PASSED
    can_still = whole > 0 and 100 * (tally.yes + tally.waiting) >= needed
    return Result.FAILED if everybody or not can_still else None


_RULES = {Pass.ANY: _any, Pass.ALL: _all, Pass.RATIO: _ratio}
