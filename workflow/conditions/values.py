"""What the names in an expression stand for: the case as it would be, the person, the policy, the
facts.

Everything is a plain value when a condition is judged: nothing is looked up half way. Dates are
day numbers since 1970-01-01, moments are aware, money is fen; an unfilled field has no value at
all, so a rule that needs it cannot be met by accident.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TypeGuard, cast

from workflow.calculations.calendar_periods import last_of_month
from workflow.calendar import Calendar
from workflow.conditions.language import Expression as Ready
from workflow.conditions.language import Unevaluable, Value
from workflow.conditions.standing_in import Asked
from workflow.design.definition import Definition
from workflow.design.form import Field, FieldType
from workflow.ledger import moment_of, moment_text
from workflow.making import quick
from workflow.nouns import Actor, Case, FieldValue, Form, ParameterValue
from workflow.people.eligibility import Scene, grant_for
from workflow.people.organisation import Organisation

EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """The date of a day number. ValueError or OverflowError beyond the years that dates know."""
    return date.fromordinal(number + EPOCH)


def stored_day(number: int) -> str | None:
    """A day number as forms and registers keep it; nothing beyond the years that dates know."""
    try:
        return day_of(number).isoformat()
    except (OverflowError, ValueError):
        return None


@quick
@dataclass(frozen=True, slots=True)
class View:
    """All that an expression of one act may look at.

    `form` is the form as it would stand after the act's answers. `lent_to`: of the actor's roles
    only those count that they have lent to this person.
    """

    definition: Definition
    case: Case
    form: Form
    actor: Actor
    now: datetime
    calendar: Calendar
    organisation: Organisation
    facts: Mapping[str, Value] = field(default_factory=dict)
    parent: Case | None = None
    parent_definition: Definition | None = None
    opinion: str = ""
    target: str | None = None
    line: Mapping[str, Value] | None = None
    due: Mapping[str, Value] | None = None
    lent_to: str | None = None

    def evaluate(self, expression: Ready) -> Value | Unevaluable:
        """The value of a compiled expression in this view.

        A yes or no about the actor is asked of whom they stand in for as well: both must pass what
        keeps people apart, and either may be who is asked for.
        """
        own = expression.evaluate_by(self.value_of)
        if self.actor.acting_for is None or expression.asked is None:
            return own
        either = expression.asked is Asked.EITHER
        if (own is True) is either:
            return own
        other = self.of_principal(self.actor.acting_for, lent_only=either)
        theirs = expression.evaluate_by(other.value_of)
        return own if either and theirs is not True else theirs

    def of_principal(self, principal: str, *, lent_only: bool) -> View:
        """The same as if whom the actor stands in for acted; with `lent_only` in no role that they
        have kept to themselves.
        """
        name = self.organisation.person_name(principal)
        return replace(
            self,
            actor=Actor(principal, name),
            lent_to=self.actor.id if lent_only else None,
        )

    def value_of(self, name: str) -> Value:
        """The value of a name of the vocabulary; None while it has none."""
        kind, _, rest = name.partition(".")
        reader = _READERS.get(kind)
        return _SCENE[name](self) if reader is None else reader(self, rest)

    def of_parent(self, name: str) -> Value:
        """A value of the case that this one belongs to."""
        parent, definition = self.parent, self.parent_definition
        if parent is None:
            return False if name.startswith("given.") else None
        kind, _, rest = name.partition(".")
        match kind:
            case "form" if definition is not None:
                return typed(definition.form[rest], parent.form.get(rest))
            case "given":
                return is_given(parent.form.get(rest))
            case "day":
                return self.local_day(parent.form.get(rest))
            case _:
                known = _OF_PARENT.get(kind)
                return None if known is None else known(parent)

    def department_of(self, person: str) -> str | None:
        """The home department of a person, if they are known."""
        known = self.organisation.people.get(person)
        return None if known is None else known.department

    def department_of_named(self, value: FieldValue) -> Value:
        """The home department of whoever a person field names; nothing while it is unfilled."""
        return self.department_of(value) if isinstance(value, str) else None

    def roles_in(self, value: FieldValue) -> Value:
        """The roles held today in the department that a field names; nothing while unfilled."""
        day = self.calendar.local_day(self.now)
        return self.organisation.roles_in(value, day) if isinstance(value, str) and value else None

    def roles_of_actor(self) -> Value:
        """The roles that the actor holds today, each once."""
        day = self.calendar.local_day(self.now)
        posts = self.organisation.posts_of(self.actor.id, day)
        roles = tuple(dict.fromkeys(post.role for post in posts))
        if self.lent_to is None:
            return roles
        delegate = Actor(self.lent_to, self.lent_to, self.actor.id)
        scene = Scene(self.case, self.organisation, day, definition=self.definition)
        return tuple(role for role in roles if grant_for(delegate, role, scene) is not None)

    def day_of_moment(self, at: datetime) -> int:
        """The local day number of a moment."""
        return day_number(self.calendar.local_day(at))

    def day_in(self, key: str) -> date | None:
        """A day of the month that a field speaks of: a date, a moment, or a text as 2026-07."""
        value = self.form.get(key)
        if not isinstance(value, str) or not value:
            return None
        match self.definition.form[key].type:
            case FieldType.DATE:
                return date.fromisoformat(value)
            case FieldType.DATETIME:
                return self.calendar.local_day(moment_of(value))
            case _ if _MONTH.fullmatch(value) and value >= "0001":
                return date.fromisoformat(f"{value}-01")
            case _:
                return None

    def local_day(self, value: FieldValue) -> Value:
        """The local day number of a stored moment; nothing for anything else."""
        return (
            day_number(self.calendar.local_day(moment_of(value)))
            if isinstance(value, str)
            else None
        )


def _sum(form: Form, path: str) -> Value:
    """The figures of a column added up: 0 without rows, nothing when a cell is empty."""
    table, _, column = path.partition(".")
    rows = form.get(table) or ()
    cells = [row.get(column) for row in rows if isinstance(row, Mapping)] if _many(rows) else []
    return None if None in cells else sum(cell for cell in cells if isinstance(cell, int))


def _count(value: FieldValue) -> Value:
    """How many rows or items: 0 when nothing is filled in."""
    return len(value) if isinstance(value, tuple | list) else 0


def _many(value: object) -> TypeGuard[tuple[object, ...] | list[object]]:
    return isinstance(value, tuple | list)


def _month(day: date | None) -> Value:
    return None if day is None else f"{day.year:04d}-{day.month:02d}"


def _first_day(day: date | None) -> Value:
    return None if day is None else day_number(day.replace(day=1))


def _last_day(day: date | None) -> Value:
    return None if day is None else day_number(last_of_month(day))


#: A month as people write it: 2026-07.
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


#: How each family of names is read; the rest of the name is the key inside the family.
_READERS: Mapping[str, Callable[[View, str], Value]] = {
    "form": lambda view, key: typed(view.definition.form[key], view.form.get(key)),
    "given": lambda view, key: is_given(view.form.get(key)),
    "day": lambda view, key: view.local_day(view.form.get(key)),
    "department": lambda view, key: view.department_of_named(view.form.get(key)),
    "roles": lambda view, key: view.roles_in(view.form.get(key)),
    "sum": lambda view, key: _sum(view.form, key),
    "count": lambda view, key: _count(view.form.get(key)),
    "month": lambda view, key: _month(view.day_in(key)),
    "first_day": lambda view, key: _first_day(view.day_in(key)),
    "last_day": lambda view, key: _last_day(view.day_in(key)),
    "param": lambda view, key: _parameter(view.case.parameters, key),
    "given_param": lambda view, key: _parameter(view.case.parameters, key) is not None,
    "facts": lambda view, key: view.facts.get(key),
    "parent": lambda view, key: view.of_parent(key),
    "line": lambda view, key: None if view.line is None else view.line.get(key),
    "due": lambda view, key: None if view.due is None else view.due.get(key),
}

#: The names that stand alone. The compiler knows every name of the vocabulary, so none is missing.
_SCENE: Mapping[str, Callable[[View], Value]] = {
    "now": lambda view: view.now,
    "today": lambda view: view.day_of_moment(view.now),
    "case.number": lambda view: view.case.number,
    "case.state": lambda view: view.case.state,
    "case.department": lambda view: view.case.department,
    "case.applicant": lambda view: view.case.applicant,
    "case.round": lambda view: view.case.round,
    "case.opened_at": lambda view: view.case.opened_at,
    "case.entered_at": lambda view: view.case.entered_at,
    "case.opened_on": lambda view: view.day_of_moment(view.case.opened_at),
    "case.entered_on": lambda view: view.day_of_moment(view.case.entered_at),
    "actor.id": lambda view: view.actor.id,
    "actor.acting_for": lambda view: view.actor.acting_for,
    "actor.department": lambda view: view.department_of(view.actor.id),
    "actor.roles": lambda view: view.roles_of_actor(),
    "applicant.id": lambda view: view.case.applicant,
    "applicant.department": lambda view: (
        view.department_of(view.case.applicant) or view.case.department
    ),
    "decision.opinion": lambda view: view.opinion,
    "decision.target": lambda view: view.target,
}


def is_given(value: FieldValue) -> bool:
    """Whether a field is filled: an empty text or table is not."""
    return value not in (None, "", (), [])


def typed(line: Field, value: FieldValue) -> Value:
    """A stored form value as an expression sees it."""
    if not is_given(value):
        return None
    if line.type not in _KEPT_OTHERWISE:
        return value
    if line.type is FieldType.DATE and isinstance(value, str):
        return day_number(date.fromisoformat(value))
    if line.type is FieldType.DATETIME and isinstance(value, str):
        return moment_of(value)
    if line.type is FieldType.TABLE and isinstance(value, tuple | list):
        return tuple(_row(line, row) for row in value if isinstance(row, Mapping))
    return value  # the form holds what the field's type stores


#: What expressions see otherwise than forms keep it.
_KEPT_OTHERWISE = frozenset({FieldType.DATE, FieldType.DATETIME, FieldType.TABLE})


def _row(table: Field, row: Mapping[str, object]) -> Mapping[str, object]:
    """A row with its dates as day numbers; moments stay text, as CEL has none inside rows."""
    dates = {column.key for column in table.columns if column.type is FieldType.DATE}
    return {
        key: day_number(date.fromisoformat(cell))
        if key in dates and isinstance(cell, str)
        else cell
        for key, cell in row.items()
    }


def line_of(field: Field, line: object) -> Mapping[str, Value]:
    """One line of a table as `line.<column>` sees it; of a list, its `line.text`."""
    if not isinstance(line, Mapping):
        return {"text": line if isinstance(line, str) else None}
    return {column.key: typed(column, line.get(column.key)) for column in field.columns}


def _parameter(policy: Mapping[str, ParameterValue], key: str) -> Value:
    """A policy value; of one with a figure for each option, that of the option in the last word."""
    value = policy.get(key)
    if key not in policy:
        figures, option = policy.get(key.rpartition(".")[0]), key.rpartition(".")[2]
        value = figures.get(option) if isinstance(figures, Mapping) else None
    return value if isinstance(value, bool | int | str | tuple) else None


def stored(kind: FieldType, value: Value) -> FieldValue:
    """What a field or column of that kind keeps of what an expression gave: the way back from
    `typed`.
    """
    if kind in _KEPT_OTHERWISE:
        if kind is FieldType.DATE and isinstance(value, int):
            return stored_day(value)
        if kind is FieldType.DATETIME and isinstance(value, datetime):
            return moment_text(value)
        if kind is FieldType.DATE and isinstance(value, datetime):
            raise ValueError("a date cannot hold a moment")  # the compiler refuses it
    return value  # type: ignore[return-value]  # the compiler checked the kind


#: What is known of the parent besides its form.
_OF_PARENT: Mapping[str, Callable[[Case], str]] = {
    "process": lambda case: case.process,
    "state": lambda case: case.state,
    "number": lambda case: case.number,
    "department": lambda case: case.department,
}


def facts_at(view: View, each: str, place: int) -> Mapping[str, Value]:
    """The facts as a line of `each` sees them: those that were looked up once a line answer for it
    alone.
    """
    facts = view.definition.facts
    of_lines = {key for key in view.facts if key in facts and facts[key].each == each}
    if not of_lines:
        return view.facts
    answers = {key: cast("tuple[Value, ...]", view.facts[key]) for key in of_lines}
    known = {key: value[place] for key, value in answers.items() if place < len(value)}
    return {**{key: value for key, value in view.facts.items() if key not in of_lines}, **known}
