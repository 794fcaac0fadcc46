"""Deciding together: who sits, what the votes come to, and whose turn it is.

The result is computed from the decisions of the present visit each time that it is asked for;
nothing is counted and kept. A pure function of ballots, so that the checks can walk through every
combination of votes before a definition is published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from workflow.design.definition import Action, OnNo, Order, Panel, Pass, ShareOf, Vote
from workflow.nouns import FieldValue, Handling, Row, Task, TaskEnd, TaskKind
from workflow.people.eligibility import Member, members_of
from workflow.people.separation import of_this_visit
from workflow.running.situation import Situation


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


@dataclass(frozen=True, slots=True)
class Tally:
    """What has been counted: weights for, against and waited for; people who abstained, who took
    part, and who sit. `vetoed` by a role whose word ends it.
    """

    yes: int
    no: int
    waiting: int
    abstained: int
    took_part: int
    members: int
    vetoed: bool
    total: int


def count(panel: Panel, ballots: Sequence[Ballot]) -> Tally:
    """Count the ballots of everybody who sits."""

    def weight(vote: Vote | None) -> int:
        return sum(ballot.weight for ballot in ballots if ballot.vote is vote)

    return Tally(
        yes=weight(Vote.FOR),
        no=weight(Vote.AGAINST),
        waiting=weight(None),
        abstained=sum(ballot.vote is Vote.ABSTAIN for ballot in ballots),
        took_part=sum(ballot.vote is not None for ballot in ballots),
        members=len(ballots),
        vetoed=any(b.vote is Vote.AGAINST and b.role in panel.veto for b in ballots),
        total=sum(ballot.weight for ballot in ballots),
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
    return _RULES[panel.rule](panel, tally, everybody=everybody)


def _any(_: Panel, tally: Tally, *, everybody: bool) -> Result | None:
    if tally.yes:
        return Result.PASSED
    return Result.FAILED if tally.no or everybody else None


def _all(_: Panel, tally: Tally, *, everybody: bool) -> Result | None:
    if tally.no or tally.abstained:
        return Result.FAILED
    return Result.PASSED if everybody and tally.yes else (Result.FAILED if everybody else None)


def _ratio(panel: Panel, tally: Tally, *, everybody: bool) -> Result | None:
    needed = Fraction(panel.percent, 100)
    if panel.share_of is ShareOf.MEMBERS:
        least = _share(tally.yes, tally.total)
        most = _share(tally.yes + tally.waiting, tally.total)
    else:
        # At worst all who are waited for vote against, at best for; an abstention lies between.
        least = _share(tally.yes, tally.yes + tally.no + tally.waiting)
        most = _share(tally.yes + tally.waiting, tally.yes + tally.no + tally.waiting)
    if tally.yes and least >= needed:
        return Result.PASSED
    return Result.FAILED if everybody or most < needed else None


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


_RULES = {Pass.ANY: _any, Pass.ALL: _all, Pass.RATIO: _ratio}


# ---- the panel of a case -------------------------------------------------------------------------


def panel_here(situation: Situation) -> Panel | None:
    """The panel of the step where the case is."""
    return situation.definition.states[situation.case.state].panel


def seats_of(situation: Situation, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks of the members of this visit, first come first; also of those who have left."""
    here = of_this_visit(situation.case, tuple(tasks))
    return tuple(task for task in reversed(here) if task.handling.kind is TaskKind.STEP)


def ballots_of(situation: Situation, tasks: Iterable[Task]) -> tuple[Ballot, ...]:
    """The ballots of everybody who still sits."""
    actions = situation.definition.actions
    return tuple(
        Ballot(
            actions[task.closed_as or ""].vote if task.closed_as in actions else None,
            task.handling.weight,
            task.handling.role or task.address.role,
        )
        for task in seats_of(situation, tasks)
        if task.is_open or task.closed_as in actions
    )


def outcome_here(situation: Situation, tasks: Iterable[Task]) -> Result | None:
    """What the panel of the present step has come to; None while it is open or there is none."""
    panel = panel_here(situation)
    if panel is None:
        return None
    ballots = ballots_of(situation, tasks)
    # Where every member has left, nobody has decided: an administrator has to fill the seats.
    return result_of(panel, ballots) if ballots else None


def members_for(situation: Situation, panel: Panel) -> dict[str, Handling]:
    """Who sits in a panel that is called now, by person, and how: the seats in their order.

    Whoever filed the case or has signed another step does not sit (`Scene.excluded`).
    """
    weights = dict(panel.weights)
    found: dict[str, Handling] = {}
    for member, lines in _called(situation, panel):
        if member.person in found:
            continue
        turn = len(found)
        found[member.person] = Handling(
            role=member.role,
            weight=weights.get(member.role or "", 1),
            turn=turn,
            held=panel.order is Order.IN_TURN and turn > 0,
            lines=lines,
        )
    return found


def _called(situation: Situation, panel: Panel) -> Iterator[tuple[Member, tuple[int, ...]]]:
    for seat in panel.members:
        for member in members_of(seat, situation.scene):
            yield member, ()
    if panel.each is None or panel.owner is None:
        return
    rows = situation.case.form.get(panel.each)
    by_owner: dict[str, list[int]] = {}
    excluded = situation.scene.excluded
    for position, row in enumerate(rows if isinstance(rows, tuple) else ()):
        owner = row.get(panel.owner) if isinstance(row, Mapping) else None
        if isinstance(owner, str) and owner and owner not in excluded:
            by_owner.setdefault(owner, []).append(position)
    for owner, lines in by_owner.items():
        yield Member(owner), tuple(lines)


def next_in_turn(situation: Situation, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Whose turn it is once a member has decided or left: their task, no longer held."""
    panel = panel_here(situation)
    if panel is None or panel.order is not Order.IN_TURN:
        return ()
    waiting = [task for task in seats_of(situation, tasks) if task.is_open]
    if not waiting or any(not task.handling.held for task in waiting):
        return ()
    first = min(waiting, key=lambda task: task.handling.turn)
    return (replace(first, handling=replace(first.handling, held=False)),)


def not_needed(situation: Situation, tasks: Iterable[Task], decider: str) -> tuple[Task, ...]:
    """The members' tasks that the result has made needless, closed by whoever's vote made it."""
    return tuple(
        replace(
            task,
            closed_at=situation.now,
            closed_as=TaskEnd.NOT_NEEDED.value,
            closed_by=decider,
        )
        for task in seats_of(situation, tasks)
        if task.is_open
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """What a decision of one member does to the others' tasks."""

    closed: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()


def settled(situation: Situation, tasks: Sequence[Task], decider: str) -> Settled:
    """Close what the panel's result has made needless, or let the next in turn decide."""
    if panel_here(situation) is None:
        return Settled()
    if outcome_here(situation, tasks) is not None:
        return Settled(closed=not_needed(situation, tasks, decider))
    return Settled(changed=next_in_turn(situation, tasks))


def line_decisions(
    situation: Situation, action: Action, mine: Task | None
) -> dict[str, FieldValue]:
    """What a member's vote says of their own rows, written beside each of them."""
    panel = panel_here(situation)
    if panel is None or panel.each is None or panel.decision is None or mine is None:
        return {}
    rows = situation.case.form.get(panel.each)
    if action.vote is None or not isinstance(rows, tuple):
        return {}
    own = set(mine.handling.lines)
    decided: tuple[Row, ...] = tuple(
        {**row, panel.decision: action.name.zh} if position in own else row
        for position, row in enumerate(rows)
        if isinstance(row, Mapping)
    )
    return {panel.each: decided}
