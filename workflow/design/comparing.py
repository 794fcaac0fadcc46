"""What a new version of a process changes against the one before it, part by part.

Whoever publishes reads this first; the line in the ledger keeps it. Places in the file do not count
as a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from workflow.design.definition import Definition
from workflow.refusals import Sentence


class How(StrEnum):
    """What happened to a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Part(StrEnum):
    """The kinds of part that a definition is made of."""

    HEAD = "head"
    OPENING = "opening"
    FIELD = "field"
    STATE = "state"
    ACTION = "action"
    DEADLINE = "deadline"
    FACT = "fact"
    CALCULATION = "calculation"
    REGISTER = "register"
    SCHEDULE = "schedule"
    PARAMETER = "parameter"


HOWS: Mapping[How, Sentence] = {
    How.ADDED: Sentence("新增", "New"),
    How.REMOVED: Sentence("删去", "Gone"),
    How.CHANGED: Sentence("改动", "Changed"),
}
PARTS: Mapping[Part, Sentence] = {
    Part.HEAD: Sentence("流程概要", "Head"),
    Part.OPENING: Sentence("立案", "Opening"),
    Part.FIELD: Sentence("表单项", "Field"),
    Part.STATE: Sentence("状态", "State"),
    Part.ACTION: Sentence("动作", "Action"),
    Part.DEADLINE: Sentence("期限", "Deadline"),
    Part.FACT: Sentence("查询事实", "Fact"),
    Part.CALCULATION: Sentence("计算", "Calculation"),
    Part.REGISTER: Sentence("登记簿", "Register"),
    Part.SCHEDULE: Sentence("定期事项", "Schedule"),
    Part.PARAMETER: Sentence("政策参数", "Parameter"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that is new, gone or different; `what` names the attributes that differ."""

    part: Part
    key: str
    name: Sentence
    how: How
    what: tuple[str, ...] = ()


_HEAD = (
    "name",
    "summary",
    "category",
    "number_prefix",
    "title",
    "key_figure",
    "confidential",
    "clauses",
    "not_enforced",
    "print_form",
)


def compare(before: Definition | None, after: Definition) -> tuple[Difference, ...]:
    """Every part in which `after` differs from `before`; without `before` everything is new."""
    return (
        *_whole(Part.HEAD, before, after, after.name, _HEAD),
        *_whole(
            Part.OPENING,
            None if before is None else before.opening,
            after.opening,
            after.name,
            _attributes(after.opening),
        ),
        *_keyed(Part.FIELD, before.form if before else {}, after.form),
        *_keyed(Part.STATE, before.states if before else {}, after.states),
        *_keyed(Part.ACTION, before.actions if before else {}, after.actions),
        *_keyed(Part.DEADLINE, before.deadlines if before else {}, after.deadlines),
        *_keyed(Part.FACT, before.facts if before else {}, after.facts),
        *_keyed(Part.CALCULATION, before.calculations if before else {}, after.calculations),
        *_keyed(Part.REGISTER, before.registers if before else {}, after.registers),
        *_keyed(Part.SCHEDULE, before.schedules if before else {}, after.schedules),
        *_listed(Part.PARAMETER, before.parameters if before else (), after.parameters),
    )


def _whole(
    part: Part, before: object | None, after: object, name: Sentence, attributes: Iterable[str]
) -> tuple[Difference, ...]:
    """A part that every definition has exactly once: it can only change."""
    if before is None:
        return ()
    what = _differing(before, after, attributes)
    return (Difference(part, "", name, How.CHANGED, what),) if what else ()


def _keyed(
    part: Part, before: Mapping[str, object], after: Mapping[str, object]
) -> tuple[Difference, ...]:
    found = []
    for key, now in after.items():
        if key not in before:
            found.append(Difference(part, key, _name(key, now), How.ADDED))
        elif what := _differing(before[key], now, _attributes(now)):
            found.append(Difference(part, key, _name(key, now), How.CHANGED, what))
    found += [
        Difference(part, key, _name(key, gone), How.REMOVED)
        for key, gone in before.items()
        if key not in after
    ]
    return tuple(found)


def _listed(part: Part, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Difference, ...]:
    return _keyed(part, dict.fromkeys(before), dict.fromkeys(after))


def _attributes(of: object) -> tuple[str, ...]:
    if not hasattr(of, "__dataclass_fields__"):
        return ()
    return tuple(f.name for f in fields(of) if f.compare)  # type: ignore[arg-type]  # asked above


def _differing(before: object, after: object, attributes: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in attributes if getattr(before, name) != getattr(after, name))


def _name(key: str, of: object) -> Sentence:
    said = getattr(of, "name", None) or getattr(of, "label", None)
    return said if isinstance(said, Sentence) else Sentence(key, key)
