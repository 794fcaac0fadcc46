"""Rows of registers in a database: looked up by equality of their cells, written with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from storage import statements as s
from storage.cells import cell_text, cells_of
from storage.mapping import Line, register_row_line, register_row_of
from storage.wire import Step, Wire
from workflow.nouns import RegisterRow, Scalar


def find_rows(
    wire: Wire, register: str, where: Mapping[str, Scalar], *locks: Step
) -> Sequence[RegisterRow]:
    """The current rows of a register with these values, newest first; after taking `locks`."""
    given = {column: value for column, value in where.items() if value is not None}
    values: dict[str, str] = {"register": register}
    for n, (column, value) in enumerate(given.items()):
        values[f"column_{n}"] = column
        values[f"value_{n}"] = cell_text(value)
    found = wire.gather(*locks, wire.by_name(s.FindRows(len(given)), values))[-1]
    rows = [register_row_of(line) for line in found]
    # What is empty has no cell to be found by.
    empty = [column for column, value in where.items() if value is None]
    return [row for row in rows if all(row.values.get(column) is None for column in empty)]


def row_steps(rows: Sequence[RegisterRow]) -> Iterator[Step]:
    """New current rows and their cells."""
    yield Step(s.INSERT_ROW, [register_row_line(row) for row in rows], many=True)
    cells = _cell_lines(rows)
    if cells:
        yield Step(s.INSERT_CELL, cells, many=True)


def supersede_steps(rows: Sequence[RegisterRow]) -> Iterator[Step]:
    """Rows that are no longer current, and are no longer found."""
    yield Step(s.supersede_row, [(row.id,) for row in rows], many=True)
    cells = _cell_lines(rows)
    if cells:
        yield Step(s.DROP_CELL, cells, many=True)


def _cell_lines(rows: Sequence[RegisterRow]) -> list[Line]:
    return [
        (row.register, column, value, row.id)
        for row in rows
        for column, value in cells_of(row.values).items()
    ]
