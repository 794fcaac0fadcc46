"""Pages of a register as statements: one for each combination of filters and orders.

The usual order walks along the index of current rows and stops when the page is full. That of a
column reads through the register, and the rows without such a cell come behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    bindparam,
    cast,
    func,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy import case as sql_case
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage import mapping
from storage.mapping import json_text
from storage.questions import pattern
from storage.statements import REGISTER_ROW, how_many, of
from workflow.nouns import RegisterRow
from workflow.ports.reading import CellSpan, RegisterQuery

_ESCAPE = "\\"
#: SQLite refuses patterns of 50,000 bytes.
_LONGEST = 400

Values = dict[str, Any]


class Order(StrEnum):
    """By what the rows of a page follow each other."""

    NEWEST = "newest"
    OLDEST = "oldest"
    CELLS = "cells"  # by the text of a cell
    NUMBERS = "numbers"  # by its number
    EMPTY = "empty"  # only those without such a cell, the newest first


@dataclass(frozen=True, slots=True)
class _Span:
    """What bounds a cell: numbers or texts, from below, from above."""

    numbers: bool
    low: bool
    high: bool


class _CellText(FunctionElement[str]):
    """A cell of a row as JSON; nothing where it is missing."""

    type = String()
    inherit_cache = True


@compiles(_CellText, "sqlite")
def _in_sqlite(element: _CellText, compiler: SQLCompiler, **_: object) -> str:
    cells, column = (compiler.process(one) for one in element.clauses)
    return f"nullif({cells} -> {column}, 'null')"


@compiles(_CellText, "postgresql")
def _in_postgresql(element: _CellText, compiler: SQLCompiler, **_: object) -> str:
    cells, column = (compiler.process(one) for one in element.clauses)
    return f"nullif(({cells}::json -> {column}::text)::text, 'null') COLLATE \"C\""


def cell(column: str) -> ColumnElement[str]:
    """The cell of the column that the value of this name tells."""
    return _CellText(REGISTER_ROW.c.cells, bindparam(column))


def number_of(value: ColumnElement[str]) -> ColumnElement[Any]:
    """The number that a cell's JSON is; nothing for any other cell."""
    other = or_(*(value.like(f"{start}%") for start in ('"', "true", "false")))
    return sql_case((not_(other), cast(value, BigInteger)))


