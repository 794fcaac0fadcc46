"""What the engine does next by itself, once an act is done.

Automatic actions whose conditions hold, the result of a panel, the join of branches, the agreement
of somebody who has agreed already, and the seat of somebody who has signed elsewhere meanwhile.
Each is a decision of `system` with a line of its own, judged by the same rules; one that is refused
has simply not its time yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from workflow.design.definition import Definition, SameApprover
from workflow.nouns import SYSTEM, Actor, Case, Task
from workflow.people.eligibility import Standing
from workflow.people.signing import agreement_at, already_agreed
from workflow.running.branches import at_step, places
from workflow.running.handling import BY_TASK, UNSEAT
from workflow.running.situation import Situation
from workflow.running.tasks import is_of_step
from workflow.running.unseating import unusable


@dataclass(frozen=True, slots=True)
class Next:
    """An action that the engine may take now; `acting_for` whoever has agreed already."""

    action: str
    acting_for: str | None = None

    @property
    def actor(self) -> Actor:
        """Who takes it: the engine, always seen as such."""
        return Actor(SYSTEM, SYSTEM, self.acting_for)


def may_follow(definition: Definition, case: Case) -> Iterator[Next]:
    """What may follow where a case stands, in the order in which it is tried."""
    if case.closed_at is not None or case.course.suspended is not None:
        return
    for place in places(case):
        yield from map(Next, definition.following[place])


def agreeing(situation: Situation) -> Iterator[Next]:
    """Agreements of those who have agreed already, where the definition spares them a second one
    (`same_approver`). Only where a task waits for one person alone.
    """
    if situation.definition.same_approver is SameApprover.NONE:
        return
    for place in places(situation.case):
        here = at_step(situation, place)
        action = agreement_at(here.definition, place)
        for task in here.open_tasks if action is not None else ():
            person = _spared(here, task)
            if action is not None and person is not None:
                yield Next(action.key, person)


def unseating(situation: Situation) -> Iterator[Next]:
    """What nobody can do any more where it waits is taken from there, one task after the other."""
    if situation.case.closed_at is None and situation.case.course.suspended is None:
        yield from (Next(UNSEAT) for _ in islice(unusable(situation), 1))


def _spared(situation: Situation, task: Task) -> str | None:
    """The one person for whom a task of this step waits, if they have agreed already."""
    if task.step != situation.case.state or task.handling.held or not is_of_step(task):
        return None
    scene = situation.scene
    reached = situation.organisation.reached_by(task.address, scene.day, scene.clock)
    if len(reached) != 1:
        return None
    person = reached[0].id
    agreed = already_agreed(situation.definition, situation.case, situation.tasks, person)
    return person if agreed else None


def standing_of_agreement(situation: Situation, actor: Actor) -> Standing | None:
    """From where the engine agrees for somebody: the task that waits for them alone."""
    for task in situation.open_tasks:
        if _spared(situation, task) == actor.acting_for:
            role = task.handling.role or task.address.role
            return Standing(BY_TASK, role, task.address.department, task.address)
    return None
