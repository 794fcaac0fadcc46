"""Who had the right to do what a ledger line says they did: worked out again, from data alone.

A second opinion on purpose. It reads definitions and the organisation and shares no code with
`workflow.people`; where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflow.design.definition import Action, Definition
from workflow.design.seats import Scope, Seat, SeatKind
from workflow.nouns import Case, Task
from workflow.people.organisation import Organisation

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Moment:
    """How things stood when a line was written: the case and its tasks before, the people, the
    day.
    """

    definition: Definition
    before: Case
    tasks: tuple[Task, ...]
    organisation: Organisation
    day: date
    parent_department: str | None


def against(line: Line, moment: Moment) -> str | None:
    """Why whoever wrote the line had no right to; None when they had."""
    if line["event"] not in moment.definition.actions:
        return _against_other_deeds(line, moment)
    action = moment.definition.actions[line["event"]]
    if moment.before.closed_at is not None:
        return "the case had ended"
    if moment.before.state not in action.sources:
        return "the action does not leave this state"
    if line["actor"] in ("timer", "system"):
        wanted = SeatKind.TIMER if line["actor"] == "timer" else SeatKind.SYSTEM
        return None if any(s.kind is wanted for s in action.seats) else "it is not automatic"
    sitting = [seat for seat in _seats(action, moment) if _sits(line, seat, moment)]
    if not sitting:
        return "no seat of theirs"
    as_applicant = any(seat.kind is SeatKind.APPLICANT for seat in sitting)
    if _is_own(line, moment) and not action.by_applicant and not as_applicant:
        return "their own submission"
    if _reviews(action, moment) and _signed_elsewhere(line, moment):
        return "signed another step"
    return None


def _against_other_deeds(line: Line, moment: Moment) -> str | None:
    match line["event"]:
        case "save":
            state = moment.definition.states[moment.before.state]
            editors = _expanded(state.editors, moment)
            return None if any(_sits(line, seat, moment) for seat in editors) else "may not edit"
        case "start":
            if line["actor"] == "system":
                return None
            seats = list(moment.definition.opening.seats)
            return None if any(_sits(line, seat, moment) for seat in seats) else "may not open"
        case event if event in ("reminder_sent", *moment.definition.deadlines):
            return None if line["actor"] == "timer" else "only the clock"
        case event:
            return f"nobody knows {event}"


def _seats(action: Action, moment: Moment) -> list[Seat]:
    return list(_expanded(action.seats, moment))


def _expanded(seats: Sequence[Seat], moment: Moment) -> Iterator[Seat]:
    """The seats, with whoever has a task at this step in the place of the reviewer."""
    for seat in seats:
        if seat.kind is not SeatKind.REVIEWER:
            yield seat
            continue
        for other in moment.definition.actions.values():
            if moment.before.state in other.sources and other.duty:
                yield from other.duty_seats or other.seats


def _sits(line: Line, seat: Seat, moment: Moment) -> bool:
    actor, principal = line["actor"], line["for"]
    person = moment.organisation.people.get(actor)
    if person is None or not person.active:
        return False
    match seat.kind:
        case SeatKind.APPLICANT:
            return principal is None and actor == moment.before.applicant
        case SeatKind.PERSON:
            return principal is None and actor == moment.before.form.get(seat.field or "")
        case SeatKind.ROLE if _holds(actor, principal, seat, moment):
            return True
        case SeatKind.ROLE if isinstance(seat.if_empty, Seat) and _is_empty(seat, moment):
            return _sits(line, seat.if_empty, moment)
        case _:
            return False


def _holds(actor: str, principal: str | None, seat: Seat, moment: Moment) -> bool:
    holder = moment.organisation.people.get(principal or actor)
    if holder is None or not holder.active:
        return False
    if principal is not None and not any(
        grant.principal == principal
        and grant.delegate == actor
        and grant.start <= moment.day <= grant.end
        and (not grant.roles or seat.role in grant.roles)
        for grant in moment.organisation.delegations
    ):
        return False
    wanted = _department(seat, moment)
    if wanted is None and seat.scope is not Scope.ANY:
        return False
    if seat.or_anyone and not _anyone(seat.role, wanted, moment):
        wanted = None
    return any(
        post.role == seat.role and wanted in (None, post.department) and _on(post, moment.day)
        for post in holder.posts
    )


def _anyone(role: str | None, department: str | None, moment: Moment) -> bool:
    return any(
        post.role == role and post.department == department and _on(post, moment.day)
        for person in moment.organisation.people.values()
        if person.active
        for post in person.posts
    )


def _is_empty(seat: Seat, moment: Moment) -> bool:
    """Whether nobody holds the seat but, at most, whoever asked for the case."""
    wanted = _department(seat, moment)
    return not any(
        post.role == seat.role and wanted in (None, post.department) and _on(post, moment.day)
        for person in moment.organisation.people.values()
        if person.active and person.id != moment.before.applicant
        for post in person.posts
    )


def _on(post: Any, day: date) -> bool:  # noqa: ANN401
    return (post.start or date.min) <= day <= (post.end or date.max)


def _department(seat: Seat, moment: Moment) -> str | None:
    applicant = moment.organisation.people.get(moment.before.applicant)
    named = moment.before.form.get(seat.field or "")
    return {
        Scope.ANY: None,
        Scope.APPLICANT: moment.before.department if applicant is None else applicant.department,
        Scope.CASE: moment.before.department,
        Scope.PARENT: moment.parent_department or moment.before.department,
        Scope.FORM: named if isinstance(named, str) else None,
    }[seat.scope]


def _is_own(line: Line, moment: Moment) -> bool:
    return moment.before.applicant in (line["actor"], line["for"])


def _reviews(action: Action, moment: Moment) -> bool:
    """Whether it is a signature, or stands in the place of one."""
    here = moment.before.state
    signed_here = any(a.signs and here in a.sources for a in moment.definition.actions.values())
    by_reviewer = any(seat.kind is SeatKind.REVIEWER for seat in action.seats)
    return action.signs or (signed_here and by_reviewer)


def _signed_elsewhere(line: Line, moment: Moment) -> bool:
    names = {line["actor"], line["for"]} - {None}
    signing = {action.key for action in moment.definition.actions.values() if action.signs}
    return any(
        task.closed_as in signing
        and task.step != moment.before.state
        and names & {task.closed_by, task.closed_for}
        for task in moment.tasks
    )
