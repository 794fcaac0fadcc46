"""What several people do on one case, as seen: who sits in its panels and how they voted, and
where its branches stand.

Read from the tasks and the ledger each time; nothing is counted and kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workflow.nouns import Address, Task, TaskEnd, TaskKind
from workflow.running import branches, panels
from workflow.running.situation import Situation
from workflow.service.sights import BranchSight, LedgerLine, PanelSight, SeatIs, SeatSight

_ENDS = {
    TaskEnd.NOT_NEEDED: SeatIs.NOT_NEEDED,
    TaskEnd.RECUSED: SeatIs.RECUSED,
    TaskEnd.SIGNED_ELSEWHERE: SeatIs.SIGNED_ELSEWHERE,
    TaskEnd.REMOVED: SeatIs.REMOVED,
    TaskEnd.TRANSFERRED: SeatIs.PASSED_ON,
    TaskEnd.REROUTED: SeatIs.PASSED_ON,
}


def panels_seen(situation: Situation, lines: Sequence[LedgerLine]) -> tuple[PanelSight, ...]:
    """The panels where the case stands, then those that it has left, each in its last visit."""
    definition, case = situation.definition, situation.case
    places = branches.places(case)
    steps = [key for key, state in definition.states.items() if state.panel is not None]
    ordered = sorted(steps, key=lambda key: key not in places)
    found = (_panel(situation, step, lines, here=step in places) for step in ordered)
    return tuple(one for one in found if one is not None)


def _panel(
    situation: Situation, step: str, lines: Sequence[LedgerLine], *, here: bool
) -> PanelSight | None:
    panel = situation.definition.states[step].panel
    there = branches.at_step(situation, step) if here else _last_visit(situation, step)
    seats = () if there is None else panels.seats_of(there, there.tasks)
    if panel is None or there is None or not seats:
        return None
    ballots = panels.ballots_of(there, there.tasks)
    result = panels.result_of(panel, ballots) if ballots else None
    without = panels.result_of(replace(panel, veto=()), ballots) if ballots else None
    return PanelSight(
        step=step,
        panel=panel,
        seats=tuple(_seat(there, task, seats, lines) for task in seats),
        tally=panels.count(panel, ballots),
        result=result,
        here=here,
        for_veto=result is None and without is not None,
    )


def _last_visit(situation: Situation, step: str) -> Situation | None:
    """The situation as if the case still stood at a step that it has left."""
    last = max((n for n, task in enumerate(situation.tasks) if task.step == step), default=None)
    if last is None:
        return None
    until = situation.tasks[: last + 1]
    seen = replace(situation.case, state=step, entered_at=until[0].opened_at)
    return replace(situation, case=seen, tasks=until)


def _seat(
    situation: Situation, task: Task, seats: Sequence[Task], lines: Sequence[LedgerLine]
) -> SeatSight:
    action = situation.definition.actions.get(task.closed_as or "")
    if action is not None:
        return SeatSight(task, SeatIs.DECIDED, action.vote, _line_of(task, lines))
    if task.is_open:
        stands = SeatIs.NOT_YET if task.handling.held else SeatIs.WAITING
        hears = tuple(
            one.address
            for one in panels.heard_first(situation.open_tasks)
            if one.handling.origin == task.id
        )
        return SeatSight(task, stands, hears=hears)
    stands = next((is_ for end, is_ in _ENDS.items() if task.closed_as == end), SeatIs.GONE)
    return SeatSight(task, stands, after=_after(task, seats))


def _line_of(task: Task, lines: Sequence[LedgerLine]) -> LedgerLine | None:
    return next(
        (
            line
            for line in reversed(lines)
            if line.action == task.closed_as
            and line.entry.at == task.closed_at
            and line.entry.actor == task.closed_by
            and not line.refused
        ),
        None,
    )


def _after(task: Task, seats: Sequence[Task]) -> Address | None:
    """Who has the seat now; whoever was to be heard after its holder has one of their own."""
    heirs: Iterator[Task] = (
        one
        for one in seats
        if one.handling.origin == task.id and one.handling.kind is TaskKind.STEP
    )
    return next((one.address for one in heirs), None)


def branches_seen(situation: Situation) -> tuple[BranchSight, ...]:
    """Where the branches stand, in the order of the definition."""
    case = situation.case
    parallel = situation.definition.states[case.state].parallel
    if parallel is None:
        return ()
    return tuple(
        BranchSight(region.key, branch.state, branch.entered_at, branch.state in region.done)
        for region in parallel.regions
        if (branch := case.course.branches.get(region.key)) is not None
    )
