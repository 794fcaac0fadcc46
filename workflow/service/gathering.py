"""Gathers the Situation before the core runs: parent, people, calendar and the facts that the
act's rules name.

Facts are the only door to what lies outside the case. What is gathered here is kept in the ledger
line and never looked up again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from workflow.conditions.language import Unevaluable, Value
from workflow.conditions.values import View, line_of, stored, typed
from workflow.design.expression import Expression
from workflow.design.facts import Bound, Compared, Fact, FactKind, Gives, Relation
from workflow.design.form import Field, FieldType
from workflow.making import replace
from workflow.nouns import TIMER, Actor, Case, Entry, Form, RegisterRow, Scalar
from workflow.people.eligibility import unit_at_hand, unit_named
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Hospital
from workflow.refusals import Sentence
from workflow.running.rulebook import Rulebook
from workflow.running.situation import Numbers, Situation, no_number
from workflow.service.catalog import Catalog


class Source(Protocol):
    """Where facts come from: a transaction when deciding, readings when looking."""

    def case_file(self, *, number: str) -> CaseFile | None: ...
    def related(self, parent: str, process: str | None = None) -> Sequence[Case]: ...
    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]: ...
    def has_rows(self, register: str) -> bool: ...
    def entries(self, case: str) -> Sequence[Entry]: ...


def situation_of(
    catalog: Catalog,
    rulebook: Rulebook,
    file: CaseFile,
    hospital: Hospital,
    now: datetime,
    parent: Case | None,
    numbers: Numbers = no_number,
) -> Situation:
    """The situation of a case without facts; `numbers`: where new cases have theirs from."""
    return Situation(
        rulebook,
        file.case,
        hospital.organisation,
        hospital.calendar,
        now,
        file.tasks,
        file.deadlines,
        parent,
        None if parent is None else catalog.definition(parent.process, parent.definition_version),
        register=catalog.register,
        policy=hospital.policy,
        numbers=numbers,
        users=catalog.users_of,
    )


def with_facts(
    situation: Situation,
    source: Source,
    wanted: Iterable[str],
    actor: Actor,
    form: Form | None = None,
) -> Situation:
    """The situation with the facts named in `wanted`, looked up for the form as the act would
    leave it.
    """
    rows = _Rows(situation, source, situation.view(actor, form))
    facts: dict[str, Value] = {}
    cases: dict[str, tuple[str, ...]] = {}
    for key in wanted:
        fact = situation.definition.facts[key]
        value = _look_up(situation, source, rows, fact)
        if value is not None:
            facts[key] = value
        if fact.gives is Gives.NUMBERS and isinstance(value, tuple):
            cases[key] = tuple(str(number) for number in value)
    if not facts:
        return situation
    return replace(situation, facts=facts, fact_cases=cases)


#: Which rows a fact looks for: the register, and what its columns have to equal.
_Wanted = tuple[str | None, tuple[tuple[str, Expression], ...], tuple[Bound, ...]]


_UNASKED: list[RegisterRow] = []


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that an act's facts are about. Several often ask about the same ones."""

    situation: Situation
    source: Source
    view: View
    _known: dict[_Wanted, Sequence[RegisterRow] | None] = field(default_factory=dict)

    def of(self, fact: Fact) -> Sequence[RegisterRow] | None:
        """The rows; None while what they are looked for by is not known."""
        wanted = (fact.register, fact.where, fact.bounds)
        known = self._known.get(wanted, _UNASKED)
        if known is _UNASKED:
            known = self._known[wanted] = self._found(fact)
        return known

    def _found(self, fact: Fact) -> Sequence[RegisterRow] | None:
        one_of: dict[str, tuple[str, ...]] = {}
        where = self._where(fact, one_of)
        if where is None:
            return None
        rows = self.source.rows(fact.register or "", where)
        for column, values in one_of.items():
            rows = [row for row in rows if row.values.get(column) in values]
        for bound in fact.bounds:
            edge = self._kept(fact, bound.column, bound.value)
            if edge is None:
                return None
            rows = [row for row in rows if _lies(row.values.get(bound.column), bound, edge)]
        return rows

    def _where(self, fact: Fact, one_of: dict[str, tuple[str, ...]]) -> Mapping[str, Scalar] | None:
        """What columns have to equal; those that have to equal one of several texts go into
        `one_of`. None while some value is not known.
        """
        where: dict[str, Scalar] = {}
        for column, expression in fact.where:
            value = self.value(expression)
            if isinstance(value, tuple | list):
                one_of[column] = tuple(str(one) for one in value)
                continue
            kept = self._as_kept(fact, column, value)
            if kept is None:
                return None
            where[column] = kept
        return where

    def value(self, expression: Expression) -> Value:
        """What an expression gives as the act would leave the form; None: not known."""
        value = self.view.evaluate(self.situation.rulebook.ready(expression))
        return None if isinstance(value, Unevaluable) else value

    def _kept(self, fact: Fact, column: str, expression: Expression) -> Scalar:
        """The value of an expression as the register keeps that column; None: not known."""
        return self._as_kept(fact, column, self.value(expression))

    def _as_kept(self, fact: Fact, column: str, value: Value) -> Scalar:
        declared = self.situation.definition.registers[fact.register or ""]
        if value is None:
            return None
        kept = stored(declared.types[column], value)
        return kept if isinstance(kept, bool | int | str) else None


