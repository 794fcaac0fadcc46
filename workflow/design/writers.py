"""What writes into the form while others still work on the case beside it.

An act that takes the case away is not among it: nobody is left over whose words it could write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workflow.design.definition import Action, Definition, Tool
from workflow.design.effects import Effect, SetField, StartCase
from workflow.design.expression import Place
from workflow.design.form_rules import accepted_fields
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Writer:
    """Something that writes a field, or of a table one column alone.

    `column` of a panel that decides rows without writing: "", which needs the rows to stay.
    """

    name: Sentence
    place: Place
    field: str
    column: str | None = None

    @property
    def what(self) -> str:
        """The field, or the column of the table, as definitions write it."""
        return f"{self.field}.{self.column}" if self.column else self.field

    def overwrites(self, other: Writer) -> bool:
        """Whether one of the two writes over what the other has written."""
        if self.field != other.field:
            return False
        whole = self.column is None or other.column is None
        return whole or (self.column == other.column != "")


def writers_at(definition: Definition, state: str, *, leading_on: bool = False) -> Iterator[Writer]:
    """Everything that writes into the form at a step and leaves the case there; with `leading_on`
    also what takes it to another step of the same branch.
    """
    here = definition.states[state]
    if here.editors:
        name = Sentence(f"状态 {state} 的 edit", f"`edit` of state {state}")
        yield from (Writer(name, here.place, key) for key in here.editable)
    if here.panel is not None and here.panel.each is not None:
        name = Sentence(f"状态 {state} 的 panel", f"the panel of state {state}")
        yield Writer(name, here.panel.place, here.panel.each, here.panel.decision or "")
    for action in definition.actions_from(state):
        if _may_stay(definition, action, state, leading_on=leading_on):
            name = Sentence(f"动作 {action.key}", f"action {action.key}")
            yield from (Writer(name, action.place, key) for key in _written(definition, action))
    for rule in definition.deadlines.values():
        if state in rule.states:
            name = Sentence(f"期限 {rule.key}", f"deadline {rule.key}")
            yield from (Writer(name, rule.place, key) for key in _set_by(rule.effects))


def _may_stay(definition: Definition, action: Action, state: str, *, leading_on: bool) -> bool:
    """Whether the case may stand where it stood after an action: one of several signatures, and a
    yes after which somebody else decides, take it on only with the last.
    """
    states = definition.states
    if action.all_sign or (Tool.ADD_AFTER in states[state].may and action.tone == "forward"):
        return True
    within = states[state].within
    targets = [way.target for way in definition.ways[state] if way.action is action]
    return any(
        target == state or (leading_on and within is not None and states[target].within == within)
        for target in targets
    )


def _written(definition: Definition, action: Action) -> Iterator[str]:
    """The fields that an action fills: what people type, what it sets, what is calculated."""
    calculated = (key for use in definition.calculations_at(action.key) for key in use.fields)
    found = (*accepted_fields(definition, action.key), *_set_by(action.effects), *calculated)
    return iter(dict.fromkeys(found))


def _set_by(effects: Iterable[Effect]) -> Iterator[str]:
    for effect in effects:
        if isinstance(effect, SetField):
            yield effect.field
        elif isinstance(effect, StartCase) and effect.into is not None:
            yield effect.into
