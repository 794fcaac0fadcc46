"""From clause to rule and back: what in the definitions carries each clause, where that is written,
and how the clause stands by it.

A rule enforces a clause when it can refuse (a condition, a seat, a required or bounded entry) or
when the engine itself draws the consequence. It tracks one when it keeps watch over it: a clock, a
record, a report, a notice. The head of a process names what the process as a whole rests on: reason
enough for a clause that only refers, but no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow.calculations.table import CALCULATIONS
from workflow.design.definition import Action, Definition, State
from workflow.design.effects import SetField
from workflow.design.engine_rules import ENGINE, EngineRule
from workflow.design.expression import Place
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING, accepted_fields
from workflow.design.register import Clause, ClauseKind, Register
from workflow.design.seats import SeatKind
from workflow.refusals import Sentence


class Part(StrEnum):
    """What of a definition carries a clause."""

    OPENING = "opening"
    CONDITION = "condition"
    FIELD = "field"
    STATE = "state"
    ACTION = "action"
    DEADLINE = "deadline"
    CALCULATION = "calculation"
    SCHEDULE = "schedule"
    ENGINE = "engine"


class Way(StrEnum):
    """How a rule carries a clause. The first enforce it, those of `TRACKING` track it."""

    SEATS = "seats"  # only these may, from this step on
    AUTOMATIC = "automatic"  # the engine draws the consequence itself
    CONDITION = "condition"
    ENTRY = "entry"  # required, bounded, chosen from a list, or worked out by the engine
    STEP = "step"  # the case has to pass here
    ENGINE = "engine"
    CALCULATION = "calculation"
    DEADLINE = "deadline"
    SCHEDULE = "schedule"
    RECORD = "record"
    REPORT = "report"
    NOTICE = "notice"


TRACKING = frozenset({Way.DEADLINE, Way.SCHEDULE, Way.RECORD, Way.REPORT, Way.NOTICE})


class Standing(StrEnum):
    """How a clause stands."""

    ENFORCED = "enforced"
    TRACKED = "tracked"
    REFERENCE = "reference"
    OPEN = "open"  # neither rule nor reason


@dataclass(frozen=True, slots=True)
class Rule:
    """One part of a definition that names a clause.

    `key` is its place in words that outlive a new line above it: `opening`, `action sign`,
    `condition sign.2`, `field reason`, `deadline recall`. `acts` are the actions (or the opening)
    by which it comes to bear. `process` is "" for a rule of the engine, `line` is 0 there.
    """

    process: str
    part: Part
    key: str
    name: Sentence
    way: Way
    file: str = ""
    line: int = 0
    acts: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Its file and line below `definitions/`; of the engine, what there enforces it."""
        return f"{self.file}:{self.line}" if self.line else self.file

    @property
    def group(self) -> str:
        """What it is counted by when rules are remembered: a condition by its action, so that
        another condition before it changes nothing.
        """
        return self.key.rpartition(".")[0] if self.part is Part.CONDITION else self.key


@dataclass(frozen=True, slots=True)
class Trace:
    """A clause with what carries it, and with the reasons of processes that do not."""

    clause: Clause
    rules: tuple[Rule, ...] = ()
    reasons: tuple[tuple[str, Sentence], ...] = ()  # process ("" for the register), why not
    mentioned: tuple[str, ...] = ()  # processes whose head names it

    @property
    def standing(self) -> Standing:
        """Enforced before tracked, tracked before a reason."""
        if any(rule.way not in TRACKING for rule in self.rules):
            return Standing.ENFORCED
        if self.rules:
            return Standing.TRACKED
        stands_aside = self.reasons or (self.mentioned and not self.asks_for_a_rule)
        return Standing.REFERENCE if stands_aside else Standing.OPEN

    def concerns(self, process: str) -> bool:
        """Whether the clause names a process, or the process carries it."""
        return process in self.clause.processes or any(
            rule.process == process for rule in self.rules
        )

    @property
    def asks_for_a_rule(self) -> bool:
        """Whether its kind is one for which a reason alone does not do."""
        return self.clause.kind is not ClauseKind.REFERENCE


