"""What lies ahead of a case: who is asked now and why, where an action leads, and the way if
everybody agrees.

A forecast for people, never a rule: the rules are judged again when somebody decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workflow.design.definition import Action
from workflow.design.panels import Vote
from workflow.design.seats import Seat, SeatKind
from workflow.nouns import ORDINARY, SYSTEM, Actor, Address, Task
from workflow.people.eligibility import address_of
from workflow.people.organisation import Person
from workflow.people.signing import excluded_from
from workflow.running import branches, panels, returning
from workflow.running.judging import judge_conditions
from workflow.running.offers import is_automatic
from workflow.running.situation import Situation
from workflow.running.tasks import duties_at, is_of_step
from workflow.service.sights import Aim, PathStep, Waiting


def waiting_for(situation: Situation) -> tuple[Waiting, ...]:
    """The open tasks whose turn it is, each with who may take it today and the actions that it
    waits for.
    """
    scene = situation.scene
    return tuple(
        Waiting(
            task,
            tuple(
                person
                for person in scene.organisation.reached_by(task.address, scene.day, scene.clock)
                if person.id not in task.excluded
            ),
            _actions_of(situation, task),
        )
        for task in situation.open_tasks
        if not task.handling.held
    )


def _actions_of(situation: Situation, task: Task) -> tuple[Action, ...]:
    if not is_of_step(task):
        return ()
    actions = [
        action
        for action in situation.definition.actions_from(task.step)
        if (action.duty or action.vote is not None) and not is_automatic(action)
    ]
    scene = branches.at_step(situation, task.step).scene
    meant = tuple(
        action
        for action in actions
        if any(address_of(seat, scene) == task.address for seat in action.seats)
    )
    # Whoever sits by name, or has been handed the task, decides what its step is about.
    return meant or tuple(actions if task.handling is not ORDINARY else ())


def aim_of(situation: Situation, action: Action) -> Aim:
    """Where an action leads from here, and who would be asked there. Of a vote: where the panel
    leads if it passes, or fails.
    """
    here = branches.at_action(situation, action)
    panel = here.definition.states[here.case.state].panel
    target = action.target
    if action.vote is not None and panel is not None:
        result = {Vote.FOR: panel.passed, Vote.AGAINST: panel.failed}.get(action.vote, "")
        carried = here.definition.actions.get(result)
        target = "" if carried is None else carried.target
    elif action.back is not None:
        choices = returning.targets_of(here, action)
        target = choices[0] if len(choices) == 1 else ""
    else:
        aim = returning.aim_of(here, action, None)
        target = aim if isinstance(aim, str) else target
    return Aim(target, _asked_at(here, target)[1] if target else ())


def path_from(situation: Situation) -> tuple[PathStep, ...]:
    """The steps ahead if everybody agrees, the end included; empty when no way on is known."""
    steps: list[PathStep] = []
    passed = {situation.case.state}
    state = situation.case.state
    while (onward := _way_on(situation, state)) is not None:
        target = onward.target
        if not steps:
            # A returned case may go straight back to where it came from.
            aim = returning.aim_of(situation, onward, None)
            target = aim if isinstance(aim, str) else target
        if target in passed:
            break
        state = target
        passed.add(state)
        addresses, people = _asked_at(situation, state)
        steps.append(PathStep(state, addresses, people))
    return tuple(steps)


def _way_on(situation: Situation, state: str) -> Action | None:
    """The first action forward whose conditions are not known to fail; of a panel or of branches
    the one that carries their result out.
    """
    here = situation.definition.states[state]
    result = here.panel.passed if here.panel is not None else None
    result = here.parallel.then if here.parallel is not None else result
    if result is not None:
        return situation.definition.actions.get(result)
    actions = [
        action
        for action in situation.definition.actions_from(state)
        if action.tone == "forward" and action.target
    ]
    people_first = sorted(actions, key=is_automatic)
    return next((action for action in people_first if _may_hold(situation, action)), None)


def _may_hold(situation: Situation, action: Action) -> bool:
    view = situation.view(Actor(SYSTEM, SYSTEM))
    _, results = judge_conditions(situation, view, action.conditions, accepted=())
    return all(result.holds is not False for result in results)


def _asked_at(situation: Situation, state: str) -> tuple[tuple[Address, ...], tuple[Person, ...]]:
    here = situation.definition.states[state]
    if here.final:
        return (), ()
    if here.parallel is not None:
        starts = [_asked_at(situation, region.start) for region in here.parallel.regions]
        addresses = tuple(dict.fromkeys(one for each, _ in starts for one in each))
        everybody = {person.id: person for _, each in starts for person in each}
        return addresses, tuple(everybody.values())
    there = replace(situation, case=replace(situation.case, state=state))
    if here.panel is not None:
        known = there.organisation.people
        members = tuple(panels.members_for(there, here.panel))
        sitting = tuple(known[person] for person in members if person in known)
        return tuple(Address(person=person) for person in members), sitting
    excluded = excluded_from(there.definition, there.case, state, there.tasks)
    addresses = tuple(dict.fromkeys(_addresses(there, duties_at(there, state))))
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
