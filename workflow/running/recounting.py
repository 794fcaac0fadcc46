"""What a changed calendar does to the clocks of a running case: those counted in working time move,
with one ledger line.

No decision: the version stays, so nobody who is just reading the case is told that somebody else
acted (E9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from workflow import ledger
from workflow.calendar import Calendar
from workflow.design.definition import DeadlineRule
from workflow.nouns import Actor, Deadline, DeadlineState, Task
from workflow.ports import Change
from workflow.running import deadlines as clocks
from workflow.running.situation import Situation

#: The event of the line.
CALENDAR_CHANGED = "calendar_changed"

_ALIVE = (DeadlineState.RUNNING, DeadlineState.PAUSED)


def follows_calendar(rule: DeadlineRule) -> bool:
    """Whether some length of a clock is counted in working days or hours."""
    return any(span.unit.follows_calendar for span in rule.spans)


def recount(
    situation: Situation, by: Actor, before: Calendar, stood_still: Mapping[str, timedelta]
) -> Change | None:
    """The change of a case under `situation.calendar`, where `before` held until now; None if no
    clock moves.

    `stood_still` tells how long each clock (by id) was paused and went on. A clock that does not
    end where
    `before` would put it was set otherwise and stays.
    """
    moved = tuple(
        after
        for deadline in situation.deadlines
        if (after := _moved(situation, by, before, deadline, stood_still)) is not None
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
    situation: Situation,
    by: Actor,
    before: Calendar,
    deadline: Deadline,
    stood_still: Mapping[str, timedelta],
) -> Deadline | None:
    rule = situation.definition.deadlines.get(deadline.key)
    if rule is None or deadline.state not in _ALIVE or not follows_calendar(rule):
        return None
    length = clocks.length_of(situation.rulebook, rule.spans, situation.view(by))
    if length is None or not length.unit.follows_calendar:
        return None
    pause = stood_still.get(deadline.id, timedelta())
    if deadline.due_at != before.due(deadline.started_at, length) + pause:
        return None
    due = situation.calendar.due(deadline.started_at, length) + pause
    provisional = situation.calendar.is_provisional(due)
    after = replace(deadline, due_at=due, provisional=provisional)
    return None if after == deadline else after


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
