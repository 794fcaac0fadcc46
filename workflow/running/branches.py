"""Branches that run side by side: each is a flat machine of its own, and here they meet.

While a case is in a parallel state, an act in one branch is judged as if the case stood where that
branch stands; what it leaves is put back beside the other branches. So the core knows no nesting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflow.design.deadlines import DeadlineRule
from workflow.design.definition import Action, Definition, State
from workflow.making import replace
from workflow.nouns import Branch, Case, Task
from workflow.running.situation import Situation


def places(case: Case) -> tuple[str, ...]:
    """The states in which a case stands: its own, and those of its branches."""
    if not case.course.branches:
        return (case.state,)
    return (case.state, *(branch.state for branch in case.course.branches.values()))


def actions_at(definition: Definition, case: Case) -> tuple[Action, ...]:
    """The actions that leave any of the places where a case stands, each once."""
    found = (action for place in places(case) for action in definition.actions_from(place))
    return tuple(dict.fromkeys(found))


def at_action(situation: Situation, action: Action, task: str | None = None) -> Situation:
    """The situation from where an action is taken: in the branch that it leaves, or as it is.

    `task` tells the branch where an action leaves several.
    """
    return all_at_action(situation, action, task)[0]


def all_at_action(
    situation: Situation, action: Action, task: str | None = None
) -> tuple[Situation, ...]:
    """The same for every branch that the action leaves; at least one."""
    case = situation.case
    if not case.course.branches or situation.branch is not None or case.state in action.sources:
        return (situation,)
    here = [key for key, one in case.course.branches.items() if one.state in action.sources]
    if len(here) > 1 and task is not None:
        step = next((one.step for one in situation.tasks if one.id == task), None)
        here = [key for key in here if case.course.branches[key].state == step] or here
    return tuple(in_branch(situation, key) for key in here) or (situation,)


def at_step(situation: Situation, step: str) -> Situation:
    """The situation at a step: in the branch that stands there, or as it is."""
    for key, branch in situation.case.course.branches.items():
        if branch.state == step and situation.branch is None:
            return in_branch(situation, key)
    return situation


def in_branch(situation: Situation, key: str) -> Situation:
    """The situation as one branch sees it."""
    branch = situation.case.course.branches[key]
    case = situation.case
    course = replace(case.course, back_to=branch.back_to)
    seen = replace(case, state=branch.state, entered_at=branch.entered_at, course=course)
    return replace(situation, case=seen, branch=key, whole=case)


def beginning(situation: Situation, start: str) -> Situation:
    """A branch that begins as its parallel state is entered."""
    within = situation.definition.states[start].within
    seen = replace(situation.case, state=start, entered_at=situation.now)
    key = None if within is None else within[1]
    return replace(situation, case=seen, branch=key, whole=situation.case)


def beside(situation: Situation) -> Iterator[Situation]:
    """The other branches, each as it is seen from inside."""
    case = situation.case
    for key, branch in case.course.branches.items():
        if key != situation.branch:
            seen = replace(case, state=branch.state, entered_at=branch.entered_at)
            yield replace(situation, case=seen, branch=key, whole=whole_case(situation))


def at_clock(situation: Situation, rule: DeadlineRule) -> Situation:
    """The situation in which a clock runs: in the branch that stands in one of its states."""
    for key, branch in situation.case.course.branches.items():
        if branch.state in rule.states and situation.branch is None:
            return in_branch(situation, key)
    return situation


def whole_case(situation: Situation) -> Case:
    """The case itself, also while a branch is looked at."""
    return situation.case if situation.whole is None else situation.whole


def seen_from(states: Mapping[str, State], here: str, step: str) -> str | None:
    """A step as it looks from another: itself in the same branch (or where both are in none), the
    parallel state where a branch is looked at from outside; None: beside or around it.
    """
    if here not in states or step not in states:
        return None
    mine, other = states[here].within, states[step].within
    if mine == other:
        return step
    return other[0] if mine is None and other is not None else None


def stays_inside(situation: Situation, target: str) -> bool:
    """Whether an act in a branch leaves the case in its parallel state."""
    if situation.branch is None or situation.whole is None:
        return False
    within = situation.definition.states[target].within
    return within == (situation.whole.state, situation.branch)


def put_back(situation: Situation, after: Case) -> Case:
    """The case after an act: a branch that moved is put beside the others; whoever enters a
    parallel state starts its branches, whoever leaves it ends them.
    """
    definition, course = situation.definition, after.course
    if stays_inside(situation, after.state) and situation.whole is not None:
        whole, key = situation.whole, situation.branch or ""
        moved = Branch(after.state, after.entered_at, course.back_to)
        return replace(
            after,
            state=whole.state,
            entered_at=whole.entered_at,
            course=replace(
                course,
                branches={**course.branches, key: moved},
                back_to=whole.course.back_to,
            ),
        )
    whole = whole_case(situation)
    if after.state == whole.state and after.entered_at == whole.entered_at:
        return after
    parallel = definition.states[after.state].parallel
    if parallel is not None and _are_of(definition, after):
        return after  # it stands there again: its branches go on where they were
    begun = (
        {}
        if parallel is None
        else {one.key: Branch(one.start, after.entered_at) for one in parallel.regions}
    )
    if begun == course.branches:
        return after
    return replace(after, course=replace(course, branches=begun))


def _are_of(definition: Definition, case: Case) -> bool:
    """Whether the branches of a case are those of the state in which it is."""
    found = case.course.branches
    return bool(found) and all(
        definition.states[branch.state].within == (case.state, key) for key, branch in found.items()
    )


def starts_of(definition: Definition, state: str) -> tuple[str, ...]:
    """Where the branches of a state begin; none for an ordinary state."""
    parallel = definition.states[state].parallel
    return () if parallel is None else tuple(region.start for region in parallel.regions)


def reached_by_move(situation: Situation, target: str, tasks: Iterable[Task]) -> Iterator[Task]:
    """The open tasks that a move ends: of the branch that moves, or of the whole case."""
    inside = stays_inside(situation, target)
    key = (None if situation.whole is None else situation.whole.state, situation.branch)
    for task in tasks:
        if not inside or situation.definition.states[task.step].within == key:
            yield task


def work_here(situation: Situation, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Of these tasks those that an act here is about: of its branch, or of the whole case."""
    if situation.branch is None or situation.whole is None:
        return tuple(tasks)
    here = (situation.whole.state, situation.branch)
    states = situation.definition.states
    return tuple(task for task in tasks if states[task.step].within == here)


def is_joined(definition: Definition, case: Case) -> bool:
    """Whether enough branches are done for the case to go on."""
    parallel = definition.states[case.state].parallel
    if parallel is None:
        return False
    done = sum(
        region.key in case.course.branches and case.course.branches[region.key].state in region.done
        for region in parallel.regions
    )
    return done >= parallel.needed


def clocks_of(situation: Situation) -> tuple[DeadlineRule, ...]:
    """The clocks that an act here may turn: those of its branch, or those of no branch."""
    states = situation.definition.states
    here = (
        None
        if situation.branch is None or situation.whole is None
        else (situation.whole.state, situation.branch)
    )
    return tuple(
        rule
        for rule in situation.definition.deadlines.values()
        if any(states[key].within == here for key in rule.states)
    )
