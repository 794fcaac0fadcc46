"""What follows from an act, as data: fields, register rows, other cases, policy values, notices."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from workflow.design.expression import Expression, Place, Span
from workflow.design.facts import Relation
from workflow.design.seats import Seat


@dataclass(frozen=True, slots=True)
class SetField:
    """Effect: a form field gets a value: of an expression, or of a moment `spans` after `start`."""

    field: str
    value: Expression | None = None
    start: Expression | None = None
    spans: tuple[Span, ...] = ()
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class WriteRow:
    """Effect: a register row is written; with `key` columns an earlier row with the same key is
    superseded.
    """

    register: str
    values: tuple[tuple[str, Expression], ...]
    key: tuple[str, ...] = ()
    when: Expression | None = None
    each: str | None = None  # a table field: one row a line, its cells known as `line.<column>`
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class StartCase:
    """Effect: another case is opened as a child of this one (or as its sibling), with form fields
    from expressions. `under`: as a child of the case with this number instead. `into`: the field of
    this case that receives the number of the new one.
    """

    process: str
    fields: tuple[tuple[str, Expression], ...] = ()
    entry: str | None = None
    sibling: bool = False
    under: Expression | None = None
    into: str | None = None
    each: str | None = None  # a table field: once a line, its cells known as `line.<column>`
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class ActOn:
    """Effect: a `system` action is taken on related cases of a process that stand in one of
    `states` (any, if empty).
    """

    process: str
    action: str
    relation: Relation = Relation.CHILDREN
    states: tuple[str, ...] = ()
    named_by: Expression | None = None  # only the case with this number
    each: str | None = None  # a table field: once a line, its cells known as `line.<column>`
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Notify:
    """Effect: a notice to a seat (role, applicant, person).

    Its kind is the action or timer that causes it. `reads`: whoever is told may read the case for
    it; else they only hear of it.
    """

    to: Seat
    when: Expression | None = None
    reads: bool = True
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class TellUsers:
    """Effect: a notice to everybody who works by a policy parameter, each person once.

    `parameter` is the field that names it (or the base profile). Who works by it are the roles that
    take part in the processes reading it.
    """

    parameter: str
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Revoke:
    """Effect: the case above this one loses its effect (撤销). It keeps its state, which must be
    one of `states`, and names this case from then on.
    """

    process: str
    states: tuple[str, ...]
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PutInForce:
    """Effect: a policy value that the form names holds from a day on, for cases opened then.

    `parameter` and `value` are fields (the value as people write it, see `Parameter.from_text`),
    as are `reason` (a text) and `clauses` (a list of clause ids); `before` is a field that has to
    hold the value in force. `since` is a day; None: today. An earlier day counts as today: what
    has been opened keeps its values.
    """

    parameter: str
    value: str
    since: Expression | None = None
    reason: str | None = None
    clauses: str | None = None
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)
    before: str | None = None


Effect = SetField | WriteRow | StartCase | ActOn | Revoke | PutInForce | Notify | TellUsers
