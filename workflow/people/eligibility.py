"""Who may decide here: one pure function, used when a task opens, when it is shown and when it is
decided.

A seat on paper ("the head of the applying department") becomes addresses ("dept_head@surgery")
and, for one person, a standing: the post from which they act. Separation of duties stands beside
it, in `workflow.people.separation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.design.definition import Definition, Scope, Seat, SeatKind
from workflow.nouns import SYSTEM, TIMER, Actor, Address, Case
from workflow.people.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Standing:
    """From where somebody acts: which role in which department (None, None: as applicant or as a
    named person).
    """

    seat: Seat
    role: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What assignment looks at: the case, its parent's department if it has one, the people, the
    day.
    """

    case: Case
    organisation: Organisation
    day: date
    parent_department: str | None = None


def address_of(seat: Seat, scene: Scene) -> Address | None:
    """For whom a task of this seat waits.

    None: nobody can be named (an unfilled field, the clock).
    """
    if seat.kind is SeatKind.APPLICANT:
        return Address(person=scene.case.applicant)
    if seat.kind is SeatKind.PERSON:
        named = scene.case.form.get(seat.field or "")
        return Address(person=named) if isinstance(named, str) and named else None
    if seat.kind is not SeatKind.ROLE:
        return None
    department = department_of(seat, scene)
    if department is None and seat.scope is not Scope.ANY:
        return None
    if seat.or_anyone and not scene.organisation.holders(seat.role or "", department, scene.day):
        department = None
    return Address(role=seat.role, department=department)


def department_of(seat: Seat, scene: Scene) -> str | None:
    """The department in which the seat's role counts; None for any."""
    if seat.scope is Scope.APPLICANT:
        applicant = scene.organisation.people.get(scene.case.applicant)
        return scene.case.department if applicant is None else applicant.department
    if seat.scope is Scope.CASE:
        return scene.case.department
    if seat.scope is Scope.PARENT:
        # A case that stands alone has no parent's department: then its own counts.
        return scene.parent_department or scene.case.department
    if seat.scope is Scope.FORM:
        named = scene.case.form.get(seat.field or "")
        return named if isinstance(named, str) else None
    return None


def standing_of(
    actor: Actor, seats: tuple[Seat, ...], step: str, definition: Definition, scene: Scene
) -> Standing | None:
    """From which of the seats this actor may act at this step; None: from none.

    A delegate acts from the posts of whom they stand for, within the delegation's roles and days;
    the act itself is theirs.
    """
    for seat in seats:
        if seat.kind is SeatKind.REVIEWER:
            found = standing_of(actor, definition.duties_of(step), step, definition, scene)
        else:
            found = _seated(actor, seat, scene)
        if found is not None:
            return found
    return None


_AUTOMATIC = {SeatKind.TIMER: TIMER, SeatKind.SYSTEM: SYSTEM}


def _seated(actor: Actor, seat: Seat, scene: Scene) -> Standing | None:
    if seat.kind in _AUTOMATIC or actor.is_automatic:
        return Standing(seat) if _AUTOMATIC.get(seat.kind) == actor.id else None
    address = address_of(seat, scene)
    if address is None:
        return None
    acting = actor.acting_for or actor.id
    if address.person is not None:
        # A person's own seat (applicant, named person) is theirs alone: it cannot be lent.
        return Standing(seat) if address.person == actor.id and actor.acting_for is None else None
    if actor.acting_for is not None and not _lent(actor, address.role or "", scene):
        return None
    for post in scene.organisation.posts_of(acting, scene.day):
        if post.role == address.role and address.department in (None, post.department):
            return Standing(seat, post.role, post.department)
    return None


def _lent(actor: Actor, role: str, scene: Scene) -> bool:
    return any(
        grant.principal == actor.acting_for and grant.covers(role, scene.day)
        for grant in scene.organisation.principals_of(actor.id, scene.day)
    )


def is_active(actor: Actor, organisation: Organisation) -> bool:
    """Whether the account behind an actor is in force; the clock and the engine always are."""
    if actor.is_automatic:
        return True
    person = organisation.people.get(actor.id)
    return person is not None and person.active
