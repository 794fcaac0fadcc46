"""Pages of a register in memory, in the orders that the statements of a database give."""

from __future__ import annotations

from storage.mapping import json_text
from storage.memory_tables import Tables
from storage.register_pages import within, written_part
from workflow.nouns import RegisterRow
from workflow.ports.reading import RegisterQuery


def page_of(kept: Tables, query: RegisterQuery) -> list[RegisterRow]:
    """Current rows of a register; `limit` at most."""
    every = (*kept.past_rows.get(query.register, ()), *kept.rows.get(query.register, ()))
    last = next((row for row in every if row.id == query.after), None)
    rows = _ordered(kept, query, last)
    if last is not None:
        place = next((at for at, row in enumerate(rows) if row.id == last.id), -1)
        rows = rows[place + 1 :]
    current = {row.id for row in kept.rows.get(query.register, ())}
    found = [row for row in rows if row.id in current and _is_meant(row, query)]
    return found[: query.limit]


def _ordered(kept: Tables, query: RegisterQuery, last: RegisterRow | None) -> list[RegisterRow]:
    """The current rows, and `last` among them where it would stand, in the order of the query."""
    rows = list(kept.rows.get(query.register, ()))
    if last is not None and all(row.id != last.id for row in rows):
        rows = sorted((*rows, last), key=lambda row: row.at)
    if query.order is None:
        return rows[::-1] if query.descending else rows
    order = query.order
    filled = [row for row in rows if row.values.get(order) is not None]
    empty = [row for row in rows if row.values.get(order) is None]
    if query.by_number:
        filled.sort(key=lambda row: (_number(row.values[order]), row.id))
    else:
        filled.sort(key=lambda row: (json_text(row.values[order]), row.id))
    return [*(filled[::-1] if query.descending else filled), *empty[::-1]]


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _is_meant(row: RegisterRow, query: RegisterQuery) -> bool:
    text = query.text.casefold()
    written = written_part(query.text).casefold()
    said = not text or written in json_text(row.values).casefold()
    return (
        (said or text in (row.number or "").casefold())
        and _has(row, query)
        and all(within(row.values.get(span.column), span) for span in query.spans)
    )


def _has(row: RegisterRow, query: RegisterQuery) -> bool:
    return all(json_text(row.values.get(key)) == json_text(value) for key, value in query.where)
