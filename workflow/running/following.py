"""What the engine does next by itself, once an act is done.

Automatic actions whose conditions hold, the result of a panel, the join of branches, and the
agreement of somebody who has agreed already. Each is a decision of `system` with a line of its
own, judged by the same rules; one that is refused has simply not its time yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.design.definition import Definition
from workflow.nouns import Case
from workflow.running.branches import places


@dataclass(frozen=True, slots=True)
class Next:
    """An action that the engine may take now."""

    action: str


def may_follow(definition: Definition, case: Case) -> Iterator[Next]:
    """What may follow where a case stands, in the order in which it is tried."""
    if case.closed_at is not None or case.course.suspended is not None:
        return
    for place in places(case):
        state = definition.states[place]
        if state.panel is not None:
            yield from (Next(key) for key in (state.panel.passed, state.panel.failed))
        if state.parallel is not None:
            yield Next(state.parallel.then)
        yield from (Next(a.key) for a in definition.actions_from(place) if a.automatic)