@dataclass(frozen=True, slots=True)
class PageShape:
    """Which filters a page of rows has, and its order."""

    where: int
    spans: tuple[_Span, ...]
    text: bool
    by: Order
    descending: bool
    after: bool

    def __call__(self) -> ClauseElement:
        """Current rows: the columns of a row."""
        row = REGISTER_ROW
        if self.by in (Order.CELLS, Order.NUMBERS):
            # What is sorted is small; only the rows of the page are looked up whole.
            text = cell("order")
            key = number_of(text) if self.by is Order.NUMBERS else text
            keys = select(row.c.id.label("id"), key.label("key")).where(text.is_not(None))
            page = self._page(keys, key, row.c.id).subquery("page")
            rows = select(*of(row, mapping.REGISTER_ROW)).join(page, page.c.id == row.c.id)
            return rows.order_by(*self._ordered(page.c.key, page.c.id))
        found = select(*of(row, mapping.REGISTER_ROW))
        if self.by is Order.EMPTY:
            found = found.where(cell("order").is_(None))
        return self._page(found, row.c.no)

    def _page(self, found: Select[Any], *keys: ColumnElement[Any]) -> Select[Any]:
        row = REGISTER_ROW.c
        here = row.register_key == bindparam("register")
        found = found.where(here, row.current, *self._filters())
        if self.after:
            there: list[ColumnElement[Any]] = [bindparam("after_key")]
            if len(keys) > 1:
                there.append(bindparam("after_id"))
            mine, theirs = (tuple_(*keys), tuple_(*there)) if there[1:] else (keys[0], there[0])
            found = found.where(mine < theirs if self.descending else mine > theirs)
        return found.order_by(*self._ordered(*keys)).limit(how_many())

    def _ordered(self, *keys: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        # On both databases by their bytes: see `tables.Key`.
        return [key.desc() if self.descending else key.asc() for key in keys]

    def _filters(self) -> Iterator[ColumnElement[bool]]:
        row = REGISTER_ROW.c
        for n in range(self.where):
            yield row.cells.like(bindparam(f"like_{n}"), escape=_ESCAPE)
            yield cell(f"column_{n}") == bindparam(f"value_{n}")
        for n, span in enumerate(self.spans):
            text = cell(f"span_{n}")
            value = number_of(text) if span.numbers else text
            if span.low:
                yield value >= bindparam(f"low_{n}")
            if span.high:
                yield value <= bindparam(f"high_{n}")
        if self.text:
            yield or_(
                row.cells.ilike(bindparam("written"), escape=_ESCAPE),
                row.number.ilike(bindparam("pattern"), escape=_ESCAPE),
            )


def page(query: RegisterQuery, last: tuple[int, RegisterRow] | None) -> tuple[PageShape, Values]:
    """The statement for a page and its values; `last` is the row after which it goes on, with its
    running number.
    """
    shape = PageShape(
        where=len(query.where),
        spans=tuple(
            _Span(
                isinstance(span.low if span.low is not None else span.high, int),
                span.low is not None,
                span.high is not None,
            )
            for span in query.spans
        ),
        text=bool(query.text),
        by=_order(query),
        descending=query.descending,
        after=last is not None,
    )
    values: Values = {
        "register": query.register,
        "order": query.order,
        "at_most": query.limit,
        "pattern": pattern(query.text),
        "written": pattern(written_part(query.text)),
        **_filter_values(query),
    }
    if last is not None:
        number, row = last
        value = None if query.order is None else row.values.get(query.order)
        if query.order is None:
            values["after_key"] = number
        elif value is None:
            shape, values = empties(shape, values, number)
        else:
            values["after_key"] = value if query.by_number else json_text(value)
            values["after_id"] = row.id
    return shape, values


def empties(shape: PageShape, values: Values, after: int | None) -> tuple[PageShape, Values]:
    """The same page among the rows without a cell in the column of the order, from their first or
    after a running number.
    """
    shape = replace(shape, by=Order.EMPTY, descending=True, after=after is not None)
    return shape, {**values, "after_key": after}


def written_part(text: str) -> str:
    """A text as it stands in the JSON of a row's cells."""
    return orjson.dumps(text).decode()[1:-1]


def _order(query: RegisterQuery) -> Order:
    if query.order is None:
        return Order.NEWEST if query.descending else Order.OLDEST
    return Order.NUMBERS if query.by_number else Order.CELLS


def _filter_values(query: RegisterQuery) -> Values:
    values: Values = {}
    for n, (column, value) in enumerate(query.where):
        text = json_text(value)
        values |= {f"column_{n}": column, f"value_{n}": text}
        values[f"like_{n}"] = pattern(f'"{column}":{text}'[:_LONGEST])
    for n, span in enumerate(query.spans):
        values |= {
            f"span_{n}": span.column,
            f"low_{n}": _bound(span.low),
            f"high_{n}": _bound(span.high),
        }
    return values


def _bound(value: int | str | None) -> int | str | None:
    """A bound as the cells of its column are compared."""
    return json_text(value) if isinstance(value, str) else value


def within(value: object, span: CellSpan) -> bool:
    """Whether a cell lies within its bounds, as the statements say it."""
    bound = span.low if span.low is not None else span.high
    if bound is None:
        return value is not None
    if isinstance(bound, int):
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        low, high = span.low, span.high
        return (not isinstance(low, int) or value >= low) and (
            not isinstance(high, int) or value <= high
        )
    if not isinstance(value, bool | int | str):
        return False
    text = json_text(value)
    return (span.low is None or text >= json_text(span.low)) and (
        span.high is None or text <= json_text(span.high)
    )


def one_with_number() -> ClauseElement:
    """A row by its id, with its running number and whether it is current."""
    row = REGISTER_ROW
    columns = (*of(row, mapping.REGISTER_ROW), row.c.no, row.c.current)
    return select(*columns).where(row.c.id == bindparam("it"))


def counts() -> ClauseElement:
    """How many current rows each register has."""
    row = REGISTER_ROW.c
    return select(row.register_key, func.count()).where(row.current).group_by(row.register_key)


@dataclass(frozen=True, slots=True)
class PastShape:
    """Rows that others have taken the place of, with so many cells written in them."""

    cells: int

    def __call__(self) -> ClauseElement:
        """The newest first; the values are `register`, `cell_<n>` and `at_most`."""
        row = REGISTER_ROW
        found = select(*of(row, mapping.REGISTER_ROW)).where(
            row.c.register_key == bindparam("register"), not_(row.c.current)
        )
        for n in range(self.cells):
            found = found.where(row.c.cells.like(bindparam(f"cell_{n}"), escape=_ESCAPE))
        return found.order_by(row.c.no.desc()).limit(how_many())
