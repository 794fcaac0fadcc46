"""What recurs, in a database: how far it was looked at, and what became of each turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, bindparam, delete, desc, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from storage import statements as s
from storage.mapping import Line, json_text
from workflow.ledger import moment_of, moment_text
from workflow.nouns import Occurrence, OccurrenceState
from workflow.ports.deciding import Watch
from workflow.ports.reading import OccurrenceQuery

OCCURRENCE = (
    "id",
    "process",
    "schedule",
    "subject",
    "slot",
    "due_at",
    "state",
    "at",
    "case_id",
    "number",
    "why",
)
WATCH = ("process", "schedule", "since", "until", "version", "parameters")


def occurrence_of(line: Line) -> Occurrence:
    """A turn from the columns in `OCCURRENCE`."""
    _, process, schedule, subject, slot, due_at, state, at, case, number, why = line
    zh, en = orjson.loads(why)
    return Occurrence(
        process,
        schedule,
        subject,
        slot,
        moment_of(due_at),
        OccurrenceState(state),
        moment_of(at),
        case,
        number,
        (zh, en),
    )


def occurrence_line(one: Occurrence) -> Line:
    """The values of a line of `occurrence`, in the order of `OCCURRENCE`."""
    return (
        one.id,
        one.process,
        one.schedule,
        one.subject,
        one.slot,
        moment_text(one.due_at),
        one.state.value,
        moment_text(one.at),
        one.case,
        one.number,
        json_text(one.why),
    )


def watch_of(line: Line) -> Watch:
    """A watch from the columns in `WATCH`."""
    process, schedule, since, until, version, parameters = line
    known = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in orjson.loads(parameters).items()
    }
    return Watch(process, schedule, moment_of(since), moment_of(until), version, known)


def watch_line(watch: Watch) -> Line:
    """The values of a line of `watch`, in the order of `WATCH`."""
    return (
        watch.process,
        watch.schedule,
        moment_text(watch.since),
        moment_text(watch.until),
        watch.version,
        json_text(dict(watch.parameters)),
    )


# ---- statements ----------------------------------------------------------------------------------


class _AddOccurrence:
    """What became of a turn, unless that is known already."""

    order = OCCURRENCE

    def __call__(self) -> ClauseElement:
        new = postgresql.insert(s.OCCURRENCE).inline()
        new = new.values({name: bindparam(name) for name in OCCURRENCE})
        return new.on_conflict_do_nothing(index_elements=["id"])


class _OneOccurrence:
    """One turn."""

    order = ("id",)

    def __call__(self) -> ClauseElement:
        found = select(*s.of(s.OCCURRENCE, OCCURRENCE))
        return found.where(s.OCCURRENCE.c.id == bindparam("id"))


INSERT_OCCURRENCE = s.Insert(s.OCCURRENCE, OCCURRENCE)
ADD_OCCURRENCE = _AddOccurrence()
ONE_OCCURRENCE = _OneOccurrence()
PUT_WATCH = s.Put(s.WATCH, WATCH, ("process", "schedule"))

#: The filters of a query by what they are called, with the column that each compares.
_EQUAL = ("process", "schedule", "subject", "state")
_AFTER = {"due_after": "due_at", "noted_after": "at"}


@dataclass(frozen=True, slots=True)
class Occurrences:
    """The turns that some filters let through, those due last first."""

    filters: tuple[str, ...]

    @classmethod
    def of(cls, query: OccurrenceQuery) -> Occurrences:
        """The shape of a query."""
        names = (*_EQUAL, *_AFTER)
        return cls(tuple(name for name in names if getattr(query, name) is not None))

    def values(self, query: OccurrenceQuery) -> dict[str, Any]:
        """What the statement asks for."""
        given: dict[str, Any] = {"at_most": query.limit}
        for name in self.filters:
            value = getattr(query, name)
            given[f"the_{name}"] = moment_text(value) if name in _AFTER else str(value)
        return given

    def __call__(self) -> Select[Any]:
        """The statement."""
        table = s.OCCURRENCE.c
        found = select(*s.of(s.OCCURRENCE, OCCURRENCE))
        for name in self.filters:
            asked: ColumnElement[Any] = bindparam(f"the_{name}")
            if name in _AFTER:
                found = found.where(table[_AFTER[name]] > asked)
            else:
                found = found.where(table[name] == asked)
        return found.order_by(desc(table.due_at), desc(table.id)).limit(s.how_many())


def all_watches() -> Select[Any]:
    """How far each schedule has been looked at."""
    watch = s.WATCH.c
    return select(*s.of(s.WATCH, WATCH)).order_by(watch.process, watch.schedule)


def drop_watch() -> ClauseElement:
    """A schedule is not looked at any more."""
    watch = s.WATCH.c
    return delete(s.WATCH).where(
        watch.process == bindparam("the_process"), watch.schedule == bindparam("the_schedule")
    )
