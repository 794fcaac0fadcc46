"""The clocks of a case: which run in its state, from when, until when; nothing here fires
anything.

Counting is register convention V1 and lives in `workflow.calendar`; what happens at the end is
decided where the timer's act is judged. A clock never does a discretionary act (V8).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflow.calendar import Calendar, Length, Unit
from workflow.conditions.language import Unevaluable
from workflow.conditions.values import View, day_of
from workflow.design.deadlines import DeadlineRule
from workflow.design.definition import Definition
from workflow.design.expression import Span
from workflow.making import replace
from workflow.nouns import Deadline, DeadlineState, Task
from workflow.running.rulebook import Rulebook
from workflow.running.situation import Ids

_ALIVE = (DeadlineState.RUNNING, DeadlineState.PAUSED)
#: One that has run out goes on to remind, as long as the case still waits where it ran.
_REMINDS = (DeadlineState.RUNNING, DeadlineState.FIRED)


@dataclass(frozen=True, slots=True)
class _Course:
    """From when and until when a clock runs that never stood still, and in what it is counted."""

    start: datetime
    due: datetime
    unit: Unit | None


def turn(
    rulebook: Rulebook,
    view: View,
    state: str,
    deadlines: Iterable[Deadline],
    ids: Ids,
    entered: bool,
    fired: str | None = None,
    rules: Iterable[DeadlineRule] | None = None,
) -> tuple[Deadline, ...]:
    """The clocks that start, move, pause, resume or stop when the case stands in `state`; only
    those that change.

    `view` shows the case as it is after the act. `entered`: the case has just come into the state,
    so clocks that count from there begin anew. `fired`: the key of the clock whose expiry is the
    act itself; where what it did puts its own end off, a new one begins. Where the case is
    suspended, every clock stands still.
    """
    latest = {deadline.key: deadline for deadline in deadlines}
    changed: list[Deadline] = []
    for rule in rulebook.definition.deadlines.values() if rules is None else rules:
        kept = latest.get(rule.key)
        after = _turned(rulebook, rule, view, state, kept, ids, entered)
        begun: Deadline | None = None
        if rule.key == fired and kept is not None and (after is None or after.id == kept.id):
            begun = _again(rulebook, rule, kept, after, view, ids)
            after = replace(kept, state=DeadlineState.FIRED)
        if after is None:
            continue
        if begun is not None:
            # Its reminders are over with it; those of the new one count from the new end.
            changed.append(replace(after, rung_at=None))
            kept, after = None, begun
        after = armed(rulebook, rule, after, view, state)
        if kept is not None and after.id != kept.id and kept.rung_at is not None:
            changed.append(replace(kept, rung_at=None))
        if after != kept:
            changed.append(after)
    return tuple(changed)


def _turned(
    rulebook: Rulebook,
    rule: DeadlineRule,
    view: View,
    state: str,
    now: Deadline | None,
    ids: Ids,
    entered: bool,
) -> Deadline | None:
    suspended = view.case.course.suspended is not None
    pauses = state in rule.pauses and (
        rule.pauses_when is None or view.evaluate(rulebook.ready(rule.pauses_when)) is True
    )
    if state not in rule.states or suspended or pauses:
        stays = pauses or (suspended and state in rule.states)
        return _halted(rulebook, rule, view, now, stays=stays)
    if now is not None and now.state is DeadlineState.PAUSED and now.paused_at is not None:
        return _resumed(rulebook, rule, view, now, now.paused_at)
    course = _course(rulebook, rule, view)
    if course is None:
        return None if now is None else _stopped(now)
    if now is None or now.state is DeadlineState.STOPPED:
        waits = now is not None and rule.restarts and not entered
        return now if waits else _begun(rulebook, rule, course, view, ids)
    if rule.restarts and not entered:
        return now  # the act changed nothing that this clock looks at
    return _going_on(rulebook, rule, course, view, now, ids)


def _going_on(
    rulebook: Rulebook, rule: DeadlineRule, course: _Course, view: View, now: Deadline, ids: Ids
) -> Deadline:
    if rule.restarts and now.is_running:
        return _wound(rulebook, rule, replace(now, stood=(), rungs=(), extended=None), course, view)
    if rule.restarts:
        return _begun(rulebook, rule, course, view, ids)
    due = _put_off(_calendar(rule, view), course.due, course.unit, now.stood)
    if _not_before(now, due) == now.due_at:
        return now  # one that has run out stays so: it was missed, and is not missed again
    if now.is_running:
        return _at(rule, now, course.start, due, view)
    return _begun(rulebook, rule, course, view, ids)


def _begun(
    rulebook: Rulebook, rule: DeadlineRule, course: _Course, view: View, ids: Ids
) -> Deadline:
    fresh = Deadline(ids(), view.case.id, rule.key, course.start, course.due)
    return _wound(rulebook, rule, fresh, course, view)


def _wound(
    rulebook: Rulebook, rule: DeadlineRule, clock: Deadline, course: _Course, view: View
) -> Deadline:
    """A clock that begins: reminders of an end that is nearer than they are have no meaning."""
    clock = _at(rule, clock, course.start, course.due, view)
    past = tuple(
        number
        for number, at in _rungs(rulebook, rule, clock, view)
        if rule.ladder[number].back and at <= view.now
    )
    return replace(clock, rungs=past)


def _again(
    rulebook: Rulebook,
    rule: DeadlineRule,
    kept: Deadline,
    moved: Deadline | None,
    view: View,
    ids: Ids,
) -> Deadline | None:
    """The clock that begins where one has run out and its own effects have put its end off: one a
    day, for instance. An end that is over already begins none, or it would run out for ever.
    """
    if moved is None or rule.restarts or not moved.is_running:
        return None
    if moved.due_at <= max(kept.due_at, view.now):
        return None
    return _begun(rulebook, rule, _Course(moved.started_at, moved.due_at, None), view, ids)


def _resumed(
    rulebook: Rulebook, rule: DeadlineRule, view: View, now: Deadline, paused_at: datetime
) -> Deadline:
    course = _course(rulebook, rule, view)
    # A machine's clock may jump back: then it has stood still for no time at all.
    pause = (paused_at, max(paused_at, view.now))
    stood = (*now.stood, pause)
    calendar = _calendar(rule, view)
    if rule.restarts or course is None:
        due = _put_off(
            calendar, now.due_at, Unit.MINUTES if course is None else course.unit, (pause,)
        )
    else:
        due = _put_off(calendar, course.due, course.unit, stood)
    start = now.started_at if rule.restarts or course is None else course.start
    going = replace(now, state=DeadlineState.RUNNING, paused_at=None, stood=stood)
    return _at(rule, going, start, due, view)


def _halted(
    rulebook: Rulebook, rule: DeadlineRule, view: View, now: Deadline | None, *, stays: bool
) -> Deadline | None:
    if now is None or not stays:
        return None if now is None else _stopped(now)
    if now.is_running:
        now = replace(now, state=DeadlineState.PAUSED, paused_at=view.now)
    if now.state is not DeadlineState.PAUSED or rule.restarts:
        return now
    course = _course(rulebook, rule, view)
    if course is None:
        return now
    due = _put_off(_calendar(rule, view), course.due, course.unit, now.stood)
    return _at(rule, now, course.start, due, view)


def _stopped(now: Deadline) -> Deadline:
    return replace(now, state=DeadlineState.STOPPED, paused_at=None) if now.state in _ALIVE else now


def _at(
    rule: DeadlineRule, deadline: Deadline, start: datetime, due: datetime, view: View
) -> Deadline:
    due = _not_before(deadline, due)
    provisional = _calendar(rule, view).is_provisional(due)
    return replace(deadline, started_at=start, due_at=due, provisional=provisional)


def _not_before(deadline: Deadline, due: datetime) -> datetime:
    """An end that an administrator has put off is not counted back by what follows."""
    return due if deadline.extended is None else max(due, deadline.extended)


def _calendar(rule: DeadlineRule, view: View) -> Calendar:
    return view.calendar.by(rule.calendar, view.case.department)


def _put_off(
    calendar: Calendar,
    due: datetime,
    unit: Unit | None,
    stood: Iterable[tuple[datetime, datetime]],
) -> datetime:
    """`unit` None: the end itself is given, and no standing still moves it."""
    if unit is None:
        return due
    for since, until in stood:
        due = calendar.resumed(due, unit, since, until)
    return due


def counted(calendar: Calendar, deadline: Deadline, length: Length) -> datetime:
    """When a clock of this length ends by a calendar, with all that it stood still."""
    due = calendar.due(deadline.started_at, length)
    return _put_off(calendar, due, length.unit, deadline.stood)


# ---- the ladder ----------------------------------------------------------------------------------


def armed(
    rulebook: Rulebook, rule: DeadlineRule, deadline: Deadline, view: View, state: str
) -> Deadline:
    """A clock that knows when its next reminder is due: none while it stands still or is over."""
    if not rule.ladder:
        return deadline
    suspended = view.case.course.suspended is not None
    goes = state in rule.states and not suspended and deadline.state in _REMINDS
    ahead = (
        at for number, at in _rungs(rulebook, rule, deadline, view) if number not in deadline.rungs
    )
    return replace(deadline, rung_at=min(ahead, default=None) if goes else None)


def due_rung(rulebook: Rulebook, rule: DeadlineRule, deadline: Deadline, view: View) -> int | None:
    """The number of the reminder that is due now; None when its time has moved unnoticed."""
    ahead = [
        (at, number)
        for number, at in _rungs(rulebook, rule, deadline, view)
        if number not in deadline.rungs and at <= view.now
    ]
    return min(ahead)[1] if ahead else None


def _rungs(
    rulebook: Rulebook, rule: DeadlineRule, deadline: Deadline, view: View
) -> Iterator[tuple[int, datetime]]:
    """When each reminder is due; one whose figure is not set or cannot be counted is left out."""
    calendar = _calendar(rule, view)
    for number, rung in enumerate(rule.ladder):
        if not rung.spans:
            yield number, deadline.due_at
            continue
        length = length_of(rulebook, rung.spans, view)
        if length is None:
            continue
        try:
            yield number, calendar.moved(deadline.due_at, length, back=rung.back)
        except (OverflowError, ValueError):  # beyond the years that dates know
            continue


# ---- how long ------------------------------------------------------------------------------------


def _course(rulebook: Rulebook, rule: DeadlineRule, view: View) -> _Course | None:
    """None while its start or its length is not known, or beyond what calendars count."""
    try:
        return _counted_course(rulebook, rule, view)
    except (OverflowError, ValueError):  # a figure that somebody typed was added to a day
        return None


def _counted_course(rulebook: Rulebook, rule: DeadlineRule, view: View) -> _Course | None:
    if rule.until is not None:
        end = _moment(view, view.evaluate(rulebook.ready(rule.until)), at_end=True)
        return None if end is None else _Course(view.now, end, None)
    start: datetime | None = view.now
    if rule.start is not None:
        start = _moment(view, view.evaluate(rulebook.ready(rule.start)), at_end=False)
    length = length_of(rulebook, rule.spans, view)
    if start is None or length is None:
        return None
    return _Course(start, _calendar(rule, view).due(start, length), length.unit)


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


def alive(definition: Definition, deadlines: Iterable[Deadline]) -> tuple[Deadline, ...]:
    """The clocks of a case that run or stand still and by which its work is due: those that people
    see.
    """
    rules = definition.deadlines
    return tuple(one for one in deadlines if one.state in _ALIVE and rules[one.key].due)


def earliest(rulebook: Rulebook, step: str, deadlines: Collection[Deadline]) -> datetime | None:
    """When the work of a step is due: the first running clock that stands over it and by which
    work is due.
    """
    if not deadlines:
        return None
    rules = rulebook.definition.deadlines
    return min(
        (
            deadline.due_at
            for deadline in deadlines
            if deadline.state is DeadlineState.RUNNING
            and step in rules[deadline.key].states
            and rules[deadline.key].due
        ),
        default=None,
    )


def missed(rulebook: Rulebook, step: str, deadlines: Collection[Deadline]) -> datetime | None:
    """When the work of a step became overdue before it began: a clock over it that counts from
    elsewhere has run out already.
    """
    if not deadlines:
        return None
    rules = rulebook.definition.deadlines
    latest = {deadline.key: deadline for deadline in deadlines}
    return min(
        (
            deadline.due_at
            for key, deadline in latest.items()
            if deadline.state is DeadlineState.FIRED
            and step in rules[key].states
            and rules[key].overdue
            and not rules[key].restarts
        ),
        default=None,
    )


def merged(before: Iterable[Deadline], changed: Collection[Deadline]) -> tuple[Deadline, ...]:
    """The clocks of a case with the changed ones in place."""
    if not changed:
        return tuple(before)
    by_id = {deadline.id: deadline for deadline in before}
    for deadline in changed:
        by_id[deadline.id] = deadline
    return tuple(by_id.values())


def due_again(tasks: Iterable[Task], due: datetime | None) -> tuple[Task, ...]:
    """Open tasks whose due date has moved."""
    return tuple(replace(task, due_at=due) for task in tasks if task.due_at != due)
