"""Draws a process as an SVG on the server: the states, the ways between them, and how far a case
has come.

The layout library is met here alone. Colours come from the style sheet by class; a mark before the
name says the same without colour, and `Drawing.states` says it all again as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import graphlay
from markupsafe import Markup, escape

from workflow.design.definition import Action, Back, Definition, Resubmit
from workflow.refusals import Sentence

NODE_SIZE = 13  # px of a letter
LABEL_SIZE = 12
NODE_HEIGHT = 36
LABEL_HEIGHT = 18
MARGIN = 16
ARROW = 14
#: Room between two rows of states: a label and some air on both sides.
ROW_GAP = 66

#: What stands before a name, so that nobody has to tell colours apart.
MARKS = {"done": "✓ ", "here": "▶ ", "ahead": "", "untouched": ""}
MEANING = {
    "done": Sentence("已走过", "Passed"),
    "here": Sentence("现在在这里", "Here now"),
    "ahead": Sentence("预计要走", "Expected next"),
    "untouched": Sentence("未走到", "Not reached"),
}


BRANCH = Sentence("分支", "branch")
VOTED = Sentence("表决（结果由会签得出）", "a vote (the panel's result leads on)")
ANYWHERE = Sentence(
    "“{action}”：办理时从案件到过的环节中选一步退回，图上不画线",
    "“{action}”: to any step that the case has been at, chosen with it; no line is drawn",
)
COMES_BACK = Sentence(
    "“{action}”之后重新提交，直接回到退回的环节",
    "After “{action}” the case, handed in again, goes straight back to where it was returned",
)
_BACK: Mapping[Back | None, Sentence] = {
    Back.PREVIOUS: Sentence("上一步", "the step before"),
    Back.VISITED: Sentence("到过的任一环节", "any step that was visited"),
}


@dataclass(frozen=True, slots=True)
class Track:
    """How far a case has come: where it stood, by which ways, where it is, what is expected."""

    passed: frozenset[str] = frozenset()
    taken: frozenset[tuple[str, str]] = frozenset()
    here: str | None = None
    beside: frozenset[str] = frozenset()  # where the branches of a parallel state stand
    ahead: frozenset[str] = frozenset()

    def of(self, state: str) -> str:
        """`here`, `done`, `ahead` or `untouched`."""
        if state == self.here or state in self.beside:
            return "here"
        if state in self.passed:
            return "done"
        return "ahead" if state in self.ahead else "untouched"


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a state in words: by which action, to where."""

    action: str
    target: str


@dataclass(frozen=True, slots=True)
class DrawnState:
    """A state of the drawing in words."""

    name: str
    mark: str
    meaning: str
    final: bool
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The SVG and the same as text. `marked`: whether it shows the track of a case; `notes`: what
    no line can show.
    """

    svg: Markup
    states: tuple[DrawnState, ...]
    marked: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle by its centre."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: _Box, room: float = 3) -> bool:
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + 2 * room
            and abs(self.y - other.y) * 2 < self.height + other.height + 2 * room
        )


_Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Line:
    """A way as drawn: bends from source to target, its words and the tone of its action."""

    source: str
    target: str
    words: str
    tone: str
    points: tuple[_Point, ...]

    @property
    def segments(self) -> tuple[tuple[_Point, _Point], ...]:
        return tuple(pairwise(self.points))


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything goes."""

    boxes: Mapping[str, _Box]
    lines: tuple[_Line, ...]
    labels: tuple[_Box, ...]
    corner: _Point = field(default=(0, 0))
    size: _Point = field(default=(0, 0))


@dataclass(frozen=True, slots=True)
class _Sketch:
    """What a plan depends on: a published definition never changes."""

    digest: str
    language: str
    definition: Definition = field(compare=False)


@lru_cache(maxsize=256)
def _remembered(sketch: _Sketch) -> _Plan:
    return _planned(sketch.definition, sketch.language)


