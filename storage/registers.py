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
    given = [(column, value) for column, value in where.items() if value is not None]
    missing = [column for column, value in where.items() if value is None]
    values: dict[str, str] = {"register": register}
    for n, (column, value) in enumerate(given):
        values[f"column_{n}"] = column
        values[f"value_{n}"] = cell_text(value)
    for n, column in enumerate(missing):
        values[f"missing_{n}"] = column
    step = wire.by_name(s.FindRows(len(given), len(missing)), values)
    found: Sequence[Line] = wire.gather(*locks, step)[-1]
    return [register_row_of(line) for line in found]


def row_steps(rows: Sequence[RegisterRow]) -> Iterator[Step]:
    """New current rows and their cells."""
    yield Step(s.INSERT_ROW, [register_row_line(row) for row in rows], many=True)
    cells = [
        (row.register, column, value, row.id)
        for row in rows
        for column, value in cells_of(row.values).items()
    ]
    if cells:
        yield Step(s.INSERT_CELL, cells, many=True)
