"""What a changed calendar does to the clocks of a running case: those counted in working time move,
with one ledger line.

No decision: the version stays, so nobody who is just reading the case is told that somebody else
acted (E9).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workflow import ledger
from workflow.calendar import Calendar, Length
from workflow.design.deadlines import DeadlineRule
from workflow.nouns import Actor, Deadline, DeadlineState, Task
from workflow.ports.deciding import Change
from workflow.running import deadlines as clocks
from workflow.running.situation import Situation

#: The event of the line.
CALENDAR_CHANGED = "calendar_changed"

_ALIVE = (DeadlineState.RUNNING, DeadlineState.PAUSED)


def follows_calendar(rule: DeadlineRule) -> bool:
    """Whether some length of a clock, or of its ladder, is counted in working days or hours."""
    return any(span.unit.follows_calendar for spans in rule.lengths for span in spans)


def recount(situation: Situation, by: Actor, before: Calendar) -> Change | None:
    """The change of a case under `situation.calendar`, where `before` held until now; None if no
    clock moves.

    A clock that does not end where `before` would put it was set otherwise and stays.
    """
    moved = tuple(
        after
        for deadline in situation.deadlines
        if (after := _moved(situation, by, before, deadline)) is not None
    )
    if not moved:
        return None
    case = situation.case
    all_clocks = clocks.merged(situation.deadlines, moved)
    due = clocks.earliest(situation.rulebook, case.state, all_clocks)
    tasks = clocks.due_again(
        (task for task in situation.open_tasks if _is_fed(situation, task)), due
    )
    facts: dict[str, Any] = {
        "version": case.version,
        "round": case.round,
        "title": case.title,
        "entered": False,
        "ended": False,
        "form": {},
        "rules": [],
        "facts": {},
        "deadlines": [ledger.deadline_facts(deadline) for deadline in moved],
        "tasks": [_task_facts(task) for task in tasks],
    }
    heading = ledger.Heading(
        case=case.id,
        process=case.process,
        at=situation.now,
        event=CALENDAR_CHANGED,
        actor=by.id,
        from_state=case.state,
        to_state=case.state,
    )
    entry = ledger.seal(heading, case.seq + 1, case.head, facts)
    return Change(
        case=replace(case, seq=entry.seq, head=entry.digest),
        entry=entry,
        seen_version=case.version,
        seen_seq=case.seq,
        changed=tasks,
        deadlines=moved,
    )


def _moved(
    situation: Situation, by: Actor, before: Calendar, deadline: Deadline
) -> Deadline | None:
    rule = situation.definition.deadlines.get(deadline.key)
    over = deadline.state not in _ALIVE and deadline.rung_at is None
    if rule is None or over or not follows_calendar(rule):
        return None
    view = situation.view(by)
    after = deadline
    length = clocks.length_of(situation.rulebook, rule.spans, view)
    if length is not None and length.unit.follows_calendar and deadline.state in _ALIVE:
        after = _counted(situation, rule, before, deadline, length)
    after = clocks.armed(situation.rulebook, rule, after, view, situation.case.state)
    return None if after == deadline else after


def _counted(
    situation: Situation, rule: DeadlineRule, before: Calendar, deadline: Deadline, length: Length
) -> Deadline:
    department = situation.case.department
    was = clocks.counted(before.by(rule.calendar, department), deadline, length)
    if deadline.due_at != was:
        return deadline
    calendar = situation.calendar.by(rule.calendar, department)
    due = clocks.counted(calendar, deadline, length)
    return replace(deadline, due_at=due, provisional=calendar.is_provisional(due))


def _is_fed(situation: Situation, task: Task) -> bool:
    """Whether a task's due date comes from a clock: one that is overdue keeps the date that it
    missed.
    """
    return not task.overdue and task.step == situation.case.state


def _task_facts(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "overdue": task.overdue,
        "due": None if task.due_at is None else ledger.moment_text(task.due_at),
        "excluded": list(task.excluded),
    }