def _lies(cell: Scalar, bound: Bound, edge: Scalar) -> bool:
    """Whether a cell lies to the edge as it should; days and moments are texts that sort so."""
    if cell is None or cell == "":
        return bound.or_empty
    if isinstance(cell, str) and isinstance(edge, str):
        return _LIES[bound.how]((cell > edge) - (cell < edge))
    if isinstance(cell, int) and isinstance(edge, int):
        return _LIES[bound.how](cell - edge)
    return False


#: What each comparison says of a cell less the edge.
_LIES: Mapping[Compared, Callable[[int], bool]] = {
    Compared.BELOW: lambda less: less < 0,
    Compared.AT_MOST: lambda less: less <= 0,
    Compared.AT_LEAST: lambda less: less >= 0,
    Compared.ABOVE: lambda less: less > 0,
}


def _look_up(situation: Situation, source: Source, rows: _Rows, fact: Fact) -> Value:
    match fact.kind:
        case FactKind.REGISTER if fact.each is not None:
            return _of_lines(situation, rows, fact, fact.each)
        case FactKind.REGISTER if fact.gives is Gives.EXISTS and not (fact.where or fact.bounds):
            return source.has_rows(fact.register or "")
        case FactKind.REGISTER if fact.or_held is not None:
            return _of_units(situation, rows, fact, fact.or_held)
        case FactKind.REGISTER:
            return _of_register(situation, rows.of(fact), fact)
        case FactKind.RELATED:
            return _of_related(situation, source, rows, fact)
        case FactKind.HISTORY:
            return _of_history(situation, fact)


def _of_lines(situation: Situation, rows: _Rows, fact: Fact, each: str) -> Value:
    """What a fact answers for each line of a table, in their order."""
    table, lines = situation.definition.form[each], rows.view.form.get(each)
    along = (
        replace(rows, view=replace(rows.view, line=line_of(table, line)), _known={})
        for line in (lines if isinstance(lines, tuple | list) else ())
    )
    return cast("Value", tuple(_of_line(situation, one, fact) for one in along))


def _of_line(situation: Situation, rows: _Rows, fact: Fact) -> Value:
    """What a fact answers for one line; of a name that the register does not have, the department
    that bears it.
    """
    answer = _of_register(situation, rows.of(fact), fact)
    if answer is not None or fact.or_held is None:
        return answer
    ((_, expression),) = fact.where
    name = rows.value(expression)
    return None if name is None else unit_named(str(name), fact.or_held, situation.scene)


def _of_register(situation: Situation, rows: Sequence[RegisterRow] | None, fact: Fact) -> Value:
    if rows is None:
        return None  # what it looks for is not known yet: the fact has no value
    column = fact.column or ""
    match fact.gives:
        case Gives.EXISTS:
            return bool(rows)
        case Gives.COUNT:
            return len(rows)
        case Gives.SUM:
            return sum(value for row in rows if isinstance(value := row.values.get(column), int))
        case Gives.FIRST:
            return _typed_cell(situation, fact, rows[0]) if rows else None
        case Gives.ALL:
            return tuple(str(row.values.get(column)) for row in rows)
        case Gives.DISTINCT:
            known = (value for row in rows if (value := row.values.get(column)) is not None)
            return tuple(sorted({str(value) for value in known}))
        case _:
            return tuple(row.number for row in rows if row.number is not None)