def draw(definition: Definition, language: str, track: Track | None = None) -> Drawing:
    """Draw a definition; with a `track`, how far a case of it has come."""
    track = track or Track()
    sketch = _Sketch(definition.digest, language, definition)
    plan = _remembered(sketch) if definition.digest else _planned(definition, language)
    parts = [_opening(plan, definition.name.in_(language))]
    parts += [_line(line, taken=(line.source, line.target) in track.taken) for line in plan.lines]
    parts += [_label(box, line) for box, line in zip(plan.labels, plan.lines, strict=True)]
    parts += [_node(definition, key, box, track, language) for key, box in plan.boxes.items()]
    svg = Markup("").join([*parts, Markup("</svg>")])
    words = _in_words(definition, language, track)
    return Drawing(svg, words, track.here is not None, _notes(definition, language))


def text_width(text: str, size: float) -> float:
    """How wide a text is in px: a Chinese letter is as wide as it is high, others a little over
    half.
    """
    return sum(size if ord(letter) > 0x2E7F else size * 0.58 for letter in text)


# ---- the plan ------------------------------------------------------------------------------------


def _planned(definition: Definition, language: str) -> _Plan:
    ways = _ways(definition, language)
    turned = _turned(definition, ways)
    graph = graphlay.Graph()
    for key, state in definition.states.items():
        width = max(84.0, text_width(f"✓ {state.name.in_(language)}", NODE_SIZE) + 28)
        graph.node(key, width=width, height=NODE_HEIGHT)
    for (source, target), (words, tone) in ways.items():
        ends = (target, source) if (source, target) in turned else (source, target)
        graph.edge(
            *ends,
            weight=6.0 if tone == "forward" and (source, target) not in turned else 1.0,
            label_size={"width": text_width(words, LABEL_SIZE) + 8, "height": LABEL_HEIGHT},
        )
    layout = graphlay.layout(
        graph,
        preset="layered",
        options={
            "direction": "topbottom",
            "spacing": {"layer_gap": ROW_GAP, "port_gap": 26},
            "labels": {"reservation": "always"},
        },
    )
    boxes = dict(zip(definition.states, (_box(node) for node in layout.nodes), strict=True))
    lines = tuple(
        _Line(*ends, words, tone, _points(edge, reverse=ends in turned))
        for (ends, (words, tone)), edge in zip(ways.items(), layout.edges, strict=True)
    )
    labels = _placed_labels(lines, tuple(boxes.values()))
    return _framed(_Plan(boxes, lines, labels))


def _ways(definition: Definition, language: str) -> dict[tuple[str, str], tuple[str, str]]:
    """Words and tone of each way between two different states; several actions share one line."""
    found: dict[tuple[str, str], list[tuple[Sentence, str]]] = {}
    for source, target, name, tone in _drawn(definition):
        if source != target:
            found.setdefault((source, target), []).append((name, tone))
    return {
        ends: (
            " / ".join(dict.fromkeys(name.in_(language) for name, _ in named)),
            "forward" if any(tone == "forward" for _, tone in named) else named[0][1],
        )
        for ends, named in found.items()
    }


def _drawn(definition: Definition) -> Iterator[tuple[str, str, Sentence, str]]:
    """Every way that is drawn. Votes lead nowhere, their panel's result does; branches begin in
    their parallel state and meet in what comes after it; a return to any step is a note.
    """
    for key, state in definition.states.items():
        for region in () if state.parallel is None else state.parallel.regions:
            yield key, region.start, BRANCH, "forward"
    for action in definition.actions.values():
        for source in action.sources:
            for begin, end in _ends(definition, action, source):
                yield begin, end, action.name, action.tone


def _ends(definition: Definition, action: Action, source: str) -> Iterator[tuple[str, str]]:
    """From where to where an action is drawn that leaves a state."""
    join = definition.states[source].parallel
    if action.back is Back.PREVIOUS:
        before = _before(definition, source)
        if before is not None:
            yield source, before
    elif join is not None and join.then == action.key:
        yield from ((done, action.target) for region in join.regions for done in region.done)
    elif action.target in definition.states:
        yield source, action.target


def _before(definition: Definition, state: str) -> str | None:
    """The step from which a state is reached first."""
    within = definition.states[state].within
    return next(
        (
            source
            for action in definition.actions.values()
            if action.target == state and action.tone == "forward"
            for source in action.sources
            if definition.states[source].within == within
        ),
        None,
    )


