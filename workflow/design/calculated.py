"""Which declared calculations a process has worked out, from what, and into which fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from workflow.design.expression import Expression, Place


@dataclass(frozen=True, slots=True)
class LineInput:
    """Rows that go into a calculation: one a line of a table (or list) field, its cells known as
    `line.<column>`; only the lines for which `when` holds.
    """

    each: str
    cells: tuple[tuple[str, Expression], ...]
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class CalculationUse:
    """A declared calculation (`workflow.calculations`) worked out with the acts in `at`, before
    their conditions are judged. `inputs` by input, `into` result by result the field that gets it.
    """

    key: str
    of: str
    at: tuple[str, ...]
    inputs: tuple[tuple[str, Expression | LineInput], ...]
    into: tuple[tuple[str, str], ...]
    when: Expression | None = None
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The form fields that it fills."""
        return tuple(field for _, field in self.into)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression that stands in it."""
        if self.when is not None:
            yield self.when
        for _, given in self.inputs:
            if isinstance(given, LineInput):
                yield from (one for _, one in given.cells)
                if given.when is not None:
                    yield given.when
            else:
                yield given
