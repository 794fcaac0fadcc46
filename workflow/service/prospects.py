"""What lies ahead of a case: who is asked now and why, where an action leads, and the way if
everybody agrees.

A forecast for people, never a rule: the rules are judged again when somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workflow.design.definition import Action, Seat, SeatKind
from workflow.nouns import SYSTEM, Actor, Address, Task
from workflow.people.eligibility import address_of
from workflow.people.organisation import Person
from workflow.people.signing import excluded_from
from workflow.running.judging import judge_conditions
from workflow.running.offers import is_automatic
from workflow.running.situation import Situation
from workflow.service.sights import Aim, PathStep, Waiting


def waiting_for(situation: Situation) -> tuple[Waiting, ...]:
    """The open tasks, each with who may take it today and the actions that it waits for."""
    return tuple(
        Waiting(
            task,
            tuple(
                person
                for person in situation.organisation.reached_by(task.address, situation.scene.day)
                if person.id not in task.excluded
            ),
            _actions_of(situation, task),
        )
        for task in situation.open_tasks
    )


def _actions_of(situation: Situation, task: Task) -> tuple[Action, ...]:
    return tuple(
        action
        for action in situation.definition.actions_from(task.step)
        if action.duty
        and any(address_of(seat, situation.scene) == task.address for seat in action.seats)
    )


def aim_of(situation: Situation, action: Action) -> Aim:
    """Where an action leads from here, and who would be asked there."""
    return Aim(action.target, _asked_at(situation, action.target)[1])


def path_from(situation: Situation) -> tuple[PathStep, ...]:
    """The steps ahead if everybody agrees, the end included; empty when no way on is known."""
    steps: list[PathStep] = []
    passed = {situation.case.state}
    state = situation.case.state
    while (onward := _way_on(situation, state)) is not None and onward.target not in passed:
        state = onward.target
        passed.add(state)
        addresses, people = _asked_at(situation, state)
        steps.append(PathStep(state, addresses, people))
    return tuple(steps)


def _way_on(situation: Situation, state: str) -> Action | None:
    """The first action forward whose conditions are not known to fail."""
    actions = [a for a in situation.definition.actions_from(state) if a.tone == "forward"]
    people_first = sorted(actions, key=is_automatic)
    return next((action for action in people_first if _may_hold(situation, action)), None)


def _may_hold(situation: Situation, action: Action) -> bool:
    view = situation.view(Actor(SYSTEM, SYSTEM))
    _, results = judge_conditions(situation, view, action.conditions, accepted=())
    return all(result.holds is not False for result in results)


def _asked_at(situation: Situation, state: str) -> tuple[tuple[Address, ...], tuple[Person, ...]]:
    if situation.definition.states[state].final:
        return (), ()
    there = replace(situation, case=replace(situation.case, state=state))
    excluded = excluded_from(there.definition, there.case, state, there.tasks)
    addresses = tuple(dict.fromkeys(_addresses(there, there.definition.duties_of(state))))
    people = {
        person.id: person
        for address in addresses
        for person in there.organisation.reached_by(address, there.scene.day)
        if address.person is not None or person.id not in excluded
    }
    return addresses, tuple(people.values())


def _addresses(situation: Situation, seats: Iterable[Seat]) -> Iterable[Address]:
    for seat in seats:
        # A withdrawal waits for the applicant at every step; it is not what the step is about.
        if (
            seat.kind is SeatKind.APPLICANT
            and len(situation.definition.duties_of(situation.case.state)) > 1
        ):
            continue
        address = address_of(seat, situation.scene)
        if address is not None:
            yield address