@dataclass(frozen=True, slots=True)
class Tracing:
    """The whole register traced, in its order, and every citation of a clause that it lacks."""

    traces: Mapping[str, Trace]
    unknown: tuple[tuple[str, Rule], ...] = ()

    def of_process(self, process: str) -> tuple[Trace, ...]:
        """The clauses that concern a process, or that it carries."""
        return tuple(one for one in self.traces.values() if one.concerns(process))


def trace(
    register: Register,
    definitions: Iterable[Definition],
    engine: Iterable[EngineRule] = ENGINE,
) -> Tracing:
    """What carries each clause of the register in these definitions (one version a process)."""
    read = tuple(definitions)
    rules: dict[str, dict[Rule, None]] = {}
    for id_, rule in (*_cited(read, register), *_of_the_engine(engine)):
        rules.setdefault(id_, {})[rule] = None
    reasons: dict[str, list[tuple[str, Sentence]]] = {}
    for id_, process, why in _reasons(read, register):
        reasons.setdefault(id_, []).append((process, why))
    traces = {
        id_: Trace(
            clause,
            tuple(rules.get(id_, ())),
            tuple(reasons.get(id_, ())),
            tuple(one.key for one in read if id_ in one.clauses),
        )
        for id_, clause in register.clauses.items()
    }
    unknown = [(id_, rule) for id_ in rules if id_ not in traces for rule in rules[id_]]
    return Tracing(traces, tuple(unknown))


def _reasons(
    definitions: Iterable[Definition], register: Register
) -> Iterator[tuple[str, str, Sentence]]:
    """(clause, process or "", why): why no rule there carries it."""
    for definition in definitions:
        for id_, why in definition.not_enforced.items():
            yield id_, definition.key, why
    for clause in register.clauses.values():
        if clause.reason is not None:
            yield clause.id, "", clause.reason


def _cited(definitions: Iterable[Definition], register: Register) -> Iterator[tuple[str, Rule]]:
    for definition in definitions:
        for clauses, rule in _rules_of(definition):
            for id_ in clauses:
                clause = register.clauses.get(id_)
                yield id_, rule if clause is None else _as_kind(rule, clause.kind)


def _of_the_engine(engine: Iterable[EngineRule]) -> Iterator[tuple[str, Rule]]:
    for one in engine:
        key = f"engine {one.key}"
        rule = Rule("", Part.ENGINE, key, one.name, Way.ENGINE, one.where, acts=one.refuses)
        for id_ in one.clauses:
            yield id_, rule


#: What taking a step means for a clause of this kind: that it was done is what the step keeps.
_KEPT_BY_A_STEP: Mapping[ClauseKind, Way] = {
    ClauseKind.REPORT: Way.REPORT,
    ClauseKind.NOTIFICATION: Way.NOTICE,
    ClauseKind.RECORD_RETENTION: Way.RECORD,
}


def _as_kind(rule: Rule, kind: ClauseKind) -> Rule:
    way = _KEPT_BY_A_STEP.get(kind)
    if way is None or rule.way is not Way.SEATS:
        return rule
    return Rule(rule.process, rule.part, rule.key, rule.name, way, rule.file, rule.line, rule.acts)


_Cited = tuple[tuple[str, ...], Rule]


def _rules_of(definition: Definition) -> Iterator[_Cited]:
    yield from _of_opening(definition)
    taken = _taken_by(definition)
    for one in definition.form.values():
        yield from _of_field(definition, one, taken)
    for state in definition.states.values():
        yield state.clauses, _of_state(definition, state)
    for action in definition.actions.values():
        yield from _of_action(definition, action)
    for deadline in definition.deadlines.values():
        key = f"deadline {deadline.key}"
        rule = _rule(
            definition, Part.DEADLINE, key, deadline.name, Way.DEADLINE, deadline.place,
            (deadline.key,) if deadline.action is None else (deadline.key, deadline.action),
        )  # fmt: skip
        yield deadline.clauses, rule
    yield from _worked_out(definition)


