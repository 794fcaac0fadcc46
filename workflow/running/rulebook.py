"""A definition made ready to run: its flow, its compiled expressions, and what is worked out from
them once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflow.conditions.expressions import Compiled
from workflow.conditions.language import Expression as Ready
from workflow.design.deadlines import DeadlineRule
from workflow.design.definition import Action, Definition
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
from workflow.design.facts import Condition
from workflow.design.form import Field, Requirement
from workflow.design.form_rules import OPENING, accepted_fields, requirements
from workflow.design.plan import effects_of
from workflow.nouns import ParameterValue
from workflow.refusals import Sentence
from workflow.running.machine import Flow

SAVE = "save"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """One published definition version, shared by everybody who runs it.

    `accepted` are the fields that each act may fill, `needed` the facts that must be gathered
    before it is judged; both by action key, `OPENING`, or (facts only) "save". `clock_needs` are
    the facts for the end of a clock, by its key.
    `required` are the fields that an act must find filled, with the rule that says when. `closing`
    are the conditions of an action that no input can mend, `asking` the others. `governs` are the
    effects that change the policy. `worded` are, by act, the fields with options of which some
    conditions look at nothing else that the act is given, with those conditions. `formulas` are the
    fields that every act fills anew.
    """

    definition: Definition
    compiled: Compiled
    flow: Flow
    accepted: Mapping[str, tuple[str, ...]]
    needed: Mapping[str, frozenset[str]]
    clock_needs: Mapping[str, frozenset[str]]
    required: Mapping[str, tuple[tuple[Field, Requirement], ...]]
    closing: Mapping[str, tuple[Condition, ...]]
    asking: Mapping[str, tuple[Condition, ...]]
    worded: Mapping[str, Mapping[str, tuple[Condition, ...]]]
    roles: Mapping[str, Sentence] = field(default_factory=dict)
    governs: tuple[PutInForce, ...] = ()
    formulas: tuple[tuple[Field, Expression], ...] = ()

    @classmethod
    def of(
        cls, definition: Definition, compiled: Compiled, roles: Mapping[str, Sentence]
    ) -> Rulebook:
        """Make a checked definition ready. `roles` are the names of the role catalogue."""
        acts = (OPENING, *definition.actions)
        # Every act winds the clocks, and fills what has a formula, anew: it needs their facts.
        of_clocks = _facts_of_clocks(definition, compiled)
        of_clocks |= _facts_of_formulas(definition, compiled)
        closing = {
            key: tuple(c for c in action.conditions if compiled.standing(c, key))
            for key, action in definition.actions.items()
        }
        return cls(
            definition,
            compiled,
            Flow(definition),
            {act: accepted_fields(definition, act) for act in acts},
            {
                SAVE: of_clocks,
                **{act: _facts_named(definition, compiled, act) | of_clocks for act in acts},
            },
            {
                rule.key: _facts_of_end(definition, compiled, rule) | of_clocks
                for rule in definition.deadlines.values()
            },
            {act: requirements(definition, act) for act in acts},
            closing,
            {
                key: tuple(c for c in action.conditions if c not in closing[key])
                for key, action in definition.actions.items()
            },
            {act: _worded(definition, compiled, act) for act in acts},
            roles,
            tuple(one for one in effects_of(definition) if isinstance(one, PutInForce)),
            _formulas(definition),
        )

    def role_name(self, role: str) -> Sentence:
        """What people call a role; its key when the catalogue does not know it."""
        return self.roles.get(role, Sentence(role, role))

    def ready(self, expression: Expression) -> Ready:
        """The compiled form of one of the definition's expressions."""
        return self.compiled.of(expression)

    def pins(self, policy: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
        """The policy values that a case of this process keeps from its opening (register
        convention V4).
        """
        return {key: policy[key] for key in self.definition.parameters if key in policy}


def _worded(
    definition: Definition, compiled: Compiled, act: str
) -> dict[str, tuple[Condition, ...]]:
    """By field: the conditions of an act that one of its words alone may decide."""
    at_opening = act == OPENING
    given = frozenset(accepted_fields(definition, act))
    looked_at = definition.opening if at_opening else definition.actions[act]
    found: dict[str, tuple[Condition, ...]] = {}
    for condition in looked_at.conditions:
        names = [name.partition(".") for name in compiled.of(condition.when).names]
        inputs = {key for kind, _, key in names if kind in ("form", "given") and key in given}
        (key, *others) = inputs or ("",)
        line = definition.form.get(key)
        # In which state a case begins is chosen beside the word.
        before = _KNOWN_BEFORE[1:] if at_opening else _KNOWN_BEFORE
        is_plain = all(kind in before or key in inputs for kind, _, key in names)
        if line is not None and not others and is_plain and line.options and not line.open_options:
            found[key] = (*found.get(key, ()), condition)
    return found


#: What a condition may look at beside a word, for the word to be judged before it is chosen.
_KNOWN_BEFORE = ("case", "actor", "applicant", "param", "given_param")


def effect_expressions(effect: Effect) -> tuple[Expression, ...]:
    """Every expression that stands in an effect."""
    found: list[Expression | None] = [effect.when]
    match effect:
        case SetField():
            found += [effect.value, effect.start]
            for span in effect.spans:
                found += [span.amount, span.when]
        case WriteRow():
            found += [value for _, value in effect.values]
        case StartCase():
            found += [effect.under, *(value for _, value in effect.fields)]
        case ActOn():
            found.append(effect.named_by)
        case PutInForce():
            found.append(effect.since)
        case Revoke() | Notify() | TellUsers():
            pass
    return tuple(e for e in found if e is not None)


def _facts_named(definition: Definition, compiled: Compiled, act: str) -> frozenset[str]:
    """The facts that must be gathered before `act` (an action, or `OPENING`) is judged."""
    rules = definition.opening if act == OPENING else definition.actions[act]
    expressions = _of_rules(rules.conditions, rules.effects)
    for use in definition.calculations_at(act):
        expressions += use.expressions
    named = {c.names_cases for c in rules.conditions if c.names_cases is not None}
    if act != OPENING:
        expressions += _of_required(definition, definition.actions[act])
    return frozenset(named) | _facts_in(compiled, expressions)


def _facts_of_end(definition: Definition, compiled: Compiled, rule: DeadlineRule) -> frozenset[str]:
    """The facts that must be gathered before a clock's end is judged."""
    found = _facts_in(compiled, _of_deadline(rule))
    return found if rule.action is None else found | _facts_named(definition, compiled, rule.action)


def _facts_of_clocks(definition: Definition, compiled: Compiled) -> frozenset[str]:
    """The facts by which some clock is wound up."""
    found: list[Expression | None] = []
    for rule in definition.deadlines.values():
        found += [rule.start, rule.until, rule.pauses_when]
        found += _of_lengths(rule)
    return _facts_in(compiled, [e for e in found if e is not None])


def _facts_of_formulas(definition: Definition, compiled: Compiled) -> frozenset[str]:
    """The facts by which some field is filled with every act."""
    return _facts_in(compiled, [formula for _, formula in _formulas(definition)])


def _formulas(definition: Definition) -> tuple[tuple[Field, Expression], ...]:
    """The fields with a formula, in the order of the form."""
    form = definition.form.values()
    return tuple((field, field.formula) for field in form if field.formula is not None)


def _facts_in(compiled: Compiled, expressions: Iterable[Expression]) -> frozenset[str]:
    return frozenset(
        name.removeprefix("facts.")
        for expression in expressions
        for name in compiled.of(expression).names
        if name.startswith("facts.")
    )


def _of_rules(conditions: tuple[Condition, ...], effects: tuple[Effect, ...]) -> list[Expression]:
    found = [condition.when for condition in conditions]
    for effect in effects:
        found += effect_expressions(effect)
    return found


def _of_required(definition: Definition, action: Action) -> list[Expression]:
    return [
        requirement.when
        for line in definition.form.values()
        for requirement in line.required
        if requirement.action == action.key and requirement.when is not None
    ]


def _of_deadline(rule: DeadlineRule) -> list[Expression]:
    found: list[Expression | None] = [rule.start, rule.until, rule.action_when, *_of_lengths(rule)]
    for effect in rule.effects:
        found += effect_expressions(effect)
    return [e for e in found if e is not None]


def _of_lengths(rule: DeadlineRule) -> list[Expression | None]:
    spans = [span for choice in rule.lengths for span in choice]
    return [expression for span in spans for expression in (span.amount, span.when)]
