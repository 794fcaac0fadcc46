"""The one door to `transitions`: a shared machine a definition version, moved over a tiny cursor.

The library's edges are closed here: no automatic transitions (they would let anybody jump), no
models registered (they would be kept alive), no strings as conditions (they would be imported and
called), no effects in callbacks (they would outlive a rollback). A condition that says no is
asked for its reasons by the caller; here it only answers yes or no.
"""

from __future__ import annotations

from collections.abc import Callable

from transitions import EventData, Machine, MachineError, Transition

from workflow.design.definition import Definition, Way

Judge = Callable[[], bool]


class _Edge(Transition):
    """A transition that runs no callbacks: none could be registered, and asking seven times at
    every move whether there are any costs as much as moving.
    """

    def execute(self, event_data: EventData) -> bool:
        """Move the model, if the condition holds."""
        holds = self._eval_conditions(event_data)
        if holds and self.dest is not None:
            event_data.machine.set_state(self.dest, event_data.model)
        return holds


class _Machine(Machine):
    transition_cls = _Edge


class Cursor:
    """What the machine moves: nothing but a state."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class NoTransition(Exception):
    """The process has no such action in this state."""


class Flow:
    """The compiled flow of one definition version; safe to share between threads."""

    def __init__(self, definition: Definition) -> None:
        """Build the machine.

        The definition must have passed its checks: the library would accept unknown states.
        """
        self._machine = _Machine(
            model=None,
            states=list(definition.states),
            initial=definition.entries[0],
            transitions=[
                {
                    "trigger": _trigger(way),
                    "source": way.source,
                    "dest": way.target,
                    "conditions": [_permitted],
                }
                for ways in definition.ways.values()
                for way in ways
            ],
            auto_transitions=False,
            send_event=True,
        )
        self._leaving = {
            state: frozenset(way.action.key for way in ways)
            for state, ways in definition.ways.items()
        }

    def move(self, state: str, action: str, judge: Judge, to: str | None = None) -> str | None:
        """The state that `action` leads to from `state`, or None when `judge` says no.

        `to` chooses among several: a step to go back to, or to come back to. Raises NoTransition
        when the process has no such action there, whatever anybody may do.
        """
        event = self._machine.events.get(action if to is None else f"{action}{_TO}{to}")
        # The library would say so too, at ten times the cost; most refusals are of this kind.
        if event is None or not self.leads_to(state, action):
            raise NoTransition(action)
        cursor = Cursor(state)
        try:
            moved = event.trigger(cursor, judge=judge)
        except MachineError as error:
            raise NoTransition(action) from error
        return cursor.state if moved else None

    def leads_to(self, state: str, action: str) -> bool:
        """Whether `action` is a way out of `state` at all."""
        return action in self._leaving.get(state, ())


#: Between an action and the state that is chosen with it; no key can hold it.
_TO = ">"


def _trigger(way: Way) -> str:
    """What moves along a way: the action alone where it has one target, else both."""
    if way.action.back is None and way.target in (way.action.target, way.source):
        return way.action.key
    return f"{way.action.key}{_TO}{way.target}"


def _permitted(event: EventData) -> bool:
    judge: Judge = event.kwargs["judge"]
    return judge()
