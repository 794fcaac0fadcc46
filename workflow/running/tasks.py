"""The tasks of a case: which one an act answers, which close with it, which wait at the next step.

Who signed what is read from closed tasks; nothing is counted and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from workflow.design.definition import Action, seats_asked
from workflow.design.panels import Panel, Vote
from workflow.design.seats import Seat
from workflow.making import replace
from workflow.nouns import ORDINARY, SYSTEM, Actor, Address, Handling, Task, TaskEnd, TaskKind
from workflow.people.eligibility import (
    Because,
    Placed,
    Scene,
    Standing,
    address_of,
    grant_for,
    places_of,
)
from workflow.people.organisation import ADMINISTRATOR
from workflow.people.signing import excluded_from, shut_at
from workflow.running import branches, panels
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
    here = situation.asked_here
    known = [task for task in here if task.address == address]
    if not known:
        known = [task for task in here if _is_same_kind(task.address, address)]
    for task in known:
        if task.is_open:
            return task
    return None


def is_of_step(task: Task) -> bool:
    """Whether the step waits for this task: not only an opinion, a comment, a condition."""
    return task.handling.kind is TaskKind.STEP


def handed_task(situation: Situation, actor: Actor) -> Task | None:
    """The open task of this step that somebody has by name: as a member of its panel, or because
    a colleague passed it on. A delegate has it in the role for which its owner sits.
    """
    mine = [
        task
        for task in situation.here
        if task.is_open
        and is_of_step(task)
        and _is_handed_to(situation, task, actor.acting_for or actor.id)
        and (task.handling != ORDINARY or panels.panel_here(situation) is not None)
        and not task.handling.because
    ]
    if actor.acting_for is not None:
        roles = ((task, task.handling.role or task.address.role) for task in mine)
        mine = [t for t, role in roles if role and grant_for(actor, role, situation.scene)]
    return next((task for task in mine if not task.handling.held), mine[0] if mine else None)


def _is_handed_to(situation: Situation, task: Task, person: str) -> bool:
    """Whether a task was given to somebody: by name, or to a post of theirs by an administrator."""
    if task.address.person is not None:
        return task.address.person == person
    if task.handling.origin is None or person in task.excluded:
        return False
    scene = situation.scene
    reached = situation.organisation.reached_by(task.address, scene.day, scene.clock)
    return any(one.id == person for one in reached)


def came_from(situation: Situation, handed: Task, seats: Iterable[Seat]) -> bool:
    """Whether a task that somebody has by name came from one of these seats."""
    by_id = {task.id: task for task in situation.tasks}
    first = handed
    while (before := by_id.get(first.handling.origin or "")) is not None:
        first = before
    if first.address in {address_of(seat, situation.scene) for seat in seats}:
        return True
    named = first.address.person is not None and panels.panel_here(situation) is None
    return named and first.handling.role in {seat.role for seat in seats if seat.role}


def handed_on(situation: Situation, address: Address | None) -> Task | None:
    """The task of an address that was passed on in this visit, or decided though somebody is still
    to decide after it; None while one waits there.
    """
    here = [task for task in situation.asked_here if task.address == address]
    if any(task.is_open for task in here):
        return None
    followed = {one.handling.origin for one in situation.open_tasks if is_of_step(one)}
    gone = (t for t in here if t.closed_as in panels.HANDED_ON or t.id in followed)
    return next(gone, None)


def is_over(situation: Situation, address: Address | None) -> bool:
    """Whether work waited at an address in this visit and none waits there any more."""
    here = [task.is_open for task in situation.asked_here if task.address == address]
    return bool(here) and not any(here)


def _is_same_kind(one: Address, other: Address) -> bool:
    return one.role == other.role and (one.person is None) == (other.person is None)


def signed_for(situation: Situation, action: Action, seat: Seat) -> Task | None:
    """The task that a seat's joint signature has closed since the case came to this step."""
    address = address_of(seat, situation.scene)
    return next(
        (
            task
            for task in situation.here
            if task.address == address and task.closed_as == action.key
        ),
        None,
    )


def others_must_sign(situation: Situation, action: Action, mine: Task | None) -> bool:
    """Whether further seats have to take an `all_sign` action before the case moves."""
    others = [
        task
        for task in situation.open_tasks
        if (mine is None or task.id != mine.id) and is_of_step(task)
    ]
    if not others:
        return False
    if any(mine is not None and task.handling.origin == mine.id for task in others):
        # 后加签: whoever was added after me is still to decide
        return action.tone == "forward" if action.vote is None else action.vote is Vote.FOR
    if not action.all_sign:
        return False
    seats = [address_of(seat, situation.scene) for seat in action.seats]
    return any(
        # A seat that has moved is still to be heard: the case does not go on without it.
        task.step == situation.case.state
        and ((seat is not None and _is_same_kind(task.address, seat)) or task.handling.origin)
        for task in others
        for seat in seats
    )


def closed_by(
    situation: Situation,
    actor: Actor,
    action: Action,
    mine: Task | None,
    target: str,
    *,
    moves: bool,
    waits: bool,
) -> tuple[Task, ...]:
    """The tasks that an act ends: the person's own by their action, the others because the case
    (or the branch) moves to `target`.

    What was promised outlives the step; a branch that sends the whole case back ends the others.
    """
    closed: list[Task] = []
    # Who signs has done their part, also where the case waits for the others at the same step.
    done = moves or waits or action.signs or action.vote is not None
    final = situation.definition.states[target].final
    end = TaskEnd.MOVED
    here = situation.definition.states[situation.case.state]
    if situation.branch is not None and not branches.stays_inside(situation, target):
        end = TaskEnd.RETURNED
    elif here.parallel is not None and here.parallel.then == action.key:
        end = TaskEnd.NOT_NEEDED
    for task in branches.reached_by_move(situation, target, situation.open_tasks):
        if mine is not None and task.id == mine.id and done:
            closed.append(
                replace(
                    task,
                    closed_at=situation.now,
                    closed_as=action.key,
                    closed_by=actor.id,
                    closed_for=actor.acting_for,
                )
            )
        elif moves and (final or task.handling.kind is not TaskKind.PROMISE):
            closed.append(
                replace(
                    task,
                    closed_at=situation.now,
                    closed_as=end.value,
                    closed_by=actor.id,
                    closed_for=None,
                )
            )
    return tuple(closed)


