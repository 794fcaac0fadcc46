"""What a calculation declares: its name, what goes in and what comes out, with types and labels.

A definition is checked against this when it is read; the page and the paper take their words from
here. Amounts are whole fen, percentages hundredths of a percent, days are dates: never a fraction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast

from workflow.refusals import Sentence


class Type(StrEnum):
    """What goes into a calculation or comes out of it."""

    MONEY = "money"  # fen
    INTEGER = "integer"
    PERCENT = "percent"  # hundredths of a percent: 12.50 % is 1250
    TEXT = "text"
    DEPARTMENT = "department"  # a text: its id
    BOOL = "bool"
    DATE = "date"
    TEXTS = "texts"
    ROWS = "rows"


Cell = bool | int | str | date | None
Row = Mapping[str, Cell]
Datum = Cell | tuple[str, ...] | tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """An input, a result, or (of ROWS) a column. `optional`: it may be left out, and is then None.

    In a table of rows an optional cell may be empty.
    """

    key: str
    type: Type
    label: Sentence
    optional: bool = False
    columns: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """The inputs of one calculation, or the cells of one row, already of their declared types."""

    values: Mapping[str, Datum]

    def figure(self, key: str) -> int:
        """A whole number: fen, a count, hundredths of a percent. KeyError when there is none."""
        return cast("int", self.values[key])

    def figure_or(self, key: str, otherwise: int) -> int:
        """A whole number that may be left out."""
        value = self.values.get(key)
        return otherwise if value is None else cast("int", value)

    def maybe(self, key: str) -> int | None:
        """A whole number, or None when it was left out."""
        return cast("int | None", self.values.get(key))

    def text(self, key: str) -> str:
        """A text; "" when it was left out."""
        return cast("str", self.values.get(key) or "")

    def flag(self, key: str) -> bool:
        """A yes or no; no when it was left out."""
        return self.values.get(key) is True

    def day(self, key: str) -> date:
        """A day. KeyError when there is none."""
        return cast("date", self.values[key])

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts; none when they were left out."""
        return cast("tuple[str, ...]", self.values.get(key) or ())

    def rows(self, key: str) -> tuple[Given, ...]:
        """The rows of a table; none when it was left out."""
        rows = cast("tuple[Row, ...]", self.values.get(key) or ())
        return tuple(Given(row) for row in rows)


#: What a calculation comes to; or, in a sentence for people, why it comes to nothing.
Worked = Mapping[str, Datum] | Sentence


@dataclass(frozen=True, slots=True)
class Calculation:
    """A calculation as definitions may use it. `rule` says in a line how it rounds and breaks ties.

    `work` is pure: the same inputs give the same results, whenever and wherever.
    """

    key: str
    name: Sentence
    rule: Sentence
    inputs: tuple[Slot, ...]
    results: tuple[Slot, ...]
    clauses: tuple[str, ...]
    work: Callable[[Given], Worked]

    def input(self, key: str) -> Slot | None:
        """An input by its key."""
        return next((slot for slot in self.inputs if slot.key == key), None)

    def result(self, key: str) -> Slot | None:
        """A result by its key."""
        return next((slot for slot in self.results if slot.key == key), None)


def repeated(names: tuple[str, ...]) -> str | None:
    """The first name that stands twice, if any."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


TWICE = Sentence("“{name}”写了两次，请只留一行", "“{name}” stands there twice; keep one row")
