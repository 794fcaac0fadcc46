"""What a played story really showed: every rule that decided something in it, read off the ledgers
that it left.

A rule decided when an act that it bears on was judged by it: it let the act pass, or it refused.
Nothing is taken from a story's title or from the clauses that it says it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson

from workflow.design.definition import Definition
from workflow.design.engine_rules import ENGINE, SUCCESSION
from workflow.design.form_rules import OPENING, requirements
from workflow.nouns import Case, Entry
from workflow.ports.reading import AuditQuery
from workflow.scenarios.stage import Stage
from workflow.scenarios.story import Scenario
from workflow.service.sights import LedgerLine, line_of

#: (process, key of a rule) as `workflow.design.tracing` names them.
RuleName = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A story that shows a rule; `refused` when the rule stood in the way there."""

    file: str
    line: int
    title: str
    refused: bool


@dataclass(slots=True)
class Evidence:
    """By rule, the stories that show it, in the order in which they were played."""

    by_rule: dict[RuleName, dict[tuple[str, int], Shown]] = field(default_factory=dict)

    def watch(self, scenario: Scenario, stage: Stage) -> None:
        """Take in what a story left on its stage."""
        for name, refused in decided_on(stage):
            stories = self.by_rule.setdefault(name, {})
            key = (scenario.file, scenario.line)
            before = stories.get(key)
            stories[key] = Shown(
                scenario.file,
                scenario.line,
                scenario.title,
                refused or (before is not None and before.refused),
            )

    def of(self, names: Iterable[RuleName]) -> tuple[Shown, ...]:
        """The stories that show any of these rules, those with a refusal first."""
        found: dict[tuple[str, int], Shown] = {}
        for name in names:
            for key, shown in self.by_rule.get(name, {}).items():
                if key not in found or shown.refused:
                    found[key] = shown
        return tuple(sorted(found.values(), key=lambda one: not one.refused))


def decided_on(stage: Stage) -> Iterator[tuple[RuleName, bool]]:
    """Every rule that decided something on a stage, and whether it refused there."""
    readings = stage.store.readings
    everything = readings.audit(AuditQuery(limit=None)).rows
    cases: dict[str, Case | None] = {}
    for row in reversed(everything):
        entry = row.entry
        if entry.case not in cases:
            cases[entry.case] = readings.case_by_id(entry.case)
        case = cases[entry.case]
        yield from _at_the_door(entry) if case is None else _of_case(stage, case, entry)
    yield from ((("", f"engine {key}"), True) for key in sorted(stage.engine))


def _at_the_door(entry: Entry) -> Iterator[tuple[RuleName, bool]]:
    """An opening that was refused: it came to no case, so the house keeps it."""
    body: Mapping[str, object] = orjson.loads(entry.body)
    facts = body.get("facts", {})
    if entry.refused is None or not isinstance(facts, Mapping) or "process" not in facts:
        return
    for reason in facts.get("refused", ()):
        for key in _refused_by(str(reason["rule"] or ""), OPENING, cites=bool(reason["clauses"])):
            yield (str(facts["process"]), key), True


def _of_case(stage: Stage, case: Case, entry: Entry) -> Iterator[tuple[RuleName, bool]]:
    definition = stage.definition(case)
    line = line_of(entry)
    found = _refusals(line) if line.refused else _taken(stage, definition, case, line)
    for key, refused in found:
        yield ("" if key.startswith("engine ") else definition.key, key), refused


def _refusals(line: LedgerLine) -> Iterator[tuple[str, bool]]:
    for refusal in line.refusals:
        for key in _refused_by(refusal.rule or "", line.action, cites=bool(refusal.clauses)):
            yield key, True


def _refused_by(rule: str, act: str, *, cites: bool) -> Iterator[str]:
    """The rule behind a reason: a condition by its name, a field, the engine's own, or the step
    (if the reason rests on what the step cites, and not on a stale page or an ended case).
    """
    kind, _, rest = rule.partition(".")
    engine = next((one.key for one in ENGINE if rule in one.refuses), None)
    if engine is not None:
        yield f"engine {engine}"
    elif kind == "form":
        yield f"field {rest}"
    elif rest.isdecimal():
        yield f"condition {rule}"
    elif cites:
        yield OPENING if act == OPENING else f"action {act}"


def _taken(
    stage: Stage, definition: Definition, case: Case, line: LedgerLine
) -> Iterator[tuple[str, bool]]:
    """What let an act pass: the step itself, its conditions, and every entry that it took in."""
    for result in line.rules:
        yield f"condition {result.rule}", not result.holds
    yield from ((key, False) for key in _steps(definition, line))
    yield from ((f"field {key}", False) for key in _entries(definition, case, line))
    yield from ((f"deadline {key}", False) for key in _clocks(stage, case, line))
    yield from ((key, False) for key in _worked_out(line))
    if _succeeded(stage, case, line):
        yield f"engine {SUCCESSION.key}", False


def _steps(definition: Definition, line: LedgerLine) -> Iterator[str]:
    if line.action == OPENING:
        yield OPENING
    elif line.action in definition.actions:
        yield f"action {line.action}"
    if line.entry.to_state in definition.states:
        yield f"state {line.entry.to_state}"


def _entries(definition: Definition, case: Case, line: LedgerLine) -> Iterator[str]:
    """The fields that were asked for and given, and those that the act filled, by their columns."""
    for one, _ in requirements(definition, line.action):
        if case.form.get(one.key) is not None:
            yield one.key
    for change in line.changes:
        if change.after is None:
            continue
        yield change.field
        for row in change.after if isinstance(change.after, tuple | list) else ():
            if isinstance(row, Mapping):
                yield from (
                    f"{change.field}.{key}" for key, cell in row.items() if cell is not None
                )


def _clocks(stage: Stage, case: Case, line: LedgerLine) -> Iterator[str]:
    """The clock that ran out, or of whose end somebody was reminded."""
    reminder = orjson.loads(line.entry.body).get("reminder")
    if reminder is not None:
        yield reminder["deadline"]
    fired = (line.entry.key or "").partition("timer:")[2]
    for deadline in stage.file(case.number).deadlines if fired else ():
        if deadline.id == fired:
            yield deadline.key


def _worked_out(line: LedgerLine) -> Iterator[str]:
    """The figures that were calculated, and the schedule that opened the case."""
    body = orjson.loads(line.entry.body)
    yield from (f"calculation {one['use']}" for one in body.get("calculations", ()))
    if "schedule" in body:
        yield f"schedule {body['schedule']['key']}"


def _succeeded(stage: Stage, case: Case, line: LedgerLine) -> bool:
    """Whether somebody did work that had waited since before they came to the post."""
    organisation = stage.store.readings.hospital().organisation
    body = orjson.loads(line.entry.body)
    closed = {one["id"] for one in body.get("closed", ()) if one["by"] == line.entry.actor}
    person = organisation.people.get(line.entry.actor)
    if person is None or not closed:
        return False
    tasks = (task for task in stage.file(case.number).tasks if task.id in closed)
    return any(
        post.role == task.address.role
        and post.start is not None
        and post.start > stage.local_day(task.opened_at)
        for task in tasks
        for post in person.posts
    )
