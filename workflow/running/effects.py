"""What a definition says must follow from an act, worked out as values; nothing is done here.

Effects come after the conditions held: fields first (later effects see them), then register rows,
notices, other cases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from workflow.conditions.language import Unevaluable, Value
from workflow.conditions.values import View, day_of, facts_at, line_of, stored, stored_day
from workflow.design.deadlines import DeadlineRule
from workflow.design.definition import RegisterDeclaration
from workflow.design.effects import (
    ActOn,
    Effect,
    Notify,
    PutInForce,
    Revoke,
    SetField,
    StartCase,
    TellUsers,
    WriteRow,
)
from workflow.design.expression import Expression
from workflow.design.facts import Relation
from workflow.design.form import FieldType
from workflow.design.seats import Seat, SeatKind
from workflow.ledger import moment_text
from workflow.making import replace
from workflow.nouns import Address, FieldValue, Notice, RegisterRow, Scalar, Task, Topic
from workflow.people.eligibility import Scene, told_at
from workflow.ports.deciding import Superseded
from workflow.ports.hospital import PolicyChange
from workflow.running.deadlines import length_of
from workflow.running.governing import put_in_force
from workflow.running.outcome import REVOKE, ToAct, ToOpen
from workflow.running.situation import Ids, Situation


@dataclass(slots=True)
class Consequences:
    """What the effects of one act come to; filled while they are worked out, in their order."""

    form: dict[str, FieldValue] = field(default_factory=dict)
    rows: list[RegisterRow] = field(default_factory=list)
    superseded: list[Superseded] = field(default_factory=list)
    notify: list[Seat] = field(default_factory=list)
    users: list[str] = field(default_factory=list)  # of these parameters
    opens: list[ToOpen] = field(default_factory=list)
    acts: list[ToAct] = field(default_factory=list)
    policy: list[PolicyChange] = field(default_factory=list)


def work_out(
    situation: Situation, view: View, effects: Iterable[Effect], seq: int, ids: Ids
) -> Consequences:
    """Work out effects in a view of the case after the act's answers.

    `seq` is the ledger line that rows will point at.
    """
    found = Consequences()
    for effect in sorted(effects, key=_turn):
        if (
            effect.when is not None
            and _each(effect) is None
            and not _applies(situation, view, effect)
        ):
            continue
        match effect:
            case SetField():
                found.form[effect.field] = _set(situation, view, effect)
                view = replace(view, form={**view.form, **found.form})
            case WriteRow():
                _write(situation, view, effect, seq, ids, found)
            case PutInForce():
                found.policy.append(put_in_force(situation, view, effect, seq))
            case Notify():
                found.notify.append(effect.to)
            case TellUsers():
                found.users.append(str(view.form.get(effect.parameter) or ""))
            case _:
                _elsewhere(situation, view, effect, ids, found)
                view = replace(view, form={**view.form, **found.form})
    return found


def _turn(effect: Effect) -> int:
    """Fields first, then the new cases whose number a field receives: later effects see both."""
    if isinstance(effect, SetField):
        return 0
    return 1 if isinstance(effect, StartCase) and effect.into is not None else 2


def _each(effect: Effect) -> str | None:
    """The table that an effect goes through line by line."""
    return effect.each if isinstance(effect, WriteRow | StartCase | ActOn) else None


def _applies(situation: Situation, view: View, effect: Effect) -> bool:
    return effect.when is None or _value(situation, view, effect.when) is True


def _elsewhere(
    situation: Situation,
    view: View,
    effect: StartCase | ActOn | Revoke,
    ids: Ids,
    found: Consequences,
) -> None:
    if isinstance(effect, StartCase):
        opens = _start(situation, view, effect, ids)
        found.opens += opens
        if effect.into is not None:
            found.form[effect.into] = opens[0].number
    else:
        found.acts += _act(situation, view, effect)


def _value(situation: Situation, view: View, expression: Expression) -> Value:
    value = view.evaluate(situation.rulebook.ready(expression))
    return None if isinstance(value, Unevaluable) else value


def _set(situation: Situation, view: View, effect: SetField) -> FieldValue:
    line = situation.definition.form[effect.field]
    if effect.value is not None:
        return stored(line.type, _value(situation, view, effect.value))
    start = None if effect.start is None else _value(situation, view, effect.start)
    length = length_of(situation.rulebook, effect.spans, view)
    if start is None or length is None:
        return None
    try:
        if isinstance(start, int):
            start = view.calendar.end_of_day(day_of(start - 1))
        due = view.calendar.due(start, length) if isinstance(start, datetime) else None
    except (OverflowError, ValueError):  # beyond the years that dates know
        return None
    if due is None:
        return None
    return (
        view.calendar.last_day(due).isoformat() if line.type is FieldType.DATE else moment_text(due)
    )


def _lines(
    situation: Situation, view: View, effect: WriteRow | StartCase | ActOn
) -> tuple[View, ...]:
    """One view a line of a table (its cells) or of a list (its `text`) for which the effect
    applies; the view itself without `each`.
    """
    if effect.each is None:
        return (view,)
    table, lines = view.definition.form[effect.each], view.form.get(effect.each)
    views = (
        replace(view, line=line_of(table, line), facts=facts_at(view, effect.each, place))
        for place, line in enumerate(lines if isinstance(lines, tuple | list) else ())
    )
    return tuple(one for one in views if _applies(situation, one, effect))


def _write(
    situation: Situation, view: View, effect: WriteRow, seq: int, ids: Ids, found: Consequences
) -> None:
    declared = situation.definition.registers[effect.register]
    for one in _lines(situation, view, effect):
        values: dict[str, Scalar] = {
            column: _cell(declared, column, _value(situation, one, expression))
            for column, expression in effect.values
        }
        if effect.key:
            found.superseded.append(
                Superseded(effect.register, {column: values.get(column) for column in effect.key})
            )
        found.rows.append(
            RegisterRow(
                ids(), effect.register, values, view.case.id, seq, view.now, view.case.number
            )
        )


def _cell(declared: RegisterDeclaration, column: str, value: Value) -> Scalar:
    kind = declared.types.get(column)
    if kind is FieldType.DATE and isinstance(value, int):
        return stored_day(value)
    if isinstance(value, datetime):
        return moment_text(value)
    return value if isinstance(value, bool | int | str) else None


def _start(situation: Situation, view: View, effect: StartCase, ids: Ids) -> list[ToOpen]:
    parent = view.case.parent if effect.sibling else view.case.id
    found: list[ToOpen] = []
    for one in _lines(situation, view, effect):
        values = {name: _value(situation, one, expression) for name, expression in effect.fields}
        wish = ToOpen(ids(), effect.process, parent, effect.entry, values)
        if effect.under is not None:
            under = _value(situation, one, effect.under)
            wish = replace(wish, parent=None, under=under if isinstance(under, str) else "")
        if effect.into is not None:
            wish = replace(wish, number=situation.numbers(effect.process))
        found.append(wish)
    return found


def _act(situation: Situation, view: View, effect: ActOn | Revoke) -> list[ToAct]:
    if isinstance(effect, Revoke):
        return [ToAct(effect.process, REVOKE, Relation.PARENT, effect.states)]
    found: list[ToAct] = []
    for one in _lines(situation, view, effect):
        number = None
        if effect.named_by is not None:
            named = _value(situation, one, effect.named_by)
            if not isinstance(named, str):
                continue
            number = named
        found.append(ToAct(effect.process, effect.action, effect.relation, effect.states, number))
    return found


def notices(
    situation: Situation,
    seats: Iterable[Seat],
    kind: str,
    waiting: Iterable[Task],
    ids: Ids,
    scene: Scene,
    *,
    by_timer: bool,
) -> tuple[Notice, ...]:
    """Notices to seats, each address once.

    A `reviewer` is whoever the open tasks wait for when the act is done: `waiting`, and `scene` has
    the tasks as they are then. `by_timer`:
    whether a clock is what they tell of, where an action has its key as well. Where no work is due
    by that clock, nobody's time is up: it tells for information.
    """
    at_work = tuple(task.address for task in waiting)
    clock = situation.definition.clock_of(kind, by_timer=by_timer)
    to: list[Address] = []
    for seat in seats:
        if seat.kind is SeatKind.REVIEWER:
            to += at_work
        else:
            to += told_at(seat, scene)
    case = situation.case
    return tuple(
        Notice(
            ids(),
            case.id,
            kind,
            address,
            situation.now,
            _topic(situation, address, at_work, clock),
        )
        for address in dict.fromkeys(to)
    )


def notices_to(
    situation: Situation,
    addresses: Iterable[Address],
    kind: str,
    ids: Ids,
    topic: Topic = Topic.WORK,
) -> tuple[Notice, ...]:
    """Notices to those for whom something waits now because a colleague has seen to it, or (by
    another topic) whom an act concerns.
    """
    return tuple(
        Notice(ids(), situation.case.id, kind, address, situation.now, topic)
        for address in dict.fromkeys(addresses)
    )


def users_not_told(
    situation: Situation, parameters: Iterable[str], sent: Iterable[Notice]
) -> tuple[Address, ...]:
    """The addresses by which everybody who works by some policy parameters is told once, and
    nobody whom `sent` reaches.

    A role of which all are new is told as such; of another those who are left, by name.
    """
    roles = dict.fromkeys(role for key in parameters for role in situation.users(key))
    if not roles:
        return ()
    scene = situation.scene

    def reached(address: Address) -> list[str]:
        people = situation.organisation.reached_by(address, scene.day, scene.clock)
        return [person.id for person in people]

    told = {person for notice in sent for person in reached(notice.to)}
    groups = [(address, reached(address)) for address in (Address(role=role) for role in roles)]
    to: list[Address] = []
    for address, people in sorted(groups, key=lambda group: -len(group[1])):
        new = [person for person in people if person not in told]
        if new:
            to += [address] if len(new) == len(people) else [Address(person=one) for one in new]
        told.update(new)
    return tuple(to)


def _topic(
    situation: Situation,
    address: Address,
    at_work: tuple[Address, ...],
    clock: DeadlineRule | None,
) -> Topic:
    if clock is not None:
        return Topic.DEADLINE if clock.due else Topic.COPY
    if address in at_work:
        return Topic.WORK
    if address.person == situation.case.applicant:
        return Topic.PROGRESS
    return Topic.COPY
