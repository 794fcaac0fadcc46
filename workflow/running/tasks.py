"""The tasks of a case: which one an act answers, which close with it, which wait at the next step.

Who signed what is read from closed tasks; nothing is counted and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from workflow.design.definition import Action, Seat
from workflow.nouns import ORDINARY, Actor, Address, Handling, Task, TaskEnd
from workflow.people.eligibility import Placed, Standing, address_of, places_of
from workflow.people.separation import of_this_visit
from workflow.people.signing import excluded_from
from workflow.running.situation import Ids, Situation


def own_task(situation: Situation, standing: Standing | None) -> Task | None:
    """The open task that this act answers: of the seat from which the person acts.

    Where the seat has moved since the task was opened (the applicant has changed departments), the
    task of the same role is meant: else nobody would have signed.
    """
    if standing is None:
        return None
    address = standing.address or address_of(standing.seat, situation.scene)
    if address is None:
        return None
    here = of_this_visit(situation.case, situation.tasks)
    known = [task for task in here if task.address == address]
    if not known:
        known = [task for task in here if _is_same_kind(task.address, address)]
    return next((task for task in known if task.is_open), None)


def _is_same_kind(one: Address, other: Address) -> bool:
    return one.role == other.role and (one.person is None) == (other.person is None)


def signed_for(situation: Situation, action: Action, seat: Seat) -> Task | None:
    """The task that a seat's joint signature has closed since the case came to this step."""
    address = address_of(seat, situation.scene)
    return next(
        (
            task
            for task in of_this_visit(situation.case, situation.tasks)
            if task.address == address and task.closed_as == action.key
        ),
        None,
    )


def others_must_sign(situation: Situation, action: Action, mine: Task | None) -> bool:
    """Whether further seats have to take an `all_sign` action before the case moves."""
    if not action.all_sign:
        return False
    seats = [address_of(seat, situation.scene) for seat in action.seats]
    return any(
        # A seat that has moved is still to be heard: the case does not go on without it.
        seat is not None and _is_same_kind(task.address, seat)
        for task in situation.open_tasks
        if mine is None or task.id != mine.id
        for seat in seats
    )


def closed_by(
    situation: Situation, actor: Actor, action: Action, mine: Task | None, moves: bool
) -> tuple[Task, ...]:
    """The tasks that an act ends: the person's own by their action, the others because it moved."""
    closed: list[Task] = []
    for task in situation.open_tasks:
        if mine is not None and task.id == mine.id and (moves or action.all_sign):
            closed.append(
                replace(
                    task,
                    closed_at=situation.now,
                    closed_as=action.key,
                    closed_by=actor.id,
                    closed_for=actor.acting_for,
                )
            )
        elif moves:
            closed.append(
                replace(
                    task,
                    closed_at=situation.now,
                    closed_as=TaskEnd.MOVED.value,
                    closed_by=actor.id,
                    closed_for=None,
                )
            )
    return tuple(closed)


def merged(tasks: Sequence[Task], changed: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks of a case with the changed ones in place."""
    by_id = {task.id: task for task in tasks}
    by_id.update({task.id: task for task in changed})
    return tuple(by_id.values())


def tasks_for(
    situation: Situation, history: Sequence[Task], due: datetime | None, ids: Ids
) -> tuple[Task, ...]:
    """The tasks that wait at the step that a case has just come to, each address once."""
    case, definition = situation.case, situation.definition
    if definition.states[case.state].final:
        return ()
    excluded = excluded_from(definition, case, case.state, history)
    scene = replace(situation, tasks=tuple(history)).scene
    found: dict[str, Task] = {}
    for placed in (
        one for seat in definition.duties_of(case.state) for one in places_of(seat, scene)
    ):
        address = placed.address
        if address.key in found:
            continue
        found[address.key] = Task(
            id=ids(),
            case=case.id,
            step=case.state,
            address=address,
            round=case.round,
            opened_at=situation.now,
            due_at=due,
            excluded=() if address.person is not None else excluded,
            handling=handling_of(placed),
        )
    return tuple(found.values())


def handling_of(placed: Placed) -> Handling:
    """How a task tells that it went elsewhere than where its seat says, or to one of several."""
    if placed.because is None and placed.role is None:
        return ORDINARY
    return Handling(
        role=placed.role,
        because="" if placed.because is None else placed.because.value,
        meant=None if placed.meant is None else placed.meant.key,
    )


def brought_up(
    situation: Situation, remaining: Iterable[Task], history: Sequence[Task], due: datetime | None
) -> tuple[Task, ...]:
    """Open tasks that stay open, where the due date or the excluded people have changed."""
    excluded = excluded_from(situation.definition, situation.case, situation.case.state, history)
    changed: list[Task] = []
    for task in remaining:
        after = replace(
            task,
            due_at=due,
            excluded=() if task.address.person is not None else excluded,
        )
        if after != task:
            changed.append(after)
    return tuple(changed)
