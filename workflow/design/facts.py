"""What the conditions of a process may look at outside the case, and the conditions themselves."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from workflow.design.expression import Expression, Place
from workflow.making import quick_members
from workflow.refusals import Sentence


@quick_members
class FactKind(StrEnum):
    """Where a fact is looked up: the only doors to what lies outside the case."""

    REGISTER = "register"
    RELATED = "related"
    HISTORY = "history"


@quick_members
class Gives(StrEnum):
    """What a fact answers with."""

    EXISTS = "exists"  # bool
    COUNT = "count"  # int
    SUM = "sum"  # int, of `column`
    FIRST = (
        "first"  # value of `column` in the newest row; its type is the column's, absent if no row
    )
    ALL = "all"  # texts: values of `column`
    DISTINCT = "distinct"  # texts: values of `column`, each once
    NUMBERS = (
        "numbers"  # texts: the numbers of the related cases, or of the cases that wrote the rows
    )
    ACTORS = "actors"  # texts: ids of who took the action (history, or `action` of related cases)


@quick_members
class Relation(StrEnum):
    """Which other cases are meant."""

    CHILDREN = "children"
    PARENT = "parent"
    SIBLINGS = "siblings"
    NAMED = "named"  # the case with the number that `named_by` gives, wherever it belongs


@quick_members
class Compared(StrEnum):
    """How a column is compared with a value that it need not equal."""

    BELOW = "below"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Bound:
    """A row counts when its `column` lies so to `value`; with `or_empty` also when it has none."""

    column: str
    how: Compared
    value: Expression
    or_empty: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A look-up that is done before the core runs and kept in the entry.

    Known to conditions as `facts.<key>`.
    """

    key: str
    kind: FactKind
    gives: Gives
    register: str | None = None
    where: tuple[tuple[str, Expression], ...] = ()  # column -> expression that it must equal
    bounds: tuple[Bound, ...] = ()
    column: str | None = None
    or_held: str | None = None  # register: whose holders' department counts where no row names one
    each: str | None = None  # register: looked up once a line of this table, for effects on it
    process: str | None = None
    relation: Relation = Relation.CHILDREN
    named_by: Expression | None = None  # related: only the case with this number
    states: tuple[str, ...] = ()  # related: only in these states
    open_only: bool = False  # related: only cases that have not ended
    action: str | None = None  # history / actors
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def sought(self) -> tuple[Expression, ...]:
        """Every expression by which rows or cases are looked for."""
        named = () if self.named_by is None else (self.named_by,)
        return (*(one for _, one in self.where), *(bound.value for bound in self.bounds), *named)


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule of an action:

    `when` must hold, `otherwise` says why not. `names_cases`: a fact that gives the blocking
    cases' numbers.
    """

    name: str  # stable: <action>.<n>
    when: Expression
    otherwise: Sentence
    clauses: tuple[str, ...] = ()
    names_cases: str | None = None
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)
