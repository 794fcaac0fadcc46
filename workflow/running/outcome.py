"""What follows from an act: everything that storage has to write, and what other cases are asked
to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflow.conditions.language import Value
from workflow.design.facts import Relation
from workflow.making import quick
from workflow.ports.deciding import Change

#: 撤销: what a later case does to the one above it; no definition's action can be called so.
REVOKE = "case.revoke"


@dataclass(frozen=True, slots=True)
class ToOpen:
    """A case that has to be opened because of this act.

    `values` are typed as expressions give them. `under`: the number of the case that it belongs to,
    instead of `parent`. `number`: its own, where a field of the cause holds it already.
    """

    id: str
    process: str
    parent: str | None
    entry: str | None
    values: Mapping[str, Value]
    under: str | None = None
    number: str | None = None


@dataclass(frozen=True, slots=True)
class ToAct:
    """A `system` action that has to be taken on related cases of a process (in `states`, or the
    one with `number`).
    """

    process: str
    action: str
    relation: Relation
    states: tuple[str, ...]
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Calculated:
    """What was calculated with an act: by which use of the definition, from what, with what
    result, as the ledger keeps it.
    """

    use: str
    of: str
    inputs: Mapping[str, object]
    results: Mapping[str, object]


@quick
@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to an act that may happen: one change, whole, and its consequences for other
    cases.
    """

    change: Change
    opens: tuple[ToOpen, ...] = ()
    acts: tuple[ToAct, ...] = ()
