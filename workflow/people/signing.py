"""Who has signed a case, and whom that keeps from deciding at another step of it."""

from __future__ import annotations

from collections.abc import Iterable

from workflow.design.definition import Action, Definition, SeatKind
from workflow.nouns import Case, Task


def is_review(definition: Definition, action: Action, step: str) -> bool:
    """Whether taking `action` at `step` is a reviewer's act: a signature, or a return or refusal
    in its place.
    """
    if action.signs:
        return True
    by_reviewer = any(seat.kind is SeatKind.REVIEWER for seat in action.seats)
    return by_reviewer and step in definition.signing_steps


def signatures(definition: Definition, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The closed tasks that are signatures, of every round: a voided signature still ties its
    signer to the step.
    """
    return tuple(task for task in tasks if task.closed_as in definition.signing_actions)


def excluded_from(
    definition: Definition, case: Case, step: str, tasks: Iterable[Task]
) -> tuple[str, ...]:
    """Who may hold the post and still gets no task at a step: the applicant, and those who signed
    another step.
    """
    actions = [action for action in definition.actions_from(step) if action.duty]
    people: list[str] = []
    if not any(action.by_applicant for action in actions):
        people.append(case.applicant)
    if any(is_review(definition, action, step) for action in actions):
        for signed in signatures(definition, tasks):
            if signed.step != step:
                people += [name for name in (signed.closed_by, signed.closed_for) if name]
    return tuple(dict.fromkeys(people))
