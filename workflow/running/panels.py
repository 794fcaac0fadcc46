"""The panel of a case: who sits, whose turn it is, and what a decision of one member does to the
others' tasks.

What the votes come to is computed from the decisions of the present visit each time that it is
asked for; nothing is counted and kept.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workflow.design.panels import Order, Panel, Vote
from workflow.design.voting import Ballot, Result, Tally, count, result_of
from workflow.nouns import Handling, Task, TaskEnd, TaskKind
from workflow.people.eligibility import Member, members_of
from workflow.people.separation import of_this_visit
from workflow.running.situation import Situation

__all__ = ["Ballot", "Result", "Tally", "count", "result_of"]

#: How a task ends whose seat somebody else has from then on.
HANDED_ON = (
    TaskEnd.TRANSFERRED,
    TaskEnd.REROUTED,
    TaskEnd.RECUSED,
    TaskEnd.SIGNED_ELSEWHERE,
)


# ---- the panel of a case -------------------------------------------------------------------------


def panel_here(situation: Situation) -> Panel | None:
    """The panel of the step where the case is."""
    return situation.definition.states[situation.case.state].panel


def seats_of(situation: Situation, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks of the members of this visit, first come first; also of those who have left."""
    here = of_this_visit(situation.case, tuple(tasks), situation.definition)
    return tuple(task for task in reversed(here) if task.handling.kind is TaskKind.STEP)


def ballots_of(situation: Situation, tasks: Iterable[Task]) -> tuple[Ballot, ...]:
    """The ballots of everybody who still sits.

    后加签: whoever decides after a member shares their seat. Once the member has agreed, the vote
    of the seat is that of whoever comes after.
    """
    actions = situation.definition.actions
    seats = seats_of(situation, tasks)
    sitting = [task for task in seats if task.is_open or task.closed_as in actions]
    after: dict[str, list[Task]] = {}
    for task in sitting:
        leader = _leader(task, seats)
        after.setdefault("" if leader is None else leader.id, []).append(task)
    return tuple(
        Ballot(
            _vote_of_seat(situation, task, after),
            task.handling.weight,
            task.handling.role or task.address.role,
        )
        for task in after.get("", ())
    )


def _vote_of_seat(
    situation: Situation, task: Task, after: Mapping[str, Sequence[Task]]
) -> Vote | None:
    """The one vote of a seat: of its member, or once they have agreed of those after them. Each of
    these has to agree; one who does not has the last word.
    """
    vote = vote_of(situation, task)
    if vote is not Vote.FOR:
        return vote
    votes = [_vote_of_seat(situation, one, after) for one in after.get(task.id, ())]
    against = (one for one in votes if one is not None and one is not Vote.FOR)
    return next(against, None if None in votes else vote)


def vote_of(situation: Situation, task: Task) -> Vote | None:
    """How a task was voted; None while it waits, and when it ended otherwise."""
    action = situation.definition.actions.get(task.closed_as or "")
    return None if action is None else action.vote


def origin_after(task: Task, tasks: Iterable[Task]) -> str:
    """What the task of whoever takes this one over comes from: the task itself, or the one after
    which it still has to wait.
    """
    leader = _leader(task, tasks)
    return task.id if leader is None or not leader.is_open else leader.id


def _leader(task: Task, seats: Iterable[Task]) -> Task | None:
    """The member after whom somebody decides; None for a member in their own right.

    What was passed on, or left to a replacement, is still the same seat.
    """
    by_id = {one.id: one for one in seats}
    before = by_id.get(task.handling.origin or "")
    while before is not None and before.closed_as in HANDED_ON:
        before = by_id.get(before.handling.origin or "")
    return before


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
        known = found.get(member.person)
        if known is not None:
            # Whoever sits already decides their rows as well, by the same one vote.
            mine = tuple(sorted((*known.lines, *lines)))
            found[member.person] = replace(known, lines=mine)
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
    owned = rows_of(situation, panel)
    unowned = owned.pop(None, ())
    successor = replacement(situation, panel) if unowned else None
    if successor is not None:
        mine = (*owned.pop(successor.person, ()), *unowned)
        yield successor, tuple(sorted(mine))
    for owner, lines in owned.items():
        yield Member(owner or ""), lines