def _worked_out(definition: Definition) -> Iterator[_Cited]:
    """What the engine works out by itself: figures, and the cases that it opens on time."""
    for use in definition.calculations.values():
        key, name = f"calculation {use.key}", CALCULATIONS[use.of].name
        yield (
            use.clauses,
            _rule(definition, Part.CALCULATION, key, name, Way.CALCULATION, use.place, use.at),
        )
    for schedule in definition.schedules.values():
        key = f"schedule {schedule.key}"
        yield (
            schedule.clauses,
            _rule(
                definition, Part.SCHEDULE, key, schedule.name, Way.SCHEDULE, schedule.place,
                (OPENING,),
            ),
        )  # fmt: skip


def _of_opening(definition: Definition) -> Iterator[_Cited]:
    opening = definition.opening
    part = Part.OPENING
    yield (
        opening.clauses,
        _rule(definition, part, part, _OPENING, Way.SEATS, opening.place, (OPENING,)),
    )
    for condition in opening.conditions:
        key = f"condition {condition.name}"
        yield (
            condition.clauses,
            _rule(
                definition, Part.CONDITION, key, condition.otherwise, Way.CONDITION,
                condition.place, (OPENING,),
            ),
        )  # fmt: skip


def _of_action(definition: Definition, action: Action) -> Iterator[_Cited]:
    machines = {SeatKind.TIMER, SeatKind.SYSTEM}
    by_itself = all(seat.kind in machines for seat in action.seats)
    way = Way.AUTOMATIC if by_itself else Way.SEATS
    key = f"action {action.key}"
    acts = (action.key,)
    yield action.clauses, _rule(definition, Part.ACTION, key, action.name, way, action.place, acts)
    for condition in action.conditions:
        key = f"condition {condition.name}"
        yield (
            condition.clauses,
            _rule(
                definition, Part.CONDITION, key, condition.otherwise, Way.CONDITION,
                condition.place, acts,
            ),
        )  # fmt: skip


def _of_field(
    definition: Definition, one: Field, taken: Mapping[str, list[str]]
) -> Iterator[_Cited]:
    asked = tuple(dict.fromkeys(requirement.action for requirement in one.required))
    acts = asked or tuple(taken.get(one.key, ()))
    way = Way.ENTRY if _binds(one) else Way.RECORD
    key = f"field {one.key}"
    clauses = [*one.clauses, *(id_ for asked in one.required for id_ in asked.clauses)]
    yield tuple(clauses), _rule(definition, Part.FIELD, key, one.label, way, one.place, acts)
    for column in one.columns:
        way = Way.ENTRY if _binds(column) else Way.RECORD
        key = f"field {one.key}.{column.key}"
        place = column.place if column.place.line else one.place
        rule = _rule(definition, Part.FIELD, key, column.label, way, place, acts)
        yield column.clauses, rule


def _taken_by(definition: Definition) -> Mapping[str, list[str]]:
    """By field, the acts that may fill it, and those whose effects do."""
    found: dict[str, list[str]] = {}
    effects = {OPENING: definition.opening.effects}
    effects |= {key: action.effects for key, action in definition.actions.items()}
    for act, following in effects.items():
        own = [one.field for one in following if isinstance(one, SetField)]
        for key in dict.fromkeys((*accepted_fields(definition, act), *own)):
            found.setdefault(key, []).append(act)
    return found


#: Of these a bound is a rule; how long a text may grow is none.
_MEASURED = frozenset({FieldType.INTEGER, FieldType.MONEY, FieldType.DATE, FieldType.DATETIME})


def _binds(one: Field) -> bool:
    """Whether it must be filled, is held within bounds, names only certain people, or is worked
    out by the engine. What may be left out and is merely kept binds nobody.
    """
    bounded = one.type in _MEASURED and any(
        bound is not None for bound in (one.minimum, one.maximum, one.above)
    )
    return bool(one.required) or one.computed or one.among is not None or bounded


def _of_state(definition: Definition, state: State) -> Rule:
    way = Way.RECORD if state.final else Way.STEP
    key = f"state {state.key}"
    acts = tuple(one.key for one in definition.actions.values() if one.target == state.key)
    return _rule(definition, Part.STATE, key, state.name, way, state.place, acts)


def _rule(
    definition: Definition,
    part: Part,
    key: str,
    name: Sentence,
    way: Way,
    place: Place,
    acts: tuple[str, ...],
) -> Rule:
    return Rule(definition.key, part, key, name, way, definition.file, place.line, acts)


_OPENING = Sentence("立案", "Opening")