def _turned(
    definition: Definition, ways: Mapping[tuple[str, str], tuple[str, str]]
) -> frozenset[tuple[str, str]]:
    """The ways that lead back: laid out from target to source, or a return would turn the drawing
    over.

    Every state hangs where it is first reached from an entry; then ways forward count before the
    others.
    """
    onward: dict[str, set[str]] = {}
    reached = list(definition.entries)
    for state in reached:  # grows while it is walked
        for (source, target), (_, tone) in ways.items():
            if source == state and tone != "back" and target not in reached:
                reached.append(target)
                onward.setdefault(source, set()).add(target)
    turned: set[tuple[str, str]] = set()
    for source, target in sorted(ways, key=lambda ends: ways[ends][1] != "forward"):
        if _leads(onward, target, source):
            turned.add((source, target))
            onward.setdefault(target, set()).add(source)
        else:
            onward.setdefault(source, set()).add(target)
    return frozenset(turned)


def _leads(onward: Mapping[str, Iterable[str]], start: str, end: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        state = waiting.pop()
        if state == end:
            return True
        if state not in seen:
            seen.add(state)
            waiting += onward.get(state, ())
    return False


def _box(node: Mapping[str, Any]) -> _Box:
    centre, size = node["center"], node["size"]
    return _Box(centre["x"], centre["y"], size["width"], size["height"])


def _points(edge: Mapping[str, Any], *, reverse: bool) -> tuple[_Point, ...]:
    points = tuple((point["x"], point["y"]) for point in edge["points"])
    return points[::-1] if reverse else points


def _framed(plan: _Plan) -> _Plan:
    boxes = (*plan.boxes.values(), *plan.labels)
    points = [point for line in plan.lines for point in line.points]
    xs = [box.x + s * box.width / 2 for box in boxes for s in (-1, 1)] + [x for x, _ in points]
    ys = [box.y + s * box.height / 2 for box in boxes for s in (-1, 1)] + [y for _, y in points]
    corner = (min(xs) - MARGIN, min(ys) - MARGIN)
    size = (max(xs) + MARGIN - corner[0], max(ys) + MARGIN - corner[1])
    return _Plan(plan.boxes, plan.lines, plan.labels, corner, size)


# ---- labels --------------------------------------------------------------------------------------


def _placed_labels(lines: Sequence[_Line], nodes: Sequence[_Box]) -> tuple[_Box, ...]:
    """Each label sits on its own line, where it covers the least: states, other labels, other
    lines, points of arrows, the corners of its own line.
    """
    strokes = [_stroke(segment) for line in lines for segment in line.segments]
    arrows = [_Box(*line.segments[-1][1], ARROW, ARROW) for line in lines]
    placed: list[_Box] = []
    for line in lines:
        candidates = _candidates(line)
        places = range(len(candidates))

        def covers(place: int, candidates: Sequence[tuple[_Box, _Box]] = candidates) -> int:
            box, under = candidates[place]
            return (
                40 * sum(box.meets(node) for node in nodes)
                + 30 * sum(box.meets(other, 0) for other in placed)
                + 2 * sum(box.meets(arrow, 0) for arrow in arrows)
                + sum(box.meets(stroke, 1) for stroke in strokes if stroke != under)
            )

        placed.append(candidates[min(places, key=lambda place: (covers(place), place))][0])
    return tuple(placed)


def _candidates(line: _Line) -> list[tuple[_Box, _Box]]:
    """Places on the line, the middles of its longest stretches first, then close beside it; each
    with the stretch on which it lies.
    """
    width = text_width(line.words, LABEL_SIZE) + 8
    stretches = sorted(line.segments, key=_length, reverse=True)
    return [
        (
            _Box(
                start[0] + (end[0] - start[0]) * share + aside * (width / 2 + 5),
                start[1] + (end[1] - start[1]) * share,
                width,
                LABEL_HEIGHT,
            ),
            _stroke((start, end)),
        )
        for aside in (0, 1, -1)
        for share in (0.5, 0.35, 0.65, 0.22, 0.78)
        for start, end in stretches
        if not aside or start[0] == end[0]  # beside an upright stretch only
    ]


def _length(segment: tuple[_Point, _Point]) -> float:
    (x1, y1), (x2, y2) = segment
    return abs(x1 - x2) + abs(y1 - y2)


def _stroke(segment: tuple[_Point, _Point]) -> _Box:
    (x1, y1), (x2, y2) = segment
    return _Box((x1 + x2) / 2, (y1 + y2) / 2, abs(x1 - x2), abs(y1 - y2))


# ---- the SVG -------------------------------------------------------------------------------------


def _opening(plan: _Plan, name: str) -> Markup:
    (x, y), (width, height) = plan.corner, plan.size
    return Markup(
        '<svg class="diagram-svg" role="img" aria-label="{name}" '
        'viewBox="{x:.0f} {y:.0f} {w:.0f} {h:.0f}" '
        'width="{w:.0f}" height="{h:.0f}">'
    ).format(name=name, x=x, y=y, w=width, h=height)


def _line(line: _Line, *, taken: bool) -> Markup:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line.points)
    classes = f"way {line.tone}{' taken' if taken else ''}"
    return Markup('<g class="{}"><polyline points="{}"/><polygon points="{}"/></g>').format(
        classes, points, _head(line.points)
    )


