"""Whether every chair that must not be empty is taken: what `if_empty: block` asks for before a
definition is published.

Whoever leaves afterwards leaves an empty chair all the same; then the work is shown as stuck.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflow.design.definition import Definition
from workflow.design.register import Register
from workflow.design.seats import IfEmpty, Scope, Seat, SeatKind
from workflow.people.organisation import Organisation
from workflow.refusals import Sentence

#: So many departments are named at most.
_NAMED = 8
#: Departments that ask for nothing: those that were closed, and bodies outside.
_OUTSIDE = frozenset({"closed", "external"})

NOBODY_IN = Sentence(
    "“{action}”不许空缺（if_empty: block），但这些科室没有{role}：{departments}。"
    "请先安排人，或改写 if_empty。",
    "“{action}” must not meet an empty chair (if_empty: block), but these departments have no "
    "{role}: {departments}. Give somebody the post, or change if_empty.",
)
NOBODY_AT_ALL = Sentence(
    "“{action}”不许空缺（if_empty: block），但没有人担任{role}。请先安排人，或改写 if_empty。",
    "“{action}” must not meet an empty chair (if_empty: block), but nobody is {role}. Give "
    "somebody the post, or change if_empty.",
)
HEAD = Sentence("负责人", "head")
ON_DUTY = Sentence("值班人员（{roster}）", "on duty ({roster})")


def empty_chairs(
    definition: Definition, organisation: Organisation, register: Register, day: date
) -> Iterator[Sentence]:
    """What is to be said of each seat with `if_empty: block` in which nobody sits on that day."""
    seen: set[Seat] = set()
    for name, member in _seats(definition):
        for seat in (member, *member.stand_ins):
            if seat.if_empty is not IfEmpty.BLOCK or seat in seen:
                continue
            seen.add(seat)
            yield from _said(name, seat, definition, organisation, register, day)


def _seats(definition: Definition) -> Iterator[tuple[Sentence, Seat]]:
    """Every seat for which work can wait, with the name of its action or of its panel's step."""
    for action in definition.actions.values():
        yield from ((action.name, seat) for seat in action.seats)
    for state in definition.states.values():
        if state.panel is not None:
            yield from ((state.name, seat) for seat in state.panel.members)


def _said(
    action: Sentence,
    seat: Seat,
    definition: Definition,
    organisation: Organisation,
    register: Register,
    day: date,
) -> Iterator[Sentence]:
    role = _role(seat, organisation, register)
    if seat.kind is SeatKind.ROSTER or seat.scope is Scope.ANY:
        if not _taken(seat, None, organisation, day):
            yield Sentence(
                NOBODY_AT_ALL.zh.format(action=action.zh, role=role.zh),
                NOBODY_AT_ALL.en.format(action=action.en, role=role.en),
            )
        return
    empty = [
        organisation.department_name(department)
        for department in _departments(seat, definition, organisation, day)
        if not _taken(seat, department, organisation, day)
    ]
    if empty:
        more = len(empty) - _NAMED
        zh = "、".join(empty[:_NAMED]) + (f"等 {len(empty)} 个" if more > 0 else "")
        en = ", ".join(empty[:_NAMED]) + (f" and {more} more" if more > 0 else "")
        yield Sentence(
            NOBODY_IN.zh.format(action=action.zh, role=role.zh, departments=zh),
            NOBODY_IN.en.format(action=action.en, role=role.en, departments=en),
        )


def _role(seat: Seat, organisation: Organisation, register: Register) -> Sentence:
    if seat.kind is SeatKind.ROSTER:
        known = organisation.rosters.get(seat.roster or "")
        return ON_DUTY.filled(roster=seat.roster if known is None else known.name)
    known_role = register.roles.get(seat.role or "")
    return HEAD if known_role is None else known_role.name


def _taken(seat: Seat, department: str | None, organisation: Organisation, day: date) -> bool:
    match seat.kind:
        case SeatKind.ROLE:
            within = None if seat.or_anyone else department
            return bool(organisation.holders(seat.role or "", within, day))
        case SeatKind.HEAD | SeatKind.HEADS:
            way = organisation.upwards(department or "")
            heads = (
                organisation.head_of(one, day) for one in way[min(seat.levels, len(way)) - 1 :]
            )
            return any(organisation.reached_by(head, day) for head in heads)
        case SeatKind.ROSTER:
            known = organisation.rosters.get(seat.roster or "")
            return known is not None and any(row.date >= day for row in known.rows)
        case _:
            return True  # whom a form names is known when it is filled


def _departments(
    seat: Seat, definition: Definition, organisation: Organisation, day: date
) -> tuple[str, ...]:
    """The departments from which a case can come to the seat."""
    open_ones = [one.id for one in organisation.departments.values() if one.type not in _OUTSIDE]
    roles = {opener.role for opener in definition.opening.seats if opener.kind is SeatKind.ROLE}
    if seat.scope not in (Scope.APPLICANT, Scope.CASE) or not roles:
        return tuple(open_ones)
    asking = {
        person.department
        for person in organisation.people.values()
        if any(post.role in roles for post in organisation.posts_of(person.id, day))
    }
    return tuple(department for department in open_ones if department in asking)
