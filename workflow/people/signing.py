"""Who has signed a case, and whom that keeps from deciding at another step of it."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.design.definition import Action, Definition, SameApprover
from workflow.design.panels import Vote
from workflow.design.seats import NAMED, SeatKind
from workflow.nouns import Address, Case, Task
from workflow.people.hiding import hidden_people


def signatures(definition: Definition, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The closed tasks that are signatures, of every round: a voided signature still ties its
    signer to the step.
    """
    return tuple(task for task in tasks if task.closed_as in definition.signing_actions)


def excluded_from(
    definition: Definition, case: Case, step: str, tasks: Iterable[Task]
) -> tuple[str, ...]:
    """Who may hold the post and still gets no task at a step: the applicant, those who signed
    another step, and those from whom the case is hidden.
    """
    people: list[str] = [*hidden_people(definition, case)]
    if step not in definition.applicant_steps:
        people.append(case.applicant)
    if step in definition.review_steps:
        people += signed_elsewhere(definition, case, step, tuple(tasks))
    return tuple(dict.fromkeys(people))


def shut_at(
    address: Address,
    definition: Definition,
    case: Case,
    step: str,
    tasks: Iterable[Task],
    excluded: tuple[str, ...],
) -> tuple[str, ...]:
    """Who of those that are `excluded` from a step is kept from a task that waits at an address.

    What waits for one person by name is in their inbox while there is something they may do about
    it. If there is nothing, it is in nobody's, and the administrators see that it waits.
    """
    person = address.person
    if person is None:
        return excluded
    if person not in excluded or _has_a_say(definition, case, step, tuple(tasks), person):
        return ()
    return (person,)


def _has_a_say(
    definition: Definition, case: Case, step: str, tasks: tuple[Task, ...], person: str
) -> bool:
    if person in hidden_people(definition, case):
        return False
    signed = person in signed_elsewhere(definition, case, step, tasks)
    return any(
        not (signed and definition.is_review(action, step))
        and (person != case.applicant or action.by_applicant or _is_the_applicants(action))
        for action in definition.actions_from(step)
        if action.duty
    )


def _is_the_applicants(action: Action) -> bool:
    return any(seat.kind is SeatKind.APPLICANT for seat in action.seats)


def signed_elsewhere(
    definition: Definition, case: Case, step: str, tasks: tuple[Task, ...]
) -> tuple[str, ...]:
    """Who has signed another step, in person or by somebody standing in, and so signs no more at
    this one. Not those who agree here automatically: what they agreed to keeps them from nothing.
    """
    people = (
        name
        for signed in signatures(definition, tasks)
        if signed.step != step
        for name in (signed.closed_by, signed.closed_for)
        if name and not already_agreed(definition, case, tasks, name, step)
    )
    return tuple(dict.fromkeys(people))


def already_agreed(
    definition: Definition,
    case: Case,
    tasks: Iterable[Task],
    member: str,
    step: str | None = None,
) -> bool:
    """Whether somebody who is asked at a step (None: where the case is) agrees automatically, as
    `same_approver` says: they agreed at the step before (adjacent), or at any (all), in this round.

    Never for the applicant, nor where it is not one action by which people agree. An agreement
    given through a delegate is the principal's.
    """
    if definition.same_approver is SameApprover.NONE or member == case.applicant:
        return False
    here = step or case.state
    if agreement_at(definition, here) is None:
        return False
    agreed = [
        task
        for task in tasks
        if task.round == case.round and task.step != here and _agrees(definition, task)
    ]
    if definition.same_approver is SameApprover.ADJACENT:
        # Of several at one moment the one that was opened last.
        late = reversed(agreed)
        last = max(late, key=lambda task: task.closed_at or task.opened_at, default=None)
        agreed = [task for task in agreed if last is not None and task.step == last.step]
    return any((task.closed_for or task.closed_by) == member for task in agreed)


def agreement_at(definition: Definition, step: str) -> Action | None:
    """The one action by which people agree to a step; None where there are several, or none.

    What the system takes (a panel's result) is nobody's agreement.
    """
    found = [
        action
        for action in definition.actions_from(step)
        if action.vote is Vote.FOR
        or (action.vote is None and action.tone == "forward" and is_asked(action))
    ]
    return found[0] if len(found) == 1 else None


def is_asked(action: Action) -> bool:
    """Whether an action is what somebody is asked for at a step: a vote, or one for which a task
    waits.
    """
    people = any(seat.kind in NAMED or seat.kind is SeatKind.REVIEWER for seat in action.seats)
    return people and (action.duty or action.vote is not None)


def _agrees(definition: Definition, task: Task) -> bool:
    """Whether a task was closed by somebody's yes."""
    action = definition.actions.get(task.closed_as or "")
    if action is None:
        return False
    return action.tone == "forward" and action.vote in (None, Vote.FOR)
