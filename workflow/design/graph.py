"""The flow as a graph: what is reachable from where, and by which way, to show it as an example."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflow.design.definition import Action, Definition, Way
from workflow.refusals import Sentence

#: A way is told in full up to this many actions; of a longer one, the middle is left out.
_TOLD = 8


@dataclass(frozen=True, slots=True)
class Edge:
    """One transition: an action out of one of its states."""

    source: str
    action: Action
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The edges of a flow by the state that they leave, and by the one that they enter."""

    leaving: Mapping[str, tuple[Edge, ...]]
    entering: Mapping[str, tuple[Edge, ...]]

    @classmethod
    def of(
        cls, definition: Definition, counts: Callable[[Action, str], bool] | None = None
    ) -> Graph:
        """The graph of a definition; with `counts`, of the actions that it lets count."""
        leaving: dict[str, list[Edge]] = {state: [] for state in definition.states}
        entering: dict[str, list[Edge]] = {state: [] for state in definition.states}
        for way in (*_ways(definition), *_branching(definition)):
            if counts is None or counts(way.action, way.source):
                edge = Edge(way.source, way.action, way.target)
                leaving[way.source].append(edge)
                entering[way.target].append(edge)
        return cls(
            {state: tuple(edges) for state, edges in leaving.items()},
            {state: tuple(edges) for state, edges in entering.items()},
        )

    def ways(self, starts: Iterable[str]) -> dict[str, Edge | None]:
        """Every state that can be reached, with the last edge of a shortest way (None: a start)."""
        last: dict[str, Edge | None] = dict.fromkeys(starts)
        queue = deque(last)
        while queue:
            for edge in self.leaving[queue.popleft()]:
                if edge.target not in last:
                    last[edge.target] = edge
                    queue.append(edge.target)
        return last

    def reaching(self, ends: Iterable[str]) -> set[str]:
        """Every state from which one of `ends` can be reached, these included."""
        reached = set(ends)
        queue = deque(reached)
        while queue:
            for edge in self.entering[queue.popleft()]:
                if edge.source not in reached:
                    reached.add(edge.source)
                    queue.append(edge.source)
        return reached


def _ways(definition: Definition) -> Iterator[Way]:
    """The transitions that lead somewhere: a vote stays, its panel's result leads on."""
    for action in definition.actions.values():
        for source in action.sources:
            yield from (
                way
                for way in definition.ways[source]
                if way.action is action and action.vote is None
            )


def _branching(definition: Definition) -> Iterator[Way]:
    """From a parallel state into each of its branches, and from where they are done to the join."""
    for state in definition.states.values():
        if state.parallel is None or state.parallel.then not in definition.actions:
            continue
        joining = definition.actions[state.parallel.then]
        for region in state.parallel.regions:
            yield Way(state.key, joining, region.start)
            yield from (Way(done, joining, joining.target) for done in region.done)


def way_to(state: str, ways: Mapping[str, Edge | None]) -> list[Edge]:
    """The way to a state, out of what `Graph.ways` gave."""
    edges: list[Edge] = []
    edge = ways.get(state)
    while edge is not None:
        edges.append(edge)
        edge = ways[edge.source]
    return edges[::-1]


def told(start: str, edges: list[Edge]) -> str:
    """A way as people read it: `draft —submit→ dept_review`."""
    if len(edges) > _TOLD:
        head, tail = edges[: _TOLD // 2], edges[-_TOLD // 2 :]
        return f"{_steps(start, head)} … {_steps(tail[0].source, tail)}"
    return _steps(start, edges)


def _steps(start: str, edges: list[Edge]) -> str:
    return start + "".join(f" —{edge.action.key}→ {edge.target}" for edge in edges)


def example(state: str, ways: Mapping[str, Edge | None]) -> Sentence:
    """How a case gets to a state, for the end of a message; empty where it begins."""
    edges = way_to(state, ways)
    if not edges:
        return Sentence("", "")
    way = told(edges[0].source, edges)
    return Sentence(f"例如：{way}。", f" For example: {way}.")


def loop_among(edges: Mapping[str, Edge]) -> list[Edge]:
    """A loop in a graph where each state has at most one edge; empty when there is none."""
    cleared: set[str] = set()
    for start in edges:
        trail: dict[str, Edge] = {}
        state = start
        while state in edges and state not in trail and state not in cleared:
            trail[state] = edges[state]
            state = edges[state].target
        if state in trail:
            way = list(trail.values())
            return way[[edge.source for edge in way].index(state) :]
        cleared.update(trail)
    return []
