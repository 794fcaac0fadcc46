"""Separation of duties: nobody decides on their own submission, nobody signs two different steps
of one case.

Default deny, as register convention V6 says (a design choice of the house; S0-15-31 and the named
signers of S0-03-B02b…d come nearest). A definition loosens the first for single actions; nothing
loosens the second. A delegate is bound by both names: their own and the name of whom they stand
for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workflow.design.definition import Action, Definition
from workflow.design.seats import SeatKind
from workflow.nouns import Actor, Case, Task, TaskEnd, TaskKind
from workflow.people.eligibility import Standing
from workflow.people.signing import signatures
from workflow.refusals import Code, Refusal, Sentence

OWN_SUBMISSION = Sentence(
    "这是您自己提交的申请，须由其他人办理",
    "You submitted this yourself; somebody else has to decide on it",
)
SIGNED_BEFORE = Sentence(
    "您已在“{step}”环节签署过本案，同一人不能在两个环节签署",
    "You already signed this case at “{step}”; nobody signs two different steps of one case",
)
SIGNED_HERE = Sentence(
    "您已在本环节签署，须由另一人签署",
    "You already signed here; the other signature must be somebody else's",
)


SITS_HERE = Sentence(
    "您本人也是这一步的成员，或已在此表决，不能再代他人表决；请由本人或另一位代理人办理",
    "You sit here yourself, or have voted here already, and cannot vote for somebody else as "
    "well; they or another delegate have to",
)


def of_this_visit(case: Case, tasks: Sequence[Task], definition: Definition) -> tuple[Task, ...]:
    """The tasks that were opened when the case came to the step where it is now, the last first.

    A signature of an earlier visit binds its signer to the step, but has to be given again. Other
    branches go their own way meanwhile; what was taken back ends no visit.
    """
    found: list[Task] = []
    for task in reversed(tasks):
        if task.closed_as == TaskEnd.TAKEN_BACK:
            continue
        if task.step == case.state and task.opened_at >= case.entered_at:
            found.append(task)
        elif task.handling.kind is TaskKind.STEP and not _is_beside(
            definition, case.state, task.step
        ):
            break  # of another step: what is before it belongs to an earlier visit
    return tuple(found)


def _is_beside(definition: Definition, here: str, other: str) -> bool:
    """Whether the case may stand at both steps at once: in two branches, or in a branch and in the
    parallel state around it.
    """
    states = definition.states
    if here not in states or other not in states:
        return False
    one, two = states[here].within, states[other].within
    if one is not None and two is not None:
        return one[0] == two[0] and one[1] != two[1]
    return (one is not None and one[0] == other) or (two is not None and two[0] == here)


def against(
    actor: Actor,
    action: Action,
    standing: Standing,
    case: Case,
    tasks: Iterable[Task],
    definition: Definition,
) -> Refusal | None:
    """The reason of duty that keeps this actor from this action, if any."""
    if actor.is_automatic:
        return None
    names = {actor.id, actor.acting_for or actor.id}
    if (
        case.applicant in names
        and not action.by_applicant
        and standing.seat.kind is not SeatKind.APPLICANT
    ):
        return _refusal(OWN_SUBMISSION, "own_submission")
    if not definition.is_review(action, case.state):
        return None
    tasks = tuple(tasks)
    if action.vote is not None and _votes_twice(actor, of_this_visit(case, tasks, definition)):
        return _refusal(SITS_HERE, "signed_here")
    return signed_already(actor, action, case, tasks, definition)


def signed_already(
    actor: Actor,
    action: Action,
    case: Case,
    tasks: tuple[Task, ...],
    definition: Definition,
) -> Refusal | None:
    """Another step that this actor has signed, or a joint signature of this one."""
    names = {actor.id, actor.acting_for or actor.id}
    for signed in signatures(definition, tasks):
        if names.isdisjoint({signed.closed_by, signed.closed_for}):
            continue
        if signed.step != case.state:
            step = definition.states[signed.step].name
            because = Sentence(
                SIGNED_BEFORE.zh.format(step=step.zh), SIGNED_BEFORE.en.format(step=step.en)
            )
            return _refusal(because, "signed_before")
        if action.all_sign and signed in of_this_visit(case, tasks, definition):
            return _refusal(SIGNED_HERE, "signed_here")
    return None


def _votes_twice(actor: Actor, here: Iterable[Task]) -> bool:
    """Whether a delegate who votes for a member has a seat or a vote of their own.

    Several people are asked; one who answers for two of them makes them one fewer.
    """
    if actor.acting_for is None:
        return False
    return any(
        task.closed_by == actor.id or (task.is_open and task.address.person == actor.id)
        for task in here
        if task.handling.kind is TaskKind.STEP and task.closed_as not in _LEFT
    )


_LEFT = frozenset(TaskEnd)


def _refusal(because: Sentence, rule: str) -> Refusal:
    # S0-15-31 asks for four separate posts; the rest of V6 is the hospital's own choice (†).
    return Refusal(Code.SEPARATION_OF_DUTIES, because, ("S0-15-31",), rule=rule, standing=True)
