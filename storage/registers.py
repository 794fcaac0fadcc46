"""Rows of registers in a database: looked up by what stands in their cells, written with that.

Nobody says beforehand by which columns decisions will look rows up. The first that asks leaves the
columns (`register_lookup`) and a cell for each current row; from then on every new row brings its
own. Whoever asks otherwise reads the rows themselves, and gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from storage import register_pages as pages
from storage import statements as s
from storage.cells import cells_text, has_cells
from storage.mapping import Line, json_text, register_row_line, register_row_of
from storage.questions import pattern
from storage.wire import Step, Wire
from workflow.nouns import RegisterRow, Scalar
from workflow.ports.reading import KeptRow, RegisterQuery

#: The look-ups of registers.
Lookups = Mapping[str, Sequence[str]]

#: Between the columns of a look-up; no key of a column can hold it.
_AND = ","
#: SQLite refuses patterns of 50,000 bytes.
_LONGEST = 400


def find_rows(
    wire: Wire, register: str, where: Mapping[str, Scalar], *locks: Step
) -> Sequence[RegisterRow]:
    """The current rows of a register with these values, newest first; after taking `locks`."""
    found = _looked_up(wire, register, where, *locks)
    return _searched(wire, register, where) if found is None else found


def learn_rows(
    wire: Wire, register: str, where: Mapping[str, Scalar], *locks: Step
) -> Sequence[RegisterRow]:
    """The same for a decision, under the lock of the register: others will ask so again."""
    found = _looked_up(wire, register, where, *locks)
    if found is not None:
        return found
    columns = _columns(where)
    rows = _searched(wire, register, {})
    learned = Step(s.INSERT_LOOKUP, (register, columns))
    wire.together(learned, *_cell_steps(rows, {register: [columns]}))
    return [row for row in rows if has_cells(row.values, where)]


def has_rows(wire: Wire, register: str, *locks: Step) -> bool:
    """Whether a register has any current row; after taking `locks`."""
    ((found,),) = wire.gather(*locks, Step(s.any_row, (register,)))[-1]
    return bool(found)


def lookups_of(wire: Wire, registers: Sequence[str], *locks: Step) -> Lookups:
    """By which columns rows of these registers are looked up; after taking `locks`."""
    answers = wire.gather(*locks, *(Step(s.lookups, (register,)) for register in registers))
    known = answers[len(locks) :]
    return {
        register: [columns for (columns,) in lines]
        for register, lines in zip(registers, known, strict=True)
    }


def page_of_rows(wire: Wire, query: RegisterQuery) -> list[RegisterRow]:
    """Current rows of a register, as the query wants them; `limit` at most."""
    last = None if query.after is None else _with_number(wire, query.after)
    shape, values = pages.page(query, None if last is None else last[:2])
    found = _rows(wire, shape, values)
    if query.order is not None and shape.by is not pages.Order.EMPTY:
        missing = query.limit - len(found)
        if missing:
            shape, values = pages.empties(shape, {**values, "at_most": missing}, None)
            found += _rows(wire, shape, values)
    return found


def one_row(wire: Wire, id: str) -> KeptRow | None:
    """A row by its id."""
    found = _with_number(wire, id)
    return None if found is None else KeptRow(found[1], found[2])


def past_rows(
    wire: Wire, register: str, where: Mapping[str, Scalar], limit: int
) -> list[RegisterRow]:
    """Rows with these cells that later ones have taken the place of, newest first."""
    given = {column: value for column, value in where.items() if value is not None}
    values = {"register": register, "at_most": limit}
    for n, (column, value) in enumerate(given.items()):
        values[f"cell_{n}"] = pattern(json_text({column: value})[1:-1][:_LONGEST])
    rows = _rows(wire, pages.PastShape(len(given)), values)
    return [row for row in rows if has_cells(row.values, where)]


def count_rows(wire: Wire) -> dict[str, int]:
    """How many current rows each register has."""
    return {line[0]: line[1] for line in wire.lines(pages.counts)}


def _with_number(wire: Wire, id: str) -> tuple[int, RegisterRow, bool] | None:
    line = wire.line(pages.one_with_number, (id,))
    if line is None:
        return None
    *columns, number, current = line
    return number, register_row_of(tuple(columns)), bool(current)


def _rows(
    wire: Wire, shape: pages.PageShape | pages.PastShape, values: Mapping[str, object]
) -> list[RegisterRow]:
    step = wire.by_name(shape, values)
    return [register_row_of(line) for line in wire.lines(step.make, step.values)]


def row_steps(rows: Sequence[RegisterRow], lookups: Lookups) -> Iterator[Step]:
    """New current rows, and where they are found."""
    yield Step(s.INSERT_ROW, [register_row_line(row) for row in rows], many=True)
    yield from _cell_steps(rows, lookups)


def supersede_steps(rows: Sequence[RegisterRow], lookups: Lookups) -> Iterator[Step]:
    """Rows that are no longer current, and are no longer found."""
    yield Step(s.supersede_row, [(row.id,) for row in rows], many=True)
    cells = _cell_lines(rows, lookups)
    if cells:
        yield Step(s.DROP_CELL, cells, many=True)


def _looked_up(
    wire: Wire, register: str, where: Mapping[str, Scalar], *locks: Step
) -> list[RegisterRow] | None:
    """What the cells lead to; None when there are none for these columns."""
    columns = _columns(where)
    if not columns:  # what is empty has no cell to be found by
        return _searched(wire, register, where, *locks)
    value = cells_text(where, columns.split(_AND))
    asked = Step(s.FIND_ROWS, (register, columns, value))
    *_, known, lines = wire.gather(*locks, Step(s.lookups, (register,)), asked)
    if (columns,) not in known:
        return None
    rows = [register_row_of(line) for line in lines]
    return [row for row in rows if has_cells(row.values, where)]


def _searched(
    wire: Wire, register: str, where: Mapping[str, Scalar], *locks: Step
) -> list[RegisterRow]:
    """The rows with these values, found by reading through the register."""
    held = (f'"{key}":{json_text(it)}' for key, it in where.items() if it is not None)
    texts = [pattern(text[:_LONGEST]) for text in held]
    named = {"register": register, **{f"text_{n}": text for n, text in enumerate(texts)}}
    lines = wire.gather(*locks, wire.by_name(s.SearchRows(len(texts)), named))[-1]
    # The patterns leave too much rather than too little.
    return [row for row in map(register_row_of, lines) if has_cells(row.values, where)]


def _columns(where: Mapping[str, Scalar]) -> str:
    """The columns of a look-up as one text; "" when it names no value."""
    return _AND.join(sorted(key for key, value in where.items() if value is not None))


def _cell_steps(rows: Sequence[RegisterRow], lookups: Lookups) -> Iterator[Step]:
    cells = _cell_lines(rows, lookups)
    if cells:
        yield Step(s.INSERT_CELL, cells, many=True)


def _cell_lines(rows: Iterable[RegisterRow], lookups: Lookups) -> list[Line]:
    return [
        (row.register, columns, value, row.id)
        for row in rows
        for columns in lookups.get(row.register, ())
        if (value := cells_text(row.values, columns.split(_AND))) is not None
    ]
