"""The names that the expressions of one definition may use, and what kind of value each stands for.

This is the promise between whoever writes a definition and `workflow.conditions.values`, which
fills the names when a condition is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from workflow.calculations.declaring import Type
from workflow.conditions.language import Kind
from workflow.design.definition import Definition
from workflow.design.facts import Fact, Gives
from workflow.design.form import Field, FieldType
from workflow.design.parameters import ParameterKind
from workflow.design.register import Register
from workflow.design.schedules import ScheduleRule

#: What a field of each type is in an expression: money in fen, dates in days since 1970-01-01.
FIELD_KINDS: Mapping[FieldType, Kind] = MappingProxyType(
    {
        FieldType.TEXT: Kind.TEXT,
        FieldType.LONG_TEXT: Kind.TEXT,
        FieldType.INTEGER: Kind.INT,
        FieldType.MONEY: Kind.INT,
        FieldType.BOOL: Kind.BOOL,
        FieldType.DATE: Kind.INT,
        FieldType.DATETIME: Kind.MOMENT,
        FieldType.ENUM: Kind.TEXT,
        FieldType.CITIZEN_ID: Kind.TEXT,
        FieldType.FILE: Kind.TEXT,
        FieldType.CASE: Kind.TEXT,
        FieldType.DEPARTMENT: Kind.TEXT,
        FieldType.PERSON: Kind.TEXT,
        FieldType.LIST: Kind.TEXTS,
        FieldType.TABLE: Kind.ROWS,
    }
)
#: What an input, a result or a column of a calculation is in an expression.
SLOT_KINDS: Mapping[Type, Kind] = MappingProxyType(
    {
        Type.MONEY: Kind.INT,
        Type.INTEGER: Kind.INT,
        Type.PERCENT: Kind.INT,
        Type.DATE: Kind.INT,
        Type.TEXT: Kind.TEXT,
        Type.DEPARTMENT: Kind.TEXT,
        Type.BOOL: Kind.BOOL,
        Type.TEXTS: Kind.TEXTS,
    }
)
#: What a fact gives; FIRST gives a value of its column's type.
FACT_KINDS: Mapping[Gives, Kind] = MappingProxyType(
    {
        Gives.EXISTS: Kind.BOOL,
        Gives.COUNT: Kind.INT,
        Gives.SUM: Kind.INT,
        Gives.ALL: Kind.TEXTS,
        Gives.DISTINCT: Kind.TEXTS,
        Gives.NUMBERS: Kind.TEXTS,
        Gives.ACTORS: Kind.TEXTS,
    }
)
#: Names that every process has.
ALWAYS: Mapping[str, Kind] = MappingProxyType(
    {
        "case.number": Kind.TEXT,
        "case.state": Kind.TEXT,
        "case.department": Kind.TEXT,
        "case.applicant": Kind.TEXT,
        "case.round": Kind.INT,
        "case.opened_on": Kind.INT,
        "case.opened_at": Kind.MOMENT,
        "case.entered_on": Kind.INT,
        "case.entered_at": Kind.MOMENT,
        "actor.id": Kind.TEXT,
        "actor.acting_for": Kind.TEXT,  # no value for who acts in their own name
        "actor.department": Kind.TEXT,
        "actor.roles": Kind.TEXTS,
        "applicant.id": Kind.TEXT,
        "applicant.department": Kind.TEXT,
        "decision.opinion": Kind.TEXT,
        "decision.target": Kind.TEXT,
        "now": Kind.MOMENT,
        "today": Kind.INT,
    }
)
#: What is due, as a schedule's expressions see it. A period is named as people write it: 2026-03,
#: 2026年第1季度, 2026年上半年, 2026年; `last_period` is the one before.
DUE: Mapping[str, Kind] = MappingProxyType(
    {
        "due.at": Kind.MOMENT,
        "due.on": Kind.INT,
        "due.time": Kind.TEXT,
        "due.year": Kind.INT,
        "due.month": Kind.INT,
        "due.period": Kind.TEXT,
        "due.last_period": Kind.TEXT,
        "due.period_end": Kind.INT,
        "due.last_period_end": Kind.INT,
    }
)
#: What a schedule sees besides: there is no case yet, so there is no form and nobody who acts.
_BEFORE_A_CASE = ("now", "today", "case.department", "param.", "given_param.")
#: Names of the case above, where a process declares one.
OF_A_PARENT: Mapping[str, Kind] = MappingProxyType(
    {
        "parent.process": Kind.TEXT,
        "parent.state": Kind.TEXT,
        "parent.number": Kind.TEXT,
        "parent.department": Kind.TEXT,
    }
)


def vocabulary(
    definition: Definition, register: Register, others: Callable[[str], Definition | None]
) -> dict[str, Kind]:
    """Every name that an expression of `definition` may use.

    `others` finds the newest definition of a process: of the parent, for `parent.form.<field>`.
    """
    names = {**ALWAYS, **_of_form(definition.form.values()), **_of_policy(definition, register)}
    names |= _worked_out(definition.form.values())
    names |= _of_facts(definition, others)
    if definition.opening.parent_processes:
        names |= OF_A_PARENT
        names |= _of_parents(definition.opening.parent_processes, others)
    return names


def line_names(table: Field) -> dict[str, Kind]:
    """The cells of one line of a table field (or the `text` of a list), as `each` sees them."""
    if table.type is FieldType.LIST:
        return {"line.text": Kind.TEXT}
    return {f"line.{column.key}": FIELD_KINDS[column.type] for column in table.columns}


def facts_of_lines(
    definition: Definition, table: str, others: Callable[[str], Definition | None]
) -> dict[str, Kind]:
    """The facts that are looked up once a line of a table, as `each` sees them."""
    facts = {key: fact for key, fact in definition.facts.items() if fact.each == table}
    return _kinds_of(definition, facts, others)


def schedule_names(
    definition: Definition, rule: ScheduleRule, names: Mapping[str, Kind]
) -> dict[str, Kind]:
    """The names that a schedule may use, of all that its process knows."""
    known = {key: kind for key, kind in names.items() if key.startswith(_BEFORE_A_CASE)}
    columns = () if rule.each.register is None else definition.registers[rule.each.register].columns
    of_row = {f"line.{column.key}": FIELD_KINDS[column.type] for column in columns}
    return {**known, **DUE, **of_row}


def _of_facts(
    definition: Definition, others: Callable[[str], Definition | None]
) -> dict[str, Kind]:
    facts = {key: fact for key, fact in definition.facts.items() if fact.each is None}
    return _kinds_of(definition, facts, others)


def _kinds_of(
    definition: Definition,
    facts: Mapping[str, Fact],
    others: Callable[[str], Definition | None],
) -> dict[str, Kind]:
    names: dict[str, Kind] = {}
    for key, fact in facts.items():
        kind = FACT_KINDS.get(fact.gives) or _kind_of_first(definition, fact, others)
        if kind is not None:
            names[f"facts.{key}"] = kind
    return names


def _kind_of_first(
    definition: Definition, fact: Fact, others: Callable[[str], Definition | None]
) -> Kind | None:
    """The kind of a register's column, or of a field of another process; None when unknown."""
    types: dict[str | None, FieldType] = {}
    if fact.register is not None:
        declared = definition.registers[fact.register]
        types = {column.key: column.type for column in declared.columns}
    elif fact.process is not None and (other := others(fact.process)) is not None:
        types = {field.key: field.type for field in other.form.values()}
    return FIELD_KINDS[types[fact.column]] if fact.column in types else None