def rows_of(situation: Situation, panel: Panel) -> dict[str | None, tuple[int, ...]]:
    """The rows that a panel decides, by the person who answers for them.

    None: those that name nobody, or somebody who may not decide here (the applicant, or whoever
    has left). They are for `replace`.
    """
    rows = situation.case.form.get(panel.each or "")
    people, excluded = situation.organisation.people, situation.scene.excluded
    found: dict[str | None, tuple[int, ...]] = {}
    for position, row in enumerate(rows if isinstance(rows, tuple) else ()):
        owner = row.get(panel.owner or "") if isinstance(row, Mapping) else None
        known = people.get(owner) if isinstance(owner, str) else None
        able = known is not None and known.active and known.id not in excluded
        key = known.id if known is not None and able else None
        found[key] = (*found.get(key, ()), position)
    return found


def rows_left(gone: Task, seats: Iterable[Task]) -> tuple[int, ...]:
    """The rows of somebody who has left that none of `seats` decides or has decided."""
    ended = set(TaskEnd)
    kept = [task for task in seats if task.is_open or task.closed_as not in ended]
    taken = {line for task in kept for line in task.handling.lines}
    return tuple(line for line in gone.handling.lines if line not in taken)


def replacement(
    situation: Situation, panel: Panel, besides: Collection[str | None] = ()
) -> Member | None:
    """The first holder of `replace` who is none of `besides` and may decide."""
    excluded = situation.scene.excluded
    found = (one for seat in panel.replace for one in members_of(seat, situation.scene))
    return next((o for o in found if o.person not in besides and o.person not in excluded), None)


def next_in_turn(situation: Situation, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Whose turn it is once a member has decided or left: their task, no longer held."""
    tasks = tuple(tasks)
    panel = panel_here(situation)
    if panel is None or panel.order is not Order.IN_TURN:
        return ()
    waiting = [task for task in seats_of(situation, tasks) if task.is_open]
    if not waiting or any(not task.handling.held for task in waiting):
        return ()
    first = min(waiting, key=lambda task: task.handling.turn)
    if any(one.handling.origin == first.id and one.is_open for one in heard_first(tasks)):
        return ()  # it is their turn, and they are asking somebody
    return (replace(first, handling=replace(first.handling, held=False)),)


def heard_first(tasks: Iterable[Task]) -> Iterator[Task]:
    """The tasks of those who are asked before somebody decides."""
    return (one for one in tasks if one.handling.kind in (TaskKind.HELPER, TaskKind.ASKED))


def not_needed(situation: Situation, tasks: Iterable[Task], decider: str) -> tuple[Task, ...]:
    """Tasks that a result has made needless, closed by whoever's vote made it."""
    return tuple(
        replace(
            task,
            closed_at=situation.now,
            closed_as=TaskEnd.NOT_NEEDED.value,
            closed_by=decider,
        )
        for task in tasks
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
    seats = seats_of(situation, tasks)
    if outcome_here(situation, tasks) is not None:
        asked = (one for one in heard_first(tasks) if one.step == situation.case.state)
        return Settled(closed=not_needed(situation, (*seats, *asked), decider))
    # After a member who does not agree nobody has to decide any more.
    after = [task for task in seats if _is_idle(situation, _leader(task, seats))]
    closed = not_needed(situation, after, decider)
    left = [task for task in tasks if task.id not in {one.id for one in closed}]
    return Settled(closed=closed, changed=next_in_turn(situation, left))


def _is_idle(situation: Situation, leader: Task | None) -> bool:
    """Whether nobody needs to decide after this member."""
    if leader is None or leader.is_open:
        return False
    return vote_of(situation, leader) is not Vote.FOR
