"""A definition as the checks look at it: with its graph, and with who can take what where.

Worked out once; every check is a function from this to what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from workflow.design.definition import (
    Action,
    Condition,
    Definition,
    Effect,
    Place,
    Seat,
    SeatKind,
)
from workflow.design.graph import Edge, Graph
from workflow.design.register import Register
from workflow.refusals import Sentence

#: Seats in which a human being sits.
PEOPLE = frozenset({SeatKind.ROLE, SeatKind.APPLICANT, SeatKind.PERSON, SeatKind.REVIEWER})
#: Seats for which a task can wait: it is known who they are.
NAMED = frozenset({SeatKind.ROLE, SeatKind.APPLICANT, SeatKind.PERSON})

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
                return bool(self.definition.duties_of(state))
            case SeatKind.TIMER:
                return any(
                    deadline.action == action.key and state in deadline.states
                    for deadline in self.definition.deadlines.values()
                )
            case SeatKind.SYSTEM:
                return action.automatic or (self.definition.key, action.key) in self.acts
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
    """Every effect, of the opening, the actions and the deadlines."""
    yield from definition.opening.effects
    for action in definition.actions.values():
        yield from action.effects
    for deadline in definition.deadlines.values():
        yield from deadline.effects


def by(definition: Definition) -> str:
    """The entries, as a sentence names them."""
    return "、".join(definition.entries)
