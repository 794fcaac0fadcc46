"""Every expression of a definition, compiled against what that definition declares.

A misspelt field is found here, with its line, when the definition is read; not on the day when
somebody presses the button.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from workflow.calculations.declaring import Type
from workflow.calculations.table import CALCULATIONS
from workflow.conditions.language import Expression as Ready
from workflow.conditions.language import Kind, Language
from workflow.conditions.language import Problem as Wrong
from workflow.conditions.vocabulary import (
    FIELD_KINDS,
    SLOT_KINDS,
    facts_of_lines,
    line_names,
    schedule_names,
    vocabulary,
)
from workflow.design import expression as written
from workflow.design.calculated import CalculationUse, LineInput
from workflow.design.deadlines import DeadlineRule
from workflow.design.definition import Definition
from workflow.design.effects import ActOn, Effect, PutInForce, SetField, StartCase, WriteRow
from workflow.design.expression import Place, Span
from workflow.design.facts import Condition, Fact
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING, accepted_fields
from workflow.design.neighbours import no_such_process
from workflow.design.problems import Problem
from workflow.design.register import Register
from workflow.design.scalars import letter, lines_of
from workflow.design.schedules import ScheduleRule
from workflow.refusals import Sentence

#: What may begin or end a clock: a day or a moment.
_TIMES = (Kind.INT, Kind.MOMENT)
_YES_OR_NO = (Kind.BOOL,)
#: The scope of what a fact looks for, and of what a cancellation leaves behind: found out before
#: there are facts, or a decision.
_LOOKING = ""
_LOOKING_ALONG = "looking:"  # followed by the table through whose lines it goes
_NOT_LOOKING = ("facts.", "decision.")
#: The scope of a schedule is this with its key: found out before there is a case.
_SCHEDULED = "schedule:"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The compiled expressions of one definition, made by `compile_expressions`.

    `beside` are the other processes that were asked for on the way, with the digest of each (None:
    nobody knows it). As long as they stay the same, compiling again gives the same.
    """

    expressions: Mapping[tuple[str, str], Ready]
    closing: frozenset[tuple[str, str]]
    beside: Mapping[str, str | None]

    def of(self, expression: written.Expression) -> Ready:
        """The compiled form of an expression of this definition; KeyError for a foreign one."""
        return self.expressions[expression.place.path, expression.text]

    def standing(self, condition: Condition, action: str) -> bool:
        """Whether nothing that a person gives with `action` (or `OPENING`) can change `condition`.

        Such a condition closes the button when it does not hold; the others only make it ask.
        """
        return (action, condition.name) in self.closing


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An expression with the kinds that it may give. `scope`: the table whose lines it speaks of,
    `_LOOKING`, or that of a schedule. `decides`: it is a condition, which must look at something.
    `day`: what it gives is taken for a day, though it is counted as a whole number.
    """

    expression: written.Expression
    kinds: tuple[Kind, ...]
    scope: str | None = None
    decides: bool = False
    day: bool = False


def compile_expressions(
    definition: Definition, register: Register, others: Callable[[str], Definition | None]
) -> Compiled | tuple[Problem, ...]:
    """Compile every expression of `definition`, or give every problem with its place.

    `others` finds the newest definition of a process by its slug: the parent whose fields are
    named as `parent.form.<field>`, and the processes that effects start.
    """
    beside: dict[str, str | None] = {}

    def asked(process: str) -> Definition | None:
        found = others(process)
        beside[process] = None if found is None else found.digest
        return found

    compiler = _Compiler(definition, vocabulary(definition, register, asked), asked)
    expressions: dict[tuple[str, str], Ready] = {}
    problems: list[Problem] = compiler.unknown_processes()
    for wanted in compiler.wanted():
        compiled = compiler.compile(wanted)
        if isinstance(compiled, Ready):
            expressions[wanted.expression.place.path, wanted.expression.text] = compiled
        else:
            problems += compiled
    if problems:
        return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column)))
    return Compiled(expressions, _closing(definition, expressions), beside)


class _Compiler:
    """The languages of one definition (one more for each table that effects go through)."""

    def __init__(
        self,
        definition: Definition,
        names: Mapping[str, Kind],
        others: Callable[[str], Definition | None],
    ) -> None:
        self.definition = definition
        self.names = names
        self.others = others
        self.lines = lines_of(definition.source)
        self.languages: dict[str | None, Language] = {}

    def _language(self, scope: str | None) -> Language:
        if scope not in self.languages:
            self.languages[scope] = Language(self._names(scope))
        return self.languages[scope]

    def _names(self, scope: str | None) -> Mapping[str, Kind]:
        if scope == _LOOKING:
            return {k: v for k, v in self.names.items() if not k.startswith(_NOT_LOOKING)}
        if scope is not None and scope.startswith(_LOOKING_ALONG):
            table = self.definition.form[scope.removeprefix(_LOOKING_ALONG)]
            return {**self._names(_LOOKING), **line_names(table)}
        if scope is None:
            return self.names
        if scope.startswith(_SCHEDULED):
            rule = self.definition.schedules[scope.removeprefix(_SCHEDULED)]
            return schedule_names(self.definition, rule, self.names)
        of_lines = facts_of_lines(self.definition, scope, self.others)
        return {**self.names, **line_names(self.definition.form[scope]), **of_lines}

    def compile(self, wanted: _Wanted) -> Ready | list[Problem]:
        """The compiled expression, of the first kind that fits, or what is wrong with it."""
        tries = [
            self._language(wanted.scope).compile(wanted.expression.text, kind)
            for kind in wanted.kinds
        ]
        fitting = next((one for one in tries if isinstance(one, Ready)), None)
        if fitting is None:
            return self._problems(wanted, [one for one in tries if isinstance(one, tuple)])
        if wanted.decides and not fitting.names:
            return [self._problem(wanted.expression.place, CONSTANT)]
        if wanted.day and _BARE.fullmatch(wanted.expression.text):
            said = NO_DAY.filled(number=wanted.expression.text.strip())
            return [self._problem(wanted.expression.place, said)]
        return fitting

    def _problems(self, wanted: _Wanted, tries: list[tuple[Wrong, ...]]) -> list[Problem]:
        if wanted.kinds == _TIMES and tries[0] != tries[1]:
            return [self._problem(wanted.expression.place, NO_TIME)]
        return [
            self._problem(self._letter(wanted.expression, one.offset), Sentence(one.zh, one.en))
            for one in tries[0]
        ]

    def _letter(self, expression: written.Expression, offset: int) -> Place:
        return letter(self.lines, expression.place, expression.text, offset)

    def _problem(self, place: Place, because: Sentence) -> Problem:
        return Problem(self.definition.file, place.line, place.column, place.path, because)

    def unknown_processes(self) -> list[Problem]:
        """The processes that the vocabulary needs and nobody knows."""
        starts = [one for one in _effects(self.definition) if isinstance(one, StartCase)]
        named = [(one.process, one.place) for one in starts if one.fields]
        opening = self.definition.opening
        named += [(parent, opening.place) for parent in opening.parent_processes]
        return [
            self._problem(place, no_such_process(process))
            for process, place in named
            if self.others(process) is None
        ]

    def wanted(self) -> Iterator[_Wanted]:
        """Every expression of the definition with what it must give."""
        yield from self._of_what_is_known()
        for condition in _conditions(self.definition):
            yield from _decides(condition.when)
        for effect in _effects(self.definition):
            yield from self._of_effect(effect)
        for effect in self.definition.cancelled:
            along = _lines_of(effect)
            scope = _LOOKING if along is None else f"{_LOOKING_ALONG}{along}"
            yield from (replace(one, scope=scope) for one in self._of_effect(effect))
        for action in self.definition.actions.values():
            if action.duty_when is not None:
                yield _Wanted(action.duty_when, _YES_OR_NO, _LOOKING, decides=True)
        for deadline in self.definition.deadlines.values():
            yield from _of_deadline(deadline)
        for schedule in self.definition.schedules.values():
            yield from self._of_schedule(schedule)

    def _of_what_is_known(self) -> Iterator[_Wanted]:
        """Of what a form asks for, what is looked up and what is calculated."""
        for field in self.definition.form.values():
            for requirement in field.required:
                yield from _decides(requirement.when)
            if field.formula is not None:
                yield _typed(field.formula, field.type)
        for fact in self.definition.facts.values():
            yield from self._of_fact(fact)
        for use in self.definition.calculations.values():
            yield from self._of_use(use)

    def _of_schedule(self, rule: ScheduleRule) -> Iterator[_Wanted]:
        scope = f"{_SCHEDULED}{rule.key}"
        rhythm, columns = rule.rhythm, self._columns(rule.each.register)
        for figure in (rhythm.day, rhythm.workday):
            if figure is not None:
                yield _Wanted(figure, (Kind.INT,), scope)
        if rhythm.times_from is not None:
            yield _Wanted(rhythm.times_from, (Kind.TEXTS,), scope)
        for wanted in (*_decides(rule.when), *_of_spans(rule.missed_after)):
            yield replace(wanted, scope=scope)
        for column, expression in rule.each.where:
            yield _typed(expression, columns[column], scope)
        for key, expression in rule.fields:
            yield _typed(expression, self.definition.form[key].type, scope)

    def _of_fact(self, fact: Fact) -> Iterator[_Wanted]:
        types = self._columns(fact.register)
        scope = _LOOKING if fact.each is None else f"{_LOOKING_ALONG}{fact.each}"
        for column, expression in fact.where:
            sought = _typed(expression, types[column], scope)
            # Of several texts a column has to equal one.
            several = sought.kinds == (Kind.TEXT,)
            yield replace(sought, kinds=(Kind.TEXT, Kind.TEXTS)) if several else sought
        for bound in fact.bounds:
            yield _typed(bound.value, types[bound.column], scope)
        if fact.named_by is not None:
            yield _Wanted(fact.named_by, (Kind.TEXT,), _LOOKING)

    def _of_use(self, use: CalculationUse) -> Iterator[_Wanted]:
        calculation = CALCULATIONS[use.of]
        yield from _decides(use.when)
        for key, given in use.inputs:
            slot = calculation.input(key)
            if slot is None:
                continue
            if not isinstance(given, LineInput):
                yield _Wanted(given, (SLOT_KINDS[slot.type],), day=slot.type is Type.DATE)
                continue
            types = {column.key: column.type for column in slot.columns}
            for column, expression in given.cells:
                type_ = types[column]
                day = type_ is Type.DATE
                yield _Wanted(expression, (SLOT_KINDS[type_],), given.each, day=day)
            if given.when is not None:
                yield _Wanted(given.when, _YES_OR_NO, given.each, decides=True)

    def _columns(self, register: str | None) -> Mapping[str, FieldType]:
        return {} if register is None else self.definition.registers[register].types

    def _of_effect(self, effect: Effect) -> Iterator[_Wanted]:
        yield from _decides(effect.when, _lines_of(effect))
        match effect:
            case SetField():
                yield from self._of_setting(effect)
            case WriteRow():
                types = self._columns(effect.register)
                for column, expression in effect.values:
                    yield _typed(expression, types[column], effect.each)
            case StartCase():
                yield from self._of_start(effect)
            case ActOn(named_by=written.Expression() as named_by):
                yield _Wanted(named_by, (Kind.TEXT,), effect.each)
            case PutInForce(since=written.Expression() as since):
                yield _typed(since, FieldType.DATE)
            case _:
                pass

    def _of_setting(self, effect: SetField) -> Iterator[_Wanted]:
        if effect.value is not None:
            yield _typed(effect.value, self.definition.form[effect.field].type)
        if effect.start is not None:
            yield _Wanted(effect.start, _TIMES, day=True)
        yield from _of_spans(effect.spans)

    def _of_start(self, effect: StartCase) -> Iterator[_Wanted]:
        started = self.others(effect.process)
        form: Mapping[str, Field] = {} if started is None else started.form
        for key, expression in effect.fields:
            if key in form:
                yield _typed(expression, form[key].type, effect.each)
        if effect.under is not None:
            yield _Wanted(effect.under, (Kind.TEXT,), effect.each)


CONSTANT = Sentence(
    "这个条件没有用到任何数据，结果永远一样；请删去，或写上它所依据的表单项、参数或事实。",
    "This condition looks at nothing, so it is always the same; remove it, or name the field, "
    "parameter or fact that it rests on.",
)
NO_TIME = Sentence(
    "这里需要一个日期（如 form.某日期、today）或一个时刻（如 form.某时间、now）。",
    "Here a day is needed (such as form.some_date, today) or a moment (form.some_time, now).",
)

NO_DAY = Sentence(
    '这里需要一个日期，写的却是数字 {number}；请写成 date("2026-03-01")、today + {number} 这样。',
    'Here a day is needed, and this is the number {number}; write it as date("2026-03-01"), or as '
    "today + {number}.",
)
#: A whole number and nothing else.
_BARE = re.compile(r"\s*-?[0-9]+\s*")


def _typed(expression: written.Expression, type_: FieldType, scope: str | None = None) -> _Wanted:
    """An expression whose value goes into a field or a column, or is held against one."""
    kinds = (FIELD_KINDS[type_],)
    return _Wanted(expression, kinds, scope, day=type_ is FieldType.DATE)


def _decides(expression: written.Expression | None, scope: str | None = None) -> Iterator[_Wanted]:
    if expression is not None:
        yield _Wanted(expression, _YES_OR_NO, scope, decides=True)


def _lines_of(effect: Effect) -> str | None:
    """The table that an effect goes through line by line."""
    return effect.each if isinstance(effect, WriteRow | StartCase | ActOn) else None


def _of_spans(spans: Iterable[Span]) -> Iterator[_Wanted]:
    for span in spans:
        yield _Wanted(span.amount, (Kind.INT,))
        yield from _decides(span.when)


def _of_deadline(deadline: DeadlineRule) -> Iterator[_Wanted]:
    for time in (deadline.start, deadline.until):
        if time is not None:
            yield _Wanted(time, _TIMES, day=True)
    for spans in deadline.lengths:
        yield from _of_spans(spans)
    yield from _decides(deadline.action_when)
    yield from _decides(deadline.pauses_when)


def _conditions(definition: Definition) -> Iterator[Condition]:
    yield from definition.opening.conditions
    for action in definition.actions.values():
        yield from action.conditions


def _effects(definition: Definition) -> Iterator[Effect]:
    yield from definition.opening.effects
    for action in definition.actions.values():
        yield from action.effects
    for deadline in definition.deadlines.values():
        yield from deadline.effects


# ---- what input can change ----------------------------------------------------------------


def _closing(
    definition: Definition, expressions: Mapping[tuple[str, str], Ready]
) -> frozenset[tuple[str, str]]:
    """The (action, condition) pairs that no input of the action can change."""
    acts = {OPENING: definition.opening.conditions}
    acts |= {key: action.conditions for key, action in definition.actions.items()}
    found: set[tuple[str, str]] = set()
    for act, conditions in acts.items():
        given = set(accepted_fields(definition, act)) if conditions else set()
        given.update(key for use in definition.calculations_at(act) for key in use.fields)
        given.update(key for key, field in definition.form.items() if field.formula is not None)
        moved = _facts_moved_by(definition, expressions, given)
        for condition in conditions:
            names = expressions[condition.when.place.path, condition.when.text].names
            if not any(_is_input(name, given, moved) for name in names):
                found.add((act, condition.name))
    return frozenset(found)


def _facts_moved_by(
    definition: Definition,
    expressions: Mapping[tuple[str, str], Ready],
    given: set[str],
) -> set[str]:
    """The facts whose look-up depends on what is given."""
    return {
        key
        for key, fact in definition.facts.items()
        for expression in fact.sought
        for name in expressions[expression.place.path, expression.text].names
        if _is_input(name, given, set())
    }


def _is_input(name: str, given: set[str], moved: set[str]) -> bool:
    kind, _, key = name.partition(".")
    match kind:
        case "form" | "given" | "day" | "department" | "roles" | "sum" | "count":
            return key.partition(".")[0] in given
        case "month" | "first_day" | "last_day":
            return key.partition(".")[0] in given
        case "facts":
            return key in moved
        case _:
            return kind == "decision"
