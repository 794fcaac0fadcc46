"""A definition as the checks look at it: with its graph, and with who can take what where.

Worked out once; every check is a function from this to what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

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
from workflow.design.expression import Expression, Place, Span
from workflow.design.facts import Condition
from workflow.design.graph import Edge, Graph
from workflow.design.register import Register
from workflow.design.seats import NAMED, Seat, SeatKind
from workflow.refusals import Sentence

#: Seats in which a human being sits.
PEOPLE = NAMED | {SeatKind.HEADS, SeatKind.REVIEWER}

Finding = tuple[Place, Sentence]


@dataclass(frozen=True, slots=True)
class Plan:
    """A definition with what the checks need to know of it.

    `acts` are the (process, action) pairs that other definitions fire. `ways`: every state that a
    case can get to, with the last edge of a shortest way there.
    """

    definition: Definition
    register: Register
    acts: Collection[tuple[str, str]]
    graph: Graph
    ways: Mapping[str, Edge | None]

    @classmethod
    def of(
        cls, definition: Definition, register: Register, acts: Collection[tuple[str, str]]
    ) -> Plan:
        """Look at a definition."""
        graph = Graph.of(definition)
        return cls(definition, register, acts, graph, graph.ways(definition.entries))

    def edges(self) -> Iterator[Edge]:
        """Every action out of every of its states."""
        for edges in self.graph.leaving.values():
            yield from edges

    def acting(self, seat: Seat, action: Action, state: str) -> bool:
        """Whether anybody can ever sit in a seat of an action in a state."""
        match seat.kind:
            case SeatKind.REVIEWER:
                panel = self.definition.states[state].panel is not None
                return panel or bool(self.definition.duties_of(state))
            case SeatKind.TIMER:
                return any(
                    deadline.action == action.key and state in deadline.states
                    for deadline in self.definition.deadlines.values()
                )
            case SeatKind.SYSTEM:
                fired = action.automatic or action.key in self.definition.results
                return fired or (self.definition.key, action.key) in self.acts
            case _:
                return True

    def is_taken(self, action: Action, state: str) -> bool:
        """Whether anybody can ever take an action in a state."""
        return any(self.acting(seat, action, state) for seat in action.seats)


Check = Callable[[Plan], Iterator[Finding]]


def has_people(action: Action) -> bool:
    """Whether a human being may take an action."""
    return any(seat.kind in PEOPLE for seat in action.seats)


def conditions_of(definition: Definition) -> Iterator[Condition]:
    """Every condition, of the opening and of the actions."""
    yield from definition.opening.conditions
    for action in definition.actions.values():
        yield from action.conditions


def effects_of(definition: Definition) -> Iterator[Effect]:
    """Every effect, of the opening, the actions, the deadlines, and of being cancelled."""
    yield from definition.opening.effects
    yield from definition.cancelled
    for action in definition.actions.values():
        yield from action.effects
    for deadline in definition.deadlines.values():
        yield from deadline.effects
        for rung in deadline.ladder:
            yield from rung.tells


def spans_of(definition: Definition) -> Iterator[tuple[Span, ...]]:
    """Every choice of lengths, of the deadlines and of dates that are counted."""
    for rule in definition.deadlines.values():
        yield from rule.lengths
    for effect in effects_of(definition):
        if isinstance(effect, SetField):
            yield effect.spans
    for schedule in definition.schedules.values():
        yield schedule.missed_after


def expressions_of(definition: Definition) -> Iterator[Expression]:
    """Every expression of a definition."""
    yield from _of_what_is_known(definition)
    for condition in conditions_of(definition):
        yield condition.when
    yield from _given(*(action.duty_when for action in definition.actions.values()))
    for effect in effects_of(definition):
        yield from _of_effect(effect)
    yield from _of_clocks(definition)


def _of_clocks(definition: Definition) -> Iterator[Expression]:
    for rule in definition.deadlines.values():
        yield from _given(rule.start, rule.until, rule.action_when)
    for spans in spans_of(definition):
        for span in spans:
            yield from _given(span.amount, span.when)
    for schedule in definition.schedules.values():
        yield from schedule.expressions


def _of_what_is_known(definition: Definition) -> Iterator[Expression]:
    """Of what a form asks for, what is looked up and what is calculated."""
    for field in definition.form.values():
        yield from _given(*(one.when for one in field.required), field.formula)
    for fact in definition.facts.values():
        yield from fact.sought
    for use in definition.calculations.values():
        yield from use.expressions


def _of_effect(effect: Effect) -> Iterator[Expression]:
    yield from _given(effect.when)
    match effect:
        case SetField():
            yield from _given(effect.value, effect.start)
        case WriteRow(values=named):
            yield from _given(*(one for _, one in named))
        case StartCase():
            yield from _given(effect.under, *(one for _, one in effect.fields))
        case ActOn():
            yield from _given(effect.named_by)
        case PutInForce():
            yield from _given(effect.since)
        case Revoke() | Notify() | TellUsers():
            pass


def _given(*expressions: Expression | None) -> Iterator[Expression]:
    yield from (one for one in expressions if one is not None)
