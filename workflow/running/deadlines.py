"""The clocks of a case: which run in its state, from when, until when; nothing here fires
anything.

Counting is register convention V1 and lives in `workflow.calendar`; what happens at the end is
decided where the timer's act is judged. A clock never does a discretionary act (V8).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from workflow.calendar import Calendar, Length
from workflow.conditions.language import Unevaluable
from workflow.conditions.values import View, day_of
from workflow.design.definition import DeadlineRule, Span
from workflow.nouns import Deadline, DeadlineState, Task
from workflow.running.rulebook import Rulebook
from workflow.running.situation import Ids

_ALIVE = (DeadlineState.RUNNING, DeadlineState.PAUSED)


def turn(
    rulebook: Rulebook,
    view: View,
    state: str,
    deadlines: Iterable[Deadline],
    ids: Ids,
    entered: bool,
    before: View,
    fired: str | None = None,
) -> tuple[Deadline, ...]:
    """The clocks that start, move, pause, resume or stop when the case stands in `state`; only
    those that change.

    `view` shows the case as it is after the act, `before` as it was. `entered`: the case has just
    come into the state, so clocks that count from there begin anew. `fired`: the key of the clock
    whose expiry is the act itself.
    """
    latest = {deadline.key: deadline for deadline in deadlines}
    changed: list[Deadline] = []
    for rule in rulebook.definition.deadlines.values():
        kept = latest.get(rule.key)
        now = None if kept is None else _moved(rulebook, rule, kept, before, view)
        after = _turned(rulebook, rule, view, state, now, ids, entered)
        if rule.key == fired and kept is not None and (after is None or after.id == kept.id):
            after = replace(kept, state=DeadlineState.FIRED)
        if after is not None and after != kept:
            changed.append(after)
    return tuple(changed)


def _moved(
    rulebook: Rulebook, rule: DeadlineRule, now: Deadline, before: View, view: View
) -> Deadline:
    """A clock that may have stood still, moved by as much as the act moves its beginning: what it
    stood still is not lost.
    """
    if not _keeps_what_it_stood_still(rule) or now.state not in _ALIVE:
        return now
    was, will_be = due_of(rulebook, rule, before), due_of(rulebook, rule, view)
    if was is None or will_be is None or was == will_be:
        return now
    return _at(now, will_be[0], now.due_at + (will_be[1] - was[1]), view.calendar)


def _keeps_what_it_stood_still(rule: DeadlineRule) -> bool:
    return bool(rule.pauses) and rule.start is not None


def _turned(
    rulebook: Rulebook,
    rule: DeadlineRule,
    view: View,
    state: str,
    now: Deadline | None,
    ids: Ids,
    entered: bool,
) -> Deadline | None:
    if state not in rule.states:
        return _halted(rule, view, state, now)
    if now is not None and now.state is DeadlineState.PAUSED and now.paused_at is not None:
        due = now.due_at + (view.now - now.paused_at)
        return replace(now, state=DeadlineState.RUNNING, paused_at=None, due_at=due)
    span = due_of(rulebook, rule, view)
    if span is None:
        return None if now is None else _stopped(now)
    start, due = span
    counts_from_entering = rule.start is None and rule.until is None
    if now is not None and not entered and (counts_from_entering or due == now.due_at):
        return now  # the act changed nothing that this clock looks at
    if now is not None and now.state is DeadlineState.RUNNING:
        return (
            now
            if due == now.due_at or _keeps_what_it_stood_still(rule)
            else _at(now, start, due, view.calendar)
        )
    fresh = Deadline(ids(), view.case.id, rule.key, start, due)
    return _at(fresh, start, due, view.calendar)


def _halted(rule: DeadlineRule, view: View, state: str, now: Deadline | None) -> Deadline | None:
    if now is None:
        return None
    if state in rule.pauses and now.state is DeadlineState.RUNNING:
        return replace(now, state=DeadlineState.PAUSED, paused_at=view.now)
    return now if state in rule.pauses else _stopped(now)


def _stopped(now: Deadline) -> Deadline:
    return replace(now, state=DeadlineState.STOPPED, paused_at=None) if now.state in _ALIVE else now


def _at(deadline: Deadline, start: datetime, due: datetime, calendar: Calendar) -> Deadline:
    return replace(deadline, started_at=start, due_at=due, provisional=calendar.is_provisional(due))


def due_of(rulebook: Rulebook, rule: DeadlineRule, view: View) -> tuple[datetime, datetime] | None:
    """From when and until when a clock runs; None while its start or its length is not known, or
    beyond what calendars count.
    """
    try:
        return _due_of(rulebook, rule, view)
    except (OverflowError, ValueError):  # a figure that somebody typed was added to a day
        return None


def _due_of(rulebook: Rulebook, rule: DeadlineRule, view: View) -> tuple[datetime, datetime] | None:
    if rule.until is not None:
        end = _moment(view, view.evaluate(rulebook.ready(rule.until)), at_end=True)
        return None if end is None else (view.now, end)
    start: datetime | None = view.now
    if rule.start is not None:
        start = _moment(view, view.evaluate(rulebook.ready(rule.start)), at_end=False)
    length = length_of(rulebook, rule.spans, view)
    if start is None or length is None:
        return None
    return start, view.calendar.due(start, length)


def length_of(rulebook: Rulebook, spans: tuple[Span, ...], view: View) -> Length | None:
    """The first span that applies, with its amount; None when its figure is not set."""
    for span in spans:
        if span.when is not None and view.evaluate(rulebook.ready(span.when)) is not True:
            continue
        amount = view.evaluate(rulebook.ready(span.amount))
        if not isinstance(amount, int):
            return None
        try:
            return Length(amount, span.unit)
        except ValueError:  # beyond a hundred years, or before its own start: no clock
            return None
    return None


def _moment(view: View, value: object, at_end: bool) -> datetime | None:
    if isinstance(value, Unevaluable) or value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        day = day_of(value)
        return view.calendar.end_of_day(day if at_end else day - timedelta(days=1))
    return value if isinstance(value, datetime) else None


def fired(deadline: Deadline) -> Deadline:
    """The clock as it is once its end has had its effect."""
    return replace(deadline, state=DeadlineState.FIRED)


def earliest(rulebook: Rulebook, step: str, deadlines: Iterable[Deadline]) -> datetime | None:
    """When the work of a step is due: the first running clock that stands over it."""
    rules = rulebook.definition.deadlines
    return min(
        (
            deadline.due_at
            for deadline in deadlines
            if deadline.state is DeadlineState.RUNNING and step in rules[deadline.key].states
        ),
        default=None,
    )


def merged(before: Iterable[Deadline], changed: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """The clocks of a case with the changed ones in place."""
    by_id = {deadline.id: deadline for deadline in before}
    by_id.update({deadline.id: deadline for deadline in changed})
    return tuple(by_id.values())


def due_again(tasks: Iterable[Task], due: datetime | None) -> tuple[Task, ...]:
    """Open tasks whose due date has moved."""
    return tuple(replace(task, due_at=due) for task in tasks if task.due_at != due)