def _of_units(situation: Situation, rows: _Rows, fact: Fact, role: str) -> Value:
    """The departments of a name, or of several: those that the register gives; for a name that it
    does not have, and while the one name is not known, those of the organisation.
    """
    ((column, expression),) = fact.where
    found, value = rows.of(fact) or (), rows.value(expression)
    unknown = () if fact.gives is Gives.DISTINCT else ("",)
    one = unknown if value is None else (value,)
    listed = {row.values.get(column) for row in found}
    scene = situation.scene
    named = value if isinstance(value, tuple | list) else one
    units = [unit_named(str(name), role, scene) for name in named if name not in listed]
    if None in units and not found and not rows.source.has_rows(fact.register or ""):
        units.append(unit_at_hand(role, scene))
    units += [str(unit) for row in found if (unit := row.values.get(fact.column or ""))]
    if fact.gives is Gives.DISTINCT:
        return tuple(sorted({unit for unit in units if unit is not None}))
    return next((unit for unit in units if unit is not None), None)


def _typed_cell(situation: Situation, fact: Fact, row: RegisterRow) -> Value:
    declared = situation.definition.registers[fact.register or ""]
    kind = declared.types.get(fact.column or "", FieldType.TEXT)
    line = Field(fact.column or "", Sentence("", ""), kind)
    return typed(line, row.values.get(fact.column or ""))


def _of_related(situation: Situation, source: Source, rows: _Rows, fact: Fact) -> Value:
    number = None if fact.named_by is None else rows.value(fact.named_by)
    if fact.named_by is not None and number is None:
        return None  # which case is meant is not known yet: the fact has no value
    found = _related(situation, source, fact, number)
    cases = [
        case for case in found if _wanted(fact, case) and (number is None or case.number == number)
    ]
    match fact.gives:
        case Gives.EXISTS:
            return bool(cases)
        case Gives.COUNT:
            return len(cases)
        case Gives.FIRST:
            return _field_of_newest(cases, fact.column or "")
        case Gives.ACTORS:
            return _both(
                (entry.actor, entry.acting_for)
                for case in cases
                for entry in source.entries(case.id)
                # A clock may have the action's key.
                if entry.event == fact.action and entry.actor != TIMER
            )
        case _:
            return tuple(case.number for case in cases)


def _field_of_newest(cases: Sequence[Case], field: str) -> Value:
    """A form field of the newest case, as stored: numbers, words and fen serve as they are."""
    value = cases[-1].form.get(field) if cases else None
    return value if isinstance(value, bool | int | str) else None


def _related(situation: Situation, source: Source, fact: Fact, number: Value) -> Iterable[Case]:
    case = situation.case
    match fact.relation:
        case Relation.NAMED:
            file = source.case_file(number=str(number))
            return () if file is None else (file.case,)
        case Relation.CHILDREN:
            return source.related(case.id, fact.process)
        case Relation.PARENT:
            return () if situation.parent is None else (situation.parent,)
        case Relation.SIBLINGS:
            if case.parent is None:
                return ()
            found = source.related(case.parent, fact.process)
            return tuple(other for other in found if other.id != case.id)


def _wanted(fact: Fact, case: Case) -> bool:
    if fact.process is not None and case.process != fact.process:
        return False
    if fact.open_only and case.closed_at is not None:
        return False
    return not fact.states or case.state in fact.states


def _of_history(situation: Situation, fact: Fact) -> Value:
    """Decisions of the current round: a voided signature does not count."""
    decided = [
        task
        for task in situation.tasks
        if task.closed_as == fact.action
        and task.round == situation.case.round
        and task.closed_by is not None
    ]
    match fact.gives:
        case Gives.EXISTS:
            return bool(decided)
        case Gives.COUNT:
            return len(decided)
        case _:
            return _both((task.closed_by, task.closed_for) for task in decided)


def _both(pairs: Iterable[tuple[str | None, str | None]]) -> tuple[str, ...]:
    """Who acted and for whom: what one has done the other has done as well. Each once."""
    return tuple(dict.fromkeys(one for pair in pairs for one in pair if one is not None))