def merged(tasks: Sequence[Task], changed: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks of a case with the changed ones in place."""
    by_id = {task.id: task for task in tasks}
    for task in changed:
        by_id[task.id] = task
    return tuple(by_id.values())


def tasks_for(
    situation: Situation,
    history: Sequence[Task],
    due: datetime | None,
    ids: Ids,
    scene: Scene,
) -> tuple[Task, ...]:
    """The tasks that wait at the step that a case has just come to, each address once. `scene` is
    that of the case with the tasks of `history`.
    """
    case, definition = situation.case, situation.definition
    state = definition.states[case.state]
    if state.final:
        return ()
    excluded = excluded_from(definition, case, case.state, history)
    waiting: dict[Address, Handling] = {}
    if state.panel is not None:
        waiting.update(_panel_places(replace(situation, tasks=tuple(history)), state.panel))
    for seat in duties_at(situation, case.state):
        for placed in places_of(seat, scene):
            waiting.setdefault(placed.address, as_placed(placed))
    if not waiting and (state.panel is not None or definition.duties_of(case.state)):
        # The form names nobody: without a task nobody would ever see that the case waits.
        waiting[Address(role=ADMINISTRATOR)] = Handling(because=Because.UNNAMED.value)
    return tuple(
        Task(
            id=ids(),
            case=case.id,
            step=case.state,
            address=address,
            round=case.round,
            opened_at=situation.now,
            due_at=due,
            excluded=shut_at(address, definition, case, case.state, history, excluded),
            handling=handling,
        )
        for address, handling in waiting.items()
    )


def duties_at(situation: Situation, state: str) -> tuple[Seat, ...]:
    """The seats for which a task waits when this case comes to a state: those of actions whose
    `duty` is known not to hold have nothing to do there.
    """
    definition = situation.definition
    if state not in definition.unsure_duties:
        return definition.duties_of(state)
    actions = definition.actions_from(state)
    view = situation.view(Actor(SYSTEM, SYSTEM))
    ready = situation.rulebook.ready
    return seats_asked(
        action
        for action in actions
        if action.duty_when is None or view.evaluate(ready(action.duty_when)) is not False
    )


def _panel_places(situation: Situation, panel: Panel) -> Iterator[tuple[Address, Handling]]:
    """A place for every member. Where nobody can sit, the posts themselves: somebody may be given
    one, and an administrator sees that it is empty.
    """
    members = panels.members_for(situation, panel)
    for person, handling in members.items():
        yield Address(person=person), handling
    taken = {line for handling in members.values() for line in handling.lines}
    left = panels.rows_of(situation, panel).get(None, ())
    seats = panel.replace if not taken.issuperset(left) else ()
    for seat in seats if members else (*panel.members, *seats):
        lines = left if seat in seats else ()
        for placed in places_of(seat, situation.scene):
            yield (
                placed.address,
                replace(as_placed(placed), lines=lines) if lines else (as_placed(placed)),
            )


def as_placed(placed: Placed) -> Handling:
    """How a task is handled that went elsewhere, or to one person for a role."""
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
    """Open tasks of the step that stay open, where the due date or the excluded people changed.

    What somebody has claimed who may not decide it any more is free again for the others.
    """
    step = situation.case.state
    waiting = [task for task in remaining if task.step == step and is_of_step(task)]
    if not waiting:
        return ()
    excluded = excluded_from(situation.definition, situation.case, step, history)
    changed: list[Task] = []
    for task in waiting:
        shut = shut_at(task.address, situation.definition, situation.case, step, history, excluded)
        if task.address.person is None:
            shut += task.handling.recused
        # One that is overdue keeps the day that it missed, until another clock runs over it.
        at = task.due_at if task.overdue and due is None else due
        if task.due_at != at or task.excluded != shut:
            freed = task.handling
            if freed.claimed_by in shut:
                freed = replace(freed, claimed_by=None)
            changed.append(replace(task, due_at=at, excluded=shut, handling=freed))
    return tuple(changed)


def promised(
    situation: Situation, action: Action, target: str, wanted: Iterable[str], ids: Ids
) -> tuple[Task, ...]:
    """A task for each condition of an approval: somebody has to see that it is met."""
    addresses = [address_of(seat, situation.scene) for seat in action.promises]
    return tuple(
        Task(
            id=ids(),
            case=situation.case.id,
            step=target,
            address=address,
            round=situation.case.round,
            opened_at=situation.now,
            handling=Handling(kind=TaskKind.PROMISE, subject=words),
        )
        for words in wanted
        for address in addresses
        if address is not None
    )


def freed(situation: Situation, mine: Task | None) -> tuple[Task, ...]:
    """后加签: the tasks of those who were to decide after me, whose turn it is now."""
    return tuple(
        replace(task, handling=replace(task.handling, held=False))
        for task in situation.open_tasks
        if mine is not None and task.handling.origin == mine.id and task.handling.held
    )
