"""Whoever signs in one branch of a case signs in no other, and may be waited for there already.

What they can no longer do is taken from them in a line of the engine's own, and goes on as if the
other branch had been called after they signed: to whom the empty-chair policy says, to a
replacement, or to nobody where the panel can do without.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflow.design.seats import SeatKind
from workflow.making import replace
from workflow.nouns import Decision, Task, TaskEnd
from workflow.people.eligibility import (
    Because,
    Member,
    Placed,
    Standing,
    members_of,
    placed_anew,
)
from workflow.people.signing import (
    excluded_from,
    is_asked,
    shut_at,
    signed_elsewhere,
)
from workflow.running import branches, handling, panels
from workflow.running.handling import BY_TASK, Hand, Judged, Moves
from workflow.running.situation import Ids, Situation
from workflow.running.tasks import as_placed, is_of_step


def unusable(situation: Situation) -> Iterator[Task]:
    """The open tasks in the branches of a case that nobody for whom they wait may decide, because
    they have signed in another, and that can go to somebody else.
    """
    case = situation.case
    for place in branches.places(case) if case.course.branches else ():
        here = branches.at_step(situation, place)
        for task in here.open_tasks:
            if task.step == place and is_of_step(task) and _is_unusable(here, task):
                yield task


def _is_unusable(here: Situation, task: Task) -> bool:
    if task.address.person is None:
        return _placed_elsewhere(here, task) is not None
    definition, step = here.definition, here.case.state
    if task.address.person not in signed_elsewhere(definition, here.case, step, here.tasks):
        return False
    asked = [one for one in definition.actions_from(step) if is_asked(one)]
    return all(definition.is_review(one, step) for one in asked)


def _placed_elsewhere(here: Situation, task: Task) -> Placed | None:
    """Where the definition wants a post's work when everybody there has signed elsewhere."""
    if task.handling.because or panels.panel_here(here) is not None:
        return None
    seats = here.definition.duties_of(here.case.state)
    placed = (placed_anew(seat, here.scene) for seat in seats)
    return next(
        (
            one
            for one in placed
            if one is not None and one.meant == task.address and one.because is Because.EXCLUDED
        ),
        None,
    )


def unseated(situation: Situation, decision: Decision, task: Task, ids: Ids) -> Judged:
    """What becomes of such a task when the engine takes it away."""
    here = branches.at_step(situation, task.step)
    role = task.handling.role or task.address.role
    standing = Standing(BY_TASK, role, task.address.department, task.address)
    return Judged((), here, standing, _moves(Hand(here, decision, task, ids)))


def _moves(hand: Hand) -> Moves:
    here, task = hand.situation, hand.mine
    if panels.panel_here(here) is not None:
        successor = _successor(here, task)
        return handling.seat_given_up(hand, TaskEnd.SIGNED_ELSEWHERE, successor)
    asked = [one for one in here.open_tasks if one.handling.origin == task.id]
    idle = panels.not_needed(here, asked, hand.actor.id)
    closed = (hand.closed(task, TaskEnd.SIGNED_ELSEWHERE), *idle)
    if _is_one_of_several(here, task):
        return Moves(closed=closed)
    placed = _placed_elsewhere(here, task) or _placed_by_name(here, task)
    if placed is None:
        return handling.seat_given_up(hand, TaskEnd.SIGNED_ELSEWHERE, None)
    shut = excluded_from(here.definition, here.case, task.step, here.tasks)
    opened = replace(
        hand.opened("", as_placed(placed)),
        address=placed.address,
        excluded=shut_at(placed.address, here.definition, here.case, task.step, here.tasks, shut),
    )
    return Moves((opened,), closed, told=(opened.address,))


def _is_one_of_several(here: Situation, task: Task) -> bool:
    """Whether others wait for the same: those who held the post when the case came here."""
    return task.handling.role is not None and any(
        one.id != task.id
        and one.step == task.step
        and is_of_step(one)
        and one.handling.role == task.handling.role
        and one.handling.origin != task.id
        for one in here.open_tasks
    )


def _placed_by_name(here: Situation, task: Task) -> Placed | None:
    """The same for work that somebody has by name: named in the form, or as holder of a post."""
    for seat in here.definition.duties_of(here.case.state):
        placed = placed_anew(seat, here.scene)
        meant = None if placed is None else placed.meant
        if meant is not None and (
            meant == task.address or (meant.role is not None and meant.role == task.handling.role)
        ):
            return placed
    return None


def _successor(here: Situation, task: Task) -> Member | None:
    """Who has the seat in a panel instead: whoever sits there now that its owner does not, as the
    seat's own policy says, else a replacement.
    """
    panel = panels.panel_here(here)
    if panel is None:
        return None
    known = {*(one.address.person for one in here.here), *handling.recused_here(here)}
    role = task.handling.role
    seats = () if task.handling.added_by or task.handling.lines else panel.members
    own = [one for one in seats if one.kind is not SeatKind.ROLE or one.role == role]
    free = (one for seat in own for one in members_of(seat, here.scene) if one.person not in known)
    return next(free, None) or panels.replacement(here, panel, known)