def _of_form(fields: Iterable[Field], prefix: str = "") -> dict[str, Kind]:
    names: dict[str, Kind] = {}
    for field in fields:
        names[f"{prefix}form.{field.key}"] = FIELD_KINDS[field.type]
        names[f"{prefix}given.{field.key}"] = Kind.BOOL
        if field.type is FieldType.DATETIME:
            names[f"{prefix}day.{field.key}"] = Kind.INT
    return names


def _of_parents(
    processes: Iterable[str], others: Callable[[str], Definition | None]
) -> dict[str, Kind]:
    """The fields of the parent: of several processes, those that all have in the same kind."""
    forms = [
        _of_form(parent.form.values(), "parent.")
        for process in processes
        if (parent := others(process)) is not None
    ]
    first = forms[0] if forms else {}
    return {
        name: kind for name, kind in first.items() if all(form.get(name) is kind for form in forms)
    }


_FIGURES = (FieldType.INTEGER, FieldType.MONEY)
_DAYS = (FieldType.DATE, FieldType.DATETIME)


#: What is known of whoever, or whatever part of the house, a field names.
_OF_THE_HOUSE: Mapping[FieldType, tuple[str, Kind]] = MappingProxyType(
    {
        FieldType.PERSON: ("department", Kind.TEXT),
        FieldType.DEPARTMENT: ("roles", Kind.TEXTS),
    }
)


def _worked_out(fields: Iterable[Field]) -> dict[str, Kind]:
    """Names that are worked out of a field: sums and counts of rows, months and their days, the
    department of whoever is named, the roles that are held in a department.
    """
    names: dict[str, Kind] = {}
    for field in fields:
        if field.type in (FieldType.TABLE, FieldType.LIST):
            names[f"count.{field.key}"] = Kind.INT
        for column in field.columns:
            if column.type in _FIGURES:
                names[f"sum.{field.key}.{column.key}"] = Kind.INT
        if field.type in _OF_THE_HOUSE:
            family, kind = _OF_THE_HOUSE[field.type]
            names[f"{family}.{field.key}"] = kind
        if field.type in _DAYS:
            names[f"month.{field.key}"] = Kind.TEXT
        if field.type is FieldType.TEXT or field.type in _DAYS:
            names[f"first_day.{field.key}"] = Kind.INT
            names[f"last_day.{field.key}"] = Kind.INT
    return names


#: What a policy parameter is in an expression: money in fen, percent in hundredths.
_PARAMETER_KINDS: Mapping[ParameterKind, Kind] = MappingProxyType(
    {
        ParameterKind.ON_OFF: Kind.BOOL,
        ParameterKind.CHOICE: Kind.TEXT,
        ParameterKind.WHOLE_NUMBER: Kind.INT,
        ParameterKind.MONEY: Kind.INT,
        ParameterKind.PERCENT: Kind.INT,
        ParameterKind.TEXT: Kind.TEXT,
        ParameterKind.TEXTS: Kind.TEXTS,
        ParameterKind.TIMES: Kind.TEXTS,
    }
)


def _of_policy(definition: Definition, register: Register) -> dict[str, Kind]:
    names: dict[str, Kind] = {}
    for key in definition.parameters:
        parameter = register.parameters[key]
        if parameter.kind in _PARAMETER_KINDS:
            names[f"param.{key}"] = _PARAMETER_KINDS[parameter.kind]
            names[f"given_param.{key}"] = Kind.BOOL
        for option in parameter.options if parameter.kind is ParameterKind.WHOLE_NUMBERS else ():
            names[f"param.{key}.{option}"] = Kind.INT
            names[f"given_param.{key}.{option}"] = Kind.BOOL
    return names
