"""What the names in an expression stand for: the case as it would be, the person, the policy, the facts.

Everything is a plain value when a condition is judged: nothing is looked up half way. Dates are day numbers since 1970-01-01,
moments are aware, money is fen; an unfilled field has no value at all, so a rule that needs it cannot be met by accident.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.calendar import Calendar
from workflow.conditions.language import Expression as Ready
from workflow.conditions.language import Unevaluable, Value
from workflow.design.definition import Definition, Field, FieldType
from workflow.ledger import moment_of, moment_text
from workflow.nouns import Actor, Case, FieldValue, Form
from workflow.people.organisation import Organisation

EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def day_of(number: int) -> date:
    """The date of a day number."""
    return date.fromordinal(number + EPOCH)


@dataclass(frozen=True, slots=True)
class View:
    """All that an expression of one act may look at. `form` is the form as it would stand after the act's answers."""

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
    line: Mapping[str, object] | None = None

    def evaluate(self, expression: Ready) -> Value | Unevaluable:
        """The value of a compiled expression in this view."""
        return expression.evaluate(self.values(expression.names))

    def values(self, names: Iterable[str]) -> dict[str, Value]:
        """The values of names; those without a value are left out."""
        found: dict[str, Value] = {}
        for name in names:
            value = self._value(name)
            if value is not None:
                found[name] = value
        return found

    def _value(self, name: str) -> Value:
        kind, _, rest = name.partition(".")
        match kind:
            case "form":
                return typed(self.definition.form[rest], self.form.get(rest))
            case "given":
                return is_given(self.form.get(rest))
            case "day":
                return self._local_day(self.form.get(rest))
            case "param":
                return _parameter(self.case.parameters.get(rest))
            case "given_param":
                return self.case.parameters.get(rest) is not None
            case "facts":
                return self.facts.get(rest)
            case "parent":
                return self._of_parent(rest)
            case "line":
                return None if self.line is None else _cell(self.line.get(rest))
            case _:
                return self._of_scene(name)

    def _of_parent(self, name: str) -> Value:
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
                return self._local_day(parent.form.get(rest))
            case "state":
                return parent.state
            case "number":
                return parent.number
            case "department":
                return parent.department
            case _:
                return None

    def _of_scene(self, name: str) -> Value:
        match name:
            case "now":
                return self.now
            case "today":
                return day_number(self.calendar.local_day(self.now))
            case "case.number":
                return self.case.number
            case "case.state":
                return self.case.state
            case "case.department":
                return self.case.department
            case "case.applicant" | "applicant.id":
                return self.case.applicant
            case "case.round":
                return self.case.round
            case "case.opened_at":
                return self.case.opened_at
            case "case.entered_at":
                return self.case.entered_at
            case "case.opened_on":
                return day_number(self.calendar.local_day(self.case.opened_at))
            case "case.entered_on":
                return day_number(self.calendar.local_day(self.case.entered_at))
            case "actor.id":
                return self.actor.id
            case "actor.department":
                return self._department(self.actor.id)
            case "actor.roles":
                day = self.calendar.local_day(self.now)
                posts = self.organisation.posts_of(self.actor.id, day)
                return tuple(dict.fromkeys(post.role for post in posts))
            case "applicant.department":
                return self._department(self.case.applicant) or self.case.department
            case "decision.opinion":
                return self.opinion
            case "decision.target":
                return self.target
            case _:
                raise KeyError(name)  # the compiler knows every name of the vocabulary

    def _department(self, person: str) -> str | None:
        known = self.organisation.people.get(person)
        return None if known is None else known.department

    def _local_day(self, value: FieldValue) -> Value:
        return (
            day_number(self.calendar.local_day(moment_of(value)))
            if isinstance(value, str)
            else None
        )


def is_given(value: FieldValue) -> bool:
    """Whether a field is filled: an empty text or table is not."""
    return value is not None and value != "" and value != ()


def typed(line: Field, value: FieldValue) -> Value:
    """A stored form value as an expression sees it."""
    if not is_given(value):
        return None
    if line.type is FieldType.DATE and isinstance(value, str):
        return day_number(date.fromisoformat(value))
    if line.type is FieldType.DATETIME and isinstance(value, str):
        return moment_of(value)
    return value  # type: ignore[return-value]  # the form holds what the field's type stores


def _parameter(value: object) -> Value:
    return value if isinstance(value, bool | int | str | tuple) else None


def _cell(value: object) -> Value:
    return value if isinstance(value, bool | int | str) else None


def stored(line: Field, value: Value) -> FieldValue:
    """The form value for what an expression gave: the way back from `typed`."""
    if line.type is FieldType.DATE and isinstance(value, int):
        return day_of(value).isoformat()
    if line.type is FieldType.DATETIME and isinstance(value, datetime):
        return moment_text(value)
    if line.type is FieldType.DATE and isinstance(value, datetime):
        raise ValueError(f"{line.key}: a date cannot hold a moment")  # the compiler refuses it
    return value  # type: ignore[return-value]  # the compiler checked the kind
