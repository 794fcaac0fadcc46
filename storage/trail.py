"""The trail of auditors: of every ledger line what is asked of all of them together.

An index in the order of time, or by what happened, would be written by each decision, and on SQLite
each page of an index is a page that must reach the disk before somebody is told that they have
decided (see docs/decisions/18). So there the lines that are new come into the trail together, when
it is asked: nobody has ever asked without them. A server waits for the network and not for pages,
and its transactions end in another order than they began, so PostgreSQL enters each line itself, as
it is written (a trigger, in the migrations).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, func, literal_column, or_, select
from sqlalchemy.sql import ClauseElement

from storage import statements as s
from storage.database import Database
from storage.wire import Book, Wire
from storage.wires import wire_to
from workflow.ledger import Fault
from workflow.refusals import Sentence

#: How many lines are entered before those who wait to decide have their turn: some 30 ms.
AT_ONCE = 5000

_DIFFERS = Sentence(
    "审计用的线索里没有这一条，或与这一条所写的不一致",
    "the trail of auditors lacks this line, or tells it differently",
)
_NO_LINE = Sentence(
    "审计用的线索里有 {many} 条，账本里没有",
    "the trail of auditors tells of lines that the ledgers do not have: {many}",
)

_NONE: ColumnElement[int] = literal_column("0")


def bring_up_to_date(database: Database, book: Book, at_once: int = AT_ONCE) -> None:
    """Enter the lines that are not in the trail yet. Unavailable where nobody can write now."""
    if database.dialect == "postgresql" or not _is_behind(database, book):
        return
    entered = at_once
    while entered == at_once:
        with wire_to(database, book, writes=True) as wire:
            (entered,) = wire.together(wire.by_name(_enter, {"at_most": at_once}))
            wire.commit()


def untold_lines(wire: Wire, broken: Collection[str]) -> Iterator[Fault]:
    """Lines of which the trail should tell and does not, or tells differently. Auditors look there,
    so nothing may hide from them. Of ledgers that are `broken` that has been told already.
    """
    whole = wire.dialect == "postgresql"  # on SQLite the newest may still be missing
    for number, ledger, seq in wire.lines(_Differing(whole)):
        if ledger not in broken:
            yield Fault(number or ledger, seq, _DIFFERS)


def lines_of_nothing(wire: Wire) -> Iterator[Fault]:
    """That the trail tells of lines that there are not, or no longer."""
    ((many,),) = wire.lines(_without_line)
    if many:
        yield Fault("trail", 0, _NO_LINE.filled(many=many))


def _is_behind(database: Database, book: Book) -> bool:
    with wire_to(database, book, writes=False, once=True) as wire:
        ((is_behind,),) = wire.lines(_behind)
    return bool(is_behind)


# ---- statements ----------------------------------------------------------------------------------


def _reached() -> ColumnElement[int]:
    """Up to which line the trail tells."""
    return func.coalesce(select(func.max(s.TRAIL.c.no)).scalar_subquery(), _NONE)


def _written() -> ColumnElement[int]:
    """The last line that there is."""
    return func.coalesce(select(func.max(s.ENTRY.c.no)).scalar_subquery(), _NONE)


def _behind() -> Select[Any]:
    return select(_written() > _reached())


def _enter() -> Insert:
    columns = tuple(s.TRAIL.c.keys())
    new = select(*s.of(s.ENTRY, columns)).where(s.ENTRY.c.no > _reached())
    new = new.order_by(s.ENTRY.c.no).limit(s.how_many())
    return s.TRAIL.insert().from_select(columns, new)


@dataclass(frozen=True, slots=True)
class _Differing:
    """Lines that the trail does not repeat: of all there are, or as far as the trail reaches."""

    whole: bool

    def __call__(self) -> ClauseElement:
        """Their case's number, their ledger, and which they are in it."""
        entry, trail, case = s.ENTRY.c, s.TRAIL.c, s.CASE.c
        both = s.ENTRY.outerjoin(s.TRAIL, trail.no == entry.no)
        found = select(case.number, entry.case_id, entry.seq)
        found = found.select_from(both.outerjoin(s.CASE, case.id == entry.case_id))
        repeated = [column.name for column in trail if column.name != "no"]
        differs = (entry[name].is_distinct_from(trail[name]) for name in repeated)
        found = found.where(or_(*differs))
        return found if self.whole else found.where(entry.no <= _reached())


def _without_line() -> Select[Any]:
    entry, trail = s.ENTRY.c, s.TRAIL.c
    found = select(func.count()).select_from(s.TRAIL.outerjoin(s.ENTRY, entry.no == trail.no))
    return found.where(entry.no.is_(None))
