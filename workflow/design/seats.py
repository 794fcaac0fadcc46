"""Who is meant, on paper: places to decide from, and who stands in when one is empty."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from workflow.design.expression import Place
from workflow.making import quick_members


@quick_members
class Scope(StrEnum):
    """In which department a role counts."""

    ANY = "any"
    APPLICANT = "applicant.department"
    CASE = "case.department"
    PARENT = "parent.department"
    FORM = "form"  # the department named by a form field
    STEP = "step"  # the department of whoever decided a step of this case


@quick_members
class SeatKind(StrEnum):
    """Who is meant: a role, the applicant, a person in a form field, the head of a department, the
    heads above one another, whoever is on duty, whoever reviews at this step, the clock, the
    engine.
    """

    ROLE = "role"
    APPLICANT = "applicant"
    PERSON = "person"
    HEAD = "head"
    HEADS = "heads"
    ROSTER = "roster"
    REVIEWER = "reviewer"
    TIMER = "timer"
    SYSTEM = "system"


@quick_members
class IfEmpty(StrEnum):
    """What becomes of a seat in which nobody can decide, when no other seat takes it over. Neither
    ever decides.
    """

    ADMIN = "admin"  # an administrator gets the task, to find somebody for it
    BLOCK = "block"  # the definition is not published while a department lacks a holder


@quick_members
class IfApplicant(StrEnum):
    """What becomes of a seat in which only the applicant sits, when no other seat takes it over."""

    ABOVE = "above"  # the same post one department up
    DENY = "deny"  # it stays, and the applicant may not decide it


@quick_members
class Holders(StrEnum):
    """Who counts as a holder of a post while work waits for it."""

    LIVE = "live"  # whoever holds it when they act: a successor inherits the work
    AT_OPENING = "at_opening"  # those who held it when the work came, each with a task of their own


@dataclass(frozen=True, slots=True)
class Seat:
    """A place to decide from.

    `or_anyone`: when nobody in the scope's department holds the role, any holder counts. `levels`:
    for HEAD which head, counted from the department's own; for HEADS how many at most. `amount`: a
    money field; HEADS ends with a head whose limit covers it. `if_empty` and `if_applicant` say who
    is asked instead; None: nobody, the task stays (a head's own request goes to the next head).
    """

    kind: SeatKind
    role: str | None = None
    scope: Scope = Scope.ANY
    field: str | None = None  # for PERSON, and for a department with Scope.FORM
    step: str | None = None  # with Scope.STEP
    or_anyone: bool = False
    levels: int = 1
    amount: str | None = None
    roster: str | None = None
    holders: Holders = Holders.LIVE
    if_empty: Seat | IfEmpty | None = None
    if_applicant: Seat | IfApplicant | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def stand_ins(self) -> tuple[Seat, ...]:
        """The seats that may take this one over, and those that may take over these."""
        direct = [one for one in (self.if_empty, self.if_applicant) if isinstance(one, Seat)]
        return tuple(seat for one in direct for seat in (one, *one.stand_ins))


#: Seats for which a task can wait: it is known who they are.
NAMED = frozenset(
    {SeatKind.ROLE, SeatKind.APPLICANT, SeatKind.PERSON, SeatKind.HEAD, SeatKind.ROSTER}
)