def _head(points: Sequence[_Point]) -> str:
    """An arrow head at the end of a line whose last stretch is level or upright."""
    (x1, y1), (x2, y2) = points[-2], points[-1]
    length = max(abs(x2 - x1), abs(y2 - y1)) or 1.0
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    left = (x2 - 8 * dx - 4 * dy, y2 - 8 * dy + 4 * dx)
    right = (x2 - 8 * dx + 4 * dy, y2 - 8 * dy - 4 * dx)
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in ((x2, y2), left, right))


def _label(box: _Box, line: _Line) -> Markup:
    return Markup(
        '<g class="way-name {tone}"><rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h}"/>'
        '<text x="{cx:.1f}" y="{cy:.1f}">{words}</text></g>'
    ).format(
        tone=line.tone,
        x=box.x - box.width / 2,
        y=box.y - box.height / 2,
        w=box.width,
        h=LABEL_HEIGHT,
        cx=box.x,
        cy=box.y + 4,
        words=line.words,
    )


def _node(definition: Definition, key: str, box: _Box, track: Track, language: str) -> Markup:
    state, place = definition.states[key], track.of(key)
    classes = f"state {place}{' final' if state.final else ''}{' entry' if state.entry else ''}"
    return Markup(
        '<g class="{classes}"><title>{title}</title>'
        '<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h}" rx="{round}"/>'
        '<text x="{cx:.1f}" y="{cy:.1f}">{words}</text></g>'
    ).format(
        classes=classes,
        title=f"{state.name.in_(language)}：{MEANING[place].in_(language)}"
        if track.here
        else state.name.in_(language),
        x=box.x - box.width / 2,
        y=box.y - box.height / 2,
        w=box.width,
        h=NODE_HEIGHT,
        round=NODE_HEIGHT // 2 if state.final or state.entry else 6,
        cx=box.x,
        cy=box.y + 5,
        words=escape(f"{MARKS[place]}{state.name.in_(language)}"),
    )


def _in_words(definition: Definition, language: str, track: Track) -> tuple[DrawnState, ...]:
    return tuple(
        DrawnState(
            name=state.name.in_(language),
            mark=track.of(key),
            meaning=MEANING[track.of(key)].in_(language),
            final=state.final,
            ways=tuple(_ways_in_words(definition, key, language)),
        )
        for key, state in definition.states.items()
    )


def _ways_in_words(definition: Definition, state: str, language: str) -> Iterator[Way]:
    parallel = definition.states[state].parallel
    for region in () if parallel is None else parallel.regions:
        yield Way(BRANCH.in_(language), definition.states[region.start].name.in_(language))
    for action in definition.actions_from(state):
        whither = VOTED if action.vote is not None else _BACK.get(action.back)
        target = definition.states[action.target].name if whither is None else whither
        yield Way(action.name.in_(language), target.in_(language))


def _notes(definition: Definition, language: str) -> tuple[str, ...]:
    """What no line can show: returns to any step, and where a case goes on after one."""
    said = []
    for action in definition.actions.values():
        if action.back is Back.VISITED:
            said.append(ANYWHERE.filled(action=action.name.in_(language)).in_(language))
        if action.resubmit is Resubmit.COME_BACK:
            said.append(COMES_BACK.filled(action=action.name.in_(language)).in_(language))
    return tuple(said)
